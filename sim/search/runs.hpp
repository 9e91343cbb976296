// Single runs: to quiet, from a tape, and made into a violation that people can read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/search/result.hpp"
#include "sim/search/sources.hpp"
#include "sim/world.hpp"

namespace onceward::sim {

// The finding that ends a search: the first one that `options.violates` asks for, in a run whose
// faults are those that the plan demands. Null: none so far.
[[nodiscard]] const Finding* wanted_finding(const World& world, const SearchOptions& options);

enum class RunEnd : std::uint8_t { quiet, violated, too_long };

// Lets a world that was just reset run until quiet, a wanted finding, or `options.steps_max`.
[[nodiscard]] RunEnd run_to_end(World& world, const SearchOptions& options);

// The run of `tape`, told with its trace and its timing.
// REQUIRES: `world` reads windows as `any`; the tape was recorded in such a world and leads to a
// wanted finding.
[[nodiscard]] Violation tell(World& world, const Tape& tape, const SearchOptions& options);

struct Replayed {
  std::string divergence;              // empty: the run followed the tape to its end
  std::optional<Violation> violation;  // what it showed
  Hash128 fingerprint;
  std::uint32_t steps = 0;
  Trace trace;
};
// Follows `tape` strictly for `steps` steps and compares.
[[nodiscard]] Replayed replay(World& world, const Tape& tape, std::uint32_t steps,
                              const SearchOptions& options);

}  // namespace onceward::sim
