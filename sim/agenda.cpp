#include "sim/agenda.hpp"

#include <algorithm>

#include "sim/assert.hpp"

namespace onceward::sim {
namespace {

constexpr std::size_t kArity = 4;  // children of a heap node: two cache lines of entries
constexpr std::size_t kFew = 32;   // so many a heap serves best

}  // namespace

void Agenda::add_here(const Entry& entry) {
  if (order_ == Order::sorted) {
    auto place = entries_.end();
    while (place != entries_.begin() && entry.before(*(place - 1))) --place;
    entries_.insert(place, entry);
    return;
  }
  entries_.push_back(entry);
  sift_up(entries_.size() - 1, entry);
  if (entries_.size() <= kFew || entries_.size() * 2 <= size()) return;
  // It has come to hold most of what is pending.
  if (later_ == nullptr) later_ = new Ladder;
  later_->add_earlier(entries_);
}

Agenda::Entry Agenda::take_here(std::size_t index) {
  ONCEWARD_ASSERT(index < entries_.size());
  const Entry taken = entries_[index];
  if (order_ == Order::sorted) {
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(index));
    return taken;
  }
  ONCEWARD_ASSERT(index == 0);
  const Entry last = entries_.back();
  entries_.pop_back();
  if (!entries_.empty()) {
    sift_down(0, last);
  } else if (later_ != nullptr && !later_->has_run()) {
    refill();
  }
  return taken;
}

// The first entry is always in the heap or in the ladder's run, if there is one. What are few now
// goes back to the heap.
void Agenda::refill() {
  if (later_->size() > kFew / 2) {
    later_->make_run();
    return;
  }
  while (later_->size() > 0) {
    if (!later_->has_run()) later_->make_run();
    entries_.push_back(later_->first());  // sorted, and so a heap
    later_->take_first();
  }
  later_->close();
}

const Agenda::Entry& Agenda::operator[](std::size_t index) const {
  if (later_ == nullptr) return entries_[index];
  const std::size_t here = entries_.size();
  const auto at = [&](std::size_t i) -> const Entry& {
    return i < here ? entries_[i] : (*later_)[i - here];
  };
  if (!begins_in_ladder()) return at(index);
  return index == 0 ? at(here) : at(index == here ? 0 : index);
}

void Agenda::remove(const Occurrence* occurrence) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.occurrence == occurrence;
  });
  if (found == entries_.end()) {
    ONCEWARD_ASSERT(later_ != nullptr && later_->remove(occurrence));
  } else if (order_ == Order::sorted) {
    entries_.erase(found);
  } else {
    const auto index = static_cast<std::size_t>(found - entries_.begin());
    const Entry last = entries_.back();
    entries_.pop_back();
    if (index < entries_.size()) {
      sift_down(index, last);
      sift_up(index, entries_[index]);
    }
  }
  if (entries_.empty() && later_ != nullptr && !later_->has_run()) refill();
}

void Agenda::sift_up(std::size_t index, const Entry& entry) {
  const Entry moving = entry;
  while (index > 0) {
    const std::size_t parent = (index - 1) / kArity;
    if (!moving.before(entries_[parent])) break;
    entries_[index] = entries_[parent];
    index = parent;
  }
  entries_[index] = moving;
}

void Agenda::sift_down(std::size_t index, const Entry& entry) {
  const Entry moving = entry;
  const std::size_t size = entries_.size();
  while (true) {
    const std::size_t first = index * kArity + 1;
    if (first >= size) break;
    std::size_t least = first;
    const std::size_t end = std::min(first + kArity, size);
    for (std::size_t child = first + 1; child < end; ++child) {
      if (entries_[child].before(entries_[least])) least = child;
    }
    if (!entries_[least].before(moving)) break;
    entries_[index] = entries_[least];
    index = least;
  }
  entries_[index] = moving;
}

}  // namespace onceward::sim
