#include "scenarios/cli/invariants.hpp"

#include <algorithm>

#include "models/oracles/oracle.hpp"

namespace onceward::cli {

bool counts(std::string_view invariant) {
  for (const models::Oracle* other :
       {&models::per_key_order(), &models::in_time(), &models::no_early_effect(),
        &models::no_stuck_message(), &models::dead_letter_accounting(),
        &models::correlation_unbroken()}) {
    if (other->id().text == invariant) return false;
  }
  return true;
}

bool is_mistaken(const reports::ScenarioReport& report) {
  return !report.result.violations.empty() && report.result.violations.front().mistake;
}

void list_invariants(const scenarios::Program& program, reports::ScenarioReport& report) {
  const sim::Result& result = report.result;
  const bool undecided = is_mistaken(report) || result.verdict == sim::Verdict::unknown ||
                         result.verdict == sim::Verdict::bound_hit;
  for (const models::Oracle* oracle : program.oracles) {
    const std::string& id = oracle->id().text;
    const bool broken =
        std::find(result.also.begin(), result.also.end(), id) != result.also.end() ||
        std::any_of(result.violations.begin(), result.violations.end(),
                    [&](const sim::Violation& each) { return each.invariant == id; });
    const char* const status = broken ? "violated" : undecided ? "not-judged" : "held";
    report.invariants.push_back({id, status, oracle->help(), counts(id), true});
  }
  for (const std::string& id : program.not_judged) {
    const std::string& help = models::find_oracle(id)->help();
    report.invariants.push_back({id, "not-judged", help, counts(id), false});
  }
}

}  // namespace onceward::cli
