// The always-on check that a world allocates nothing outside its arena.
//
// While a step runs, the global `operator new` stops the program: a heap block inside a world would
// survive a restore with stale contents, and the search would silently explore another program.
// Text for people, tapes and search bookkeeping are made through the gate `OutsideStep`, whose
// holder must hand nothing it allocated back to the world.
#pragma once

#include <utility>

namespace onceward::sim {

namespace detail {
// True inside a step of this thread. Defined beside the checked `operator new`: whoever opens a
// step links that one, also where a sanitizer's library comes earlier in the link line.
extern constinit thread_local bool in_step;  // the current world
[[nodiscard]] inline bool exchange_in_step(bool now) { return std::exchange(in_step, now); }
}  // namespace detail

// Marks the code of one step.
class InsideStep {
 public:
  InsideStep() : before_(detail::exchange_in_step(true)) {}
  ~InsideStep() { static_cast<void>(detail::exchange_in_step(before_)); }
  InsideStep(const InsideStep&) = delete;
  InsideStep& operator=(const InsideStep&) = delete;

 private:
  bool before_;
};

// The gate: within it the ordinary heap may be used.
class OutsideStep {
 public:
  OutsideStep() : before_(detail::exchange_in_step(false)) {}
  ~OutsideStep() { static_cast<void>(detail::exchange_in_step(before_)); }
  OutsideStep(const OutsideStep&) = delete;
  OutsideStep& operator=(const OutsideStep&) = delete;

 private:
  bool before_;
};

}  // namespace onceward::sim
