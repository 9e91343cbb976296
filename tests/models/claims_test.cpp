// Claims on states: when they are looked at, and what they never see.
#include "models/effect.hpp"
#include "tests/support/history.hpp"

namespace onceward::tests {
namespace {

using namespace std::chrono_literals;
using models::ClaimRule;
using models::ClaimSpec;

// A claim on a number that the test sets, which reads the orders.
struct Watched {
  explicit Watched(const Oracle& oracle, ClaimRule rule) : history(oracle) {
    ClaimSpec claim;
    claim.label = text("the number");
    claim.rule = rule;
    claim.tables = {&history.orders()};
    claim.value = [this](sim::World&, const Ledger&) { return value; };
    claim.other = [this](sim::World&, const Ledger&) { return other; };
    history.claims.push_back(claim);
  }
  void is(const sim::Value& now) {
    value = now;
    last = history.changed();
  }

  sim::Value value;
  sim::Value other;
  std::uint32_t last = 0;
  History history;
};

const sim::Value kTrue = sim::Value::boolean(true);
const sim::Value kFalse = sim::Value::boolean(false);

TEST_CASE("always: a moment at which it is not true is found, though it passes",
          "[models][oracles]") {
  Watched watched(models::always(), ClaimRule::always);
  watched.value = kTrue;
  watched.history.begin();
  watched.is(kTrue);
  CHECK(watched.history.findings().empty());
  watched.is(kFalse);
  CHECK(watched.history.findings() == Texts{"the number: expected true, actual false"});
  // The change before it may be the other half of what broke it.
  CHECK(watched.history.entries() == std::vector{watched.last - 1, watched.last});
  watched.is(kTrue);
  watched.history.ends();
  CHECK(watched.history.findings().size() == 1);
}

TEST_CASE("always: it is true at the start, too", "[models][oracles]") {
  Watched watched(models::always(), ClaimRule::always);
  watched.value = kFalse;
  watched.history.begin();
  CHECK(watched.history.findings() == Texts{"the number: expected true, actual false"});
}

TEST_CASE(
    "always: it is not looked at before a change has ended, nor when nothing it reads changed",
    "[models][oracles]") {
  Watched watched(models::always(), ClaimRule::always);
  watched.value = kTrue;
  History& history = watched.history;
  history.begin();
  history.ledger().begin_change();
  watched.is(kFalse);
  watched.is(kTrue);
  history.ledger().end_change(history.world());
  CHECK(history.findings().empty());
  watched.value = kFalse;
  history.effect("o1");  // no claim reads it
  history.ends();
  CHECK(history.findings().empty());
}

TEST_CASE("eventually: it must be true once all is quiet, and only then", "[models][oracles]") {
  Watched never(models::eventually(), ClaimRule::eventually);
  never.value = kFalse;
  never.history.begin();
  never.is(kTrue);
  never.is(kFalse);
  CHECK(never.history.findings().empty());
  never.history.ends();
  CHECK(never.history.findings() == Texts{"the number: expected true, actual false"});

  Watched late(models::eventually(), ClaimRule::eventually);
  late.value = kFalse;
  late.history.begin();
  late.is(kTrue);
  late.history.ends();
  CHECK(late.history.findings().empty());
}

TEST_CASE("conserved: once all is quiet the value is as at the start", "[models][oracles]") {
  const auto findings_at_end = [](std::int64_t end) {
    Watched watched(models::conserved(), ClaimRule::conserved);
    watched.value = sim::Value::integer(5);
    watched.history.begin();
    watched.is(sim::Value::integer(9));  // in between it may differ
    watched.is(sim::Value::integer(end));
    watched.history.ends();
    return watched.history.findings();
  };
  CHECK(findings_at_end(5).empty());
  CHECK(findings_at_end(4) == Texts{"the number: expected 5, actual 4"});
}

TEST_CASE("projection-converges: view and source are the same once all is quiet",
          "[models][oracles]") {
  const auto findings_at_end = [](std::int64_t view) {
    Watched watched(models::projection_converges(), ClaimRule::same);
    watched.other = sim::Value::integer(2);
    watched.value = sim::Value::integer(1);
    watched.history.begin();
    watched.is(sim::Value::integer(view));
    watched.history.ends();
    return watched.history.findings();
  };
  CHECK(findings_at_end(2).empty());
  CHECK(findings_at_end(1) == Texts{"the number: expected 2, actual 1"});
}

TEST_CASE("a goal is reached at the first moment at which it is true", "[models][goals]") {
  Watched watched(models::always(), ClaimRule::goal);
  watched.history.goals = 1;
  watched.value = kFalse;
  watched.history.begin();
  watched.is(kFalse);
  CHECK(watched.history.goals_reached() == 0);
  watched.is(kTrue);
  watched.is(kFalse);
  CHECK(watched.history.goals_reached() == 1);
  CHECK(watched.history.findings().empty());
}

TEST_CASE("effects and events are counted where a claim asks: events by their ids",
          "[models][oracles]") {
  History history(models::always());
  ClaimSpec claim;
  claim.label = text("at most two");
  claim.reads_counts = true;
  claim.value = [](sim::World&, const Ledger& ledger) {
    const sim::Value o1 = text("o1");
    CHECK(ledger.count("mail", false, nullptr) == 0);  // nobody asked for it
    return sim::Value::boolean(
        ledger.count("charge", false, nullptr) + ledger.count("Placed", true, &o1) < 3);
  };
  history.claims.push_back(claim);
  history.counts = {{&kWhat, false}, {&kEvent, true}};
  history.begin();
  history.effect("o1");
  history.effect("o1", kOther);
  history.appended("e1", "o1");
  history.appended("e1", "o1");  // a copy
  history.appended("e2", "o2");
  CHECK(history.findings().empty());
  history.effect("o2");
  CHECK(history.findings() == Texts{"at most two: expected true, actual false"});
}

TEST_CASE("a delivery goal counts the deliveries of one message to one group", "[models][goals]") {
  const auto reached = [](bool copy) {
    History history(models::no_stuck_message());
    history.has_group = true;
    const sim::Symbol topic("bus.orders");
    history.deliveries = {{&topic, 1, 0}, {&topic, 2, 1}};
    history.goals = 2;
    history.begin();
    history.appended("e1", "o1");
    history.appended(copy ? "e1" : "e2", "o1");
    history.ends();
    return history.goals_reached();
  };
  CHECK(reached(true) == 3);
  CHECK(reached(false) == 1);
}

// ---- in a flow -------------------------------------------------------------------------------

const sim::Site kInsert("insert");
const sim::Site kPause("pause");
const sim::Site kMail("mail");
const sim::Symbol kCharge("charge");
const sim::Window kSoon{0s, 1s};

// An order is committed, and charged after a while.
sim::Result charged_after(sim::Duration pause) {
  Flow flow;
  flow.items_owe("charge").within = 10s;
  static sim::Duration wait;
  wait = pause;
  flow.once("ann", [](Desk* at) -> sim::Task<> {
    const models::Row row = item("o1");
    co_await at->db->insert(kAlone, kItems, row, models::OnConflict::error, kInsert);
    const sim::Window pause_window{wait, wait};
    co_await sim::Sleep(*at->world, kPause, pause_window);
    const sim::Value key = text("o1");
    co_await models::ImmediateEffect(*at->world, *at->ledger, kCharge, key, kMail, kSoon);
  });
  return flow.explore();
}

TEST_CASE("in-time: an effect that comes too late is found where the windows allow it",
          "[models][oracles]") {
  const sim::Result late = charged_after(9500ms);
  REQUIRE(late.verdict == sim::Verdict::violated);
  CHECK(late.violations.front().invariant == "in-time");
  CHECK(late.violations.front().entity == "o1");
  // Too late only by a run that no instants allow.
  const sim::Result never = charged_after(5s);
  CHECK(never.verdict == sim::Verdict::exhausted);
  CHECK_FALSE(never.windows.empty());
}

TEST_CASE("rows that are there at the start owe what rows owe", "[models][oracles]") {
  const auto verdict = [](bool charged) {
    Flow flow;
    flow.items_owe("charge");
    flow.starts_with("o1");
    if (charged) {
      flow.once("ann", [](Desk* at) -> sim::Task<> {
        const sim::Value key = text("o1");
        co_await models::ImmediateEffect(*at->world, *at->ledger, kCharge, key, kMail, kSoon);
      });
    }
    return flow.play().findings;
  };
  CHECK(verdict(true).empty());
  CHECK(verdict(false) == Texts{"no-lost-effect o1: expected 1, actual 0"});
}

}  // namespace
}  // namespace onceward::tests
