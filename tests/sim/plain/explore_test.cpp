// What breadth-first search answers about plain structs small enough to know the answer.
#include "sim/plain/explore.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace onceward::sim {
namespace {

// A walk on a line from 0 to `end`, one or three steps at a time; standing still counts too.
struct Walk {
  struct State {
    std::uint8_t at;
    [[nodiscard]] std::string describe() const { return "at " + std::to_string(at); }
  };
  std::uint8_t end = 20;
  std::uint8_t forbidden = 255;
  std::uint8_t frowned_upon = 255;

  [[nodiscard]] State initial() const { return {}; }
  void actions(const State& state, auto&& step) const {
    step({"walker", "stand"}, [](State&) {});
    for (int length = 1; length <= 3; length += 2) {
      if (state.at + length > end) continue;
      step({"walker", "go", length},
           [length](State& next) { next.at = static_cast<std::uint8_t>(next.at + length); });
    }
  }
  void invariants(const State& state, auto&& holds) const {
    holds("not there", state.at != forbidden);
    holds("better not there", state.at != frowned_upon);
  }
};

std::vector<std::string> told(const Violation& violation) {
  std::vector<std::string> lines;
  for (const TraceEntry& entry : violation.trace) {
    lines.push_back(std::to_string(entry.step) + " " + entry.lane + ": " + entry.text + ", " +
                    entry.why);
  }
  return lines;
}

TEST_CASE("a search of plain states to its end counts states, transitions and depth",
          "[sim][plain]") {
  const Explored result = explore(Walk{}, {});
  CHECK(result.verdict == Verdict::exhausted);
  CHECK(result.strategy == Strategy::exhaustive);
  CHECK(result.figures.states == 21);
  CHECK(result.figures.transitions == 21 + 20 + 18);  // those that stand still are counted
  CHECK(result.figures.depth == 8);                   // six times 3, and 1 twice
  CHECK(result.exact);
  CHECK(result.violations.empty());
  CHECK(result.reasons.empty());
}

TEST_CASE("a broken invariant of a plain state is told by a shortest path", "[sim][plain]") {
  const Explored result = explore(Walk{20, 7}, {});
  REQUIRE(result.verdict == Verdict::violated);
  const Violation& violation = result.violations.front();
  CHECK(violation.invariant == "not there");
  CHECK(violation.steps == 3);
  CHECK(result.figures.depth == 3);
  CHECK(told(violation) == std::vector<std::string>{"1 walker: go 1, at 1", "2 walker: go 3, at 4",
                                                    "3 walker: go 3, at 7"});
}

TEST_CASE("an initial state that breaks an invariant is told without a step", "[sim][plain]") {
  const Explored result = explore(Walk{20, 0}, {});
  REQUIRE(result.verdict == Verdict::violated);
  CHECK(result.violations.front().steps == 0);
  CHECK(result.violations.front().trace.empty());
  CHECK(result.figures.states == 1);
}

TEST_CASE("an invariant not asked for is noted and does not end the search", "[sim][plain]") {
  SearchOptions options;
  options.violates = {"not there"};
  const Explored later = explore(Walk{20, 19, 4}, options);
  REQUIRE(later.verdict == Verdict::violated);
  CHECK(later.violations.front().invariant == "not there");
  CHECK(later.also == std::vector<std::string>{"better not there"});
  CHECK(explore(Walk{20, 255, 4}, options).verdict == Verdict::exhausted);
  CHECK(explore(Walk{20, 19, 4}, {}).violations.front().invariant == "better not there");
}

TEST_CASE("a search that needs more states than allowed hits its bound, one that does not ends",
          "[sim][plain]") {
  SearchOptions options;
  options.states_max = 21;
  CHECK(explore(Walk{}, options).verdict == Verdict::exhausted);
  options.states_max = 20;
  const Explored result = explore(Walk{}, options);
  CHECK(result.verdict == Verdict::bound_hit);
  CHECK(result.reasons == std::vector<std::string>{"the bound of 20 states was hit (states_max)"});
  CHECK(result.figures.states == 21);  // the one too many
}

TEST_CASE(
    "a search that needs more transitions than allowed hits its bound, one that does not ends",
    "[sim][plain]") {
  SearchOptions options;
  options.transitions_max = 59;
  CHECK(explore(Walk{}, options).verdict == Verdict::exhausted);
  options.transitions_max = 58;
  const Explored result = explore(Walk{}, options);
  CHECK(result.verdict == Verdict::bound_hit);
  CHECK(result.figures.transitions == 58);
  CHECK(result.reasons ==
        std::vector<std::string>{"the bound of 58 transitions was hit (transitions_max)"});
}

TEST_CASE("an interrupted search of plain states decides nothing", "[sim][plain]") {
  SearchOptions options;
  options.interrupted = [] { return "interrupted"; };
  const Explored result = explore(Walk{}, options);
  CHECK(result.verdict == Verdict::unknown);
  CHECK(result.reasons == std::vector<std::string>{"interrupted"});
}

// A list that is filled in any order; only how often each number is in it counts.
struct Bag {
  struct State {
    std::vector<std::uint8_t> list;
    void fingerprint(Hasher& hasher) const {
      std::uint64_t count[3] = {};
      for (const std::uint8_t number : list) ++count[number];
      for (const std::uint64_t each : count) hasher.add(each);
    }
  };
  [[nodiscard]] State initial() const { return {}; }
  void actions(const State& state, auto&& step) const {
    if (state.list.size() == 5) return;
    for (std::uint8_t number = 0; number < 3; ++number) {
      step({"hand", "put", number}, [number](State& next) { next.list.push_back(number); });
    }
  }
  void invariants(const State&, auto&&) const {}
};

TEST_CASE("a state that says itself what counts of it is met once for all that count alike",
          "[sim][plain]") {
  const Explored result = explore(Bag{}, {});
  CHECK(result.verdict == Verdict::exhausted);
  CHECK(result.figures.states == 1 + 3 + 6 + 10 + 15 + 21);  // multisets of up to five of three
  CHECK_FALSE(result.exact);
}

TEST_CASE("equal searches of plain states answer alike", "[sim][plain]") {
  const Explored first = explore(Walk{200, 199}, {});
  static_cast<void>(explore(Bag{}, {}));
  const Explored second = explore(Walk{200, 199}, {});
  CHECK(first.figures.digest == second.figures.digest);
  CHECK(first.figures.transitions == second.figures.transitions);
  CHECK(told(first.violations.front()) == told(second.violations.front()));
  CHECK(first.violations.front().fingerprint == second.violations.front().fingerprint);
  CHECK(explore(Walk{200}, {}).figures.digest != explore(Walk{199}, {}).figures.digest);
}

}  // namespace
}  // namespace onceward::sim
