// The path that a depth-first search is on: its states, each with the choices that lead to it.
//
// Snapshots are kept of the last states only, as many as there is room for; the world comes to an
// earlier one by repeating the path. So a path may be as long as it likes: what it takes is
// bounded, and what the states of a flow that grows for ever take does not add up.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/search/spent.hpp"
#include "sim/search/successors.hpp"

namespace onceward::sim {

class SearchPath {
 public:
  // Bytes for snapshots, but for the last one, which is always there.
  static constexpr std::size_t kRoom = std::size_t{1} << 29;

  struct Node {
    Hash128 state;
    Choices via;  // of the steps that led here
    std::uint32_t steps = 0;
    // Of a node from which all is to be tried:
    Spent spent;
    Successors::Next next;
    bool sampled = false;  // by the audit
    Hash128 futures;       // the sum of the hashes of what followed so far
  };

  SearchPath(World& world, Successors& successors, std::size_t room = kRoom)
      : world_(world), successors_(successors), room_(room) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] Node& operator[](std::size_t place) { return places_[place].node; }
  [[nodiscard]] const Node& operator[](std::size_t place) const { return places_[place].node; }
  [[nodiscard]] Node& top() { return places_[size_ - 1].node; }

  // Adds the state the world is in.
  Node& add(const Hash128& state, Choices via);
  // Leaves the first `size` places.
  void cut(std::size_t size);

  // Brings the world to the last state, wherever it is, to be moved from there. REQUIRES: since
  // `add` it was not moved without this.
  void go_to_top();

  // The last state as it was kept.
  [[nodiscard]] const SavedState& saved_top() const { return places_[size_ - 1].saved; }

  // The choices from the start to the last state, and those of `last`.
  [[nodiscard]] Choices choices_to(const Choices& last = {}) const;

 private:
  struct Place {
    Node node;
    SavedState saved;  // empty: it is not kept
  };
  void keep(Place& place);
  void make_room();

  World& world_;
  Successors& successors_;
  std::size_t room_;
  std::vector<Place> places_;  // kept beyond `size_` to reuse their memory
  std::size_t size_ = 0;
  std::size_t first_kept_ = 0;  // the first place with a snapshot
  std::size_t bytes_ = 0;       // of all snapshots, those beyond `size_` included
  bool at_top_ = false;         // the world is in the state of the last place
};

}  // namespace onceward::sim
