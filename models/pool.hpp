// Workers that the handlers of one process share: a pool of threads, or of connections of which
// each run holds one.
//
// A run takes a slot before its first step and gives it back at its end. While none is free it
// waits, and who came first has the next one: nothing is dropped, nobody is passed over. What
// waits here was taken already: a lease runs on, a crash loses it as it loses what is in work.
//
// It is part of a service object, so each incarnation of a process begins with all slots free.
#pragma once

#include <cstdint>
#include <string>

#include "sim/containers.hpp"
#include "sim/operation.hpp"
#include "sim/world.hpp"

namespace onceward::models {

// Frozen.
struct PoolSpec {
  std::string name;
  std::uint32_t size = 1;
};

class Pool;

// Waits for the turn of a run that found no slot free.
class Turn final : public sim::Operation {
 public:
  Turn(Pool& pool, sim::World& world, const sim::Site& at);
  void await_resume() const { remember(0); }
  [[nodiscard]] std::string describe() const override;

 private:
  sim::Applied apply(sim::World& world) override;
  Pool* pool_;
};

class Pool : public sim::InArena {
 public:
  explicit Pool(const PoolSpec& spec) : spec_(&spec) {}
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // A run has come: it gets a slot at once, or (false) it is the last in the queue and awaits its
  // `turn`. `site` is its handler's.
  bool enter(sim::World& world, const sim::Activity& run, const sim::Site& site);
  Turn turn(sim::World& world, const sim::Site& site) { return {*this, world, site}; }
  // A run that has a slot is at its end.
  void leave(sim::World& world);

  [[nodiscard]] bool is_full() const { return busy_ == spec_->size; }
  // How many, with this one, have yet to get a slot until it has one; 0: it has.
  [[nodiscard]] std::uint32_t place(const sim::Activity& run) const;

 private:
  friend class Turn;

  struct Waiter : sim::InArena {  // operations point to its wait list, so it never moves
    explicit Waiter(const sim::Activity& of) : run(&of) {}
    const sim::Activity* run;
    sim::WaitList turn;
  };

  const PoolSpec* spec_;
  std::uint32_t busy_ = 0;
  sim::Vector<Waiter*> queue_;  // empty while a slot is free
};

}  // namespace onceward::models
