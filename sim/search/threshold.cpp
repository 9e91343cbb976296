#include "sim/search/threshold.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "sim/assert.hpp"

namespace onceward::sim {
namespace {

// `value * factor`, or the greatest number there is. REQUIRES: neither is negative.
std::int64_t times(std::int64_t value, std::int64_t factor) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  return factor != 0 && value > kMost / factor ? kMost : value * factor;
}

class ValueSearch {
 public:
  ValueSearch(std::int64_t start, ValueRange range, const std::vector<std::int64_t>& units,
              const std::function<Answer(std::int64_t)>& judge)
      : start_(start), range_(range), units_(units), judge_(judge) {}

  Threshold run() {
    ask(start_);
    widen();
    narrow_all();
    if (holds_ || breaks_) spread();
    narrow_all();
    return result();
  }

 private:
  Answer ask(std::int64_t value) {
    if (const auto known = answers_.find(value); known != answers_.end()) return known->second;
    const Answer answer = judge_(value);
    answers_.emplace(value, answer);
    (answer == Answer::holds ? holds_ : breaks_) |= answer != Answer::undecided;
    if (answer == Answer::undecided && value > start_) too_high_ = std::min(too_high_, value);
    if (answer == Answer::undecided && value < start_) too_low_ = std::max(too_low_, value);
    return answer;
  }

  [[nodiscard]] bool both_seen() const { return holds_ && breaks_; }

  // Asks a value, or the end of the range that is nearest, but none beyond one without an answer.
  void look_at(std::int64_t value) {
    value = std::clamp(value, range_.least, range_.most);
    if (value < too_high_ && value > too_low_) ask(value);
  }

  // 0 stays 0, however often it is doubled.
  [[nodiscard]] std::int64_t base() const { return std::max<std::int64_t>(start_, 1); }

  void widen() {
    for (int k = 1; k <= kDoublings && !both_seen(); ++k) {
      look_at(times(base(), std::int64_t{1} << k));
      if (!both_seen()) look_at(base() >> k);
    }
    if (!both_seen()) look_at(range_.least);
    if (!both_seen()) look_at(times(base(), std::int64_t{1} << kFarthest));
  }

  // Two neighbours among the values tried, whose answers differ and are no neighbours as numbers.
  struct Change {
    std::int64_t below;
    std::int64_t above;
  };
  [[nodiscard]] std::optional<Change> wide_change() const {
    for (auto above = answers_.begin(), below = above++; above != answers_.end(); below = above++) {
      const bool decided = below->second != Answer::undecided && above->second != Answer::undecided;
      if (!decided || below->second == above->second) continue;
      if (above->first - below->first > 1) return Change{below->first, above->first};
    }
    return std::nullopt;
  }

  void narrow_all() {
    for (; narrowed_ < kChanges; ++narrowed_) {
      const std::optional<Change> change = wide_change();
      if (!change) return;
      narrow(*change);
    }
  }

  // The multiple of `unit` nearest to the middle that is strictly between, if there is one.
  static std::optional<std::int64_t> middle(const Change& change, std::int64_t unit) {
    std::int64_t value = (change.below + (change.above - change.below) / 2) / unit * unit;
    if (value <= change.below) value = times(value / unit + 1, unit);
    if (value >= change.above) return std::nullopt;
    return value;
  }

  // Puts `value` in the place of that end whose answer it has. False: it has none.
  bool take(Change& change, std::int64_t value) {
    const Answer answer = ask(value);
    if (answer == Answer::undecided) return false;
    (answer == answers_.at(change.below) ? change.below : change.above) = value;
    return true;
  }

  void narrow(Change change) {
    for (const std::int64_t unit : units_) {
      while (const std::optional<std::int64_t> value = middle(change, unit)) {
        if (!take(change, *value)) return;
      }
      const auto is_round = [&](std::int64_t value) { return value % unit == 0; };
      if (change.above - change.below > 1 && is_round(change.below)) {
        if (!take(change, change.below + 1)) return;
      }
      if (change.above - change.below > 1 && is_round(change.above)) {
        if (!take(change, change.above - 1)) return;
      }
    }
  }

  // In quarters of the value at which the answer first changes, or of the one it began with; the
  // steps between are none that doubling takes.
  void spread() {
    const std::int64_t pivot = first_change();
    const std::int64_t quarter = std::max<std::int64_t>(pivot / 4, 1);
    look_at(range_.least);
    for (const std::int64_t quarters : {3, 2, 1}) look_at(quarter * quarters);
    for (const std::int64_t quarters : {5, 6, 8, 12, 16, 64, 4096}) {
      look_at(times(quarter, quarters));
    }
  }

  [[nodiscard]] std::int64_t first_change() const {
    const auto differs = [](const auto& one, const auto& next) {
      return one.second != Answer::undecided && next.second != Answer::undecided &&
             one.second != next.second;
    };
    const auto change = std::adjacent_find(answers_.begin(), answers_.end(), differs);
    return change == answers_.end() ? base() : std::next(change)->first;
  }

  [[nodiscard]] Threshold result() const {
    Threshold threshold;
    for (const auto& [value, answer] : answers_) {
      threshold.tried.push_back({value, answer});
      if (answer == Answer::undecided) continue;
      std::vector<Stretch>& stretches = threshold.stretches;
      if (stretches.empty() || stretches.back().answer != answer) {
        threshold.exact &= stretches.empty() || value - stretches.back().last == 1;
        stretches.push_back({answer, value, value});
      }
      stretches.back().last = value;
    }
    return threshold;
  }

  std::int64_t start_;
  ValueRange range_;
  const std::vector<std::int64_t>& units_;
  const std::function<Answer(std::int64_t)>& judge_;
  std::map<std::int64_t, Answer> answers_;
  bool holds_ = false;
  bool breaks_ = false;
  // The values without an answer that are nearest to the first one.
  std::int64_t too_high_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t too_low_ = -1;
  std::size_t narrowed_ = 0;
};

}  // namespace

const char* to_text(Answer answer) {
  static constexpr const char* kTexts[] = {"holds", "breaks", "undecided"};
  return kTexts[static_cast<std::size_t>(answer)];
}

Threshold find_threshold(std::int64_t start, ValueRange range,
                         const std::vector<std::int64_t>& units,
                         const std::function<Answer(std::int64_t)>& judge) {
  ONCEWARD_ASSERT(range.least >= 0 && range.least <= start && start <= range.most);
  ONCEWARD_ASSERT(!units.empty() && units.back() == 1);
  return ValueSearch(start, range, units, judge).run();
}

}  // namespace onceward::sim
