// Tasks within a handler: branches it waits for, a race against time, what it leaves behind.
#include <catch2/catch.hpp>
#include <string>

#include "tests/scenarios/answer.hpp"
#include "tests/support/command.hpp"

namespace onceward::scenarios {
namespace {

using tests::has;
using tests::Ran;

std::string mistakes(const std::string& worker) {
  Problems problems;
  const Source source("a", working(worker).text());
  static_cast<void>(read_text(source, problems));
  return told(problems, source);
}

// Both branches read the stock before either writes it, if they run at once.
std::string two_deductions(const std::string& word) {
  const std::string take =
      R"({"select": "db.outbox", "as": "STOCK"}, {"update": "db.outbox", "set": {"left": "=STOCK.first.left - 1"}})";
  const auto named = [&](const std::string& name) {
    std::string steps = take;
    for (std::size_t i = 0; (i = steps.find("STOCK", i)) != std::string::npos;) {
      steps.replace(i, 5, name);
    }
    return steps;
  };
  const std::string before = R"({"insert": "db.outbox", "row": {"id": "s", "left": 2}}, )";
  const std::string after =
      R"({"select": "db.outbox", "as": "left"}, {"if": "left.first.left == 0", "then": [{"effect": "ship", "of": "=event.key"}]}, "ack")";
  if (word.empty()) return before + named("a") + ", " + named("b") + ", " + after;
  return before + R"({")" + word + R"(": [{"name": "a", "do": [)" + named("a") +
         R"(]}, {"name": "b", "do": [)" + named("b") + "]}]}, " + after;
}

TEST_CASE("branches run at once, and the handler goes on when all have ended", "[tasks]") {
  ends_as_expected(working(two_deductions("")));
  Draft draft = working(two_deductions("all"));
  draft.expect = R"({"violates": "no-lost-effect", "fewest_faults": 0})";
  ends_as_expected(draft);
  ends_as_expected(working(
      R"({"all": [{"name": "a", "do": [{"insert": "db.outbox", "row": {"id": "a"}}]},
                  {"name": "b", "do": [{"insert": "db.outbox", "row": {"id": "b"}}]}]},
         {"select": "db.outbox", "as": "both"},
         {"if": "both.rows == 2", "then": [{"effect": "ship", "of": "=event.key"}]}, "ack")"));
}

TEST_CASE("what a branch bound is known behind it", "[tasks]") {
  ends_as_expected(working(
      R"({"all": [{"name": "a", "do": [{"call": "bank.pay", "of": 1, "as": "paid"}]},
                  {"name": "b", "do": [{"select": "db.orders", "as": "found"}]}], "as": "both"},
         {"if": "paid.status == 'ok' and found.rows == 1 and both.status == 'ok'",
          "then": [{"effect": "ship", "of": "=event.key"}]}, "ack")"));
}

// A payment that is tried again when no answer has come in time, as none can.
Draft racing(const std::string& more) {
  const std::string pay = R"({"call": "bank.pay", "of": "=event.key")" + more;
  Draft draft = working(
      R"({"first": [{"name": "answer", "do": [)" + pay +
      R"(, "window": ["2s", "5s"]}]}, {"name": "too late", "do": [{"wait": "1s"}]}], "as": "won"},
                     {"if": "won.value == 'too late'", "then": [)" +
      pay + R"(}]}, "ack")");
  draft.obligations = R"([{"each": "db.orders", "owes": "bank.pay", "exactly": 1}])";
  return draft;
}

TEST_CASE("a call that lost a race against time may have been done all the same", "[tasks]") {
  Draft draft = racing("");
  draft.expect = R"({"violates": "no-duplicate-effect", "fewest_faults": 0})";
  const Ran ran = checked(draft);
  INFO(ran.out + ran.err);
  CHECK(ran.exit_code == 0);
  CHECK(has(ran.out, "goes on without the answer to"));
  CHECK(has(ran.out, "cuts the branch \"answer\" short"));
  CHECK(has(ran.out, "goes on: the branch \"too late\" was first"));
  ends_as_expected(racing(R"(, "idempotency_key": "=event.key")"));
}

TEST_CASE("the first error cuts the other branches short, and undoes their transactions",
          "[tasks]") {
  const auto branches = [](const std::string& second) {
    return R"({"all": [{"name": "fails", "do": ["fail"]}, {"name": "works", "do": [)" + second +
           R"(]}], "on_error": []}, {"effect": "ship", "of": "=event.key"}, "ack")";
  };
  const std::string writes =
      R"({"begin": "db"}, {"insert": "db.outbox", "row": {"id": "x"}}, {"wait": "1s"}, {"commit": "db"})";
  // Only a wait that ended too early would let it commit.
  Draft draft = working(branches(writes));
  draft.obligations =
      R"([{"each": "db.orders", "owes": "ship", "exactly": 1}, {"always": "count(db.outbox) == 0"}])";
  const Ran cut = checked(draft);
  INFO(cut.out + cut.err);
  CHECK(cut.exit_code == 0);
  CHECK(has(cut.out, "sleep [1s, 1s]"));
  draft.worker = branches(R"({"shield": [)" + writes + "]}");
  draft.expect = R"({"violates": "always", "fewest_faults": 0})";
  ends_as_expected(draft);
}

TEST_CASE("a branch does not write beside the transaction that its handler has open", "[tasks]") {
  const auto writing = [](const std::string& in) {
    return working(
        R"({"begin": "db"}, {"all": [{"name": "a", "do": [{"insert": "db.outbox", "row": {"id": "x"})" +
        in +
        R"(}]}, {"name": "b", "do": []}]}, {"commit": "db"}, {"effect": "ship", "of": "=event.key"}, "ack")");
  };
  const Ran refused = checked(writing(""));
  CHECK(refused.exit_code == 2);
  CHECK(has(refused.out + refused.err, "is not this branch's"));
  ends_as_expected(writing(R"(, "in": "none")"));
}

TEST_CASE("an error of a branch that nobody catches ends the handler", "[tasks]") {
  Draft draft = working(
      R"({"all": [{"name": "a", "do": ["fail"]}, {"name": "b", "do": []}]}, {"effect": "ship", "of": "=event.key"}, "ack")");
  draft.on_worker += R"(, "uncaught": "skip")";
  draft.expect = R"({"violates": "no-lost-effect", "fewest_faults": 0})";
  const Ran ran = checked(draft);
  INFO(ran.out + ran.err);
  CHECK(ran.exit_code == 0);
  CHECK(has(ran.out, "sees refused and gives up"));
}

TEST_CASE("what a handler leaves behind dies with its process after the acknowledgement",
          "[tasks]") {
  Draft draft = working(R"({"spawn": [{"effect": "ship", "of": "=event.key"}]}, "ack")");
  ends_as_expected(draft);
  draft.faults = R"({"budget": 1, "kinds": [{"crash": "worker"}]})";
  draft.expect = R"({"violates": "no-lost-effect", "fewest_faults": 1})";
  ends_as_expected(draft);
  // Done before the acknowledgement, it is done again instead.
  draft.worker = R"({"effect": "ship", "of": "=event.key"}, "ack")";
  draft.expect = R"({"violates": "no-duplicate-effect", "fewest_faults": 1})";
  ends_as_expected(draft);
}

TEST_CASE("a branch within a branch is cut short with it", "[tasks]") {
  // The inner branches wait for what never comes.
  Draft draft;
  draft.shop = R"("return")";
  draft.services =
      R"(, "desk": {"memory": {"open": false}, "handlers": [{"on": {"request": "Ask"}, "do": [
      {"first": [{"name": "quick", "do": []},
                 {"name": "slow", "do": [{"all": [{"name": "x", "do": [{"wait_until": "memory.open"}]},
                                                 {"name": "y", "do": [{"wait_until": "memory.open"}]}]}]}]},
      {"effect": "answer", "of": "=request.order"}]}]})";
  draft.workload = R"([{"request": "Ask", "to": "desk", "with": {"order": "o1"}}])";
  draft.faults = R"({"budget": 0})";
  draft.obligations =
      R"([{"each": "request Ask", "of": "=request.order", "owes": "answer", "exactly": 1}])";
  draft.expect = R"({"holds": "exhausted"})";
  ends_as_expected(draft);
}

TEST_CASE("tasks are refused where they mean nothing", "[tasks]") {
  CHECK(has(mistakes(R"({"spawn": ["ack"]})"), "the handler may have ended when this runs"));
  CHECK(has(mistakes(R"({"shield": [{"effect": "ship", "of": 1}]}, "ack")"),
            "nothing cuts these steps short"));
  CHECK(has(mistakes(R"({"all": [{"name": "a", "do": []}]}, "ack")"),
            "\"all\" needs at least two branches"));
  const auto asks = [](const std::string& condition) {
    return mistakes(R"({"first": [{"name": "answer", "do": []}, {"name": "too late", "do": []}],
      "as": "won"}, {"if": ")" +
                    condition + R"(", "then": []}, {"effect": "ship", "of": 1}, "ack")");
  };
  CHECK(has(asks("won.value == 'answr'"), "no branch whose name won.value can be is called"));
  CHECK(has(asks("won.value == 'answr'"), "did you mean \"answer\"?"));
  CHECK(has(asks("'late' != won.value"), "no branch whose name won.value can be is called"));
  CHECK(asks("won.value == 'too late' or won.value == null").empty());
  // A name that another step may have bound to something else can be anything.
  CHECK(mistakes(R"({"first": [{"name": "a", "do": []}, {"name": "b", "do": []}], "as": "won"},
      {"first": [{"name": "c", "do": []}, {"name": "d", "do": []}], "as": "won"},
      {"if": "won.value == 'a' or won.value == 'd'", "then": []}, {"effect": "ship", "of": 1}, "ack")")
            .empty());
  CHECK(has(mistakes(R"({"first": [{"name": "a", "do": []}, {"name": "a", "do": []}]}, "ack")"),
            "two alternatives are called \"a\""));
  CHECK(has(
      mistakes(
          R"({"begin": "db"}, {"all": [{"name": "a", "do": [{"commit": "db"}]}, {"name": "b", "do": []}]}, "ack")"),
      "no step before this begins a transaction"));
  CHECK(has(mistakes(R"({"while": "true", "at_most": 2, "do": [{"spawn": ["break"]}]}, "ack")"),
            "has no loop around it"));
  CHECK(has(
      mistakes(
          R"({"spawn": [{"select": "db.orders", "as": "x"}]}, {"if": "x.rows == 1", "then": []}, "ack")"),
      "unknown name \"x\""));
}

}  // namespace
}  // namespace onceward::scenarios
