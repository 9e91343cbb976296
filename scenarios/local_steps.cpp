#include "scenarios/local_steps.hpp"

#include <algorithm>

namespace onceward::scenarios {
namespace {

// Whether it reads only what its own run holds.
bool is_private(const Formula& formula) {
  switch (formula.op) {
    case Formula::Op::memory_value:
    case Formula::Op::memory_contains:
    case Formula::Op::memory_at:
    case Formula::Op::memory_count:
    case Formula::Op::memory_first:
    case Formula::Op::now:
    case Formula::Op::of_table:
    case Formula::Op::times:
    case Formula::Op::began:
    case Formula::Op::oldest_open:
    case Formula::Op::prepared:
      return false;
    default:
      return std::all_of(formula.operands.begin(), formula.operands.end(), is_private);
  }
}

template <class Named>
bool are_private(const Named& formulas) {
  return std::all_of(formulas.begin(), formulas.end(),
                     [](const auto& each) { return is_private(each.second); });
}

// Whether it is an operation of which all that is worked out before it is asked for is private.
bool is_asked_alone(const Step& step) {
  switch (step.kind) {
    case StepKind::begin:
    case StepKind::insert:
    case StepKind::select:
    case StepKind::update:
    case StepKind::erase:
    case StepKind::commit:
    case StepKind::publish:
    case StepKind::call:
    case StepKind::ack:
    case StepKind::nack:
    case StepKind::wait:
    case StepKind::put:
    case StepKind::get:
    case StepKind::remove:
      break;
    default:
      return false;
  }
  const auto is_none_or_private = [](const std::optional<Formula>& formula) {
    return !formula || is_private(*formula);
  };
  return !step.is_bulk() && is_private(step.value) && is_private(step.key) && is_private(step.id) &&
         are_private(step.columns) && are_private(step.data) &&
         is_none_or_private(step.correlation) && is_none_or_private(step.causation);
}

void note(Block& block) {
  for (std::size_t i = 0; i < block.size(); ++i) {
    Step& step = block[i];
    step.leads_on = i + 1 < block.size() && is_asked_alone(block[i + 1]);
    note(step.body);
    note(step.otherwise);
    for (Block& branch : step.branches.blocks) note(branch);
  }
}

bool has(StepKind kind, const Block& block);

bool has(StepKind kind, const Step& step) {
  if (step.kind == kind || has(kind, step.body) || has(kind, step.otherwise)) return true;
  for (const Block& branch : step.branches.blocks) {
    if (has(kind, branch)) return true;
  }
  const Block* before = nullptr;  // steps for every error stand there once for each
  for (const auto& [error, steps] : step.on_error) {
    if (steps.get() != before && has(kind, *steps)) return true;
    before = steps.get();
  }
  return false;
}

bool has(StepKind kind, const Block& block) {
  return std::any_of(block.begin(), block.end(), [&](const Step& step) { return has(kind, step); });
}

// Whether an instance keeps anything of a run that has ended.
bool remembers(const ServiceDescription& service) {
  return !service.memory.empty() ||
         std::any_of(service.timers.begin(), service.timers.end(),
                     [](const auto& timer) { return !timer->durable; }) ||
         std::any_of(service.handlers.begin(), service.handlers.end(),
                     [](const Handler& each) { return has(StepKind::spawn, each.steps); });
}

// Whether nothing that an instance does ends it.
bool ends_never(const ServiceDescription& service) {
  return std::none_of(service.handlers.begin(), service.handlers.end(), [](const Handler& each) {
    const bool may_crash =
        each.on == Handler::On::topic &&
        (!each.group->has_uncaught || each.group->uncaught == models::Uncaught::crash);
    return each.fatal || may_crash || has(StepKind::exit, each.steps);
  });
}

}  // namespace

void note_local_steps(Program& program) {
  for (ServiceDescription& service : program.services) {
    service.starts_alone = true;
    service.remembers = remembers(service);
    for (Handler& handler : service.handlers) {
      note(handler.steps);
      handler.starts_alone =
          handler.pool == kNone && !handler.steps.empty() && is_asked_alone(handler.steps.front());
      const bool at_start = handler.on == Handler::On::start;
      service.starts_alone = service.starts_alone && (!at_start || handler.starts_alone);
    }
  }
  for (const auto& order : program.workload) {
    for (const ServiceDescription& service : program.services) {
      if (service.name.get() != order->process) continue;
      order->starts_alone = service.handlers[order->handler].starts_alone && ends_never(service);
    }
  }
}

}  // namespace onceward::scenarios
