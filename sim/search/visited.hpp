// The set of states met: 16 bytes a slot, open addressing, between three eighths and three quarters
// full, so 22 to 43 bytes a state. One bit of the 128 marks states on the path being searched.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/hash.hpp"

namespace onceward::sim {

class Visited {
 public:
  Visited() : slots_(1U << 12) {}

  enum class Answer : std::uint8_t { added, known, on_path };
  // Adds a state and marks it as on the path; answers whether it was there.
  Answer enter(const Hash128& state);
  // The path leaves `state` again.
  void leave(const Hash128& state);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::uint64_t bytes() const { return slots_.size() * sizeof(Hash128); }
  // A hash of the whole set, whatever the order of arrival.
  [[nodiscard]] const Hash128& digest() const { return digest_; }

 private:
  static constexpr std::uint64_t kOnPath = 1;
  [[nodiscard]] std::size_t slot_of(const Hash128& key) const;
  void grow();

  std::vector<Hash128> slots_;  // low without its last bit; {0, 0}: empty
  std::uint64_t size_ = 0;
  Hash128 digest_;
};

}  // namespace onceward::sim
