// Tries a sample of what merging equal fingerprints takes on trust: that what counts as a state met
// before goes on as that one did. Always on.
#pragma once

#include <map>
#include <string>

#include "sim/search/spent.hpp"
#include "sim/search/successors.hpp"

namespace onceward::sim {

class MergeAudit {
 public:
  MergeAudit(World& world, Successors& successors) : world_(world), successors_(successors) {}

  // The first `kFirst` states of a search, and then one in `kShare`, going by their fingerprints.
  [[nodiscard]] static bool samples(const Hash128& state, std::uint64_t states) {
    return states <= kFirst || state.high % kShare == 0;
  }

  // A search has begun anew: it has met nothing yet.
  void forget() { met_.clear(); }
  // What stands for a landing, in which the world is: alike for states that are.
  [[nodiscard]] Hash128 hash_of(const Successors::Landing& landing) const;
  // How a sampled state was met, and the sum of what stands for all that followed it.
  struct Met {
    Choices choices;
    std::uint32_t steps = 0;
    Spent spent;
    Hash128 futures;
  };
  // A sampled state has been left again.
  void left(const Hash128& state, Met met) { met_[state] = std::move(met); }

  // Whether a state is to be tried again, should it be met again.
  [[nodiscard]] bool waits_for(const Hash128& state) const { return met_.count(state) > 0; }
  // The world, after the path `choices`, is in what counts as `state`, with as much spent as then
  // or more: tries all that follows it with as much as then, once for each state. False: it is not
  // what followed it before. REQUIRES: it waits for `state`.
  // The world is left anywhere.
  [[nodiscard]] bool agrees(const Hash128& state, const Choices& choices);

  // How they differ, in words.
  [[nodiscard]] const std::string& difference() const { return difference_; }

 private:
  static constexpr std::uint64_t kFirst = 1024;
  static constexpr std::uint64_t kShare = 256;

  // One thing that followed.
  struct Future {
    std::string text;
    Hash128 hash;
    World::Parts parts;
  };
  [[nodiscard]] Hash128 try_all();
  [[nodiscard]] std::vector<Future> futures_after(const Choices& choices, std::uint32_t steps,
                                                  const Spent& spent);
  void describe(const Met& first, const Choices& choices, std::uint32_t steps);

  World& world_;
  Successors& successors_;
  std::map<Hash128, Met> met_;
  std::string difference_;
};

}  // namespace onceward::sim
