// What stops the program when onceward itself is wrong.
//
// ONCEWARD_ASSERT is on in every build. A failed one prints the condition, the place, the seed and
// the command that leads there again, and ends the process with exit code 70. A mistake in a
// scenario is never an assertion (exit 2), and a broken design never either (a finding).
#pragma once

#include <string>

namespace onceward::sim {

// Says what is being run, for the message of a failed assertion, e.g.
// "onceward check a.onceward.json (strategy random, seed 7)". Per thread: worlds that are searched
// side by side each have their own.
void set_failure_context(std::string context);

[[noreturn]] void fail_internal(const char* condition, const char* file, int line,
                                const char* hint = nullptr);

}  // namespace onceward::sim

#define ONCEWARD_ASSERT(condition)                     \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::onceward::sim::fail_internal(#condition, __FILE__, __LINE__))
