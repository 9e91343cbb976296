// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/time.hpp"
#include "sim/trace.hpp"

namespace onceward::reports {

// "12,345".
[[nodiscard]] std::string grouped(std::uint64_t number);

// "1 step", "12,345 steps", "no steps".
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view one,
                                  std::string_view many);

// The text with its numbers of steps, states and runs grouped: "the bound of 2,000,000 steps".
[[nodiscard]] std::string with_grouped_counts(std::string text);

// How the instants of one story are written: all in the unit of `latest`, else of their latest one
// ("501.3ms", "0.0010s", "24h 0m 1.5000s"), with as many decimals as the finest of them needs,
// rounded down to microseconds; in a story that is shorter than a millisecond to nanoseconds.
class InstantFormat {
 public:
  explicit InstantFormat(const std::vector<sim::Instant>& instants);
  InstantFormat(const std::vector<sim::Instant>& instants, sim::Instant latest);
  explicit InstantFormat(const sim::Trace& trace);
  [[nodiscard]] std::string text(sim::Instant instant) const;

 private:
  std::int64_t unit_ = 1;  // nanoseconds
  const char* name_ = "ns";
  int decimals_ = 0;
};

// How likely it is at most that two of `states` different states have the same fingerprint, so that
// the search took one for the other: states^2 / 2^(1 + sim::kStateBits) with one digit, rounded up:
// "3e-24".
[[nodiscard]] std::string collision_bound(std::uint64_t states);

}  // namespace onceward::reports
