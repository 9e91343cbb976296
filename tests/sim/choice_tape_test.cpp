// A tape is followed strictly: an entry removed, changed or added is a divergence that says where.
#include <catch2/catch.hpp>
#include <string>

#include "sim/search/runs.hpp"
#include "sim/search/sources.hpp"
#include "tests/support/toy.hpp"

namespace onceward {
namespace {

using namespace std::chrono_literals;
using sim::FaultKind;
using sim::Reading;
using sim::Tape;
using sim::TapeEntry;
using sim::World;

toy::Sketch two_clerks() {
  toy::Sketch sketch;
  for (const char* name : {"ann", "bob"}) {
    sketch.clerks.push_back({name,
                             {{"go",
                               {toy::add(0, 1), toy::step(toy::Verb::pick, 0, 3), toy::put(1, 1),
                                toy::wait(), toy::add(0, 1)},
                               0ns,
                               false}},
                             {}});
  }
  return sketch;
}

// One recorded run and the world to follow it in.
struct Recorded {
  Recorded() : world(flow, Reading::any, plan) {
    toy::Wishes wishes({{"/ann/go/1", "2"}, {"/ann/go/2", "reply_lost"}, {"/ann/go/2", "done"}},
                       {"bob: add x"});
    sim::Recorder recorder(wishes);
    world.reset(recorder);
    while (world.step()) {
    }
    REQUIRE(wishes.all_granted());
    steps = world.steps();
    fingerprint = world.fingerprint();
    tape = recorder.take();
  }
  [[nodiscard]] sim::Replayed follow(const Tape& other) {
    return sim::replay(world, other, {steps}, {});
  }

  toy::Flow flow{two_clerks()};
  sim::FaultPlan plan = toy::plan(1, {FaultKind::reply_lost});
  World world;
  std::uint32_t steps = 0;
  sim::Hash128 fingerprint;
  Tape tape;
};

TEST_CASE("a tape leads to the same end every time", "[sim][tape]") {
  Recorded run;
  REQUIRE(run.tape.size() > 5);
  for (int i = 0; i < 3; ++i) {
    const sim::Replayed replayed = run.follow(run.tape);
    CHECK(replayed.divergence.empty());
    CHECK(replayed.fingerprint == run.fingerprint);
    CHECK(replayed.steps == run.steps);
  }
}

TEST_CASE("a tape records what was chosen, by name", "[sim][tape]") {
  const Recorded run;
  int faults = 0;
  for (const TapeEntry& entry : run.tape) {
    CHECK(entry.arity >= 2);
    CHECK(entry.index < entry.arity);
    faults += entry.fault != FaultKind::none ? 1 : 0;
    if (entry.kind != sim::ChoiceKind::data || entry.site != "/ann/go/1") continue;
    CHECK(entry.text == "2");
    CHECK(entry.option == sim::hash_bytes("2"));
  }
  CHECK(faults == 1);
}

TEST_CASE("a tape with an entry removed diverges, wherever it was", "[sim][tape]") {
  Recorded run;
  for (std::size_t i = 0; i < run.tape.size(); ++i) {
    Tape tape = run.tape;
    tape.erase(tape.begin() + static_cast<std::ptrdiff_t>(i));
    const sim::Replayed replayed = run.follow(tape);
    INFO("entry " << i << ": " << run.tape[i].text);
    CHECK_FALSE(replayed.divergence.empty());
    CHECK_THAT(replayed.divergence, Catch::Contains("entry " + std::to_string(i)));
  }
}

TEST_CASE("a tape with an entry added diverges, wherever it is", "[sim][tape]") {
  Recorded run;
  for (std::size_t i = 0; i <= run.tape.size(); ++i) {
    Tape tape = run.tape;
    TapeEntry extra = run.tape[i % run.tape.size()];
    tape.insert(tape.begin() + static_cast<std::ptrdiff_t>(i), extra);
    CHECK_FALSE(run.follow(tape).divergence.empty());
  }
}

TEST_CASE("a tape with an entry changed diverges, or leads elsewhere", "[sim][tape]") {
  Recorded run;
  for (std::size_t i = 0; i < run.tape.size(); ++i) {
    INFO("entry " << i << ": " << run.tape[i].text);
    const auto changed = [&](auto change) {
      Tape tape = run.tape;
      change(tape[i]);
      CHECK_FALSE(tape[i].same_as(run.tape[i]));
      return run.follow(tape).divergence;
    };
    const std::string where = "entry " + std::to_string(i);
    CHECK_THAT(changed([](TapeEntry& entry) { ++entry.arity; }), Catch::Contains(where));
    CHECK_THAT(changed([](TapeEntry& entry) { entry.site += "x"; }), Catch::Contains(where));
    CHECK_THAT(changed([](TapeEntry& entry) { ++entry.n; }), Catch::Contains(where));
    CHECK_THAT(changed([](TapeEntry& entry) { ++entry.owner.low; }), Catch::Contains(where));
    CHECK_THAT(changed([](TapeEntry& entry) { ++entry.option.low; }), Catch::Contains(where));
    CHECK_THAT(changed([](TapeEntry& entry) {
                 const bool order = entry.kind == sim::ChoiceKind::order;
                 entry.kind = order ? sim::ChoiceKind::fault : sim::ChoiceKind::order;
               }),
               Catch::Contains(where));
  }
}

TEST_CASE("index and text of an entry are for people and not compared", "[sim][tape]") {
  Recorded run;
  for (TapeEntry& entry : run.tape) {
    entry.index = 99;
    entry.text = "?";
  }
  CHECK(run.follow(run.tape).divergence.empty());
}

TEST_CASE("a run cut short or drawn out is a divergence", "[sim][tape]") {
  Recorded run;
  CHECK_FALSE(sim::replay(run.world, run.tape, {run.steps + 1}, {}).divergence.empty());
  CHECK_FALSE(sim::replay(run.world, run.tape, {run.steps / 2}, {}).divergence.empty());
}

TEST_CASE("the tape of a sampled run replays in a world of orders only", "[sim][tape]") {
  const toy::Flow flow(two_clerks());
  const auto plan = toy::plan(2, {FaultKind::crash, FaultKind::late, FaultKind::pause});
  World sampled(flow, Reading::sampled, plan);
  World orders(flow, Reading::any, plan);
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    sim::SeededSource source(seed);
    sim::Recorder recorder(source);
    sampled.reset(recorder);
    while (sampled.step()) {
    }
    const sim::Replayed replayed = sim::replay(orders, recorder.take(), {sampled.steps()}, {});
    REQUIRE(replayed.divergence.empty());
    REQUIRE(toy::numbers(orders) == toy::numbers(sampled));
  }
}

}  // namespace
}  // namespace onceward
