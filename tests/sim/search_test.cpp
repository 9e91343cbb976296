// What the strategies find in toy flows whose answer is known: races, single faults, exact counts
// of states, runs that no timing allows, and the smallest story of each.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "sim/search/explore.hpp"
#include "sim/search/runs.hpp"
#include "sim/search/shrink.hpp"
#include "tests/support/toy.hpp"

namespace onceward {
namespace {

using namespace std::chrono_literals;
using sim::FaultKind;
using sim::Result;
using sim::SearchOptions;
using sim::Strategy;
using sim::Verdict;
using sim::Window;
using toy::Sketch;

constexpr std::size_t x = 0;
constexpr std::size_t y = 1;

SearchOptions by(Strategy strategy) {
  SearchOptions options;
  options.strategy = strategy;
  return options;
}

// Two clerks add one each by reading and writing; ann is done long before bob begins, unless
// something delays her.
Sketch race() {
  Sketch sketch;
  sketch.clerks = {
      {"ann", {{"go", {toy::read(x), toy::put(x, 1)}, 0ns, false}}, {}},
      {"bob",
       {{"go",
         {toy::within(toy::wait(), Window{1s, sim::kForever}), toy::read(x), toy::put(x, 1)},
         0ns,
         false}},
       {}}};
  sketch.rules = {{"both are counted", x, 2, 2, false}};
  return sketch;
}

// One clerk adds one and tries again while in doubt.
Sketch at_least_once() {
  Sketch sketch;
  sketch.clerks = {{"ann",
                    {{"go",
                      {toy::add(y, 1, "begin"), toy::add(x, 1, "charge"),
                       toy::step(toy::Verb::retry), toy::add(y, 1, "end")},
                      0ns,
                      false}},
                    {}}};
  sketch.rules = {{"charged once", x, 0, 1, true}};
  return sketch;
}

Sketch waiters(std::size_t tasks, std::size_t steps, bool one_clerk) {
  Sketch sketch;
  for (std::size_t i = 0; i < tasks; ++i) {
    if (sketch.clerks.empty() || !one_clerk) {
      sketch.clerks.push_back({"clerk" + std::to_string(i), {}, {}});
    }
    sketch.clerks.back().routines.push_back(
        {"go" + std::to_string(i), std::vector<toy::Step>(steps, toy::wait()), 0ns, false});
  }
  return sketch;
}

std::size_t deviations(const sim::Tape& tape) {
  return static_cast<std::size_t>(std::count_if(
      tape.begin(), tape.end(), [](const sim::TapeEntry& entry) { return entry.index != 0; }));
}

void check_replays(const toy::Flow& flow, sim::FaultPlan plan, const sim::Violation& violation) {
  plan.budget = violation.budget;
  sim::World world(flow, sim::Reading::any, plan);
  const sim::Replayed replayed =
      sim::replay(world, violation.tape, {violation.steps, violation.round}, {});
  CHECK(replayed.divergence.empty());
  CHECK(replayed.fingerprint == violation.fingerprint);
  REQUIRE(replayed.violation.has_value());
  CHECK(replayed.violation->invariant == violation.invariant);
  CHECK(replayed.violation->entity == violation.entity);
}

TEST_CASE("exhaustive search counts the states of independent tasks exactly", "[sim][search]") {
  for (const bool one_clerk : {true, false}) {
    for (std::size_t tasks = 1; tasks <= 4; ++tasks) {
      for (std::size_t steps = 1; steps <= 4; ++steps) {
        const toy::Flow flow(waiters(tasks, steps, one_clerk));
        const Result result = sim::explore(flow, {}, by(Strategy::exhaustive));
        std::uint64_t states = 1;
        for (std::size_t i = 0; i < tasks; ++i) states *= steps + 1;
        CHECK(result.verdict == Verdict::exhausted);
        CHECK(result.figures.states == states);
        // Each task moves in all states in which it is not done yet.
        CHECK(result.figures.transitions == states / (steps + 1) * steps * tasks);
        CHECK(result.figures.depth == tasks * steps);
      }
    }
  }
}

TEST_CASE("exhaustive search finds a race that the default order hides", "[sim][search]") {
  const toy::Flow flow(race());
  CHECK(sim::explore(flow, {}, by(Strategy::sweep)).verdict == Verdict::sampled);
  const Result result = sim::explore(flow, {}, by(Strategy::exhaustive));
  REQUIRE(result.verdict == Verdict::violated);
  const sim::Violation& violation = result.violations.front();
  CHECK(violation.invariant == "both are counted");
  CHECK(violation.entity == "x");
  CHECK(violation.expected == 2);
  CHECK(violation.actual == 1);
  CHECK(violation.faults.empty());
  CHECK(violation.fewest_faults);
  CHECK(violation.timing.feasible);
  check_replays(flow, {}, violation);
}

TEST_CASE("a sweep finds a single fault", "[sim][search]") {
  const toy::Flow flow(at_least_once());
  const auto plan = toy::plan(1, {FaultKind::reply_lost});
  for (const Strategy strategy : {Strategy::sweep, Strategy::automatic, Strategy::exhaustive}) {
    const Result result = sim::explore(flow, plan, by(strategy));
    REQUIRE(result.verdict == Verdict::violated);
    CHECK(result.violations.front().faults == std::vector<FaultKind>{FaultKind::reply_lost});
    CHECK(result.violations.front().fewest_faults == (strategy != Strategy::sweep));
    CHECK(deviations(result.violations.front().tape) == 2);  // the lost reply, and "done"
    check_replays(flow, plan, result.violations.front());
  }
}

TEST_CASE("a sweep finds a pair of faults and says how many it needed", "[sim][search]") {
  Sketch sketch = at_least_once();
  sketch.rules[0].most = 2;
  const toy::Flow flow(sketch);
  const auto plan = toy::plan(2, {FaultKind::crash, FaultKind::reply_lost});
  CHECK(sim::explore(flow, toy::plan(1, {FaultKind::crash, FaultKind::reply_lost}),
                     by(Strategy::automatic))
            .verdict == Verdict::exhausted);
  const Result result = sim::explore(flow, plan, by(Strategy::automatic));
  REQUIRE(result.verdict == Verdict::violated);
  CHECK(result.violations.front().faults.size() == 2);
  CHECK(result.violations.front().fewest_faults);
  check_replays(flow, plan, result.violations.front());
}

TEST_CASE("random search finds a race and a fault", "[sim][search]") {
  const toy::Flow flow(race());
  const Result raced = sim::explore(flow, {}, by(Strategy::random));
  REQUIRE(raced.verdict == Verdict::violated);
  check_replays(flow, {}, raced.violations.front());
  const toy::Flow faulty(at_least_once());
  const auto plan = toy::plan(1, {FaultKind::reply_lost});
  const Result lost = sim::explore(faulty, plan, by(Strategy::random));
  REQUIRE(lost.verdict == Verdict::violated);
  CHECK(lost.violations.front().faults.size() == 1);
  check_replays(faulty, plan, lost.violations.front());
}

TEST_CASE("shrinking leaves only the deviations that the race needs", "[sim][search]") {
  Sketch sketch = race();  // with bystanders whose order does not matter
  sketch.clerks.push_back(
      {"cid", {{"go", std::vector<toy::Step>(6, toy::wait()), 0ns, false}}, {}});
  sketch.clerks.push_back(
      {"dot", {{"go", std::vector<toy::Step>(4, toy::add(y, 1)), 0ns, false}}, {}});
  const toy::Flow flow(sketch);
  const auto plan = toy::plan(3, {FaultKind::error, FaultKind::late, FaultKind::pause});
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SearchOptions options = by(Strategy::random);
    options.seed = seed;
    const Result result = sim::explore(flow, plan, options);
    REQUIRE(result.verdict == Verdict::violated);
    const sim::Violation& violation = result.violations.front();
    CHECK(violation.actual != 2);
    // Bob begins and reads before ann writes: two deviations, a third where a fault made the race.
    CHECK(violation.faults.size() <= 1);
    CHECK(deviations(violation.tape) <= 3);
    check_replays(flow, plan, violation);
  }
}

TEST_CASE("shrinking drops planted faults that the violation does not need", "[sim][search]") {
  const toy::Flow flow(at_least_once());
  const auto plan = toy::plan(3, {FaultKind::crash, FaultKind::reply_lost, FaultKind::pause});
  sim::World world(flow, sim::Reading::any, plan);
  toy::Wishes wishes({{"/ann/go/0", "crash"},
                      {"/ann/go/0", "pause"},
                      {"/ann/go/1", "reply_lost"},
                      {"/ann/go/1", "done"}},
                     {});
  sim::Recorder recorder(wishes);
  world.reset(recorder);
  REQUIRE(sim::run_to_end(world, {}) == sim::RunEnd::violated);
  const sim::Violation told = sim::tell(world, recorder.take(), {});
  REQUIRE(wishes.all_granted());
  CHECK(told.faults.size() == 3);
  std::uint64_t runs = 0;
  const sim::Violation shrunk = sim::shrink(world, told, {}, runs);
  CHECK(shrunk.faults.size() == 1);
  CHECK(runs > 0);
  check_replays(flow, plan, shrunk);
}

TEST_CASE(
    "a violation whose only path has no timing is UNKNOWN without windows, and none with them",
    "[sim][search]") {
  Sketch sketch;
  const Window now{0ns, 0ns};
  sketch.clerks = {
      {"ann",
       {{"go",
         {toy::within(toy::wait(), Window{10s, 10s}), toy::within(toy::read(y), now),
          toy::within(toy::put(x, 0), now)},
         0ns,
         false}},
       {}},
      {"bob",
       {{"go",
         {toy::within(toy::wait(), Window{1s, 2s}), toy::within(toy::write(y, 1), now)},
         0ns,
         false}},
       {}}};
  sketch.rules = {{"ann sees what bob wrote", x, 1, 1, false}};
  const toy::Flow flow(sketch);
  SearchOptions any = by(Strategy::automatic);
  any.timing = sim::TimingMode::any;
  const Result result = sim::explore(flow, {}, any);
  CHECK(result.verdict == Verdict::unknown);
  CHECK(result.violations.empty());
  REQUIRE_FALSE(result.reasons.empty());
  CHECK_THAT(result.reasons.front(), Catch::Contains("sleep [10s, 10s] comes too early"));
  // Only the windows that the path contradicts are kept, and with them nothing is broken.
  const Result timed = sim::explore(flow, {}, by(Strategy::automatic));
  CHECK(timed.verdict == Verdict::exhausted);
  CHECK(timed.reasons.empty());
  CHECK(std::count(timed.windows.begin(), timed.windows.end(), "sleep [10s, 10s]") == 1);
  CHECK(sim::explore(flow, {}, by(Strategy::random)).verdict == Verdict::sampled);
  // With a window that lets ann come first, the same path is a violation, and its instants agree.
  sketch.clerks[0].routines[0].steps[0].window = Window{1s, 10s};
  const Result early = sim::explore(toy::Flow(sketch), {}, by(Strategy::automatic));
  REQUIRE(early.verdict == Verdict::violated);
  const auto& instants = early.violations.front().timing.earliest;
  CHECK(std::is_sorted(instants.begin(), instants.end()));
  CHECK(instants.back().nanoseconds == 1'000'000'000);
}

TEST_CASE("what a pause puts off was pending until then", "[sim][search]") {
  Sketch sketch;
  sketch.clerks = {
      {"ann",
       {{"slow", {toy::within(toy::add(x, 1), Window{5s, 5s})}, 0ns, false},
        {"fast", {toy::within(toy::wait(), Window{1s, 1s}), toy::add(y, 1)}, 0ns, false}},
       {}}};
  sketch.rules = {{"fast is first", x, 0, 0, true}};
  const toy::Flow flow(sketch);
  sim::World world(flow, sim::Reading::any, toy::plan(1, {FaultKind::pause}));
  toy::Wishes wishes({{"/ann/slow/0", "pause"}}, {"ann: add x"});
  sim::Recorder recorder(wishes);
  world.reset(recorder);
  REQUIRE(sim::run_to_end(world, {}) == sim::RunEnd::violated);
  CHECK_FALSE(sim::tell(world, recorder.take(), {}).timing.feasible);
}

TEST_CASE("the same search gives equal digests and tapes whatever ran before", "[sim][search]") {
  const toy::Flow flow(race());
  const toy::Flow lossy(at_least_once());
  const toy::Flow other(waiters(3, 3, false));
  const auto plan = toy::plan(2, {FaultKind::crash, FaultKind::reply_lost, FaultKind::pause});
  for (const Strategy strategy : {Strategy::exhaustive, Strategy::random, Strategy::sweep}) {
    for (const toy::Flow* each : {&flow, &lossy}) {
      const Result first = sim::explore(*each, plan, by(strategy));
      sim::World world(other, sim::Reading::sampled, {});
      for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        sim::SeededSource source(seed);
        world.reset(source);
        static_cast<void>(sim::run_to_end(world, {}));
      }
      const Result second = sim::explore(*each, plan, by(strategy));
      CHECK(first.verdict == second.verdict);
      CHECK(first.figures.digest == second.figures.digest);
      CHECK(first.figures.states == second.figures.states);
      CHECK(first.figures.transitions == second.figures.transitions);
      REQUIRE(first.violations.size() == second.violations.size());
      if (first.violations.empty()) continue;
      const sim::Tape& a = first.violations.front().tape;
      const sim::Tape& b = second.violations.front().tape;
      CHECK(std::equal(a.begin(), a.end(), b.begin(), b.end(),
                       [](const auto& m, const auto& n) { return m.same_as(n); }));
      CHECK(first.violations.front().fingerprint == second.violations.front().fingerprint);
    }
  }
}

TEST_CASE("a full search of a flow that holds has an equal digest every time", "[sim][search]") {
  const toy::Flow flow(waiters(3, 3, true));
  const auto once = sim::explore(flow, {}, by(Strategy::exhaustive));
  const auto again = sim::explore(toy::Flow(waiters(3, 3, true)), {}, by(Strategy::exhaustive));
  CHECK(once.figures.digest == again.figures.digest);
  CHECK(once.figures.digest != sim::Hash128{});
}

TEST_CASE("`between` lets crashes fall only between two operations", "[sim][search]") {
  const toy::Flow flow(at_least_once());
  sim::FaultPlan plan;
  plan.budget = 1;
  plan.rules = {{FaultKind::crash, "ann", ~0U, {{"charge", "end"}}}};
  sim::World world(flow, sim::Reading::any, plan);
  toy::Wishes wishes({}, {});
  world.reset(wishes);
  while (world.step()) {
  }
  CHECK(wishes.asked() == std::vector<std::string>{"fault /ann/go/1"});
  const Result result = sim::explore(flow, plan, by(Strategy::automatic));
  REQUIRE(result.verdict == Verdict::violated);
  CHECK(result.violations.front().faults == std::vector<FaultKind>{FaultKind::crash});
  plan.rules[0].between = {{"begin", "charge"}};
  const Result before = sim::explore(flow, plan, by(Strategy::automatic));
  CHECK(before.verdict == Verdict::exhausted);
  CHECK(before.strikes == std::vector<std::uint64_t>{1});
}

TEST_CASE("a rule's target and its number of strikes limit it", "[sim][search]") {
  const toy::Flow flow(at_least_once());
  auto plan = toy::plan(1, {FaultKind::crash});
  plan.rules[0].target = "bob";
  const Result elsewhere = sim::explore(flow, plan, by(Strategy::exhaustive));
  CHECK(elsewhere.verdict == Verdict::exhausted);
  CHECK(elsewhere.strikes == std::vector<std::uint64_t>{0});
  plan.rules[0].target = "ann";
  CHECK(sim::explore(flow, plan, by(Strategy::exhaustive)).verdict == Verdict::violated);
  plan.rules[0].at_most = 0;
  CHECK(sim::explore(flow, plan, by(Strategy::exhaustive)).verdict == Verdict::exhausted);
}

TEST_CASE("an exact plan counts only runs in which every rule struck as often as it says",
          "[sim][search]") {
  const toy::Flow flow(at_least_once());
  sim::FaultPlan plan = toy::plan(2, {FaultKind::crash, FaultKind::reply_lost});
  for (sim::FaultRule& rule : plan.rules) rule.at_most = 1;
  plan.exact = true;
  for (const Strategy strategy : {Strategy::automatic, Strategy::exhaustive, Strategy::random}) {
    const Result result = sim::explore(flow, plan, by(strategy));
    REQUIRE(result.verdict == Verdict::violated);
    auto faults = result.violations.front().faults;
    std::sort(faults.begin(), faults.end());
    CHECK(faults == std::vector<FaultKind>{FaultKind::crash, FaultKind::reply_lost});
    check_replays(flow, plan, result.violations.front());
  }
}

TEST_CASE("a work bound ends the search with BOUND HIT and a reason", "[sim][search]") {
  const toy::Flow flow(waiters(4, 4, false));
  SearchOptions options = by(Strategy::exhaustive);
  options.states_max = 100;
  const Result states = sim::explore(flow, {}, options);
  CHECK(states.verdict == Verdict::bound_hit);
  REQUIRE(states.reasons.size() == 1);
  CHECK_THAT(states.reasons.front(), Catch::Contains("100 states"));
  options = by(Strategy::exhaustive);
  options.transitions_max = 50;
  const Result transitions = sim::explore(flow, {}, options);
  CHECK(transitions.verdict == Verdict::bound_hit);
  CHECK(transitions.figures.transitions == 50);
}

TEST_CASE("only the invariants asked for end a search, others are mentioned", "[sim][search]") {
  Sketch sketch = at_least_once();
  sketch.rules.push_back({"begun once", y, 0, 2, true});
  const toy::Flow flow(sketch);
  SearchOptions options = by(Strategy::automatic);
  options.violates = {"begun once"};
  const auto plan = toy::plan(1, {FaultKind::reply_lost, FaultKind::crash});
  const Result result = sim::explore(flow, plan, options);
  REQUIRE(result.verdict == Verdict::violated);
  CHECK(result.violations.front().invariant == "begun once");
  CHECK(result.violations.front().faults == std::vector<FaultKind>{FaultKind::crash});
}

}  // namespace
}  // namespace onceward
