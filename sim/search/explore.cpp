#include "sim/search/explore.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "sim/search/runs.hpp"
#include "sim/search/shrink.hpp"
#include "sim/search/strategies.hpp"

namespace onceward::sim {

const char* to_text(Verdict verdict) {
  static constexpr const char* kNames[] = {"VIOLATED",  "EXHAUSTED", "SAMPLED",
                                           "BOUND HIT", "VACUOUS",   "UNKNOWN"};
  return kNames[static_cast<std::size_t>(verdict)];
}

const std::vector<StrategyHelp>& strategy_catalogue() {
  static const std::vector<StrategyHelp> catalogue = {
      {Strategy::automatic, "auto", "sweep, then exhaustive within the work budget"},
      {Strategy::sweep, "sweep", "the default order with every single fault, then every pair"},
      {Strategy::exhaustive, "exhaustive", "every order, value and placing of faults"},
      {Strategy::random, "random", "seeded runs with instants drawn in their windows"},
  };
  return catalogue;
}

const std::vector<TimingHelp>& timing_catalogue() {
  static const std::vector<TimingHelp> catalogue = {
      {TimingMode::as_needed, "auto", "no windows at first, then those that turn out to matter"},
      {TimingMode::any, "any", "no windows: what holds, holds for every timing"},
      {TimingMode::windows, "windows", "all windows, from the start"},
  };
  return catalogue;
}

const std::vector<ReductionHelp>& reduction_catalogue() {
  static const std::vector<ReductionHelp> catalogue = {
      {&Reductions::local_steps, "local-steps", "a step that nobody else can tell happens at once"},
      {&Reductions::fewer_faults, "fewer-faults",
       "a state that was met with fewer faults stands for it with more"},
      {&Reductions::symmetric_keys, "symmetric-keys",
       "requests that differ by their keys alone stand for one another"},
      {&Reductions::crash_points, "crash-points",
       "a crash after what acted stands for one after what did not"},
  };
  return catalogue;
}

std::vector<std::string> names_of(const Reductions& reductions) {
  std::vector<std::string> names;
  for (const ReductionHelp& entry : reduction_catalogue()) {
    if (reductions.*entry.flag) names.emplace_back(entry.name);
  }
  return names;
}

const char* to_text(Strategy strategy) {
  for (const StrategyHelp& entry : strategy_catalogue()) {
    if (entry.strategy == strategy) return entry.name;
  }
  return "?";
}

void note_strikes(const World& world, Result& result) {
  result.goals |= world.goals();
  const std::size_t rules = world.plan().rules.size();
  result.strikes.resize(rules);
  for (std::size_t i = 0; i < rules; ++i) {
    result.strikes[i] = std::max<std::uint64_t>(result.strikes[i], world.rule_strikes(i));
  }
}

void note_also(const World& world, const SearchOptions& options, Result& result) {
  for (const Finding& finding : world.findings()) {
    const std::string& name = finding.invariant->text;
    const auto has = [&](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    if (!options.violates.empty() && !has(options.violates) && !has(result.also)) {
      result.also.push_back(name);
    }
  }
}

bool conclude(World& world, const Tape& tape, const SearchOptions& options, Result& result,
              const Round& round) {
  return conclude(world, tell(world, tape, options, round), options, result);
}

bool conclude(World& world, Violation violation, const SearchOptions& options, Result& result) {
  if (!violation.timing.feasible) {
    if (!result.reasons.empty()) return false;
    result.reasons.push_back(
        fmt::format("{} is broken for {} only by a run that has no timing: {} comes too early",
                    violation.invariant, violation.entity,
                    violation.timing.early.empty() ? "an occurrence" : violation.timing.early));
    for (const std::string& constraint : violation.timing.cycle) {
      result.reasons.push_back("  " + constraint);
    }
    return false;
  }
  result.violations.push_back(shrink(world, violation, options, result.figures.shrink_runs));
  result.verdict = Verdict::violated;
  return true;
}

namespace {

// A sweep finds short stories; what it found has the fewest faults only if exhaustive search finds
// nothing with fewer, and that search may know better.
Result search_fewer(const Model& model, FaultPlan plan, const SearchOptions& options,
                    Result swept) {
  Violation& violation = swept.violations.front();
  if (violation.faults.empty()) {
    violation.fewest_faults = true;
    return swept;
  }
  plan.budget = static_cast<std::uint32_t>(violation.faults.size()) - 1;
  if (plan.exact) return swept;  // fewer faults than the prescribed ones say nothing
  Result fewer = exhaustive(model, plan, options);
  swept.figures.states = fewer.figures.states;
  swept.figures.visited_bytes = fewer.figures.visited_bytes;
  swept.figures.digest = fewer.figures.digest;
  swept.figures.quiet_digest = fewer.figures.quiet_digest;
  swept.figures.transitions += fewer.figures.transitions;
  fewer.figures.runs += swept.figures.runs;
  if (fewer.verdict == Verdict::violated) return fewer;
  violation.fewest_faults = fewer.verdict == Verdict::exhausted;
  return swept;
}

}  // namespace

Result explore(const Model& model, const FaultPlan& plan, const SearchOptions& options) {
  switch (options.strategy) {
    case Strategy::sweep:
      return sweep(model, plan, options);
    case Strategy::exhaustive:
      return exhaustive(model, plan, options);
    case Strategy::random:
      return random_search(model, plan, options);
    case Strategy::automatic:
      break;
  }
  Result swept = sweep(model, plan, options);
  if (swept.verdict == Verdict::violated) {
    return search_fewer(model, plan, options, std::move(swept));
  }
  Result searched = exhaustive(model, plan, options);
  searched.figures.runs += swept.figures.runs;
  return searched;
}

}  // namespace onceward::sim
