// What a report says about a scenario and its first violation besides the result of the search.
#include <fmt/format.h>

#include "reports/figures.hpp"
#include "reports/outcome.hpp"
#include "reports/run_names.hpp"
#include "reports/short_ids.hpp"
#include "scenarios/cli/checking.hpp"

namespace onceward::cli {
namespace {

using scenarios::Expectation;
using scenarios::Loaded;
using scenarios::Program;

std::string describe(const Expectation& expectation) {
  if (!expectation.written || expectation.violates.empty()) {
    return expectation.holds_exhausted ? "holds, exhausted" : "holds";
  }
  std::string text = "violates";
  for (const std::string& name : expectation.violates) text += " " + name;
  return text;
}

// "deduct", "event OrderPlaced in bus.dead", "confirm or refund".
std::string owed_by(const models::ObligationSpec& spec) {
  std::string text;
  for (const models::Owed& owed : spec.owed) {
    const bool apart = spec.rule == models::ObligationRule::never_together;
    text += text.empty() ? "" : apart ? " and " : " or ";
    text += (owed.is_event ? "event " : "") + owed.name->text;
    if (owed.topic != nullptr) text += " in " + owed.topic->text;
  }
  return text;
}

// What came of the time that an obligation sets, at the instants that the story shows.
std::string lateness(const models::ObligationSpec& spec, const sim::Violation& violation) {
  if (spec.within == sim::kForever) return "";
  if (violation.invariant != models::in_time().id().text) {
    const bool missing = violation.should_be.empty() && violation.actual < violation.expected;
    if (!missing) return "";
    return fmt::format("it was due within {} and never came",
                       sim::duration_text(spec.within.count()));
  }
  if (!violation.timing.feasible || violation.entries.size() < 2) return "";
  const sim::Instant cause = violation.trace[violation.entries.front() - 1].at;
  const sim::Instant came = violation.trace[violation.entries.back() - 1].at;
  const sim::Instant after{came.nanoseconds - cause.nanoseconds};
  return fmt::format("it came {} after its cause and was due within {}",
                     reports::InstantFormat({after}).text(after),
                     sim::duration_text(spec.within.count()));
}

// Which of the obligations it is, and what of it is missing or too much.
void describe_obligation(const Program& program, const sim::Violation& violation,
                         reports::ScenarioReport& report) {
  if (!violation.obligation) {
    for (const auto& claim : program.claims) {
      const models::Oracle* oracle = models::find_oracle(violation.invariant);
      const bool is_it = oracle->judges(*claim) && claim->label.print() == violation.entity;
      if (is_it) report.obligation = violation.entity;
    }
    return;
  }
  const models::ObligationSpec& spec = *program.obligations[*violation.obligation];
  report.obligation = spec.name.empty() ? spec.text : spec.name;
  report.owed = fmt::format("{}{}{} of {}", spec.name, spec.name.empty() ? "" : ": ", owed_by(spec),
                            violation.entity);
  report.lateness = lateness(spec, violation);
}

}  // namespace

void describe_scenario(const Loaded& loaded, reports::ScenarioReport& report) {
  const Program& program = *loaded.program;
  report.title = program.title;
  report.about = program.about;
  report.digest = loaded.digest;
  report.faults = program.plan.describe();
  for (const sim::FaultRule& rule : program.plan.rules) {
    sim::FaultPlan one;
    one.rules = {rule};
    report.fault_rules.push_back(one.describe());
  }
  report.budget = program.plan.budget;
  report.workload = program.workload_text.empty() ? "nothing" : program.workload_text;
  report.expected = describe(program.expectation);
  report.asked_for = program.expectation.violates;
}

void describe_violation(const Loaded& loaded, reports::ScenarioReport& report) {
  reports::ShortIds ids;
  for (sim::Violation& violation : report.result.violations) {
    ids.name(violation);
    reports::tell_runs_apart(violation.trace);
  }
  ids.name(report.result.reasons);
  for (std::string& each : report.result.reasons) each = reports::with_grouped_counts(each);
  ids.name(report.beyond);
  if (report.result.violations.empty()) return;
  const sim::Violation& violation = report.result.violations.front();
  for (const sim::TapeEntry& entry : violation.tape) {
    if (entry.fault == sim::FaultKind::none) continue;
    report.fault_site = loaded.place_of(entry.site);
    report.fault_line = loaded.line_of(entry.site);
    report.fault_step = loaded.hidden_step_of(entry.site);
    report.fault_code = loaded.code_of(entry.site);
    break;
  }
  const models::Oracle* oracle = models::find_oracle(violation.invariant);
  if (oracle == nullptr) return;
  describe_obligation(*loaded.program, violation, report);
  const bool of_values = !violation.should_be.empty();
  report.in_short = fmt::format(
      fmt::runtime(oracle->in_short()), fmt::arg("entity", violation.entity),
      fmt::arg("expected", of_values ? violation.should_be : std::to_string(violation.expected)),
      fmt::arg("actual", of_values ? violation.is : std::to_string(violation.actual)));
  if (violation.round > 0) report.in_short += " The flow goes round for ever.";
}

std::string where_to_look(const Loaded& loaded, const reports::ScenarioReport& report) {
  const bool mistake = reports::outcome_of(report) == reports::Outcome::mistake;
  if (!mistake && !report.fault_site.empty()) return report.fault_site;
  if (!report.result.violations.empty()) {
    const sim::Violation& violation = report.result.violations.front();
    for (auto entry = violation.entries.rbegin(); entry != violation.entries.rend(); ++entry) {
      const std::string place = loaded.place_of(violation.trace[*entry - 1].site);
      if (!place.empty()) return place;
    }
  }
  const scenarios::Node* expect = loaded.expanded.find("expect");
  return expect == nullptr ? std::string() : loaded.sources.place_text(expect->span);
}

void describe_mistake(const Loaded& loaded, reports::ScenarioReport& report) {
  const sim::Violation& violation = report.result.violations.front();
  report.result.reasons.push_back("the scenario has a mistake that only a run can meet: " +
                                  violation.entity);
  if (violation.entries.empty()) return;
  const std::string& site = violation.trace[violation.entries.back() - 1].site;
  report.result.reasons.push_back(loaded.place_of(site) + ": " + loaded.line_of(site));
  const std::string code = loaded.code_of(site);
  if (!code.empty()) report.result.reasons.push_back("in the code: " + code);
}

}  // namespace onceward::cli
