#include "sim/search/visited.hpp"

namespace onceward::sim {
namespace {

Hash128 key_of(const Hash128& state) {
  Hash128 key{state.high, state.low & ~std::uint64_t{1}};
  if (key == Hash128{}) key.high = 1;  // {0, 0} means an empty slot
  return key;
}

}  // namespace

std::size_t Visited::slot_of(const Hash128& key) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = key.high & mask;
  while (slots_[slot] != Hash128{} &&
         (slots_[slot].high != key.high || (slots_[slot].low & ~kOnPath) != key.low)) {
    slot = (slot + 1) & mask;
  }
  return slot;
}

Visited::Answer Visited::enter(const Hash128& state) {
  const Hash128 key = key_of(state);
  Hash128& slot = slots_[slot_of(key)];
  if (slot != Hash128{}) return (slot.low & kOnPath) != 0 ? Answer::on_path : Answer::known;
  slot = {key.high, key.low | kOnPath};
  digest_.high += key.high;
  digest_.low += key.low;
  if (++size_ * 4 > slots_.size() * 3) grow();
  return Answer::added;
}

void Visited::leave(const Hash128& state) { slots_[slot_of(key_of(state))].low &= ~kOnPath; }

void Visited::grow() {
  std::vector<Hash128> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Hash128& entry : old) {
    if (entry == Hash128{}) continue;
    slots_[slot_of({entry.high, entry.low & ~kOnPath})] = entry;
  }
}

}  // namespace onceward::sim
