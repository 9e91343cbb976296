// Searches the runs of a model for a broken rule.
//
// Faults are searched by number: 0, 1, 2, ... up to `plan.budget`. A violation counts only if its
// path has a timing (sim/timing.hpp); one without makes the answer UNKNOWN, with the timer that
// came too early and the constraints that contradict each other, unless another one has a timing.
//
// Equal arguments give equal results, whatever ran before and wherever.
#pragma once

#include "sim/search/result.hpp"
#include "sim/world.hpp"

namespace onceward::sim {

[[nodiscard]] Result explore(const Model& model, const FaultPlan& plan,
                             const SearchOptions& options);

}  // namespace onceward::sim
