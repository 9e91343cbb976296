// Pending occurrences of the further future, for worlds with many of them: a ladder queue with one
// rung (Tang, Goh and Thng, ACM TOMACS 2005), so that adding and taking one costs the same however
// many there are.
//
// Entries before the horizon are in the run, sorted, or elsewhere (agenda.hpp); the others are
//   in the rung   a row of buckets that cover equal stretches of time from the horizon on, or
//   in the top    those after the last bucket, in no order.
// When the run is used up, the first bucket that is not empty becomes the run, and the horizon
// moves past it. When the rung is empty, one is made that fits what is in the top. A top whose
// entries came in their order (timers of one length, messages that all take as long) needs no
// buckets.
//
// The order is that of (instant, tie) alone, whichever way an entry takes.
#pragma once

#include <cstdint>

#include "sim/containers.hpp"
#include "sim/occurrence.hpp"

namespace onceward::sim {

struct AgendaEntry {
  std::int64_t instant;
  std::uint64_t tie;
  Occurrence* occurrence;

  [[nodiscard]] bool before(const AgendaEntry& other) const {
    if (instant != other.instant) return instant < other.instant;
    return tie < other.tie;
  }
};

class Ladder : public InArena {
 public:
  [[nodiscard]] std::size_t size() const { return run_.size() - next_ + top_.size() + in_rung_; }

  // Whether an entry of this instant belongs here.
  [[nodiscard]] bool takes(std::int64_t instant) const { return open_ && instant >= horizon_; }
  // REQUIRES: takes(entry.instant).
  void add(const AgendaEntry& entry) {
    if (const std::uint64_t bucket = bucket_of(entry.instant); bucket < buckets_) {
      add_to_bucket(bucket, entry);
    } else {
      top_sorted_ = top_sorted_ && (top_.empty() || top_.back().before(entry));
      top_.push_back(entry);
    }
  }
  // Adds all of `earlier`, whose instants it did not take, and clears it; the horizon is set anew.
  // Linear in all that is pending.
  void add_earlier(Vector<AgendaEntry>& earlier);

  [[nodiscard]] bool has_run() const { return next_ < run_.size(); }
  // The first entry. REQUIRES: has_run().
  [[nodiscard]] const AgendaEntry& first() const { return run_[next_]; }
  void take_first() { ++next_; }
  // Makes a run of what comes next. REQUIRES: no run, but something pending.
  void make_run();
  // Takes nothing from now on, until the next `add_earlier`. REQUIRES: nothing pending.
  void close() { open_ = false; }

  // False: it is not here. Linear.
  bool remove(const Occurrence* occurrence);
  // All entries, the first one of the run first, then in some order. Linear.
  [[nodiscard]] const AgendaEntry& operator[](std::size_t index) const;

 private:
  struct Node {
    AgendaEntry entry;
    std::uint32_t next;  // added to its bucket before it; 0: none
  };

  [[nodiscard]] std::uint64_t bucket_of(std::int64_t instant) const {
    return (static_cast<std::uint64_t>(instant) - static_cast<std::uint64_t>(start_)) >> shift_;
  }
  // In front of the others: their latest comes first.
  void add_to_bucket(std::uint64_t bucket, const AgendaEntry& entry) {
    std::uint32_t node = free_;
    if (node != 0) {
      free_ = nodes_[node].next;
    } else {
      node = static_cast<std::uint32_t>(nodes_.size());
      nodes_.emplace_back();
    }
    nodes_[node] = {entry, heads_[bucket]};
    heads_[bucket] = node;
    ++in_rung_;
  }
  void make_rung();
  void take_bucket();
  void set_horizon(std::uint64_t instant);

  bool open_ = false;
  std::int64_t horizon_ = 0;
  Vector<AgendaEntry> run_;
  std::size_t next_ = 0;  // of the run
  Vector<AgendaEntry> top_;
  bool top_sorted_ = true;
  // The rung: bucket i begins at start_ + (i << shift_); those before first_ are used up.
  std::int64_t start_ = 0;
  std::uint32_t shift_ = 0;
  std::uint64_t buckets_ = 0;
  std::uint64_t first_ = 0;
  std::size_t in_rung_ = 0;
  Vector<std::uint32_t> heads_;  // the latest node of each bucket; 0: none
  Vector<Node> nodes_;           // the first one is none
  std::uint32_t free_ = 0;
};

}  // namespace onceward::sim
