// A handler that runs every so often, one pass at a time, and is parked while nothing could change
// what a pass does (DESIGN 3.2).
//
// The first pass of an incarnation comes at any phase of the period. After a pass that acted, the
// next comes one period after it began, or as soon as it ended if that is later. A pass that wrote
// nothing, that no fault struck and whose reads are still current is parked: it becomes pending
// again, at any phase of the period, when something it read changes.
#pragma once

#include "sim/component.hpp"
#include "sim/process.hpp"

namespace onceward::sim {

class Periodic : public Occurrence, public Completion {
 public:
  Periodic(World& world, Process& process, const Site& site, Duration period);
  virtual ~Periodic() = default;

  void happen(World& world) final;
  void fingerprint(Hasher& hasher) const final;
  [[nodiscard]] std::string describe() const final;
  void activity_ended(World& world, Activity& activity) final;

  // Something changed; makes a parked pass pending if it read `resource`.
  void touched(World& world, ResourceId resource);

  [[nodiscard]] Process& process() const { return *process_; }
  [[nodiscard]] bool parked() const { return parked_; }

 protected:
  // Starts the coroutine of one pass.
  virtual Task<> start_pass() = 0;

 private:
  [[nodiscard]] Hash128 pass_id() const;

  Process* process_;
  Duration period_;
  std::uint32_t pass_ = 0;  // passes that were not parked
  std::uint32_t began_step_ = 0;
  Instant began_;
  bool parked_ = false;
  Vector<Read> reads_;  // of the parked pass
};

}  // namespace onceward::sim
