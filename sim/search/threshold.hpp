// At which values of one number a design holds, and at which it breaks: a search over the values,
// each of which somebody else judges.
//
//   const Threshold found = find_threshold(start, {1, 1'000'000}, {1},
//                                          [](std::int64_t value) { return judge(value); });
//
// Nothing is known about the number but the answers at the values tried. So what is said about
// values between two that were tried and agree is a guess, and where answers change is exact: the
// two values are neighbours (unless `Threshold::exact` denies it).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace onceward::sim {

enum class Answer : std::uint8_t { holds, breaks, undecided };
// "holds", "breaks", "undecided".
[[nodiscard]] const char* to_text(Answer answer);

// The values that may be tried, both ends included. No other is ever judged.
struct ValueRange {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

// Values that were tried, with none of another answer between them.
struct Stretch {
  Answer answer = Answer::undecided;
  std::int64_t first = 0;
  std::int64_t last = 0;
};

struct TriedValue {
  std::int64_t value = 0;
  Answer answer = Answer::undecided;
};

struct Threshold {
  std::vector<TriedValue> tried;   // in the order of the values
  std::vector<Stretch> stretches;  // the decided ones, in that order; two in a row differ
  // Each stretch ends where the next one begins: their values there are neighbours.
  bool exact = true;

  // Whether the answer changes at one place at most.
  [[nodiscard]] bool is_monotone() const { return stretches.size() <= 2; }
};

// How far from the value it begins with it looks for the other answer: that value doubled and
// halved so many times, then the ends of the range, but not above `kFarthest` doublings.
inline constexpr int kDoublings = 10;
inline constexpr int kFarthest = 20;
// How many changes of the answer it narrows to neighbours.
inline constexpr std::size_t kChanges = 4;

// The search, always the same for the same answers:
//
// 1. it doubles and halves `start` until both answers were seen;
// 2. it bisects between them, over multiples of each of `units` in turn, and looks at the
//    neighbours of what it arrives at, because most thresholds are a round value's;
// 3. it tries some values between and beyond, and bisects wherever answers change there.
//
// It goes no farther up, or down, than the first value there without an answer, as larger designs
// seldom take less work; and where bisecting meets such a value the change is left as it is.
//
// REQUIRES: `range` contains `start` and nothing below 0; `units` fall, and their last one is 1.
[[nodiscard]] Threshold find_threshold(std::int64_t start, ValueRange range,
                                       const std::vector<std::int64_t>& units,
                                       const std::function<Answer(std::int64_t)>& judge);

}  // namespace onceward::sim
