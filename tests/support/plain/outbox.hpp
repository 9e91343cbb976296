// The outbox flow as a plain struct: orders, a polling relay, a broker with a queue of four, and a
// consumer that keeps what it has processed. `broken` marks a message as processed in one
// transaction and applies its effect in another.
//
// The same table as the Promela models in tests/bench/peers/ and the hand-written search there.
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/plain/explore.hpp"

namespace onceward::plain_models {

struct Outbox {
  static constexpr int kMostOrders = 4;
  static constexpr int kQueue = 4;
  enum Row : std::uint8_t { none, unpublished, published };
  enum Relay : std::uint8_t { relay_idle, picked, sent, relay_down };
  enum Consumer : std::uint8_t { idle, got, applied, down, marked };

  struct State {
    std::uint8_t row[kMostOrders];
    std::uint8_t processed[kMostOrders];
    std::uint8_t effects[kMostOrders];
    std::uint8_t queue[kQueue];  // its head stays until it is acknowledged
    std::uint8_t queued;
    std::uint8_t relay;
    std::uint8_t relay_row;  // at hand; 0 when idle or down
    std::uint8_t consumer;
    std::uint8_t relay_crashes;
    std::uint8_t redeliveries;
    std::uint8_t consumer_crashes;

    [[nodiscard]] std::uint8_t head() const { return queue[0]; }
    void push(std::uint8_t order) { queue[queued++] = order; }
    void pop() {
      std::copy(queue + 1, queue + kQueue, queue);
      queue[kQueue - 1] = 0;
      --queued;
    }
  };

  int orders = 2;
  int relay_crashes = 1;
  int redeliveries = 1;
  int consumer_crashes = 1;
  bool broken = false;

  [[nodiscard]] State initial() const { return {}; }

  void actions(const State& state, auto&& step) const {
    for (int o = 0; o < orders; ++o) {
      if (state.row[o] != none) continue;
      step({"shop", "place", o}, [o](State& next) { next.row[o] = unpublished; });
    }
    relay_actions(state, step);
    consumer_actions(state, step);
  }

  void invariants(const State& state, auto&& holds) const {
    bool quiet = state.relay == relay_idle && state.queued == 0 && state.consumer == idle;
    bool once = true;
    bool twice = false;
    for (int o = 0; o < orders; ++o) {
      quiet = quiet && state.row[o] == published;
      once = once && state.effects[o] == 1;
      twice = twice || state.effects[o] > 1;
    }
    holds("at most one effect", !twice);
    holds("an effect for each order once quiet", !quiet || once);
  }

 private:
  void relay_actions(const State& state, auto& step) const {
    const bool room = state.queued < kQueue;
    if (state.relay == relay_idle) {
      const auto* row = std::find(state.row, state.row + orders, unpublished);
      const auto o = static_cast<std::uint8_t>(row - state.row);
      if (o < orders) {
        step({"relay", "pick", o}, [o](State& next) {
          next.relay_row = o;
          next.relay = picked;
        });
      }
    }
    if (state.relay == picked && room) {
      step({"relay", "publish", state.relay_row}, [](State& next) {
        next.push(next.relay_row);
        next.relay = sent;
      });
    }
    if (state.relay == sent) {
      step({"relay", "mark", state.relay_row}, [](State& next) {
        next.row[next.relay_row] = published;
        next.relay_row = 0;
        next.relay = relay_idle;
      });
    }
    if (state.relay != relay_down && state.relay_crashes < relay_crashes) {
      step({"relay", "CRASH"}, [](State& next) {
        next.relay = relay_down;
        next.relay_row = 0;
        ++next.relay_crashes;
      });
    }
    if (state.relay == relay_down) {
      step({"relay", "restart"}, [](State& next) { next.relay = relay_idle; });
    }
  }

  void consumer_actions(const State& state, auto& step) const {
    const bool holding =
        state.consumer == got || state.consumer == applied || state.consumer == marked;
    if (holding && state.redeliveries < redeliveries && state.queued < kQueue) {
      step({"broker", "REDELIVER", state.head()}, [](State& next) {
        next.push(next.head());
        ++next.redeliveries;
      });
    }
    if (state.consumer == idle && state.queued > 0) {
      step({"consumer", "receive", state.head()}, [](State& next) { next.consumer = got; });
    }
    if (state.consumer == got) transaction(state, step);
    if (state.consumer == marked) {
      step({"consumer", "effect of", state.head()}, [](State& next) {
        ++next.effects[next.head()];
        next.consumer = applied;
      });
    }
    if (state.consumer == applied) {
      step({"consumer", "acknowledge", state.head()}, [](State& next) {
        next.pop();
        next.consumer = idle;
      });
    }
    if (state.consumer != down && state.consumer_crashes < consumer_crashes) {
      step({"consumer", "CRASH"}, [](State& next) {
        next.consumer = down;
        ++next.consumer_crashes;
      });
    }
    if (state.consumer == down) {
      step({"consumer", "restart"}, [](State& next) { next.consumer = idle; });
    }
  }

  void transaction(const State& state, auto& step) const {
    step({"consumer", "commit", state.head()}, [this](State& next) {
      const std::uint8_t order = next.head();
      next.consumer = applied;
      if (next.processed[order] != 0) return;
      next.processed[order] = 1;
      if (broken) {
        next.consumer = marked;
      } else {
        ++next.effects[order];
      }
    });
  }
};

}  // namespace onceward::plain_models
