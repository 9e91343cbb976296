// What a scenario may expect, and what `check` says when it is mistaken.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/scenarios/draft.hpp"
#include "tests/support/command.hpp"

namespace onceward {
namespace {

using scenarios::checked;
using scenarios::Draft;
using tests::has;
using tests::Ran;

Ran expecting(const std::string& expect) {
  Draft draft;
  draft.worker =
      R"({"effect": "ship", "of": "=event.key", "name": "shipped"}, {"ack": true, "name": "acked"})";
  draft.expect = expect;
  return checked(draft);
}

TEST_CASE("by restricts the search to runs with just these faults", "[expect]") {
  const Ran lost = expecting(
      R"({"violates": "no-lost-effect", "fewest_faults": 1, "by": {"crash": "shop", "between": ["saved", "sent"]}})");
  CHECK(lost.exit_code == 0);
  CHECK(has(lost.out, "Fault     crash of shop in step "));
  CHECK(has(lost.out, ": INSERT db.orders id=o1\n"));
  const Ran twice = expecting(
      R"({"violates": "no-duplicate-effect", "by": {"crash": "worker", "between": ["shipped", "acked"]}})");
  CHECK(twice.exit_code == 0);
  CHECK(has(twice.out, "Fault     crash of worker in step "));
  CHECK(has(twice.out, ": EFFECT ship o1\n"));
}

TEST_CASE("a violation that the named fault does not bring about is missed", "[expect]") {
  for (const char* by :
       {R"({"crash": "worker"})", R"({"crash": "shop", "between": ["sent", "saved"]})",
        R"({"crash": "timer"})"}) {
    INFO(by);
    const Ran ran = expecting(std::string(R"({"violates": "no-lost-effect", "by": )") + by + "}");
    CHECK(ran.exit_code == 1);
    CHECK(has(ran.out,
              "a violation of no-lost-effect is expected by the fault that \"by\" names, none was "
              "found"));
  }
}

TEST_CASE("another violation than the expected one does not count", "[expect]") {
  Draft draft;
  draft.expect = R"({"violates": "no-phantom-effect"})";
  const Ran ran = checked(draft);
  CHECK(ran.exit_code == 1);
  CHECK(has(ran.out, "a violation of no-phantom-effect is expected, none was found"));
}

TEST_CASE("where another rule than the expected one breaks, the answer does not say that it holds",
          "[expect]") {
  Draft draft = scenarios::working(R"("ack")");
  draft.timer = R"({"if": false, "then": [{"effect": "ship", "of": 0}]})";
  draft.expect = R"({"violates": "no-duplicate-effect", "fewest_faults": 0})";
  const tests::TemporaryFolder folder;
  folder.write("a.onceward.json", draft.text());
  const Ran ran = folder.onceward("check a.onceward.json --json a.json");
  INFO(ran.out + ran.err);
  CHECK(ran.exit_code == 1);
  CHECK(ran.out.starts_with("NOT BROKEN  no-duplicate-effect (EXHAUSTED: all runs of "));
  CHECK_FALSE(has(ran.out, "HOLDS"));
  CHECK(has(ran.out, "a violation of no-duplicate-effect is expected, none was found"));
  CHECK(has(ran.out, "Also      no-lost-effect was met broken\n"));
  const auto told = nlohmann::json::parse(folder.read("a.json")).at("scenarios").at(0);
  CHECK(told.at("verdict") == "EXHAUSTED");
  CHECK(told.at("also") == nlohmann::json({"no-lost-effect"}));
  for (const auto& each : told.at("invariants")) {
    const bool broken = each.at("id") == "no-lost-effect";
    if (broken) CHECK(each.at("status") == "violated");
    if (!broken) CHECK(each.at("status") != "violated");
  }
}

TEST_CASE("a wrong number of fewest faults is reported", "[expect]") {
  CHECK(expecting(R"({"violates": "no-lost-effect", "fewest_faults": 1})").exit_code == 0);
  Draft two;
  two.faults = R"({"budget": 2, "kinds": [{"crash": "any"}]})";
  two.expect = R"({"violates": "no-lost-effect", "fewest_faults": 2})";
  const Ran more = checked(two);
  CHECK(more.exit_code == 1);
  CHECK(has(more.out, "2 faults should be needed, but no-lost-effect is violated with 1"));
  const Ran less = expecting(R"({"violates": "no-lost-effect", "fewest_faults": 0})");
  CHECK(less.exit_code == 1);
  CHECK(has(less.out, "no faults should be enough, the least found is 1"));
}

TEST_CASE("a scenario that should hold and does not is told with its violation", "[expect]") {
  const Ran ran = expecting(R"({"holds": true})");
  CHECK(ran.exit_code == 1);
  CHECK(has(ran.out, "VIOLATED  no-lost-effect"));
  CHECK(has(ran.out, "Expected  holds\n          it is expected to hold\n"));
}

TEST_CASE("a fault that the file asks for and that never can strike leaves the answer empty",
          "[expect]") {
  Draft draft;
  draft.worker = R"({"if": false, "then": [{"effect": "ship", "of": 1}]}, "ack")";
  draft.shop = R"({"insert": "db.orders", "row": {"id": "=request.order"}})";
  draft.obligations = R"([{"each": "db.orders", "owes": "ship", "at_least": 0}])";
  draft.expect = R"({"holds": true})";
  draft.faults = R"({"budget": 1, "kinds": [{"crash": "any"}]})";
  CHECK(checked(draft).exit_code == 0);
  draft.faults = R"({"budget": 1, "kinds": [{"crash": "any"}, {"redeliver": "any"}]})";
  const Ran vacuous = checked(draft);
  CHECK(vacuous.exit_code == 3);
  CHECK(has(vacuous.out, "VACUOUS"));
  CHECK(has(vacuous.out, "the fault redeliver never had an occasion to strike"));
  draft.faults = R"({"budget": 1})";
  const Ran warned = checked(draft);
  CHECK(warned.exit_code == 0);
  CHECK(has(warned.out, "HOLDS (EXHAUSTED"));
  CHECK(has(warned.out, "Warning   the fault redeliver cannot occur in this flow"));
}

TEST_CASE("what should become true keeps the request that would make it so", "[expect]") {
  Draft draft;
  draft.shop = R"({"insert": "db.orders", "row": {"id": "=request.order"}})";
  draft.worker = R"("ack")";
  draft.workload = R"([{"request": "Buy", "to": "shop", "with": {"order": "o1"}}])";
  draft.obligations = R"([{"eventually": "count(db.orders) == 1"}])";
  draft.expect = R"({"violates": "eventually", "fewest_faults": 1, "by": {"crash": "shop"}})";
  const Ran ran = checked(draft);
  INFO(ran.out + ran.err);
  CHECK(ran.exit_code == 0);
  CHECK(has(ran.out, "CRASH"));
}

TEST_CASE("a goal of deliveries is about a topic that somebody reads", "[expect]") {
  Draft draft;
  draft.brokers =
      R"({"bus": {"profile": "kafka@4", "topics": {"orders": {"partitions": 1}, "dead": {}}}})";
  draft.rest = R"(, "must_reach": [{"delivered": "bus.dead"}])";
  const Ran ran = checked(draft);
  CHECK(ran.exit_code == 2);
  CHECK(has(ran.err, "no handler reads \"bus.dead\""));
  draft.rest = R"(, "must_reach": [{"delivered": "bus.orders"}])";
  CHECK(checked(draft).exit_code == 0);
}

TEST_CASE("an obligation compares what an event carries", "[obligations]") {
  Draft draft;
  draft.shop =
      R"({"insert": "db.orders", "row": {"id": "=request.order", "total": 5}}, {"publish": "Placed", "to": "bus.orders", "key": "=request.order", "data": {"amount": 5}})";
  draft.worker = R"("ack")";
  draft.faults = R"({"budget": 0})";
  const auto owed = [&](const std::string& amount) {
    draft.obligations =
        R"([{"each": "db.orders", "owes": "event Placed", "exactly": 1, "with": {"amount": ")" +
        amount + R"("}}])";
  };
  owed("=row.total");
  draft.expect = R"({"holds": "exhausted"})";
  const Ran ran = checked(draft);
  INFO(ran.out + ran.err);
  CHECK(ran.exit_code == 0);
  owed("=row.total + 1");
  draft.expect = R"({"violates": "effect-as-owed", "fewest_faults": 0})";
  CHECK(checked(draft).exit_code == 0);
}

}  // namespace
}  // namespace onceward
