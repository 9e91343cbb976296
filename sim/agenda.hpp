// The pending occurrences, in the order in which they would happen.
//
// Under `any` a vector kept sorted by (earliest instant, number): its order is the order of the
// options of a choice, and worlds searched have few pending occurrences. Under the sampled reading
// (drawn instant, tie order) decides: a 4-ary heap, and once many are pending a ladder for what
// comes later than the heap's.
#pragma once

#include <cstdint>

#include "sim/containers.hpp"
#include "sim/ladder.hpp"
#include "sim/occurrence.hpp"

namespace onceward::sim {

class Agenda {
 public:
  enum class Order : std::uint8_t { sorted, heap };
  using Entry = AgendaEntry;

  explicit Agenda(Order order) : order_(order) {}

  void add(const Entry& entry) {
    if (later_ != nullptr && later_->takes(entry.instant)) {
      later_->add(entry);
    } else {
      add_here(entry);
    }
  }
  // Removes and returns entry `index`; under `heap` only index 0, the first, may be taken.
  Entry take(std::size_t index) {
    if (order_ == Order::sorted || index != 0 || !begins_in_ladder()) return take_here(index);
    const Entry taken = later_->first();
    later_->take_first();
    if (!later_->has_run() && entries_.empty()) refill();
    return taken;
  }
  // Removes the entry of `occurrence`, wherever it stands. Linear; for cancelling only.
  void remove(const Occurrence* occurrence);

  [[nodiscard]] std::size_t size() const {
    return entries_.size() + (later_ != nullptr ? later_->size() : 0);
  }
  [[nodiscard]] bool empty() const { return size() == 0; }
  // Under `heap` index 0 is the first, and the others come in some order, in linear time if many
  // are pending.
  [[nodiscard]] const Entry& operator[](std::size_t index) const;

 private:
  // Whether the first entry is in the run of the ladder.
  [[nodiscard]] bool begins_in_ladder() const {
    return later_ != nullptr && later_->has_run() &&
           (entries_.empty() || later_->first().before(entries_[0]));
  }
  void add_here(const Entry& entry);
  [[nodiscard]] Entry take_here(std::size_t index);
  void refill();
  void sift_up(std::size_t index, const Entry& entry);
  void sift_down(std::size_t index, const Entry& entry);

  Order order_;
  Vector<Entry> entries_;
  Ladder* later_ = nullptr;
};

}  // namespace onceward::sim
