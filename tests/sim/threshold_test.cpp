// The search over values, asked about functions whose answers are known.
#include "sim/search/threshold.hpp"

#include <rapidcheck/catch.h>

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <limits>
#include <vector>

namespace onceward::sim {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
const std::vector<std::int64_t> kTime = {60 * kSecond, kSecond, 1'000'000, 1'000, 1};
const std::vector<std::int64_t> kNumbers = {1};
constexpr ValueRange kAny{0, std::numeric_limits<std::int64_t>::max()};

Answer holds_if(bool holds) { return holds ? Answer::holds : Answer::breaks; }

// The values that were asked, in the order of the questions.
struct Asked {
  std::vector<std::int64_t> values;
  Threshold found;
};

template <class Judge>
Asked ask(std::int64_t start, ValueRange range, const std::vector<std::int64_t>& units,
          const Judge& judge) {
  Asked asked;
  asked.found = find_threshold(start, range, units, [&](std::int64_t value) {
    asked.values.push_back(value);
    return judge(value);
  });
  return asked;
}

std::string told(const Threshold& found) {
  std::string text;
  for (const Stretch& each : found.stretches) {
    text += std::string(text.empty() ? "" : ", ") + to_text(each.answer) + " " +
            std::to_string(each.first) + ".." + std::to_string(each.last);
  }
  return text;
}

TEST_CASE("the value at which the answer changes is found exactly, from wherever it begins",
          "[sim][threshold]") {
  rc::prop("both ways round", [](bool rises) {
    const auto bits = *rc::gen::inRange(1, 50);
    const std::int64_t change =
        1 + *rc::gen::resize(100, rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << bits));
    // Not farther away than the search looks.
    const std::int64_t start =
        *rc::gen::resize(100, rc::gen::inRange<std::int64_t>(change / 500, change * 500 + 1));
    const Asked asked = ask(start, kAny, kTime, [&](std::int64_t value) {
      return holds_if((value >= change) == rises);
    });
    RC_ASSERT(asked.found.exact);
    RC_ASSERT(asked.found.stretches.size() == 2U);
    RC_ASSERT(asked.found.stretches.front().last == change - 1);
    RC_ASSERT(asked.found.stretches.back().first == change);
    RC_ASSERT(asked.found.stretches.front().answer == holds_if(!rises));
  });
}

TEST_CASE("a round value is found with fewer questions than one that is not", "[sim][threshold]") {
  const auto questions = [](std::int64_t change) {
    return ask(kSecond, kAny, kTime, [&](std::int64_t value) { return holds_if(value > change); })
        .values.size();
  };
  CHECK(questions(600 * kSecond) <= 40);
  CHECK(questions(600 * kSecond) < questions(612'345'678'901));
  CHECK(questions(612'345'678'901) <= 80);
}

TEST_CASE("no value is asked twice, and none outside the range", "[sim][threshold]") {
  rc::prop("whatever the answers", [](const std::vector<std::uint8_t>& answers) {
    const std::int64_t least = *rc::gen::inRange<std::int64_t>(0, 100);
    const std::int64_t most = least + *rc::gen::inRange<std::int64_t>(0, 5'000);
    const std::int64_t start = *rc::gen::inRange<std::int64_t>(least, most + 1);
    Asked asked = ask(start, {least, most}, {60, 1}, [&](std::int64_t value) {
      if (answers.empty()) return Answer::holds;
      return Answer{
          static_cast<std::uint8_t>(answers[static_cast<std::size_t>(value) % answers.size()] % 3)};
    });
    RC_ASSERT(asked.values.front() == start);
    RC_ASSERT(asked.values.size() == asked.found.tried.size());
    std::sort(asked.values.begin(), asked.values.end());
    for (std::size_t i = 0; i < asked.values.size(); ++i) {
      RC_ASSERT(asked.values[i] == asked.found.tried[i].value);  // sorted, so each once
    }
    RC_ASSERT(asked.values.front() >= least);
    RC_ASSERT(asked.values.back() <= most);
  });
}

TEST_CASE("an answer that changes twice is not monotone, and both changes are exact",
          "[sim][threshold]") {
  const auto band = [](std::int64_t value) { return holds_if(value > 700 && value <= 90'000); };
  // It begins below, within and above what holds.
  for (const std::int64_t start : {500, 701, 3'000, 90'000, 100'000}) {
    INFO(start);
    const Threshold found = ask(start, kAny, kNumbers, band).found;
    CHECK_FALSE(found.is_monotone());
    CHECK(found.exact);
    REQUIRE(found.stretches.size() == 3);
    CHECK(found.stretches[1].first == 701);
    CHECK(found.stretches[1].last == 90'000);
  }
  // A change alone is monotone.
  CHECK(ask(500, kAny, kNumbers, [](std::int64_t value) {
          return holds_if(value > 700);
        }).found.is_monotone());
}

TEST_CASE("what alternates all along is said to, and not narrowed without end",
          "[sim][threshold]") {
  const Asked asked = ask(1'000'000, kAny, kNumbers, [](std::int64_t value) {
    return holds_if(std::popcount(static_cast<std::uint64_t>(value)) % 2 == 0);
  });
  CHECK_FALSE(asked.found.is_monotone());
  CHECK_FALSE(asked.found.exact);  // more changes than it narrows
  CHECK(asked.values.size() <= 100);
}

TEST_CASE("where nothing changes, it says so for what it tried and no more", "[sim][threshold]") {
  const Asked asked = ask(30, {1, 1'000'000'000}, kNumbers,
                          [](std::int64_t value) { return holds_if(value < 100'000'000); });
  CHECK(told(asked.found) == "holds 1..31457280");  // 30 doubled twenty times; it breaks farther
  CHECK(asked.found.is_monotone());
  CHECK(asked.found.exact);
  CHECK(told(ask(1, {1, 1}, kNumbers, [](std::int64_t) { return Answer::breaks; }).found) ==
        "breaks 1..1");
}

TEST_CASE("nothing counts from 0 but what may be 0", "[sim][threshold]") {
  const auto never = [](std::int64_t value) { return holds_if(value < 1); };
  CHECK(told(ask(0, {0, 10}, kNumbers, never).found) == "holds 0..0, breaks 1..10");
  CHECK(told(ask(3, {1, 10}, kNumbers, never).found) == "breaks 1..10");
}

TEST_CASE("it goes no farther than the first value without an answer", "[sim][threshold]") {
  const auto grows = [](std::int64_t value) {
    return value >= 40 ? Answer::undecided : holds_if(value >= 7);
  };
  const Asked asked = ask(20, {1, 1'000}, kNumbers, grows);
  CHECK(std::count_if(asked.values.begin(), asked.values.end(),
                      [](std::int64_t value) { return value >= 40; }) == 1);
  CHECK(told(asked.found) == "breaks 1..6, holds 7..20");
  CHECK(asked.found.exact);
}

TEST_CASE("a change around values without an answer is not exact", "[sim][threshold]") {
  const auto hole = [](std::int64_t value) {
    return value > 100 && value < 120 ? Answer::undecided : holds_if(value >= 110);
  };
  const Threshold found = ask(200, {1, 1'000}, kNumbers, hole).found;
  CHECK(found.stretches.size() == 2);
  CHECK_FALSE(found.exact);
  const auto one = [](std::int64_t value) {
    return value == 110 ? Answer::undecided : holds_if(value > 110);
  };
  CHECK_FALSE(ask(100, {1, 1'000}, kNumbers, one).found.exact);
  // A hole elsewhere leaves it exact.
  const auto elsewhere = [](std::int64_t value) {
    return value == 800 ? Answer::undecided : holds_if(value > 110);
  };
  CHECK(ask(200, {1, 1'000}, kNumbers, elsewhere).found.exact);
}

TEST_CASE("without any answer there is none", "[sim][threshold]") {
  const Asked asked = ask(10, kAny, kNumbers, [](std::int64_t) { return Answer::undecided; });
  CHECK(asked.found.stretches.empty());
  CHECK(asked.values == std::vector<std::int64_t>{10, 20, 5});
}

}  // namespace
}  // namespace onceward::sim
