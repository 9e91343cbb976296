#include "sim/process.hpp"

#include "sim/world.hpp"

namespace onceward::sim {

Activity& Process::add_activity(World& world, const Hash128& id, const Site& site,
                                Completion* completion) {
  auto* activity = new Activity(id, site, *this, completion);
  activity->entry = world.cause();
  activity->began_step = world.steps();
  activities_.push_back(activity);
  world.core_->ready.push_back({activity, {}});
  return *activity;
}

void Process::fingerprint(Hasher& hasher) const {
  hasher.add(static_cast<std::uint64_t>(state_));
  hasher.add(service_ != nullptr ? 1 : 0);
  if (service_ != nullptr) service_->fingerprint(hasher);
  hasher.add_set(activities_,
                 [](Hasher& one, const Activity* activity) { activity->fingerprint(one); });
}

}  // namespace onceward::sim
