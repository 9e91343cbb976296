#include "sim/periodic.hpp"

#include <algorithm>

#include "sim/world.hpp"

namespace onceward::sim {

Periodic::Periodic(World& world, Process& process, const Site& at, Duration period)
    : process_(&process), period_(period) {
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
  began_step_ = world.steps();
  began_ = world.now();
  reads_.clear();
  process_->spawn_as(world, derive(id, site->hash, 0), *site, this,
                     [this] { return start_pass(); });
}

void Periodic::fingerprint(Hasher& hasher) const {
  hasher.add(process_->name().hash);
  hasher.add(parked_ ? 1 : 0);
}

std::string Periodic::describe() const {
  return process_->name().text + ": pass every " + duration_text(period_.count());
}

void Periodic::activity_ended(World& world, Activity& activity) {
  const Arena::Entered entered(world.arena(), process_->owner());
  const bool current =
      std::all_of(activity.reads.begin(), activity.reads.end(), [&](const Read& read) {
        return world.core_->versions[static_cast<std::size_t>(read.resource)] == read.version;
      });
  entry = activity.entry;
  if (!activity.acted && !activity.struck && current) {
    parked_ = true;
    reads_.assign(activity.reads.begin(), activity.reads.end());
    return;
  }
  ++pass_;
  world.add_for(*process_, *this, pass_id(), *site, Window{period_, period_}, began_step_, began_);
}

void Periodic::touched(World& world, ResourceId resource) {
  if (!parked_) return;
  const bool was_read = std::any_of(reads_.begin(), reads_.end(),
                                    [&](const Read& read) { return read.resource == resource; });
  if (!was_read) return;
  parked_ = false;
  entry = world.cause();
  world.add_for(*process_, *this, pass_id(), *site, Window{Duration{0}, period_}, world.steps(),
                world.now());
}

}  // namespace onceward::sim
