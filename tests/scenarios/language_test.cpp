// What the steps and values of a scenario mean, told as small scenarios and what a search finds in
// each of them.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

#include "scenarios/loaded.hpp"
#include "sim/search/explore.hpp"
#include "tests/scenarios/answer.hpp"

namespace onceward::scenarios {
namespace {

// One request "Buy", which owes one effect "ship" of its order "o1", and no faults. Tests write
// what the shop does with it.
Draft one_request() {
  Draft draft;
  draft.databases = R"({"db": {"profile": "postgres@15", "tables": {
    "orders": {"key": "id", "columns": ["note", "count"]},
    "outbox": {"key": "id", "sequence": "seq"},
    "log": {"key": "id", "sequence": "nr"}}}})";
  draft.worker = R"("ack")";
  draft.timer = R"("return")";
  draft.workload = R"([{"request": "Buy", "to": "shop", "with": {"order": "o1"}}])";
  draft.faults = R"({"budget": 0})";
  draft.obligations = R"([{"each": "request Buy", "owes": "ship", "exactly": 1}])";
  draft.expect = R"({"holds": true})";
  return draft;
}

std::string after_buying(const std::string& steps) {
  Draft draft = one_request();
  draft.shop = steps;
  // So that a story may ship never, in words.
  draft.timer = R"({"if": false, "then": [{"effect": "ship", "of": 0}]})";
  return answer_to(draft);
}

const std::string kShip = R"({"effect": "ship", "of": "=request.order"})";
const std::string kHolds = "EXHAUSTED";
const std::string kNothingShipped = "no-lost-effect of o1: 0 instead of 1";

TEST_CASE("a value is plain JSON, and a text that starts with = is an expression") {
  const std::string then_ship = R"(, "then": [)" + kShip + "]}";
  CHECK(
      after_buying(
          R"({"insert": "db.orders", "row": {"id": 1, "note": "request.order", "count": "=1 + 2"}},
    {"select": "db.orders", "as": "x"},
    {"if": "x.first.note == 'request.order' and x.first.count == 3 and x.first.id == 1")" +
          then_ship) == kHolds);
  CHECK(
      after_buying(
          R"({"insert": "db.orders", "row": {"id": 1, "note": "=request.order", "count": "1 + 2"}},
    {"select": "db.orders", "as": "x"},
    {"if": "x.first.note == 'o1' and x.first.count == '1 + 2'")" +
          then_ship) == kHolds);
  CHECK(after_buying(R"({"insert": "db.orders", "row": {"id": null, "note": true}},
    {"select": "db.orders", "where": "row.id == null and row.note == true and row.count == null", "as": "x"},
    {"if": "=x.rows == 1")" +
                     then_ship) == kHolds);
}

TEST_CASE("expressions calculate as in school and compare as in SQL") {
  const auto holds = [](const std::string& condition) {
    return after_buying(R"({"insert": "db.orders", "row": {"id": 7, "note": "ab"}},
      {"select": "db.orders", "as": "x"}, {"if": ")" +
                        condition + R"(", "then": [)" + kShip + "]}") == kHolds;
  };
  CHECK(holds(
      "1 + 2 * 3 == 7 and (1 + 2) * 3 == 9 and 7 / 2 == 3 and 7 % 2 == 1 and -x.first.id == -7"));
  CHECK(holds("x.first.note + 'c' == 'abc' and 'n' + 1 == 'n1'"));
  CHECK(holds("5m == 300s and 1500ms < 2s and now() < now() + 1s"));
  CHECK(holds("x.first.id > 6 ? 'yes' == 'yes' : 1 == 2"));
  CHECK(holds("uuid() != uuid() and x.first.note < 'b' and exists(x) and count(x) == 1"));
  CHECK(holds("not (x.first.count < 1 or x.first.count >= 1)"));
  CHECK_FALSE(holds("x.first.note == 7"));
}

TEST_CASE("an effect in a transaction vanishes with a rollback") {
  const std::string steps =
      R"({"begin": "db"}, {"insert": "db.orders", "row": {"id": "=request.order"}},
    {"effect": "ship", "of": "=request.order", "in": "db"}, )";
  CHECK(after_buying(steps + R"({"commit": "db"})") == kHolds);
  CHECK(after_buying(steps + R"({"rollback": "db"})") == kNothingShipped);
  CHECK(after_buying(steps + R"("return")") == kNothingShipped);
  CHECK(after_buying(steps + R"("fail")") == kNothingShipped);
}

TEST_CASE("a bare effect is final, and a call is applied, whatever the transaction does") {
  Draft draft = one_request();
  const std::string start =
      R"({"begin": "db"}, {"insert": "db.orders", "row": {"id": "=request.order"}}, )";
  draft.obligations = R"([{"each": "db.orders", "owes": "ship", "exactly": 1}])";
  draft.shop = start + kShip + R"(, {"rollback": "db"})";
  CHECK(answer_to(draft) == "no-phantom-effect of o1: 1 instead of 0");
  draft.shop = start + kShip + R"(, {"commit": "db"})";
  CHECK(answer_to(draft) == kHolds);

  const std::string call = R"({"call": "bank.pay", "of": "=request.order"})";
  draft.obligations = R"([{"each": "db.orders", "owes": "bank.pay", "exactly": 1}])";
  draft.shop = start + call + R"(, {"rollback": "db"})";
  CHECK(answer_to(draft) == "no-phantom-effect of o1: 1 instead of 0");
  draft.shop = start + call + R"(, {"commit": "db"})";
  CHECK(answer_to(draft) == kHolds);
}

TEST_CASE("a repeated call with a known idempotency key does nothing") {
  const auto paid = [](const std::string& key) {
    Draft draft = one_request();
    draft.obligations = R"([{"each": "request Buy", "owes": "bank.pay", "exactly": 1}])";
    const std::string call = R"({"call": "bank.pay", "of": "=request.order")" + key + "}";
    draft.shop = call + ", " + call;
    return answer_to(draft);
  };
  CHECK(paid("") == "no-duplicate-effect of o1: 2 instead of 1");
  CHECK(paid(R"(, "idempotency_key": "=request.order")") == kHolds);
  CHECK(paid(R"-(, "idempotency_key": "=uuid()")-") == "no-duplicate-effect of o1: 2 instead of 1");
}

TEST_CASE("if runs then or else") {
  CHECK(after_buying(R"({"if": "request.order == 'o1'", "then": [)" + kShip +
                     R"(], "else": []})") == kHolds);
  CHECK(after_buying(R"({"if": "request.order == 'o2'", "then": [], "else": [)" + kShip + "]}") ==
        kHolds);
  CHECK(after_buying(R"({"if": "request.order == 'o2'", "then": [)" + kShip + "]}") ==
        kNothingShipped);
}

TEST_CASE(
    "return ends the handler well, fail with an error, and only the first answers the client") {
  Draft draft = one_request();
  draft.obligations = R"([{"each": "acknowledged Buy", "owes": "ship", "exactly": 1}])";
  draft.timer = R"({"if": false, "then": [{"effect": "ship", "of": 0}]})";
  draft.shop = R"("return", )" + kShip;
  CHECK(answer_to(draft) == kNothingShipped);
  draft.shop = R"("fail", )" + kShip;
  CHECK(answer_to(draft) == kHolds);  // nobody was told that it worked
}

TEST_CASE("as binds how an operation ended and how many rows it changed") {
  const auto seen = [](const std::string& steps, const std::string& condition) {
    return after_buying(R"({"insert": "db.orders", "row": {"id": 1}, "as": "first"}, )" + steps +
                        R"(, {"if": ")" + condition + R"(", "then": [)" + kShip + "]}") == kHolds;
  };
  const std::string again = R"({"insert": "db.orders", "row": {"id": 1}, "as": "x", )";
  CHECK(seen(again + R"("on_error": []})",
             "x.status == 'duplicate' and first.status == 'ok' and first.rows == 1"));
  CHECK(seen(again + R"("on_conflict": "ignore"})", "x.status == 'ok' and x.rows == 0"));
  CHECK(seen(again + R"("on_conflict": "update"})", "x.status == 'ok' and x.rows == 1"));
  CHECK(seen(R"({"update": "db.orders", "where": "row.id == 1", "set": {"count": 2}, "as": "x"})",
             "x.rows == 1"));
  CHECK(seen(R"({"update": "db.orders", "where": "row.id == 2", "set": {"count": 2}, "as": "x"})",
             "x.rows == 0"));
  CHECK(seen(R"({"delete": "db.orders", "as": "x"})", "x.rows == 1 and x.status == 'ok'"));
  CHECK(seen(R"({"select": "db.orders", "as": "x"})", "x.rows == 1 and x.first.id == 1"));
  CHECK(seen(R"({"begin": "db"}, {"commit": "db", "as": "x"})", "x.status == 'ok'"));
  CHECK(seen(R"({"publish": "A", "to": "bus.orders", "as": "x"})", "x.status == 'ok'"));
}

TEST_CASE("an error runs on_error, and then what follows") {
  const std::string twice =
      R"({"insert": "db.orders", "row": {"id": 1}}, {"insert": "db.orders", "row": {"id": 1})";
  CHECK(after_buying(twice + R"(, "on_error": [)" + kShip + "]}") == kHolds);
  CHECK(after_buying(twice + R"(, "on_error": []}, )" + kShip) == kHolds);
  CHECK(after_buying(twice + R"(, "on_error": ["return"]}, )" + kShip) == kNothingShipped);
  CHECK(after_buying(twice + "}, " + kShip) == kNothingShipped);
}

TEST_CASE("for_each takes the rows in the order of the select") {
  const auto in_order = [](const std::string& order, const std::string& first) {
    return after_buying(
               R"({"insert": "db.outbox", "row": {"id": "a"}}, {"insert": "db.outbox", "row": {"id": "b"}},
      {"select": "db.outbox", "order_by": ")" +
               order + R"(", "as": "x"},
      {"for_each": "x", "as": "e", "do": [{"insert": "db.log", "row": {"id": "=e.id"}}]},
      {"select": "db.log", "where": "row.nr == 1 and row.id == ')" +
               first + R"('", "as": "y"},
      {"if": "y.rows == 1", "then": [)" +
               kShip + "]}") == kHolds;
  };
  CHECK(in_order("seq", "a"));
  CHECK(in_order("seq desc", "b"));
  CHECK_FALSE(in_order("seq", "b"));
}

TEST_CASE("rows without order_by come in any order") {
  const auto first_is = [](const std::string& id) {
    return after_buying(
        R"({"insert": "db.outbox", "row": {"id": "a"}}, {"insert": "db.outbox", "row": {"id": "b"}},
      {"select": "db.outbox", "limit": 1, "as": "x"}, {"if": "x.first.id == ')" +
        id + R"('", "then": [)" + kShip + "]}");
  };
  CHECK(first_is("a") == kNothingShipped);
  CHECK(first_is("b") == kNothingShipped);
}

TEST_CASE("passes of one handler do not overlap, those of two services do") {
  Draft draft = one_request();
  draft.shop = R"({"insert": "db.orders", "row": {"id": "=request.order", "count": 0}})";
  draft.obligations = R"([{"each": "db.orders", "owes": "tick", "exactly": 2}])";
  draft.timer = R"({"select": "db.orders", "where": "row.count < 2", "as": "x"},
    {"for_each": "x", "as": "e", "do": [
      {"effect": "tick", "of": "=e.id"},
      {"wait": "5s"},
      {"update": "db.orders", "where": "row.id == e.id", "set": {"count": "=e.count + 1"}} ]})";
  CHECK(answer_to(draft) == kHolds);
  draft.services = R"(, "another": {"handlers": [{"every": "1s", "do": [)" + draft.timer + "]}]}";
  CHECK(answer_to(draft) == "no-duplicate-effect of o1: 3 instead of 2");
}

TEST_CASE("requests are concurrent, and so are the handlers of one service") {
  Draft draft = one_request();
  draft.workload =
      R"([{"request": "Buy", "to": "shop", "times": 2, "with": {"order": "='o' + n"}}])";
  draft.obligations =
      R"([{"each": "request Buy", "when": "request.order == 'o1'", "of": "first", "owes": "ship", "exactly": 1}])";
  draft.shop = R"({"select": "db.orders", "as": "x"}, {"if": "x.rows == 0", "then": [
    {"insert": "db.orders", "row": {"id": "=request.order"}}, {"effect": "ship", "of": "first"}]})";
  CHECK(answer_to(draft) == "no-duplicate-effect of first: 2 instead of 1");
  draft.shop = R"({"insert": "db.orders", "row": {"id": 1}, "on_conflict": "ignore", "as": "x"},
    {"if": "x.rows == 1", "then": [{"effect": "ship", "of": "first"}]})";
  CHECK(answer_to(draft) == kHolds);
}

// The shop publishes one event, whose worker ships in a transaction that may be refused once.
std::string with_uncaught(const std::string& uncaught) {
  Draft draft = one_request();
  draft.shop = R"({"publish": "Placed", "to": "bus.orders", "key": "=request.order"})";
  draft.on_worker =
      R"("on": {"topic": "bus.orders", "group": "worker"}, "uncaught": ")" + uncaught + "\"";
  draft.worker = R"({"begin": "db"}, {"insert": "db.orders", "row": {"id": "=event.key"}},
    {"effect": "ship", "of": "=event.key", "in": "db"}, {"commit": "db"}, "ack")";
  draft.obligations = R"([{"each": "event Placed", "owes": "ship", "exactly": 1}])";
  draft.faults = R"({"budget": 1, "kinds": [{"error": "db"}]})";
  return answer_to(draft);
}

TEST_CASE(
    "an uncaught error ends the handler, undoes its transaction, and uncaught decides the rest") {
  CHECK(with_uncaught("redeliver") == kHolds);
  CHECK(with_uncaught("crash") == kHolds);
  CHECK(with_uncaught("skip") == kNothingShipped);
}

TEST_CASE("a lost reply is a timeout of which nobody knows whether it was done") {
  Draft draft = one_request();
  draft.faults = R"({"budget": 1, "kinds": [{"reply_lost": "bank"}]})";
  draft.obligations = R"([{"each": "request Buy", "owes": "bank.pay", "exactly": 1}])";
  const auto after_timeout = [&](const std::string& steps) {
    draft.shop = R"({"call": "bank.pay", "of": "=request.order", "as": "x", "on_error": [
      {"if": "x.status == 'timeout'", "then": [)" +
                 steps + "]}]}";
    return answer_to(draft);
  };
  CHECK(after_timeout("") == kNothingShipped);  // it was not done
  CHECK(after_timeout(R"({"call": "bank.pay", "of": "=request.order"})") ==
        "no-duplicate-effect of o1: 2 instead of 1");  // it was
}

TEST_CASE("a mistake that only a run can meet is told as one") {
  CHECK(after_buying(R"-({"effect": "ship", "of": "=1 / (request.order == 'o1' ? 0 : 1)"})-") ==
        "division by zero");
  CHECK(after_buying(
            R"({"select": "db.orders", "as": "x"}, {"effect": "ship", "of": "=x.first.id"})") ==
        "there is no first row: nothing was found");
  CHECK(
      after_buying(
          R"({"insert": "db.orders", "row": {"id": 1}}, {"update": "db.orders", "set": {"count": "=row.count + 1"}})") ==
      "null cannot be calculated with");
  CHECK(after_buying(R"({"if": "request.order", "then": []})") ==
        "a condition is neither true nor false");
  CHECK(after_buying(R"({"if": "request.order < 5", "then": []})") ==
        "these two cannot be put in order");
  CHECK(after_buying(R"({"effect": "ship", "of": "=request.order - 1"})") ==
        "these two cannot be subtracted");
  CHECK(
      after_buying(
          R"-({"effect": "ship", "of": "=9223372036854775807 + (request.order == 'o1' ? 1 : 0)"})-") ==
      "the result does not fit in 64 bits");
  CHECK(after_buying(R"({"publish": "=request.order == 'o1' ? 5 : 'A'", "to": "bus.orders"})") ==
        "the type of an event is a text");
  CHECK(after_buying(
            R"({"if": "request.order == 'o1'", "then": [{"begin": "db"}]}, {"begin": "db"})") ==
        "this database has an open transaction already");
  CHECK(after_buying(
            R"({"if": "request.order == 'o2'", "then": [{"begin": "db"}]}, {"commit": "db"})") ==
        "no transaction is open on this database");
  CHECK(after_buying(
            R"({"begin": "db"}, {"commit": "db"}, {"effect": "ship", "of": 1, "in": "db"})") ==
        "no transaction is open on this database");
}

TEST_CASE("a mistake in an obligation is told as one") {
  Draft draft = one_request();
  draft.shop = R"({"insert": "db.orders", "row": {"id": 1}}, )" + kShip;
  draft.obligations =
      R"([{"each": "db.orders", "when": "row.count > 'a' or row.id / 0 == 1", "owes": "ship", "exactly": 1}])";
  CHECK(answer_to(draft) == "division by zero");
  draft.obligations =
      R"([{"each": "db.orders", "of": "=row.count + 1", "owes": "ship", "exactly": 1, "pooled": true}])";
  CHECK(answer_to(draft) == "null cannot be calculated with");
}

TEST_CASE(
    "how ids are spelled changes neither the verdict nor, among texts, the number of states") {
  const auto searched = [](const std::string& ids) {
    Draft draft;
    draft.workload =
        R"([{"request": "Buy", "to": "shop", "times": 2, "with": {"order": ")" + ids + R"("}}])";
    draft.expect = R"({"holds": true})";
    draft.obligations = R"([{"each": "request Buy", "owes": "ship", "at_most": 2}])";
    const sim::Result result = explored(draft);
    return fmt::format("{} {} states {} steps", to_text(result.verdict), result.figures.states,
                       result.figures.transitions);
  };
  const std::string plain = searched("='o' + n");
  CHECK(plain.substr(0, 9) == "EXHAUSTED");
  CHECK(searched("='zebra-' + (9 - n)") == plain);
  CHECK(searched("=n == 1 ? 'z' : 'a'") == plain);
  CHECK(searched("=1000 - n").substr(0, 9) == "EXHAUSTED");  // numbers are no keys: all are tried
}

TEST_CASE("a violation that no timing allows leaves the answer open only without windows") {
  const Loaded loaded = load(std::string(ONCEWARD_SOURCE_DIR) +
                             "/tests/scenarios/files/lease-ends-too-early.onceward.json");
  INFO(loaded.problems);
  REQUIRE(loaded.program != nullptr);
  const sim::Result timed = sim::explore(*loaded.program, loaded.program->plan, {});
  CHECK(std::string(to_text(timed.verdict)) == "EXHAUSTED");
  sim::SearchOptions options;
  options.timing = sim::TimingMode::any;
  const sim::Result result = sim::explore(*loaded.program, loaded.program->plan, options);
  CHECK(std::string(to_text(result.verdict)) == "UNKNOWN");
  std::string reasons;
  for (const std::string& each : result.reasons) reasons += each + "\n";
  CHECK(reasons.find("no-duplicate-effect is broken for o1") != std::string::npos);
  CHECK(reasons.find("end of the lease of bus.orders/0@0 [30s, 30s] comes too early") !=
        std::string::npos);
  CHECK(reasons.find("EFFECT ship o1 [100us, 10ms]") != std::string::npos);
  CHECK(reasons.find("ack [1ms, 100ms]") != std::string::npos);
}

}  // namespace
}  // namespace onceward::scenarios
