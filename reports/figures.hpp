// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/time.hpp"

namespace onceward::reports {

// "12,345".
[[nodiscard]] std::string grouped(std::uint64_t number);

// "1 step", "12,345 steps", "no steps".
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view one,
                                  std::string_view many);

// The text with its numbers of steps, states and runs grouped: "the bound of 2,000,000 steps".
[[nodiscard]] std::string with_grouped_counts(std::string text);

// "0s", "100us", "1.2ms", "30s", "24h 1.5s": rounded down to thousandths of its unit.
[[nodiscard]] std::string instant_text(sim::Instant instant);

// How likely it is at most that two of `states` different states share a 128-bit fingerprint, so
// that the search took one for the other: states^2 / 2^128 with one digit, rounded up: "3e-30".
[[nodiscard]] std::string collision_bound(std::uint64_t states);

}  // namespace onceward::reports
