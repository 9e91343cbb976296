#include "sim/process.hpp"

#include <algorithm>
#include <vector>

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
  hasher.add(activities_.size());
  if (activities_.size() < 2) {
    for (const Activity* activity : activities_) activity->fingerprint(hasher);
    return;
  }
  // On the ordinary heap: looking at a world must not change it.
  std::vector<const Activity*> sorted(activities_.begin(), activities_.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const Activity* a, const Activity* b) { return a->creator.id() < b->creator.id(); });
  for (const Activity* activity : sorted) activity->fingerprint(hasher);
}

}  // namespace onceward::sim
