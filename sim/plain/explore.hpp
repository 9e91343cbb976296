// Exhaustive search of a model that is a plain struct and its actions, breadth first: a violation
// is told by a shortest path, and the same one on every run.
//
//   struct Lamp {
//     struct State { std::uint8_t on, switched; };
//     State initial() const { return {}; }
//     void actions(const State& state, auto&& step) const {
//       if (state.switched < 3) {                                        // the guard
//         step({"hand", "switch"}, [](State& next) {                     // the effect
//           next.on = !next.on;
//           ++next.switched;
//         });
//       }
//     }
//     void invariants(const State& state, auto&& holds) const {
//       holds("never dark after two", state.on == 1 || state.switched < 2);
//     }
//   };
//   const sim::Explored result = sim::explore(Lamp{}, {});
//
// Verdicts: VIOLATED, EXHAUSTED, BOUND HIT (states_max or transitions_max), UNKNOWN (interrupted).
// Every enabled action is a transition, also one that changes nothing. Model checkers that count
// the initial state as generated say one more; those that count the states of a path and not its
// steps say one more for the depth.
//
// What is kept of a state: its key (see key.hpp) and two bytes for the path. Only states met and
// not yet expanded are kept whole.
#pragma once

#include <algorithm>
#include <concepts>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/assert.hpp"
#include "sim/plain/births.hpp"
#include "sim/plain/explored.hpp"
#include "sim/plain/key.hpp"
#include "sim/plain/state_set.hpp"

namespace onceward::sim {
namespace plain {

// Stands for the explorer where a model is asked whether it has the right functions.
struct Asking {
  template <class Effect>
  void operator()(const Action&, const Effect&) const {}
  void operator()(std::string_view, bool) const {}
};

template <class State>
concept PrintedState = requires(const State& state) {
  { state.describe() } -> std::convertible_to<std::string>;
};

}  // namespace plain

// REQUIRES: its functions give equal answers for equal states, steps in the same order, and an
// effect changes nothing but the state it is given.
template <class Model>
concept PlainModel = plain::PlainState<typename Model::State> &&
    requires(const Model& model, const typename Model::State& state, const plain::Asking& asking) {
  { model.initial() } -> std::convertible_to<typename Model::State>;
  model.actions(state, asking);
  model.invariants(state, asking);
};

namespace plain {

template <PlainModel Model>
class Explorer {
 public:
  Explorer(const Model& model, const SearchOptions& options) : model_(model), search_(options) {}

  Explored run() {
    meet(model_.initial());
    while (!frontier_.empty() && !search_.ended()) expand_level();
    return search_.finish({set_.size(), set_.digest(), kExact<State>,
                           set_.bytes() + births_.bytes(), widest_ * sizeof(State)});
  }

 private:
  using State = typename Model::State;

  // Successors wait here until their slots of the set have come from memory.
  static constexpr std::size_t kBatch = 64;
  struct Successor {
    State state;
    Key<State> key;
    std::uint64_t parent;
    std::uint64_t step;
  };

  // Expands all states of the frontier, which leaves those one step further in it.
  void expand_level() {
    for (std::size_t left = frontier_.size(); left > 0 && !search_.ended(); --left) {
      expand(frontier_.front());
      frontier_.pop_front();
      if (batch_.size() >= kBatch) meet_batch();
    }
    meet_batch();
    if (!frontier_.empty()) search_.deeper();
  }

  void expand(const State& state) {
    std::uint64_t step = 0;
    const auto take = [&](const Action&, const auto& effect) {
      Successor& next = batch_.emplace_back(Successor{state, {}, expanded_, step++});
      effect(next.state);
      next.key = key_of(next.state);
      set_.prefetch(next.key);
    };
    model_.actions(state, take);
    ++expanded_;
  }

  void meet_batch() {
    for (Successor& next : batch_) {
      if (search_.ended() || !search_.count_transition()) break;
      if (!set_.add(next.key)) continue;
      births_.add(next.parent, next.step);
      judge(next.state);
      frontier_.push_back(std::move(next.state));
    }
    widest_ = std::max(widest_, frontier_.size());
    batch_.clear();
  }

  void meet(State state) {
    set_.add(key_of(state));
    judge(state);
    frontier_.push_back(std::move(state));
  }

  // REQUIRES: `state` is the last one met.
  void judge(const State& state) {
    const auto note = [&](std::string_view invariant, bool holds) {
      if (!holds && search_.wants(invariant)) tell(invariant);
    };
    model_.invariants(state, note);
    search_.check_states(set_.size());
  }

  // Repeats the path to the state met last, to tell what happens on it.
  void tell(std::string_view invariant) {
    Violation violation;
    violation.invariant = invariant;
    State state = model_.initial();
    for (const std::uint64_t step : births_.path_to(set_.size() - 1)) {
      state = after(state, step, violation);
    }
    bool broken = false;
    const auto look = [&](std::string_view name, bool holds) {
      broken = broken || (name == invariant && !holds);
    };
    model_.invariants(state, look);
    ONCEWARD_ASSERT(broken);  // else the model answers differently for equal states
    violation.fingerprint = as_hash(key_of(state));
    search_.found(std::move(violation));
  }

  State after(const State& state, std::uint64_t taken, Violation& violation) const {
    std::uint64_t step = 0;
    State next = state;
    const auto take = [&](const Action& action, const auto& effect) {
      if (step++ != taken) return;
      effect(next);
      add_step(action, violation);
      if constexpr (PrintedState<State>) violation.trace.back().why = next.describe();
    };
    model_.actions(state, take);
    ONCEWARD_ASSERT(step > taken);  // likewise
    return next;
  }

  static Hash128 as_hash(std::uint64_t key) { return {key, 0}; }
  static Hash128 as_hash(const Hash128& key) { return key; }

  const Model& model_;
  Search search_;
  StateSet<Key<State>> set_;
  Births births_;
  std::deque<State> frontier_;  // met and not yet expanded, in order
  std::vector<Successor> batch_;
  std::uint64_t expanded_ = 0;
  std::size_t widest_ = 0;
};

}  // namespace plain

// Of `options` these count: states_max, transitions_max, interrupted, violates.
template <PlainModel Model>
[[nodiscard]] Explored explore(const Model& model, const SearchOptions& options) {
  return plain::Explorer<Model>(model, options).run();
}

}  // namespace onceward::sim
