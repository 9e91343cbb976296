// The pending occurrences, in the order in which they would happen.
//
// Under `any` a vector kept sorted by (earliest instant, number): its order is the order of the
// options of a choice, and worlds searched have few pending occurrences. Under the sampled reading
// a 4-ary heap by (drawn instant, tie order), for worlds with up to millions.
#pragma once

#include <cstdint>

#include "sim/containers.hpp"
#include "sim/occurrence.hpp"

namespace onceward::sim {

class Agenda {
 public:
  enum class Order : std::uint8_t { sorted, heap };
  struct Entry {
    std::int64_t instant;
    std::uint64_t tie;
    Occurrence* occurrence;

    [[nodiscard]] bool before(const Entry& other) const {
      if (instant != other.instant) return instant < other.instant;
      return tie < other.tie;
    }
  };

  explicit Agenda(Order order) : order_(order) {}

  void add(const Entry& entry);
  // Removes and returns entry `index`; under `heap` only index 0, the first, may be taken.
  Entry take(std::size_t index);
  // Removes the entry of `occurrence`, wherever it stands. Linear; for cancelling only.
  void remove(const Occurrence* occurrence);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] const Entry& operator[](std::size_t index) const { return entries_[index]; }

 private:
  void sift_up(std::size_t index, const Entry& entry);
  void sift_down(std::size_t index, const Entry& entry);

  Order order_;
  Vector<Entry> entries_;
};

}  // namespace onceward::sim
