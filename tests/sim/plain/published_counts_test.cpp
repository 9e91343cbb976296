// Models whose counts others have published: the search must come to the same numbers.
//
// Published counts have the initial state among the generated ones, and a depth in states, not in
// steps; ours do not.
#include <catch2/catch.hpp>

#include "tests/support/plain/deduplication.hpp"
#include "tests/support/plain/outbox.hpp"
#include "tests/support/plain/two_phase.hpp"

namespace onceward {
namespace {

using plain_models::Deduplication;
using plain_models::Outbox;
using plain_models::TwoPhase;
using sim::Explored;
using sim::Verdict;

struct Counts {
  std::uint64_t distinct;
  std::uint64_t generated;
  std::uint64_t depth;
  bool operator==(const Counts&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Counts& counts) {
  return out << counts.distinct << " distinct, " << counts.generated << " generated, depth "
             << counts.depth;
}

template <class Model>
Counts counts(const Model& model) {
  const Explored result = sim::explore(model, {});
  CHECK(result.verdict == Verdict::exhausted);
  return {result.figures.states, result.figures.transitions + 1, result.figures.depth + 1};
}

template <class Model>
std::uint64_t states_on_shortest_path(const Model& model, const char* invariant) {
  const Explored result = sim::explore(model, {});
  REQUIRE(result.verdict == Verdict::violated);
  CHECK(result.violations.front().invariant == invariant);
  return result.violations.front().steps + 1;
}

TEST_CASE("two-phase commit has the published number of states", "[sim][plain]") {
  CHECK(counts(TwoPhase{3}) == Counts{288, 1'146, 11});
  CHECK(counts(TwoPhase{5}) == Counts{8'832, 58'146, 17});
}

TEST_CASE("two-phase commit has 2^n + 4^n + 6^n states and 2 + n 2^n + (n+1) 4^n + 4n/3 6^n steps",
          "[sim][plain]") {
  std::uint64_t two = 1;
  std::uint64_t four = 1;
  std::uint64_t six = 1;
  for (int n = 1; n <= 6; ++n) {
    const auto times = static_cast<std::uint64_t>(n);
    two *= 2, four *= 4, six *= 6;
    CHECK(counts(TwoPhase{n}) == Counts{two + four + six,
                                        2 + times * two + (times + 1) * four + 4 * times * six / 3,
                                        3 * times + 2});
  }
}

TEST_CASE("the outbox flow has as many states as SPIN, TLC and Stateright count", "[sim][plain]") {
  CHECK(counts(Outbox{2, 1, 1, 1}) == Counts{3'692, 9'396, 23});
  CHECK(counts(Outbox{3, 2, 2, 2}) == Counts{329'944, 1'008'426, 39});
}

TEST_CASE("the broken outbox flow ends by the shortest paths that others find", "[sim][plain]") {
  const char* lost = "an effect for each order once quiet";
  CHECK(states_on_shortest_path(Outbox{2, 1, 1, 1, true}, lost) == 19 + 1);
  CHECK(states_on_shortest_path(Outbox{3, 2, 2, 2, true}, lost) == 27 + 1);
}

TEST_CASE("the deduplicating handler has the published number of states", "[sim][plain]") {
  CHECK(counts(Deduplication{1, 1}) == Counts{52, 77, 11});
  CHECK(counts(Deduplication{1, 2}) == Counts{778, 1'285, 16});
  CHECK(counts(Deduplication{2, 1}) == Counts{890, 1'473, 19});
  CHECK(counts(Deduplication{1, 3}) == Counts{9'430, 16'211, 21});
  CHECK(counts(Deduplication{3, 1}) == Counts{14'938, 25'919, 27});
  CHECK(counts(Deduplication{2, 2}) == Counts{191'432, 337'957, 30});
}

TEST_CASE("each mutant of the deduplicating handler is found at its depth", "[sim][plain]") {
  using D = Deduplication;
  const char* twice = "one state change a message";
  const char* unchanged = "processed means that the state changed";
  CHECK(states_on_shortest_path(D{1, 2, D::outbox_before_state}, unchanged) == 10);
  CHECK(states_on_shortest_path(D{2, 2, D::outbox_before_state}, unchanged) == 10);
  CHECK(states_on_shortest_path(D{1, 2, D::no_dedup}, twice) == 13);
  CHECK(states_on_shortest_path(D{2, 2, D::no_dedup}, twice) == 13);
  CHECK(states_on_shortest_path(D{2, 1, D::no_version_check}, unchanged) == 14);
  CHECK(states_on_shortest_path(D{2, 2, D::unchecked_at_cleanup}, twice) == 25);
}

TEST_CASE("a mutant that a smaller configuration hides is not found there", "[sim][plain]") {
  using D = Deduplication;
  CHECK(sim::explore(D{1, 2, D::unchecked_at_cleanup}, {}).verdict == Verdict::exhausted);
  CHECK(sim::explore(D{2, 1, D::unchecked_at_cleanup}, {}).verdict == Verdict::exhausted);
  CHECK(sim::explore(D{1, 2, D::no_version_check}, {}).verdict == Verdict::exhausted);
}

}  // namespace
}  // namespace onceward
