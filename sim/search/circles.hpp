// The circles of a depth-first search: states that lead to one another without a fault. A run may
// stay in one for ever and never get quiet; whether that breaks a rule is judged here.
//
// They are found as Tarjan does (1972). States that are left while they still lead back to the path
// are *open*: their circle is whole once its first state on the path is left.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "sim/search/rounds.hpp"
#include "sim/search/successors.hpp"
#include "sim/search/visited.hpp"

namespace onceward::sim {

class Circles {
 public:
  Circles(World& world, Successors& successors, Visited& visited, const SearchOptions& options)
      : world_(world), successors_(successors), visited_(visited), options_(options) {}

  // ---- finding ---------------------------------------------------------------------------------

  // A search has begun anew.
  void forget() { path_.clear(), left_.clear(), low_.clear(); }
  // The path goes on to `state`, from which all is to be tried; it is open from now on.
  void enter(const Hash128& state);
  // A step without a fault leads from the end of the path to a state that is open.
  void lead_back_to(const Hash128& state);
  // All that follows the end of the path has been tried; it is taken off. The circle that is whole
  // now, the end of the path first; empty: none is.
  [[nodiscard]] std::vector<Hash128> leave();

  // ---- judging ---------------------------------------------------------------------------------

  enum class Answer : std::uint8_t {
    ends,       // no fair run stays among them and breaks what is asked for
    breaks,     // one does
    undecided,  // none was found
  };
  // Judges a circle. REQUIRES: the world is in the state `states.front()`, where `options.violates`
  // and goals are as the search has them. Leaves the world anywhere.
  [[nodiscard]] Answer judge(const std::vector<Hash128>& states);

  // Of the latest answer but `ends`: the choices from the first state on, to the end of the round
  // that goes on for ever, or of the walk that did not find one; after how many steps of the run.
  [[nodiscard]] const Choices& choices() const { return choices_; }
  [[nodiscard]] const Round& round() const { return round_; }
  // The windows that the walk contradicts or, if it has a timing, those of all that happened or was
  // pending on it. `choices`: of the whole run, to its end; the first state came after `steps`.
  [[nodiscard]] std::vector<Heeded::Place> places(const Choices& choices, std::uint32_t steps);

 private:
  // Of larger circles nothing is said.
  static constexpr std::size_t kStatesMax = 4096;

  struct Entered {
    Hash128 state;
    std::size_t low = 0;          // the first place to which it leads back; its own: to none before
    bool loops = false;           // it leads back to itself
    bool was_open = false;        // before, with other faults spent
    std::size_t left_before = 0;  // how many had been left and were open when it was entered
  };
  // One state of a circle, as it was first come to.
  struct Place {
    Hash128 state;
    Arena::Snapshot snapshot;
    Choices to;                     // from the first state on
    bool broken = false;            // if nothing more came
    std::vector<std::size_t> next;  // places
  };
  // One way to go on within a circle.
  struct Way {
    Hash128 happened;  // the causal id of what did
    Successors::Landing landing;
  };
  template <class Use>
  void each_way(const Use& use);
  void find_places(const std::vector<Hash128>& states);
  [[nodiscard]] std::vector<std::vector<std::size_t>> broken_circles() const;
  [[nodiscard]] Answer walk(const std::vector<std::size_t>& circle);

  World& world_;
  Successors& successors_;
  Visited& visited_;
  const SearchOptions& options_;
  std::vector<Entered> path_;
  std::vector<Hash128> left_;           // that are open still, in the order in which they were left
  std::map<Hash128, std::size_t> low_;  // of those: the place to which it leads back
  std::vector<Place> places_;
  Choices choices_;
  Round round_;
};

}  // namespace onceward::sim
