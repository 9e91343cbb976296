// The path of a depth-first search: whatever room there is, it leads back to each of its states.
#include "sim/search/path.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "tests/support/toy.hpp"

namespace onceward::sim {
namespace {

using namespace std::chrono_literals;

// Goes down a flow of many steps and back up again, with so much room for snapshots.
void goes_back_up(std::size_t room) {
  toy::Sketch sketch;
  for (const char* name : {"ann", "bob", "cid"}) {
    sketch.clerks.push_back(
        {name, {{"go", std::vector<toy::Step>(600, toy::add(0, 1)), 0ns, false}}, {}});
  }
  const toy::Flow flow(sketch);
  World world(flow, Reading::any, {});
  Successors successors(world, {});
  SearchPath path(world, successors, room);
  Successors::Landing landing;
  REQUIRE(successors.start(landing));
  path.add(landing.state, landing.choices);
  std::vector<Hash128> states{world.fingerprint()};
  for (std::uint32_t i = 0; i < 1500; ++i) {
    Successors::Next next{{i % 3}, false};
    if (world.pending_ids().size() < 3) next.choices = {};
    path.go_to_top();
    landing = successors.follow(next, path.saved_top());
    path.add(landing.state, landing.choices);
    states.push_back(world.fingerprint());
  }
  while (path.size() > 1) {
    path.cut(path.size() - (path.size() % 7 == 0 ? 1 : 1 + path.size() / 300));
    path.go_to_top();
    REQUIRE(world.steps() == path.top().steps);
    REQUIRE(world.fingerprint() == states[path.size() - 1]);
  }
}

TEST_CASE("a path leads back to each of its states though few are kept", "[sim][search]") {
  goes_back_up(SearchPath::kRoom);
  goes_back_up(100'000);
  goes_back_up(0);
}

}  // namespace
}  // namespace onceward::sim
