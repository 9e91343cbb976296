#include "sim/search/frontier.hpp"

namespace onceward::sim {

void Frontier::add_last(std::size_t shared) {
  const auto put = [&](std::size_t word) { words_.push_back(static_cast<std::uint32_t>(word)); };
  put(shared);
  put(last_.size());
  for (std::size_t i = shared; i < last_.size(); ++i) {
    put(last_[i].size());
    words_.insert(words_.end(), last_[i].begin(), last_[i].end());
  }
}

bool Frontier::take(Path& path, std::size_t& keeps) {
  if (next_ == words_.size()) return false;
  keeps = words_[next_++];
  path.resize(words_[next_++]);
  for (std::size_t i = keeps; i < path.size(); ++i) {
    const auto begin = words_.begin() + static_cast<std::ptrdiff_t>(next_) + 1;
    path[i].assign(begin, begin + words_[next_]);
    next_ += 1 + path[i].size();
  }
  return true;
}

}  // namespace onceward::sim
