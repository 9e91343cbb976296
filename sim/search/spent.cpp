#include "sim/search/spent.hpp"

#include <algorithm>

#include "sim/assert.hpp"

namespace onceward::sim {
namespace {

bool no_more_than(const Spent& a, const Spent& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](std::uint32_t of_a, std::uint32_t of_b) { return of_a <= of_b; });
}

}  // namespace

std::uint32_t LeastSpent::with(std::uint32_t set, const Spent& spent) {
  const auto known = with_[set].find(spent);
  if (known != with_[set].end()) return known->second;
  Set joined = sets_[set];
  std::uint32_t number = set;
  if (std::none_of(joined.begin(), joined.end(),
                   [&](const Spent& each) { return no_more_than(each, spent); })) {
    std::erase_if(joined, [&](const Spent& each) { return no_more_than(spent, each); });
    joined.insert(std::upper_bound(joined.begin(), joined.end(), spent), spent);
    number = number_of(std::move(joined));
  }
  with_[set].emplace(spent, number);
  return number;
}

bool LeastSpent::has(std::uint32_t set, const Spent& spent) const {
  return std::find(sets_[set].begin(), sets_[set].end(), spent) != sets_[set].end();
}

std::uint32_t LeastSpent::number_of(Set set) {
  const auto next = static_cast<std::uint32_t>(sets_.size());
  const auto [entry, is_new] = numbers_.try_emplace(std::move(set), next);
  if (is_new) {
    ONCEWARD_ASSERT(next < kSetsMax);
    sets_.push_back(entry->first);
    with_.emplace_back();
  }
  return entry->second;
}

}  // namespace onceward::sim
