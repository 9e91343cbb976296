// Stories about a service we do not own: it acts whatever becomes of its reply, and an idempotency
// key keeps it from acting twice for as long as it is remembered.
#include <catch2/catch.hpp>

#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using namespace std::chrono_literals;
using models::CallSpec;
using models::Status;
using sim::FaultKind;
using sim::Task;

const sim::Site kCall("call");
const sim::Site kThink("think");
const sim::Symbol kCharge("charge");

Task<> charge(Desk* at, const char* key) {
  CallSpec call;
  call.operation = &kCharge;
  call.of = text("o1");
  if (key != nullptr) call.idempotency_key = text(key);
  const Status status = co_await at->api->call(call, kCall);
  at->note(status);
}

// Charges, and once more unless it was answered.
Task<> charge_until_answered(Desk* at) {
  CallSpec call;
  call.operation = &kCharge;
  call.of = text("o1");
  Status status = co_await at->api->call(call, kCall);
  if (status != Status::ok) status = co_await at->api->call(call, kCall);
  at->note(status);
}

Task<> charge_with_key_until_answered(Desk* at) {
  CallSpec call;
  call.operation = &kCharge;
  call.of = text("o1");
  call.idempotency_key = text("key");
  Status status = co_await at->api->call(call, kCall);
  if (status != Status::ok) status = co_await at->api->call(call, kCall);
  at->note(status);
}

// The same key twice, with at least `between` hours in between.
template <int hours>
Task<> charge_twice(Desk* at) {
  co_await charge(at, "key");
  const sim::Window window = sim::Window{std::chrono::hours(hours), sim::kForever};
  co_await sim::Sleep(*at->world, kThink, window);
  co_await charge(at, "key");
}

TEST_CASE("a call whose reply is lost was done or was not", "[models][external]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> { co_await charge(at, nullptr); });
  flow.allow(1, {FaultKind::reply_lost});
  const Run done = flow.play({}, {{"call", "reply_lost"}, {"call", "done"}});
  CHECK(done.notes.at("ann") == Texts{"timeout"});
  CHECK(done.effects == Texts{"charge o1"});
  const Run not_done = flow.play({}, {{"call", "reply_lost"}, {"call", "not done"}});
  CHECK(not_done.notes.at("ann") == Texts{"timeout"});
  CHECK(not_done.effects.empty());
}

TEST_CASE("a call that is refused does nothing", "[models][external]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> { co_await charge(at, nullptr); });
  flow.allow(1, {FaultKind::error});
  const Run run = flow.play({}, {{"call", "error"}});
  CHECK(run.notes.at("ann") == Texts{"refused"});
  CHECK(run.effects.empty());
}

TEST_CASE("a late call looks failed and acts all the same, even for a caller that has died",
          "[models][external]") {
  Flow flow;
  flow.once("ann", charge_until_answered);
  flow.allow(2, {FaultKind::late, FaultKind::crash});
  const Run twice = flow.play({}, {{"call", "late"}});
  CHECK(twice.notes.at("ann") == Texts{"ok"});
  CHECK(twice.effects == Texts{"charge o1", "charge o1"});
  const Run dead = flow.play({"ann", "ann", "ann: crash", "ann: restart", "call charge"},
                             {{"call", "late"}, {"call", "crash"}});
  CHECK(dead.notes.at("ann").empty());
  CHECK(dead.effects == Texts{"charge o1", "charge o1"});
}

TEST_CASE("a retry without a key charges twice if the first try was done", "[models][external]") {
  Flow flow;
  flow.process("ann", charge_until_answered);
  flow.allow(1, {FaultKind::reply_lost});
  const Run run = flow.play({}, {{"call", "reply_lost"}, {"call", "done"}});
  CHECK(run.notes.at("ann") == Texts{"ok"});
  CHECK(run.effects == Texts{"charge o1", "charge o1"});
}

TEST_CASE("a retry with a key charges once, whatever became of the first try",
          "[models][external]") {
  Flow flow;
  flow.process("ann", charge_with_key_until_answered);
  flow.allow(1, {FaultKind::reply_lost, FaultKind::late, FaultKind::error});
  for (const char* outcome : {"done", "not done"}) {
    const Run run = flow.play({}, {{"call", "reply_lost"}, {"call", outcome}});
    CHECK(run.notes.at("ann") == Texts{"ok"});
    CHECK(run.effects == Texts{"charge o1"});
  }
  CHECK(flow.play({"ann", "call charge", "ann"}, {{"call", "late"}}).effects == Texts{"charge o1"});
  CHECK(flow.play({"ann", "ann", "call charge"}, {{"call", "late"}}).effects == Texts{"charge o1"});
}

TEST_CASE("other keys are other calls", "[models][external]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    co_await charge(at, "one");
    co_await charge(at, "other");
    co_await charge(at, "one");
  });
  const Run run = flow.play();
  CHECK(run.effects == Texts{"charge o1", "charge o1"});
  CHECK(run.told("answers again") == 1);
}

TEST_CASE("a key that is kept for ever asks nothing about time", "[models][external]") {
  Flow flow;
  flow.process("ann", charge_twice<1000>);
  const Run run = flow.play();
  CHECK(run.asked.empty());
  CHECK(run.effects == Texts{"charge o1"});
}

TEST_CASE("whether a key is still remembered is a choice of time", "[models][external]") {
  Flow flow;
  flow.key_window(24h);
  flow.process("ann", charge_twice<1>);
  const Run remembered = flow.play();
  CHECK(remembered.asked == Texts{"time compare instants"});
  CHECK(remembered.effects == Texts{"charge o1"});
  REQUIRE(remembered.timing.feasible);
  const Run forgotten = flow.play({}, {{"compare instants", "after"}});
  CHECK(forgotten.effects == Texts{"charge o1", "charge o1"});
  REQUIRE(forgotten.timing.feasible);
  // The second call comes a nanosecond after the day that began with the first one.
  CHECK(forgotten.timing.earliest[3] == sim::Instant{(24h + 1ms + 1ns) / 1ns});
}

TEST_CASE("the timing check rules out a key that is remembered for too long",
          "[models][external]") {
  Flow flow;
  flow.key_window(24h);
  flow.process("ann", charge_twice<25>);
  CHECK_FALSE(flow.play().timing.feasible);
  CHECK(flow.play({}, {{"compare instants", "after"}}).timing.feasible);
}

TEST_CASE("the timing check rules out a key that is forgotten too soon", "[models][external]") {
  Flow flow;
  flow.key_window(24h);
  flow.process("ann", [](Desk* at) -> Task<> {
    co_await charge(at, "key");
    co_await charge(at, "key");  // within ten seconds
  });
  CHECK(flow.play().timing.feasible);
  CHECK_FALSE(flow.play({}, {{"compare instants", "after"}}).timing.feasible);
}

TEST_CASE("a key that was forgotten is remembered anew from the call that acted again",
          "[models][external]") {
  Flow flow;
  flow.key_window(24h);
  flow.process("ann", [](Desk* at) -> Task<> {
    co_await charge_twice<25>(at);
    co_await charge(at, "key");
  });
  const Run run = flow.play({}, {{"compare instants", "after"}});
  CHECK(run.effects == Texts{"charge o1", "charge o1"});
  CHECK(run.timing.feasible);
}

TEST_CASE("a search ends with the forgotten key only where the day can pass",
          "[models][external]") {
  const auto verdict = [](Routine routine) {
    Flow flow;
    flow.key_window(24h);
    flow.process("ann", routine);
    flow.process("bob", [](Desk* at) -> Task<> {
      const models::Row row = item("o1");
      co_await at->db->insert(kAlone, kItems, row, models::OnConflict::error, kThink);
    });
    flow.items_owe("charge");
    return flow.explore();
  };
  const sim::Result slow = verdict(charge_twice<1>);
  CHECK(slow.verdict == sim::Verdict::violated);
  REQUIRE(slow.violations.size() == 1);
  CHECK(slow.violations.front().invariant == "no-duplicate-effect");
  const sim::Result quick = verdict([](Desk* at) -> Task<> {
    co_await charge(at, "key");
    co_await charge(at, "key");
  });
  // Only runs without a timing break it.
  CHECK(quick.verdict == sim::Verdict::exhausted);
  CHECK_FALSE(quick.windows.empty());
}

}  // namespace
}  // namespace onceward::tests
