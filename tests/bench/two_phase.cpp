#include "tests/support/plain/two_phase.hpp"

#include <fmt/core.h>

#include <vector>

#include "sim/search/strategies.hpp"
#include "tests/bench/searches.hpp"
#include "tests/support/two_phase_tasks.hpp"

namespace onceward::bench {
namespace {

// Published counts have the initial state among the generated ones and the depth in states.
void print(int managers, const char* form, const sim::SearchFigures& figures, double seconds,
           const std::string& bytes_per_state) {
  fmt::print(
      "2pc n={} form={} distinct={} generated={} depth={} seconds={:.4f} states_per_second={:.0f} "
      "bytes_per_state={}\n",
      managers, form, figures.states, figures.transitions + 1, figures.depth + 1, seconds,
      static_cast<double>(figures.states) / seconds, bytes_per_state);
  std::fflush(stdout);
}

void plain(const Options& options, int managers) {
  sim::Explored found;
  const double seconds =
      median_seconds(options, [&] { found = sim::explore(plain_models::TwoPhase{managers}, {}); });
  const double bytes = static_cast<double>(found.bytes) / static_cast<double>(found.figures.states);
  print(managers, "plain", found.figures, seconds, fmt::format("{:.1f}", bytes));
}

// How much memory its visited set takes is not among the figures of that search.
void coroutine(const Options& options, int managers) {
  const flows::TwoPhaseTasks model(managers);
  sim::Result found;
  const double seconds =
      median_seconds(options, [&] { found = sim::exhaustive(model, {}, sim::SearchOptions{}); });
  print(managers, "coroutine", found.figures, seconds, "unknown");
}

}  // namespace

void bench_two_phase(const Options& options) {
  const bool chosen = options.size > 0;
  for (const int managers : chosen ? std::vector{options.size} : std::vector{3, 5, 7, 8}) {
    if (managers > plain_models::TwoPhase::kMost) {
      fmt::print(stderr, "2pc has at most {} resource managers\n", plain_models::TwoPhase::kMost);
      return;
    }
    plain(options, managers);
    // Unasked only the sizes that it searches within seconds.
    if (chosen || managers <= 5) coroutine(options, managers);
  }
}

}  // namespace onceward::bench
