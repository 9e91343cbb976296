// Stories about timers: what is stopped in time, what dies with its process, what survives it.
#include <catch2/catch.hpp>

#include "models/effect.hpp"
#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using namespace std::chrono_literals;
using models::Arming;
using models::Timer;
using sim::FaultKind;
using sim::Task;

const sim::Site kArm("arm");
const sim::Site kDisarm("disarm");
const sim::Site kWork("work");
const sim::Symbol kCharge("charge");

Task<> ring(Desk* at, Timer* timer) {
  at->note("rings ", timer->key());
  co_return;
}

Arming in_a_minute(const char* key = nullptr) {
  Arming arming;
  arming.after = sim::Window{1min, 1min};
  if (key != nullptr) arming.key = text(key);
  return arming;
}

TEST_CASE("a timer fires once, after its time and not before", "[models][timers]") {
  Flow flow;
  flow.timer("ann", "t", false, ring);
  flow.process("ann", [](Desk* at) -> Task<> {
    at->timers->arm_now(in_a_minute("k"), kArm);
    co_return;
  });
  const Run run = flow.play();
  CHECK(run.notes.at("ann") == Texts{"rings k"});
  REQUIRE(run.timing.feasible);
  CHECK(run.timing.earliest[1] == sim::Instant{1min / 1ns});
}

TEST_CASE("to arm a timer anew sets its time anew, other keys are other timers",
          "[models][timers]") {
  Flow flow;
  flow.timer("ann", "t", false, ring);
  flow.process("ann", [](Desk* at) -> Task<> {
    at->timers->arm_now(in_a_minute("a"), kArm);
    at->timers->arm_now(in_a_minute("b"), kArm);
    at->timers->arm_now(in_a_minute("a"), kArm);
    co_return;
  });
  CHECK(flow.outcomes() == std::set<std::string>{"ann: rings a, rings b", "ann: rings b, rings a"});
}

// Arms, does something else and disarms.
Task<> arm_and_disarm(Desk* at) {
  at->timers->arm_now(in_a_minute(), kArm);
  const sim::Window window = sim::Window{0s, 2min};
  co_await sim::Sleep(*at->world, kWork, window);
  at->note(at->timers->disarm_now(in_a_minute(), kDisarm) ? "stopped" : "too late");
}

TEST_CASE("a timer is stopped only while its time is running: what is due comes",
          "[models][timers]") {
  Flow flow;
  flow.timer("ann", "t", false, ring);
  flow.process("ann", arm_and_disarm);
  CHECK(flow.outcomes() == std::set<std::string>{"ann: stopped", "ann: too late, rings null",
                                                 "ann: rings null, too late"});
  const Run queued = flow.play({"timer t: its time ends", "ann", "timer t: fires"});
  CHECK(queued.notes.at("ann") == Texts{"too late", "rings null"});
  CHECK(queued.timing.feasible);
}

Task<> arm_and_act(Desk* at) {
  at->timers->arm_now(in_a_minute(), kArm);
  const models::Row row = item("o1");
  co_await at->db->insert(kAlone, kItems, row, models::OnConflict::error, kWork);
}

TEST_CASE("a volatile timer dies with its process", "[models][timers]") {
  Flow flow;
  flow.timer("ann", "t", false, ring);
  flow.once("ann", arm_and_act);
  flow.allow(1, {FaultKind::crash});
  CHECK(flow.play().notes.at("ann") == Texts{"rings null"});
  CHECK(flow.play({}, {{"work", "crash"}}).notes.at("ann").empty());
}

Task<> arm_durably(Desk* at) {
  const models::TimerOperation::Result armed = co_await at->timers->arm(in_a_minute(), kArm);
  at->note("arms ", armed.status);
}

TEST_CASE("a durable timer survives its process and fires when one is up again",
          "[models][timers]") {
  Flow flow;
  flow.timer("ann", "t", true, ring);
  flow.once("ann", arm_durably);
  flow.allow(1, {FaultKind::crash});
  const Run run =
      flow.play({"ann", "ann: crash", "timer t: its time ends", "ann: restart", "timer t: fires"},
                {{"arm", "crash"}});
  CHECK(run.notes.at("ann") == Texts{"rings null"});
}

TEST_CASE("whether a durable timer was armed is not known when the reply is lost",
          "[models][timers]") {
  Flow flow;
  flow.timer("ann", "t", true, ring);
  flow.once("ann", arm_durably);
  flow.allow(1, {FaultKind::reply_lost, FaultKind::error});
  CHECK(flow.outcomes() == std::set<std::string>{"ann: arms ok, rings null",
                                                 "ann: arms timeout, rings null",
                                                 "ann: arms timeout", "ann: arms refused"});
}

TEST_CASE("a durable timer whose process dies before its handler has ended fires once more",
          "[models][timers]") {
  Flow flow;
  flow.timer("ann", "t", true, [](Desk* at, Timer*) -> Task<> {
    co_await models::ImmediateEffect(*at->world, *at->ledger, kCharge, text("o1"), kWork,
                                     sim::kAnyTime);
  });
  flow.once("ann", arm_durably);
  flow.allow(1, {FaultKind::crash});
  CHECK(flow.play().effects == Texts{"charge o1"});
  CHECK(flow.play({}, {{"work", "crash"}}).effects == Texts{"charge o1", "charge o1"});
}

TEST_CASE("a timer of a process that stands still fires once it goes on", "[models][timers]") {
  Flow flow;
  flow.timer("ann", "t", false, ring);
  flow.process("ann", arm_and_act);
  flow.allow(1, {FaultKind::pause});
  const Run run =
      flow.play({"ann", "timer t: its time ends", "ann: end of the pause"}, {{"work", "pause"}});
  CHECK(run.notes.at("ann") == Texts{"rings null"});
}

TEST_CASE("a pass that arms a timer is not idle", "[models][timers]") {
  Flow flow;
  flow.timer("ann", "t", false, [](Desk* at, Timer*) -> Task<> {
    at->memory = 2;
    co_return;
  });
  flow.every("ann", 1s, [](Desk* at) -> Task<> {
    if (at->memory == 0) {
      at->memory = 1;
      at->timers->arm_now(in_a_minute(), kArm);
    } else {
      at->note("again");
    }
    co_return;
  });
  CHECK(flow.outcomes() == std::set<std::string>{"ann: again"});
}

}  // namespace
}  // namespace onceward::tests
