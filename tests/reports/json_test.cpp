// The JSON document is complete, stable and readable by any parser: it is parsed back, and whole
// documents are compared with approved ones.

#include "reports/json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/reports/hand_made.hpp"
#include "tests/support/golden.hpp"

namespace onceward::tests {
namespace {

using Json = nlohmann::ordered_json;
using reports::JsonOptions;
using reports::ScenarioReport;

const reports::Summary kSummary{
    .as_expected = 2, .not_as_expected = 1, .inconclusive = 1, .exit_code = 2, .seconds = 0.8125};

std::string document(const std::vector<ScenarioReport>& reports, bool no_timing = true) {
  JsonOptions options;
  options.no_timing = no_timing;
  return reports::to_json(reports, kSummary, options);
}

Json only_scenario(const ScenarioReport& report) {
  return Json::parse(document({report})).at("scenarios").at(0);
}

TEST_CASE("the document of a lost event, an exhausted search, an unknown answer and mistakes") {
  check_golden("reports/result.json.txt",
               document({lost_event(), exhausted(), unknown(), mistaken()}));
}

TEST_CASE("equal results give equal bytes") {
  CHECK(document({lost_event(), duplicate()}) == document({lost_event(), duplicate()}));
}

TEST_CASE("only the timing differs from run to run, and it can be dropped") {
  const Json with = Json::parse(document({}, false));
  CHECK(with.at("timing").at("milliseconds") == 813);
  Json without = with;
  without.erase("timing");
  CHECK(without.dump(2) + "\n" == document({}));
}

TEST_CASE("the story in the document is the story that people read") {
  const Json story = only_scenario(duplicate()).at("violations").at(0).at("story");
  REQUIRE(story.size() == 15);
  CHECK(story.at(4).at("shown") == false);
  CHECK(story.at(6).at("at") == 1'001'000'000);
  CHECK(story.at(7).at("mark") == "crash");
  CHECK(story.at(7).at("shown") == true);
  CHECK(story.at(9).at("causes") == Json({9, 4}));
}

TEST_CASE("large numbers keep all their digits") {
  ScenarioReport report = exhausted();
  report.seed = 18'446'744'073'709'551'615U;
  const std::string text = document({report});
  CHECK_THAT(text, Catch::Contains("\"seed\": 18446744073709551615"));
  CHECK_THAT(text, Catch::Contains("\"collision\": \"4e-24\""));
}

TEST_CASE("a file with mistakes has no verdict") {
  const Json scenario = only_scenario(mistaken());
  CHECK(scenario.at("verdict").is_null());
  CHECK(scenario.at("search").is_null());
  CHECK(scenario.at("problems").size() == 2);
}

TEST_CASE("the capsule belongs to the first violation") {
  ScenarioReport report = duplicate();
  report.result.violations.push_back(report.result.violations[0]);
  const Json violations = only_scenario(report).at("violations");
  CHECK(violations.at(0).at("capsule") == report.capsule);
  CHECK(violations.at(1).at("capsule") == "");
}

TEST_CASE("bytes that are no UTF-8 still give a document that parses") {
  ScenarioReport report = exhausted();
  report.title = "a\xff\x1b\"b";
  CHECK(only_scenario(report).at("title") == "a\xef\xbf\xbd\x1b\"b");
}

}  // namespace
}  // namespace onceward::tests
