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

std::string mark(const std::string& where) {
  return R"({"update": "db.outbox", "where": ")" + where + R"(", "set": {"sent": true}})";
}

const std::string kShip = R"({"effect": "ship", "of": "=request.order"})";

// The story of a draft that is as expected.
std::string story_of(const Draft& draft) {
  const Ran ran = checked(draft);
  INFO(draft.text() + ran.out + ran.err);
  CHECK(ran.exit_code == 0);
  return ran.out;
}

// From its `Why` on.
std::string why_of(const std::string& story) { return story.substr(story.find("\nWhy ")); }

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
  tells(story, "\n          ship of o1 (see steps ");
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
  tells(story, "INSERT db.items id=a  [Buy o1]\n");
  tells(story, "INSERT db.items id=b  [Buy o2]\n");
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

// ---- what came in between --------------------------------------------------------------------

// A relay that publishes what it finds, and then marks whatever `where` is about.
Draft relaying(const std::string& where) {
  Draft draft =
      buying(R"({"insert": "db.outbox", "row": {"id": "=request.order", "sent": false}})", 2);
  draft.databases =
      R"({"db": {"profile": "postgres@15", "tables": {"outbox": {"key": "id", "sequence": "seq"}}}})";
  draft.timer = R"({"select": "db.outbox", "where": "not row.sent", "as": "batch"},
    {"for_each": "batch", "as": "e", "do": [
      {"publish": "Placed", "to": "bus.orders", "key": "=e.id", "id": "=e.id"})" +
                (where.empty() ? "]}, " + mark("not row.sent") : ", " + mark(where) + "]}");
  draft.obligations = R"([{"each": "db.outbox", "owes": "event Placed", "exactly": 1}])";
  draft.expect = R"({"violates": "no-lost-event", "fewest_faults": 0})";
  return draft;
}

TEST_CASE("a row that came between a select and a change of all rows is told, with that select",
          "[telling]") {
  const std::string story = story_of(relaying(""));
  tells(story, "SELECT db.outbox -> o");
  tells(story, " sent=true  (the SELECT of step ");
  const std::string why = why_of(story);
  tells(why, "+- ");
  tells(why, "timer: UPDATE db.outbox o");
  tells(why, "timer finds o");
  Draft each = relaying("row.id == e.id");
  each.expect = R"({"holds": true})";
  keeps_silent(story_of(each), "had not found it");
}

TEST_CASE("a row that a run found, or wrote itself, is changed without a remark", "[telling]") {
  const std::string story = story_of(buying(
      R"({"select": "db.orders", "as": "found"},
         {"insert": "db.orders", "row": {"id": "=request.order", "n": 1}},
         {"update": "db.orders", "set": {"n": 2}}, {"update": "db.orders", "set": {"n": 3}})"));
  tells(story, "UPDATE db.orders o1 n=3\n");
  keeps_silent(story, "had not found it");
}

TEST_CASE("an idempotency key that was forgotten is told as a cause, one that is known is not",
          "[telling]") {
  const auto calling_again = [](const std::string& pause) {
    const std::string call =
        R"({"call": "bank.pay", "of": "=event.key", "idempotency_key": "=event.id"})";
    Draft draft = working(call + R"(, {"wait": ")" + pause + R"("}, )" + call + R"(, "ack")");
    draft.external = R"({"bank": {"operations": ["pay"], "idempotency_window": "1h"}})";
    draft.obligations = R"([{"each": "db.orders", "owes": "bank.pay", "exactly": 1}])";
    return draft;
  };
  Draft late = calling_again("2h");
  late.expect = R"({"violates": "no-duplicate-effect", "fewest_faults": 0})";
  const std::string story = story_of(late);
  tells(story, "  bank    has forgotten the idempotency key #1: it keeps one for 1h\n");
  tells(story, "  worker  waits 2h\n");
  const std::string why = why_of(story);
  tells(why, "bank has forgotten the idempotency key #1\n");
  tells(why, "worker: waits 2h");
  keeps_silent(story_of(calling_again("10m")), "has forgotten");
}

TEST_CASE("a key of a store whose time has ended is told as a cause, one that is there is not",
          "[telling]") {
  const auto keeping = [](const std::string& ttl) {
    const std::string once =
        R"({"put": "keys", "key": "=event.id", "value": 1, "if": "absent", "ttl": ")" + ttl +
        R"(", "as": "put"}, {"if": "put.rows == 1", "then": [{"effect": "ship", "of": "=event.key"}]})";
    Draft draft = working(once + R"(, {"wait": "25h"}, )" + once + R"(, "ack")");
    draft.rest = R"(, "stores": {"keys": {"profile": "redis@7"}})";
    return draft;
  };
  Draft early = keeping("24h");
  early.expect = R"({"violates": "no-duplicate-effect", "fewest_faults": 0})";
  const std::string story = story_of(early);
  tells(story, "the key #1 has expired");
  const std::string why = why_of(story);
  tells(why, "the key #1 has expired in keys\n");
  tells(why, "worker: waits 25h");
  keeps_silent(story_of(keeping("26h")), "has expired");
}

TEST_CASE("a dedup key that was put before is told with what it kept from being done",
          "[telling]") {
  Draft draft = working(
      R"({"put": "keys", "key": "=event.id", "value": 1, "if": "absent", "as": "put"},
        {"if": "put.rows == 1", "then": [{"effect": "ship", "of": "=event.key"}]}, "ack")");
  draft.rest = R"(, "stores": {"keys": {"profile": "redis@7"}})";
  draft.faults = R"({"budget": 1, "kinds": [{"crash": "worker"}]})";
  draft.expect = R"({"violates": "no-lost-effect", "fewest_faults": 1})";
  const std::string story = story_of(draft);
  tells(story, "PUT keys #1=1: is there already");
  tells(why_of(story), "worker: PUT keys #1=1: is there already\n");
  // Put before by none, and the effect is missed for another reason.
  draft.worker = R"({"put": "keys", "key": "=event.id", "value": 1, "if": "absent", "as": "put"},
    {"if": "put.rows == 0", "then": [{"effect": "ship", "of": "=event.key"}]}, "ack")";
  draft.faults = R"({"budget": 0, "kinds": []})";
  draft.expect = R"({"violates": "no-lost-effect", "fewest_faults": 0})";
  keeps_silent(story_of(draft), "is there already");
}

// ---- which run, which step -------------------------------------------------------------------

TEST_CASE("two requests under way at once are told apart at each line, one alone is not",
          "[telling]") {
  const std::string steps =
      R"({"begin": "db"}, {"select": "db.items", "where": "row.id == 'a'", "as": "found"},
         {"insert": "db.orders", "row": {"id": "=request.order"}},
         {"if": "found.rows == 0", "then": [{"insert": "db.items", "row": {"id": "a"}}]},
         {"commit": "db"}, )" +
      kShip;
  const std::string two = story_of(buying(steps, 2));
  tells(two, "COMMIT db  [Buy o1]\n");
  tells(two, "INSERT db.orders id=o2\n");
  const std::string one = story_of(buying(
      R"({"begin": "db"}, {"insert": "db.orders", "row": {"id": "=request.order"}}, {"commit": "db"})"));
  tells(one, "COMMIT db\n");
  tells(one, "Buy o1 is answered\n");
}

TEST_CASE("a fault within a pattern names the step that it struck, one in a step of the file none",
          "[telling]") {
  const tests::TemporaryFolder folder;
  folder.write("a.onceward.json", R"({"onceward": "1", "title": "t", "patterns": [
    {"service": "shop", "request": "Buy", "event": "Bought", "sends": "after-commit"},
    {"broker": "bus", "topics": {"orders": 1}}],
    "workload": [{"request": "Buy", "to": "shop", "with": {"order": "o1"}}],
    "faults": {"budget": 1, "kinds": [{"crash": "any"}]},
    "expect": {"violates": "no-lost-event", "fewest_faults": 1}})");
  const tests::Ran ran = folder.onceward("check a.onceward.json");
  tells(ran.out, "| {\"service\": \"shop\"");
  tells(ran.out, "it is step \"committed\" (onceward show prints it)\n");
  keeps_silent(story_of(Draft()), "it is step");
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
