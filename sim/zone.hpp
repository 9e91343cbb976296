// All timings that agree with what has happened so far, as a difference-bound matrix over the
// instants that still matter: now, those of pending occurrences, and those that were kept.
//
// Each entry bounds a difference of two instants from above, in nanoseconds; the matrix is kept
// closed (no bound follows from others that is tighter), so two equal sets of timings are equal
// matrices. An order of occurrences passes through non-empty zones exactly if instants exist that
// agree with every window on it: these are the state classes of time Petri nets (Berthomieu and
// Diaz, 1991), and what `solve` (timing.hpp) finds for a whole path at once.
//
// An occurrence that is not added may happen at any time and forces nobody. Lives in the arena.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/containers.hpp"
#include "sim/occurrence.hpp"

namespace onceward::sim {

// Where instants taken in a run are compared.
extern const Site kCompareInstants;

// Which windows a search keeps (DESIGN 3.2): none is `timing: any`, all is `timing: windows`. What
// holds for every timing of those kept holds for every timing of all.
struct Heeded {
  struct Place {
    const Site* site;
    std::string what;  // the window, for people
  };
  bool all = false;
  std::vector<Place> places;  // in the order in which they turned out to matter

  [[nodiscard]] bool has(const Site& site) const;
  [[nodiscard]] bool none() const { return !all && places.empty(); }
};

class Zone {
 public:
  Zone();

  // False: no timing is left; whatever is asked afterwards means nothing.
  [[nodiscard]] bool possible() const { return possible_; }

  // `occurrence` became pending in the step `now`. It happens as its window says after the steps
  // that the ends count from; an end that counts from a past step that is not kept is open.
  void add(const Occurrence& occurrence, std::uint32_t now);
  // It does not happen; it had not been due. No effect on one that was not added.
  void remove(const Occurrence& occurrence);
  // It happens, before all others that were added, and now is its instant. One that was not added
  // happens at any instant that forces nobody else.
  void happen(const Occurrence& occurrence);

  // Keeps the instant of now as that of step `step`, for floors and comparisons.
  void keep(std::uint32_t step);
  // From now on: instant of step `a` - instant of step `b` <= `bound`. Without effect if one of
  // them is not kept.
  void assume(std::uint32_t a, std::uint32_t b, std::int64_t bound);
  [[nodiscard]] bool keeps(std::uint32_t step) const { return find(step) != 0; }

  // Adds the bounds between what `met` lists, in its order; nothing else is part of a state.
  void fingerprint(Hasher& hasher, const Hasher::Met& met) const;
  // Forgets kept instants that are not listed: nothing refers to them any more.
  void forget_all_but(const Hasher::Met& met);

  // How many instants it is about, now included.
  [[nodiscard]] std::size_t size() const { return names_.size(); }

 private:
  // What a row and column stand for. The first one is now.
  struct Name {
    const Occurrence* occurrence = nullptr;
    std::uint32_t step = 0;
  };

  [[nodiscard]] std::int64_t& bound(std::size_t a, std::size_t b) { return bounds_[a * room_ + b]; }
  [[nodiscard]] std::int64_t bound(std::size_t a, std::size_t b) const {
    return bounds_[a * room_ + b];
  }
  [[nodiscard]] std::size_t find(const Occurrence& occurrence) const;
  [[nodiscard]] std::size_t find(std::uint32_t step) const;  // 0: not kept
  std::size_t add_row(const Name& name);
  void drop_row(std::size_t row);
  void tighten(std::size_t a, std::size_t b, std::int64_t most);
  void come_first(std::size_t row);
  void pass_time();

  std::size_t room_;  // rows and columns that `bounds_` has place for
  Vector<std::int64_t> bounds_;
  Vector<Name> names_;
  bool possible_ = true;
};

}  // namespace onceward::sim
