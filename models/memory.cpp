#include "models/memory.hpp"

#include <algorithm>
#include <vector>

namespace onceward::models {

using sim::Applied;
using sim::Value;
using sim::World;

namespace {

// How long it takes until whoever was woken goes on.
constexpr sim::Window kWake{sim::Duration{0}, std::chrono::milliseconds(1)};

}  // namespace

// ---- waiting ---------------------------------------------------------------------------------

WaitUntil::WaitUntil(Memory& memory, const Condition& condition, const sim::Site& at)
    : Operation(*memory.world_, nullptr, at, kWake), memory_(&memory), condition_(&condition) {}

Applied WaitUntil::apply(World& world) {
  if (condition_->holds(world)) return Applied::done;
  const sim::Arena::Entered entered(world.arena(), activity->process->owner());
  wait_in(memory_->waiting_);
  return Applied::blocked;
}

bool WaitUntil::describe_wait(sim::TraceEntry& entry) const {
  entry.text = "waits until " + condition_->describe();
  return true;
}

Lock::Lock(Memory& memory, const LockId& lock, const sim::Site& at)
    : Operation(*memory.world_, nullptr, at, kWake), memory_(&memory), lock_(lock) {}

std::string Lock::describe() const {
  return "lock " + lock_.name->text + (lock_.key.is_null() ? "" : " " + lock_.key.print());
}

Applied Lock::apply(World& world) {
  const sim::Arena::Entered entered(world.arena(), activity->process->owner());
  if (memory_->try_lock(lock_)) return Applied::done;
  wait_in(memory_->find(lock_)->waiting);
  return Applied::blocked;
}

bool Lock::describe_wait(sim::TraceEntry& entry) const {
  entry.text = "waits for " + describe() + ", which another task holds";
  const std::uint32_t taken = memory_->find(lock_)->entry;
  entry.add_causes({activity->entry, taken});
  return true;
}

Memory::Held* Memory::find(const LockId& lock) {
  const auto found = std::find_if(locks_.begin(), locks_.end(),
                                  [&](const Held* each) { return each->id == lock; });
  return found == locks_.end() ? nullptr : *found;
}

bool Memory::try_lock(const LockId& lock) {
  if (Held* held = find(lock); held != nullptr) {
    if (held->taken) return false;
    held->taken = true;
    held->entry = world_->running()->entry;
    return true;
  }
  auto* held = new Held(lock);
  held->entry = world_->running()->entry;
  locks_.push_back(held);
  return true;
}

void Memory::unlock(const LockId& lock) {
  Held* held = find(lock);
  held->taken = false;
  held->waiting.wake_all(*world_);
}

// ---- cells -----------------------------------------------------------------------------------

Memory::Memory(World& world, const std::vector<CellSpec>& specs, sim::ResourceId first)
    : world_(&world), specs_(&specs), first_(static_cast<std::uint32_t>(first)) {
  cells_.resize(specs.size());
  for (std::uint32_t i = 0; i < specs.size(); ++i) {
    cells_[i].value = specs[i].initial;
    for (const auto& [key, value] : specs[i].items) {
      if (specs[i].kind == CellKind::map) {
        put(i, key, value);
      } else {
        insert(i, value);
      }
    }
  }
}

// Everybody who waited has ended before.
Memory::~Memory() {
  for (Held* held : locks_) delete held;
}

void Memory::read(std::uint32_t cell) const {
  world_->read(static_cast<sim::ResourceId>(first_ + cell));
}

void Memory::changed(std::uint32_t cell) {
  world_->running()->acted = true;
  world_->touch(static_cast<sim::ResourceId>(first_ + cell));
  waiting_.wake_all(*world_);
}

Value Memory::value(std::uint32_t cell) const {
  read(cell);
  return cells_[cell].value;
}

const Memory::Item* Memory::find(std::uint32_t cell, const Value& item) const {
  const bool by_key = (*specs_)[cell].kind == CellKind::map;
  const auto& items = cells_[cell].items;
  const auto found = std::find_if(items.begin(), items.end(), [&](const Item& each) {
    return (by_key ? each.key : each.value) == item;
  });
  return found == items.end() ? nullptr : &*found;
}

bool Memory::contains(std::uint32_t cell, const Value& item) const {
  read(cell);
  return find(cell, item) != nullptr;
}

Value Memory::at(std::uint32_t cell, const Value& key) const {
  read(cell);
  const Item* found = find(cell, key);
  return found == nullptr ? Value{} : found->value;
}

std::int64_t Memory::count(std::uint32_t cell) const {
  read(cell);
  return static_cast<std::int64_t>(cells_[cell].items.size());
}

Value Memory::first(std::uint32_t cell) const {
  read(cell);
  const auto& items = cells_[cell].items;
  return items.empty() ? Value{} : items.front().value;
}

void Memory::set(std::uint32_t cell, const Value& value) {
  if (cells_[cell].value == value) return;
  cells_[cell].value = value;
  changed(cell);
}

void Memory::set_at(std::uint32_t cell, const Value& key, const Value& value) {
  if (put(cell, key, value)) changed(cell);
}

bool Memory::add(std::uint32_t cell, const Value& item) {
  if ((*specs_)[cell].kind == CellKind::set) read(cell);
  if (!insert(cell, item)) return false;
  changed(cell);
  return true;
}

bool Memory::put(std::uint32_t cell, const Value& key, const Value& value) {
  auto& items = cells_[cell].items;
  const auto place = std::find_if(items.begin(), items.end(), [&](const Item& each) {
    return !sim::comes_before(each.key, key);
  });
  if (place == items.end() || !(place->key == key)) {
    items.insert(place, {key, value});
  } else if (place->value == value) {
    return false;
  } else {
    place->value = value;
  }
  return true;
}

bool Memory::insert(std::uint32_t cell, const Value& item) {
  auto& items = cells_[cell].items;
  auto place = items.end();
  if ((*specs_)[cell].kind == CellKind::set) {
    place = std::find_if(items.begin(), items.end(),
                         [&](const Item& each) { return !sim::comes_before(each.value, item); });
    if (place != items.end() && place->value == item) return false;
  }
  items.insert(place, {{}, item});
  return true;
}

bool Memory::take(std::uint32_t cell, const Value& item) {
  read(cell);
  const Item* found = find(cell, item);
  if (found == nullptr) return false;
  auto& items = cells_[cell].items;
  items.erase(items.begin() + (found - items.data()));
  changed(cell);
  return true;
}

void Memory::fingerprint(sim::Hasher& hasher) const {
  for (const Cell& cell : cells_) {
    cell.value.fingerprint(hasher);
    // In their order, for `first` tells it.
    hasher.add(cell.items.size());
    for (const Item& item : cell.items) {
      item.key.fingerprint(hasher);
      item.value.fingerprint(hasher);
    }
  }
  const sim::OutsideStep gate;  // a pass compares what its process remembers, within a step
  std::vector<const Held*> taken;
  for (const Held* held : locks_) {
    if (held->taken) taken.push_back(held);
  }
  hasher.add_set(taken, [](sim::Hasher& one, const Held* held) {
    one.add(held->id.name->hash);
    held->id.key.fingerprint(one);
  });
}

}  // namespace onceward::models
