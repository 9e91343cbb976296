// Flows that never get quiet: what they owe and never do is found, what is only late is not.
#include <catch2/catch.hpp>
#include <string>

#include "sim/search/explore.hpp"
#include "sim/search/runs.hpp"
#include "tests/support/toy.hpp"

namespace onceward {
namespace {

using namespace std::chrono_literals;
using sim::FaultKind;
using sim::Result;
using sim::SearchOptions;
using sim::Strategy;
using sim::Verdict;
using toy::Sketch;

constexpr std::size_t x = 0;
constexpr std::size_t y = 1;
constexpr std::size_t z = 2;

// Ann takes a lock and gives it back, every second, for ever. Something else owes that y be 1.
Sketch restless() {
  Sketch sketch;
  sketch.clerks = {{"ann", {{"poll", {toy::lock(x), toy::unlock(x)}, 1s, false}}, {}}};
  sketch.rules = {{"y is written", y, 1, 1, false}};
  return sketch;
}

toy::Clerk clerk(const char* name, std::vector<toy::Step> steps, bool restarts = true) {
  toy::Clerk made{name, {{"go", std::move(steps), 0ns, false}}, {}};
  made.restarts = restarts;
  return made;
}

Result search(const Sketch& sketch, Strategy strategy, const sim::FaultPlan& plan = {}) {
  const toy::Flow flow(sketch);
  SearchOptions options;
  options.strategy = strategy;
  Result result = sim::explore(flow, plan, options);
  for (const std::string& reason : result.reasons) UNSCOPED_INFO(reason);
  for (const sim::Violation& violation : result.violations) {
    sim::FaultPlan same = plan;
    same.budget = violation.budget;
    sim::World world(flow, sim::Reading::any, same);
    const sim::Round end{violation.steps, violation.round};
    const sim::Replayed replayed = sim::replay(world, violation.tape, end, {});
    CHECK(replayed.divergence.empty());
    CHECK(replayed.fingerprint == violation.fingerprint);
    REQUIRE(replayed.violation.has_value());
    CHECK(replayed.violation->invariant == violation.invariant);
    CHECK(replayed.violation->round == violation.round);
  }
  return result;
}

TEST_CASE("a flow that goes round for ever and owes nothing holds", "[sim][rounds]") {
  Sketch sketch = restless();
  sketch.rules.clear();
  CHECK(search(sketch, Strategy::exhaustive).verdict == Verdict::exhausted);
  CHECK(search(sketch, Strategy::sweep).verdict == Verdict::sampled);
}

TEST_CASE("what a flow that goes round for ever never does is found missing", "[sim][rounds]") {
  for (const Strategy strategy : {Strategy::exhaustive, Strategy::sweep, Strategy::automatic}) {
    const Result result = search(restless(), strategy);
    REQUIRE(result.verdict == Verdict::violated);
    const sim::Violation& violation = result.violations.front();
    CHECK(violation.invariant == "y is written");
    CHECK(violation.faults.empty());
    CHECK(violation.round > 0);
    // No longer than it takes to see the round twice.
    CHECK(violation.steps <= 3 * violation.round);
    CHECK(violation.trace.back().text.find("the same again, for ever") == 0);
  }
}

TEST_CASE("what is pending all along a round happens at last", "[sim][rounds]") {
  Sketch sketch = restless();
  sketch.clerks.push_back(clerk("bob", {toy::wait(), toy::add(z, 1), toy::write(y, 1)}));
  CHECK(search(sketch, Strategy::exhaustive).verdict == Verdict::exhausted);
  // Unless nobody does it after all.
  sketch.clerks.back() = clerk("bob", {toy::wait(), toy::add(z, 1), toy::write(y, 2)});
  CHECK(search(sketch, Strategy::exhaustive).verdict == Verdict::violated);
}

TEST_CASE("a number that is right in some states of a round only is not found wrong",
          "[sim][rounds]") {
  Sketch sketch = restless();
  sketch.clerks = {{"ann", {{"poll", {toy::write(y, 1), toy::write(y, 0)}, 1s, false}}, {}}};
  CHECK(search(sketch, Strategy::exhaustive).verdict == Verdict::exhausted);
  sketch.clerks = {{"ann", {{"poll", {toy::write(y, 2), toy::write(y, 0)}, 1s, false}}, {}}};
  CHECK(search(sketch, Strategy::exhaustive).verdict == Verdict::violated);
}

TEST_CASE("a crash that leaves something undone is found though others go round", "[sim][rounds]") {
  Sketch sketch = restless();
  sketch.clerks.push_back(clerk("bob", {toy::add(z, 1), toy::write(y, 1)}, false));
  const sim::FaultPlan plan = toy::plan(1, {FaultKind::crash});
  for (const Strategy strategy : {Strategy::exhaustive, Strategy::automatic}) {
    const Result result = search(sketch, strategy, plan);
    REQUIRE(result.verdict == Verdict::violated);
    CHECK(result.violations.front().faults.size() == 1);
    CHECK(result.violations.front().fewest_faults);
    CHECK(result.violations.front().round > 0);
  }
  sketch.clerks.back() = clerk("bob", {toy::add(z, 1), toy::write(y, 1)});
  CHECK(search(sketch, Strategy::exhaustive, plan).verdict == Verdict::exhausted);
}

TEST_CASE("a round that is said to be another is not accepted", "[sim][rounds]") {
  const toy::Flow flow(restless());
  const Result result = sim::explore(flow, {}, SearchOptions());
  REQUIRE(result.verdict == Verdict::violated);
  const sim::Violation& violation = result.violations.front();
  sim::World world(flow, sim::Reading::any, {});
  const auto shows = [&](const sim::Round& end) {
    return sim::replay(world, violation.tape, end, {}).violation.has_value();
  };
  CHECK(shows({violation.steps, violation.round}));
  CHECK_FALSE(shows({violation.steps, 0}));
  CHECK_FALSE(shows({violation.steps, violation.round + 1}));
}

}  // namespace
}  // namespace onceward
