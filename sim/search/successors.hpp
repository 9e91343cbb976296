// What can follow a state: the choices of one step, enumerated like an odometer, and the state that
// each of them leads to, after the local steps that come at once (Reductions::local_steps).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/search/local_audit.hpp"
#include "sim/search/result.hpp"
#include "sim/search/sources.hpp"
#include "sim/world.hpp"

namespace onceward::sim {

// The option indices of a path, in the order of the choices.
using Choices = std::vector<std::uint32_t>;

class Successors {
 public:
  Successors(World& world, const SearchOptions& options)
      : world_(world), options_(options), local_audit_(world) {}

  // Which choices to try next from a state, from none on.
  struct Next {
    Choices choices;
    bool none_left = false;
  };

  // Where one of them led.
  struct Landing {
    enum class Kind : std::uint8_t {
      impossible,  // no timing of the windows kept allows it
      at_rest,     // nothing was pending: the oracles have judged
      violation,   // a finding that the search wants
      state,
    };
    Kind kind = Kind::state;
    Hash128 state;    // Kind::state
    Choices choices;  // all that were made on the way
    std::uint32_t steps = 0;
  };

  // Starts `world` anew, up to its first state. REQUIRES: no choice is made while it starts; false:
  // one was.
  [[nodiscard]] bool start(Landing& first);

  // REQUIRES: the world is in the state that `next` belongs to, which is left for what follows it;
  // `from` is that state.
  [[nodiscard]] Landing follow(Next& next, const SavedState& from);

  // Lets the path of `choices` from the start happen: so many steps.
  void repeat(const Choices& choices, std::uint32_t steps);

  // What the search takes on trust and is not so, in words; empty: none was found. Two steps that
  // do not commute, or something that changed and was taken over from the state before.
  [[nodiscard]] const std::string& conflict() const {
    return conflict_.empty() ? local_audit_.conflict() : conflict_;
  }

  // From now on: as `reductions` say.
  void reduce(const Reductions& reductions) { options_.reductions = reductions; }
  // Whether any has left out something since the last start.
  [[nodiscard]] bool has_reduced() const { return has_reduced_; }

 private:
  // Local steps in a row; a state after so many is kept, so that a circle of them is met.
  static constexpr std::uint32_t kLocalStepsMax = 32;

  bool step(const Choices& script, Landing& landing);
  void settle(bool moved, const SavedState* from, Landing& landing);
  // The fingerprint of the state that the world is in, and what makes its future another besides.
  [[nodiscard]] Hash128 state(const SavedState* from);

  World& world_;
  SearchOptions options_;
  ScriptedSource source_;
  bool has_reduced_ = false;
  LocalAudit local_audit_;
  std::uint64_t settled_ = 0;
  std::string conflict_;
};

}  // namespace onceward::sim
