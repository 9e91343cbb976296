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

// Two workers for one job, which each takes with a lock; one that gets none gives up for good.
std::string claimed_with(const std::string& lock) {
  const auto worker = [](const std::string& request, const std::string& how) {
    return R"({"handlers": [{"on": {"request": ")" + request + R"("}, "do": [{"begin": "db"},
  {"select": "db.jobs", "lock": ")" +
           how + R"(", "as": "found"},
  {"for_each": "found", "as": "e", "do": [{"insert": "db.done", "row": {"id": "=e.id"}, "on_conflict": "ignore"}]},
  {"commit": "db"}]}]})";
  };
  return kHead + R"("services": {
"shop": {"handlers": [{"on": {"request": "Buy"}, "do": [{"insert": "db.jobs", "row": {"id": "=request.order"}}]}]},
"first": )" +
         worker("Do", "update") + R"(, "second": )" + worker("DoAsWell", lock) + R"(},
"workload": [{"request": "Buy", "name": "bought", "to": "shop", "with": {"order": "o1"}},
  {"request": "Do", "to": "first", "after": "bought"},
  {"request": "DoAsWell", "to": "second", "after": "bought"}],
)" + faults(1, "first") +
         R"~("obligations": [{"eventually": "count(db.done) == count(db.jobs)"}]})~";
}

TEST_CASE("who dies with a row that another has left out leaves it undone",
          "[scenarios][crash-points]") {
  CHECK_FALSE(holds(claimed_with("skip_locked")));
  CHECK_FALSE(holds(claimed_with("nowait")));
  CHECK(holds(claimed_with("update")));  // who waits for a row gets it from the dead
}

// Two transfers over the same two rows, in the same order or not; one that is refused gives up.
std::string transfers(const std::string& first_of_second, const std::string& other) {
  const auto service = [](const std::string& request, const std::string& a, const std::string& b) {
    const auto update = [](const std::string& id) {
      return R"({"update": "db.jobs", "where": "row.id == ')" + id + R"('", "set": {"n": 1}}, )";
    };
    return R"({"handlers": [{"on": {"request": ")" + request + R"("}, "do": [{"begin": "db"}, )" +
           update(a) + update(b) + R"({"insert": "db.done", "row": {"id": ")" + request +
           R"("}}, {"commit": "db"}]}]})";
  };
  return kHead + R"("services": {
"shop": {"handlers": [{"on": {"request": "Open"}, "do": [{"begin": "db"},
  {"insert": "db.jobs", "row": {"id": "a", "n": 0}}, {"insert": "db.jobs", "row": {"id": "b", "n": 0}}, {"commit": "db"}]}]},
"first": )" +
         service("Do", "a", "b") + R"(, "second": )" + service("DoAsWell", first_of_second, other) +
         R"(},
"workload": [{"request": "Open", "name": "opened", "to": "shop"},
  {"request": "Do", "to": "first", "after": "opened"},
  {"request": "DoAsWell", "to": "second", "after": "opened"}],
)" + faults(1, "first") +
         R"~("obligations": [{"eventually": "count(db.jobs) == 0 or count(db.done) >= 1"}]})~";
}

TEST_CASE("who dies after another was rolled back for its sake leaves nothing done",
          "[scenarios][crash-points]") {
  CHECK_FALSE(holds(transfers("b", "a")));
  CHECK(holds(transfers("a", "b")));
}

// A worker that calls the bank for each job, with a key that the bank keeps.
std::string charged_at_most(int attempts) {
  return kHead + R"("services": {
"shop": {"handlers": [{"on": {"request": "Buy"}, "do": [{"insert": "db.jobs", "row": {"id": "=request.order", "done": false}}]}]},
"worker": {"handlers": [{"every": "1s", "do": [
  {"select": "db.jobs", "where": "not row.done", "as": "found"},
  {"for_each": "found", "as": "e", "do": [
    {"call": "bank.charge", "of": "=e.id", "idempotency_key": "=e.id"},
    {"update": "db.jobs", "where": "row.id == e.id", "set": {"done": true}}]}]}]}},
"workload": [{"request": "Buy", "to": "shop", "with": {"order": "o1"}}],
)" + faults(2, "worker") +
         R"("obligations": [{"attempts": "bank.charge", "at_most": )" + std::to_string(attempts) +
         "}]}";
}

TEST_CASE("a call that is answered from what is known counts as tried, and a crash after it too",
          "[scenarios][crash-points]") {
  CHECK_FALSE(holds(charged_at_most(2)));
  CHECK(holds(charged_at_most(3)));
}

// A keeper of orders, in its memory or in a table, until a pass of it publishes them.
std::string keeper(const std::string& on, const std::string& order, bool in_memory) {
  if (in_memory) {
    return R"("keeper": {"memory": {"kept": {"list": []}}, "handlers": [
  {"on": )" +
           on + R"(, "do": [{"add": "=)" + order + R"(", "to": "kept"}]},
)" + R"~({"every": "1s", "do": [{"if": "count(memory.kept) > 0", "then": [
    {"publish": "Kept", "to": "bus.kept", "key": "=first(memory.kept)", "id": "=first(memory.kept)"},
    {"take": "=first(memory.kept)", "from": "kept"}]}]}]})~";
  }
  return R"("keeper": {"handlers": [
  {"on": )" +
         on + R"(, "do": [{"insert": "db.jobs", "row": {"id": "=)" + order +
         R"("}, "on_conflict": "ignore"}]},
  {"every": "1s", "do": [{"select": "db.jobs", "as": "found"}, {"for_each": "found", "as": "e", "do": [
    {"publish": "Kept", "to": "bus.kept", "key": "=e.id", "id": "=e.id"},
    {"delete": "db.jobs", "where": "row.id == e.id"}]}]}]})";
}

std::string asked_to_keep(bool in_memory) {
  return kHead + R"("services": {)" + keeper(R"({"request": "Keep"})", "request.order", in_memory) +
         R"(},
"workload": [{"request": "Keep", "to": "keeper", "with": {"order": "o1"}}],
)" + faults(1, "keeper") +
         R"("obligations": [{"each": "acknowledged Keep", "owes": "event Kept", "at_least": 1}],
"expect": {"violates": "no-lost-event"}})";
}

std::string told_to_keep(const std::string& broker, bool in_memory) {
  return kHead + R"("services": {
"shop": {"handlers": [{"on": {"request": "Buy"}, "do": [{"publish": "Placed", "to": ")" +
         broker + R"(.orders", "key": "=request.order", "id": "=request.order"}]}]},
)" + keeper(R"({"topic": ")" + broker + R"(.orders", "group": "keeper"})", "event.key", in_memory) +
         R"(},
"workload": [{"request": "Buy", "to": "shop", "with": {"order": "o1"}}],
)" + faults(1, "keeper") +
         R"("obligations": [{"each": "event Placed", "owes": "event Kept", "at_least": 1}]})";
}

TEST_CASE("what was answered or acknowledged while only a memory knows of it may be lost",
          "[scenarios][crash-points]") {
  CHECK_FALSE(holds(asked_to_keep(true)));
  CHECK(holds(asked_to_keep(false)));
  for (const char* broker : {"q", "bus"}) {
    CHECK_FALSE(holds(told_to_keep(broker, true)));
    CHECK(holds(told_to_keep(broker, false)));
  }
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
