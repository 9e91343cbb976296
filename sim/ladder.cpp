#include "sim/ladder.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "sim/assert.hpp"

namespace onceward::sim {
namespace {

constexpr std::uint64_t kInABucket = 4;  // entries, about
constexpr std::size_t kSample = 31;      // entries by which the width of buckets is chosen
constexpr std::size_t kSortedByHand = 24;
constexpr std::size_t kManyToFetch = 2000;  // more than a cache near the processor holds

bool is_before(const AgendaEntry& a, const AgendaEntry& b) { return a.before(b); }

// Few entries, or nearly sorted ones.
void insertion_sort(Vector<AgendaEntry>& run) {
  for (std::size_t i = 1; i < run.size(); ++i) {
    const AgendaEntry moving = run[i];
    std::size_t place = i;
    for (; place > 0 && moving.before(run[place - 1]); --place) run[place] = run[place - 1];
    run[place] = moving;
  }
}

// Has what the run is about come from memory together, not one after the other.
void fetch(const Vector<AgendaEntry>& run) {
  constexpr std::size_t kLine = 64;
  const auto lines = [&](const void* object, std::size_t bytes) {
    for (std::size_t at = 0; at < bytes; at += kLine) {
      __builtin_prefetch(static_cast<const std::byte*>(object) + at, 1);
    }
  };
  for (const AgendaEntry& entry : run) lines(entry.occurrence, 2 * kLine);
  for (const AgendaEntry& entry : run) {
    if (entry.occurrence->activity != nullptr) lines(entry.occurrence->activity, 2 * kLine);
  }
}

}  // namespace

void Ladder::make_run() {
  run_.clear();
  next_ = 0;
  if (in_rung_ == 0 && top_sorted_) {
    run_.swap(top_);
    buckets_ = 0;
    set_horizon(static_cast<std::uint64_t>(run_.back().instant) + 1);
    return;
  }
  if (in_rung_ == 0) make_rung();
  take_bucket();
}

// Nothing can come after the end of time.
void Ladder::set_horizon(std::uint64_t instant) {
  horizon_ = static_cast<std::int64_t>(instant);
  if (instant > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) close();
}

void Ladder::take_bucket() {
  while (heads_[first_] == 0) ++first_;
  std::uint32_t node = heads_[first_];
  heads_[first_] = 0;
  ++first_;
  set_horizon(static_cast<std::uint64_t>(start_) + (first_ << shift_));
  while (node != 0) {
    Node& taken = nodes_[node];
    run_.push_back(taken.entry);
    node = std::exchange(taken.next, std::exchange(free_, node));
  }
  in_rung_ -= run_.size();
  if (in_rung_ > kManyToFetch) fetch(run_);
  std::reverse(run_.begin(), run_.end());
  if (run_.size() <= kSortedByHand) {
    insertion_sort(run_);
  } else if (!std::is_sorted(run_.begin(), run_.end(), is_before)) {
    std::sort(run_.begin(), run_.end(), is_before);
  }
}

void Ladder::add_earlier(Vector<AgendaEntry>& earlier) {
  for (std::uint64_t bucket = first_; in_rung_ > 0; ++bucket) {
    for (std::uint32_t node = std::exchange(heads_[bucket], 0); node != 0; --in_rung_) {
      Node& moved = nodes_[node];
      top_.push_back(moved.entry);
      node = std::exchange(moved.next, std::exchange(free_, node));
    }
  }
  top_.insert(top_.end(), run_.begin() + static_cast<std::ptrdiff_t>(next_), run_.end());
  top_.insert(top_.end(), earlier.begin(), earlier.end());
  earlier.clear();
  top_sorted_ = false;
  open_ = true;
  make_run();
}

// As many buckets as entries. Half of the entries are to fall into the first quarter of them: few
// that come far later than the others do not make the buckets too wide.
void Ladder::make_rung() {
  ONCEWARD_ASSERT(!top_.empty());
  std::int64_t sample[kSample];
  for (std::size_t i = 0; i < kSample; ++i) sample[i] = top_[i * top_.size() / kSample].instant;
  std::nth_element(sample, sample + kSample / 2, sample + kSample);
  start_ = std::min_element(top_.begin(), top_.end(), is_before)->instant;
  const std::uint64_t half =
      static_cast<std::uint64_t>(sample[kSample / 2]) - static_cast<std::uint64_t>(start_);
  buckets_ = std::bit_ceil(top_.size());
  const auto most = static_cast<std::uint32_t>(62 - std::countr_zero(buckets_));
  shift_ = std::min(static_cast<std::uint32_t>(std::bit_width(half / buckets_ * kInABucket)), most);
  first_ = 0;
  heads_.assign(buckets_, 0);
  if (nodes_.empty()) nodes_.emplace_back();
  std::size_t kept = 0;
  for (const AgendaEntry& entry : top_) {
    if (const std::uint64_t bucket = bucket_of(entry.instant); bucket < buckets_) {
      add_to_bucket(bucket, entry);
    } else {
      top_[kept++] = entry;
    }
  }
  top_.resize(kept);
  top_sorted_ = std::is_sorted(top_.begin(), top_.end(), is_before);
}

bool Ladder::remove(const Occurrence* occurrence) {
  const auto is_it = [&](const AgendaEntry& entry) { return entry.occurrence == occurrence; };
  const auto in_run =
      std::find_if(run_.begin() + static_cast<std::ptrdiff_t>(next_), run_.end(), is_it);
  if (in_run != run_.end()) {
    run_.erase(in_run);
    return true;
  }
  const auto in_top = std::find_if(top_.begin(), top_.end(), is_it);
  if (in_top != top_.end()) {
    top_.erase(in_top);
    return true;
  }
  for (std::uint64_t bucket = first_; in_rung_ > 0 && bucket < buckets_; ++bucket) {
    for (std::uint32_t* link = &heads_[bucket]; *link != 0; link = &nodes_[*link].next) {
      const std::uint32_t node = *link;
      if (!is_it(nodes_[node].entry)) continue;
      *link = std::exchange(nodes_[node].next, free_);
      free_ = node;
      --in_rung_;
      return true;
    }
  }
  return false;
}

const AgendaEntry& Ladder::operator[](std::size_t index) const {
  std::size_t left = index;
  if (left < run_.size() - next_) return run_[next_ + left];
  left -= run_.size() - next_;
  if (left < top_.size()) return top_[left];
  left -= top_.size();
  for (std::uint64_t bucket = first_;; ++bucket) {
    ONCEWARD_ASSERT(bucket < buckets_);
    for (std::uint32_t node = heads_[bucket]; node != 0; node = nodes_[node].next) {
      if (left-- == 0) return nodes_[node].entry;
    }
  }
}

}  // namespace onceward::sim
