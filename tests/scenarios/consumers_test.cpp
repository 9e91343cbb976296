// Instances, overlapping passes, consumers, dead letters and clients that retry: what the language
// accepts of them, and what it means.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

#include "scenarios/loaded.hpp"
#include "sim/search/explore.hpp"
#include "tests/scenarios/answer.hpp"

namespace onceward::scenarios {
namespace {

// The problems of a draft in which one section was replaced, as `line:column: message; hint`.
std::string problems_with(std::string Draft::*section, const std::string& text) {
  Draft draft;
  draft.*section = text;
  const Source source("a.onceward.json", draft.text());
  Problems problems;
  static_cast<void>(read_text(source, problems));
  return told(problems, source);
}

std::string on_shop(const std::string& rest) {
  return problems_with(&Draft::on_shop, R"("on": {"request": "Buy"}, )" + rest);
}
std::string on_worker(const std::string& rest) {
  return problems_with(&Draft::on_worker,
                       R"("on": {"topic": "bus.orders", "group": "worker"}, )" + rest);
}
std::string on_timer(const std::string& rest) {
  return problems_with(&Draft::on_timer, R"("every": "1s", )" + rest);
}
std::string late_service(const std::string& fields) {
  return problems_with(&Draft::services, R"(, "late": {"handlers": [], )" + fields + "}");
}
std::string with_topics(const std::string& topics) {
  return problems_with(&Draft::brokers,
                       R"({"bus": {"profile": "kafka@4", "topics": {)" + topics + "}}}");
}

// A shop that publishes each order; a worker that ships it. The timer does nothing.
Draft flow() {
  Draft draft;
  draft.shop = R"({"publish": "Placed", "to": "bus.orders", "key": "=request.order"})";
  draft.timer = R"("return")";
  draft.workload = R"([{"request": "Buy", "to": "shop", "with": {"order": "o1"}}])";
  draft.faults = R"({"budget": 0})";
  draft.obligations = R"([{"each": "event Placed", "owes": "ship", "exactly": 1}])";
  draft.expect = R"({"holds": true})";
  return draft;
}

const std::string kHolds = "EXHAUSTED";

// ---- instances ---------------------------------------------------------------------------------

TEST_CASE("a service has from one to twenty instances", "[instances]") {
  CHECK(late_service(R"("count": 0)") == R"(11:40: "count" must be from 1 to 20)");
  CHECK(late_service(R"("count": "2")") == R"(11:40: "count" must be a number, this is a text)");
  CHECK(late_service(R"("count": 2)").empty());
}

TEST_CASE("an instance has a name of its own, which a fault may name", "[instances]") {
  CHECK(problems_with(&Draft::services,
                      R"(, "late": {"handlers": [], "count": 2}, "late-2": {"handlers": []})") ==
        R"(11:6: an instance of late would have the name of service "late-2")");
  Draft draft;
  draft.services = R"(, "late": {"handlers": [], "count": 2})";
  for (const char* target : {"late", "late-1", "late-2"}) {
    draft.faults = fmt::format(R"({{"kinds": [{{"crash": "{}"}}]}})", target);
    const Source source("a.onceward.json", draft.text());
    Problems problems;
    CHECK(read_text(source, problems) != nullptr);
  }
  draft.faults = R"({"kinds": [{"crash": "late-3"}]})";
  const Source source("a.onceward.json", draft.text());
  Problems problems;
  CHECK(read_text(source, problems) == nullptr);
}

TEST_CASE("a fault of an instance may be placed between the steps of its service", "[instances]") {
  Draft draft;
  draft.services =
      R"(, "late": {"count": 2, "handlers": [{"every": "1s", "do": [{"publish": "A", "to": "bus.orders", "name": "a"}, {"publish": "B", "to": "bus.orders", "name": "b"}]}]})";
  for (const char* target : {"late", "late-2", "shop"}) {
    draft.expect = fmt::format(
        R"({{"violates": "no-lost-effect", "by": {{"crash": "{}", "between": ["a", "b"]}}}})",
        target);
    const Source source("a.onceward.json", draft.text());
    Problems problems;
    static_cast<void>(read_text(source, problems));
    CHECK(problems.empty() == (std::string(target) != "shop"));
  }
}

TEST_CASE("a restart is a window, or never", "[instances]") {
  CHECK(late_service(R"("restart": "newer")") ==
        R"(11:42: "restart" cannot be "newer"; write a window as ["1s", "30s"], or "never")");
  CHECK_FALSE(late_service(R"("restart": 5)").empty());
  CHECK_FALSE(late_service(R"("restart": ["2s", "1s"])").empty());
  CHECK(late_service(R"("restart": ["1s", "2s"])").empty());
  CHECK(late_service(R"("restart": "never")").empty());
}

TEST_CASE("instances share the partitions, and a message is shipped once without a fault",
          "[instances]") {
  Draft draft = flow();
  draft.brokers = R"({"bus": {"profile": "kafka@4", "topics": {"orders": {"partitions": 2}}}})";
  draft.on_worker = R"("on": {"topic": "bus.orders", "group": "worker"})";
  CHECK(answer_to(draft) == kHolds);
  draft.services = R"(, "other": {"count": 2, "handlers": [{"on": {"topic": "bus.orders",
    "group": "other"}, "do": [{"effect": "ship", "of": "=event.key"}, "ack"]}]})";
  draft.worker = R"("ack")";
  CHECK(answer_to(draft) == kHolds);
}

TEST_CASE("two instances of a relay that claims nothing publish a row twice", "[instances]") {
  Draft draft = flow();
  draft.shop =
      R"({"insert": "db.outbox", "row": {"id": "=request.order", "sent": false}, "name": "saved"})";
  const std::string relay = R"({"select": "db.outbox", "where": "not row.sent", "as": "batch"},
    {"for_each": "batch", "as": "e", "do": [{"publish": "Placed", "to": "bus.orders", "key": "=e.id"},
      {"update": "db.outbox", "where": "row.id == e.id", "set": {"sent": true}}]})";
  draft.obligations = R"([{"each": "db.outbox", "owes": "ship", "exactly": 1}])";
  for (const int count : {1, 2}) {
    draft.services = fmt::format(
        R"(, "relay": {{"count": {}, "handlers": [{{"every": "1s", "do": [{}]}}]}})", count, relay);
    CHECK(answer_to(draft) == (count == 1 ? kHolds : "no-duplicate-effect of o1: 2 instead of 1"));
  }
}

// ---- passes, uncaught errors, concurrency -------------------------------------------------------

TEST_CASE("overlap, concurrency and group_starts stand where they mean something", "[consumers]") {
  CHECK(
      on_shop(R"("overlap": 2)") ==
      R"(5:74: "overlap" is for handlers that run every so often, this is a handler of a request)");
  CHECK(on_timer(R"("overlap": 0)") == R"(9:56: "overlap" must be from 1 to 20)");
  CHECK(on_timer(R"("overlap": 2)").empty());
  CHECK(
      on_timer(R"("concurrency": 2)") ==
      R"(9:60: "concurrency" is for handlers of requests and topics, this is a handler of a period)");
  CHECK(on_shop(R"("group_starts": "new")") ==
        R"(5:79: "group_starts" is for handlers of a topic, this is a handler of a request)");
  CHECK(on_worker(R"("group_starts": "latest")") ==
        R"(7:97: "group_starts" cannot be "latest"; expected one of earliest, new)");
  CHECK(on_worker(R"("group_starts": "new")").empty());
}

TEST_CASE("concurrency is a number, or says of what", "[consumers]") {
  CHECK(
      on_worker(R"("concurrency": 0)") ==
      R"(7:96: "concurrency" is a number from 1 to 1000, or says of what; write for example {"per": "key", "at_most": 1})");
  CHECK(on_worker(R"("concurrency": {"per": "keys", "at_most": 1})") ==
        R"(7:104: "per" cannot be "keys"; did you mean "key"?)");
  CHECK(on_worker(R"("concurrency": {"per": "key"})") ==
        R"(7:96: "concurrency" needs a field "at_most")");
  CHECK(on_shop(R"("concurrency": {"per": "key", "at_most": 1})") ==
        R"(5:86: requests have no keys and no partitions; write "per": "handler")");
  CHECK(on_shop(R"("concurrency": {"per": "handler", "at_most": 1})").empty());
  CHECK(on_worker(R"("concurrency": 4)").empty());
}

TEST_CASE("an uncaught error leads to what its kind of handler can do", "[consumers]") {
  CHECK(on_shop(R"("uncaught": "skip")") ==
        R"(5:75: "skip" is not for handlers of a request; expected one of reply-error, crash)");
  CHECK(on_timer(R"("uncaught": "reply-error")") ==
        R"(9:57: "reply-error" is not for handlers of a period; expected one of end-pass, crash)");
  CHECK(
      on_worker(R"("uncaught": "end-pass")") ==
      R"(7:93: "end-pass" is not for handlers of a topic; expected one of redeliver, skip, crash)");
  CHECK(on_shop(R"("uncaught": "reply-error")").empty());
  CHECK(on_timer(R"("uncaught": "end-pass")").empty());
}

TEST_CASE("a pass whose error ends the process leaves the rest undone if that never restarts",
          "[consumers]") {
  Draft draft = flow();
  draft.shop = R"({"insert": "db.outbox", "row": {"id": "=request.order", "sent": false}})";
  draft.worker = R"({"effect": "ship", "of": "=event.key"}, "ack")";
  draft.obligations = R"([{"each": "db.outbox", "owes": "ship", "at_least": 1}])";
  draft.faults = R"({"kinds": [{"error": "relay"}]})";
  const auto relay = [&](const char* uncaught, const char* restart) {
    draft.services = fmt::format(
        R"(, "relay": {{"restart": {}, "handlers": [{{"every": "1s", "uncaught": "{}", "do": [
        {{"select": "db.outbox", "where": "not row.sent", "as": "batch"}},
        {{"for_each": "batch", "as": "e", "do": [
          {{"publish": "Placed", "to": "bus.orders", "key": "=e.id"}},
          {{"update": "db.outbox", "where": "row.id == e.id", "set": {{"sent": true}}}}]}}]}}]}})",
        restart, uncaught);
    return answer_to(draft);
  };
  CHECK(relay("crash", R"("never")") == "no-lost-effect of o1: 0 instead of 1");
  CHECK(relay("crash", R"(["1s", "2s"])") == kHolds);
  CHECK(relay("end-pass", R"("never")") == kHolds);
}

// ---- nack, attempts, dead letters ---------------------------------------------------------------

TEST_CASE("only a handler of a topic says that an event was not handled", "[dead-letter]") {
  CHECK(problems_with(&Draft::shop, R"({"nack": true, "requeue": true})") ==
        R"(6:8: only a handler of a topic has something to acknowledge)");
  CHECK(problems_with(&Draft::worker, R"({"effect": "ship", "of": 1}, {"nack": true}, "ack")") ==
        R"(8:37: a step "nack" needs a field "requeue")");
  CHECK(problems_with(&Draft::worker,
                      R"({"effect": "ship", "of": 1}, {"nack": true, "requeue": "no"}, "ack")") ==
        R"(8:63: "requeue" must be true or false, this is a text)");
  CHECK(
      problems_with(
          &Draft::worker,
          R"({"effect": "ship", "of": 1}, {"nack": true, "requeue": false, "as": "x", "on_error": []})")
          .empty());
}

TEST_CASE("deliveries are counted in handlers of topics", "[dead-letter]") {
  CHECK(problems_with(&Draft::shop, R"({"if": "event.attempt > 1", "then": ["fail"]})") ==
        R"(6:16: unknown name "event"; events are at hand in handlers of a topic)");
  CHECK(
      problems_with(
          &Draft::obligations,
          R"([{"each": "event Placed", "of": "=event.attempt", "owes": "ship", "exactly": 1}])") ==
      R"(14:56: deliveries are counted in handlers of a topic only)");
  CHECK(problems_with(
            &Draft::worker,
            R"({"if": "event.atempt > 1", "then": ["ack"]}, {"effect": "ship", "of": 1})") ==
        R"(8:22: an event has no "atempt"; did you mean "attempt"?)");
}

TEST_CASE("a topic names another topic of its broker for dead letters", "[dead-letter]") {
  CHECK(with_topics(R"("orders": {"dead_letter": "bus.orders"}, "dead": {})") ==
        R"(3:80: "bus.orders" is no other topic of bus; expected bus.dead)");
  CHECK(with_topics(R"("orders": {"dead_letter": "bus.daed"}, "dead": {})") ==
        R"(3:80: "bus.daed" is no other topic of bus; did you mean "bus.dead"?)");
  CHECK(with_topics(R"("orders": {"max_deliveries": 0})") ==
        R"(3:83: "max_deliveries" must be from 1 to 1000)");
  CHECK(with_topics(R"("orders": {"dead_letter": "bus.dead", "max_deliveries": 3}, "dead": {})")
            .empty());
}

TEST_CASE("what a broker refuses is a condition over the event", "[dead-letter]") {
  CHECK(with_topics(R"("orders": {"refuses": "event.id"})").empty());
  CHECK(with_topics(R"("orders": {"refuses": "1 + 1"})") ==
        R"(3:76: a condition must be true or false, this is a number)");
  CHECK(with_topics(R"("orders": {"refuses": "row.id == 1"})") ==
        R"(3:77: unknown name "row"; rows are at hand in "where", "set" and obligations)");
  CHECK(with_topics(R"("orders": {"refuses": "event.attempt > 1"})") ==
        R"(3:83: deliveries are counted in handlers of a topic only)");
}

TEST_CASE("an event that is returned twice is shipped at its third delivery", "[dead-letter]") {
  for (const char* profile : {"kafka@4", "rabbitmq-classic@3.13"}) {
    Draft draft = flow();
    draft.brokers =
        fmt::format(R"({{"bus": {{"profile": "{}", "topics": {{"orders": {{}}}}}}}})", profile);
    draft.worker = R"({"if": "event.attempt < 3", "then": [{"nack": true, "requeue": true}],
      "else": [{"effect": "ship", "of": "=event.key"}, "ack"]})";
    CHECK(answer_to(draft) == kHolds);
    draft.worker = R"({"if": "event.attempt <= 3", "then": [{"nack": true, "requeue": true}],
      "else": ["ack", {"if": false, "then": [{"effect": "ship", "of": 1}]}]})";
    CHECK(answer_to(draft) == "no-lost-effect of o1: 0 instead of 1");
  }
}

TEST_CASE("an event that is returned for ever never comes to rest, unless there is a limit",
          "[dead-letter]") {
  Draft draft = flow();
  draft.worker =
      R"({"nack": true, "requeue": true}, {"if": false, "then": [{"effect": "ship", "of": 1}]})";
  draft.obligations = R"([{"each": "event Placed", "owes": "ship", "at_most": 1}])";
  CHECK(answer_to(draft).find("no-stuck-message") == 0);
  draft.brokers =
      R"({"bus": {"profile": "kafka@4", "topics": {"orders": {"max_deliveries": 3, "dead_letter": "bus.dead"}, "dead": {}}}})";
  CHECK(answer_to(draft) == kHolds);
}

TEST_CASE("a dead letter that nobody can store is missing in the accounts", "[dead-letter]") {
  Draft draft = flow();
  draft.worker =
      R"({"nack": true, "requeue": false}, {"if": false, "then": [{"effect": "ship", "of": 1}]})";
  draft.obligations = R"([{"each": "event Placed", "owes": "ship", "at_most": 1}])";
  draft.expect = R"({"violates": "dead-letter-accounting"})";
  const auto answer = [&](const char* refused) {
    draft.brokers = fmt::format(
        R"({{"bus": {{"profile": "kafka@4", "topics": {{"orders": {{"dead_letter": "bus.dead"}},
          "dead": {{"refuses": "event.key == '{}'"}}}}}}}})",
        refused);
    return answer_to(draft).substr(0, 22);
  };
  CHECK(answer("o1") == "dead-letter-accounting");
  CHECK(answer("o2") == kHolds);
}

TEST_CASE("a broker refuses some events for ever, and passes that only met that are parked",
          "[dead-letter]") {
  Draft draft = flow();
  draft.brokers =
      R"({"bus": {"profile": "kafka@4", "topics": {"orders": {"refuses": "event.key == 'o1'"}}}})";
  draft.timer =
      R"({"publish": "Placed", "to": "bus.orders", "key": "o1", "on_error": [], "as": "p"},
    {"if": "p.status != 'refused'", "then": [{"effect": "ship", "of": 5}]})";
  CHECK(answer_to(draft) == kHolds);
}

// ---- clients -----------------------------------------------------------------------------------

TEST_CASE("a retry says how often, and may say after which pause", "[retry]") {
  const auto workload = [](const std::string& fields) {
    return problems_with(
        &Draft::workload,
        R"([{"request": "Buy", "to": "shop", "with": {"order": "o1"}, )" + fields + "}]");
  };
  CHECK(workload(R"("retry": 3)") == R"(12:81: "retry" must be an object, this is a number)");
  CHECK(workload(R"("retry": {})") == R"(12:81: "retry" needs a field "times")");
  CHECK(workload(R"("retry": {"times": 0})") == R"(12:91: "times" must be from 1 to 20)");
  CHECK(workload(R"("retry": {"times": 1, "pause": ["2s", "1s"]})").find("12:103") == 0);
  CHECK(workload(R"("retry": {"times": 1})").empty());
  CHECK(workload(R"("retry": {"times": 1, "pause": ["1s", "2s"]})").empty());
}

TEST_CASE("an entry comes after others that it names, and not in a circle", "[retry]") {
  const auto workload = [](const std::string& first, const std::string& second) {
    const std::string entry = R"({"request": "Buy", "to": "shop", "with": {"order": "=n"}, )";
    return problems_with(&Draft::workload, "[" + entry + first + "},\n" + entry + second + "}]");
  };
  CHECK(workload(R"("name": "a")", R"("name": "b", "after": "a")").empty());
  CHECK(workload(R"("name": "a")", R"("after": ["a"])").empty());
  CHECK(workload(R"("name": "a")", R"("after": "c")") ==
        R"(13:68: "after" names another entry of the workload; expected a)");
  CHECK(workload(R"("name": "a", "after": "b")", R"("name": "b", "after": "a")") ==
        R"(13:81: these entries wait for each other)");
  CHECK(workload(R"("name": "a", "after": "a")", R"("name": "b")") ==
        R"(12:94: these entries wait for each other)");
}

TEST_CASE("a lost answer is aimed at the clients, too", "[retry]") {
  CHECK(problems_with(&Draft::faults, R"({"kinds": [{"reply_lost": "client"}]})").empty());
  CHECK(problems_with(&Draft::faults, R"({"kinds": [{"error": "client"}]})").empty());
  CHECK(problems_with(&Draft::faults, R"({"kinds": [{"crash": "client"}]})") ==
        R"(13:32: "crash" cannot strike "client"; expected one of shop, worker, timer)");
}

TEST_CASE("a client that sends again has its order twice, unless the service knows it", "[retry]") {
  Draft draft = flow();
  draft.workload =
      R"([{"request": "Buy", "to": "shop", "with": {"order": "o1"}, "retry": {"times": 1}}])";
  draft.faults = R"({"kinds": [{"reply_lost": "client"}]})";
  draft.obligations = R"([{"each": "request Buy", "owes": "ship", "exactly": 1}])";
  CHECK(answer_to(draft) == "no-duplicate-effect of o1: 2 instead of 1");
  draft.shop = R"({"begin": "db"},
    {"insert": "db.orders", "row": {"id": "=request.order"}, "on_conflict": "ignore", "as": "new"},
    {"if": "new.rows == 1", "then": [{"effect": "ship", "of": "=request.order", "in": "db"}]},
    {"commit": "db"})";
  draft.worker = R"("ack")";
  CHECK(answer_to(draft) == kHolds);
}

TEST_CASE("a request that comes after another finds what that one left", "[retry]") {
  Draft draft = flow();
  draft.workload = R"([{"request": "Buy", "to": "shop", "with": {"order": "o1"}, "name": "first"},
    {"request": "Buy", "to": "shop", "with": {"order": "o2"}, "after": "first"}])";
  draft.shop = R"({"select": "db.orders", "as": "before"},
    {"insert": "db.orders", "row": {"id": "=request.order", "count": "=before.rows"}},
    {"if": "before.rows == 1", "then": [{"effect": "ship", "of": "o2"}]})";
  draft.worker = R"("ack")";
  draft.obligations =
      R"([{"each": "request Buy", "when": "request.order == 'o2'", "owes": "ship", "exactly": 1}])";
  CHECK(answer_to(draft) == kHolds);
  draft.workload =
      R"([{"request": "Buy", "to": "shop", "times": 2, "with": {"order": "='o' + n"}}])";
  CHECK(answer_to(draft) != kHolds);
}

TEST_CASE("a consumer that dies with its first message makes it late, with nothing done yet") {
  Draft draft = flow();
  draft.obligations =
      R"([{"each": "event Placed", "owes": "ship", "at_least": 1, "within": "25s"}])";
  draft.faults = R"({"budget": 1, "kinds": [{"crash": "worker"}]})";
  CHECK(answer_to(draft).substr(0, 10) == "in-time of");
  draft.faults = R"({"budget": 0, "kinds": [{"crash": "worker"}]})";
  CHECK(answer_to(draft) == kHolds);
}

}  // namespace
}  // namespace onceward::scenarios
