// The states met, by their keys: open addressing that is always between 7/9 and 7/8 full, once it
// has more than some thousand states. So 16-byte keys take at most 20.6 bytes each.
//
// The set is many small tables, each of which grows by an eighth on its own; that keeps the memory
// close to what is needed, also while it grows. A key's place follows the order of keys, so that a
// table is read and written front to back when it is copied.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/hash.hpp"

namespace onceward::sim::plain {

[[nodiscard]] inline std::uint64_t head_of(std::uint64_t key) { return key; }
[[nodiscard]] inline std::uint64_t head_of(const Hash128& key) { return key.high; }

// REQUIRES: the heads of keys are spread evenly.
template <class Key>
class StateSet {
 public:
  // Fetches from memory what `add` will look at.
  void prefetch(const Key& key) const {
    const Table& table = table_of(key);
    if (!table.slots.empty()) __builtin_prefetch(&table.slots[home(table, key)]);
  }

  // False: it was there.
  bool add(const Key& key) {
    if (key == Key{}) return add_zero();
    Table& table = tables_[head_of(key) >> (64 - kTableBits)];
    if (table.used * 8 >= table.slots.size() * 7) grow(table);
    Key& slot = table.slots[find(table, key)];
    if (slot != Key{}) return false;
    slot = key;
    ++table.used;
    ++size_;
    return true;
  }

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::uint64_t bytes() const {
    std::uint64_t bytes = sizeof *this;
    for (const Table& table : tables_) bytes += table.slots.capacity() * sizeof(Key);
    return bytes;
  }
  // A hash of the whole set, whatever the order of arrival.
  [[nodiscard]] Hash128 digest() const {
    Hash128 digest{size_, 0};
    for (const Table& table : tables_) {
      for (const Key& key : table.slots) {
        digest.high += head_of(key);
        digest.low += tail_of(key);
      }
    }
    return digest;
  }

 private:
  static constexpr unsigned kTableBits = 8;
  static constexpr std::size_t kFirstSlots = 16;

  struct Table {
    std::vector<Key> slots;  // Key{}: empty
    std::size_t used = 0;
  };

  static std::uint64_t tail_of(std::uint64_t key) { return key; }
  static std::uint64_t tail_of(const Hash128& key) { return key.low; }

  [[nodiscard]] const Table& table_of(const Key& key) const {
    return tables_[head_of(key) >> (64 - kTableBits)];
  }

  // The part of the head after the table's number, scaled to the slots (fewer than 2^32).
  static std::size_t home(const Table& table, const Key& key) {
    return ((head_of(key) << kTableBits) >> 32) * table.slots.size() >> 32;
  }

  static std::size_t find(const Table& table, const Key& key) {
    std::size_t slot = home(table, key);
    while (table.slots[slot] != Key{} && table.slots[slot] != key) {
      if (++slot == table.slots.size()) slot = 0;
    }
    return slot;
  }

  static void grow(Table& table) {
    const std::size_t slots = table.slots.size();
    Table grown{std::vector<Key>(slots == 0 ? kFirstSlots : slots + slots / 8 + 1), table.used};
    for (const Key& key : table.slots) {
      if (key != Key{}) grown.slots[find(grown, key)] = key;
    }
    table = std::move(grown);
  }

  // The key that also means "empty".
  bool add_zero() {
    if (has_zero_) return false;
    has_zero_ = true;
    ++size_;
    return true;
  }

  std::array<Table, std::size_t{1} << kTableBits> tables_;
  std::uint64_t size_ = 0;
  bool has_zero_ = false;
};

}  // namespace onceward::sim::plain
