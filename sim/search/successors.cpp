#include "sim/search/successors.hpp"

#include <fmt/core.h>

#include "sim/assert.hpp"
#include "sim/search/merge_audit.hpp"
#include "sim/search/runs.hpp"

namespace onceward::sim {

bool Successors::start(Landing& first) {
  has_reduced_ = false;
  source_.follow({});
  world_.reset(source_);
  if (!source_.made().empty()) return false;
  settle(true, nullptr, first);
  return true;
}

Successors::Landing Successors::follow(Next& next, const SavedState& from) {
  Landing landing;
  const bool moved = step(next.choices, landing);
  // The last choice that has an option left is advanced, those after it are dropped.
  const auto& made = source_.made();
  std::size_t length = made.size();
  while (length > 0 && made[length - 1].index + 1 == made[length - 1].arity) --length;
  next.none_left = length == 0;
  next.choices.clear();
  for (std::size_t i = 0; i < length; ++i) next.choices.push_back(made[i].index);
  if (length > 0) ++next.choices.back();
  settle(moved, &from, landing);
  return landing;
}

bool Successors::step(const Choices& script, Landing& landing) {
  source_.follow(script);
  const bool moved = world_.step();
  if (moved && world_.possible()) ++landing.steps;
  for (const ScriptedSource::Made& choice : source_.made()) landing.choices.push_back(choice.index);
  return moved;
}

void Successors::settle(bool moved, const SavedState* from, Landing& landing) {
  using Kind = Landing::Kind;
  for (std::uint32_t locals = 0;; ++locals) {
    if (!world_.possible()) {
      landing.kind = Kind::impossible;
      return;
    }
    const bool broken = wanted_finding(world_, options_) != nullptr;
    if (broken || !moved) {
      landing.kind = broken ? Kind::violation : Kind::at_rest;
      return;
    }
    const bool reduces = options_.reductions.local_steps && locals < kLocalStepsMax;
    const std::uint32_t local = reduces ? world_.local_option() : World::kNoOption;
    if (local == World::kNoOption) break;
    has_reduced_ = true;
    local_audit_.check(local);
    moved = step({local}, landing);
    ONCEWARD_ASSERT(source_.made().size() <= 1);  // which one is its only choice
  }
  landing.state = state(from);
}

Hash128 Successors::state(const SavedState* from) {
  const Hash128 state = world_.settle(from);
  if (MergeAudit::samples(state, ++settled_) && conflict_.empty()) {
    const std::string wrong = world_.taken_over_wrongly();
    if (!wrong.empty()) {
      conflict_ = fmt::format(
          "what {} adds to the fingerprint counts as unchanged after a step, and has changed: it "
          "reads the memory of others and does not say so",
          wrong);
    }
  }
  if (options_.goals == 0 && options_.reductions.fewer_faults) return state;
  Hasher hasher;
  hasher.add(state);
  // Where a run must reach goals to count, those it has reached are part of its future.
  hasher.add(world_.goals() & options_.goals);
  if (!options_.reductions.fewer_faults) {
    for (const std::uint32_t strikes : world_.spent()) hasher.add(strikes);
  }
  return hasher.finish();
}

void Successors::repeat(const Choices& choices, std::uint32_t steps) {
  source_.follow(choices);
  world_.reset(source_);
  while (world_.steps() < steps && world_.step()) {
  }
}

}  // namespace onceward::sim
