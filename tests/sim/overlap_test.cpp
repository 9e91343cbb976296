// Stories about periodic handlers whose passes overlap, and about instances of one service.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "sim/search/explore.hpp"
#include "sim/search/sources.hpp"
#include "tests/support/toy.hpp"

namespace onceward {
namespace {

using namespace std::chrono_literals;
using sim::FaultKind;
using sim::Reading;
using sim::Window;
using sim::World;
using toy::Sketch;
using toy::Wishes;
using Texts = std::vector<std::string>;

constexpr std::size_t x = 0;
constexpr std::size_t y = 1;

struct Told {
  Told(const Sketch& sketch, const sim::FaultPlan& plan, Wishes& wishes)
      : flow(sketch), world(flow, Reading::any, plan) {
    world.record(&trace, nullptr);
    world.reset(wishes);
    while (world.steps() < 1000 && world.step()) {
    }
    for (const sim::TraceEntry& entry : trace) {
      const std::string lane = entry.lane + ": ";
      texts.push_back(entry.text.starts_with(lane) ? entry.text : lane + entry.text);
    }
  }
  [[nodiscard]] auto count(const std::string& text) const {
    return std::count(texts.begin(), texts.end(), text);
  }

  toy::Flow flow;
  sim::Trace trace;
  World world;
  Texts texts;
};

toy::Routine passes(std::vector<toy::Step> steps, std::uint32_t overlap) {
  return {"poll", std::move(steps), 1s, false, overlap};
}

TEST_CASE(
    "a pass that takes longer than its period is overtaken by the next, as far as the overlap",
    "[sim][overlap]") {
  for (const std::uint32_t overlap : {1U, 2U, 3U}) {
    Sketch sketch;
    const Window long_wait{10s, 10s};
    sketch.clerks = {{"ann",
                      {passes({toy::within(toy::add(x, 1), Window{0ns, 0ns}),
                               toy::within(toy::wait(), long_wait),
                               toy::within(toy::add(y, 1), Window{0ns, 0ns})},
                              overlap)}}};
    const toy::Flow flow(sketch);
    World world(flow, Reading::sampled, {});
    sim::SeededSource source(3);
    world.reset(source);
    std::int64_t most = 0;
    for (int i = 0; i < 60; ++i) {
      REQUIRE(world.step());
      most = std::max(most, toy::numbers(world)[x] - toy::numbers(world)[y]);
    }
    CHECK(most == overlap);
  }
}

TEST_CASE("passes that overlap begin one period apart", "[sim][overlap]") {
  Sketch sketch;
  sketch.clerks = {{"ann",
                    {passes({toy::within(toy::add(x, 1), Window{0ns, 0ns}),
                             toy::within(toy::wait(), Window{1500ms, 1500ms})},
                            2)}}};
  const toy::Flow flow(sketch);
  World world(flow, Reading::sampled, {});
  sim::SeededSource source(3);
  world.reset(source);
  std::vector<std::int64_t> began;
  for (std::int64_t seen = 0; began.size() < 6;) {
    REQUIRE(world.step());
    if (toy::numbers(world)[x] > seen) began.push_back(world.now().nanoseconds);
    seen = toy::numbers(world)[x];
  }
  for (std::size_t i = 1; i < began.size(); ++i) CHECK(began[i] - began[i - 1] == 1'000'000'000);
}

TEST_CASE("a second pass may see what the first has not changed yet", "[sim][overlap]") {
  Sketch sketch;
  sketch.clerks = {{"ann", {passes({toy::read(x), toy::put(x, 1)}, 2)}}};
  Wishes wishes({}, {"ann: pass every 1s", "ann: read x", "ann: read x"});
  const toy::Flow flow(sketch);
  World world(flow, Reading::any, {});
  sim::Trace trace;
  world.record(&trace, nullptr);
  world.reset(wishes);
  for (int i = 0; i < 4; ++i) REQUIRE(world.step());
  CHECK(wishes.all_granted());
  REQUIRE(trace.size() == 2);
  CHECK(trace[0].text == "ann: read x -> 0");
  CHECK(trace[1].text == "ann: read x -> 0");
}

TEST_CASE("idle passes park, however many may overlap", "[sim][overlap]") {
  for (const std::uint32_t overlap : {1U, 2U, 3U}) {
    Sketch sketch;
    sketch.clerks = {{"ann", {{"serve", {toy::add(x, 1)}, 0ns, false}}},
                     {"bob", {passes({toy::read(x), toy::wait()}, overlap)}}};
    const toy::Flow flow(sketch);
    const sim::Result result = sim::explore(flow, {}, {});
    for (const std::string& reason : result.reasons) UNSCOPED_INFO(reason);
    CHECK(result.verdict == sim::Verdict::exhausted);
    CHECK(result.figures.states < 1000);
  }
}

TEST_CASE("a pass that read before a change is not in the state of one that read after it",
          "[sim][overlap][fingerprint]") {
  Sketch sketch;
  sketch.clerks = {{"ann", {{"serve", {toy::write(x, 0)}, 0ns, false}}},
                   {"bob", {passes({toy::read(x), toy::wait()}, 1)}}};
  const toy::Flow flow(sketch);
  const auto after = [&](const std::vector<std::string>& order, int steps) {
    Wishes wishes({}, order);
    World world(flow, Reading::any, {});
    world.reset(wishes);
    for (int i = 0; i < steps; ++i) REQUIRE(world.step());
    CHECK(wishes.all_granted());
    return world.fingerprint();
  };
  const std::string pass = "bob: pass every 1s";
  // The first will look again at its end, the second be parked; all else is the same.
  CHECK(after({pass, "bob: read x", "ann: write x"}, 3) != after({"ann: write x"}, 3));
}

TEST_CASE("a pass that did nothing parks what comes next, while another is still under way",
          "[sim][overlap]") {
  Sketch sketch;
  sketch.clerks = {{"ann", {passes({toy::read(x), toy::read(x)}, 2)}}};
  Wishes wishes({}, {"ann: pass every 1s"});
  const Told told(sketch, {}, wishes);
  CHECK(wishes.all_granted());
  CHECK(told.texts.size() == 4);
  CHECK(told.world.quiet());
}

TEST_CASE("a change of what they read wakes passes that overlap, too", "[sim][overlap]") {
  Sketch sketch;
  sketch.clerks = {{"ann", {{"serve", {toy::add(x, 1)}, 0ns, false}}},
                   {"bob", {passes({toy::read(x)}, 2)}}};
  Wishes wishes({}, {"bob: pass every 1s", "bob: pass every 1s", "bob: read x", "bob: read x"});
  const Told told(sketch, {}, wishes);
  CHECK(wishes.all_granted());
  CHECK(told.texts.back() == "bob: read x -> 1");
  CHECK(told.world.quiet());
}

TEST_CASE("a crash ends all the passes under way, and the restart begins with none",
          "[sim][overlap]") {
  const int before = toy::locals_alive();
  Sketch sketch;
  sketch.clerks = {{"ann", {passes({toy::add(x, 1), toy::wait()}, 2)}}};
  const toy::Flow flow(sketch);
  World world(flow, Reading::any, toy::plan(1, {FaultKind::crash}));
  Wishes wishes({{"/ann/poll/0", "crash"}}, {"ann: pass every 1s"});
  world.reset(wishes);
  for (int i = 0; i < 4; ++i) REQUIRE(world.step());
  CHECK(wishes.all_granted());
  CHECK(toy::locals_alive() == before);
  CHECK(world.processes().front()->activities().empty());
}

// ---- instances and restarts ------------------------------------------------------------------

TEST_CASE(
    "a fault aimed at a service strikes any of its instances, one aimed at an instance only it",
    "[sim][instances]") {
  Sketch sketch;
  for (const char* name : {"ann-1", "ann-2", "bob"}) {
    toy::Clerk clerk{name, {{"serve", {toy::add(x, 1)}, 0ns, false}}};
    if (name[0] == 'a') clerk.service = "ann";
    sketch.clerks.push_back(clerk);
  }
  sim::FaultPlan plan = toy::plan(1, {FaultKind::crash});
  const auto offered = [&](const char* target) {
    plan.rules[0].target = target;
    Wishes wishes({}, {});
    const Told told(sketch, plan, wishes);
    return wishes.asked();
  };
  CHECK(offered("ann") == Texts{"fault /ann-1/serve/0", "fault /ann-2/serve/0"});
  CHECK(offered("ann-2") == Texts{"fault /ann-2/serve/0"});
  CHECK(offered("bob") == Texts{"fault /bob/serve/0"});
}

TEST_CASE("a process that does not restart stays down, and counts as down", "[sim][instances]") {
  Sketch sketch;
  toy::Clerk clerk{"ann", {{"serve", {toy::add(x, 1)}, 0ns, false}}};
  clerk.restarts = false;
  sketch.clerks = {clerk, {"bob", {{"serve", {toy::add(y, 1)}, 0ns, false}}}};
  Wishes wishes({{"/ann/serve/0", "crash"}}, {"ann: add x", "ann: crash"});
  const Told told(sketch, toy::plan(2, {FaultKind::crash}), wishes);
  CHECK(wishes.all_granted());
  CHECK(told.texts == Texts{"ann: add x -> 1", "ann: CRASH", "bob: add y -> 1"});
  CHECK(wishes.asked() == Texts{"fault /ann/serve/0"});
}

}  // namespace
}  // namespace onceward
