#include "sim/search/merge_audit.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace onceward::sim {

Hash128 MergeAudit::hash_of(const Successors::Landing& landing) const {
  Hash128 hash = derive({}, {}, static_cast<std::uint64_t>(landing.kind));
  if (landing.kind == Successors::Landing::Kind::impossible) return hash;
  for (const auto& [name, part] : world_.outline()) hash = derive(hash, part, 0);
  return hash;
}

bool MergeAudit::agrees(const Hash128& state, const Choices& choices) {
  const auto found = met_.find(state);
  const std::uint32_t steps = world_.steps();
  const Met first = std::move(found->second);
  met_.erase(found);
  world_.spend(first.spent);
  if (try_all() == first.futures) return true;
  describe(first, choices, steps);
  return false;
}

Hash128 MergeAudit::try_all() {
  SavedState here;
  world_.save(here);
  Hash128 sum;
  Successors::Next next;
  while (!next.none_left) {
    world_.restore(here);
    sum += hash_of(successors_.follow(next, here));
  }
  return sum;
}

std::vector<MergeAudit::Future> MergeAudit::futures_after(const Choices& choices,
                                                          std::uint32_t steps, const Spent& spent) {
  successors_.repeat(choices, steps);
  world_.spend(spent);
  SavedState here;
  world_.save(here);
  std::vector<Future> futures;
  Successors::Next next;
  while (!next.none_left) {
    world_.restore(here);
    const std::vector<Hash128> pending = world_.pending_ids();
    const std::size_t chosen = next.choices.empty() ? 0 : next.choices.front();
    Future future;
    if (chosen < pending.size()) future.text = world_.pending_text(pending[chosen]);
    future.hash = hash_of(successors_.follow(next, here));
    future.parts = world_.outline();
    futures.push_back(std::move(future));
  }
  return futures;
}

void MergeAudit::describe(const Met& first, const Choices& choices, std::uint32_t steps) {
  const std::vector<Future> before = futures_after(first.choices, first.steps, first.spent);
  const std::vector<Future> now = futures_after(choices, steps, first.spent);
  // What can happen may come in another order: a way to go on is known by what happens.
  std::string what = "one of them can go on in more ways";
  for (const Future& future : before) {
    const auto is_same = [&](const Future& other) { return other.hash == future.hash; };
    if (std::any_of(now.begin(), now.end(), is_same)) continue;
    const auto other = std::find_if(now.begin(), now.end(), [&](const Future& each) {
      return each.text == future.text &&
             std::none_of(before.begin(), before.end(),
                          [&](const Future& known) { return known.hash == each.hash; });
    });
    if (other == now.end()) continue;
    const auto& parts = future.parts;
    const auto part = std::mismatch(parts.begin(), parts.end(), other->parts.begin()).first;
    what = fmt::format("after \"{}\" {} differs", future.text,
                       part == parts.end() ? "what is found" : part->first);
    break;
  }
  difference_ = fmt::format(
      "two paths, of {} and of {} steps, lead to what counts as one state, and go on differently: "
      "{}",
      first.steps, steps, what);
}

}  // namespace onceward::sim
