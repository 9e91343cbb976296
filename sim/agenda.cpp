#include "sim/agenda.hpp"

#include <algorithm>

#include "sim/assert.hpp"

namespace onceward::sim {
namespace {

constexpr std::size_t kArity = 4;  // children of a heap node: two cache lines of entries

}  // namespace

void Agenda::add(const Entry& entry) {
  if (order_ == Order::heap) {
    entries_.push_back(entry);
    sift_up(entries_.size() - 1, entry);
    return;
  }
  auto place = entries_.end();
  while (place != entries_.begin() && entry.before(*(place - 1))) --place;
  entries_.insert(place, entry);
}

Agenda::Entry Agenda::take(std::size_t index) {
  ONCEWARD_ASSERT(index < entries_.size());
  const Entry taken = entries_[index];
  if (order_ == Order::sorted) {
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(index));
    return taken;
  }
  ONCEWARD_ASSERT(index == 0);
  const Entry last = entries_.back();
  entries_.pop_back();
  if (!entries_.empty()) sift_down(0, last);
  return taken;
}

void Agenda::remove(const Occurrence* occurrence) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.occurrence == occurrence;
  });
  ONCEWARD_ASSERT(found != entries_.end());
  if (order_ == Order::sorted) {
    entries_.erase(found);
    return;
  }
  const auto index = static_cast<std::size_t>(found - entries_.begin());
  const Entry last = entries_.back();
  entries_.pop_back();
  if (index == entries_.size()) return;
  sift_down(index, last);
  sift_up(index, entries_[index]);
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
