// What ends a check before its work is done: a signal, or its deadline.
#pragma once

#include <string>

#include "sim/time.hpp"

namespace onceward::cli {

// From now on SIGINT and SIGTERM ask for an end, and a second one ends the program at once.
void listen_for_interrupts();
[[nodiscard]] bool is_interrupted();

// Asks for an end that long from now; `written` is how reasons name it ("30s").
// REQUIRES: no search has begun.
void set_deadline(sim::Duration after, const std::string& written);

// Why all searches must end now, in words that stay; null: they need not. For
// `SearchOptions::interrupted`; any thread may ask.
[[nodiscard]] const char* why_to_end_now();

}  // namespace onceward::cli
