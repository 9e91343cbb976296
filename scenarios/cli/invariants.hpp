// What an answer says of each invariant.
#pragma once

#include <string_view>

#include "reports/report.hpp"
#include "scenarios/program.hpp"

namespace onceward::cli {

// Whether a rule is about how often something happens, and not about an order, an instant or a
// place: only then is what was expected and what came a number.
[[nodiscard]] bool counts(std::string_view invariant);

// Whether the run that was found shows a mistake of the scenario, and says nothing of the design.
[[nodiscard]] bool is_mistaken(const reports::ScenarioReport& report);

// Fills in the status of each invariant: violated, held or not-judged. Broken is also what the
// search met and was not asked for; what a search that came to no end has not met broken may still
// be.
void list_invariants(const scenarios::Program& program, reports::ScenarioReport& report);

}  // namespace onceward::cli
