// Orders that differ by their keys alone stand for one another, until a design tells them apart.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "tests/scenarios/answer.hpp"

namespace onceward::scenarios {
namespace {

// A shop that stores what it is asked for, and no fault.
Draft shop_that(const std::string& steps) {
  Draft draft;
  draft.shop = steps;
  draft.faults = R"({"budget": 0, "kinds": []})";
  draft.obligations = R"([{"each": "db.orders", "owes": "ship", "at_least": 0}])";
  draft.expect = R"({"holds": true})";
  draft.workload =
      R"([{"request": "Buy", "to": "shop", "times": 3, "with": {"order": "='o' + n"}}])";
  return draft;
}

const std::string kInsert =
    R"({"insert": "db.orders", "row": {"id": "=request.order"}, "on_conflict": "ignore"})";

sim::Result search(const Draft& draft, bool reduced) {
  const Loaded loaded = load_text("story.onceward.json", draft.text());
  INFO(loaded.problems);
  REQUIRE(loaded.program != nullptr);
  sim::SearchOptions options;
  options.strategy = sim::Strategy::exhaustive;
  if (!reduced) options.reductions.symmetric_keys = false;
  return sim::explore(*loaded.program, loaded.program->plan, options);
}

bool is_symmetric(const sim::Result& result) {
  return std::find(result.reductions.begin(), result.reductions.end(), "symmetric-keys") !=
         result.reductions.end();
}

TEST_CASE("orders that a design only stores, sends and looks up stand for one another",
          "[scenarios][symmetry]") {
  const Draft draft =
      shop_that(kInsert +
                R"(, {"select": "db.orders", "where": "row.id == request.order", "as": "found"},
        {"publish": "Placed", "to": "bus.orders", "key": "=found.first.id"})");
  const sim::Result all = search(draft, false);
  const sim::Result reduced = search(draft, true);
  CHECK(all.verdict == sim::Verdict::exhausted);
  CHECK(reduced.verdict == sim::Verdict::exhausted);
  CHECK(is_symmetric(reduced));
  CHECK_FALSE(is_symmetric(all));
  CHECK(reduced.figures.states * 4 < all.figures.states);  // three orders, in six ways
  CHECK(reduced.figures.quiet_digest == all.figures.quiet_digest);
}

TEST_CASE("a design that makes more of a key than that has all its orders tried",
          "[scenarios][symmetry]") {
  for (
      const char* steps : {
          R"({"if": "request.order == 'o3'", "then": [{"effect": "ship", "of": "=request.order"}]})",
          R"({"if": "request.order < 'o3'", "then": [{"effect": "ship", "of": "=request.order"}]})",
          R"({"insert": "db.orders", "row": {"id": "='order ' + request.order"}})",
          R"({"select": "db.orders", "order_by": "id", "as": "found"})",
      }) {
    INFO(steps);
    const Draft draft = shop_that(kInsert + ", " + steps);
    const sim::Result all = search(draft, false);
    const sim::Result reduced = search(draft, true);
    CHECK_FALSE(is_symmetric(reduced));
    CHECK(reduced.verdict == all.verdict);
    CHECK(reduced.figures.digest == all.figures.digest);
  }
}

TEST_CASE("a bug that only one of the orders shows is found", "[scenarios][symmetry]") {
  for (const char* unlucky : {"o1", "o2", "o3"}) {
    Draft draft = shop_that(
        kInsert + R"(, {"if": "request.order == ')" + unlucky +
        R"('", "then": [{"effect": "ship", "of": "=request.order"}, {"effect": "ship", "of": "=request.order"}]})");
    draft.obligations = R"([{"each": "db.orders", "owes": "ship", "at_most": 1}])";
    CHECK(answer_to(draft) == fmt::format("no-duplicate-effect of {}: 2 instead of 1", unlucky));
  }
}

}  // namespace
}  // namespace onceward::scenarios
