#include "sim/search/rounds.hpp"

#include <algorithm>

#include "sim/search/runs.hpp"

namespace onceward::sim {

std::optional<Broken> broken_if_it_ended(World& world, const SearchOptions& options) {
  Arena::Snapshot here;
  world.save(here);
  world.judge();
  std::optional<Broken> broken;
  if (const Finding* finding = wanted_finding(world, options); finding != nullptr) {
    broken.emplace(finding->invariant->text, finding->entity.print(), finding->obligation);
  }
  world.restore(here);
  return broken;
}

bool RoundWatch::look() {
  note_pending();
  note_broken();
  std::vector<Look>& looks = looks_[world_.fingerprint()];
  const auto oldest = pending_.find(oldest_);
  looks.push_back({world_.steps(), oldest == pending_.end() ? world_.steps() : oldest->second});
  return comes_round(looks);
}

void RoundWatch::note_pending() {
  std::map<Hash128, std::uint32_t> pending;
  std::uint32_t least = ~0U;
  for (const Hash128& id : world_.pending_ids()) {
    const auto before = pending_.find(id);
    const std::uint32_t since = before == pending_.end() ? world_.steps() : before->second;
    pending.emplace(id, since);
    if (since < least) oldest_ = id;
    least = std::min(least, since);
  }
  pending_ = std::move(pending);
}

void RoundWatch::note_broken() {
  std::optional<Broken> broken = broken_if_it_ended(world_, options_);
  if (broken == broken_) return;
  broken_ = std::move(broken);
  broken_since_ = world_.steps();
}

// Two rounds, for only of the second may be said that it begins with nothing pending from before
// the first: what limits its instants lies within the two.
bool RoundWatch::comes_round(const std::vector<Look>& looks) {
  const Look& last = looks.back();
  for (std::size_t i = looks.size() - 1; i-- > 0;) {
    const Look& middle = looks[i];
    const std::uint32_t steps = last.step - middle.step;
    if (middle.step < steps) return false;
    const auto first = std::find_if(looks.begin(), looks.end(), [&](const Look& look) {
      return look.step == middle.step - steps;
    });
    if (first == looks.end()) continue;
    if (last.oldest_since <= middle.step || middle.oldest_since <= first->step) continue;
    round_ = {last.step, steps};
    breaks_ = broken_.has_value() && broken_since_ <= first->step;
    return true;
  }
  return false;
}

}  // namespace onceward::sim
