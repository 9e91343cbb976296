#include "sim/plain/births.hpp"

#include <algorithm>

#include "sim/assert.hpp"

namespace onceward::sim::plain {
namespace {

// Reads numbers back in the opposite order of `Births::add`.
class Backwards {
 public:
  Backwards(std::uint8_t mark, const std::vector<std::uint64_t>& large)
      : mark_(mark), next_(large.rbegin()) {}
  std::uint64_t read(std::uint8_t number) { return number == mark_ ? *next_++ : number; }

 private:
  std::uint8_t mark_;
  std::vector<std::uint64_t>::const_reverse_iterator next_;
};

}  // namespace

std::uint8_t Births::shorten(std::uint64_t number, std::vector<std::uint64_t>& large) {
  if (number < kLarge) return static_cast<std::uint8_t>(number);
  large.push_back(number);
  return kLarge;
}

void Births::add(std::uint64_t parent, std::uint64_t step) {
  const std::uint8_t advance = shorten(parent - last_parent_, large_advances_);
  births_.push_back({advance, shorten(step, large_steps_)});
  last_parent_ = parent;
}

std::vector<std::uint64_t> Births::path_to(std::uint64_t state) const {
  ONCEWARD_ASSERT(state <= births_.size());
  std::vector<std::uint64_t> path;
  Backwards advances(kLarge, large_advances_);
  Backwards steps(kLarge, large_steps_);
  std::uint64_t parent = last_parent_;
  std::uint64_t at = births_.size();
  for (auto birth = births_.rbegin(); state > 0; ++birth, --at) {
    const std::uint64_t advance = advances.read(birth->advance);
    const std::uint64_t step = steps.read(birth->step);
    if (at == state) {
      path.push_back(step);
      state = parent;
    }
    parent -= advance;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

std::uint64_t Births::bytes() const {
  return births_.size() * sizeof(Birth) +
         (large_advances_.capacity() + large_steps_.capacity()) * sizeof(std::uint64_t);
}

}  // namespace onceward::sim::plain
