// The outbox and inbox of the library, searched to its end with each reduction and with all.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

#include "scenarios/loaded.hpp"
#include "sim/search/explore.hpp"
#include "tests/bench/searches.hpp"

namespace onceward::bench {
namespace {

const std::string kPath =
    ONCEWARD_SOURCE_DIR "/scenarios/library/relay/crash-before-mark.fixed.onceward.json";

struct Size {
  int orders;
  int crashes;
  int redeliveries;
};

std::string text_of(const Size& size) {
  std::ostringstream read;
  read << std::ifstream(kPath).rdbuf();
  const std::string workload = std::regex_replace(read.str(), std::regex("\"times\": 2"),
                                                  fmt::format("\"times\": {}", size.orders));
  const std::string faults = fmt::format(
      R"("faults": {{ "budget": {}, "kinds": [ {{ "crash": "any", "at_most": {} }}, {{ "redeliver": "any", "at_most": {} }} ] }},)",
      size.crashes + size.redeliveries, size.crashes, size.redeliveries);
  return std::regex_replace(workload, std::regex("\"faults\": .*\\n"), faults + "\n");
}

sim::Result search(const Size& size, const sim::Reductions& reductions) {
  const scenarios::Loaded loaded = scenarios::load_text(kPath, text_of(size));
  if (loaded.program == nullptr) {
    fmt::print(stderr, "{}", loaded.problems);
    std::exit(70);
  }
  sim::SearchOptions options;
  options.strategy = sim::Strategy::exhaustive;
  options.transitions_max = 1'000'000'000;
  options.reductions = reductions;
  const double began = now();
  sim::Result found = sim::explore(*loaded.program, loaded.program->plan, options);
  const double seconds = now() - began;
  const std::vector<std::string> names = sim::names_of(reductions);
  const auto states = static_cast<double>(found.figures.states);
  fmt::print(
      "inbox orders={} budgets={}/{} reductions={} verdict={} states={} transitions={} "
      "seconds={:.3f} states_per_second={:.0f} bytes_per_state={:.1f}",
      size.orders, size.crashes, size.redeliveries,
      names.empty() ? "none" : fmt::format("{}", fmt::join(names, ",")),
      sim::to_text(found.verdict), found.figures.states, found.figures.transitions, seconds,
      states / seconds, static_cast<double>(found.figures.visited_bytes) / states);
  return found;
}

}  // namespace

void bench_inbox(const Options& options) {
  constexpr Size kSmall = {2, 1, 1};
  const sim::Result all = search(kSmall, sim::Reductions::none());
  fmt::print("\n");
  const auto compared = [&](const sim::Reductions& reductions) {
    const sim::Result found = search(kSmall, reductions);
    const bool agrees =
        found.verdict == all.verdict && found.figures.quiet_digest == all.figures.quiet_digest;
    fmt::print(" states_saved={:.2f} agrees={}\n",
               static_cast<double>(all.figures.states) / static_cast<double>(found.figures.states),
               agrees ? "yes" : "no");
  };
  for (const sim::ReductionHelp& entry : sim::reduction_catalogue()) {
    sim::Reductions only = sim::Reductions::none();
    only.*entry.flag = true;
    compared(only);
  }
  compared({});
  if (options.repeats == 1 && options.size == 0) return;  // --quick
  static_cast<void>(search({options.size > 0 ? options.size : 3, 2, 2}, {}));
  fmt::print("\n");
}

}  // namespace onceward::bench
