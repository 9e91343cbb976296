// A message handler with an outbox whose storage operations are not atomic, as a plain struct: two
// handlers take copies of messages from a queue, change a store with a version, and keep what they
// are about to send in an outbox, staged first, so that a crash between the two can be made good.
//
// Written after the public text of exactly-once/model-checking, exactly_once_none_atomic.tla, in
// the version of commit 15b007f, whose counts these are. (At commit 8f399cc the file holds an
// earlier draft: an algorithm that names fields its store does not have, and a translation of
// another one, in which messages are retried by number and no copies exist. So already its initial
// state is another.)
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/plain/explore.hpp"

namespace onceward::plain_models {

struct Deduplication {
  static constexpr int kMostMessages = 3;
  static constexpr int kMostCopies = 6;
  enum Mutant : std::uint8_t {
    none,
    outbox_before_state,   // the outbox is committed before the state
    no_dedup,              // handled again whatever the outbox says
    no_version_check,      // the store takes any version
    unchecked_at_cleanup,  // the store takes any version when a transaction is cleaned up
  };
  enum At : std::uint8_t {
    start,
    take,
    redo_outbox,
    redo_cleanup,
    decide,
    stage,
    commit_state,
    commit_outbox,
    cleanup,
    send,
  };

  struct Record {
    std::uint8_t version;
    std::uint8_t message;
  };
  struct Store {
    Record history[kMostCopies];
    std::uint8_t length;
    std::uint8_t version;
    std::uint8_t transaction;  // of a copy, from 1; 0: none
  };
  struct Handler {
    Store loaded;
    std::uint8_t copy;         // at hand, from 1; kept until the next one is taken
    std::uint8_t transaction;  // its own
    std::uint8_t at;
  };
  struct State {
    std::uint16_t sent[kMostMessages];   // by message: a bit for each version sent
    std::uint8_t queue;                  // a bit for each copy
    std::uint8_t processed;              // likewise
    std::uint8_t outbox[kMostMessages];  // by message: the version to send; 0: none
    std::uint8_t staged[kMostCopies];    // by transaction
    Store store;
    Handler handlers[2];
  };

  // REQUIRES: messages * copies <= kMostCopies.
  int messages = 2;
  int copies = 2;  // of each message
  Mutant mutant = none;

  [[nodiscard]] State initial() const {
    State state{};
    state.queue = static_cast<std::uint8_t>((1 << (messages * copies)) - 1);
    return state;
  }

  void actions(const State& state, auto&& step) const {
    for (int h = 0; h < 2; ++h) handler_actions(state, h, step);
  }

  void invariants(const State& state, auto&& holds) const {
    bool one_change = true;
    bool one_output = true;
    bool changed = true;
    bool consistent = true;
    for (int m = 0; m < messages; ++m) {
      const auto is_change = [m](const Record& record) { return record.message == m; };
      const Record* end = state.store.history + state.store.length;
      const Record* change = std::find_if(state.store.history, end, is_change);
      one_change = one_change && std::count_if(state.store.history, end, is_change) <= 1;
      one_output = one_output && (state.sent[m] & (state.sent[m] - 1)) == 0;
      if ((state.processed >> (m * copies) & ((1 << copies) - 1)) == 0) continue;
      changed = changed && change != end;
      consistent = consistent && (change == end || state.sent[m] == 1 << change->version);
    }
    holds("one state change a message", one_change);
    holds("one output a message", one_output);
    holds("processed means that the state changed", changed);
    holds("state and output are of one version", consistent);
  }

 private:
  [[nodiscard]] int message_of(int copy) const { return (copy - 1) / copies; }

  // Whether the store takes a change made to `version`.
  [[nodiscard]] bool takes(const State& state, int version, bool at_cleanup) const {
    if (mutant == no_version_check || (at_cleanup && mutant == unchecked_at_cleanup)) return true;
    return state.store.version == version;
  }

  void handler_actions(const State& state, int h, auto& step) const {
    const Handler& handler = state.handlers[h];
    const auto go = [&](const char* what, At next_at, const auto& effect) {
      step({h == 0 ? "handler 1" : "handler 2", what, handler.copy == 0 ? -1 : handler.copy},
           [&](State& next) {
             effect(next, next.handlers[h]);
             next.handlers[h].at = next_at;
           });
    };
    const auto nothing = [](State&, Handler&) {};
    switch (handler.at) {
      case start:
        return go("start", take, nothing);
      case take:
        return take_actions(state, h, step);
      case redo_outbox:
        return go("redo the outbox", redo_cleanup,
                  [this](State& next, Handler& self) { publish(next, self.loaded.transaction); });
      case redo_cleanup:
        return clean_up(state, handler, decide, go);
      case decide:
        return decide_actions(state, handler, go);
      case stage:
        return go("stage", mutant == outbox_before_state ? commit_outbox : commit_state,
                  [](State& next, Handler& self) {
                    next.staged[self.transaction - 1] = self.loaded.version;
                  });
      case commit_state:
        if (takes(state, handler.loaded.version - 1, false)) {
          go("commit the state", mutant == outbox_before_state ? cleanup : commit_outbox,
             [](State& next, Handler& self) { next.store = self.loaded; });
        }
        return go("fail to commit", start, nothing);
      case commit_outbox:
        return go("commit the outbox", mutant == outbox_before_state ? commit_state : cleanup,
                  [this](State& next, Handler& self) { publish(next, self.transaction); });
      case cleanup:
        return clean_up(state, handler, send, go);
      case send:
        return go("send", start, [this](State& next, Handler& self) {
          const int m = message_of(self.copy);
          next.sent[m] = static_cast<std::uint16_t>(next.sent[m] | 1 << next.outbox[m]);
          next.processed = static_cast<std::uint8_t>(next.processed | 1 << (self.copy - 1));
        });
    }
  }

  void take_actions(const State& state, int h, auto& step) const {
    for (int copy = 1; copy <= messages * copies; ++copy) {
      if ((state.queue >> (copy - 1) & 1) == 0) continue;
      step({h == 0 ? "handler 1" : "handler 2", "take", copy}, [=](State& next) {
        Handler& self = next.handlers[h];
        next.queue = static_cast<std::uint8_t>(next.queue & ~(1 << (copy - 1)));
        self.copy = static_cast<std::uint8_t>(copy);
        self.loaded = next.store;
        self.at = next.store.transaction != 0 ? redo_outbox : decide;
      });
    }
  }

  void decide_actions(const State& state, const Handler& handler, const auto& go) const {
    if (state.outbox[message_of(handler.copy)] != 0 && mutant != no_dedup) {
      return go("find it handled", send, [](State&, Handler&) {});
    }
    go("handle", stage, [this](State&, Handler& self) {
      Store& loaded = self.loaded;
      ++loaded.version;
      loaded.history[loaded.length++] = {loaded.version,
                                         static_cast<std::uint8_t>(message_of(self.copy))};
      loaded.transaction = self.transaction = self.copy;
    });
  }

  void clean_up(const State& state, const Handler& handler, At after, const auto& go) const {
    if (takes(state, handler.loaded.version, true)) {
      go("clean up", after, [](State& next, Handler&) {
        next.store.transaction = 0;
        ++next.store.version;
      });
    }
    go("fail to clean up", start, [](State&, Handler&) {});
  }

  // What was staged for a transaction becomes what is sent for its message.
  void publish(State& next, int transaction) const {
    next.outbox[message_of(transaction)] = next.staged[transaction - 1];
  }
};

}  // namespace onceward::plain_models
