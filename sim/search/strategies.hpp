// The strategies behind explore(); each ends with a verdict of its own.
#pragma once

#include "sim/search/result.hpp"
#include "sim/search/rounds.hpp"
#include "sim/world.hpp"

namespace onceward::sim {

// The default order with every single fault, then every pair, and so on up to the plan's budget;
// within a number of faults by the order of the fault catalogue. SAMPLED if nothing was found.
[[nodiscard]] Result sweep(const Model& model, const FaultPlan& plan, const SearchOptions& options);

// Every order, every value and every placing of at most `plan.budget` faults, depth first over
// snapshots, for 0 faults, 1 fault, ... in turn.
[[nodiscard]] Result exhaustive(const Model& model, const FaultPlan& plan,
                                const SearchOptions& options);

// `options.runs` runs with instants drawn in their windows.
[[nodiscard]] Result random_search(const Model& model, const FaultPlan& plan,
                                   const SearchOptions& options);

// Notes the most strikes a run made, by rule.
void note_strikes(const World& world, Result& result);
// Notes findings that were not asked for.
void note_also(const World& world, const SearchOptions& options, Result& result);
// Tells the run of `tape`, which goes round at its end if `round` says so; shrinks it if it has a
// timing and puts it into `result`. True: it counts, the verdict is VIOLATED. False: it has no
// timing; `conclude` notes why.
bool conclude(World& world, const Tape& tape, const SearchOptions& options, Result& result,
              const Round& round = {});
bool conclude(World& world, Violation violation, const SearchOptions& options, Result& result);

}  // namespace onceward::sim
