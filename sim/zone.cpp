#include "sim/zone.hpp"

#include <algorithm>

#include "sim/assert.hpp"

namespace onceward::sim {
namespace {

constexpr std::size_t kNow = 0;
constexpr std::size_t kRoom = 4;  // rows at first; doubled when full
// No bound. Far enough below the end of the type that two of them can be added.
constexpr std::int64_t kUnbounded = kForever.count() / 4;

std::int64_t sum(std::int64_t a, std::int64_t b) {
  return a >= kUnbounded || b >= kUnbounded ? kUnbounded : a + b;
}

}  // namespace

const Site kCompareInstants("compare instants");

bool Heeded::has(const Site& site) const {
  if (all) return true;
  return std::any_of(places.begin(), places.end(),
                     [&](const Place& place) { return place.site == &site; });
}

Zone::Zone() : room_(kRoom), bounds_(kRoom * kRoom) { names_.emplace_back(); }

std::size_t Zone::find(const Occurrence& occurrence) const {
  std::size_t row = names_.size() - 1;
  while (row > 0 && names_[row].occurrence != &occurrence) --row;
  return row;
}

std::size_t Zone::find(std::uint32_t step) const {
  std::size_t row = names_.size() - 1;
  while (row > 0 && (names_[row].occurrence != nullptr || names_[row].step != step)) --row;
  return row;
}

std::size_t Zone::add_row(const Name& name) {
  const std::size_t row = names_.size();
  if (row == room_) {
    const std::size_t old = room_;
    room_ *= 2;
    Vector<std::int64_t> larger(room_ * room_);
    for (std::size_t a = 0; a < row; ++a) {
      for (std::size_t b = 0; b < row; ++b) larger[a * room_ + b] = bounds_[a * old + b];
    }
    bounds_.swap(larger);
  }
  names_.push_back(name);
  bound(row, row) = 0;
  return row;
}

// The last row takes its place.
void Zone::drop_row(std::size_t row) {
  const std::size_t last = names_.size() - 1;
  if (row != last) {
    for (std::size_t i = 0; i < last; ++i) {
      bound(row, i) = bound(last, i);
      bound(i, row) = bound(i, last);
    }
    bound(row, row) = 0;
    names_[row] = names_[last];
  }
  names_.pop_back();
}

void Zone::add(const Occurrence& occurrence, std::uint32_t now) {
  if (!possible_) return;
  ONCEWARD_ASSERT(find(occurrence) == 0);
  const auto row_of = [&](std::uint32_t step) { return step == now ? kNow : find(step); };
  const auto is_known = [&](std::uint32_t step) { return step == now || find(step) != 0; };
  const std::size_t row = add_row({&occurrence, 0});
  for (std::size_t i = 0; i < row; ++i) bound(row, i) = bound(i, row) = kUnbounded;
  tighten(kNow, row, 0);
  if (is_known(occurrence.floor_step)) {
    tighten(row_of(occurrence.floor_step), row, -occurrence.window.earliest.count());
  }
  if (occurrence.window.latest != kForever && is_known(occurrence.since_step)) {
    tighten(row, row_of(occurrence.since_step), occurrence.window.latest.count());
  }
}

void Zone::remove(const Occurrence& occurrence) {
  if (const std::size_t row = find(occurrence); row != 0) drop_row(row);
}

void Zone::happen(const Occurrence& occurrence) {
  if (!possible_) return;
  if (const std::size_t row = find(occurrence); row != 0) {
    come_first(row);
  } else {
    pass_time();
  }
}

// What is in `row` comes no later than any other occurrence, and is now.
void Zone::come_first(std::size_t row) {
  const std::size_t size = names_.size();
  for (std::size_t i = 0; i < size; ++i) {
    std::int64_t least = bound(row, i);
    for (std::size_t j = 0; j < size; ++j) {
      if (names_[j].occurrence != nullptr) least = std::min(least, bound(j, i));
    }
    bound(row, i) = least;
  }
  possible_ = bound(row, row) >= 0;
  if (!possible_) return;
  bound(row, row) = 0;
  for (std::size_t a = 0; a < size; ++a) {
    if (a == row) continue;
    for (std::size_t b = 0; b < size; ++b) {
      if (a != b) bound(a, b) = std::min(bound(a, b), sum(bound(a, row), bound(row, b)));
    }
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (i == row) continue;
    bound(kNow, i) = bound(row, i);
    bound(i, kNow) = bound(i, row);
  }
  bound(kNow, kNow) = 0;
  drop_row(row);
}

// Now is later by any time, up to the latest instant of what is pending.
void Zone::pass_time() {
  for (std::size_t i = 1; i < names_.size(); ++i) {
    std::int64_t least = kUnbounded;
    for (std::size_t j = 1; j < names_.size(); ++j) {
      if (names_[j].occurrence != nullptr) least = std::min(least, bound(j, i));
    }
    bound(kNow, i) = least;
  }
}

void Zone::keep(std::uint32_t step) {
  if (!possible_ || find(step) != 0) return;
  const std::size_t row = add_row({nullptr, step});
  for (std::size_t i = 0; i < row; ++i) {
    bound(row, i) = bound(kNow, i);
    bound(i, row) = bound(i, kNow);
  }
}

void Zone::assume(std::uint32_t a, std::uint32_t b, std::int64_t most) {
  const std::size_t first = find(a);
  const std::size_t second = find(b);
  if (first != 0 && second != 0) tighten(first, second, most);
}

void Zone::tighten(std::size_t a, std::size_t b, std::int64_t most) {
  if (!possible_ || bound(a, b) <= most) return;
  if (sum(bound(b, a), most) < 0) {
    possible_ = false;
    return;
  }
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const std::int64_t to_a = sum(bound(i, a), most);
    for (std::size_t j = 0; j < names_.size(); ++j) {
      if (i != j) bound(i, j) = std::min(bound(i, j), sum(to_a, bound(b, j)));
    }
  }
}

void Zone::fingerprint(Hasher& hasher, const Hasher::Met& met) const {
  std::vector<std::size_t> rows = {kNow};
  for (const Occurrence* occurrence : met.occurrences) {
    if (const std::size_t row = find(*occurrence); row != 0) rows.push_back(row);
  }
  for (const std::uint32_t step : met.steps) {
    if (const std::size_t row = find(step); row != 0) rows.push_back(row);
  }
  hasher.add(rows.size());
  for (const std::size_t a : rows) {
    for (const std::size_t b : rows) hasher.add(static_cast<std::uint64_t>(bound(a, b)));
  }
}

void Zone::forget_all_but(const Hasher::Met& met) {
  for (std::size_t row = names_.size() - 1; row > 0; --row) {
    if (names_[row].occurrence == nullptr && !met.has(names_[row].step)) drop_row(row);
  }
}

}  // namespace onceward::sim
