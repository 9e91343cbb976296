// Paths that wait come out as they went in, whatever they share.
#include "sim/search/frontier.hpp"

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>
#include <vector>

namespace onceward::sim {
namespace {

void add(Frontier& frontier, const Path& path) {
  frontier.add(path.size(), [&](std::size_t place) -> const Choices& { return path[place]; });
}

TEST_CASE("paths are taken out whole and in the order in which they were added",
          "[sim][frontier]") {
  rc::prop("whatever they share", [](const std::vector<Path>& paths) {
    Frontier frontier;
    for (const Path& path : paths) add(frontier, path);
    Path taken;
    Path before;
    std::size_t keeps = 0;
    for (const Path& path : paths) {
      RC_ASSERT(frontier.take(taken, keeps));
      RC_ASSERT(taken == path);
      RC_ASSERT(keeps <= before.size() && keeps <= path.size());
      for (std::size_t i = 0; i < keeps; ++i) RC_ASSERT(before[i] == path[i]);
      before = taken;
    }
    RC_ASSERT(!frontier.take(taken, keeps));
  });
}

TEST_CASE("a path costs what it has not in common with the one before", "[sim][frontier]") {
  Path path(1000, Choices{1, 2});
  Frontier frontier;
  add(frontier, path);
  const std::uint64_t one = frontier.bytes();
  path.back() = {3};
  add(frontier, path);
  path.push_back({4});
  add(frontier, path);
  CHECK(one >= std::uint64_t{1000} * 3 * sizeof(std::uint32_t));
  CHECK(frontier.bytes() <= 2 * one);  // grown by doubling
}

}  // namespace
}  // namespace onceward::sim
