// What a long check shows while it searches, and what it hears.
#pragma once

#include <cstddef>
#include <string>

namespace onceward::cli {

// "3/12  relay.onceward.json" on standard error, and the seconds once it takes some; nothing where
// that is no terminal.
void show_progress(std::size_t index, std::size_t count, const std::string& file);
void clear_progress();

// From now on SIGINT and SIGTERM ask for an end, and a second one ends the program at once.
void listen_for_interrupts();
// Whether one came. A search asks this now and then, so it also brings the line up to date.
[[nodiscard]] bool is_interrupted();

}  // namespace onceward::cli
