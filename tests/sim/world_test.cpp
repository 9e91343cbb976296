// Stories about one world: what crashes, pauses, lost replies, locks and parked passes do, told by
// toy flows whose choices are answered by name.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "sim/search/runs.hpp"
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

constexpr std::size_t x = 0;
constexpr std::size_t y = 1;

bool any(const std::vector<std::string>& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

// One run of a flow to its end, told by its trace.
struct Told {
  Told(const Sketch& sketch, const sim::FaultPlan& plan, Wishes& wishes,
       Reading reading = Reading::any)
      : flow(sketch), world(flow, reading, plan) {
    world.record(&trace, nullptr);
    world.reset(wishes);
    while (world.steps() < 1000 && world.step()) {
    }
    for (const sim::TraceEntry& entry : trace) {
      const std::string lane = entry.lane + ": ";
      texts.push_back(entry.text.starts_with(lane) ? entry.text : lane + entry.text);
    }
  }

  toy::Flow flow;
  sim::Trace trace;
  World world;
  std::vector<std::string> texts;
};

Sketch one_clerk(std::vector<toy::Step> steps) {
  Sketch sketch;
  sketch.clerks = {{"ann", {{"serve", std::move(steps), 0ns, false}}, sim::kRestartWindow}};
  return sketch;
}

TEST_CASE("a crash destroys tasks and memory, and a new incarnation starts over", "[sim][world]") {
  Wishes wishes({{"/ann/serve/1", "crash"}}, {});
  const int before = toy::locals_alive();
  const Told told(one_clerk({toy::step(toy::Verb::keep, 0, 7), toy::add(x, 1), toy::add(y, 1)}),
                  toy::plan(1, {FaultKind::crash}), wishes);
  CHECK(wishes.all_granted());
  CHECK(told.texts == std::vector<std::string>{"ann: add x -> 1", "ann: CRASH", "ann: restart",
                                               "ann: add x -> 2", "ann: add y -> 1"});
  CHECK(told.world.processes().front()->incarnation() == 2);
  CHECK(toy::memory(told.world, 0) == 7);  // once, not twice: it began at 0 again
  CHECK(toy::locals_alive() == before);    // all tasks of both incarnations are gone
}

TEST_CASE("a crash ends nested tasks wherever they wait", "[sim][world]") {
  Sketch sketch = one_clerk({toy::step(toy::Verb::nest, 0, 3), toy::step(toy::Verb::nest, 0, 2),
                             toy::wait(), toy::add(y, 1), toy::add(y, 1)});
  sketch.clerks[0].routines.push_back({"strike", {toy::add(x, 1)}, 0ns, false});
  Wishes wishes({{"/ann/strike/0", "crash"}}, {"ann: add x"});
  const int before = toy::locals_alive();
  const Told told(sketch, toy::plan(1, {FaultKind::crash}), wishes);
  CHECK(wishes.all_granted());
  CHECK(toy::numbers(told.world) == std::array<std::int64_t, 4>{2, 2, 0, 0});
  CHECK(toy::locals_alive() == before);
}

TEST_CASE("a doomed process does nothing more until its crash strikes", "[sim][world]") {
  Sketch sketch = one_clerk({toy::add(x, 1), toy::add(x, 10)});
  sketch.clerks[0].routines.push_back({"beside", {toy::add(y, 1)}, 0ns, false});
  sketch.clerks[0].routines.push_back({"poll", {toy::read(2), toy::add(3, 1)}, 1s, false});
  sketch.clerks.push_back({"bob", {{"go", {toy::add(2, 1)}, 0ns, false}}, sim::kRestartWindow});
  const toy::Flow flow(sketch);
  World world(flow, Reading::any, toy::plan(1, {FaultKind::crash}));
  Wishes wishes({{"/ann/serve/0", "crash"}}, {"ann: add x", "bob: add z"});
  world.reset(wishes);
  REQUIRE(world.step());
  CHECK(world.processes()[0]->state() == sim::Process::State::doomed);
  const auto after_crash = toy::numbers(world);
  CHECK(after_crash == std::array<std::int64_t, 4>{1, 0, 0, 0});
  REQUIRE(world.step());  // bob goes on; what ann had pending is frozen
  CHECK(toy::numbers(world) == std::array<std::int64_t, 4>{1, 0, 1, 0});
  REQUIRE(world.step());  // nothing is left but the crash
  CHECK(world.processes()[0]->state() == sim::Process::State::down);
  CHECK(wishes.all_granted());
}

TEST_CASE("a crash is offered after acting operations only", "[sim][world]") {
  Wishes wishes({}, {});
  const Told told(one_clerk({toy::read(x), toy::add(x, 1), toy::wait(), toy::unlock(x),
                             toy::lock(x), toy::lock(x), toy::unlock(x)}),
                  toy::plan(1, {FaultKind::crash}), wishes);
  CHECK(wishes.asked() ==
        std::vector<std::string>{"fault /ann/serve/1", "fault /ann/serve/4", "fault /ann/serve/6"});
}

TEST_CASE("down_at_once keeps a second process from crashing while one is down", "[sim][world]") {
  Sketch sketch = one_clerk({toy::add(x, 1)});
  sketch.clerks.push_back({"bob", {{"go", {toy::add(y, 1)}, 0ns, false}}, sim::kRestartWindow});
  sim::FaultPlan plan = toy::plan(2, {FaultKind::crash});
  Wishes one({{"/ann/serve/0", "crash"}}, {"ann: add x", "bob: add y"});
  CHECK(Told(sketch, plan, one).world.faults_used() == 1);
  CHECK(std::count(one.asked().begin(), one.asked().end(), "fault /bob/go/0") == 0);
  plan.down_at_once = 2;
  Wishes two({{"/ann/serve/0", "crash"}, {"/bob/go/0", "crash"}}, {"ann: add x", "bob: add y"});
  CHECK(Told(sketch, plan, two).world.faults_used() == 2);
}

TEST_CASE("a paused process goes on with what it believed", "[sim][world]") {
  Sketch sketch = one_clerk({toy::read(x), toy::add(y, 1), toy::put(x, 1)});
  sketch.clerks[0].routines[0].steps = {toy::add(y, 1), toy::step(toy::Verb::keep, 0, 5),
                                        toy::put(x, 1)};
  sketch.clerks.push_back({"bob", {{"go", {toy::add(x, 100)}, 0ns, false}}, sim::kRestartWindow});
  Wishes wishes({{"/ann/serve/0", "pause"}}, {"ann: add y", "bob: add x"});
  const Told told(sketch, toy::plan(1, {FaultKind::pause}), wishes);
  CHECK(wishes.all_granted());
  CHECK(told.texts == std::vector<std::string>{"ann: add y -> 1", "ann: PAUSE after ann: add y",
                                               "bob: add x -> 100", "ann: goes on after the pause",
                                               "ann: put x -> 2"});
  CHECK(told.world.processes().front()->incarnation() == 1);
  CHECK(toy::memory(told.world, 0) == 5);
}

TEST_CASE("a paused process starts no pass, even if what it read changes", "[sim][world]") {
  for (const FaultKind kind : {FaultKind::pause, FaultKind::crash}) {
    Sketch sketch = one_clerk({toy::wait(), toy::add(y, 1)});
    sketch.clerks[0].routines.push_back({"poll", {toy::read(x)}, 1s, false});
    sketch.clerks.push_back({"bob", {{"go", {toy::add(x, 1)}, 0ns, false}}, sim::kRestartWindow});
    const toy::Flow flow(sketch);
    World world(flow, Reading::any, toy::plan(1, {kind}));
    Wishes wishes({{"/ann/serve/1", sim::to_text(kind)}},
                  {"ann: pass every 1s", "ann: read x", "sleep", "ann: add y", "bob: add x",
                   "ann: pass every 1s"});
    world.reset(wishes);
    for (int i = 0; i < 5; ++i) REQUIRE(world.step());
    INFO("fault: " << sim::to_text(kind));
    REQUIRE(toy::numbers(world)[x] == 1);
    sim::Trace trace;
    world.record(&trace, nullptr);
    REQUIRE(world.step());  // only the end of the pause, or the crash, may come now
    CHECK(world.processes()[0]->state() != sim::Process::State::paused);
    CHECK(world.processes()[0]->state() != sim::Process::State::doomed);
    REQUIRE(trace.size() == 1);
    CHECK((trace[0].text == "goes on after the pause" || trace[0].text == "CRASH"));
    // After a pause the pass is pending at last.
    bool passed = false;
    while (world.step()) {
    }
    for (const sim::TraceEntry& entry : trace) passed = passed || entry.text == "ann: read x -> 1";
    CHECK(passed);
  }
}

TEST_CASE("a lost reply leaves the caller in doubt, whether it was done or not", "[sim][world]") {
  const auto sketch = one_clerk({toy::add(x, 1), toy::step(toy::Verb::retry)});
  const auto plan = toy::plan(1, {FaultKind::reply_lost});
  Wishes done({{"/ann/serve/0", "reply_lost"}, {"/ann/serve/0", "done"}}, {});
  const Told twice(sketch, plan, done);
  CHECK(done.all_granted());
  CHECK(toy::numbers(twice.world)[x] == 2);  // done unseen, then again by the retry
  Wishes not_done({{"/ann/serve/0", "reply_lost"}, {"/ann/serve/0", "not done"}}, {});
  const Told once(sketch, plan, not_done);
  CHECK(not_done.all_granted());
  CHECK(toy::numbers(once.world)[x] == 1);
  CHECK(any(not_done.asked(), "data /ann/serve/0"));
}

TEST_CASE("an error does nothing and is seen", "[sim][world]") {
  Wishes wishes({{"/ann/serve/0", "error"}}, {});
  const Told told(one_clerk({toy::add(x, 1), toy::put(y, 0)}), toy::plan(1, {FaultKind::error}),
                  wishes);
  CHECK(toy::numbers(told.world) == std::array<std::int64_t, 4>{0, -1, 0, 0});
}

TEST_CASE("a late operation looks failed and is done later all the same", "[sim][world]") {
  Sketch sketch = one_clerk({toy::write(x, 5), toy::step(toy::Verb::retry), toy::write(x, 6)});
  const auto plan = toy::plan(1, {FaultKind::late});
  Wishes first({{"/ann/serve/0", "late"}}, {});
  CHECK(toy::numbers(Told(sketch, plan, first).world)[x] == 6);
  // The retry and all that follows come before the first attempt arrives.
  Wishes last({{"/ann/serve/0", "late"}}, {});
  const toy::Flow flow(sketch);
  World world(flow, Reading::any, plan);
  world.reset(last);
  REQUIRE(world.step());
  CHECK(toy::numbers(world)[x] == 0);
  CHECK(last.all_granted());
  struct Latest final : sim::ChoiceSource {  // the late operation is the oldest: let others pass
    std::uint32_t choose(const sim::ChoicePoint& point) override {
      return point.kind == sim::ChoiceKind::order ? point.arity - 1 : 0;
    }
    sim::Duration draw(const Window& window) override { return window.earliest; }
  };
  Wishes late({{"/ann/serve/0", "late"}}, {});
  Latest latest;
  struct Both final : sim::ChoiceSource {
    Both(sim::ChoiceSource& faults, sim::ChoiceSource& orders) : faults(faults), orders(orders) {}
    std::uint32_t choose(const sim::ChoicePoint& point) override {
      return (point.kind == sim::ChoiceKind::order ? orders : faults).choose(point);
    }
    sim::Duration draw(const Window& window) override { return window.earliest; }
    sim::ChoiceSource& faults;
    sim::ChoiceSource& orders;
  } both(late, latest);
  world.reset(both);
  while (world.step()) {
  }
  CHECK(toy::numbers(world)[x] == 5);
}

TEST_CASE("a lock is waited for in order, and a crash releases it", "[sim][world]") {
  Sketch sketch;
  for (const char* name : {"ann", "bob", "cid"}) {
    sketch.clerks.push_back(
        {name, {{"go", {toy::lock(x), toy::add(y, 1), toy::unlock(x)}, 0ns, false}}, {}});
  }
  Wishes in_order({}, {"ann: lock x", "bob: lock x", "cid: lock x"});
  const Told told(sketch, {}, in_order);
  CHECK(told.texts ==
        std::vector<std::string>{"ann: lock x -> 0", "bob: lock x waits", "cid: lock x waits",
                                 "ann: add y -> 1", "ann: unlock x -> 0", "bob: lock x -> 0",
                                 "cid: lock x waits", "bob: add y -> 2", "bob: unlock x -> 0",
                                 "cid: lock x -> 0", "cid: add y -> 3", "cid: unlock x -> 0"});
  Wishes crash({{"/ann/go/1", "crash"}}, {"ann: lock x", "bob: lock x", "cid: lock x"});
  const Told crashed(sketch, toy::plan(1, {FaultKind::crash}), crash);
  CHECK(crash.all_granted());
  const auto crash_at = std::find(crashed.texts.begin(), crashed.texts.end(), "ann: CRASH");
  REQUIRE(crash_at != crashed.texts.end());
  CHECK(std::count(crashed.texts.begin(), crash_at, "bob: lock x -> 0") == 0);
  CHECK(std::count(crash_at, crashed.texts.end(), "bob: lock x -> 0") == 1);
  CHECK(toy::numbers(crashed.world)[y] == 4);
}

TEST_CASE("a crash takes a waiting task out of the queue for a lock", "[sim][world]") {
  Sketch sketch = one_clerk({toy::lock(x), toy::add(y, 1), toy::unlock(x)});
  sketch.clerks.push_back({"bob",
                           {{"go", {toy::lock(x), toy::unlock(x)}, 0ns, false},
                            {"strike", {toy::add(2, 1)}, 0ns, false}},
                           {}});
  Wishes wishes({{"/bob/strike/0", "crash"}},
                {"ann: lock x", "bob: lock x", "bob: add z", "bob: crash", "ann: add y"});
  const int before = toy::locals_alive();
  const Told told(sketch, toy::plan(1, {FaultKind::crash}), wishes);
  CHECK(wishes.all_granted());
  CHECK(toy::locals_alive() == before);
  CHECK(any(told.texts, "bob: lock x -> 0"));  // by its second incarnation
}

TEST_CASE("a parked pass wakes only when what it read changes", "[sim][world]") {
  Sketch sketch = one_clerk({toy::wait(), toy::add(y, 1), toy::add(x, 1)});
  sketch.clerks.push_back({"bob", {{"poll", {toy::read(x)}, 1s, false}}, {}});
  Wishes wishes({}, {"bob: pass every 1s", "bob: read x"});
  const Told told(sketch, {}, wishes);
  CHECK(told.texts == std::vector<std::string>{"bob: read x -> 0", "ann: add y -> 1",
                                               "ann: add x -> 1", "bob: read x -> 1"});
  CHECK(told.world.quiet());
}

TEST_CASE("a pass does not park on what changed while it ran", "[sim][world]") {
  Sketch sketch = one_clerk({toy::add(x, 1)});
  sketch.clerks.push_back({"bob", {{"poll", {toy::read(x), toy::wait()}, 1s, false}}, {}});
  Wishes wishes({}, {"bob: pass every 1s", "bob: read x", "ann: add x"});
  const Told told(sketch, {}, wishes);
  CHECK(wishes.all_granted());
  CHECK(told.texts ==
        std::vector<std::string>{"bob: read x -> 0", "ann: add x -> 1", "bob: read x -> 1"});
}

TEST_CASE("a pass that acted comes one period after it began", "[sim][world]") {
  Sketch sketch;
  const Window second{1s, 1s};
  sketch.clerks = {
      {"bob",
       {{"poll",
         {toy::within(toy::wait(), second), toy::within(toy::add(x, 1), Window{0ns, 0ns})},
         5s,
         false}},
       {}}};
  const toy::Flow flow(sketch);
  World world(flow, Reading::sampled, {});
  sim::SeededSource source(3);
  world.reset(source);
  std::vector<std::int64_t> began;
  for (int i = 0; i < 12; ++i) {
    REQUIRE(world.step());
    if (i % 3 == 0) began.push_back(world.now().nanoseconds);
  }
  CHECK(began[0] <= 5'000'000'000);
  for (std::size_t i = 1; i < began.size(); ++i) CHECK(began[i] - began[i - 1] == 5'000'000'000);
}

TEST_CASE("a pass that outlasts its period comes again as soon as it ended", "[sim][world]") {
  Sketch sketch;
  const Window long_wait{7s, 7s};
  sketch.clerks = {
      {"bob",
       {{"poll",
         {toy::within(toy::wait(), long_wait), toy::within(toy::add(x, 1), Window{0ns, 0ns})},
         5s,
         false}},
       {}}};
  const toy::Flow flow(sketch);
  World world(flow, Reading::sampled, {});
  sim::SeededSource source(3);
  world.reset(source);
  for (int i = 0; i < 3; ++i) REQUIRE(world.step());
  const std::int64_t ended = world.now().nanoseconds;
  REQUIRE(world.step());
  CHECK(world.now().nanoseconds == ended);
}

// Collects the options of every order choice.
struct Options final : sim::ChoiceSource {
  std::uint32_t choose(const sim::ChoicePoint& point) override {
    for (std::uint32_t i = 0; i < point.arity; ++i) ids.insert(point.option_id(i));
    return pick < point.arity ? pick : point.arity - 1;
  }
  sim::Duration draw(const Window& window) override { return window.earliest; }
  std::uint32_t pick = 0;
  std::set<sim::Hash128> ids;
};

TEST_CASE("causal ids do not depend on the schedule", "[sim][world]") {
  Sketch sketch;
  for (const char* name : {"ann", "bob"}) {
    sketch.clerks.push_back({name,
                             {{"go",
                               {toy::wait(), toy::step(toy::Verb::nest, 0, 2), toy::wait(),
                                toy::add(x, 1), toy::step(toy::Verb::start)},
                               0ns,
                               false},
                              {"more", {toy::wait(), toy::read(x)}, 0ns, true}},
                             {}});
  }
  const toy::Flow flow(sketch);
  std::vector<std::set<sim::Hash128>> ids;
  for (const std::uint32_t pick : {0U, 1U, 9U}) {
    World world(flow, Reading::any, {});
    Options options;
    options.pick = pick;
    world.reset(options);
    while (world.step()) {
    }
    ids.push_back(options.ids);
  }
  // The last occurrence of a run is no choice, so a run may miss it: compare what two runs share.
  std::vector<sim::Hash128> all;
  for (const auto& set : ids) all.insert(all.end(), set.begin(), set.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  CHECK(all.size() <= 12);  // 2 clerks: wait, wait, add, read and the spare routine's wait
}

TEST_CASE("equal instants come in the order drawn for them", "[sim][world]") {
  Sketch sketch;
  const Window point{1s, 1s};
  for (const char* name : {"ann", "bob"}) {
    const auto number = static_cast<std::int64_t>(sketch.clerks.size() + 1);
    sketch.clerks.push_back(
        {name, {{"go", {toy::within(toy::write(x, number), point)}, 0ns, false}}, {}});
  }
  const toy::Flow flow(sketch);
  World world(flow, Reading::sampled, {});
  std::set<std::int64_t> last;
  for (std::uint64_t seed = 0; seed < 32; ++seed) {
    sim::SeededSource source(seed);
    world.reset(source);
    while (world.step()) {
    }
    CHECK(world.now().nanoseconds == 1'000'000'000);
    last.insert(toy::numbers(world)[x]);
  }
  CHECK(last == std::set<std::int64_t>{1, 2});
}

TEST_CASE("every instant of a sampled run lies in its window", "[sim][world]") {
  Sketch sketch = one_clerk({toy::within(toy::wait(), Window{2s, 3s}),
                             toy::within(toy::add(x, 1), Window{1ms, 10ms}),
                             toy::within(toy::wait(), Window{0ns, 0ns})});
  const toy::Flow flow(sketch);
  World world(flow, Reading::sampled, {});
  std::set<std::int64_t> ends;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    sim::SeededSource source(seed);
    world.reset(source);
    REQUIRE(world.step());
    const std::int64_t first = world.now().nanoseconds;
    CHECK((first >= 2'000'000'000 && first <= 3'000'000'000));
    REQUIRE(world.step());
    const std::int64_t second = world.now().nanoseconds - first;
    CHECK((second >= 1'000'000 && second <= 10'000'000));
    if (second == 1'000'000 || second == 10'000'000) ends.insert(second);
    REQUIRE(world.step());
    CHECK(world.now().nanoseconds == first + second);
    CHECK_FALSE(world.step());
  }
  CHECK(ends.size() == 2);  // both ends are drawn
}

TEST_CASE("two worlds take turns without disturbing each other", "[sim][world]") {
  Sketch sketch = one_clerk({toy::add(x, 1), toy::step(toy::Verb::nest, 0, 2), toy::wait(),
                             toy::add(x, 1), toy::step(toy::Verb::start), toy::add(x, 1)});
  sketch.clerks[0].routines.push_back({"more", {toy::wait(), toy::add(x, 10)}, 0ns, true});
  const toy::Flow flow(sketch);
  sim::ScriptedSource source;
  World alone(flow, Reading::any, {});
  World other(flow, Reading::any, {});
  alone.reset(source);
  while (alone.step()) {
  }
  const sim::Hash128 end = alone.fingerprint();
  const std::size_t used = alone.used_bytes();
  alone.reset(source);
  other.reset(source);
  while (alone.step()) {
    static_cast<void>(other.step());
    static_cast<void>(alone.fingerprint());
  }
  while (other.step()) {
  }
  CHECK(alone.fingerprint() == end);
  CHECK(other.fingerprint() == end);
  CHECK(alone.used_bytes() == used);
  CHECK(other.used_bytes() == used);
}

TEST_CASE("looking at a fingerprint takes no memory of the world", "[sim][world]") {
  Sketch sketch;
  for (int i = 0; i < 40; ++i) {
    if (i % 10 == 0) sketch.clerks.push_back({"clerk" + std::to_string(i), {}, {}});
    sketch.clerks.back().routines.push_back(
        {"go" + std::to_string(i), {toy::wait(), toy::add(x, 1)}, 0ns, false});
  }
  const toy::Flow flow(sketch);
  World world(flow, Reading::any, {});
  sim::ScriptedSource source;
  world.reset(source);
  sim::Arena::Snapshot before;
  world.save(before);
  static_cast<void>(world.fingerprint());
  static_cast<void>(world.outline());
  sim::Arena::Snapshot after;
  world.save(after);
  CHECK(before.bytes == after.bytes);
}

// A world after `steps` steps that follow wishes, and where it gets by default from there.
struct Reached {
  Reached(const toy::Flow& flow, const sim::FaultPlan& plan, Wishes& wishes, int steps)
      : world(flow, Reading::any, plan) {
    world.reset(wishes);
    for (int i = 0; i < steps; ++i) REQUIRE(world.step());
    REQUIRE(wishes.all_granted());
    fingerprint = world.fingerprint();
    before = toy::numbers(world);
    while (world.step()) {
    }
    after = toy::numbers(world);
  }
  World world;
  sim::Hash128 fingerprint;
  std::array<std::int64_t, 4> before{};
  std::array<std::int64_t, 4> after{};
};

TEST_CASE("a message's identifier is known to be the one that a component holds", "[sim][world]") {
  Sketch sketch;
  sketch.clerks = {{"ann", {{"go", {toy::step(toy::Verb::mint, x)}, 0ns, false}}, {}},
                   {"bob", {{"go", {toy::step(toy::Verb::mint, x)}, 0ns, false}}, {}},
                   {"cid", {{"go", {toy::write(x, 0)}, 0ns, false}}, {}}};
  const toy::Flow flow(sketch);
  Wishes stale_first({}, {"ann: mint x", "bob: mint x", "message 1", "cid: write x"});
  Wishes stale_last({}, {"ann: mint x", "bob: mint x", "message 2", "cid: write x"});
  const Reached current_left(flow, {}, stale_first, 4);
  const Reached stale_left(flow, {}, stale_last, 4);
  CHECK(current_left.before == stale_left.before);
  CHECK(current_left.after != stale_left.after);
  CHECK(current_left.fingerprint != stale_left.fingerprint);
}

TEST_CASE("what a task once read from its process's memory tells states apart", "[sim][world]") {
  Sketch sketch = one_clerk(
      {toy::step(toy::Verb::keep, 0, 1), toy::read(2), toy::step(toy::Verb::keep, 0, -1)});
  sketch.clerks[0].routines.push_back(
      {"reader",
       {toy::read(3), toy::step(toy::Verb::hold), toy::read(3), toy::step(toy::Verb::tell, x)},
       0ns,
       false});
  const toy::Flow flow(sketch);
  Wishes one({}, {"ann: read w", "ann: read z"});
  Wishes none({}, {"ann: read z"});
  const Reached holds_one(flow, {}, one, 2);
  const Reached holds_none(flow, {}, none, 2);
  CHECK(holds_one.before == holds_none.before);
  CHECK(holds_one.after != holds_none.after);
  CHECK(holds_one.fingerprint != holds_none.fingerprint);
}

TEST_CASE("what a late operation will do tells states apart", "[sim][world]") {
  const toy::Flow flow(one_clerk({toy::wait(), toy::step(toy::Verb::pick, 0, 2), toy::put(x, 1)}));
  const auto plan = toy::plan(1, {FaultKind::late});
  Wishes first({{"/ann/serve/1", "0"}, {"/ann/serve/2", "late"}}, {});
  Wishes second({{"/ann/serve/1", "1"}, {"/ann/serve/2", "late"}}, {});
  const Reached one(flow, plan, first, 2);
  const Reached two(flow, plan, second, 2);
  CHECK(one.before == two.before);
  CHECK(one.after != two.after);
  CHECK(one.fingerprint != two.fingerprint);
}

}  // namespace
}  // namespace onceward
