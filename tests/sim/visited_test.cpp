// The set of states met, compared with std::map over random entering and leaving.
#include "sim/search/visited.hpp"

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>
#include <map>
#include <vector>

#include "sim/random.hpp"

namespace onceward::sim {
namespace {

// States that collide often: few slots apart, few different words.
Hash128 state(std::uint8_t number) { return {number % 8U + (number % 3U << 12U), number * 2U}; }

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
        reference[key] = true;
      } else if (found->second) {
        RC_ASSERT(answer == Visited::Answer::on_path);
        visited.leave(key);
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
  for (std::size_t i = 0; i < states.size(); i += 2) visited.leave(states[i]);
  for (std::size_t i = 0; i < states.size(); ++i) {
    REQUIRE(visited.enter(states[i]) ==
            (i % 2 == 0 ? Visited::Answer::known : Visited::Answer::on_path));
  }
  CHECK(visited.size() == 50'000);
  CHECK(visited.bytes() <= 50'000 * 43);  // grown by doubling: half of the worst case
}

TEST_CASE("the digest of a set does not depend on the order of arrival", "[sim][visited]") {
  Visited forth;
  Visited back;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    static_cast<void>(forth.enter({i * 77, i}));
    static_cast<void>(back.enter({(9'999 - i) * 77, 9'999 - i}));
  }
  CHECK(forth.digest() == back.digest());
  static_cast<void>(back.enter({5, 123'456}));
  CHECK(forth.digest() != back.digest());
}

TEST_CASE("the state of all zeros is a state like any other", "[sim][visited]") {
  Visited visited;
  CHECK(visited.enter({}) == Visited::Answer::added);
  CHECK(visited.enter({}) == Visited::Answer::on_path);
  visited.leave({});
  CHECK(visited.enter({}) == Visited::Answer::known);
  CHECK(visited.size() == 1);
}

}  // namespace
}  // namespace onceward::sim
