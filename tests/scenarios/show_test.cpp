// What `show` prints: as text and JSON the same scenario again, as code the steps for people.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "scenarios/code.hpp"
#include "scenarios/loaded.hpp"
#include "tests/scenarios/draft.hpp"
#include "tests/support/command.hpp"
#include "tests/support/golden.hpp"

namespace onceward::scenarios {
namespace {

using nlohmann::json;
using tests::Ran;
using tests::TemporaryFolder;

// What a check found, without what depends on where the file is.
std::string answer(const Ran& ran) {
  json scenario = json::parse(ran.out).at("scenarios").at(0);
  for (const char* field : {"file", "digest"}) scenario.erase(field);
  for (json& violation : scenario.at("violations")) {
    for (const char* field : {"capsule", "fault_site", "fault_line", "fault_step"})
      violation.erase(field);
  }
  return std::to_string(ran.exit_code) + scenario.dump(1);
}

TEST_CASE("what show prints of a scenario has the same verdict, states and story", "[show]") {
  const TemporaryFolder folder;
  folder.copy_library();
  folder.write("scenarios/library/pattern.onceward.json", R"({"onceward": "1", "title": "t",
    "patterns": [{"service": "shop", "request": "Buy", "event": "Bought", "sends": "after-commit"},
                 {"broker": "bus", "topics": {"orders": 1}}],
    "workload": [{"request": "Buy", "to": "shop", "with": {"order": "o1"}}]})");
  const std::string options = " --no-timing --json -";
  for (const char* name : {"dual-write/commit-then-publish", "dual-write/publish-then-commit",
                           "relay/crash-before-mark", "pattern"}) {
    INFO(name);
    const std::string file = std::string("scenarios/library/") + name + ".onceward.json";
    const std::string direct = answer(folder.onceward("check " + file + options));
    for (const char* as : {"text", "json"}) {
      const Ran shown = folder.onceward("show " + file + " --as " + as);
      CHECK(shown.exit_code == 0);
      CHECK(answer(folder.onceward("check -" + options, shown.out)) == direct);
    }
  }
}

TEST_CASE("show as code is what a developer would write", "[show]") {
  const TemporaryFolder folder;
  folder.copy_library();
  const Ran ran =
      folder.onceward("show scenarios/library/relay/crash-before-mark.onceward.json --as code");
  CHECK(ran.exit_code == 0);
  tests::check_golden("scenarios/relay.code.txt", ran.out);
}

TEST_CASE("code has every step in its place, with names, places in the code and errors", "[show]") {
  Draft draft;
  draft.services = R"-(, "late": {"restart": ["1s", "2s"], "handlers": [
    {"on": {"topic": "bus.orders", "group": "late"}, "uncaught": "skip", "do": [
      {"select": "db.orders", "where": "row.id==event.key", "limit": 5, "as": "found"},
      {"if": "found.rows>0 and not (event.key==null)", "then": [
        {"for_each": "found", "as": "o", "do": [
          {"call": "bank.pay", "of": "=o.id", "as": "paid", "name": "paying", "at": "pay.go:7",
           "on_error": [{"if": "paid.status=='timeout'", "then": ["fail"], "else": []}]}]}],
       "else": [{"wait": ["1s", "2s"]}]},
      {"either": [{"name": "approved", "do": [{"begin": "db"}, {"commit": "db"}]},
                  {"name": "declined", "do": ["return"]}]},
      {"while": "true", "at_most": 3, "do": [{"wait": "1s"}, "break"]},
      {"insert": "db.outbox", "row": {"id": "=uuid()", "sent": false, "type": "Late"}},
      "ack"]}]})-";
  const Loaded loaded = load_text("a.onceward.json", draft.text());
  INFO(loaded.problems);
  REQUIRE(loaded.program != nullptr);
  tests::check_golden("scenarios/steps.code.txt", code_text(loaded.expanded));
}

TEST_CASE("the line of code of the step at fault stands in the story and the document", "[show]") {
  const TemporaryFolder folder;
  Draft draft;
  draft.shop =
      R"({"insert": "db.orders", "row": {"id": "=request.order"}, "at": "src/Order.java:42"}, {"publish": "Placed", "to": "bus.orders", "key": "=request.order"})";
  folder.write("a.onceward.json", draft.text());
  const Ran ran = folder.onceward("check a.onceward.json");
  INFO(ran.out);
  CHECK(ran.out.find("in the code: src/Order.java:42") != std::string::npos);
  const json document = json::parse(folder.onceward("check a.onceward.json --json -").out);
  CHECK(document["scenarios"][0]["violations"][0]["fault_code"] == "src/Order.java:42");
}

}  // namespace
}  // namespace onceward::scenarios
