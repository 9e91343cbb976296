// Reads a scenario file into a Program; all mistakes of the file are reported at once.
#pragma once

#include <memory>

#include "scenarios/program.hpp"

namespace onceward::scenarios {

// Null if there were mistakes; `problems` then has one message each.
[[nodiscard]] std::unique_ptr<Program> read_program(const Source& source, Problems& problems);

}  // namespace onceward::scenarios
