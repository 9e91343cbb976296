#include "tests/bench/measure.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace onceward::bench {

double now() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(since).count();
}

void per_second(const Options& options, const std::string& label,
                const std::function<double(std::uint64_t)>& once) {
  std::uint64_t count = 1000;
  double took = once(count);
  while (took < options.seconds / 2) {
    const double factor = std::clamp(options.seconds / std::max(took, 1e-6), 2.0, 20.0);
    count = static_cast<std::uint64_t>(static_cast<double>(count) * factor);
    took = once(count);
  }
  std::vector<double> rates;
  for (int i = 0; i < options.repeats; ++i) {
    rates.push_back(static_cast<double>(count) / once(count));
  }
  std::sort(rates.begin(), rates.end());
  fmt::print("{} per_second={:.0f} min={:.0f} max={:.0f} repeats={} ns={:.1f}\n", label,
             rates[rates.size() / 2], rates.front(), rates.back(), options.repeats,
             1e9 / rates[rates.size() / 2]);
  std::fflush(stdout);
}

double median_seconds(const Options& options, const std::function<void()>& once) {
  std::vector<double> took;
  double all = 0;
  for (int i = 0; i < options.repeats && (i == 0 || all < options.seconds); ++i) {
    const double began = now();
    once();
    took.push_back(now() - began);
    all += took.back();
  }
  std::sort(took.begin(), took.end());
  return took[took.size() / 2];
}

}  // namespace onceward::bench
