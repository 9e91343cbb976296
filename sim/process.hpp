// One running instance of a service: volatile memory, crash, restart, incarnations.
//
// A service object lives exactly as long as one incarnation: a crash destroys its tasks and then
// the object, a restart makes a new one. Members are volatile state; what must survive belongs in a
// component.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "sim/activity.hpp"
#include "sim/arena.hpp"
#include "sim/task.hpp"

namespace onceward::sim {

class Service : public InArena {
 public:
  virtual ~Service() = default;
  // Called at the start of every incarnation: arm timers, spawn tasks.
  virtual void start(World& world, Process& process) = 0;
  // The declared memory: all that a task may read besides what it awaited.
  virtual void fingerprint(Hasher&) const {}
  // Whether its tasks say what they read and change of it (World::read, World::touch), as of other
  // resources. If not, a pass during which it changed counts as one that acted, and a pass that
  // reads what another task changes must not rely on being woken.
  [[nodiscard]] virtual bool declares_changes() const { return false; }
};

// Default restart time after a crash (DESIGN 3.2).
inline constexpr Window kRestartWindow{std::chrono::milliseconds(500), std::chrono::seconds(30)};

// How long a process takes at most to end by itself, once it has given up.
inline constexpr Duration kExitsWithin = std::chrono::seconds(1);

// What is fixed about a process besides its name.
struct ProcessSetup {
  const Symbol* service = nullptr;  // whose instance it is; null: a service of its own name
  Window restart = kRestartWindow;  // in which it comes back after it ended
  bool restarts = true;             // false: it stays down
  // Its start does nothing that others can see, nor sees what others do, before its tasks come to
  // their first operations.
  bool starts_alone = false;
};

class Process : public InArena {
 public:
  enum class State : std::uint8_t {
    up,
    doomed,  // a crash was chosen and has not struck yet: it does nothing more
    paused,  // it does nothing until it resumes
    down,
  };

  Process(const Symbol& name, const Symbol& service, OwnerId owner, std::uint32_t index)
      : name_(&name), service_name_(&service), owner_(owner), index_(index), creator_(name.hash) {}

  [[nodiscard]] const Symbol& name() const { return *name_; }
  // The service it is an instance of; its own name if it is the only one.
  [[nodiscard]] const Symbol& service_name() const { return *service_name_; }
  [[nodiscard]] OwnerId owner() const { return owner_; }
  [[nodiscard]] std::uint32_t index() const { return index_; }
  [[nodiscard]] State state() const { return state_; }
  // Whether it acts: takes messages and goes on with its tasks.
  [[nodiscard]] bool acts() const { return state_ == State::up; }
  // Whether requests reach it: a doomed or paused process still has its port open.
  [[nodiscard]] bool listens() const { return state_ != State::down; }
  [[nodiscard]] std::uint32_t incarnation() const { return incarnation_; }
  [[nodiscard]] Service* service() const { return service_; }
  [[nodiscard]] Creator& creator() { return creator_; }
  [[nodiscard]] const Vector<Activity*>& activities() const { return activities_; }

  // Starts a root task. `make` is called once, now, and returns the Task; the task first runs when
  // the current one waits. `completion`, if any, is told when it ends by itself.
  template <class Make>
  Activity& spawn(World& world, const Site& site, Completion* completion, Make&& make) {
    const Arena::Entered entered(*detail::current_arena, owner_);
    return spawn_as(world, creator_.next(site), site, completion, std::forward<Make>(make));
  }

  // The same with a causal id that the caller derived: the task that handles something has its id
  // from what it handles, not from how many came before.
  template <class Make>
  Activity& spawn_as(World& world, const Hash128& id, const Site& site, Completion* completion,
                     Make&& make) {
    const Arena::Entered entered(*detail::current_arena, owner_);
    Activity& activity = add_activity(world, id, site, completion);
    activity.root = std::forward<Make>(make)().release();
    return activity;
  }

  void fingerprint(Hasher& hasher) const;

 private:
  friend class World;

  Activity& add_activity(World& world, const Hash128& id, const Site& site, Completion* completion);

  const Symbol* name_;
  const Symbol* service_name_;
  OwnerId owner_;
  std::uint32_t index_;
  Creator creator_;
  State state_ = State::down;
  std::uint32_t incarnation_ = 0;
  std::uint32_t entry_ = 0;  // the trace entry of its latest crash or restart
  Service* service_ = nullptr;
  Vector<Activity*> activities_;  // in the order started
};

}  // namespace onceward::sim
