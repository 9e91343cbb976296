#include "reports/json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "reports/figures.hpp"
#include "reports/relevant.hpp"

namespace onceward::reports {
namespace {

using Json = nlohmann::ordered_json;

Json options_json(const sim::SearchOptions& options) {
  return {{"strategy", sim::to_text(options.strategy)},
          {"seed", options.seed},
          {"runs", options.runs},
          {"states_max", options.states_max},
          {"transitions_max", options.transitions_max},
          {"steps_max", options.steps_max}};
}

Json story_json(const sim::Violation& violation) {
  const EntrySet set = relevant(violation);
  Json story = Json::array();
  for (std::uint32_t number = 1; number <= violation.trace.size(); ++number) {
    const sim::TraceEntry& entry = violation.trace[number - 1];
    story.push_back({{"step", entry.step},
                     {"at", entry.at.nanoseconds},
                     {"lane", entry.lane},
                     {"text", entry.text},
                     {"why", entry.why},
                     {"site", entry.site},
                     {"entity", entry.entity},
                     {"rule", entry.rule},
                     {"mark", sim::to_text(entry.mark)},
                     {"causes", entry.causes},
                     {"shown", static_cast<bool>(set[number])}});
  }
  return story;
}

Json timing_json(const sim::Timing& timing) {
  Json earliest = Json::array();
  for (const sim::Instant instant : timing.earliest) earliest.push_back(instant.nanoseconds);
  return {{"feasible", timing.feasible},
          {"earliest", std::move(earliest)},
          {"early", timing.early},
          {"cycle", timing.cycle}};
}

// The capsule and what was looked up in the file are those of the first violation.
Json violation_json(const ScenarioReport& report, const sim::Violation& violation) {
  const bool first = &violation == &report.result.violations.front();
  const auto of_first = [&](const std::string& text) { return first ? text : std::string(); };
  const bool of_values = !violation.should_be.empty();
  Json faults = Json::array();
  for (const sim::FaultKind kind : violation.faults) faults.push_back(sim::to_text(kind));
  return {{"invariant", violation.invariant},
          {"entity", violation.entity},
          {"obligation", of_first(report.obligation)},
          {"owed", of_first(report.owed)},
          {"lateness", of_first(report.lateness)},
          {"expected", of_values ? Json(violation.should_be) : Json(violation.expected)},
          {"actual", of_values ? Json(violation.is) : Json(violation.actual)},
          {"faults", std::move(faults)},
          {"fewest_faults", violation.fewest_faults},
          {"cut_short", violation.cut_short},
          {"budget", violation.budget},
          {"steps", violation.steps},
          {"round", violation.round},
          {"fingerprint", sim::to_text(violation.fingerprint)},
          {"capsule", of_first(report.capsule)},
          {"fault_site", of_first(report.fault_site)},
          {"fault_line", of_first(report.fault_line)},
          {"fault_step", of_first(report.fault_step)},
          {"fault_code", of_first(report.fault_code)},
          {"in_short", of_first(report.in_short)},
          {"entries", violation.entries},
          {"timing", timing_json(violation.timing)},
          {"story", story_json(violation)}};
}

Json search_json(const ScenarioReport& report) {
  const sim::SearchFigures& figures = report.result.figures;
  Json strikes = Json::array();
  for (std::size_t i = 0; i < report.result.strikes.size(); ++i) {
    const bool named = i < report.fault_rules.size();
    strikes.push_back({{"rule", named ? report.fault_rules[i] : std::string()},
                       {"most", report.result.strikes[i]}});
  }
  Json bounds = {{"faults", report.result.faults_max}};
  // Of a search that was cut off, `faults` is where it was.
  if (report.cut_off) {
    const std::uint32_t at = report.result.faults_max;
    bounds["faults_searched_whole"] = at == 0 ? Json() : Json(at - 1);
  }
  const bool drawn = report.result.strategy == sim::Strategy::random;
  bounds["timing"] = drawn ? "sampled" : report.result.windows.empty() ? "any" : "windows";
  if (!report.result.windows.empty()) bounds["windows"] = report.result.windows;
  if (report.result.strategy == sim::Strategy::exhaustive)
    bounds["reductions"] = report.result.reductions;
  if (!report.alike.empty()) bounds["alike"] = report.alike;
  if (!report.result.unsound.empty()) bounds["unsound"] = report.result.unsound;
  if (figures.states > 0) bounds["collision"] = collision_bound(figures.states);
  return {{"states", figures.states},
          {"transitions", figures.transitions},
          {"runs", figures.runs},
          {"depth", figures.depth},
          {"shrink_runs", figures.shrink_runs},
          {"visited_bytes", figures.visited_bytes},
          {"digest", sim::to_text(figures.digest)},
          {"bounds", std::move(bounds)},
          {"strikes", std::move(strikes)}};
}

void add_result(const ScenarioReport& report, Json& scenario) {
  const bool known = report.problems.empty();
  const sim::Result& result = report.result;
  scenario["verdict"] = known ? Json(sim::to_text(result.verdict)) : Json();
  scenario["expected"] = report.expected;
  scenario["as_expected"] = report.as_expected;
  scenario["not_as_expected"] = report.not_as_expected;
  scenario["problems"] = report.problems;
  scenario["strategy"] = known ? Json(sim::to_text(result.strategy)) : Json();
  scenario["seed"] = report.seed;
  scenario["workload"] = report.workload;
  scenario["faults"] = report.faults;
  scenario["budget"] = report.budget;
  Json invariants = Json::array();
  for (const InvariantStatus& each : report.invariants) {
    invariants.push_back({{"id", each.id}, {"status", each.status}, {"help", each.help}});
  }
  scenario["invariants"] = std::move(invariants);
  Json violations = Json::array();
  for (const sim::Violation& each : result.violations) {
    violations.push_back(violation_json(report, each));
  }
  scenario["violations"] = std::move(violations);
  scenario["also"] = result.also;
  scenario["reasons"] = result.reasons;
  scenario["search"] = known ? search_json(report) : Json();
}

Json scenario_json(const ScenarioReport& report) {
  Json scenario = {{"file", report.file},
                   {"title", report.title},
                   {"about", report.about},
                   {"digest", report.digest}};
  add_result(report, scenario);
  Json goals = Json::array();
  for (const GoalStatus& each : report.goals) {
    goals.push_back({{"name", each.name}, {"reached", each.reached}});
  }
  scenario["goals"] = std::move(goals);
  if (!report.rests_on.empty()) scenario["rests_on"] = report.rests_on;
  if (!report.unreached.empty()) scenario["unreached"] = report.unreached;
  if (!report.beyond.empty()) scenario["beyond"] = report.beyond;
  scenario["warnings"] = report.warnings;
  scenario["not_modelled"] = report.not_modelled;
  return scenario;
}

Json value_json(const sim::TriedValue& tried, const ValueReport& value) {
  const sim::Result& result = value.report.result;
  Json invariants = Json::array();
  Json faults = Json::array();
  if (tried.answer == sim::Answer::breaks) {
    const sim::Violation& violation = result.violations.front();
    invariants.push_back(violation.invariant);
    for (const sim::FaultKind kind : violation.faults) faults.push_back(sim::to_text(kind));
  }
  return {{"value", tried.value},
          {"text", value.text},
          {"answer", sim::to_text(tried.answer)},
          {"verdict", sim::to_text(result.verdict)},
          {"invariants", std::move(invariants)},
          {"faults", std::move(faults)},
          {"states", result.figures.states},
          {"transitions", result.figures.transitions},
          {"reasons", result.reasons}};
}

std::string text_of(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string to_json(const std::vector<ScenarioReport>& reports, const Summary& summary,
                    const JsonOptions& options) {
  Json scenarios = Json::array();
  for (const ScenarioReport& report : reports) scenarios.push_back(scenario_json(report));
  Json document = {{"schema", "onceward.result/1"},
                   {"engine", ONCEWARD_VERSION},
                   {"options", options_json(options.search)},
                   {"scenarios", std::move(scenarios)},
                   {"summary",
                    {{"as_expected", summary.as_expected},
                     {"not_as_expected", summary.not_as_expected},
                     {"inconclusive", summary.inconclusive},
                     {"exit_code", summary.exit_code}}}};
  if (!options.no_timing) {
    document["timing"] = {{"milliseconds", std::llround(summary.seconds * 1000)}};
  }
  return text_of(document);
}

std::string to_json(const ThresholdReport& report, const JsonOptions& options) {
  Json values = Json::array();
  for (std::size_t i = 0; i < report.values.size(); ++i) {
    values.push_back(value_json(report.found.tried[i], report.values[i]));
  }
  Json stretches = Json::array();
  for (const sim::Stretch& each : report.found.stretches) {
    stretches.push_back(
        {{"answer", sim::to_text(each.answer)}, {"first", each.first}, {"last", each.last}});
  }
  return text_of({{"schema", "onceward.threshold/1"},
                  {"engine", ONCEWARD_VERSION},
                  {"options", options_json(options.search)},
                  {"file", report.file},
                  {"title", report.title},
                  {"digest", report.digest},
                  {"field", report.pointer},
                  {"unit", report.is_duration ? "ns" : "1"},
                  {"in_file", report.start},
                  {"answer", threshold_sentence(report)},
                  {"monotone", report.found.is_monotone()},
                  {"exact", report.found.exact},
                  {"stretches", std::move(stretches)},
                  {"values", std::move(values)},
                  {"exit_code", report.exit_code}});
}

}  // namespace onceward::reports
