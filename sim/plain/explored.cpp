#include "sim/plain/explored.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace onceward::sim {
namespace {

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string Action::text() const {
  return which < 0 ? std::string(what) : fmt::format("{} {}", what, which);
}

namespace plain {

bool Search::wants(std::string_view invariant) {
  if (!ended_ && (options_.violates.empty() || has(options_.violates, invariant))) return true;
  if (!has(result_.also, invariant)) result_.also.emplace_back(invariant);
  return false;
}

void Search::found(Violation violation) {
  violation.steps = static_cast<std::uint32_t>(violation.trace.size());
  violation.fewest_faults = true;  // there are none
  violation.timing.feasible = true;
  if (violation.steps > 0) violation.entries = {violation.steps};
  result_.violations.push_back(std::move(violation));
  result_.verdict = Verdict::violated;
  ended_ = true;
}

Explored Search::finish(const Totals& totals) {
  result_.strategy = Strategy::exhaustive;
  if (!ended_) result_.verdict = Verdict::exhausted;
  result_.figures.states = totals.states;
  result_.figures.digest = totals.digest;
  result_.exact = totals.exact;
  result_.bytes = totals.bytes;
  result_.figures.visited_bytes = totals.bytes;
  result_.frontier_bytes = totals.frontier_bytes;
  return std::move(result_);
}

void Search::look() {
  if (result_.figures.transitions > options_.transitions_max) {
    --result_.figures.transitions;  // it is not taken any more
    give_up(Verdict::bound_hit, fmt::format("the bound of {} transitions was hit (transitions_max)",
                                            options_.transitions_max));
  }
  if (const char* const why = why_to_end(options_)) give_up(Verdict::unknown, why);
  next_look_ = std::min(result_.figures.transitions + kLookEvery, options_.transitions_max + 1);
}

void Search::hit_states() {
  give_up(Verdict::bound_hit,
          fmt::format("the bound of {} states was hit (states_max)", options_.states_max));
}

void Search::give_up(Verdict verdict, std::string reason) {
  if (ended_) return;
  result_.verdict = verdict;
  result_.reasons.push_back(std::move(reason));
  ended_ = true;
}

void add_step(const Action& action, Violation& violation) {
  TraceEntry entry;
  entry.step = static_cast<std::uint32_t>(violation.trace.size()) + 1;
  entry.lane = action.who;
  entry.text = action.text();
  violation.trace.push_back(std::move(entry));
}

}  // namespace plain
}  // namespace onceward::sim
