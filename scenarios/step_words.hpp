// Which step a value of a file is: for those who look at files without reading them into a program.
#pragma once

#include "scenarios/json.hpp"
#include "scenarios/step.hpp"

namespace onceward::scenarios {

// Null for what is no step. The word of one step may be a field of another ("set" of an update):
// then it is the step that has a place for all that is written.
[[nodiscard]] const StepHelp* find_step(const Node& node);

}  // namespace onceward::scenarios
