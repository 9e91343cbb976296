#include "scenarios/cli/checking.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "reports/figures.hpp"
#include "reports/outcome.hpp"
#include "scenarios/capsule.hpp"
#include "scenarios/cli/invariants.hpp"
#include "scenarios/expand.hpp"
#include "scenarios/rests_on.hpp"
#include "sim/assert.hpp"
#include "sim/search/explore.hpp"
#include "sim/search/strategies.hpp"

namespace onceward::cli {
namespace {

using scenarios::Expectation;
using scenarios::kGoalsMax;
using scenarios::Loaded;
using scenarios::Program;

// "relay.crash-before-mark.capsule.json": the folder and the name of the file tell it apart.
std::string capsule_name(const std::string& scenario) {
  const std::filesystem::path path(scenario);
  std::string name = path.filename().string();
  if (const auto end = name.rfind(".onceward.json"); end != std::string::npos) name.resize(end);
  const std::string folder = path.parent_path().filename().string();
  const bool named = !folder.empty() && folder != "." && folder != "..";
  return (named ? folder + "." : "") + name + ".capsule.json";
}

// The first violation, to be replayed.
std::string capsule_text(const Loaded& loaded, const sim::FaultPlan& plan,
                         const reports::ScenarioReport& report) {
  const sim::Violation& violation = report.result.violations.front();
  scenarios::Capsule capsule;
  capsule.engine = ONCEWARD_VERSION;
  capsule.scenario = report.file;
  capsule.digest = loaded.digest;
  capsule.text = scenarios::json_text(loaded.expanded);
  capsule.plan = plan;
  capsule.plan.budget = violation.budget;
  capsule.plan.at_every_operation = violation.at_every_operation;
  capsule.left_out = violation.left_out;
  capsule.violates = {violation.invariant};
  capsule.invariant = violation.invariant;
  capsule.entity = violation.entity;
  capsule.fewest_faults = violation.fewest_faults;
  capsule.cut_short = violation.cut_short;
  capsule.also = report.result.also;
  capsule.as_expected = report.as_expected;
  capsule.not_as_expected = report.not_as_expected;
  capsule.steps = violation.steps;
  capsule.round = violation.round;
  capsule.fingerprint = violation.fingerprint;
  capsule.tape = violation.tape;
  return scenarios::to_json(capsule);
}

sim::FaultPlan plan_of_by(const Program& program) {
  sim::FaultPlan plan = program.plan;
  plan.rules = program.expectation.by;
  plan.budget = static_cast<std::uint32_t>(plan.rules.size());
  plan.exact = true;
  return plan;
}

std::string faults(int count) {
  return reports::counted(static_cast<std::uint64_t>(count), "fault", "faults");
}

// `fewest_faults` is checked apart from `by`, over all declared kinds.
void check_fewest(const Program& program, const sim::SearchOptions& options,
                  reports::ScenarioReport& report) {
  const int fewest = program.expectation.fewest_faults;
  if (fewest < 0 || report.result.violations.empty()) return;
  sim::Violation& found = report.result.violations.front();
  if (static_cast<int>(found.faults.size()) > fewest) {
    report.not_as_expected.push_back(fmt::format("{} should be enough, the least found is {}",
                                                 faults(fewest), found.faults.size()));
  }
  if (fewest == 0) return;
  sim::FaultPlan plan = program.plan;
  plan.budget = static_cast<std::uint32_t>(fewest) - 1;
  sim::SearchOptions any_goals = options;
  any_goals.goals = 0;
  const sim::Result fewer = sim::exhaustive(program, plan, any_goals);
  report.result.figures.states += fewer.figures.states;
  report.result.figures.transitions += fewer.figures.transitions;
  report.result.figures.visited_bytes =
      std::max(report.result.figures.visited_bytes, fewer.figures.visited_bytes);
  if (fewer.verdict == sim::Verdict::violated) {
    report.not_as_expected.push_back(fmt::format("{} should be needed, but {} is violated with {}",
                                                 faults(fewest), fewer.violations.front().invariant,
                                                 fewer.violations.front().faults.size()));
  } else if (fewer.verdict == sim::Verdict::exhausted) {
    found.fewest_faults = static_cast<int>(found.faults.size()) == fewest;
  } else {
    report.warnings.push_back(
        fmt::format("whether fewer than {} would be enough was not decided: {}", faults(fewest),
                    fewer.reasons.empty() ? to_text(fewer.verdict)
                                          : reports::with_grouped_counts(fewer.reasons.front())));
  }
}

void compare(const Program& program, const CheckOptions& options, reports::ScenarioReport& report) {
  const Expectation& expectation = program.expectation;
  const sim::Verdict verdict = report.result.verdict;
  const bool should_break = !expectation.violates.empty();
  // A violation that does not reach the goals is told by the verdict.
  const bool empty = verdict == sim::Verdict::vacuous && !report.result.violations.empty();
  if (should_break && verdict != sim::Verdict::violated && !empty) {
    std::string how = expectation.by.empty() ? "" : " by the fault that \"by\" names";
    report.not_as_expected.push_back(fmt::format("a violation of {} is expected{}, none was found",
                                                 expectation.violates.front(), how));
  }
  if (!should_break && verdict == sim::Verdict::violated) {
    report.not_as_expected.push_back("it is expected to hold");
  }
  const bool must_exhaust = expectation.holds_exhausted || options.require_exhausted;
  if (!should_break && must_exhaust && verdict == sim::Verdict::sampled) {
    report.not_as_expected.push_back("it is expected to hold for all runs, some were sampled");
  }
  report.as_expected = report.not_as_expected.empty() &&
                       (verdict == sim::Verdict::violated || verdict == sim::Verdict::exhausted ||
                        verdict == sim::Verdict::sampled);
}

// An obligation that no run put to the test makes the answer empty, unless something else broke.
void look_for_untested(const Loaded& loaded, reports::ScenarioReport& report) {
  sim::Result& result = report.result;
  const bool held =
      result.verdict == sim::Verdict::exhausted || result.verdict == sim::Verdict::sampled;
  if (!held || !result.also.empty()) return;
  for (const scenarios::Untested& each : scenarios::untested(*loaded.program)) {
    result.verdict = sim::Verdict::vacuous;
    result.reasons.push_back(fmt::format("\"{}\" ({}) was never put to the test: {}", each.what,
                                         loaded.place_of(each.site), each.missing));
  }
}

// A fault kind that the file asks for and that no run of a complete search could use makes the
// answer empty; a default kind that cannot occur is worth a warning.
void look_for_vacuity(const Loaded& loaded, reports::ScenarioReport& report) {
  const Program& program = *loaded.program;
  sim::Result& result = report.result;
  if (result.verdict == sim::Verdict::violated) return;
  const bool exhausted = result.verdict == sim::Verdict::exhausted;
  if (program.oracles.empty()) {
    result.verdict = sim::Verdict::vacuous;
    result.reasons.push_back("nothing is judged: there is no obligation and no invariant");
  }
  look_for_untested(loaded, report);
  if (!exhausted || program.plan.budget == 0) return;
  for (std::size_t i = 0; i < program.plan.rules.size(); ++i) {
    if (i < result.strikes.size() && result.strikes[i] > 0) continue;
    const char* kind = sim::to_text(program.plan.rules[i].kind);
    if (program.rule_written[i]) {
      result.verdict = sim::Verdict::vacuous;
      result.reasons.push_back(fmt::format("the fault {} never had an occasion to strike", kind));
    } else {
      report.warnings.push_back(fmt::format("the fault {} cannot occur in this flow", kind));
    }
  }
}

std::uint64_t all_goals(const Program& program) {
  const std::size_t count = program.goals.size();
  return count == kGoalsMax ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

// Where a violation is expected, it is one that reaches the goals; if there is none, any.
sim::Result search_with_goals(const Program& program, const sim::FaultPlan& plan,
                              const sim::SearchOptions& options) {
  if (program.goals.empty() || program.expectation.violates.empty()) {
    return sim::explore(program, plan, options);
  }
  sim::SearchOptions with_goals = options;
  with_goals.goals = all_goals(program);
  sim::Result result = sim::explore(program, plan, with_goals);
  if (result.verdict == sim::Verdict::violated) return result;
  return sim::explore(program, plan, options);
}

// Whether something ended the search before it was through.
bool is_cut_off(const sim::Result& result, const sim::SearchOptions& options) {
  if (result.verdict == sim::Verdict::bound_hit) {
    return result.strategy == sim::Strategy::exhaustive;
  }
  const char* const why = sim::why_to_end(options);
  return result.verdict == sim::Verdict::unknown && why != nullptr && !result.reasons.empty() &&
         result.reasons.back() == why;
}

// A goal that no run reached, or not the one that shows the violation, makes the answer empty.
void look_at_goals(const Program& program, reports::ScenarioReport& report) {
  sim::Result& result = report.result;
  const bool violated = result.verdict == sim::Verdict::violated;
  const std::uint64_t reached = violated ? result.violations.front().goals : result.goals;
  std::vector<std::string> missed;
  for (std::size_t i = 0; i < program.goals.size(); ++i) {
    const bool is_reached = (reached >> i & 1) != 0;
    report.goals.push_back({program.goals[i].name, is_reached});
    if (!is_reached) missed.push_back(program.goals[i].name);
  }
  const bool unexpected = violated && program.expectation.violates.empty();
  const bool decided = violated || result.verdict == sim::Verdict::exhausted ||
                       result.verdict == sim::Verdict::sampled;
  if (missed.empty() || unexpected || !decided) return;
  result.verdict = sim::Verdict::vacuous;
  for (const std::string& name : missed) {
    result.reasons.push_back(
        violated ? fmt::format("{} is violated, but by no run that reaches the goal: {}",
                               result.violations.front().invariant, name)
                 : fmt::format("no run reaches the goal: {}", name));
  }
}

// Without a written budget, one fault decides; a search with two follows within the work left and
// changes neither verdict nor exit code (DESIGN 3.5).
void look_beyond(const Program& program, const sim::SearchOptions& options,
                 reports::ScenarioReport& report) {
  const bool automatic = options.strategy == sim::Strategy::automatic;
  const bool holds = report.result.verdict == sim::Verdict::exhausted && report.result.also.empty();
  if (!holds || program.budget_written || !automatic) return;
  constexpr std::uint64_t kWork = 2'000'000;  // steps: a second or two
  sim::FaultPlan plan = program.plan;
  plan.budget = 2;
  sim::SearchOptions within = options;
  within.transitions_max = std::min(options.transitions_max, kWork);
  const sim::Result result = sim::exhaustive(program, plan, within);
  if (result.verdict == sim::Verdict::violated) {
    const sim::Violation& found = result.violations.front();
    std::string kinds;
    for (const sim::FaultKind kind : found.faults) {
      kinds += (kinds.empty() ? "" : ", ") + std::string(sim::to_text(kind));
    }
    report.beyond = fmt::format("with 2 faults ({}) {} is violated for {}", kinds, found.invariant,
                                found.entity);
  } else if (result.verdict == sim::Verdict::exhausted) {
    report.beyond = fmt::format("with 2 faults it holds as well ({})",
                                reports::counted(result.figures.states, "state", "states"));
  } else {
    report.beyond = fmt::format("with 2 faults nothing was found in {}; not all runs were searched",
                                reports::counted(result.figures.transitions, "step", "steps"));
  }
}

// Which keys the search took for one another, if it did.
void tell_alike(const Program& program, reports::ScenarioReport& report) {
  const std::vector<std::string>& used = report.result.reductions;
  if (std::find(used.begin(), used.end(), "symmetric-keys") == used.end()) return;
  std::vector<const models::RequestOrder*> orders;
  for (const auto& order : program.workload) orders.push_back(order.get());
  report.alike = models::alike(orders);
}

int exit_code_of(const reports::ScenarioReport& report) {
  switch (reports::outcome_of(report)) {
    case reports::Outcome::as_expected:
      return 0;
    case reports::Outcome::not_as_expected:
      return 1;
    case reports::Outcome::mistake:
      return 2;
    case reports::Outcome::undecided:
      return 3;
    case reports::Outcome::unsound:
      break;
  }
  return 4;
}

}  // namespace

int worse(int first, int second) {
  static constexpr int kOrder[] = {0, 3, 1, 2, 4, 130, 70};
  const auto rank = [](int code) {
    return std::find(std::begin(kOrder), std::end(kOrder), code) - std::begin(kOrder);
  };
  return rank(first) > rank(second) ? first : second;
}

void write_capsule(const std::string& folder, Checked& checked) {
  if (folder.empty() || checked.capsule.empty()) return;
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  const std::string path = folder + "/" + capsule_name(checked.report.file);
  std::ofstream file(path, std::ios::binary);
  file << checked.capsule;
  if (file.flush()) {
    checked.report.capsule = path;
  } else {
    checked.report.warnings.push_back(fmt::format("the capsule could not be written to {}", path));
  }
}

Checked check_scenario(const std::string& path, const Loaded& loaded, const CheckOptions& options) {
  Checked checked;
  reports::ScenarioReport& report = checked.report;
  report.file = path;
  report.seed = options.search.seed;
  if (loaded.program == nullptr) {
    report.problems.push_back(loaded.problems);
    checked.exit_code = exit_code_of(report);
    return checked;
  }
  const Program& program = *loaded.program;
  describe_scenario(loaded, report);
  if (const char* const why = sim::why_to_end(options.search)) {
    report.result.strategy = options.search.strategy;
    report.result.reasons.push_back(fmt::format("the search was not begun: {}", why));
    list_invariants(program, report);
    checked.exit_code = exit_code_of(report);
    return checked;
  }
  sim::set_failure_context(fmt::format("onceward check {} --strategy {} --seed {}", path,
                                       to_text(options.search.strategy), options.search.seed));
  sim::SearchOptions search = options.search;
  search.violates = program.expectation.violates;
  const bool by = !program.expectation.by.empty();
  const sim::FaultPlan plan = by ? plan_of_by(program) : program.plan;
  report.result = search_with_goals(program, plan, search);
  report.cut_off = is_cut_off(report.result, search);
  const bool holds = report.result.verdict == sim::Verdict::exhausted;
  if (holds) report.unreached = scenarios::unreached(program);
  if (holds) tell_alike(program, report);
  if (holds || report.result.verdict == sim::Verdict::sampled) {
    report.rests_on = scenarios::assumptions(program);
  }
  if (!report.result.violations.empty() && report.result.violations.front().cut_short) {
    report.warnings.push_back(fmt::format(
        "shrinking was cut short: {}; a smaller run may show it too", sim::why_to_end(search)));
  }
  const bool mistaken = is_mistaken(report);
  if (!mistaken) {
    check_fewest(program, search, report);
    if (!by) look_for_vacuity(loaded, report);
    if (!by && options.look_beyond) look_beyond(program, search, report);
    look_at_goals(program, report);
  }
  list_invariants(program, report);
  if (mistaken) {
    describe_mistake(loaded, report);
  } else {
    compare(program, options, report);
  }
  if (!report.result.violations.empty()) checked.capsule = capsule_text(loaded, plan, report);
  describe_violation(loaded, report);
  report.look_at = where_to_look(loaded, report);
  checked.exit_code = exit_code_of(report);
  return checked;
}

}  // namespace onceward::cli
