// Repeats a measurement and prints minimum, median and maximum; a figure without its spread says
// little on a shared machine.
#pragma once

#include <functional>
#include <string>

namespace onceward::bench {

struct Options {
  int repeats = 5;
  double seconds = 0.5;  // of one repeat, about
};

// Calls `once(n)`, which does n operations and returns the seconds they took, with n grown until a
// call lasts as long as asked, and prints `label per_second=... min=... max=... repeats=...`.
void per_second(const Options& options, const std::string& label,
                const std::function<double(std::uint64_t)>& once);

// Seconds on a monotonic clock.
[[nodiscard]] double now();

}  // namespace onceward::bench
