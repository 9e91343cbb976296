#include "sim/periodic.hpp"

#include <algorithm>
#include <utility>

#include "sim/world.hpp"

namespace onceward::sim {

namespace {

Hash128 memory_of(const Process& process) {
  if (process.service()->declares_changes()) return {};
  Hasher memory(Hasher::Ids::raw);
  process.service()->fingerprint(memory);
  return memory.finish();
}

}  // namespace

Periodic::Periodic(World& world, Process& process, const Site& at, Duration period,
                   std::uint32_t overlap)
    : process_(&process), period_(period), overlap_(overlap) {
  site = &at;
  entry = world.cause();
  world.core_->periodics.push_back(this);
  world.add_numbered(*this, pass_id(), at, Window{Duration{0}, period}, world.steps(), world.now());
}

// No two incarnations share one: what a pass mints or sends is named after it.
Hash128 Periodic::pass_id() const {
  const std::uint64_t incarnations_before = process_->incarnation() - 1;
  return derive(process_->creator().id(), site->hash, incarnations_before << 32 | pass_);
}

void Periodic::happen(World& world) {
  const bool was_due = std::exchange(parked_, false) && !due_.is_null();
  began_step_ = world.steps();
  began_ = world.now();
  world.keep_instant(*site);
  ++running_;
  ++pass_;
  latest_ = derive(id, site->hash, 0);
  const Arena::Entered entered(world.arena(), process_->owner());
  Activity& pass = process_->spawn_as(world, latest_, *site, this, [this] { return start_pass(); });
  pass.of_pass.push_back({memory_of(*process_), was_due ? due_ : Value()});
  pass.is_pass = true;
  if (running_ < overlap_) add_next(world);
}

void Periodic::add_next(World& world) {
  world.add_for(*process_, *this, pass_id(), *site, Window{period_, period_}, began_step_, began_);
}

std::string Periodic::describe_run(const Activity& pass) const {
  return overlap_ < 2 ? std::string() : "the pass of step " + std::to_string(pass.began_step);
}

void Periodic::fingerprint(Hasher& hasher) const {
  hasher.add(process_->name().hash);
  hasher.add(parked_ ? 1 : 0);
  if (parked_) {
    due_.fingerprint(hasher);
    reads_.fingerprint(hasher);
  }
  if (running_ > 0) hasher.meet_step(began_step_);  // the next pass counts from it
}

std::string Periodic::describe() const {
  return process_->name().text + ": pass every " + duration_text(period_.count());
}

void Periodic::activity_ended(World& world, Activity& activity) {
  const Arena::Entered entered(world.arena(), process_->owner());
  --running_;
  const bool remembers = !(activity.of_pass.begin()->memory_before == memory_of(*process_));
  if (!activity.acted && !remembers && !activity.struck && !activity.outdated) {
    park(world, activity);
    return;
  }
  // Parked by another pass, it stays so: what that one read has not changed.
  if (remembers && parked_) stop_waiting(world);
  if (parked_ || phase != Phase::idle) return;
  entry = activity.entry;
  add_next(world);
}

void Periodic::park(World& world, const Activity& last) {
  if (last.creator.id() == latest_) --pass_;
  stop_waiting(world);
  parked_ = true;
  entry = last.entry;
  reads_.clear();
  reads_.add(last.reads);
  due_ = Value();
  for (const Value& instant : last.to_come) {
    if (due_.is_null() || world.is_before(instant, due_, false)) due_ = instant;
  }
  if (!due_.is_null()) world.add_due(*process_, *this, pass_id(), *site, due_, period_);
}

void Periodic::stop_waiting(World& world) {
  parked_ = false;
  // What a pause put off is not pending since then.
  if (phase == Phase::frozen && process_->state() == Process::State::paused) phase = Phase::idle;
  world.cancel(*this);
}

void Periodic::touched(World& world, ResourceId resource) {
  for (Activity* activity : process_->activities()) {
    if (activity->reads.has(resource)) activity->outdated = true;
  }
  if (parked_ && reads_.has(resource)) wake(world);
}

void Periodic::wake(World& world) {
  stop_waiting(world);
  entry = world.cause();
  world.add_for(*process_, *this, pass_id(), *site, Window{Duration{0}, period_}, world.steps(),
                world.now());
}

}  // namespace onceward::sim
