// 128-bit hashes: causal ids, fingerprints and digests.
//
// The function is XXH3-128 over words in native (little-endian) order, so a hash is the same on
// every run, build type and compiler. Hashes are comparable only within one engine version.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/arena.hpp"
#include "sim/heap_check.hpp"

namespace onceward::sim {

class Occurrence;

struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const Hash128&) const = default;
  // For sums of hashes, in which order says nothing.
  Hash128& operator+=(const Hash128& other) {
    high += other.high;
    low += other.low;
    return *this;
  }
};

// 32 lower-case hexadecimal digits, and back. `parse_hash` answers false for anything else.
[[nodiscard]] std::string to_text(const Hash128& hash);
[[nodiscard]] bool parse_hash(std::string_view text, Hash128& hash);

[[nodiscard]] Hash128 hash_bytes(std::string_view bytes);

// The hash of (`parent`, `site`, `n`): how causal ids are made (DESIGN 3.3).
[[nodiscard]] Hash128 derive(const Hash128& parent, const Hash128& site, std::uint64_t n);

class StateHash;

// Accumulates words; `finish` may be called once. The order of words matters; put a count before a
// list, so that two lists never read as one.
class Hasher {
 public:
  enum class Ids : std::uint8_t {
    renamed,  // minted and ranked numbers count by their order, as below
    raw,      // by their value: for what is hashed apart from the places that hold the same ones
    none,     // not at all: for comparing what may differ in the order in which they appear
  };
  // `renames_keys`: a key for which others may stand (sim::Value) counts as a minted id.
  explicit Hasher(Ids ids = Ids::renamed, bool renames_keys = false)
      : ids_(ids), renames_keys_(renames_keys) {
    words_[0] = words_[1] = 0;
  }
  // Of the next share of a state: sets are hashed in parts of `whole`, which knows how ids and
  // numbers appear in all of them. `StateHash::end_share` ends it.
  explicit Hasher(StateHash& whole);

  void add(std::uint64_t word) {
    if (used_ == words_.size()) fold();
    words_[used_++] = word;
  }
  void add(const Hash128& hash) {
    add(hash.high);
    add(hash.low);
  }
  void add_text(std::string_view text);

  // Adds an identifier minted in a run. Its value says nothing about the future, only which places
  // hold the same one, so it counts by the order in which the ids first appear.
  void add_minted(std::uint64_t id);

  // Adds what stands for how something came about, ids made in the run included.
  void add_history(const Hash128& hash) {
    if (ids_ != Ids::none) add(hash);
  }

  // Adds a number of which only the order matters (an instant, a sequence value): at its first
  // appearance it counts by its rank among those seen, afterwards as a minted id does.
  void add_ranked(std::uint64_t number);

  // Adds the things of a list whose order says nothing, each as `add_thing(hasher, thing)` does.
  // A set within a thing of a set is taken in the order of what its own say without ids.
  template <class List, class AddThing>
  void add_set(const List& things, const AddThing& add_thing) {
    add(things.size());
    if (whole_ != nullptr && !is_part_ && met_ == nullptr) {
      for (const auto& thing : things) {
        Hasher part(*whole_, place());
        add_thing(part, thing);
        part.finish_part();
      }
      return;
    }
    if (things.size() < 2) {
      for (const auto& thing : things) add_thing(*this, thing);
      return;
    }
    const OutsideStep gate;
    std::vector<std::pair<Hash128, decltype(&*things.begin())>> sorted;
    for (const auto& thing : things) {
      Hasher content(Ids::none, renames_keys_);
      add_thing(content, thing);
      sorted.emplace_back(content.finish(), &thing);
    }
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [content, thing] : sorted) add_thing(*this, *thing);
  }

  // What the state being hashed refers to that has a place in time, in the order met: listed for
  // whoever asked with `list_met`, without effect on the hash.
  struct Met {
    std::vector<const Occurrence*> occurrences;
    std::vector<std::uint32_t> steps;  // each once
    [[nodiscard]] bool has(std::uint32_t step) const;
  };
  void list_met(Met& met) { met_ = &met; }
  void meet(const Occurrence& occurrence) {
    if (met_ != nullptr) met_->occurrences.push_back(&occurrence);
  }
  void meet_step(std::uint32_t step) {
    if (met_ != nullptr && !met_->has(step)) met_->steps.push_back(step);
  }

  [[nodiscard]] bool renames_keys() const { return renames_keys_; }

  // What is added is read in the memory of `owner` as well. What a process or component adds is
  // taken over from a state before for as long as its own memory, and that of all whom it looked
  // into, is as it was then. What never changes while a run lasts (a name, a number) needs no word.
  void look_into(OwnerId owner);

  [[nodiscard]] Hash128 finish();

 private:
  friend class StateHash;
  Hasher(StateHash& whole, std::uint64_t place);
  void fold();
  void finish_part();
  // How many words were added.
  [[nodiscard]] std::uint64_t place() const { return folds_ * words_.size() + used_; }

  static constexpr std::size_t kCarried = 2;  // words that hold the hash so far
  // Numbers seen so far. A full list makes the key finer (states may count as different), never
  // coarser.
  struct Seen {
    std::array<std::uint64_t, 48> numbers;  // read below `count` only
    std::size_t count = 0;
    [[nodiscard]] std::size_t find(std::uint64_t number) const;
  };

  // Read below `used_` only. So many bytes are hashed without what longer inputs are prepared with.
  std::array<std::uint64_t, 30> words_;
  std::size_t used_ = kCarried;
  std::uint64_t folds_ = 0;
  Ids ids_ = Ids::renamed;
  bool renames_keys_ = false;
  bool is_part_ = false;
  Seen minted_;
  Seen ranked_;
  Met* met_ = nullptr;
  StateHash* whole_ = nullptr;
};

// The hash of a state, made of parts whose order says nothing: what a share hashes in a row, and
// each thing of each of its sets. Equal for two states that differ only in the values of their
// minted ids and, by a mapping that keeps their order, of their ranked numbers.
//
// A share is what one owner adds. It follows from the memory of those whom it rests on; where that
// is as it was in a state before, the share of that state is taken over.
//
// The names are told apart by where they appear, in rounds (colour refinement, Weisfeiler and Leman
// 1968); those that look alike are then taken one after the other. Where that is not enough the
// same state may have several hashes; different states never have one.
class StateHash {
  // Of the names of a state so many are the part's, after those of all parts before: minted, then
  // ranked.
  struct Part {
    Hash128 content;
    std::uint32_t minted;
    std::uint32_t ranked;
    bool operator==(const Part&) const = default;
  };
  struct Name {
    std::uint64_t name;
    std::uint64_t color;  // of this place in a part of this content
    bool operator==(const Name&) const = default;
  };
  struct Share {
    OwnerSet rests_on;
    Hash128 nameless;     // the sum of the parts in which no name appears
    std::uint32_t count;  // of these
    std::uint32_t parts;  // where its others end among all of the state
    std::uint32_t names;  // where theirs end
  };

 public:
  // The shares of a state, in the order in which they were added.
  class Shares {
   public:
    // The first that differs from the one of `other` in its place; their number: none.
    [[nodiscard]] std::size_t mismatch(const Shares& other) const;
    [[nodiscard]] std::size_t size() const { return shares_.size(); }

   private:
    friend class StateHash;
    friend class Hasher;
    [[nodiscard]] Share end_before(std::size_t share) const;
    void clear();

    std::vector<Share> shares_;
    std::vector<Part> parts_;
    std::vector<Name> names_;  // by appearance
  };

  explicit StateHash(bool renames_keys = false) : renames_keys_(renames_keys) {}
  [[nodiscard]] bool renames_keys() const { return renames_keys_; }

  // Another state, of which no share is known yet.
  void begin();
  // Ends the share for which `hasher` was made.
  void end_share(Hasher& hasher);
  // The next share is as in `before`, if it rests on none but `unchanged` ones; false: it is not.
  bool take_over(const Shares& before, const OwnerSet& unchanged);
  [[nodiscard]] const Shares& shares() const { return shares_; }

  // The hash of all shares.
  [[nodiscard]] Hash128 finish();

 private:
  friend class Hasher;

  void number_names();
  void tell_apart();
  void refine();
  [[nodiscard]] Hash128 sum() const;
  // The place of `name` among `names`, to which it is added if it is new.
  [[nodiscard]] std::uint32_t place_of(std::uint64_t name, std::vector<std::uint64_t>& names);

  bool renames_keys_;
  Shares shares_;
  Share next_{};                        // being added
  std::vector<std::uint32_t> numbers_;  // by appearance: its place among the minted or the ranked
  std::vector<std::uint64_t> minted_;   // each once
  std::vector<std::uint64_t> ranked_;   // each once
  std::vector<std::uint32_t> slots_;    // where in one of the two a name is, and 1; 0: free
  std::vector<std::uint64_t> colors_;   // by place among the minted
  std::vector<std::uint64_t> refined_;
  std::vector<std::uint32_t> alike_;    // places among the minted whose color others have too
  std::vector<std::uint8_t> is_alike_;  // by place among the minted
  std::vector<std::uint32_t> ranks_;    // by place: first of the minted, then of the ranked
};

// A state of a world, and what was worked out for its hash if that was asked for.
struct SavedState {
  Arena::Snapshot memory;
  StateHash::Shares shares;
};

}  // namespace onceward::sim
