// One interaction of a task with something outside its process: request, apply, reply.
//
// An operation is an awaitable that lives in the frame of the task that awaits it. It becomes
// pending when awaited; when it happens, it is applied and the task goes on with the reply, in one
// atomic step (DESIGN 3.4). In between the plan's faults may strike:
//   before it is applied   error, late, reply_lost (done or not done: a `data` choice); of one of
//                          several parts `error` may leave some done
//   after it acted         crash, pause (FaultPlan::at_every_operation: crash after it ended)
// An operation that cannot be applied yet (a lock is held) answers `blocked` and waits in a
// WaitList until it is woken.
//
// Derived classes stay trivially destructible (g++ 12 may destroy temporaries of a co_await
// statement twice) and are final.
#pragma once

#include <coroutine>

#include "sim/activity.hpp"
#include "sim/component.hpp"
#include "sim/faults.hpp"
#include "sim/trace.hpp"

namespace onceward::sim {

class Operation;

// Operations that wait for something, woken in the order in which they came.
class WaitList {
 public:
  void add(Operation& operation) { waiting_.push_back(&operation); }
  void remove(const Operation& operation);
  // All become pending again, with a fresh window of their own or `within`, and are applied anew.
  void wake_all(World& world);
  void wake_all(World& world, const Window& within);
  void fingerprint(Hasher& hasher) const;

 private:
  Vector<Operation*> waiting_;
};

enum class Applied : std::uint8_t {
  done,     // nothing that others can see has changed
  acted,    // it changed rows at a commit, a log, a cursor, a lease, a lock, a timer, an effect
  blocked,  // it waits in a WaitList
};

// Which faults may strike an operation before it is applied.
enum class Fallible : std::uint8_t {
  no,
  refusable,  // `error`: a statement within a transaction
  remote,     // also `reply_lost`: it crosses a network and changes something there
  sent,       // also `late`: a message of its own, which `copy` can make arrive later
};

// What the caller learns; `unknown` is a timeout, never a failure.
enum class Reply : std::uint8_t { answered, refused, unknown };

class Operation : public Occurrence {
 public:
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> awaiting);

  void happen(World& world) final;
  // Its activity stands for it; what happens late has none any more.
  void fingerprint(Hasher& hasher) const final {
    if (detached()) hasher.add(Hash128{asked_by_[0], asked_by_[1]});
  }

  [[nodiscard]] Reply reply() const { return reply_; }
  // Whoever awaited it was cut short while it was under way (World::cut_short): a `data` choice
  // says whether it is done all the same, later if it is a message of its own.
  void lose_caller(World& world);

 protected:
  // REQUIRES: `world` is the world of the task that will await it.
  Operation(World& world, Component* component, const Site& at, const Window& in)
      : world_(&world), component_(component) {
    site = &at;
    window = in;
  }
  ~Operation() = default;

  // Does it. Called with the component's memory entered.
  virtual Applied apply(World& world) = 0;
  // The caller is told that it was refused and nothing was done; sets the result.
  virtual void refused(World&) {}
  // The fault `error` strikes it: it is refused. One of several parts may do some of them all the
  // same. Called with the component's memory entered.
  virtual Applied fail(World& world) {
    refused(world);
    return Applied::done;
  }
  // What `fail` came to, for people.
  [[nodiscard]] virtual std::string describe_failure() const { return "REFUSED: " + describe(); }
  // The caller sees a timeout; sets the result. `done`: it had been applied.
  virtual void timed_out(World&, bool /*done*/) {}
  [[nodiscard]] virtual Fallible fallible() const { return Fallible::no; }
  // Whether somebody notes that it was tried, whatever came of it: then to try it is to act.
  [[nodiscard]] virtual bool is_noted() const { return false; }

  // A copy of it in the arena that can be applied after its caller was told that it failed.
  // REQUIRES: Fallible::sent; others have none.
  [[nodiscard]] virtual Operation* copy() const { return nullptr; }

  // The first half of `await_suspend`: it belongs to the running task, and is not pending yet.
  void begin(std::coroutine_handle<> awaiting);
  void wait_in(WaitList& list);
  // The list that it is to wait in or waits in.
  void come_to(WaitList& list) { wait_list_ = &list; }
  [[nodiscard]] WaitList& list() const { return *wait_list_; }
  // It has just become blocked: what it waits for and who holds that, for people ("waits for row
  // o1"), and what led to it. False: that needs no word. Told at the end of a run that it outlasts.
  [[nodiscard]] virtual bool describe_wait(TraceEntry& /*entry*/) const { return false; }

  // Whether its task goes on from it alone (ExactState::goes_on_alone), with nothing that may
  // strike in between: it is local if what it does itself is.
  [[nodiscard]] bool is_own() const;

  // Mixes the result into the activity's history; every await_resume of a value calls it.
  void remember(std::uint64_t result) const;

  World& world() const { return *world_; }
  Component* component() const { return component_; }

 private:
  friend class World;
  friend class WaitList;

  [[nodiscard]] bool detached() const { return activity == nullptr; }
  FaultKind offer_before(World& world);
  void tell_fault(World& world, FaultKind fault, bool done) const;
  void tell_wait(World& world);
  Applied apply_in_component(World& world);
  Applied fail_in_component(World& world);
  Applied apply_without_reply(World& world);
  void apply_later(World& world);

  Reply reply_ = Reply::answered;
  std::uint32_t waits_ = 0;  // the trace entry of its wait
  World* world_;
  Component* component_;
  WaitList* wait_list_ = nullptr;
  // What goes on when it has happened, and its name if it has one; or, of what happens late, the
  // hash of the activity that asked for it.
  struct Caller {
    void* awaiting = nullptr;
    const Symbol* name = nullptr;
  };
  union {
    Caller caller_ = {};
    std::uint64_t asked_by_[2];
  };
};

// Waits for a duration within `window` without doing anything.
class Sleep final : public Operation {
 public:
  Sleep(World& world, const Site& site, const Window& window)
      : Operation(world, nullptr, site, window) {}
  void await_resume() const { remember(0); }
  [[nodiscard]] std::string describe() const override { return "sleep"; }
  [[nodiscard]] bool is_local(const World&) const override { return is_own(); }

 protected:
  Applied apply(World&) override { return Applied::done; }
};

// Waits in `list` for a word from whoever holds that, and goes on as soon as the word says: a
// message on its way, a queue that is not empty any more. A word given while nobody waits is lost.
class Wait final : public Operation {
 public:
  // REQUIRES: `list` outlives the task.
  Wait(World& world, const Site& site, WaitList& list) : Operation(world, nullptr, site, kAnyTime) {
    come_to(list);
  }
  void await_suspend(std::coroutine_handle<> awaiting) {
    begin(awaiting);
    wait_in(list());
  }
  void await_resume() const { remember(0); }
  [[nodiscard]] std::string describe() const override { return "wait"; }

 protected:
  Applied apply(World&) override { return Applied::done; }
};

}  // namespace onceward::sim
