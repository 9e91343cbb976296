// choose(): the only nondeterminism of a world (DESIGN 3.3).
//
// A choice has named options; option 0 is the most benign (no fault, the occurrence that comes
// first in time). Whoever answers is a ChoiceSource: a seeded generator, a search, a replayed tape
// or a shrinker. The state of a random generator belongs to the source, outside the arena.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/faults.hpp"
#include "sim/symbol.hpp"
#include "sim/time.hpp"

namespace onceward::sim {

enum class ChoiceKind : std::uint8_t { order, fault, data, time };
[[nodiscard]] const char* to_text(ChoiceKind kind);
[[nodiscard]] bool parse_choice_kind(std::string_view text, ChoiceKind& kind);

// What is being chosen, as seen by a ChoiceSource; alive only during the call.
class ChoicePoint {
 public:
  ChoiceKind kind = ChoiceKind::data;
  Hash128 owner;  // causal id of whose choice it is
  const Site* site = nullptr;
  std::uint32_t n = 0;      // the n-th choice of that owner at that site, from 0
  std::uint32_t arity = 0;  // >= 2

  // The name of option `index`: an occurrence's causal id, or the hash of a word or a value.
  [[nodiscard]] virtual Hash128 option_id(std::uint32_t index) const = 0;
  // The fault that option `index` costs, or FaultKind::none.
  [[nodiscard]] virtual FaultKind fault(std::uint32_t) const { return FaultKind::none; }
  // The option in words, for people.
  [[nodiscard]] virtual std::string option_text(std::uint32_t index) const = 0;

 protected:
  ~ChoicePoint() = default;
};

// A choice among values, each named by its text: `describe(i)`.
template <class Describe>
class ChoiceOfValue final : public ChoicePoint {
 public:
  ChoiceOfValue(ChoiceKind of, std::uint32_t count, const Describe& describe)
      : describe_(describe) {
    kind = of;
    arity = count;
  }
  [[nodiscard]] Hash128 option_id(std::uint32_t i) const override {
    return hash_bytes(describe_(i));
  }
  [[nodiscard]] std::string option_text(std::uint32_t i) const override { return describe_(i); }

 private:
  const Describe& describe_;
};

class ChoiceSource {
 public:
  virtual ~ChoiceSource() = default;
  // Returns the index of the chosen option, below `point.arity`. Called outside the step's heap
  // check; must not touch the world.
  virtual std::uint32_t choose(const ChoicePoint& point) = 0;
  // Under the sampled reading: an instant within `window`, counted from its start, and the order
  // among equal instants (lower first). Never called under `any`.
  virtual Duration draw(const Window& window) = 0;
  virtual std::uint32_t draw_tie() { return 0; }
  // Whether `decided` is to be told what drawn instants have decided (order and time choices).
  [[nodiscard]] virtual bool wants_decisions() const { return false; }
  virtual void decided(const ChoicePoint&, std::uint32_t /*index*/) {}
};

// One recorded choice. A run is the list of them; singletons are not recorded.
struct TapeEntry {
  ChoiceKind kind = ChoiceKind::data;
  Hash128 owner;
  std::string site;
  std::uint32_t n = 0;
  std::uint32_t arity = 0;
  Hash128 option;
  std::uint32_t index = 0;  // where the option stood; 0: the default. Not compared in replay.
  FaultKind fault = FaultKind::none;
  std::string text;  // the option in words; not compared in replay

  // Whether both are the same answer to the same question.
  [[nodiscard]] bool same_as(const TapeEntry& other) const {
    return kind == other.kind && owner == other.owner && site == other.site && n == other.n &&
           arity == other.arity && option == other.option;
  }
};

using Tape = std::vector<TapeEntry>;

}  // namespace onceward::sim
