// A handler that runs every so often and is parked while nothing could change what a pass does
// (DESIGN 3.2).
//
// The first pass of an incarnation comes at any phase of the period. The next comes one period
// after it began, but not before fewer than `overlap` passes are under way: with an overlap of 1 it
// waits for the one before. When a pass ends that wrote nothing, that no fault struck and whose
// reads are still current, another one begun now would do nothing either, whatever the others under
// way do. So no pass is pending any more, until something it read changes; then one is, at any
// phase of the period. If it compared its own instant with one still to come, the next pass is the
// one after that has come: within a period of it.
#pragma once

#include "sim/component.hpp"
#include "sim/process.hpp"

namespace onceward::sim {

class Periodic : public Occurrence, public Completion {
 public:
  Periodic(World& world, Process& process, const Site& site, Duration period,
           std::uint32_t overlap = 1);
  virtual ~Periodic() = default;

  void happen(World& world) final;
  [[nodiscard]] bool is_local(const World&) const final {
    return starts_alone() && overlap_ == 1 && !parked_ && due_.is_null();
  }
  void fingerprint(Hasher& hasher) const final;
  [[nodiscard]] std::string describe() const final;
  void activity_ended(World& world, Activity& activity) final;
  // Only of passes that may overlap.
  [[nodiscard]] std::string describe_run(const Activity& pass) const final;

  // Something changed; makes a parked pass pending if it read `resource`.
  void touched(World& world, ResourceId resource);
  // Makes a parked pass pending, at any phase of the period.
  void wake(World& world);

  [[nodiscard]] Process& process() const { return *process_; }
  [[nodiscard]] bool parked() const { return parked_; }

 protected:
  // Starts the coroutine of one pass.
  virtual Task<> start_pass() = 0;
  // Whether a pass comes to its first operation without reading or changing what is not its own.
  [[nodiscard]] virtual bool starts_alone() const { return false; }

 private:
  [[nodiscard]] Hash128 pass_id() const;
  void add_next(World& world);
  void park(World& world, const Activity& last);
  void stop_waiting(World& world);

  Process* process_;
  Duration period_;
  std::uint32_t overlap_;  // how many passes may be under way at once
  std::uint32_t running_ = 0;
  std::uint32_t pass_ =
      0;            // of the next pass; the latest, if it did nothing, gives its number back
  Hash128 latest_;  // causal id of the latest pass
  std::uint32_t began_step_ = 0;
  Instant began_;
  bool parked_ = false;
  ResourceSet reads_;  // of the pass after which it was parked
  Value due_;          // while parked: the instant from which on a pass would find otherwise
};

}  // namespace onceward::sim
