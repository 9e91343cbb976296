#include "reports/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/figures.hpp"
#include "reports/outcome.hpp"

namespace onceward::reports {
namespace {

using sim::Strategy;
using sim::Verdict;

std::string expectation(const ScenarioReport& report) {
  const Outcome outcome = outcome_of(report);
  if (outcome == Outcome::as_expected) return "as expected";
  const bool undecided = outcome == Outcome::undecided || outcome == Outcome::unsound;
  return undecided ? "inconclusive" : "not as expected";
}

std::string faults_allowed(const ScenarioReport& report) {
  const std::uint32_t most = report.result.faults_max;
  if (most == 0) return "no faults";
  return fmt::format("at most {} ({}) at any crash point", counted(most, "fault", "faults"),
                     report.faults);
}

std::string whose_runs(const ScenarioReport& report) {
  std::string text = "of " + report.digest.substr(0, 8);
  if (!report.workload.empty()) text += " with workload " + report.workload;
  return text;
}

std::string goals_reached(const ScenarioReport& report) {
  if (report.goals.empty()) return "";
  const auto reached = std::count_if(report.goals.begin(), report.goals.end(),
                                     [](const GoalStatus& goal) { return goal.reached; });
  return fmt::format(", goals {} of {}", reached, report.goals.size());
}

// "timing any", or which windows the runs had to keep.
std::string timing_searched(const sim::Result& result) {
  if (result.windows.empty()) return "timing any";
  if (result.windows.front() == "all") return "timing by all windows";
  return fmt::format("timing any that keeps {} ({})",
                     counted(result.windows.size(), "window", "windows"),
                     fmt::join(result.windows, "; "));
}

// "no reductions", or which, and which keys they took for one another.
std::string reductions_used(const ScenarioReport& report) {
  if (report.result.reductions.empty()) return "no reductions";
  std::string text = fmt::format("reduced by {}", fmt::join(report.result.reductions, ", "));
  if (!report.alike.empty()) text += fmt::format(" (alike: {})", fmt::join(report.alike, "; "));
  return text;
}

// "HOLDS", unless rules that were not asked for were met broken: then only these are not.
std::string what_holds(const ScenarioReport& report) {
  if (report.result.also.empty()) return "HOLDS";
  return fmt::format("NOT BROKEN  {}", fmt::join(report.asked_for, ", "));
}

std::string exhausted(const ScenarioReport& report) {
  const sim::SearchFigures& figures = report.result.figures;
  return fmt::format(
      "{} (EXHAUSTED: all runs {}, {}, {}, all orders, {}: "
      "{}, depth {}, collision bound {}{})",
      what_holds(report), whose_runs(report), faults_allowed(report),
      timing_searched(report.result), reductions_used(report),
      counted(figures.states, "distinct state", "distinct states"), grouped(figures.depth),
      collision_bound(figures.states), goals_reached(report));
}

std::string sampled(const ScenarioReport& report) {
  const sim::SearchFigures& figures = report.result.figures;
  const std::string runs = counted(figures.runs, "run", "runs");
  const std::string how = report.result.strategy == Strategy::random
                              ? fmt::format("instants drawn in their windows, seed {}", report.seed)
                              : "timing any, the default order";
  const std::string what = report.result.also.empty() ? "NOT BROKEN" : what_holds(report);
  return fmt::format("{} (SAMPLED: {} {}, {}, {}: {}, the longest run {}{})", what, runs,
                     whose_runs(report), faults_allowed(report), how,
                     counted(figures.transitions, "step", "steps"), grouped(figures.depth),
                     goals_reached(report));
}

// What was done before the search ended without an answer.
std::string done_so_far(const ScenarioReport& report) {
  const sim::SearchFigures& figures = report.result.figures;
  std::string text;
  if (figures.states > 0) text += counted(figures.states, "distinct state", "distinct states");
  if (figures.runs > 0) {
    text += (text.empty() ? "" : ", ") + counted(figures.runs, "complete run", "complete runs");
  }
  if (!text.empty()) text += ", ";
  text += counted(figures.transitions, "step", "steps");
  return report.cut_off ? text : text + ", " + faults_allowed(report);
}

std::string violated(const ScenarioReport& report) {
  if (report.result.violations.empty()) return "VIOLATED";
  const sim::Violation& violation = report.result.violations.front();
  std::string text = "VIOLATED  " + violation.invariant + "   ";
  if (violation.faults.empty()) {
    text += "no fault needed";
  } else {
    text += fmt::format("{} ({}), {}", counted(violation.faults.size(), "fault", "faults"),
                        fault_words(violation.faults),
                        violation.fewest_faults ? "the fewest"
                        : violation.cut_short   ? "perhaps not the fewest"
                                                : "1-minimal");
  }
  return text + "   " + counted(violation.steps, "step", "steps");
}

}  // namespace

std::string fault_words(const std::vector<sim::FaultKind>& faults) {
  std::string text;
  for (const sim::FaultKindHelp& entry : sim::fault_catalogue()) {
    const auto count = std::count(faults.begin(), faults.end(), entry.kind);
    if (count == 0) continue;
    if (!text.empty()) text += ", ";
    text += count == 1 ? entry.name : fmt::format("{} x {}", count, entry.name);
  }
  return text;
}

std::vector<std::string> never_happened(const ScenarioReport& report) {
  std::vector<std::string> missing;
  const std::size_t rules = std::min(report.fault_rules.size(), report.result.strikes.size());
  // Other verdicts may end a search before a fault had its turn.
  if (report.result.verdict == Verdict::vacuous && report.result.faults_max > 0) {
    for (std::size_t i = 0; i < rules; ++i) {
      if (report.result.strikes[i] == 0) missing.push_back("fault: " + report.fault_rules[i]);
    }
  }
  for (const GoalStatus& goal : report.goals) {
    if (!goal.reached) missing.push_back("goal: " + goal.name);
  }
  return missing;
}

std::string how_far(const ScenarioReport& report) {
  const std::uint32_t at = report.result.faults_max;
  if (report.result.strategy == Strategy::random) return "runs that were drawn";
  const std::string runs =
      report.result.strategy == Strategy::sweep ? "runs in the default order with " : "runs with ";
  const std::string now = at == 0 ? "no fault" : counted(at, "fault", "faults");
  std::string text;
  if (at == 1) text = "all " + runs + "no fault; ";
  if (at > 1) text = "all " + runs + "at most " + counted(at - 1, "fault", "faults") + "; ";
  text += (at == 0 ? "of the " + runs : "of those with ") + now + " a part only";
  if (report.budget > at)
    text += fmt::format(", of those with more (up to {}) nothing", report.budget);
  return text;
}

std::string verdict_sentence(const ScenarioReport& report) {
  const std::string end = "   " + expectation(report);
  switch (report.result.verdict) {
    case Verdict::violated:
      return violated(report) + end;
    case Verdict::exhausted:
      return exhausted(report) + end;
    case Verdict::sampled:
      return sampled(report) + end;
    case Verdict::bound_hit:
      return "BOUND HIT  " + done_so_far(report) + end;
    case Verdict::vacuous:
      return "VACUOUS   what was to be tried never happened   " + done_so_far(report) + end;
    case Verdict::unknown:
      break;
  }
  const bool begun = report.result.figures.transitions > 0;
  return "UNKNOWN   " + (begun ? done_so_far(report) : "nothing was searched") + end;
}

std::string short_verdict(const ScenarioReport& report) {
  const sim::Result& result = report.result;
  const std::string most = result.faults_max == 0
                               ? "no faults"
                               : "at most " + counted(result.faults_max, "fault", "faults");
  if (result.verdict == Verdict::violated && !result.violations.empty()) {
    const sim::Violation& violation = result.violations.front();
    const std::string with =
        violation.faults.empty()
            ? "no fault needed"
            : fmt::format("{} ({})", counted(violation.faults.size(), "fault", "faults"),
                          fault_words(violation.faults));
    return "VIOLATED  " + violation.invariant + ", " + with;
  }
  if (result.verdict == Verdict::exhausted) {
    return fmt::format("HOLDS     {}, {}", most,
                       counted(result.figures.states, "distinct state", "distinct states"));
  }
  if (result.verdict == Verdict::sampled) {
    return fmt::format("SAMPLED   {}, {}", most, counted(result.figures.runs, "run", "runs"));
  }
  return sim::to_text(result.verdict);
}

Tone verdict_tone(const ScenarioReport& report) {
  const std::string how = expectation(report);
  return how == "as expected" ? Tone::good : how == "inconclusive" ? Tone::doubtful : Tone::bad;
}

}  // namespace onceward::reports
