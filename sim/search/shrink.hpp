// Makes a counterexample small: fewest faults first, then order, then values (DESIGN 4).
#pragma once

#include "sim/search/runs.hpp"

namespace onceward::sim {

// A violation of the same invariant by the same entity with no more faults, no more deviations from
// the default order and values, and a possible timing. The result replays strictly. Interrupted:
// the smallest one so far, marked as `cut_short`. REQUIRES: `violation` came from `world`'s model
// and plan and has a possible timing.
[[nodiscard]] Violation shrink(World& world, const Violation& violation,
                               const SearchOptions& options, std::uint64_t& runs);

}  // namespace onceward::sim
