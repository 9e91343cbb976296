// What an operation of a model answers to its caller.
#pragma once

#include <cstdint>

namespace onceward::models {

enum class Status : std::uint8_t {
  ok,
  refused,    // it was not done, and the caller knows
  conflict,   // it lost against another transaction (deadlock, serialization)
  duplicate,  // a unique key exists already
  partial,    // a bulk step did some of its items
  timeout,    // unknown outcome: done or not done
};
[[nodiscard]] const char* to_text(Status status);

}  // namespace onceward::models
