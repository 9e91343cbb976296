// What a search was asked and what it answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/choice.hpp"
#include "sim/faults.hpp"
#include "sim/search/reductions.hpp"
#include "sim/timing.hpp"
#include "sim/trace.hpp"

namespace onceward::sim {

enum class Verdict : std::uint8_t { violated, exhausted, sampled, bound_hit, vacuous, unknown };
// "VIOLATED", "EXHAUSTED", ... as people and JSON read them.
[[nodiscard]] const char* to_text(Verdict verdict);

enum class Strategy : std::uint8_t { automatic, sweep, exhaustive, random };
struct StrategyHelp {
  Strategy strategy;
  const char* name;
  const char* help;
};
[[nodiscard]] const std::vector<StrategyHelp>& strategy_catalogue();
[[nodiscard]] const char* to_text(Strategy strategy);

// Which windows exhaustive search keeps (DESIGN 3.2).
enum class TimingMode : std::uint8_t {
  as_needed,  // none at first, then those that a run without a timing or without an end asks for
  any,        // none: such a run makes the answer UNKNOWN
  windows,    // all
};
struct TimingHelp {
  TimingMode mode;
  const char* name;
  const char* help;
};
[[nodiscard]] const std::vector<TimingHelp>& timing_catalogue();

// Budgets are work, equal on every machine; never seconds.
struct SearchOptions {
  Strategy strategy = Strategy::automatic;
  TimingMode timing = TimingMode::as_needed;
  Reductions reductions;
  std::uint64_t seed = 1;
  std::uint64_t runs = 10'000;            // of `random`
  std::uint64_t states_max = 20'000'000;  // of `exhaustive`
  std::uint64_t transitions_max = 100'000'000;
  std::uint64_t steps_max = 100'000;  // of one sampled or swept run
  // Asked now and then: null, go on; else why the search must end, as UNKNOWN with this reason.
  const char* (*interrupted)() = nullptr;
  std::vector<std::string> violates;  // invariants that end the search; empty: any
  std::uint64_t goals = 0;            // goals that a run must reach to count as a violation
};

// Why the search must end now; null: it need not.
[[nodiscard]] inline const char* why_to_end(const SearchOptions& options) {
  return options.interrupted == nullptr ? nullptr : options.interrupted();
}

// A broken rule with the run that shows it.
struct Violation {
  std::string invariant;
  std::string entity;
  std::optional<std::size_t> obligation;  // Finding::obligation
  std::int64_t expected = 0;
  std::int64_t actual = 0;
  std::string should_be;  // told instead of the numbers where it is not empty
  std::string is;
  std::vector<FaultKind> faults;
  std::uint64_t goals = 0;     // bit by bit: those that the run reached
  std::vector<bool> left_out;  // parts of the workload that the run does without
  std::uint32_t budget = 0;    // of the plan when the tape was recorded; so is the next
  bool at_every_operation = false;
  bool mistake = false;        // of the model, not of the design (exit 2)
  bool fewest_faults = false;  // every smaller number of faults was searched to its end
  bool cut_short = false;      // shrinking was interrupted: a smaller run may show it too
  std::uint32_t steps = 0;
  // It never gets quiet: its last so many steps may be repeated for ever. 0: it does.
  std::uint32_t round = 0;
  Hash128 fingerprint;  // of the final state
  Tape tape;            // strict: replays to the same state
  Trace trace;
  std::vector<std::uint32_t> entries;  // of the trace, that show it; the last one worst
  Timing timing;
};

// By so many bits of their fingerprints are states told apart.
inline constexpr unsigned kStateBits = 104;

struct SearchFigures {
  std::uint64_t states = 0;       // distinct, exhaustive search only
  std::uint64_t transitions = 0;  // steps taken, those to known states included
  std::uint64_t runs = 0;         // complete runs of sweep and random
  std::uint64_t depth = 0;        // steps of the longest path
  std::uint64_t shrink_runs = 0;
  // Of memory: the set of states of the search that took most.
  std::uint64_t visited_bytes = 0;
  Hash128 digest;  // of all states met, for comparing two searches
  // Of the outlines of those in which all is quiet: reductions leave them as they are.
  Hash128 quiet_digest;
};

struct Result {
  Verdict verdict = Verdict::unknown;
  Strategy strategy = Strategy::automatic;  // the one that decided
  std::uint32_t faults_max = 0;             // the budget that was searched
  std::vector<Violation> violations;        // the first one decides; empty unless VIOLATED
  std::vector<std::string> also;            // other invariants met broken, not asked for
  std::vector<std::string> reasons;         // why UNKNOWN or BOUND HIT, in words
  std::vector<std::uint64_t> strikes;       // most strikes of one run, by rule of the plan
  std::vector<std::string> windows;         // exhaustive: those that all runs keep, in words
  std::vector<std::string> reductions;      // exhaustive: those that were in force to its end
  std::string unsound;      // the engine is wrong: what an audit of a search found; empty: nothing
  std::uint64_t goals = 0;  // bit by bit: those that some run reached
  SearchFigures figures;
};

}  // namespace onceward::sim
