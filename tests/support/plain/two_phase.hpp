// Two-phase commit as a plain struct: Gray and Lamport's TwoPhase ("Consensus on Transaction
// Commit"), in which messages are never taken away, so that each may be received again and again.
// Its counts are published: 2^n + 4^n + 6^n states for n resource managers.
#pragma once

#include <cstdint>

#include "sim/plain/explore.hpp"

namespace onceward::plain_models {

struct TwoPhase {
  static constexpr int kMost = 10;
  enum Manager : std::uint8_t { working, prepared, committed, aborted };
  enum Coordinator : std::uint8_t { open, decided_commit, decided_abort };

  struct State {
    std::uint8_t manager[kMost];
    std::uint8_t coordinator;
    std::uint8_t decision_sent;    // the messages Commit (1) and Abort (2)
    std::uint16_t prepared_heard;  // by the coordinator, a bit each
    std::uint16_t prepared_sent;
  };
  static_assert(sim::plain::kExact<State>);

  int managers = 3;

  [[nodiscard]] State initial() const { return {}; }

  void actions(const State& state, auto&& step) const {
    const int all = (1 << managers) - 1;
    const bool undecided = state.coordinator == open;
    if (undecided && state.prepared_heard == all) {
      step({"coordinator", "commit"}, [](State& next) {
        next.coordinator = decided_commit;
        next.decision_sent |= 1;
      });
    }
    if (undecided) {
      step({"coordinator", "abort"}, [](State& next) {
        next.coordinator = decided_abort;
        next.decision_sent |= 2;
      });
    }
    for (int i = 0; i < managers; ++i) {
      const auto bit = static_cast<std::uint16_t>(1 << i);
      if (undecided && (state.prepared_sent & bit) != 0) {
        step({"coordinator", "hear prepared of", i},
             [bit](State& next) { next.prepared_heard |= bit; });
      }
      if (state.manager[i] == working) {
        step({"manager", "prepare", i}, [i, bit](State& next) {
          next.manager[i] = prepared;
          next.prepared_sent |= bit;
        });
        step({"manager", "abort alone", i}, [i](State& next) { next.manager[i] = aborted; });
      }
      if ((state.decision_sent & 1) != 0) {
        step({"manager", "hear commit", i}, [i](State& next) { next.manager[i] = committed; });
      }
      if ((state.decision_sent & 2) != 0) {
        step({"manager", "hear abort", i}, [i](State& next) { next.manager[i] = aborted; });
      }
    }
  }

  void invariants(const State& state, auto&& holds) const {
    bool some_committed = false;
    bool some_aborted = false;
    for (int i = 0; i < managers; ++i) {
      some_committed = some_committed || state.manager[i] == committed;
      some_aborted = some_aborted || state.manager[i] == aborted;
    }
    holds("all decide alike", !(some_committed && some_aborted));
  }
};

}  // namespace onceward::plain_models
