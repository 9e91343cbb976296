// The page of a job: a table of all scenarios, the stories of those that are not as expected, never
// more than fits, and no text of a scenario is Markdown.

#include "reports/job_summary.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/reports/hand_made.hpp"
#include "tests/support/golden.hpp"

namespace onceward::tests {
namespace {

using Catch::Contains;
using reports::job_summary;
using reports::ScenarioReport;

const reports::Summary kSummary{
    .as_expected = 2, .not_as_expected = 2, .inconclusive = 1, .exit_code = 2, .seconds = 0.8125};

TEST_CASE("the page of a job with a surprise, two as expected, an unknown answer and mistakes") {
  check_golden(
      "reports/job-summary.md",
      job_summary({surprise(), lost_event(), exhausted(), unknown(), mistaken()}, kSummary));
}

TEST_CASE("what is as expected has a row and no story") {
  const std::string text = job_summary({lost_event(), exhausted()}, kSummary);
  CHECK_THAT(text, Contains("VIOLATED  no-lost-event, 1 fault (crash) | as expected |\n"));
  CHECK_THAT(text, !Contains("<details>"));
}

TEST_CASE("no text of a scenario is taken for Markdown or HTML") {
  ScenarioReport report = surprise();
  report.file = "a|b`<img>&[x](y)\n*z*_@#.onceward.json";
  report.title = "one ``` two ```` three </details>";
  const std::string text = job_summary({report}, kSummary);
  CHECK_THAT(text, Contains("\n| a&#124;b&#96;&#60;img&#62;&#38;&#91;x&#93;(y)&#92;n&#42;z"
                            "&#42;&#95;&#64;&#35;.onceward.json | "));
  CHECK_THAT(text, Contains("\n`````text\n") && Contains("\n`````\n"));
  // Nothing in a plain story asks for a longer fence.
  CHECK_THAT(job_summary({surprise()}, kSummary), Contains("\n```text\n"));
}

TEST_CASE("a page is never longer than there is room, and says how much it leaves out") {
  const std::vector<ScenarioReport> reports(40, surprise());
  const std::string whole = job_summary(reports, kSummary);
  CHECK_THAT(whole, !Contains("left out"));
  CHECK(job_summary(reports, kSummary, whole.size() + 100) == whole);
  for (std::size_t room = 0; room < whole.size(); room += 997) {
    INFO(room);
    CHECK(job_summary(reports, kSummary, room).size() <= room);
  }
  const std::string half = job_summary(reports, kSummary, whole.size() / 2);
  CHECK_THAT(half, Contains(" rows and stories were left out for want of room: see the log.\n"));
  CHECK(job_summary(reports, kSummary, 100).empty());
}

TEST_CASE("a check of nothing has a page without a table") {
  CHECK_THAT(job_summary({}, kSummary), Contains("exit 2") && !Contains("|"));
}

}  // namespace
}  // namespace onceward::tests
