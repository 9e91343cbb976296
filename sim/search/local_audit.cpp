#include "sim/search/local_audit.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace onceward::sim {

void LocalAudit::check(std::uint32_t local) {
  ++seen_;
  if ((seen_ > kFirst && seen_ % kShare != 0) || !conflict_.empty()) return;
  const std::vector<Hash128> pending = world_.pending_ids();
  if (pending.size() < 2) return;
  Arena::Snapshot here;
  world_.save(here);
  ChoiceSource* const before = world_.answer_with(source_);
  for (std::uint32_t i = 0; i < pending.size(); ++i) {
    if (i != local && conflict_.empty()) compare(pending[local], pending[i], here);
  }
  world_.restore(here);
  static_cast<void>(world_.answer_with(*before));
}

bool LocalAudit::let_happen(const Hash128& id) {
  const std::vector<Hash128> pending = world_.pending_ids();
  for (std::uint32_t i = 0; i < pending.size(); ++i) {
    if (pending[i] != id) continue;
    source_.follow(pending.size() > 1 ? std::vector<std::uint32_t>{i}
                                      : std::vector<std::uint32_t>{});
    return world_.step();
  }
  return false;
}

// What ends the local step with its process, or is one that it makes room for, says nothing.
void LocalAudit::compare(const Hash128& local, const Hash128& other, const Arena::Snapshot& here) {
  world_.restore(here);
  const std::string first = world_.pending_text(local);
  const std::string second = world_.pending_text(other);
  static_cast<void>(let_happen(other));
  if (!let_happen(local)) return;
  const World::Parts after = world_.outline();
  world_.restore(here);
  static_cast<void>(let_happen(local));
  const bool stays = let_happen(other);
  const World::Parts now = world_.outline();
  if (stays && now == after) return;
  const auto differs = std::mismatch(after.begin(), after.end(), now.begin()).first;
  conflict_ = fmt::format(
      "\"{}\" counts as a step that nobody else can tell, and yet \"{}\" {}", first, second,
      stays ? "before it or after it leaves " + differs->first + " in another state"
            : "cannot happen after it");
}

}  // namespace onceward::sim
