// Loops, alternatives, and the ends of handlers and processes.
#include <catch2/catch.hpp>
#include <string>

#include "tests/scenarios/draft.hpp"
#include "tests/support/command.hpp"

namespace onceward::scenarios {
namespace {

using tests::has;
using tests::Ran;

TEST_CASE("a loop goes round while its condition holds, and never more often than it may",
          "[control]") {
  const char* loop =
      R"({"while": "true", "at_most": 3, "do": [{"effect": "ship", "of": "=event.key"}]}, "ack")";
  Draft draft = working(loop);
  CHECK(checked(draft).exit_code == 1);  // shipped three times
  draft.obligations = R"([{"each": "db.orders", "owes": "ship", "exactly": 3}])";
  CHECK(checked(draft).exit_code == 0);
  draft.worker =
      R"({"while": "paid.status != 'ok'", "at_most": 9, "do": [{"call": "bank.pay", "of": "=event.key", "as": "paid", "on_error": []}]}, "ack")";
  draft.obligations = R"([{"each": "db.orders", "owes": "bank.pay", "exactly": 1}])";
  const Ran ran = checked(draft);
  INFO(ran.out + ran.err);
  CHECK(ran.exit_code == 0);
}

TEST_CASE("break goes on behind the loop, continue with its next round", "[control]") {
  Draft draft = working(
      R"({"while": "true", "at_most": 5, "do": [{"effect": "ship", "of": "=event.key"}, "break", {"effect": "ship", "of": "=event.key"}]}, "ack")");
  CHECK(checked(draft).exit_code == 0);
  draft.worker =
      R"({"while": "true", "at_most": 2, "do": [{"effect": "ship", "of": "=event.key"}, {"if": "true", "then": ["continue"]}, {"effect": "ship", "of": "=event.key"}]}, "ack")";
  draft.obligations = R"([{"each": "db.orders", "owes": "ship", "exactly": 2}])";
  CHECK(checked(draft).exit_code == 0);
}

TEST_CASE("an alternative of the business is no fault and is decided once for each cause",
          "[control]") {
  const std::string declines =
      R"({"either": [{"name": "in stock", "do": [{"effect": "ship", "of": "=event.key"}]}, {"name": "sold out", "do": []}])";
  Draft draft = working(declines + R"(}, "ack")");
  draft.expect = R"({"violates": "no-lost-effect", "fewest_faults": 0})";
  const Ran lost = checked(draft);
  INFO(lost.out + lost.err);
  CHECK(lost.exit_code == 0);
  CHECK(has(lost.out, "goes the way \"sold out\""));
  // Met twice, it goes the same way twice; decided each time, it may go one way and then the other.
  const auto met_twice = [](const std::string& more) {
    return R"({"while": "true", "at_most": 2, "do": [{"either": [
        {"name": "in stock", "do": [{"insert": "db.outbox", "row": {"id": "yes"}, "on_conflict": "ignore"}]},
        {"name": "sold out", "do": [{"insert": "db.outbox", "row": {"id": "no"}, "on_conflict": "ignore"}]}])" +
           more + R"(}]}, {"select": "db.outbox", "as": "said"},
        {"if": "said.rows == 2", "then": [{"effect": "ship", "of": "=event.key"}]},
        {"effect": "ship", "of": "=event.key"}, "ack")";
  };
  draft.worker = met_twice("");
  draft.expect = R"({"holds": "exhausted"})";
  CHECK(checked(draft).exit_code == 0);
  draft.worker = met_twice(R"(, "each_time": true)");
  draft.expect = R"({"violates": "no-duplicate-effect", "fewest_faults": 0})";
  CHECK(checked(draft).exit_code == 0);
}

TEST_CASE("a process that exits comes back, and what it had not acknowledged comes again",
          "[control]") {
  Draft draft = working(
      R"({"effect": "ship", "of": "=event.key"}, {"either": [{"name": "goes on", "do": []}, {"name": "dies", "do": ["exit"]}], "each_time": true}, "ack")");
  draft.obligations = R"([{"each": "db.orders", "owes": "ship", "at_most": 1}])";
  draft.expect = R"({"violates": "no-duplicate-effect", "fewest_faults": 0})";
  const Ran ran = checked(draft);
  INFO(ran.out + ran.err);
  CHECK(ran.exit_code == 0);
  CHECK(has(ran.out, "exits"));
}

TEST_CASE("an error may be caught by its kind, and the kinds not named are uncaught", "[control]") {
  // A refused payment is done without, an unknown outcome is paid again: only with a key that is
  // safe.
  Draft draft = working(
      R"({"call": "bank.pay", "of": "=event.key", "on_error": {"timeout": [{"call": "bank.pay", "of": "=event.key"}]}}, "ack")");
  draft.obligations = R"([{"each": "db.orders", "owes": "bank.pay", "exactly": 1}])";
  draft.faults = R"({"budget": 1, "kinds": [{"reply_lost": "bank"}]})";
  draft.expect = R"({"violates": "no-duplicate-effect", "fewest_faults": 1})";
  CHECK(checked(draft).exit_code == 0);
  // A refusal is not caught: the worker ends, and the event comes again.
  draft.faults = R"({"budget": 1, "kinds": [{"error": "bank"}]})";
  draft.expect = R"({"holds": "exhausted"})";
  const Ran ran = checked(draft);
  INFO(ran.out + ran.err);
  CHECK(ran.exit_code == 0);
  draft.worker = R"({"call": "bank.pay", "of": "=event.key", "on_error": {"refused": []}}, "ack")";
  draft.expect = R"({"violates": "no-lost-effect", "fewest_faults": 1})";
  CHECK(checked(draft).exit_code == 0);
  const auto said = [](const std::string& on_error) {
    return checked(working(R"({"call": "bank.pay", "of": 1, "on_error": )" + on_error + "}")).err;
  };
  CHECK(has(said(R"({"timout": []})"), "did you mean \"timeout\"?"));
  CHECK(has(said("5"), "\"on_error\" must be an object, this is a number"));
}

TEST_CASE("steps for every error are read once, however deep they stand in one another",
          "[control]") {
  std::string steps = R"("ack")";
  for (int depth = 0; depth < 20; ++depth) {
    steps = R"({"call": "bank.pay", "of": 1, "on_error": [)" + steps + "]}";
  }
  Draft draft = working(steps);
  draft.obligations = "[]";
  Problems problems;
  const Source source("a.onceward.json", draft.text());
  CHECK(read_text(source, problems) != nullptr);
  CHECK(told(problems, source) == "");
}

TEST_CASE("loops and alternatives that cannot be meant are told on reading", "[control]") {
  const auto said = [](const std::string& steps) { return checked(working(steps)).err; };
  CHECK(has(said(R"("break")"), "\"break\" has no loop around it"));
  CHECK(has(said(R"({"if": "true", "then": ["continue"]})"), "\"continue\" has no loop around it"));
  CHECK(has(said(R"({"while": "true", "at_most": 3, "do": ["break"]})"),
            "no step of this loop is an operation"));
  CHECK(has(said(R"({"while": "true", "do": ["ack"]})"), "needs a field \"at_most\""));
  CHECK(has(said(R"({"while": "1 + 1", "at_most": 3, "do": ["ack"]})"),
            "a condition must be true or false"));
  CHECK(has(said(R"({"either": [{"name": "a", "do": []}]})"), "at least two alternatives"));
  CHECK(has(said(R"({"either": [{"name": "a", "do": []}, {"name": "a", "do": []}]})"),
            "two alternatives are called \"a\""));
  CHECK(has(said(R"({"either": [{"nam": "a", "do": []}, {"name": "b", "do": []}]})"),
            "did you mean \"name\"?"));
}

TEST_CASE("a crash that takes a request comes before the handler's first operation", "[control]") {
  // Back within two seconds, the shop serves the retry, unless that may come sooner.
  const auto retried_after = [](const std::string& pause) {
    Draft draft;
    draft.shop = R"({"effect": "ship", "of": "=request.order"})";
    draft.workload =
        R"([{"request": "Buy", "to": "shop", "with": {"order": "o1"}, "retry": {"times": 1, "pause": )" +
        pause + "}}]";
    draft.faults = R"({"budget": 1, "kinds": [{"crash": "shop"}]})";
    draft.obligations =
        R"([{"each": "request Buy", "of": "=request.order", "owes": "ship", "at_least": 1}])";
    draft.expect = R"({"holds": true})";
    return checked(draft);
  };
  const Ran late = retried_after(R"(["1h", "2h"])");
  INFO(late.out + late.err);
  CHECK(late.exit_code == 0);
  CHECK(has(late.out, "timing any that keeps 3 windows"));
  CHECK(has(late.out, "shop: crash [0s, 10ms]"));
  CHECK(retried_after(R"(["1s", "2h"])").exit_code == 1);
}

}  // namespace
}  // namespace onceward::scenarios
