// Virtual time: integer nanoseconds, never floating point.
//
// A `Duration` is std::chrono::nanoseconds, so tests and models write `10ms`. An `Instant` counts
// from the start of a run. A `Window` says when a pending occurrence may happen, counted from the
// instant that created it, both ends included (DESIGN 3.2).
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace onceward::sim {

using Duration = std::chrono::nanoseconds;
inline constexpr Duration kForever = Duration::max();

struct Instant {
  std::int64_t nanoseconds = 0;
  auto operator<=>(const Instant&) const = default;
};

// `instant` + `delay`, staying at the end of time instead of overflowing.
// REQUIRES: delay >= 0.
constexpr Instant later(Instant instant, Duration delay) {
  const std::int64_t room = kForever.count() - instant.nanoseconds;
  if (delay.count() >= room) return Instant{kForever.count()};
  return Instant{instant.nanoseconds + delay.count()};
}

struct Window {
  Duration earliest{0};
  Duration latest = kForever;
  auto operator<=>(const Window&) const = default;

  [[nodiscard]] constexpr bool is_point() const { return earliest == latest; }
};

// What faults and operator actions have: they may come at any time and force nobody.
inline constexpr Window kAnyTime{Duration{0}, kForever};

}  // namespace onceward::sim
