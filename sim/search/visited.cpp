#include "sim/search/visited.hpp"

namespace onceward::sim {
namespace {

constexpr std::uint64_t kOpen = 1;
constexpr unsigned kLeastAt = 1;  // the number of what least was spent, above the first bit
constexpr std::uint64_t kNotOfKey = (std::uint64_t{1} << (128 - kStateBits)) - 1;
static_assert(LeastSpent::kSetsMax << kLeastAt == kNotOfKey + 1);

Hash128 key_of(const Hash128& state) {
  Hash128 key{state.high, state.low & ~kNotOfKey};
  if (key == Hash128{}) key.high = 1;  // {0, 0} means an empty slot
  return key;
}

std::uint32_t least_of(const Hash128& slot) {
  return static_cast<std::uint32_t>((slot.low & kNotOfKey) >> kLeastAt);
}

}  // namespace

std::size_t Visited::slot_of(const Hash128& key) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = key.high & mask;
  while (slots_[slot] != Hash128{} && key_of(slots_[slot]) != key) slot = (slot + 1) & mask;
  return slot;
}

Visited::Answer Visited::enter(const Hash128& state, const Spent& spent) {
  const Hash128 key = key_of(state);
  Hash128& slot = slots_[slot_of(key)];
  const bool is_new = slot == Hash128{};
  const std::uint32_t before = least_of(slot);
  const std::uint32_t least = least_.with(before, spent);
  if (!is_new && least == before) {
    return (slot.low & kOpen) != 0 ? Answer::open : Answer::known;
  }
  slot = {key.high, key.low | std::uint64_t{least} << kLeastAt | (slot.low & kOpen)};
  if (!is_new) return Answer::again;
  digest_ += key;
  if (++size_ * 4 > slots_.size() * 3) grow();
  return Answer::added;
}

bool Visited::is_least(const Hash128& state, const Spent& spent) const {
  return least_.has(least_of(slots_[slot_of(key_of(state))]), spent);
}

void Visited::open(const Hash128& state) { slots_[slot_of(key_of(state))].low |= kOpen; }
void Visited::close(const Hash128& state) { slots_[slot_of(key_of(state))].low &= ~kOpen; }
bool Visited::is_open(const Hash128& state) const {
  return (slots_[slot_of(key_of(state))].low & kOpen) != 0;
}

void Visited::grow() {
  std::vector<Hash128> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Hash128& entry : old) {
    if (entry != Hash128{}) slots_[slot_of(key_of(entry))] = entry;
  }
}

}  // namespace onceward::sim
