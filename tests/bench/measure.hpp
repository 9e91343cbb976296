// Repeats a measurement and prints minimum, median and maximum; a figure without its spread says
// little on a shared machine.
#pragma once

#include <functional>
#include <string>

namespace onceward::bench {

struct Options {
  int repeats = 5;
  double seconds = 0.5;  // of one repeat, about
  int size = 0;          // what a search is made large by; 0: each benchmark's own sizes
};

// Calls `once(n)`, which does n operations and returns the seconds they took, with n grown until a
// call lasts as long as asked, and prints `label per_second=... min=... max=... repeats=...`.
void per_second(const Options& options, const std::string& label,
                const std::function<double(std::uint64_t)>& once);

// The median of the seconds that `once` takes; one that takes long is not repeated.
[[nodiscard]] double median_seconds(const Options& options, const std::function<void()>& once);

// Seconds on a monotonic clock.
[[nodiscard]] double now();

}  // namespace onceward::bench
