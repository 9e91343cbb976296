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
  std::size_t at = 0;
  const std::size_t both = std::min(before.size(), now.size());
  while (at < both && before[at].hash == now[at].hash) ++at;
  std::string what = "one of them can go on in more ways";
  if (at < both) {
    const auto& parts = before[at].parts;
    const auto other = std::mismatch(parts.begin(), parts.end(), now[at].parts.begin()).first;
    what = fmt::format("after \"{}\" {} differs", before[at].text,
                       other == parts.end() ? "what is found" : other->first);
  }
  difference_ = fmt::format(
      "two paths, of {} and of {} steps, lead to what counts as one state, and go on differently: "
      "{}",
      first.steps, steps, what);
}

}  // namespace onceward::sim
