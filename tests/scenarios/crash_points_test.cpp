// Where a process may be stopped: after what others can tell that it did. What it does between two
// such places nobody can tell, so a crash there is one at the place before, and searching every
// place gives the same answer.
#include <catch2/catch.hpp>
#include <string>

#include "tests/scenarios/answer.hpp"

namespace onceward::scenarios {
namespace {

// The answer, which does not depend on whether every place is tried or not.
sim::Result answer_of(const std::string& text) {
  const Loaded loaded = load_text("a.onceward.json", text);
  INFO(loaded.problems);
  REQUIRE(loaded.program != nullptr);
  sim::SearchOptions options;
  options.strategy = sim::Strategy::exhaustive;
  options.violates = loaded.program->expectation.violates;
  options.states_max = 20'000;
  sim::FaultPlan plan = loaded.program->plan;
  if (!loaded.program->expectation.by.empty()) {
    plan.rules = loaded.program->expectation.by;
    plan.exact = true;
  }
  const sim::Result reduced = sim::explore(*loaded.program, plan, options);
  options.reductions.crash_points = false;
  const sim::Result whole = sim::explore(*loaded.program, plan, options);
  CHECK(reduced.verdict == whole.verdict);
  CHECK(reduced.faults_max == whole.faults_max);
  return reduced;
}

bool holds(const std::string& text) {
  const sim::Result answer = answer_of(text);
  const bool violated = answer.verdict == sim::Verdict::violated;
  CHECK((violated || answer.verdict == sim::Verdict::exhausted));
  return !violated;
}

const std::string kHead = R"({"onceward": "1", "title": "t",
"databases": {"db": {"profile": "postgres@15", "tables": {"jobs": {"key": "id"}, "done": {"key": "id"}}}},
"brokers": {"bus": {"profile": "kafka@4", "topics": {"orders": {}, "kept": {}}}, "q": {"profile": "rabbitmq-classic@3.13", "topics": {"orders": {}}}},
"external": {"bank": {"operations": ["charge"]}},
)";

std::string faults(int budget, const std::string& of) {
  return R"("faults": {"budget": )" + std::to_string(budget) + R"(, "kinds": [{"crash": ")" + of +
         R"("}]},)";
}

// A relay that looks every half minute, and what it sends is due within `within`.
std::string relayed_within(const std::string& within) {
  return kHead + R"("services": {
"shop": {"handlers": [{"on": {"request": "Buy"}, "do": [{"insert": "db.jobs", "row": {"id": "=request.order", "sent": false}}]}]},
"relay": {"handlers": [{"every": "30s", "do": [
  {"select": "db.jobs", "where": "not row.sent", "as": "found"},
  {"for_each": "found", "as": "e", "do": [
    {"publish": "Placed", "to": "bus.orders", "key": "=e.id", "id": "=e.id"},
    {"update": "db.jobs", "where": "row.id == e.id", "set": {"sent": true}}]}]}]}},
"workload": [{"request": "Buy", "to": "shop", "with": {"order": "o1"}}],
)" + faults(1, "relay") +
         R"("obligations": [{"each": "db.jobs", "owes": "event Placed", "at_least": 1, "within": ")" +
         within + R"("}]})";
}

TEST_CASE("a relay that dies while it has nothing to do comes late to what it does next",
          "[scenarios][crash-points]") {
  CHECK_FALSE(holds(relayed_within("45s")));  // its restart may take half a minute
  CHECK(holds(relayed_within("100s")));
}

// A relay that takes a row away, looks at another table, and only then publishes.
std::string relayed_by(const std::string& after) {
  return kHead + R"("services": {
"shop": {"handlers": [{"on": {"request": "Buy"}, "do": [{"insert": "db.jobs", "row": {"id": "=request.order"}}]}]},
"relay": {"handlers": [{"every": "1s", "do": [
  {"select": "db.jobs", "as": "found"},
  {"for_each": "found", "as": "e", "do": [
    {"delete": "db.jobs", "where": "row.id == e.id", "name": "taken"},
    {"select": "db.done", "as": "done", "name": "looked"},
    {"publish": "Placed", "to": "bus.orders", "key": "=e.id", "id": "=e.id", "name": "sent"}]}]}]}},
"workload": [{"request": "Buy", "to": "shop", "with": {"order": "o1"}}],
)" + faults(1, "relay") +
         R"("obligations": [{"each": "db.jobs", "owes": "event Placed", "at_least": 1}],
"expect": {"violates": "no-lost-event", "by": {"crash": "relay", "between": [")" +
         after + R"(", "sent"]}}})";
}

TEST_CASE("a crash that a file wants after a step comes after it, whatever the step does",
          "[scenarios][crash-points]") {
  CHECK_FALSE(holds(relayed_by("taken")));
  CHECK_FALSE(holds(relayed_by("looked")));
}

}  // namespace
}  // namespace onceward::scenarios
