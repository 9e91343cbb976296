// Equal searches give equal results: first in a process, after a thousand other runs, and in a new
// process.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "scenarios/capsule.hpp"
#include "scenarios/loaded.hpp"
#include "sim/search/explore.hpp"
#include "sim/search/runs.hpp"
#include "sim/search/sources.hpp"
#include "tests/scenarios/draft.hpp"
#include "tests/support/command.hpp"

namespace onceward {
namespace {

using scenarios::Draft;
using scenarios::Loaded;
using tests::Ran;
using tests::TemporaryFolder;

// A flow that breaks under a crash, one that holds, and one in which much may happen at once.
std::vector<Draft> drafts() {
  Draft holding;
  holding.obligations = R"([{"each": "db.orders", "owes": "ship", "at_most": 2}])";
  holding.expect = R"({"holds": true})";
  Draft busy;
  busy.brokers =
      R"({"bus": {"profile": "rabbitmq-classic@3.13", "topics": {"orders": {"partitions": 1}}}})";
  busy.shop =
      R"-({"begin": "db"}, {"insert": "db.outbox", "row": {"id": "=request.order"}, "on_conflict": "ignore", "as": "x"}, {"commit": "db"},
                 {"publish": "Placed", "to": "bus.orders", "key": "=request.order", "id": "=uuid()"})-";
  busy.timer =
      R"({"select": "db.outbox", "limit": 1, "as": "found"}, {"for_each": "found", "as": "e", "do": [
                 {"delete": "db.outbox", "where": "row.id == e.id"}]})";
  busy.obligations = R"([{"each": "event Placed", "owes": "ship", "exactly": 1}])";
  busy.faults = R"({"budget": 2})";
  busy.expect = R"({"violates": "no-duplicate-effect"})";
  return {Draft(), holding, busy};
}

std::string told(const sim::Result& result) {
  std::string text = fmt::format(
      "{} {} states {} steps {} runs digest {}\n", to_text(result.verdict), result.figures.states,
      result.figures.transitions, result.figures.runs, to_text(result.figures.digest));
  for (const sim::Violation& found : result.violations) {
    text += fmt::format("{} of {} after {} steps, {}\n", found.invariant, found.entity, found.steps,
                        to_text(found.fingerprint));
    for (const sim::TapeEntry& entry : found.tape) {
      text += fmt::format("  {} {} {} {} {} of {} {}\n", to_text(entry.kind), to_text(entry.owner),
                          entry.site, entry.n, entry.index, entry.arity, entry.text);
    }
  }
  return text;
}

// Hitting a bound must be repeatable too.
sim::SearchOptions bounded(const Loaded& loaded) {
  sim::SearchOptions options;
  options.runs = 50;
  options.states_max = 2'000;
  options.violates = loaded.program->expectation.violates;
  return options;
}

std::string searched(const Draft& draft, sim::Strategy strategy) {
  const Loaded loaded = scenarios::load_text("a.onceward.json", draft.text());
  INFO(loaded.problems);
  REQUIRE(loaded.program != nullptr);
  sim::SearchOptions options = bounded(loaded);
  options.strategy = strategy;
  return told(sim::explore(*loaded.program, loaded.program->plan, options));
}

// What every strategy answers to every draft.
std::string all_searched() {
  std::string text;
  for (const Draft& draft : drafts()) {
    for (const auto& each : sim::strategy_catalogue()) {
      text += std::string(each.name) + ": " + searched(draft, each.strategy);
    }
  }
  return text;
}

// One sampled run; its final state.
std::string sampled(const Loaded& loaded, std::uint64_t seed) {
  sim::World world(*loaded.program, sim::Reading::sampled, loaded.program->plan);
  sim::SeededSource source(seed);
  world.reset(source);
  static_cast<void>(sim::run_to_end(world, {}));
  return fmt::format("{} after {} steps\n", to_text(world.fingerprint()), world.steps());
}

TEST_CASE("a search gives the same first in a process and after a thousand other runs",
          "[determinism]") {
  const std::string first = all_searched();
  const Loaded loaded = scenarios::load_text("a.onceward.json", drafts().back().text());
  REQUIRE(loaded.program != nullptr);
  std::string runs;
  for (std::uint64_t seed = 0; seed < 20; ++seed) runs += sampled(loaded, seed);
  std::size_t others = 0;
  for (const Draft& draft : drafts()) {
    const Loaded other = scenarios::load_text("b.onceward.json", draft.text());
    for (std::uint64_t seed = 0; seed < 334; ++seed, ++others) {
      static_cast<void>(sampled(other, seed * 7919 + 1));
    }
  }
  CHECK(others > 1000);
  CHECK(all_searched() == first);
  std::string again;
  for (std::uint64_t seed = 0; seed < 20; ++seed) again += sampled(loaded, seed);
  CHECK(again == runs);
}

TEST_CASE("a new process gives what this one gives", "[determinism]") {
  const TemporaryFolder folder;
  for (const Draft& draft : drafts()) {
    folder.write("a.onceward.json", draft.text());
    const std::string check = "check a.onceward.json --states 2000 --no-timing --json - --out ";
    const Ran first = folder.onceward(check + "one");
    const Ran second = folder.onceward(check + "one");
    CHECK(first.out == second.out);

    const Loaded loaded = scenarios::load_text("a.onceward.json", draft.text());
    REQUIRE(loaded.program != nullptr);
    const sim::Result here = sim::explore(*loaded.program, loaded.program->plan, bounded(loaded));
    const auto there = nlohmann::json::parse(first.out).at("scenarios").at(0);
    CHECK(there.at("verdict") == to_text(here.verdict));
    CHECK(there.at("search").at("states") == here.figures.states);
    CHECK(there.at("search").at("transitions") == here.figures.transitions);
    if (here.violations.empty()) continue;
    std::string problem;
    const auto capsule = scenarios::read_capsule(folder.read("one/a.capsule.json"), problem);
    REQUIRE(capsule.has_value());
    CHECK(capsule->fingerprint == here.violations.front().fingerprint);
    CHECK(capsule->steps == here.violations.front().steps);
  }
}

TEST_CASE("runs of one seed end in one state in this process and in a new one", "[determinism]") {
  const TemporaryFolder folder;
  for (const Draft& draft : drafts()) {
    folder.write("a.onceward.json", draft.text());
    const Loaded loaded = scenarios::load_text("a.onceward.json", draft.text());
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const Ran ran = folder.onceward(fmt::format("run a.onceward.json --seed {}", seed));
      const std::string here = sampled(loaded, seed);
      CHECK(ran.out.find("final state " + here.substr(0, here.find(' '))) != std::string::npos);
    }
  }
}

// An instant from before a pass began may still come for it, one from since then may not: which of
// the two it is belongs to the state (the audit of merges found that it did not).
TEST_CASE("passes that compare instants go on alike from what counts as one state",
          "[determinism]") {
  for (const char* name : {"cleanup.by-age", "cleanup.by-age.fixed"}) {
    const Loaded loaded = scenarios::load(
        fmt::format("{}/scenarios/library/relay/{}.onceward.json", ONCEWARD_SOURCE_DIR, name));
    REQUIRE(loaded.program != nullptr);
    sim::SearchOptions options;
    options.strategy = sim::Strategy::exhaustive;
    options.timing = sim::TimingMode::any;
    options.reductions = sim::Reductions::none();
    options.violates = loaded.program->expectation.violates;
    CHECK(sim::explore(*loaded.program, loaded.program->plan, options).unsound.empty());
  }
}

}  // namespace
}  // namespace onceward
