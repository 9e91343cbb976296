// What a long check shows while it searches. For one thread.
#pragma once

#include <cstddef>
#include <string>

namespace onceward::cli {

// "3/12  relay.onceward.json" on standard error, and the seconds once it takes some; nothing where
// that is no terminal.
void show_progress(std::size_t index, std::size_t count, const std::string& file);
// Brings the seconds up to date; to be called now and then.
void renew_progress();
void clear_progress();

}  // namespace onceward::cli
