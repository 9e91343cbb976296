// Reads a scenario file into a Program; all mistakes of the file are reported at once.
#pragma once

#include <memory>

#include "scenarios/program.hpp"
#include "scenarios/sources.hpp"

namespace onceward::scenarios {

// Reads what a file comes to (expand.hpp). Null if there were mistakes; `problems` then has one
// message each.
[[nodiscard]] std::unique_ptr<Program> read_program(const Node& root, Problems& problems);

}  // namespace onceward::scenarios
