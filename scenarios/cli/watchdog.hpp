// What ends a check before its work is done: a signal, or its deadline.
#pragma once

#include <string>

#include "sim/search/result.hpp"

namespace onceward::cli {

// Searches with these options end when somebody asks for it: SIGINT or SIGTERM, of which a second
// one ends the program at once; or a time from now, a duration as the language writes it ("30s";
// empty: none).
// REQUIRES: no search has begun; `deadline` is a duration.
void watch_over(sim::SearchOptions& options, const std::string& deadline);
[[nodiscard]] bool is_interrupted();

}  // namespace onceward::cli
