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
  // In the order of what they are, whatever ids they hold; only then in that of their own ids.
  struct Place {
    Hash128 content;
    const Activity* activity;
    [[nodiscard]] bool before(const Place& other) const {
      if (content != other.content) return content < other.content;
      return activity->creator.id() < other.activity->creator.id();
    }
  };
  // On the ordinary heap: looking at a world must not change it.
  std::vector<Place> places;
  for (const Activity* activity : activities_) {
    Hasher content(Hasher::Ids::none);
    activity->fingerprint(content);
    places.push_back({content.finish(), activity});
  }
  std::sort(places.begin(), places.end(),
            [](const Place& a, const Place& b) { return a.before(b); });
  for (const Place& place : places) place.activity->fingerprint(hasher);
}

}  // namespace onceward::sim
