#include "sim/activity.hpp"

#include <algorithm>

#include "sim/process.hpp"

namespace onceward::sim {

std::uint32_t Creator::count_other(const Site& site) {
  for (Count& count : others_) {
    if (count.site == &site) return count.n++;
  }
  others_.push_back({&site, 1});
  return 0;
}

void ResourceSet::add(ResourceId resource) {
  if (has(resource)) return;
  resources_.push_back(resource);
  ResourceId* const last = resources_.end() - 1;
  std::rotate(std::lower_bound(resources_.begin(), last, resource), last, resources_.end());
}

void ResourceSet::add(const ResourceSet& others) {
  for (const ResourceId resource : others.resources_) add(resource);
}

bool ResourceSet::has(ResourceId resource) const {
  return std::binary_search(resources_.begin(), resources_.end(), resource);
}

void ResourceSet::fingerprint(Hasher& hasher) const {
  hasher.add(resources_.size());
  for (const ResourceId resource : resources_) hasher.add(static_cast<std::uint64_t>(resource));
}

void Activity::fingerprint(Hasher& hasher) const {
  hasher.look_into(process->owner());
  hasher.add(site->hash);
  hasher.add((acted ? 1U : 0U) | (struck ? 2U : 0U));
  hasher.add(waiting_for == nullptr ? 0 : 1 + static_cast<std::uint64_t>(waiting_for->phase));
  if (waiting_for != nullptr) {
    hasher.add(waiting_for->site->hash);
    hasher.meet(*waiting_for);
  }
  // Whether the pass may be parked at its end, and what would wake it then.
  if (is_pass && !acted && !struck) {
    hasher.add(outdated ? 1 : 0);
    if (!outdated) reads.fingerprint(hasher);
    // An instant from before it began may still come; one from since then tells it nothing.
    hasher.add_ranked(began_step);
  }
  if (!due().is_null()) due().fingerprint(hasher);
  hasher.add(to_come.size());
  for (const Value& instant : to_come) instant.fingerprint(hasher);
  hasher.add(passed.size());
  for (const Symbol* name : passed) hasher.add(name->hash);
  if (exact != nullptr) {
    exact->fingerprint(hasher);
    return;
  }
  // What a task awaited is no more than a number here: which key it was about cannot be told from
  // it.
  if (hasher.renames_keys()) detail::keys_were_told_apart = true;
  // Which pass of all it is tells nothing, for none was handed anything; only where it is named.
  if (is_pass) {
    hasher.add_minted(creator.id().low);
  } else {
    hasher.add_history(creator.id());
  }
  hasher.add_history(awaited);
  for (const std::uint32_t step : instants) hasher.meet_step(step);
}

}  // namespace onceward::sim
