// Two-phase commit as coroutines comes to the counts of the plain struct, which are published.
#include "tests/support/two_phase_tasks.hpp"

#include <catch2/catch.hpp>

#include "sim/search/strategies.hpp"
#include "tests/support/plain/two_phase.hpp"

namespace onceward {
namespace {

TEST_CASE("two-phase commit as tasks has the states and steps of two-phase commit as a struct",
          "[sim][search]") {
  for (int managers = 1; managers <= 4; ++managers) {
    const sim::Explored plain = sim::explore(plain_models::TwoPhase{managers}, {});
    const flows::TwoPhaseTasks model(managers);
    const sim::Result tasks = sim::exhaustive(model, {}, {});
    CHECK(tasks.figures.states == plain.figures.states);
    CHECK(tasks.figures.transitions == plain.figures.transitions);
    // Every way to a state is equally long, so the longest path is as long as the search is deep.
    CHECK(tasks.figures.depth == plain.figures.depth);
    CHECK(tasks.violations.empty());
  }
}

}  // namespace
}  // namespace onceward
