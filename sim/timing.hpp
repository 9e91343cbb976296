// What a run says about time: which windows it used, and the instants that solve them.
//
// Under `any` a run is only an order. It counts as a counterexample only if instants exist that
// agree with every window on its path (DESIGN 3.2): a system of difference constraints.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/time.hpp"
#include "sim/zone.hpp"

namespace onceward::sim {

// The difference constraints of one run, gathered while it is replayed with recording on.
struct PathLog {
  // t[first] - t[second] <= bound, in nanoseconds. Step 0 is the start of the run.
  struct Constraint {
    std::uint32_t first = 0;
    std::uint32_t second = 0;
    std::int64_t bound = 0;
    std::string reason;          // "lease of jobs/0@0 [30s, 30s]: not before its earliest instant"
    std::string who;             // the occurrence, where the constraint keeps it from coming early
    const Site* site = nullptr;  // whose window or comparison it is; null: of no window
    std::string window{};        // that one, for people
  };
  std::uint32_t steps = 0;
  std::vector<Constraint> constraints;
};

struct Timing {
  bool feasible = false;
  std::vector<Instant> earliest;   // by step, 0 ... steps; the earliest instants that solve all
  std::string early;               // infeasible: the occurrence that came before its time
  std::vector<std::string> cycle;  // infeasible: constraints that contradict each other
  // Infeasible: windows and comparisons that contradict each other, none of which could be left
  // out.
  std::vector<Heeded::Place> places;
};

[[nodiscard]] Timing solve(const PathLog& path);

// The same of a run whose last `steps` steps may be repeated for ever: the instants of the path
// itself. What bounds an instant of the round from above by one from before it holds for so long
// only; its place is among those that contradict each other.
// REQUIRES: the `steps` steps before those did the same.
[[nodiscard]] Timing solve_for_ever(PathLog path, std::uint32_t steps);

}  // namespace onceward::sim
