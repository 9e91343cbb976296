// The answerers of choices: first options, scripts, seeded draws, recorded tapes.
#pragma once

#include <map>
#include <optional>
#include <tuple>

#include "sim/choice.hpp"
#include "sim/random.hpp"

namespace onceward::sim {

// Answers a given list of indices, then option 0; remembers what it was asked.
class ScriptedSource final : public ChoiceSource {
 public:
  struct Made {
    std::uint32_t index;
    std::uint32_t arity;
    ChoiceKind kind;
  };

  void follow(const std::vector<std::uint32_t>& script) {
    script_ = script;
    made_.clear();
  }
  std::uint32_t choose(const ChoicePoint& point) override;
  Duration draw(const Window& window) override { return window.earliest; }

  [[nodiscard]] const std::vector<Made>& made() const { return made_; }
  // Where the choice that fault options were offered at stands, and which faults they are.
  struct FaultOffer {
    std::size_t position;
    std::vector<FaultKind> kinds;  // by option, [0] is none
  };
  void note_faults(std::vector<FaultOffer>* offers) { offers_ = offers; }

 private:
  std::vector<std::uint32_t> script_;
  std::vector<Made> made_;
  std::vector<FaultOffer>* offers_ = nullptr;
};

// Draws everything from one seed. A fault that may strike does so once in `kFaultOdds` offers; a
// quarter of the instants is on an end of its window (DESIGN 3.2); where a window has no upper end,
// the delay is mostly none and otherwise up to a minute.
class SeededSource final : public ChoiceSource {
 public:
  explicit SeededSource(std::uint64_t seed) : random_(seed) {}
  std::uint32_t choose(const ChoicePoint& point) override;
  Duration draw(const Window& window) override;
  std::uint32_t draw_tie() override { return static_cast<std::uint32_t>(random_.next() >> 32); }

 private:
  static constexpr std::uint64_t kFaultOdds = 16;
  Random random_;
};

// Passes choices to another source and records them.
class Recorder final : public ChoiceSource {
 public:
  explicit Recorder(ChoiceSource& source) : source_(source) {}
  std::uint32_t choose(const ChoicePoint& point) override;
  Duration draw(const Window& window) override { return source_.draw(window); }
  std::uint32_t draw_tie() override { return source_.draw_tie(); }
  [[nodiscard]] bool wants_decisions() const override { return true; }
  void decided(const ChoicePoint& point, std::uint32_t index) override { record(point, index); }

  [[nodiscard]] Tape take() { return std::move(tape_); }

 private:
  void record(const ChoicePoint& point, std::uint32_t index);
  ChoiceSource& source_;
  Tape tape_;
};

// Answers from a tape and stops agreeing at the first difference.
class ReplaySource final : public ChoiceSource {
 public:
  explicit ReplaySource(const Tape& tape) : tape_(tape) {}
  std::uint32_t choose(const ChoicePoint& point) override;
  Duration draw(const Window& window) override { return window.earliest; }

  // What differs, with both sides; empty as long as the run follows the tape.
  [[nodiscard]] const std::string& divergence() const { return divergence_; }
  [[nodiscard]] bool at_end() const { return position_ == tape_.size(); }
  [[nodiscard]] std::size_t position() const { return position_; }

 private:
  const Tape& tape_;
  std::size_t position_ = 0;
  std::string divergence_;
};

// Follows parts of a tape as far as they fit a changed run (shrinking): the faults and values it
// keeps strike at the same (owner, site, n), or once at their site whoever comes there; occurrences
// in its order list happen in that order, all others by default.
class RelaxedSource final : public ChoiceSource {
 public:
  struct Plan {
    std::vector<TapeEntry> answers;  // fault, data and time choices other than option 0
    std::vector<Hash128> order;      // causal ids
    bool by_site = false;  // a crash left out changes the causal ids of all that came after it
  };
  explicit RelaxedSource(const Plan& plan);
  std::uint32_t choose(const ChoicePoint& point) override;
  Duration draw(const Window& window) override { return window.earliest; }

 private:
  std::uint32_t choose_order(const ChoicePoint& point);
  std::uint32_t choose_by_site(const ChoicePoint& point);

  using Key = std::tuple<ChoiceKind, Hash128, std::string, std::uint32_t>;
  std::map<Key, Hash128> answers_;
  std::vector<TapeEntry> once_;  // by site: those not given yet
  std::vector<Hash128> order_;
  std::map<Hash128, std::size_t> remaining_;  // how often an id is still to come in order_
  std::size_t next_ = 0;
};

}  // namespace onceward::sim
