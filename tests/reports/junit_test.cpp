// JUnit XML that any parser reads: a case for each invariant, the story where one fails, and
// well-formed whatever the texts are. Whole documents are compared with approved ones.

#include "reports/junit.hpp"

#include <rapidcheck/catch.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "reports/printable.hpp"
#include "tests/reports/hand_made.hpp"
#include "tests/support/golden.hpp"

namespace onceward::tests {
namespace {

using Catch::Contains;
using reports::ScenarioReport;

const reports::Summary kSummary{
    .as_expected = 2, .not_as_expected = 1, .inconclusive = 1, .exit_code = 2, .seconds = 0.8125};

std::string document(const std::vector<ScenarioReport>& reports, bool no_timing = true) {
  reports::JunitOptions options;
  options.no_timing = no_timing;
  return reports::to_junit(reports, kSummary, options);
}

// The element of the case with this name, from its tag to its end.
std::string case_of(const std::string& text, const std::string& name) {
  const std::size_t attribute = text.find(" name=\"" + name + "\" file=");
  if (attribute == text.npos) return "";
  const std::size_t begin = text.rfind("<testcase", attribute);
  const std::size_t tag = text.find('>', attribute) + 1;
  if (text[tag - 2] == '/') return text.substr(begin, tag - begin);
  const std::string end = "</testcase>";
  return text.substr(begin, text.find(end, tag) + end.size() - begin);
}

bool starts_entity(std::string_view text) {
  for (const char* entity : {"&amp;", "&lt;", "&gt;", "&quot;"}) {
    if (text.starts_with(entity)) return true;
  }
  return false;
}

// What a strict parser would say of `text`; empty: nothing. No sign `>` stands in a value here.
std::string fault_in_xml(const std::string& text) {
  const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  if (!text.starts_with(head)) return "no head";
  if (reports::printable_lines(text) != text) return "a character that XML may not hold";
  std::vector<std::string> open;
  for (std::size_t at = head.size(); at < text.size(); ++at) {
    if (text[at] == '&' && !starts_entity(text.substr(at, 6))) return "an unknown entity";
    if (text[at] == '>') return "a bare >";
    if (text[at] != '<') continue;
    const std::string tag = text.substr(at + 1, text.find('>', at) - at - 1);
    if (tag.empty() || tag.find('<') != tag.npos) return "a bare <";
    if (std::count(tag.begin(), tag.end(), '"') % 2 != 0) return "an open value";
    const std::string name = tag.substr(0, tag.find_first_of(" /", 1));
    if (tag.front() == '/') {
      if (open.empty() || "/" + open.back() != name) return "what closes nothing";
      open.pop_back();
    } else if (tag.back() != '/') {
      open.push_back(name);
    }
    for (std::size_t i = 0; i < tag.size(); ++i) {
      if (tag[i] == '&' && !starts_entity(tag.substr(i, 6))) return "an unknown entity";
    }
    at += tag.size() + 1;
  }
  return open.empty() ? "" : "never closed: " + open.back();
}

// As `report`, with `text` wherever a text of a file or of a design can come.
ScenarioReport with_text(ScenarioReport report, const std::string& text) {
  report.file = text;
  report.title = text;
  report.capsule = text;
  report.in_short = text;
  report.not_as_expected = {text};
  report.warnings = {text};
  report.result.reasons = {text};
  for (reports::InvariantStatus& each : report.invariants) each.help = text;
  for (sim::Violation& violation : report.result.violations) {
    violation.entity = text;
    for (sim::TraceEntry& entry : violation.trace) entry.text = entry.lane = text;
  }
  if (!report.problems.empty()) report.problems = {text};
  return report;
}

std::string all_with(const std::string& text) {
  std::vector<ScenarioReport> reports;
  for (const ScenarioReport& each : {surprise(), exhausted(), unknown(), mistaken()}) {
    reports.push_back(with_text(each, text));
  }
  return document(reports);
}

TEST_CASE("the cases of a surprise, an exhausted search, an unknown answer and mistakes") {
  check_golden("reports/result.junit.xml",
               document({surprise(), exhausted(), unknown(), mistaken()}));
}

TEST_CASE("a violation that is expected passes, one that is not fails with its story") {
  const std::string expected = document({lost_event()});
  CHECK_THAT(expected, Contains("tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"0\""));
  CHECK_THAT(case_of(expected, "no-lost-event"), !Contains("<failure"));
  CHECK_THAT(expected, Contains("VIOLATED  no-lost-event   1 fault (crash)"));

  const std::string failing = document({surprise()});
  CHECK_THAT(failing, Contains("tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\""));
  const std::string its = case_of(failing, "no-lost-event");
  CHECK_THAT(its, Contains("<failure type=\"violated\" message=\"The order is in the database"));
  CHECK_THAT(its, Contains("CRASH  &lt;- the only fault"));
  CHECK_THAT(its, Contains("Again     onceward replay onceward-out/"));
  CHECK_THAT(case_of(failing, "no-phantom-event"), !Contains("<failure"));
}

TEST_CASE("an expected violation that was not found fails the invariant that should break") {
  ScenarioReport report = exhausted();
  report.as_expected = false;
  report.asked_for = {"no-duplicate-effect"};
  report.not_as_expected = {"a violation of no-duplicate-effect is expected, none was found"};
  const std::string its = case_of(document({report}), "no-duplicate-effect");
  CHECK_THAT(its, Contains("<failure type=\"not-as-expected\" message=\"a violation of"));
  CHECK_THAT(its, Contains("HOLDS (EXHAUSTED"));
}

TEST_CASE("all that should hold and is broken fails, one of them with the story") {
  ScenarioReport report = surprise();
  report.invariants[1].status = "violated";
  const std::string both = document({report});
  CHECK_THAT(both, Contains("failures=\"2\""));
  CHECK_THAT(case_of(both, "no-phantom-event"), Contains("the story is that of no-lost-event"));
  // Where one violation is expected, another one beside it is no failure.
  ScenarioReport asked = duplicate();
  asked.asked_for = {"no-duplicate-effect"};
  asked.as_expected = false;
  asked.not_as_expected = {"2 faults should be needed, but it is violated with 1"};
  asked.invariants[1].status = "violated";
  CHECK_THAT(document({asked}), Contains("failures=\"1\""));
}

TEST_CASE("where nothing was decided one error tells it, and the invariants are skipped") {
  ScenarioReport report = unknown();
  report.invariants = {{"no-duplicate-effect", "not-judged", "no cause has more"},
                       {"no-lost-effect", "held", "each cause has its effect"}};
  const std::string text = document({report});
  CHECK_THAT(text, Contains("tests=\"3\" failures=\"0\" errors=\"1\" skipped=\"2\""));
  CHECK_THAT(case_of(text, "scenario"), Contains("<error type=\"inconclusive\""));
  CHECK_THAT(case_of(text, "scenario"), Contains("UNKNOWN   812 distinct states"));
  CHECK_THAT(case_of(text, "no-lost-effect"), Contains("<skipped"));
}

TEST_CASE("a sample that does not count is no fault of any one invariant") {
  ScenarioReport report = sampled();
  report.as_expected = false;
  report.not_as_expected = {"it is expected to hold for all runs, some were sampled"};
  report.invariants = {{"no-lost-effect", "held", "each cause has its effect"}};
  const std::string text = document({report});
  CHECK_THAT(case_of(text, "scenario"), Contains("<failure type=\"not-as-expected\""));
  CHECK_THAT(case_of(text, "no-lost-effect"), Contains("<skipped"));
}

TEST_CASE("mistakes are errors with their places, also those that only a run can meet") {
  const std::string refused = case_of(document({mistaken()}), "scenario");
  CHECK_THAT(refused, Contains("<error type=\"mistake\" message=\"unknown fault"));
  CHECK_THAT(refused, Contains("\nbad.onceward.json:20:3: error: "));
  ScenarioReport met = surprise();
  met.result.violations[0].mistake = true;
  const std::string text = document({met});
  CHECK_THAT(case_of(text, "scenario"), Contains("<error type=\"mistake\""));
  CHECK_THAT(text, Contains("failures=\"0\" errors=\"1\" skipped=\"2\""));
}

TEST_CASE("an invariant of which the file says nothing is no case, one that was not judged is") {
  ScenarioReport report = duplicate();
  CHECK_THAT(case_of(document({report}), "no-lost-effect"), Contains("<skipped"));
  report.invariants[1].asked = false;
  CHECK(case_of(document({report}), "no-lost-effect").empty());
}

TEST_CASE("a scenario that is judged by nothing has a case of its own") {
  CHECK_THAT(case_of(document({sampled()}), "scenario"), Contains("/>"));
  CHECK(case_of(document({exhausted()}), "scenario").empty());
}

TEST_CASE("cases are named after their file, and a file that is named twice has both") {
  ScenarioReport report = exhausted();
  const std::string name = "classname=\"scenarios.library.dedup_inbox\"";
  CHECK_THAT(document({report}), Contains(name));
  CHECK_THAT(document({report, report}),
             Contains("classname=\"scenarios.library.dedup_inbox (2)\""));
  report.file = "./../a.fixed.onceward.json";
  CHECK_THAT(document({report}), Contains("classname=\"a_fixed\""));
  report.file = "-";
  CHECK_THAT(document({report}), Contains("classname=\"stdin\""));
}

TEST_CASE("durations are left out where they are not wanted, and nothing else is") {
  ScenarioReport report = duplicate();
  report.seconds = 0.25;
  std::string timed = document({report}, false);
  CHECK_THAT(timed, Contains("skipped=\"1\" time=\"0.812\">"));
  CHECK_THAT(timed, Contains("file=\"" + report.file + "\" time=\"0.250\"/>"));
  for (std::size_t at = timed.find(" time="); at != timed.npos; at = timed.find(" time=")) {
    timed.erase(at, timed.find('"', at + 7) + 1 - at);
  }
  CHECK(timed == document({report}));
}

TEST_CASE("any text gives well-formed XML") {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  for (const std::string& text :
       {bytes, std::string("]]><![CDATA[</failure>&#0;&nbsp;'\"<"),
        std::string("\xEF\xBF\xBE\xEF\xBF\xBF"), std::string("\xED\xA0\x80\xC0\x80\xF5 \xE2\x82"),
        std::string("\x1b[31m\r\n\t")}) {
    INFO(text);
    const std::string document = all_with(text);
    CHECK(fault_in_xml(document).empty());
    CHECK_THAT(document, !Contains("]]>") && !Contains("<!"));
  }
  CHECK(fault_in_xml(all_with("plain")).empty());
  CHECK_THAT(all_with("\x1b]"), Contains("\\x1b]"));
}

TEST_CASE("the look at XML finds what it is for") {
  const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  CHECK(fault_in_xml(head + "<a b=\"&lt;\"><c/>&amp;</a>\n").empty());
  for (const char* text : {"<a>&nbsp;</a>", "<a>\x1b</a>", "<a><b></a>", "<a b=\"<\"/>",
                           "<a>< </a>", "<a>\xEF\xBF\xBF</a>", "<a>"}) {
    INFO(text);
    CHECK_FALSE(fault_in_xml(head + text).empty());
  }
}

TEST_CASE("any bytes give well-formed XML", "[properties]") {
  rc::prop("any bytes",
           [](const std::string& text) { RC_ASSERT(fault_in_xml(all_with(text)).empty()); });
}

}  // namespace
}  // namespace onceward::tests
