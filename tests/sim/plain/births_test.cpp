// Paths told from two bytes a state, compared with parents that are written down in full.
#include "sim/plain/births.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "sim/random.hpp"

namespace onceward::sim::plain {
namespace {

struct Born {
  std::uint64_t parent;
  std::uint64_t step;
};

std::vector<std::uint64_t> path_by_parents(const std::vector<Born>& states, std::uint64_t state) {
  std::vector<std::uint64_t> path;
  for (; state > 0; state = states[state].parent) path.push_back(states[state].step);
  std::reverse(path.begin(), path.end());
  return path;
}

TEST_CASE("the path to every state is the one by which it was met", "[sim][plain]") {
  Random random(1);
  for (const std::uint64_t widest : {3U, 300U}) {
    Births births;
    std::vector<Born> states(1);
    for (std::uint64_t i = 1; i <= 3'000; ++i) {
      const std::uint64_t parent = std::min(i - 1, states.back().parent + random.next() % 3);
      states.push_back({parent, random.next() % widest});
      births.add(states.back().parent, states.back().step);
    }
    for (std::uint64_t i = 0; i < states.size(); i += 7) {
      REQUIRE(births.path_to(i) == path_by_parents(states, i));
    }
    REQUIRE(births.path_to(3'000) == path_by_parents(states, 3'000));
  }
}

TEST_CASE("numbers that do not fit into a byte are kept all the same", "[sim][plain]") {
  Births births;
  for (std::uint64_t i = 0; i < 1'000; ++i) births.add(0, i);  // 1,000 states after the first
  births.add(254, 254);                                        // the last that fits
  births.add(254 + 255, 255);                                  // the first that does not
  births.add(1'000, 70'000);
  CHECK(births.path_to(1'000) == std::vector<std::uint64_t>{999});
  CHECK(births.path_to(1'001) == std::vector<std::uint64_t>{253, 254});
  CHECK(births.path_to(1'002) == std::vector<std::uint64_t>{508, 255});
  CHECK(births.path_to(1'003) == std::vector<std::uint64_t>{999, 70'000});
}

TEST_CASE("the initial state is met without a step", "[sim][plain]") {
  Births births;
  CHECK(births.path_to(0).empty());
  births.add(0, 4);
  CHECK(births.path_to(0).empty());
  CHECK(births.path_to(1) == std::vector<std::uint64_t>{4});
}

}  // namespace
}  // namespace onceward::sim::plain
