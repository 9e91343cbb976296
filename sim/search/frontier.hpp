// Where a search will go on later: paths, in the order in which they were added; of each it
// keeps only what the one before it has not.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/search/successors.hpp"

namespace onceward::sim {

// The choices from one state of a path to its next.
using Path = std::vector<Choices>;

class Frontier {
 public:
  // The path of so many places, each as `via(place)` says.
  template <class Via>
  void add(std::size_t places, const Via& via) {
    std::size_t shared = 0;
    while (shared < places && shared < last_.size() && via(shared) == last_[shared]) ++shared;
    last_.resize(shared);
    while (last_.size() < places) last_.push_back(via(last_.size()));
    add_last(shared);
  }

  // Takes out the path that was added first; `path` is the one that was taken out before it, whose
  // first `keeps` places stay as they are. False: none is left.
  [[nodiscard]] bool take(Path& path, std::size_t& keeps);

  [[nodiscard]] std::uint64_t bytes() const { return words_.capacity() * sizeof(std::uint32_t); }

 private:
  void add_last(std::size_t shared);

  // For each path: how many places it shares with the one before, how many it has in all, and for
  // each of those that are new how many choices and which.
  std::vector<std::uint32_t> words_;
  std::size_t next_ = 0;
  Path last_;  // added
};

}  // namespace onceward::sim
