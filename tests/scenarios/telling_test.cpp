// What a story says so that its reader finds the cause in it: who waits in the end, who missed
// what, what ended a process, which branch was first; and what an answer "holds" rests on.
#include <catch2/catch.hpp>
#include <string>

#include "tests/scenarios/draft.hpp"

namespace onceward::scenarios {
namespace {

using tests::has;
using tests::Ran;

// Requests "Buy" of "o1" to "oN", each of which owes one effect "ship"; the shop does `steps`.
Draft buying(const std::string& steps, int times = 1) {
  Draft draft;
  draft.databases = R"({"db": {"profile": "postgres@15", "tables": {
    "orders": {"key": "id"},
    "items": {"key": "id", "columns": ["left"]}}}})";
  draft.shop = steps;
  draft.worker = R"("ack")";
  draft.timer = R"({"if": false, "then": [{"effect": "ship", "of": 0}]})";
  draft.workload = fmt::format(
      R"([{{"request": "Buy", "to": "shop", "times": {}, "with": {{"order": "='o' + n"}}}}])",
      times);
  draft.faults = R"({"budget": 0})";
  draft.obligations = R"([{"each": "request Buy", "owes": "ship", "exactly": 1}])";
  draft.expect = R"({"violates": "no-lost-effect", "fewest_faults": 0})";
  return draft;
}

const std::string kShip = R"({"effect": "ship", "of": "=request.order"})";

// The story of a draft that is as expected.
std::string story_of(const Draft& draft) {
  const Ran ran = checked(draft);
  INFO(draft.text() + ran.out + ran.err);
  CHECK(ran.exit_code == 0);
  return ran.out;
}

bool tells(const std::string& story, const std::string& words) {
  INFO(story);
  CHECK(has(story, words));
  return has(story, words);
}

bool keeps_silent(const std::string& story, const std::string& words) {
  INFO(story);
  CHECK_FALSE(has(story, words));
  return !has(story, words);
}

// ---- what was broken -------------------------------------------------------------------------

TEST_CASE("a rule on an order or an instant is told without numbers", "[telling]") {
  Draft draft = buying(kShip + R"(, {"insert": "db.orders", "row": {"id": "=request.order"}})");
  draft.obligations = R"([{"each": "db.orders", "owes": "ship", "exactly": 1}])";
  draft.expect = R"({"violates": "no-early-effect", "fewest_faults": 0})";
  draft.rest = R"(, "invariants": ["no-early-effect"])";
  const std::string story = story_of(draft);
  tells(story, "\n          o1 (see steps ");
  keeps_silent(story, "expected 0");
  const tests::TemporaryFolder folder;
  folder.write("a.onceward.json", draft.text());
  tells(folder.onceward("run a.onceward.json").out, "\nBroken    no-early-effect for o1\n");
}

TEST_CASE("an end that came twice is told as such, as are two ends and none", "[telling]") {
  const auto ends = [](const std::string& steps) {
    Draft draft = buying(steps);
    draft.timer =
        R"({"if": false, "then": [{"effect": "ship", "of": 0}, {"effect": "bill", "of": 0}]})";
    draft.obligations = R"([{"each": "request Buy", "one_of": ["ship", "bill"]}])";
    draft.expect = R"({"violates": "one-of", "fewest_faults": 0})";
    return story_of(draft);
  };
  const std::string once =
      "In short  o1 should have come to one of its ends exactly once, and did so ";
  tells(ends(kShip + ", " + kShip), once + "2 times.\n");
  tells(ends(kShip + R"(, {"effect": "bill", "of": "=request.order"})"), once + "2 times.\n");
  tells(ends("\"return\""), once + "0 times.\n");
}

// ---- what waits in the end -------------------------------------------------------------------

TEST_CASE("a row that a prepared transaction holds for ever is told, with who waits for it",
          "[telling]") {
  const auto after_preparing = [](const std::string& then) {
    return buying(
        R"({"begin": "db"}, {"insert": "db.orders", "row": {"id": "x"}}, {"prepare": "db", "id": "p"},)" +
        then + R"({"insert": "db.orders", "row": {"id": "x"}, "on_error": []},)" + kShip);
  };
  const std::string story = story_of(after_preparing(""));
  tells(story, "still waits for x of db.orders, which the prepared transaction p holds");
  tells(story, "still waits for the answer to Buy");
  tells(story, "PREPARE db p");
  Draft decided = after_preparing(R"({"commit_prepared": "db", "id": "p"},)");
  decided.expect = R"({"holds": true})";
  keeps_silent(story_of(decided), "still waits");
}

TEST_CASE("what a handler waits for and never comes is told as it is written", "[telling]") {
  Draft draft = buying("\"return\"");
  draft.services =
      R"x(, "desk": {"memory": {"ready": false}, "handlers": [{"on": {"request": "Ask"}, "do": [
        {"wait_until": "memory.ready"}, {"effect": "answer", "of": "=request.order"}]}]})x";
  draft.workload = R"([{"request": "Ask", "to": "desk", "with": {"order": "o1"}}])";
  draft.obligations = R"([{"each": "request Ask", "owes": "answer", "exactly": 1}])";
  tells(story_of(draft), "still waits until memory.ready");
}

TEST_CASE("a lock that another task keeps is told", "[telling]") {
  Draft draft = buying("\"return\"");
  draft.services =
      R"x(, "desk": {"memory": {"ready": false}, "handlers": [{"on": {"request": "Ask"}, "do": [
        {"lock": "till", "do": [{"if": "request.order == 'o1'", "then": [{"wait_until": "memory.ready"}]},
                                {"effect": "answer", "of": "=request.order"}]}]}]})x";
  draft.workload =
      R"([{"request": "Ask", "to": "desk", "with": {"order": "o1"}, "name": "one"},
          {"request": "Ask", "to": "desk", "with": {"order": "o2"}}])";
  draft.obligations = R"([{"eventually": "effects('answer', 'o2') == 1"}])";
  draft.expect = R"({"violates": "eventually", "fewest_faults": 0})";
  const std::string story = story_of(draft);
  tells(story, "still waits for lock till, which another task holds");
  tells(story, "still waits until memory.ready");
}

TEST_CASE("a message behind one that is never done is told, and one that was taken is not",
          "[telling]") {
  Draft draft = buying(R"({"publish": "Placed", "to": "bus.orders", "key": "=request.order"})", 2);
  draft.services =
      R"x(, "desk": {"memory": {"ready": false}, "handlers": [{"on": {"topic": "bus.orders", "group": "desk"}, "do": [
        {"if": "event.key == 'o1'", "then": [{"wait_until": "memory.ready"}]},
        {"effect": "ship", "of": "=event.key"}, "ack"]}]})x";
  draft.obligations =
      R"([{"eventually": "events('Placed', 'o2') == 0 or effects('ship', 'o2') == 1"}])";
  draft.expect = R"({"violates": "eventually", "fewest_faults": 0})";
  const std::string story = story_of(draft);
  tells(story, "still waits in bus.orders/0@1 for group desk");
  keeps_silent(story, "still waits in bus.orders/0@0");
}

// ---- decisive steps --------------------------------------------------------------------------

TEST_CASE("a change that met no row, as it was not committed yet, is told with whose it is",
          "[telling]") {
  const std::string story = story_of(buying(
      R"({"begin": "db"}, {"insert": "db.orders", "row": {"id": "=request.order"}},
         {"update": "db.orders", "where": "row.id == request.order", "set": {"id": "=request.order"}, "in": "none", "as": "done"},
         {"commit": "db"}, {"if": "done.rows == 1", "then": [)" +
      kShip + "]}"));
  tells(story, "UPDATE db.orders -> no row (o1 is not committed yet)");
}

TEST_CASE("rows that a statement is not about are not said to be missed by it", "[telling]") {
  const std::string story = story_of(buying(
      R"({"begin": "db"}, {"insert": "db.orders", "row": {"id": "=request.order"}},
         {"select": "db.orders", "where": "row.id == 'other'", "in": "none", "as": "found"},
         {"commit": "db"}, {"if": "found.rows == 1", "then": [)" +
      kShip + "]}"));
  tells(story, "SELECT db.orders -> nothing\n");
}

TEST_CASE("a circle of waits shows both locks that it is made of", "[telling]") {
  const auto take = [](const std::string& row) {
    return R"({"insert": "db.items", "row": {"id": ")" + row + R"("}, "on_conflict": "update"})";
  };
  const std::string story =
      story_of(buying(R"({"begin": "db"}, {"if": "request.order == 'o1'", "then": [)" + take("a") +
                          ", " + take("b") + R"(], "else": [)" + take("b") + ", " + take("a") +
                          R"(]}, {"commit": "db"}, )" + kShip,
                      2));
  tells(story, "INSERT db.items id=a\n");
  tells(story, "INSERT db.items id=b\n");
  tells(story, "holds it and would wait in a circle, so this one is rolled back");
}

// Each looks whether both are still there, and then lets one of them go.
TEST_CASE("the other half of a write skew is shown as well", "[telling]") {
  const auto leave = [](const std::string& row) {
    return R"({"update": "db.items", "where": "row.id == ')" + row + R"('", "set": {"left": 1}})";
  };
  Draft draft = buying(
      R"({"begin": "db", "isolation": "repeatable-read"},
         {"select": "db.items", "where": "row.left == null", "as": "there"},
         {"if": "there.rows == 2", "then": [{"if": "request.order == 'o1'", "then": [)" +
          leave("a") + R"(], "else": [)" + leave("b") + R"(]}]}, {"commit": "db"}, )" + kShip,
      2);
  draft.services = R"(, "seed": {"handlers": [{"on": {"start": true}, "do": [
    {"insert": "db.items", "row": {"id": "a"}}, {"insert": "db.items", "row": {"id": "b"}}]}]})";
  draft.obligations = R"([{"always": "count(db.items, row.left == 1) <= 1"}])";
  draft.expect = R"({"violates": "always", "fewest_faults": 0})";
  const std::string story = story_of(draft);
  tells(story, "UPDATE db.items a left=1");
  tells(story, "UPDATE db.items b left=1");
}

// ---- what ended a process, tasks, races ------------------------------------------------------

TEST_CASE("a process that an error ends is no fault, a crash is", "[telling]") {
  Draft draft = working(
      R"({"call": "bank.pay", "of": "=event.key"}, {"effect": "ship", "of": "=event.key"}, "ack")");
  draft.on_worker = R"("on": {"topic": "bus.orders", "group": "worker"}, "uncaught": "crash")";
  draft.services = "";
  draft.faults = R"({"budget": 1, "kinds": [{"reply_lost": "bank"}]})";
  draft.obligations = R"([{"always": "effects('bank.pay') <= 1"}])";
  draft.expect = R"({"violates": "always", "fewest_faults": 1})";
  const std::string story = story_of(draft);
  tells(story, "stops: uncaught timeout");
  keeps_silent(story, "CRASH");
  draft.faults = R"({"budget": 1, "kinds": [{"crash": "worker"}]})";
  const std::string crash = story_of(draft);
  tells(crash, "CRASH  <- the only fault");
  keeps_silent(crash, "stops:");
}

TEST_CASE("a task that a handler leaves behind and the branch that was first are told",
          "[telling]") {
  Draft draft = working(
      R"({"first": [{"name": "quick", "do": [{"wait": "1s"}]}, {"name": "slow", "do": [{"wait": "5s"}]}]},
         {"spawn": [{"effect": "ship", "of": "=event.key"}]}, {"effect": "ship", "of": "=event.key"}, "ack")");
  draft.expect = R"({"violates": "no-duplicate-effect", "fewest_faults": 0})";
  const std::string story = story_of(draft);
  tells(story, "spawns a task");
  tells(story, "goes on: the branch \"quick\" was first");
}

// ---- what "holds" rests on -------------------------------------------------------------------

TEST_CASE("an answer that rests on keys that are never forgotten says so", "[telling]") {
  const auto calling = [](const std::string& key) {
    Draft draft = working(R"({"call": "bank.pay", "of": "=event.key")" + key + R"(}, "ack")");
    draft.obligations = R"([{"each": "db.orders", "owes": "bank.pay", "exactly": 1}])";
    return draft;
  };
  const std::string keyed = R"(, "idempotency_key": "=event.key")";
  tells(story_of(calling(keyed)), "Rests on  idempotency keys that are kept for ever: bank");
  keeps_silent(story_of(calling("")), "Rests on");
  Draft forgetting = calling(keyed);
  forgetting.external = R"({"bank": {"operations": ["pay"], "idempotency_window": "24h"}})";
  keeps_silent(story_of(forgetting), "Rests on");
}

TEST_CASE("a named step to which no run comes is told when all runs hold", "[telling]") {
  const auto with = [](const std::string& condition) {
    return working(R"({"if": ")" + condition +
                   R"(", "then": [{"select": "db.orders", "name": "looked"}]},
                     {"effect": "ship", "of": "=event.key"}, "ack")");
  };
  tells(story_of(with("event.key == 'o2'")), "Never     reached: step \"looked\" of worker");
  keeps_silent(story_of(with("event.key == 'o1'")), "Never");
}

}  // namespace
}  // namespace onceward::scenarios
