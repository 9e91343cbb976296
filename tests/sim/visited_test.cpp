// The set of states met, compared with std::map over random entering and leaving.
#include "sim/search/visited.hpp"

#include <rapidcheck/catch.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <vector>

#include "sim/random.hpp"

namespace onceward::sim {
namespace {

// States that collide often: few slots apart, few different words.
Hash128 state(std::uint8_t number) {
  return {number % 8U + (number % 3U << 12U), std::uint64_t{number} << 32U};
}

TEST_CASE("a state is added once, is on the path until left, and is known from then on",
          "[sim][visited]") {
  rc::prop("as a map says", [](const std::vector<std::uint8_t>& numbers) {
    Visited visited;
    std::map<Hash128, bool> reference;  // whether it is on the path
    for (const std::uint8_t number : numbers) {
      const Hash128 key = state(number);
      const auto found = reference.find(key);
      const Visited::Answer answer = visited.enter(key);
      if (found == reference.end()) {
        RC_ASSERT(answer == Visited::Answer::added);
        visited.open(key);
        reference[key] = true;
      } else if (found->second) {
        RC_ASSERT(answer == Visited::Answer::open);
        visited.close(key);
        found->second = false;
      } else {
        RC_ASSERT(answer == Visited::Answer::known);
      }
      RC_ASSERT(visited.size() == reference.size());
    }
  });
}

TEST_CASE("a set that grows forgets nothing, and keeps what is on the path", "[sim][visited]") {
  Visited visited;
  Random random(1);
  std::vector<Hash128> states;
  for (int i = 0; i < 50'000; ++i) states.push_back({random.next(), random.next()});
  for (const Hash128& each : states) REQUIRE(visited.enter(each) == Visited::Answer::added);
  for (std::size_t i = 1; i < states.size(); i += 2) visited.open(states[i]);
  for (const Hash128& each : states) visited.enter({each.high + 1, each.low});
  for (std::size_t i = 0; i < states.size(); ++i) {
    REQUIRE(visited.enter(states[i]) ==
            (i % 2 == 0 ? Visited::Answer::known : Visited::Answer::open));
  }
  CHECK(visited.size() == 100'000);
  CHECK(visited.bytes() <=
        std::uint64_t{100'000} * 43);  // grown by doubling: half of the worst case
}

TEST_CASE("the digest of a set does not depend on the order of arrival", "[sim][visited]") {
  Visited forth;
  Visited back;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    static_cast<void>(forth.enter({i * 77, i << 32U}));
    static_cast<void>(back.enter({(9'999 - i) * 77, (9'999 - i) << 32U}));
  }
  CHECK(forth.digest() == back.digest());
  static_cast<void>(back.enter({5, 123'456}));
  CHECK(forth.digest() != back.digest());
}

TEST_CASE("the state of all zeros is a state like any other", "[sim][visited]") {
  Visited visited;
  CHECK(visited.enter({}) == Visited::Answer::added);
  visited.open({});
  CHECK(visited.enter({}) == Visited::Answer::open);
  visited.close({});
  CHECK(visited.enter({}) == Visited::Answer::known);
  CHECK(visited.size() == 1);
}

TEST_CASE("a state is met again by who has spent less of something, and by nobody else",
          "[sim][visited]") {
  rc::prop("as all that was spent says", [] {
    const auto limits = *rc::gen::inRange<std::size_t>(1, 4);
    Visited visited;
    std::map<Hash128, std::vector<Spent>> reference;
    const int arrivals = *rc::gen::inRange(1, 40);
    for (int i = 0; i < arrivals; ++i) {
      const Hash128 key = state(*rc::gen::inRange<std::uint8_t>(0, 3));
      const Spent spent = *rc::gen::container<Spent>(limits, rc::gen::inRange<std::uint32_t>(0, 4));
      std::vector<Spent>& before = reference[key];
      const auto covers = [&](const Spent& each) {
        for (std::size_t n = 0; n < limits; ++n) {
          if (each[n] > spent[n]) return false;
        }
        return true;
      };
      const bool covered = std::any_of(before.begin(), before.end(), covers);
      const Visited::Answer answer = visited.enter(key, spent);
      RC_ASSERT(answer == (before.empty() ? Visited::Answer::added
                           : covered      ? Visited::Answer::known
                                          : Visited::Answer::again));
      RC_ASSERT(visited.is_least(key, spent) ==
                (!covered || std::count(before.begin(), before.end(), spent) > 0));
      if (!covered) {
        before.erase(std::remove_if(before.begin(), before.end(),
                                    [&](const Spent& each) {
                                      for (std::size_t n = 0; n < limits; ++n) {
                                        if (spent[n] > each[n]) return false;
                                      }
                                      return true;
                                    }),
                     before.end());
        before.push_back(spent);
      }
      RC_ASSERT(visited.size() == reference.size());
    }
  });
}

TEST_CASE("what was spent has no part in the digest", "[sim][visited]") {
  Visited once;
  Visited again;
  static_cast<void>(once.enter({1, 2}, {0}));
  static_cast<void>(again.enter({1, 2}, {3}));
  static_cast<void>(again.enter({1, 2}, {1}));
  CHECK(once.digest() == again.digest());
  CHECK(again.size() == 1);
}

}  // namespace
}  // namespace onceward::sim
