// Steps in bulk: what the language accepts of them, and what becomes of a relay that sends batches.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

#include "scenarios/code.hpp"
#include "scenarios/loaded.hpp"
#include "sim/search/explore.hpp"
#include "tests/scenarios/answer.hpp"

namespace onceward::scenarios {
namespace {

const std::string kHolds = "EXHAUSTED";

// A shop that stores the rows o1 and o2 together, and a relay that offers those not yet sent as one
// batch.
Draft relay_of(const std::string& publish, const std::string& then) {
  Draft draft;
  draft.databases = R"({"db": {"profile": "postgres@15", "tables": {
    "orders": {"key": "id"},
    "outbox": {"key": "id", "sequence": "seq", "columns": ["sent"]}}}})";
  draft.shop = R"({"begin": "db"}, {"insert": "db.outbox", "row": {"id": "o1", "sent": false}},
    {"insert": "db.outbox", "row": {"id": "o2", "sent": false}}, {"commit": "db"})";
  draft.workload = R"([{"request": "Buy", "to": "shop", "with": {"order": "o1"}}])";
  draft.worker = R"("ack")";
  draft.timer = fmt::format(
      R"({{"select": "db.outbox", "where": "not row.sent", "order_by": "seq", "as": "batch"}},
    {{"publish": "Placed", "to": "bus.orders", "for_each": "batch", "item": "e", "key": "=e.id", {}}}, {})",
      publish, then);
  draft.faults = R"({"kinds": [{"error": "bus"}]})";
  draft.obligations = R"([{"each": "db.outbox", "owes": "event Placed", "exactly": 1}])";
  draft.expect = R"({"holds": true})";
  return draft;
}

// Marks the rows of a list, or those of them that meet a condition.
std::string mark(const std::string& rows, const std::string& condition = "true") {
  return fmt::format(
      R"({{"for_each": "{}", "as": "m", "do": [{{"if": "{}", "then": [
        {{"update": "db.outbox", "where": "row.id == m.id", "set": {{"sent": true}}}}]}}]}})",
      rows, condition);
}

// ---- what becomes of a batch -------------------------------------------------------------------

TEST_CASE("a relay that marks the whole batch after a partial send loses an event", "[bulk]") {
  const Draft draft = relay_of(R"("id": "=e.id", "on_error": {"partial": []})", mark("batch"));
  const sim::Result result = explored(draft);
  CHECK(result.verdict == sim::Verdict::violated);
  REQUIRE(!result.violations.empty());
  CHECK(result.violations.front().invariant == "no-lost-event");
  CHECK(result.violations.front().faults == std::vector{sim::FaultKind::error});
}

TEST_CASE("a relay that marks only what was accepted loses nothing and repeats nothing", "[bulk]") {
  CHECK(answer_to(relay_of(R"j("id": "=uuid()", "as": "sent", "on_error": {"partial": []})j",
                           mark("sent.items", "m.accepted"))) == kHolds);
}

TEST_CASE("a relay that sends the whole batch again after a partial send repeats an event",
          "[bulk]") {
  // It gives each try new ids, so that nobody can tell the second copy from another event.
  CHECK(
      answer_to(relay_of(R"j("id": "=uuid()")j", mark("batch"))).find("no-duplicate-event of o") ==
      0);
}

TEST_CASE("a batch that nobody catches ends the pass, and a refused one too", "[bulk]") {
  CHECK(answer_to(relay_of(R"("id": "=e.id")", mark("batch"))) == kHolds);
}

TEST_CASE("a list of steps upon errors is run after a partial send as well", "[bulk]") {
  CHECK(answer_to(relay_of(R"j("id": "=uuid()", "as": "sent", "on_error": [)j" +
                               mark("sent.items", "m.accepted") + R"(, "return"])",
                           R"({"for_each": "batch", "as": "b", "do": [
    {"update": "db.outbox", "where": "row.id == b.id", "set": {"sent": true}}]})")) == kHolds);
}

TEST_CASE("the answer says how many were accepted, and its items which", "[bulk]") {
  // An effect says that something is not as it should be.
  const auto holds = [](const std::string& fault, const std::string& condition) {
    Draft draft = relay_of(R"("id": "=e.id", "as": "sent", "on_error": [])",
                           fmt::format(R"j({{"if": "batch.rows == 2 and not ({})", "then": [
                             {{"effect": "oddity", "of": 1}}]}}, {})j",
                                       condition, mark("batch")));
    draft.faults = fmt::format(R"({{"kinds": [{{"{}": "bus"}}]}})", fault);
    draft.obligations = R"([{"always": "effects('oddity') == 0"}])";
    return answer_to(draft) == kHolds;
  };
  const std::string two = "count(sent.items) == 2 and sent.rows == count(sent.items, row.accepted)";
  CHECK(holds("error", two));
  CHECK(holds("error", "(sent.status == 'ok') == (sent.rows == 2)"));
  CHECK(holds("error", "(sent.status == 'refused') == (sent.rows == 0)"));
  CHECK(holds("error", "(sent.status == 'partial') == (sent.rows == 1)"));
  CHECK(holds("reply_lost", two + " and (sent.status == 'timeout') == (sent.rows == 0)"));
  CHECK(holds("error", "not exists(sent.items, row.seq == null or row.id == null)"));
  CHECK_FALSE(holds("error", "sent.status != 'partial'"));
  CHECK_FALSE(holds("error", "exists(sent.items, row.id == 'o2' and row.accepted)"));
}

TEST_CASE("a batch of no rows is sent by nobody and answers ok", "[bulk]") {
  Draft draft = relay_of(
      R"("id": "=e.id", "as": "sent")",
      R"j({"if": "sent.status == 'ok' and sent.rows == 0 and not exists(sent.items)", "then": [
        {"insert": "db.orders", "row": {"id": 1}, "on_conflict": "ignore"}]})j");
  draft.shop = R"("return")";
  draft.obligations = R"([{"eventually": "count(db.orders) == 1 and events('Placed') == 0"}])";
  draft.faults = R"({"kinds": [{"crash": "any"}]})";
  CHECK(answer_to(draft) == kHolds);
}

TEST_CASE("events of a batch are evaluated row by row", "[bulk]") {
  Draft draft = relay_of(R"("id": "=e.id", "data": {"nr": "=e.seq"}, "as": "sent")",
                         mark("sent.items", "m.accepted"));
  draft.worker =
      R"({"effect": "ship", "of": "=event.key", "with": {"nr": "=event.data.nr"}}, "ack")";
  draft.obligations = R"([{"each": "db.outbox", "owes": "ship", "exactly": 1,
    "with": {"nr": "=row.seq"}}])";
  draft.faults = R"({"budget": 0})";
  CHECK(answer_to(draft) == kHolds);
}

// ---- mistakes ----------------------------------------------------------------------------------

// The problems of a handler that finds rows of the outbox and then does this.
std::string told_of(const std::string& steps, const std::string& columns = "") {
  Draft draft;
  draft.databases = fmt::format(
      R"({{"db": {{"profile": "postgres@15", "tables": {{"orders": {{"key": "id"}}, "outbox": {{"key": "id", "sequence": "seq"{}}}}}}}}})",
      columns);
  draft.timer = R"({"select": "db.outbox", "as": "batch"},)"
                "\n" +
                steps;
  const Source source("a.onceward.json", draft.text());
  Problems problems;
  static_cast<void>(read_text(source, problems));
  return told(problems, source);
}

std::string told_of_publish(const std::string& fields, const std::string& columns = "") {
  return told_of(R"({"publish": "Placed", "to": "bus.orders", )" + fields + "}", columns);
}

TEST_CASE("a batch says what its rows are, and what each is called", "[bulk]") {
  CHECK(told_of_publish(R"("for_each": "batch", "item": "e", "key": "=e.id")").empty());
  CHECK(
      told_of_publish(R"("item": "e")") ==
      R"(11:1: "item" is the row of a batch, and this step publishes none; write "for_each" with the rows)");
  CHECK(told_of_publish(R"("for_each": "batch")") ==
        R"(11:1: a step that publishes for each row says what the row is called; write "item")");
}

TEST_CASE("the rows of a batch are those that a select found", "[bulk]") {
  CHECK(told_of_publish(R"("for_each": "bach", "item": "e", "key": "=e.whatever")") ==
        R"(11:55: for_each goes through the rows that a select found; did you mean "batch"?)");
  CHECK(told_of_publish(R"("for_each": "batch", "item": "e", "key": "=e.idd")") ==
        R"(11:88: db.outbox has no column "idd"; did you mean "id"?)");
  CHECK(told_of_publish(R"("for_each": 5, "item": "e")") ==
        R"(11:55: "for_each" must be a text, this is a number)");
}

TEST_CASE("a table with a column accepted cannot be sent as a batch", "[bulk]") {
  CHECK(
      told_of_publish(R"("for_each": "batch", "item": "e")", R"(, "columns": ["accepted"])") ==
      R"(11:55: db.outbox has a column "accepted", which after a batch says what became of each row; give the column of the table another name)");
}

TEST_CASE("what became of a batch is no batch", "[bulk]") {
  CHECK(told_of(
            R"({"publish": "A", "to": "bus.orders", "for_each": "batch", "item": "e", "as": "sent"},
{"publish": "A", "to": "bus.orders", "for_each": "sent.items", "item": "e", "key": "=e.id"})") ==
        R"(12:50: what became of a batch cannot be a batch itself; go through it with the step )"
        R"("for_each" and publish what was not accepted, or select the rows anew)");
}

TEST_CASE("the row of a batch is known within its step only", "[bulk]") {
  CHECK(told_of(R"({"publish": "A", "to": "bus.orders", "for_each": "batch", "item": "e"},
{"effect": "ship", "of": "=e.id"})") == R"(12:28: unknown name "e"; expected batch)");
  CHECK(told_of_publish(R"("for_each": "batch", "item": "batch")") ==
        R"(11:72: "batch" is the name of something else here; take another name)");
  CHECK(
      told_of_publish(R"("for_each": "batch", "item": "row")") ==
      R"(11:72: "row" cannot be the name of a result; it means something of its own in expressions)");
  CHECK(
      told_of(
          R"({"for_each": "batch", "as": "e", "do": []}, {"publish": "A", "to": "bus.orders", "for_each": "batch", "item": "e", "key": "=e.id"}, {"for_each": "batch", "as": "e", "do": []})")
          .empty());
}

TEST_CASE("the result of a batch has a status, a number and items", "[bulk]") {
  const std::string send =
      R"({"publish": "A", "to": "bus.orders", "for_each": "batch", "item": "e", "as": "sent"},)"
      "\n";
  const auto told_after = [&](const std::string& step) { return told_of(send + step); };
  CHECK(told_after(R"({"for_each": "sent.items", "as": "m", "do": []})").empty());
  CHECK(
      told_after(R"({"for_each": "sent", "as": "m", "do": []})") ==
      R"(12:14: for_each goes through the rows that a select found; expected one of batch, sent.items)");
  CHECK(told_after(R"({"if": "sent.items == 1", "then": []})") ==
        R"(12:9: sent is the result of an operation; sent.status is ok, refused, timeout ...; )"
        R"j(sent.rows is how many; sent.items are rows, for for_each and count())j");
  CHECK(told_after(R"j({"if": "exists(sent.items, row.acepted)", "then": []})j") ==
        R"(12:32: db.outbox has no column "acepted"; did you mean "accepted"?)");
  CHECK(
      told_after(
          R"({"for_each": "sent.items", "as": "m", "do": [{"publish": "A", "to": "bus.orders", "as": "sent"}]})")
          .find("the loop around this step still needs \"sent\"") != std::string::npos);
  CHECK(told_after(R"({"publish": "A", "to": "bus.orders", "as": "sent"})") ==
        R"(12:44: "sent" is the name of something else here; )"
        R"(a name may be used again for the same kind of result only)");
}

TEST_CASE("a producer does not send a batch again by itself", "[bulk]") {
  CHECK(
      told_of_publish(R"("for_each": "batch", "item": "e", "resends": 2)") ==
      R"(11:88: "resends" is for steps that publish one event; a loop of steps can offer again what was refused)");
}

TEST_CASE("a step in bulk does one thing, like any other", "[bulk]") {
  CHECK(
      told_of(
          R"({"publish": "A", "to": "bus.orders", "for_each": "batch", "item": "e", "insert": "db.orders"})")
          .find("this step is \"publish\" already") != std::string::npos);
}

// ---- showing it --------------------------------------------------------------------------------

TEST_CASE("a batch is shown as it was written, and as code", "[bulk]") {
  const Draft draft = relay_of(R"("id": "=e.id", "as": "sent", "on_error": {"partial": []})",
                               mark("sent.items", "m.accepted"));
  const Loaded loaded = load_text("story.onceward.json", draft.text());
  REQUIRE(loaded.program != nullptr);
  const std::string shown = json_text(loaded.expanded);
  const Loaded again = load_text("story.onceward.json", shown);
  INFO(again.problems);
  REQUIRE(again.program != nullptr);
  CHECK(json_text(again.expanded) == shown);
  CHECK(code_text(loaded.expanded)
            .find("sent = publish 'Placed' to bus.orders for each batch item e key e.id id e.id") !=
        std::string::npos);
}

}  // namespace
}  // namespace onceward::scenarios
