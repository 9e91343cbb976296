// Workflow commands of GitHub Actions: one for each thing that is not as expected, at its line, and
// nothing that a text of a scenario says is taken for a part of the command.

#include "reports/annotations.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "reports/outcome.hpp"
#include "tests/reports/hand_made.hpp"

namespace onceward::tests {
namespace {

using Catch::Contains;
using reports::annotations;
using reports::ScenarioReport;

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST_CASE("a violation that nobody expected is annotated where the fault struck") {
  CHECK(annotations({surprise()}, "") ==
        "::error file=scenarios/library/dual-write.commit-then-publish.onceward.json,line=19,col=9,"
        "title=violated%3A no-lost-event::The order is in the database for good, and nobody will "
        "ever be told: the only thing that remembered to publish the event was the memory of the "
        "process that died.%0AAgain: onceward replay "
        "onceward-out/dual-write.commit-then-publish.capsule.json\n");
}

TEST_CASE("what is as expected is not annotated, a violation no more than what holds") {
  CHECK(annotations({lost_event(), exhausted(), sampled()}, "").empty());
}

TEST_CASE("each mistake of a file is annotated at its own line, in the file that holds it") {
  ScenarioReport report = mistaken();
  report.problems.emplace_back(
      "base/other.onceward.json:3:1: error: `a`, not `b`\n    3 | \"a\": 1\n      | ^^^ here\n"
      "base/other.onceward.json: error: it is gone\n"
      "... 2 of 9 problems shown\n");
  CHECK(annotations({report}, "") ==
        "::error file=bad.onceward.json,line=14,col=17,title=mistake::unknown fault \"crsh\", did "
        "you mean \"crash\"?\n"
        "::error file=bad.onceward.json,line=20,col=3,title=mistake::\"expect\" is given twice\n"
        "::error file=base/other.onceward.json,line=3,col=1,title=mistake::`a`, not `b`\n"
        "::error file=base/other.onceward.json,title=mistake::it is gone\n");
}

TEST_CASE("an answer that decides nothing is annotated with its reason") {
  ScenarioReport report = unknown();
  const std::string its = annotations({report}, "");
  CHECK_THAT(its, Contains(".onceward.json,title=inconclusive::no-duplicate-effect is broken"));
  report.look_at = report.file + ":40:3";
  CHECK_THAT(annotations({report}, ""), Contains(".onceward.json,line=40,col=3,title=incon"));
}

TEST_CASE("signs with a meaning in a command are escaped, and controls are written out") {
  ScenarioReport report = surprise();
  report.in_short = "50%, a: b\r\n::error::x\x1b[31m";
  report.look_at = "a,b:c%.onceward.json:1:2";
  report.capsule.clear();
  CHECK(annotations({report}, "") ==
        "::error file=a%2Cb%3Ac%25.onceward.json,line=1,col=2,title=violated%3A no-lost-event::"
        "50%25, a: b\\r%0A::error::x\\x1b[31m\n");
}

TEST_CASE("paths are told as from the root of the repository, and standard input has none") {
  ScenarioReport report = surprise();
  report.look_at = "./a.onceward.json:1:2";
  CHECK_THAT(annotations({report}, "shop/flows"), Contains(" file=shop/flows/a.onceward.json,"));
  report.look_at = "../a.onceward.json:1:2";
  CHECK_THAT(annotations({report}, "shop/flows"), Contains(" file=shop/a.onceward.json,"));
  report.look_at = "/b/a.onceward.json:1:2";
  CHECK_THAT(annotations({report}, "shop/flows"), Contains(" file=/b/a.onceward.json,"));
  report.look_at = "<stdin>:1:2";
  CHECK_THAT(annotations({report}, "shop/flows"), Contains("::error title=violated"));
}

TEST_CASE("ten are annotated, of eleven nine, and that two more are") {
  const std::vector<ScenarioReport> ten(10, surprise());
  CHECK(lines_in(annotations(ten, "")) == 10);
  CHECK_THAT(annotations(ten, ""), !Contains("title=onceward"));
  const std::vector<ScenarioReport> eleven(11, surprise());
  CHECK(lines_in(annotations(eleven, "")) == 10);
  CHECK_THAT(annotations(eleven, ""),
             Contains("\n::error title=onceward::2 more are not as expected: see the log"));
}

TEST_CASE("a place is a file, a line and a column, or the name of a file") {
  const auto is = [](const std::string& text, const std::string& file, const std::string& line,
                     const std::string& column) {
    const reports::Place place = reports::place_in(text);
    INFO(text);
    CHECK(place.file == file);
    CHECK(place.line == line);
    CHECK(place.column == column);
  };
  is("a.json:14:2", "a.json", "14", "2");
  is("a:b.json:14:2", "a:b.json", "14", "2");
  is("a.json:14", "a.json:14", "", "");
  is("a.json:x:2", "a.json:x:2", "", "");
  is(":1", ":1", "", "");
  is("a.json", "a.json", "", "");
  is("", "", "", "");
}

}  // namespace
}  // namespace onceward::tests
