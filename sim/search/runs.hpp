// Single runs: to quiet, from a tape, and made into a violation that people can read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/search/result.hpp"
#include "sim/search/rounds.hpp"
#include "sim/search/sources.hpp"
#include "sim/world.hpp"

namespace onceward::sim {

// The finding that ends a search: the first one that `options.violates` asks for, in a run whose
// faults are those that the plan demands. Null: none so far.
[[nodiscard]] const Finding* wanted_finding(const World& world, const SearchOptions& options);

// How a run ended.
struct RunEnd {
  enum Kind : std::uint8_t {
    quiet,
    violated,  // there is a wanted finding
    endless,   // it goes round for ever, and breaks nothing that is asked for
    too_long,
  };
  Kind kind = quiet;
  Round round{};  // violated: by going round, and not at a step or at quiet
  bool operator==(Kind other) const { return kind == other; }
};

// A run that is longer is watched, whether it goes round; for so many steps, for what has not come
// round by then may grow for ever.
inline constexpr std::uint32_t kLongRun = 1000;
inline constexpr std::uint32_t kWatched = 1000;
inline constexpr std::uint32_t kUnwatched = ~0U;

// Lets a world that was just reset run until quiet, a wanted finding, `options.steps_max`, or until
// somebody wants the search to end (too_long as well). After `watched_from` steps it is watched:
// REQUIRES as RoundWatch does.
[[nodiscard]] RunEnd run_to_end(World& world, const SearchOptions& options,
                                std::uint32_t watched_from = kUnwatched);

// Lets a world that was just reset run as far as `round` says, and judges what goes on for ever.
void run_round(World& world, const Round& round);

// The run of `tape`, told with its trace and its timing. `round`: it goes round at its end.
// REQUIRES: `world` reads windows as `any`; the tape was recorded in such a world and leads to a
// wanted finding.
[[nodiscard]] Violation tell(World& world, const Tape& tape, const SearchOptions& options,
                             const Round& round = {});

struct Replayed {
  std::string divergence;              // empty: the run followed the tape to its end
  std::optional<Violation> violation;  // what it showed
  Hash128 fingerprint;
  std::uint32_t steps = 0;
  Trace trace;
};
// Follows `tape` strictly for `end.end` steps and compares; it goes round then if `end.steps` says
// so.
[[nodiscard]] Replayed replay(World& world, const Tape& tape, const Round& end,
                              const SearchOptions& options);

}  // namespace onceward::sim
