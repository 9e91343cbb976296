// A root task and what the engine knows about it: whose it is, what it read, what it has done.
#pragma once

#include <coroutine>
#include <cstdint>
#include <string>

#include "sim/containers.hpp"
#include "sim/occurrence.hpp"
#include "sim/symbol.hpp"
#include "sim/value.hpp"

namespace onceward::sim {

class Process;
class World;

// Whoever creates occurrences and tasks: it numbers them per site, so that a causal id depends on
// what its creator did and not on how others were scheduled (DESIGN 3.3).
class Creator {
 public:
  explicit Creator(const Hash128& id) : id_(id) {}
  [[nodiscard]] const Hash128& id() const { return id_; }
  // The causal id of this creator's next creation at `site`.
  [[nodiscard]] Hash128 next(const Site& site) { return derive(id_, site.hash, count(site)); }
  // The n of that id alone, for who may never be asked for the id.
  [[nodiscard]] std::uint32_t count(const Site& site) {
    if (first_.site == nullptr) first_.site = &site;
    return first_.site == &site ? first_.n++ : count_other(site);
  }

 private:
  struct Count {
    const Site* site = nullptr;
    std::uint32_t n = 0;
  };
  [[nodiscard]] std::uint32_t count_other(const Site& site);

  Hash128 id_;
  Count first_;  // most creators create at one site only
  RareList<Count> others_;
};

// Something a periodic pass may read: a table, a log, a piece of memory.
enum class ResourceId : std::uint16_t {};
// Several, each once, in the order of their numbers.
class ResourceSet {
 public:
  void add(ResourceId resource);
  void add(const ResourceSet& others);
  void clear() { resources_.shrink(0); }
  [[nodiscard]] bool has(ResourceId resource) const;
  void fingerprint(Hasher& hasher) const;

 private:
  RareList<ResourceId> resources_;
};

// State that a task keeps explicitly, as the interpreter does; it then stands for the task in the
// fingerprint instead of the rolling hash of what the task awaited.
class ExactState {
 public:
  virtual void fingerprint(Hasher& hasher) const = 0;
  // The longest it can take from the operation in flight to the task's next one: a crash after the
  // first comes before the second. kForever if there may be none.
  [[nodiscard]] virtual Duration next_action_within() const { return kForever; }
  // Whether the task, once the operation in flight is answered, comes to its next one without
  // reading or changing what is not its own, and nothing but the end of its process cuts it short.
  [[nodiscard]] virtual bool goes_on_alone() const { return false; }

 protected:
  ~ExactState() = default;
};

// Told when a root task has ended by itself. A crash does not tell: it ends the listener too, or
// `Component::on_crash` sees it.
class Completion {
 public:
  virtual void activity_ended(World& world, Activity& activity) = 0;
  // What the task is run for, for people: "PlaceOrder o1". Empty: nothing that has a name.
  [[nodiscard]] virtual std::string describe_run(const Activity& /*activity*/) const { return {}; }

 protected:
  ~Completion() = default;
};

class Activity final : public InArena {
 public:
  Activity(const Hash128& id, const Site& site, Process& process, Completion* completion)
      : creator(id), process(&process), site(&site), completion(completion) {}

  // What only some passes have: kept apart, as one of at most one.
  struct OfPass {
    Hash128 memory_before;  // of its process, when it began
    Value due;              // the instant that it waited for, which has come
  };
  [[nodiscard]] Value due() const { return of_pass.size() > 0 ? of_pass.begin()->due : Value(); }

  // A task with exact state counts by that state; any other by its id and what it awaited.
  void fingerprint(Hasher& hasher) const;

  // What every step needs comes first.
  Creator creator;
  Process* process;
  std::coroutine_handle<> root;
  Occurrence* waiting_for = nullptr;  // the operation it awaits, pending or blocked
  const ExactState* exact = nullptr;
  const Symbol* next_name = nullptr;  // of the next operation it awaits
  const Window* takes = nullptr;      // how long its operations take, if not as they say
  std::uint32_t entry = 0;            // its latest trace entry
  bool is_pass = false;               // of a periodic handler
  bool acted = false;                 // it changed something others can see
  bool struck = false;                // a fault struck it
  bool outdated = false;              // something that it read, a pass, has changed since

  const Site* site;
  Completion* completion;
  std::coroutine_handle<> answered;  // goes on here when its paused process resumes
  Hash128 awaited;                   // rolling hash of all that it awaited
  const char* exits = nullptr;       // its process ends with it: why, for people; null: it does not
  ResourceSet reads;                 // of passes
  RareList<std::uint32_t> instants;  // steps whose instants it took; of tasks without exact state
  RareList<const Symbol*> passed;    // named operations applied in this handler run and loop round
  RareList<Value> to_come;  // of passes: when what they compared comes out otherwise by time alone
  RareList<OfPass> of_pass;
  std::uint32_t began_step = 0;
};

}  // namespace onceward::sim
