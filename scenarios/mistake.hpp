// Mistakes of a scenario that only a run can meet: dividing by zero, the first of no rows.
#pragma once

#include <string>

#include "sim/world.hpp"

namespace onceward::scenarios {

// Ends the run as a mistake of the scenario (exit 2), never as a finding about the design. `what`
// is a literal; `site` is the JSON pointer of the step or obligation.
void report_mistake(sim::World& world, const char* what, const std::string& site);

}  // namespace onceward::scenarios
