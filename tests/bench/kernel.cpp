// The kernel beside those of simulators, on the workloads of workloads.hpp.
//
// Engines take turns in every round, each peer in a process of its own; what is printed are medians
// over the rounds. In `hold` a peer is compared only if it ends at our clock: then it did the same.
#include "tests/bench/kernel.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/peers.hpp"
#include "tests/bench/workloads.hpp"

namespace onceward::bench {
namespace {

enum class Kind : std::uint8_t { hold, ping_pong, queue, memory };

struct Workload {
  Kind kind;
  const char* name;
  const char* peers_name;
  std::uint64_t size;   // processes, pairs
  std::uint64_t count;  // operations
};
constexpr Workload kWorkloads[] = {
    {Kind::hold, "hold-100", "hold", 100, 5'000'000},
    {Kind::hold, "hold-10000", "hold", 10'000, 5'000'000},
    {Kind::hold, "hold-1000000", "hold", 1'000'000, 5'000'000},
    {Kind::ping_pong, "ping-pong-1000-pairs", "pingpong", 1000, 4'000'000},
    {Kind::queue, "producer-queue-consumer", "mm1", 1, 2'000'000},
    {Kind::memory, "idle-process", "mem", 100'000, 1},
};

struct Series {
  std::string engine;
  const Peer* peer = nullptr;  // null: ours
  bool drawn_order = false;    // ours, with equal instants in a drawn order
  std::uint64_t count = 0;
  bool compared = false;
  std::vector<double> figures;  // operations a second, or bytes
  double clock = 0;

  [[nodiscard]] double median() const { return figures[figures.size() / 2]; }
};

void leave_out(const std::string& what, const std::string& why) {
  fmt::print("kernel left out: {} ({})\n", what, why);
}

std::string clock_text(double clock) { return fmt::format("{:.6g}", clock); }

// Some stop a wake-up later than we do.
bool is_same_clock(double a, double b) { return std::abs(a - b) <= 1e-5 * b; }

// ---- Measuring

Measured run_ours(const Workload& workload, std::uint64_t count, bool drawn_order) {
  switch (workload.kind) {
    case Kind::hold:
      return hold(workload.size, count);
    case Kind::ping_pong:
      return ping_pong(workload.size, count, drawn_order);
    default:
      return produce_and_consume(count);
  }
}

void measure_ours(const Workload& workload, Series& series) {
  if (workload.kind == Kind::memory) {
    series.figures.push_back(bytes_of_idle(workload.size));
    return;
  }
  const Measured measured = run_ours(workload, series.count, series.drawn_order);
  series.figures.push_back(static_cast<double>(series.count) / measured.seconds);
  series.clock = measured.clock;
}

void measure_peer(const Workload& workload, const Workshop& workshop, Series& series) {
  const std::uint64_t size = std::min(workload.size, series.peer->largest);
  const std::optional<Figure> figure =
      run_peer(workshop, *series.peer, workload.peers_name, size, series.count);
  if (!figure) return;
  series.figures.push_back(figure->value);
  series.clock = figure->clock;
}

// All that can take part, ours first.
std::vector<Series> entrants(const Workload& workload, std::uint64_t count,
                             const std::vector<const Peer*>& peers) {
  std::vector<Series> all;
  all.push_back({"onceward", nullptr, false, count, false, {}, 0});
  if (workload.kind == Kind::ping_pong) {
    all.push_back({"onceward-drawn-order", nullptr, true, count, false, {}, 0});
  }
  std::string too_large;
  for (const Peer* peer : peers) {
    if (workload.kind == Kind::hold && workload.size > peer->largest) {
      too_large += std::string(too_large.empty() ? "" : ", ") + peer->engine;
      continue;
    }
    all.push_back({peer->engine, peer, false, count / peer->part, !peer->is_limit, {}, 0});
  }
  if (!too_large.empty()) {
    leave_out(fmt::format("{} in {}", too_large, workload.name),
              "a process of theirs is too large");
  }
  return all;
}

// ---- Telling

// Who failed or did something else is not compared.
void check(const Workload& workload, std::vector<Series>& all) {
  for (Series& series : all) {
    if (series.peer == nullptr || series.figures.empty() || workload.kind != Kind::hold) continue;
    const double ours = series.count == all.front().count
                            ? all.front().clock
                            : run_ours(workload, series.count, false).clock;
    if (is_same_clock(series.clock, ours)) continue;
    series.compared = false;
    fmt::print("kernel not compared: {} in {} (its clock ended at {}, ours at {})\n", series.engine,
               workload.name, clock_text(series.clock), clock_text(ours));
  }
}

void print(const Workload& workload, const Series& series, double best) {
  const bool memory = workload.kind == Kind::memory;
  const std::string clock =
      workload.kind == Kind::hold ? " clock=" + clock_text(series.clock) : std::string();
  fmt::print(
      "kernel workload={} engine={} {}={:.0f} min={:.0f} max={:.0f} repeats={}{} "
      "ratio_to_best_peer={}{}\n",
      workload.name, series.engine, memory ? "bytes" : "per_second", series.median(),
      series.figures.front(), series.figures.back(), series.figures.size(), clock,
      best > 0 ? fmt::format("{:.2f}", series.median() / best) : "none",
      memory ? " (less is better)" : "");
}

void tell(const Workload& workload, std::vector<Series>& all) {
  double best = 0;
  for (Series& series : all) {
    std::sort(series.figures.begin(), series.figures.end());
    if (series.figures.empty() || !series.compared) continue;
    const double median = series.median();
    const bool better = workload.kind == Kind::memory ? median < best : median > best;
    if (best == 0 || better) best = median;
  }
  for (const Series& series : all) {
    if (series.figures.empty()) {
      leave_out(fmt::format("{} in {}", series.engine, workload.name), "it could not be run");
    } else {
      print(workload, series, best);
    }
  }
  std::fflush(stdout);
}

}  // namespace

void bench_kernel(const Options& options) {
  const Workshop workshop;
  std::vector<std::string> missing;
  const std::vector<const Peer*> peers = build_peers(workshop, missing);
  for (const std::string& package : missing) {
    leave_out("what needs " + package, "it is not installed");
  }
  for (const Workload& workload : kWorkloads) {
    // In a quick run the clocks are others, which must be equal all the same.
    const std::uint64_t count =
        std::max<std::uint64_t>(workload.count / (options.repeats > 1 ? 1 : 10), 1);
    std::vector<Series> all = entrants(workload, count, peers);
    for (int round = 0; round < options.repeats; ++round) {
      for (Series& series : all) {
        if (series.peer == nullptr) {
          measure_ours(workload, series);
        } else {
          measure_peer(workload, workshop, series);
        }
      }
    }
    check(workload, all);
    tell(workload, all);
  }
}

}  // namespace onceward::bench
