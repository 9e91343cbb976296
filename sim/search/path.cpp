#include "sim/search/path.hpp"

#include <algorithm>
#include <utility>

namespace onceward::sim {

SearchPath::Node& SearchPath::add(const Hash128& state, Choices via) {
  if (places_.size() == size_) places_.emplace_back();
  Place& place = places_[size_++];
  keep(place);
  first_kept_ = std::min(first_kept_, size_ - 1);
  make_room();
  place.node.state = state;
  place.node.via = std::move(via);
  place.node.steps = world_.steps();
  at_top_ = true;
  return place.node;
}

void SearchPath::keep(Place& place) {
  bytes_ -= place.saved.memory.bytes.capacity();
  world_.save(place.saved);
  bytes_ += place.saved.memory.bytes.capacity();
}

void SearchPath::make_room() {
  for (; bytes_ > room_ && first_kept_ + 1 < size_; ++first_kept_) {
    SavedState& saved = places_[first_kept_].saved;
    bytes_ -= saved.memory.bytes.capacity();
    saved = SavedState();
  }
}

void SearchPath::cut(std::size_t size) {
  size_ = size;
  at_top_ = false;
}

void SearchPath::go_to_top() {
  if (std::exchange(at_top_, false)) return;
  if (size_ > first_kept_) {
    world_.restore(places_[size_ - 1].saved);
    return;
  }
  // So many at once, that going back all the way repeats the path not too often.
  constexpr std::size_t kAtOnce = 1024;
  first_kept_ = size_ - std::min(size_, kAtOnce);
  successors_.repeat(choices_to(), places_[first_kept_].node.steps);
  for (std::size_t place = first_kept_; place < size_; ++place) {
    while (world_.steps() < places_[place].node.steps && world_.step()) {
    }
    keep(places_[place]);
  }
  make_room();
}

Choices SearchPath::choices_to(const Choices& last) const {
  Choices choices;
  for (std::size_t i = 0; i < size_; ++i) {
    choices.insert(choices.end(), places_[i].node.via.begin(), places_[i].node.via.end());
  }
  choices.insert(choices.end(), last.begin(), last.end());
  return choices;
}

}  // namespace onceward::sim
