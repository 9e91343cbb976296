// A scenario as the code that a developer would write: each handler, one line a step.
//
// Made from the tables of the language (grammar.hpp, step.hpp), so a new step or field appears by
// itself. For people only: nothing reads it back.
#pragma once

#include <string>

#include "scenarios/json.hpp"

namespace onceward::scenarios {

// Of a scenario as it was written out (expand.hpp) and read without a mistake.
[[nodiscard]] std::string code_text(const Node& root);

}  // namespace onceward::scenarios
