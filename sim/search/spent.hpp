// What runs have spent of a fault plan, and the least of it for each state: who comes to a state
// with less spent can do all that others can from there.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace onceward::sim {

// Faults in all, and the strikes of each rule that has a limit of its own.
using Spent = std::vector<std::uint32_t>;

// Sets of what was spent, none of which has as much as another of everything: numbered, for there
// are few of them and many states.
class LeastSpent {
 public:
  static constexpr std::uint32_t kSetsMax = 1U << 23;

  // The number of the set that `set` becomes when `spent` is added; `set` itself if one of it has
  // as little or less of everything. 0 is the empty set. All numbers are less than `kSetsMax`,
  // which no memory has room for.
  [[nodiscard]] std::uint32_t with(std::uint32_t set, const Spent& spent);
  [[nodiscard]] bool has(std::uint32_t set, const Spent& spent) const;

 private:
  using Set = std::vector<Spent>;
  [[nodiscard]] std::uint32_t number_of(Set set);

  std::vector<Set> sets_{{}};  // by number
  std::map<Set, std::uint32_t> numbers_;
  std::vector<std::map<Spent, std::uint32_t>> with_{{}};  // by number: what `with` has answered
};

}  // namespace onceward::sim
