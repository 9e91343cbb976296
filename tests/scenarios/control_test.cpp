// Loops, alternatives, and the ends of handlers and processes.
#include <catch2/catch.hpp>
#include <string>

#include "tests/scenarios/draft.hpp"
#include "tests/support/command.hpp"

namespace onceward::scenarios {
namespace {

using tests::Ran;
using tests::TemporaryFolder;

Ran checked(const Draft& draft, const std::string& options = "") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", draft.text());
  return folder.onceward("check a.onceward.json" + options);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// One order, no faults, and a worker that does `steps`.
Draft working(const std::string& steps) {
  Draft draft;
  draft.worker = steps;
  draft.workload = R"([{"request": "Buy", "to": "shop", "with": {"order": "o1"}}])";
  draft.faults = R"({"budget": 0})";
  draft.expect = R"({"holds": "exhausted"})";
  return draft;
}

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
  // Handled twice, it goes the same way twice: the sum is never odd.
  const std::string twice = declines + R"(}, )" + declines + R"(}, "ack")";
  const std::string looped =
      R"({"while": "true", "at_most": 2, "do": [)" + declines + R"(}]}, "ack")";
  draft.worker = looped;
  draft.obligations = R"([{"each": "db.orders", "owes": "ship", "at_most": 1}])";
  draft.expect = R"({"violates": "no-duplicate-effect"})";
  CHECK(checked(draft).exit_code == 0);
  draft.worker =
      R"({"while": "true", "at_most": 2, "do": [)" + declines + R"(, "each_time": true}]}, "ack")";
  draft.obligations = R"([{"each": "db.orders", "owes": "ship", "exactly": 1}])";
  draft.expect = R"({"violates": "no-lost-effect"})";
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
  CHECK(has(ran.out, "CRASH"));
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

}  // namespace
}  // namespace onceward::scenarios
