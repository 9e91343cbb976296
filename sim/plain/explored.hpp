// What the search of a plain-state model answers, and the part of it that knows no state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/search/result.hpp"

namespace onceward::sim {

// Who does what; told in the path of a violation.
struct Action {
  const char* who = "";
  const char* what = "";
  std::int64_t which = -1;  // a number told after `what`; -1: none

  [[nodiscard]] std::string text() const;
};

// In a violation, `trace` has an entry for each step: lane, text and, if the state has
// `std::string describe() const`, the state after it in `why`. There is no tape and no time.
struct Explored : Result {
  bool exact = false;       // states themselves were compared, so no two were taken for one
  std::uint64_t bytes = 0;  // kept of all states met, the way to each of them included
  std::uint64_t frontier_bytes = 0;  // of states met and not yet expanded, when they were the most;
                                     // without what they hold outside of themselves
};

namespace plain {

// The course of a search: its bounds, its figures and its verdict.
class Search {
 public:
  explicit Search(const SearchOptions& options) : options_(options) {}

  [[nodiscard]] bool ended() const { return ended_; }

  // One more; false: the search ends before it.
  bool count_transition() {
    if (++result_.figures.transitions >= next_look_) look();
    return !ended_;
  }
  void check_states(std::uint64_t states) {
    if (states > options_.states_max) hit_states();
  }
  void deeper() { ++result_.figures.depth; }

  // Whether a state that breaks `invariant` ends the search; if not, it is noted.
  [[nodiscard]] bool wants(std::string_view invariant);
  void found(Violation violation);

  struct Totals {
    std::uint64_t states;
    Hash128 digest;
    bool exact;
    std::uint64_t bytes;
    std::uint64_t frontier_bytes;
  };
  [[nodiscard]] Explored finish(const Totals& totals);

 private:
  void look();
  void hit_states();
  void give_up(Verdict verdict, std::string reason);

  static constexpr std::uint64_t kLookEvery = 1U << 16;

  SearchOptions options_;
  Explored result_;
  std::uint64_t next_look_ = 0;
  bool ended_ = false;
};

// Adds the next step of a violation's path.
void add_step(const Action& action, Violation& violation);

}  // namespace plain
}  // namespace onceward::sim
