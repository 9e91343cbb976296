// From where each state was first met: what is needed to tell a path, in two bytes a state.
//
// States are numbered as they are met, from 0 for the initial one. Breadth-first search expands
// them in that order, so the parents of the states met never go back: a state's parent is told by
// how far it is beyond the parent of the state met before. Which step of the parent led there is
// told by that step's number among the parent's steps.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace onceward::sim::plain {

class Births {
 public:
  // The next state was met as step number `step` of state number `parent`.
  // REQUIRES: `parent` is at least that of the call before.
  void add(std::uint64_t parent, std::uint64_t step);

  // The steps that lead from the initial state to state number `state`, one after the other.
  [[nodiscard]] std::vector<std::uint64_t> path_to(std::uint64_t state) const;

  [[nodiscard]] std::uint64_t bytes() const;

 private:
  static constexpr std::uint8_t kLarge = 255;  // the number stands in a list of its own
  struct Birth {
    std::uint8_t advance;  // of the parent
    std::uint8_t step;
  };

  static std::uint8_t shorten(std::uint64_t number, std::vector<std::uint64_t>& large);

  std::deque<Birth> births_;  // of state 1, 2, ...; a deque grows without copying
  std::vector<std::uint64_t> large_advances_;
  std::vector<std::uint64_t> large_steps_;
  std::uint64_t last_parent_ = 0;
};

}  // namespace onceward::sim::plain
