// What a long check shows while it searches. For one thread.
#pragma once

#include <string>

namespace onceward::cli {

// What is searched ("3/12  relay.onceward.json") on standard error, and the seconds once it takes
// some; nothing where that is no terminal.
void show_progress(const std::string& text);
// Brings the seconds up to date; to be called now and then.
void renew_progress();
void clear_progress();

}  // namespace onceward::cli
