// Obligations that no run puts to the test, and what a report says of the one that is broken.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/scenarios/draft.hpp"
#include "tests/support/command.hpp"

namespace onceward {
namespace {

using nlohmann::json;
using scenarios::Draft;
using tests::has;

struct Answer {
  int exit_code = 0;
  std::string out;
  json told;
};

Answer answer_to(const Draft& draft, const std::string& options = "") {
  const tests::TemporaryFolder folder;
  folder.write("a.onceward.json", draft.text());
  const tests::Ran ran = folder.onceward("check a.onceward.json --json a.json " + options);
  INFO(draft.text() + ran.out + ran.err);
  REQUIRE(ran.err.empty());
  return {ran.exit_code, ran.out, json::parse(folder.read("a.json")).at("scenarios").at(0)};
}

// The worker does something for o9 only, and there is no such order.
Draft idle(const std::string& obligation) {
  Draft draft = scenarios::working(
      R"({"if": "event.key == 'o9'", "then": [{"effect": "ship", "of": "=event.key"}, {"call": "bank.pay", "of": "=event.key"}]}, "ack")");
  draft.obligations = "[" + obligation + "]";
  return draft;
}

TEST_CASE("a forgotten commit leaves the answer empty, and the obligation without a cause is named",
          "[expect][untested]") {
  const std::string insert = R"({"begin": "db"}, {"insert": "db.orders", "row": {"id": "o1"}})";
  Draft draft = scenarios::working(R"({"effect": "ship", "of": "=event.key"}, "ack")");
  draft.shop = insert;
  const Answer forgotten = answer_to(draft);
  CHECK(forgotten.exit_code == 3);
  CHECK(forgotten.told.at("verdict") == "VACUOUS");
  CHECK(forgotten.told.at("reasons") ==
        json{"\"each db.orders owes ship\" (a.onceward.json:14:17) was never put to the test: no "
             "row of db.orders was ever committed"});
  CHECK(answer_to(draft, "--strategy sweep").told.at("verdict") == "VACUOUS");
  draft.obligations = R"([{"each": "db.orders", "owes": "ship", "exactly": 1, "name": "sent"}])";
  CHECK(has(answer_to(draft).out, R"("sent" (a.onceward.json:14:17) was never put to the test)"));

  const std::string publish = R"({"publish": "Placed", "to": "bus.orders", "key": "o1"})";
  draft.shop = insert + R"(, {"commit": "db"}, )" + publish;
  CHECK(answer_to(draft).exit_code == 0);
  // Something that is done all the same is a violation.
  draft.shop = insert + ", " + publish;
  CHECK(answer_to(draft).told.at("verdict") == "VIOLATED");
}

TEST_CASE("whatever an obligation is about, what never happened is said", "[expect][untested]") {
  const auto missing = [](const Draft& draft) {
    const Answer answer = answer_to(draft);
    INFO(answer.out);
    CHECK(answer.exit_code == 3);
    REQUIRE(answer.told.at("reasons").size() == 1);
    const auto reason = answer.told.at("reasons").at(0).get<std::string>();
    return reason.substr(reason.find(" to the test: ") + 14);
  };
  const std::string owes = R"("owes": "ship", "exactly": 1})";
  CHECK(missing(idle(R"({"each": "db.orders", "when": "row.id == 'o9'", )" + owes)) ==
        R"(no row of db.orders that meets its "when" was ever committed)");
  CHECK(missing(idle(R"({"each": "request Buy", "when": "request.order == 'o9'", )" + owes)) ==
        R"(no request Buy that meets its "when" was ever sent)");
  Draft failing = idle(R"({"each": "acknowledged Buy", )" + owes);
  failing.shop = R"({"insert": "db.orders", "row": {"id": "=request.order"}}, "fail")";
  CHECK(missing(failing) == "no request Buy was ever answered well");
  Draft silent = idle(R"({"order": "ship", "as": "event Placed in bus.orders", "per": 1})");
  silent.shop = R"({"if": false, "then": [{"publish": "Placed", "to": "bus.orders", "key": 1}]})";
  CHECK(missing(silent) == "no event Placed was ever appended to bus.orders");
  CHECK(missing(idle(R"({"attempts": "bank.pay", "at_most": 1})")) == "bank.pay was never tried");
  CHECK(missing(idle(R"({"never_together": ["ship", "bank.pay"]})")) ==
        "no ship and no bank.pay ever happened");
  CHECK(missing(idle(R"json({"conserved": "count(db.outbox)"})json")) ==
        "nothing that it reads ever changed");
}

TEST_CASE("an obligation may say that something never happens", "[expect][untested]") {
  for (const char* obligation : {R"json({"always": "count(db.outbox) == 0"})json",
                                 R"json({"eventually": "effects('ship') == 0"})json",
                                 R"({"each": "db.orders", "owes": "ship", "exactly": 0})",
                                 R"json({"conserved": "0 * count(db.orders)"})json"}) {
    INFO(obligation);
    CHECK(answer_to(idle(obligation)).exit_code == 0);
  }
}

TEST_CASE("a story says which of several obligations on one table is broken", "[untested]") {
  Draft draft = scenarios::working(R"({"effect": "ship", "of": "=event.key"}, "ack")");
  draft.expect = R"({"violates": "no-lost-effect"})";
  const std::string shipped =
      R"([{"each": "db.orders", "owes": "ship", "exactly": 1, "name": "shipped once"}, )";
  draft.timer = R"({"if": false, "then": [{"effect": "mail", "of": 1}]})";
  draft.obligations = shipped + R"({"each": "db.orders", "owes": "mail", "at_least": 1}])";
  const Answer unnamed = answer_to(draft);
  CHECK(has(unnamed.out, "\n          mail of o1: expected 1, got 0 (see step "));
  CHECK(unnamed.told.at("violations").at(0).at("obligation") == "each db.orders owes mail");
  CHECK(unnamed.told.at("violations").at(0).at("owed") == "mail of o1");

  draft.obligations =
      shipped + R"({"each": "db.orders", "owes": "mail", "at_least": 1, "name": "told"}])";
  const Answer named = answer_to(draft);
  CHECK(has(named.out, "\n          told: mail of o1: expected 1, got 0 (see step "));
  CHECK(named.told.at("violations").at(0).at("obligation") == "told");
  CHECK(named.told.at("violations").at(0).at("lateness") == "");

  draft.obligations = R"json([{"always": "count(db.orders) == 0", "name": "no orders"}])json";
  draft.expect = R"({"violates": "always"})";
  CHECK(answer_to(draft).told.at("violations").at(0).at("obligation") == "no orders");
}

TEST_CASE("a story says how late it was what was owed within a time, or that it never came",
          "[untested]") {
  Draft draft =
      scenarios::working(R"({"wait": "2s"}, {"effect": "ship", "of": "=event.key"}, "ack")");
  draft.obligations =
      R"([{"each": "db.orders", "owes": "ship", "exactly": 1, "within": "1s", "name": "soon"}])";
  draft.expect = R"({"violates": "in-time"})";
  const Answer late = answer_to(draft);
  CHECK(has(late.out, "\n          soon: ship of o1: it came 2."));
  CHECK(has(late.out, " after its cause and was due within 1s"));
  draft.worker = R"("ack")";
  draft.timer = R"({"if": false, "then": [{"effect": "ship", "of": 1}]})";
  draft.expect = R"({"violates": "no-lost-effect"})";
  CHECK(has(answer_to(draft).out,
            "soon: ship of o1: expected 1, got 0, it was due within 1s and never came"));
}

TEST_CASE("a search that is cut off says which runs it was through with", "[untested]") {
  Draft draft;
  draft.worker = R"({"wait": "1s"}, {"effect": "ship", "of": "=event.key"}, "ack")";
  draft.obligations = R"([{"each": "db.orders", "owes": "ship", "at_least": 0}])";
  draft.faults = R"({"budget": 2, "kinds": [{"crash": "any"}]})";
  draft.expect = R"({"holds": true})";
  const auto searched = [&](const std::string& states) {
    const Answer answer = answer_to(draft, "--strategy exhaustive --states " + states);
    INFO(answer.out);
    CHECK(answer.exit_code == 3);
    CHECK(has(answer.out, "\nTry       fewer requests"));
    CHECK_FALSE(has(answer.out, ", no faults   inconclusive"));
    const json bounds = answer.told.at("search").at("bounds");
    const std::size_t at = answer.out.find("\nSearched  ") + 11;
    return answer.out.substr(at, answer.out.find("\nTry", at) - at) + " " +
           bounds.at("faults_searched_whole").dump();
  };
  CHECK(searched("20") ==
        "of the runs with no fault a part only, of those with more (up to 2) "
        "nothing null");
  CHECK(searched("300") ==
        "all runs with no fault; of those with 1 fault a part only, of "
        "those with more (up to 2)\n          nothing 0");
  CHECK(searched("390") == "all runs with at most 1 fault; of those with 2 faults a part only 1");
  const Answer whole = answer_to(draft);
  CHECK(whole.exit_code == 0);
  CHECK_FALSE(has(whole.out, "Searched"));
  CHECK_FALSE(whole.told.at("search").at("bounds").contains("faults_searched_whole"));
}

}  // namespace
}  // namespace onceward
