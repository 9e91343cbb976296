// What a run of a handler does with the memory, the locks, the pools and the timers of its process.
#include "scenarios/interpreter.hpp"

namespace onceward::scenarios {

using models::Status;
using sim::Value;

bool Frame::enter_pool() {
  return pool == nullptr || pool->enter(*world, *activity, *handler->site);
}

bool Frame::do_at_once(const Step& step) {
  switch (step.kind) {
    case StepKind::wait_until:
      return holds(*world);
    case StepKind::lock:
      key = step.has_key ? evaluate(step.key) : Value{};
      if (!memory->try_lock(lock_id(step))) return false;
      enter_locked(step);
      return true;
    case StepKind::arm:
    case StepKind::disarm: {
      key = step.has_key ? evaluate(step.key) : Value{};
      if (!step.at_once) return false;
      const bool arms = step.kind == StepKind::arm;
      if (arms) timers->arm_now(arming(step), *step.site);
      const bool done = arms || timers->disarm_now(arming(step), *step.site);
      answered(step, Status::ok, done ? 1 : 0);
      if (step.name != nullptr) world->pass(*step.name);
      return true;
    }
    case StepKind::set_cell: {
      const Value value = evaluate(step.value);
      if (step.has_key) {
        memory->set_at(step.part, evaluate(step.key), value);
      } else {
        memory->set(step.part, value);
      }
      return true;
    }
    default: {
      const bool changed = change_items(step);
      answered(step, Status::ok, changed ? 1 : 0);
      return true;
    }
  }
}

bool Frame::change_items(const Step& step) {
  const Value item = evaluate(step.value);
  return step.kind == StepKind::add_item ? memory->add(step.part, item)
                                         : memory->take(step.part, item);
}

void Frame::enter_locked(const Step& step) {
  enter(step.body, nullptr);
  levels_.back().locked = true;
  levels_.back().lock = lock_id(step);
}

models::Arming Frame::arming(const Step& step) const {
  models::Arming arming;
  arming.timer = step.part;
  arming.key = key;
  arming.after = step.window;
  return arming;
}

bool Frame::holds(sim::World&) const {
  Scope in = scope();
  const bool so = current_->value.holds(in);
  check(in);
  return so;
}

}  // namespace onceward::scenarios
