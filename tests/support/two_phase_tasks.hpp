// Two-phase commit as coroutines: the same as plain::TwoPhase, written against sim::World.
//
// Every step of a participant and every reception of a message is a task of its own, which runs at
// once when its turn comes. A turn is pending while its guard holds; a message is never taken away,
// so its turn comes again. What a participant knows is its declared memory.
#pragma once

#include <string>

#include "sim/world.hpp"

namespace onceward::flows {

class TwoPhaseTasks final : public sim::Model {
 public:
  explicit TwoPhaseTasks(int managers);
  void build(sim::World& world) const override;

 private:
  std::vector<std::unique_ptr<sim::Symbol>> names_;  // of the managers
};

}  // namespace onceward::flows
