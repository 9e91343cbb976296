// The solver of difference constraints: known systems by hand, random ones against a solver that
// tries all small integers.
#include "sim/timing.hpp"

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>
#include <functional>
#include <optional>
#include <vector>

#include "sim/search/runs.hpp"
#include "sim/search/sources.hpp"
#include "tests/support/toy.hpp"

namespace onceward::sim {

std::ostream& operator<<(std::ostream& out, const PathLog::Constraint& constraint) {
  return out << "t" << constraint.first << " - t" << constraint.second
             << " <= " << constraint.bound;
}

namespace {

using namespace std::chrono_literals;

PathLog path(std::uint32_t steps, std::vector<PathLog::Constraint> constraints) {
  for (std::uint32_t step = 1; step <= steps; ++step) {
    constraints.push_back({step - 1, step, 0, "time does not run backwards", ""});
  }
  return {steps, std::move(constraints)};
}

std::vector<std::int64_t> numbers(const Timing& timing) {
  std::vector<std::int64_t> list;
  for (const Instant instant : timing.earliest) list.push_back(instant.nanoseconds);
  return list;
}

TEST_CASE("the earliest instants of a feasible path", "[sim][timing]") {
  CHECK(numbers(solve({})) == std::vector<std::int64_t>{0});
  CHECK(numbers(solve(path(2, {}))) == std::vector<std::int64_t>{0, 0, 0});
  // Step 2 comes 5 to 8 after the start, step 3 at least 2 after step 1, step 1 at most 3 before
  // step 2.
  const Timing timing = solve(
      path(3, {{0, 2, -5, "", "a"}, {2, 0, 8, "", ""}, {1, 3, -2, "", "b"}, {2, 1, 3, "", ""}}));
  CHECK(timing.feasible);
  CHECK(numbers(timing) == std::vector<std::int64_t>{0, 2, 5, 5});
  CHECK(timing.cycle.empty());
}

TEST_CASE("an infeasible cycle names the occurrence that came too early", "[sim][timing]") {
  // A lease of 30 s ends at step 2, but step 1 waits 40 s and comes before it.
  const Timing timing = solve(path(3, {{0, 1, -40, "slow: not earlier", "slow"},
                                       {0, 2, -30, "lease: not earlier", "lease"},
                                       {2, 0, 30, "lease: not later", ""},
                                       {0, 3, -1, "other", "other"}}));
  CHECK_FALSE(timing.feasible);
  CHECK(timing.earliest.empty());
  CHECK(timing.early == "slow");
  REQUIRE(timing.cycle.size() == 3);
  std::string all;
  for (const std::string& each : timing.cycle) all += each + "\n";
  CHECK_THAT(all, Catch::Contains("slow: not earlier") && Catch::Contains("lease: not later") &&
                      Catch::Contains("time does not run backwards"));
}

TEST_CASE("a round that takes less time than what it waits for cannot be made for ever",
          "[sim][timing]") {
  const Site site("/wait");
  const Site compared("/compared");
  // Steps 1 to 2 and 3 to 4 do the same; each round takes at least 5.
  const auto rounds = [&](std::vector<PathLog::Constraint> more) {
    std::vector<PathLog::Constraint> all = {{1, 2, -5, "round 1", "it", &site, "a wait"},
                                            {3, 4, -5, "round 2", "it", &site, "a wait"}};
    all.insert(all.end(), more.begin(), more.end());
    return path(4, std::move(all));
  };
  CHECK(solve_for_ever(rounds({}), 2).feasible);
  // What is fed once a round, within 4 of the last time, is late; within 6 it is not.
  CHECK_FALSE(solve_for_ever(rounds({{4, 2, 4, "fed", ""}}), 2).feasible);
  CHECK(solve_for_ever(rounds({{4, 2, 6, "fed", ""}}), 2).feasible);
  // No bound that counts from before the rounds holds for ever, however long; what comes late may.
  const Timing drifts =
      solve_for_ever(rounds({{4, 0, 1'000'000, "before", "", &compared, "instants"}}), 2);
  CHECK_FALSE(drifts.feasible);
  CHECK(drifts.cycle == std::vector<std::string>{"before, however often the round is made"});
  REQUIRE(drifts.places.size() == 2);
  CHECK(drifts.places[0].site == &site);
  CHECK(drifts.places[1].site == &compared);
  CHECK(solve_for_ever(rounds({{0, 4, -1'000'000, "after", ""}}), 2).feasible);
}

TEST_CASE("a slow contradiction is found past constraints that never bind", "[sim][timing]") {
  // The first constraint is never used; the cycle between steps 2 and 3 gains 1 a round.
  const Timing timing = solve({4,
                               {{0, 1, 1'000'000, "idle", "idle"},
                                {3, 1, 1'000'000, "idle too", "idle too"},
                                {2, 3, -5, "late", "late"},
                                {3, 2, 4, "soon", ""},
                                {3, 4, 1'000'000, "after", "after"}}});
  CHECK_FALSE(timing.feasible);
  CHECK(timing.early == "late");
  CHECK(timing.cycle.size() == 2);
}

// The least solution with t0 = 0 and every instant within [0, most], by trying all of them.
std::optional<std::vector<std::int64_t>> try_all(const PathLog& log, std::int64_t most) {
  std::vector<std::int64_t> t(log.steps + 1, 0);
  std::optional<std::vector<std::int64_t>> least;
  const std::function<void(std::size_t)> assign = [&](std::size_t step) {
    for (const PathLog::Constraint& constraint : log.constraints) {
      if (std::max(constraint.first, constraint.second) >= step) continue;
      if (t[constraint.first] - t[constraint.second] > constraint.bound) return;
    }
    if (step == t.size()) {
      if (!least) least = t;
      for (std::size_t i = 0; i < t.size(); ++i) (*least)[i] = std::min((*least)[i], t[i]);
      return;
    }
    for (t[step] = 0; t[step] <= most; ++t[step]) assign(step + 1);
  };
  assign(1);
  return least;
}

TEST_CASE("the solver agrees with trying all instants", "[sim][timing]") {
  rc::prop("over small systems", [] {
    const auto step = rc::gen::inRange<std::uint32_t>(0, 5);
    const auto constraint =
        rc::gen::map(rc::gen::tuple(step, step, rc::gen::inRange<std::int64_t>(-3, 4)),
                     [](const std::tuple<std::uint32_t, std::uint32_t, std::int64_t>& parts) {
                       const auto& [first, second, bound] = parts;
                       return PathLog::Constraint{first, second, bound, "r", "w"};
                     });
    const auto list = *rc::gen::resize(
        8, rc::gen::container<std::vector<PathLog::Constraint>>(rc::gen::resize(100, constraint)));
    PathLog log = path(4, list);
    // No simple path of 4 constraints of at most 3 forces an instant beyond 12.
    const auto expected = try_all(log, 12);
    const Timing timing = solve(log);
    RC_ASSERT(timing.feasible == expected.has_value());
    if (expected) {
      RC_ASSERT(numbers(timing) == *expected);
    } else {
      RC_ASSERT(!timing.cycle.empty());
    }
  });
}

// A run as it was sampled agrees with its own windows, so its path must have a timing. One
// exception is known: what a doomed process is woken for after its crash was drawn would have come
// before it.
TEST_CASE("a sampled run always has a timing", "[sim][timing]") {
  toy::Sketch sketch;
  const Window short_wait{1s, 2s};
  for (const char* name : {"ann", "bob", "cid"}) {
    sketch.clerks.push_back(
        {name,
         {{"go",
           {toy::within(toy::wait(), short_wait), toy::within(toy::lock(0), Window{1ms, 1ms}),
            toy::within(toy::add(1, 1), Window{0ns, 3s}), toy::step(toy::Verb::stamp),
            toy::within(toy::wait(), short_wait), toy::step(toy::Verb::overdue, 0, 1'500'000'000),
            toy::put(2, 0), toy::unlock(0)},
           0ns,
           false},
          {"poll", {toy::read(1)}, 1s, false}},
         {}});
  }
  sketch.rules = {{"all is quiet", 1, 0, 2, false}};
  const toy::Flow flow(sketch);
  for (const FaultKind kind : {FaultKind::none, FaultKind::crash, FaultKind::pause, FaultKind::late,
                               FaultKind::reply_lost, FaultKind::error}) {
    World world(flow, Reading::sampled, toy::plan(1, {kind}));
    World teller(flow, Reading::any, toy::plan(1, {kind}));
    int violated = 0;
    int woken_too_late = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      SeededSource source(seed);
      Recorder recorder(source);
      world.reset(recorder);
      if (run_to_end(world, {}) != RunEnd::violated) continue;  // a fault may avert it
      ++violated;
      const Violation told = tell(teller, recorder.take(), {});
      INFO("fault: " << to_text(kind) << ", early: " << told.timing.early);
      if (kind == FaultKind::crash && !told.timing.feasible) {
        ++woken_too_late;
        continue;
      }
      REQUIRE(told.timing.feasible);
      REQUIRE(told.timing.earliest.back() <= world.now());
    }
    CHECK(woken_too_late <= 3);
    CHECK(violated > 100);
  }
}

}  // namespace
}  // namespace onceward::sim
