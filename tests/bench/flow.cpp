#include <fmt/core.h>

#include "scenarios/loaded.hpp"
#include "sim/search/runs.hpp"
#include "sim/search/strategies.hpp"
#include "tests/bench/kernel.hpp"

namespace onceward::bench {
namespace {

constexpr const char* kFlow =
    ONCEWARD_SOURCE_DIR "/scenarios/library/relay/crash-before-mark.fixed.onceward.json";

}  // namespace

void bench_flow(const Options& options) {
  const scenarios::Loaded loaded = scenarios::load(kFlow);
  if (loaded.program == nullptr) {
    fmt::print(stderr, "{}", loaded.problems);
    return;
  }
  sim::World world(*loaded.program, sim::Reading::sampled, loaded.program->plan);
  const sim::SearchOptions search;
  sim::Random seeds(1);
  std::uint64_t steps = 0;
  std::uint64_t runs = 0;
  per_second(options, "flow workload=outbox strategy=random unit=runs", [&](std::uint64_t n) {
    const double began = now();
    steps = 0;
    runs = n;
    for (std::uint64_t i = 0; i < n; ++i) {
      sim::SeededSource source(seeds.next());
      world.reset(source);
      static_cast<void>(run_to_end(world, search));
      steps += world.steps();
    }
    return now() - began;
  });
  fmt::print("flow workload=outbox strategy=random steps_a_run={:.1f} world_bytes={}\n",
             static_cast<double>(steps) / static_cast<double>(runs), world.used_bytes());
  per_second(options, "flow workload=outbox strategy=random unit=steps", [&](std::uint64_t n) {
    const double began = now();
    for (std::uint64_t done = 0; done < n;) {
      sim::SeededSource source(seeds.next());
      world.reset(source);
      static_cast<void>(run_to_end(world, search));
      done += world.steps();
    }
    return now() - began;
  });
  const double began = now();
  const sim::Result result = exhaustive(*loaded.program, loaded.program->plan, search);
  const double took = now() - began;
  fmt::print(
      "flow workload=outbox strategy=exhaustive verdict={} states={} transitions={} seconds={:.2f} "
      "states_per_second={:.0f}\n",
      sim::to_text(result.verdict), result.figures.states, result.figures.transitions, took,
      static_cast<double>(result.figures.states) / took);
}

}  // namespace onceward::bench
