// What a process remembers by itself: cells, locks, and waiting for a cell to change.
//
// It is part of a service object, so a crash destroys it and the next incarnation starts from the
// initial values. What a task does with it between two operations happens at once, as in one event
// loop: no other task of the process comes in between.
//
// Each cell is a resource. A pass that reads one is parked until it changes, and a pass that
// changed one is not parked; to set a cell to what it holds is no change.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/containers.hpp"
#include "sim/operation.hpp"
#include "sim/value.hpp"
#include "sim/world.hpp"

namespace onceward::models {

enum class CellKind : std::uint8_t { value, list, set, map };

// Frozen.
struct CellSpec {
  std::string name;
  CellKind kind = CellKind::value;
  sim::Value initial;                                    // of a value
  std::vector<std::pair<sim::Value, sim::Value>> items;  // of the others: key of a map, value
};

// Asked anew whenever a cell has changed.
class Condition {
 public:
  [[nodiscard]] virtual bool holds(sim::World& world) const = 0;
  // For people: "memory.ready == true".
  [[nodiscard]] virtual std::string describe() const = 0;

 protected:
  ~Condition() = default;
};

class Memory;

// Waits until a condition on cells holds.
class WaitUntil final : public sim::Operation {
 public:
  WaitUntil(Memory& memory, const Condition& condition, const sim::Site& at);
  void await_resume() const { remember(0); }
  [[nodiscard]] std::string describe() const override { return "wait until memory has changed"; }

 private:
  sim::Applied apply(sim::World& world) override;
  [[nodiscard]] bool describe_wait(sim::TraceEntry& entry) const override;
  Memory* memory_;
  const Condition* condition_;
};

// Which of a process's locks: one a name and key.
struct LockId {
  const sim::Symbol* name = nullptr;
  sim::Value key;
  friend bool operator==(const LockId& a, const LockId& b) {
    return a.name == b.name && a.key == b.key;
  }
};

// Waits until a lock is free and takes it.
class Lock final : public sim::Operation {
 public:
  Lock(Memory& memory, const LockId& lock, const sim::Site& at);
  void await_resume() const { remember(0); }
  [[nodiscard]] std::string describe() const override;

 private:
  sim::Applied apply(sim::World& world) override;
  [[nodiscard]] bool describe_wait(sim::TraceEntry& entry) const override;
  Memory* memory_;
  LockId lock_;
};

class Memory : public sim::InArena {
 public:
  // Resources from `first` on, one a cell; the same for every incarnation of a process.
  Memory(sim::World& world, const std::vector<CellSpec>& specs, sim::ResourceId first);
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  // ---- reading
  // -----------------------------------------------------------------------------------

  [[nodiscard]] sim::Value value(std::uint32_t cell) const;
  // Whether a list or a set holds `item`, or a map something under this key.
  [[nodiscard]] bool contains(std::uint32_t cell, const sim::Value& item) const;
  // What a map holds under `key`; null if nothing.
  [[nodiscard]] sim::Value at(std::uint32_t cell, const sim::Value& key) const;
  // How many items.
  [[nodiscard]] std::int64_t count(std::uint32_t cell) const;
  // The oldest item of a list; null if it is empty.
  [[nodiscard]] sim::Value first(std::uint32_t cell) const;

  // ---- changing
  // ----------------------------------------------------------------------------------

  void set(std::uint32_t cell, const sim::Value& value);
  void set_at(std::uint32_t cell, const sim::Value& key, const sim::Value& value);
  // Adds to the end of a list, or to a set; false: the set holds it already.
  bool add(std::uint32_t cell, const sim::Value& item);
  // Takes the first such item out of a list, a set, or a map (by its key); false: there is none.
  bool take(std::uint32_t cell, const sim::Value& item);

  // ---- waiting
  // -----------------------------------------------------------------------------------

  WaitUntil wait_until(const Condition& condition, const sim::Site& site) {
    return {*this, condition, site};
  }
  // Takes a lock at once; false: it is held, and `lock` waits for it. It is not reentrant.
  bool try_lock(const LockId& lock);
  Lock lock(const LockId& lock, const sim::Site& site) { return {*this, lock, site}; }
  void unlock(const LockId& lock);

  [[nodiscard]] const std::vector<CellSpec>& specs() const { return *specs_; }
  void fingerprint(sim::Hasher& hasher) const;

 private:
  friend class WaitUntil;
  friend class Lock;

  struct Item {
    sim::Value key;  // of a map
    sim::Value value;
  };
  struct Cell {
    sim::Value value;
    sim::Vector<Item> items;  // of a set in the order of their values, of a map of their keys
  };
  struct Held : sim::InArena {  // operations point to its wait list, so it never moves
    explicit Held(const LockId& of) : id(of) {}
    LockId id;
    bool taken = true;
    std::uint32_t entry = 0;  // the latest trace entry of who took it, when he did
    sim::WaitList waiting;
  };

  void read(std::uint32_t cell) const;
  void changed(std::uint32_t cell);
  // Whether it changed anything: part of a map; an item of a list or set.
  bool put(std::uint32_t cell, const sim::Value& key, const sim::Value& value);
  bool insert(std::uint32_t cell, const sim::Value& item);
  [[nodiscard]] const Item* find(std::uint32_t cell, const sim::Value& item) const;
  Held* find(const LockId& lock);

  sim::World* world_;
  const std::vector<CellSpec>* specs_;
  std::uint32_t first_;
  sim::Vector<Cell> cells_;
  sim::Vector<Held*> locks_;  // that were ever taken; their order says nothing
  sim::WaitList waiting_;     // for a change
};

}  // namespace onceward::models
