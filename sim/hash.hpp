// 128-bit hashes: causal ids, fingerprints and digests.
//
// The function is XXH3-128 over words in native (little-endian) order, so a hash is the same on
// every run, build type and compiler. Hashes are comparable only within one engine version.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace onceward::sim {

class Occurrence;

struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const Hash128&) const = default;
};

// 32 lower-case hexadecimal digits, and back. `parse_hash` answers false for anything else.
[[nodiscard]] std::string to_text(const Hash128& hash);
[[nodiscard]] bool parse_hash(std::string_view text, Hash128& hash);

[[nodiscard]] Hash128 hash_bytes(std::string_view bytes);

// The hash of (`parent`, `site`, `n`): how causal ids are made (DESIGN 3.3).
[[nodiscard]] Hash128 derive(const Hash128& parent, const Hash128& site, std::uint64_t n);

// Accumulates words; `finish` may be called once. The order of words matters; put a count before a
// list, so that two lists never read as one.
class Hasher {
 public:
  enum class Ids : std::uint8_t {
    renamed,  // minted and ranked numbers count by their order, as below
    raw,      // by their value: for what is hashed apart from the places that hold the same ones
    none,     // not at all: for comparing what may differ in the order in which they appear
  };
  explicit Hasher(Ids ids = Ids::renamed) : ids_(ids) {}

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

  [[nodiscard]] Hash128 finish();

  // Whether a number was added that counts by its order.
  [[nodiscard]] bool has_renamed() const { return minted_.count + ranked_.count > 0; }

 private:
  void fold();

  static constexpr std::size_t kCarried = 2;  // words that hold the hash so far
  // Numbers seen so far. A full list makes the key finer (states may count as different), never
  // coarser.
  struct Seen {
    std::array<std::uint64_t, 48> numbers;  // read below `count` only
    std::size_t count = 0;
    [[nodiscard]] std::size_t find(std::uint64_t number) const;
  };

  std::array<std::uint64_t, 34> words_{};
  std::size_t used_ = kCarried;
  Ids ids_;
  Seen minted_;
  Seen ranked_;
  Met* met_ = nullptr;
};

}  // namespace onceward::sim
