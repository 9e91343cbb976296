// The set of states met, each with how few faults of the plan led to it: 16 bytes a slot, open
// addressing, between three eighths and three quarters full, so 22 to 43 bytes a state.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/hash.hpp"
#include "sim/search/result.hpp"
#include "sim/search/spent.hpp"

namespace onceward::sim {

class Visited {
 public:
  Visited() : slots_(1U << 12) {}

  enum class Answer : std::uint8_t {
    added,  // it was not met before
    again,  // it was, but only by runs that had spent more of something
    known,  // it was met by a run that had spent as little or less
    open,   // the same, and it is on the path being searched or leads back to it
  };
  // Notes that a run which has spent `spent` has come to `state`.
  Answer enter(const Hash128& state, const Spent& spent = {});
  // Whether no run came to `state` with less spent. REQUIRES: one came with `spent`.
  [[nodiscard]] bool is_least(const Hash128& state, const Spent& spent) const;
  // A state that was entered is open from now on, or no more; whether it is.
  void open(const Hash128& state);
  void close(const Hash128& state);
  [[nodiscard]] bool is_open(const Hash128& state) const;

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::uint64_t bytes() const { return slots_.size() * sizeof(Hash128); }
  // A hash of the whole set, whatever the order of arrival.
  [[nodiscard]] const Hash128& digest() const { return digest_; }

 private:
  [[nodiscard]] std::size_t slot_of(const Hash128& key) const;
  void grow();

  std::vector<Hash128> slots_;  // of `low`, the last bits are not of the key; {0, 0}: empty
  std::uint64_t size_ = 0;
  Hash128 digest_;
  LeastSpent least_;
};

}  // namespace onceward::sim
