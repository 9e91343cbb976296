// A part of the world that is not a process: a database, a log, an external service, an oracle.
#pragma once

#include <cstdint>

#include "sim/activity.hpp"
#include "sim/arena.hpp"

namespace onceward::sim {

class Component : public InArena {
 public:
  Component(const Component&) = delete;
  Component& operator=(const Component&) = delete;

  [[nodiscard]] const Symbol& name() const { return *name_; }
  [[nodiscard]] OwnerId owner() const { return owner_; }
  [[nodiscard]] Creator& creator() { return creator_; }

  // Adds everything the future depends on, and nothing that only remembers how it came about. It
  // follows from the component's own memory, and from that of others whom it names
  // (Hasher::look_into): while all of that stays as it was it may not be asked again.
  virtual void fingerprint(Hasher& hasher) const = 0;

  // All processes have started for the first time.
  virtual void on_start(World&) {}

  // `process` started or goes on after a pause: it may be given work.
  virtual void on_acting(World&, Process&) {}

  // `process` will do nothing for now: what waits to be given to it is not pending any more.
  virtual void on_not_acting(World&, Process&) {}

  // `process` has just lost its tasks and its memory: connections break, sessions end.
  // Comes after `on_not_acting`.
  virtual void on_crash(World&, Process&) {}

  // Whether it would do anything, as things are, in one of the three calls above for `process`.
  [[nodiscard]] virtual bool minds(const World&, const Process&) const { return true; }

  // Nothing is pending but parked passes; oracles judge what is owed.
  virtual void on_quiet(World&) {}

  // The run has ended quiet and is traced: tells what still waits in it for ever (Mark::blocked).
  virtual void tell_waiting(World&) {}

 protected:
  Component(const Symbol& name, OwnerId owner) : name_(&name), owner_(owner), creator_(name.hash) {}
  ~Component() = default;  // a world is dropped whole

 private:
  const Symbol* name_;
  OwnerId owner_;
  Creator creator_;
};

}  // namespace onceward::sim
