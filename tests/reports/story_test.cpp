// A story says all a reader needs and nothing else. Whole stories are compared with approved texts
// in tests/golden/reports/; single rules are checked on the smallest report that shows them.

#include "reports/story.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "reports/short_ids.hpp"
#include "reports/why.hpp"
#include "tests/reports/hand_made.hpp"
#include "tests/support/golden.hpp"

namespace onceward::tests {
namespace {

using Catch::Contains;
using reports::ScenarioReport;
using reports::StoryOptions;

std::string told(const ScenarioReport& report, const StoryOptions& options = {}) {
  return reports::story(report, options);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

// The lines from `label` up to the next label.
std::string under(const std::string& label, const std::string& text) {
  std::string found;
  bool in = false;
  for (const std::string& line : lines_of(text)) {
    if (!line.empty() && line[0] != ' ') in = line.starts_with(label);
    if (in) found += line + "\n";
  }
  return found;
}

TEST_CASE("the story of an event that a crash loses") {
  check_golden("reports/lost-event.txt", told(lost_event()));
}

TEST_CASE("the story of a duplicate after a crash") {
  check_golden("reports/duplicate.txt", told(duplicate()));
}

TEST_CASE("the story of a duplicate with all events") {
  StoryOptions options;
  options.all_events = true;
  check_golden("reports/duplicate-all-events.txt", told(duplicate(), options));
}

TEST_CASE("a violation that nobody expected says so at once") {
  ScenarioReport report = lost_event();
  report.expected = "holds";
  report.as_expected = false;
  report.not_as_expected = {"it was to hold, but no-lost-event is broken"};
  check_golden("reports/not-as-expected.txt", told(report));
}

TEST_CASE("a rule that does not count is told without numbers, and so is a mistake of the file") {
  ScenarioReport report = lost_event();
  report.invariants[0].counts = false;
  CHECK_THAT(under("Broken", told(report)), Contains("\n          o1 (see step 3)\n"));
  sim::Violation& violation = report.result.violations[0];
  violation.should_be = "3";
  violation.is = "4";
  CHECK_THAT(under("Broken", told(report)), Contains("o1: expected 3, got 4 (see step 3)"));
  ScenarioReport mistake = lost_event();
  mistake.invariants.clear();
  mistake.result.violations[0].mistake = true;
  mistake.result.violations[0].entity = "division by zero";
  CHECK_THAT(under("Broken", told(mistake)),
             Contains("\n          division by zero (see step 3)\n"));
}

TEST_CASE("what was searched is stated exactly when all of it holds") {
  check_golden("reports/exhausted.txt", told(exhausted()));
}

TEST_CASE("what was searched says which keys stood for one another") {
  ScenarioReport report = exhausted();
  report.result.reductions = {"local-steps", "symmetric-keys"};
  StoryOptions wide;
  wide.width = 400;
  CHECK_THAT(told(report, wide), Contains("reduced by local-steps, symmetric-keys: 12,345"));
  report.alike = {"PlaceOrder.order o1, o2", "Rate.item i1, i2"};
  CHECK_THAT(told(report, wide), Contains("reduced by local-steps, symmetric-keys (alike: "
                                          "PlaceOrder.order o1, o2; Rate.item i1, i2): 12,345"));
}

TEST_CASE("a sample is called a sample") { check_golden("reports/sampled.txt", told(sampled())); }

TEST_CASE("an unknown answer names the timer that came early and the contradiction") {
  check_golden("reports/unknown.txt", told(unknown()));
}

TEST_CASE("a bound that was hit names the bound and how far the search came") {
  ScenarioReport report = unknown();
  report.not_as_expected.clear();
  report.result.verdict = sim::Verdict::bound_hit;
  report.result.reasons = {"the bound of 20000000 states was hit (--states)"};
  report.result.figures.states = 20'000'000;
  check_golden("reports/bound-hit.txt", told(report));
}

TEST_CASE("a vacuous answer names what never happened") {
  ScenarioReport report = exhausted();
  report.as_expected = false;
  report.result.verdict = sim::Verdict::vacuous;
  report.fault_rules = {"crash (relay)", "redeliver (any) at most 1"};
  report.result.strikes = {1, 0};
  report.goals.push_back({"two rebalances", false});
  check_golden("reports/vacuous.txt", told(report));
}

TEST_CASE("the mistakes of a file are shown as they are") {
  check_golden("reports/mistakes.txt", told(mistaken()));
}

TEST_CASE("nothing claims more than was searched") {
  for (const ScenarioReport& report :
       {lost_event(), duplicate(), exhausted(), sampled(), unknown()}) {
    std::string text = told(report);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const char* word : {"proven", "proof", "correct", "guarantee"}) {
      CHECK_THAT(text, !Contains(word));
    }
  }
}

TEST_CASE("colours only colour: without them the text is the same") {
  StoryOptions coloured;
  coloured.color = true;
  for (const ScenarioReport& report : {lost_event(), duplicate(), exhausted(), unknown()}) {
    std::string text = told(report, coloured);
    CHECK_THAT(text, Contains("\x1b[0m"));
    for (std::size_t at = text.find('\x1b'); at != text.npos; at = text.find('\x1b')) {
      text.erase(at, text.find('m', at) - at + 1);
    }
    CHECK(text == told(report));
  }
}

TEST_CASE("two lanes stand side by side, and one below the other where the page is narrow") {
  ScenarioReport report = lost_event();
  StoryOptions narrow;
  narrow.width = 60;
  CHECK_THAT(told(report), Contains("client         shop-db              shop\n"));
  CHECK_THAT(told(report, narrow), Contains("2    0.1ms  shop-db  INSERT orders id=o1\n"));
}

TEST_CASE("a text that is wider than the page is not cut") {
  ScenarioReport report = lost_event();
  const std::string wide(300, 'w');
  report.result.violations[0].trace[1].text = wide;
  report.in_short = "so " + wide + " it is";
  CHECK_THAT(told(report), Contains("shop-db  " + wide + "\n"));
  CHECK_THAT(told(report), Contains("In short  so\n          " + wide + "\n          it is\n"));
}

TEST_CASE("text from a file cannot speak to the terminal") {
  ScenarioReport report = lost_event();
  report.title = "evil \x1b[2J\x07 title \xff \xe2\x80\xae";
  report.result.violations[0].trace[0].lane = "cli\nent";
  report.result.violations[0].trace[0].text = "\rPlace";
  report.fault_line = "\tx\x7f";
  const std::string text = told(report);
  CHECK_THAT(text, Contains("evil \\x1b[2J\\x07 title \\xff \\u{202e}"));
  CHECK_THAT(text, Contains("cli\\nent"));
  CHECK_THAT(text, Contains("\\rPlace"));
  CHECK_THAT(text, Contains("19 | x\\x7f"));
  CHECK(std::none_of(text.begin(), text.end(),
                     [](unsigned char c) { return c != '\n' && (c < 0x20 || c == 0x7f); }));
}

TEST_CASE("the line of code that a step stands for is told behind the line of the file") {
  ScenarioReport report = lost_event();
  CHECK_THAT(told(report), !Contains("in the code"));
  report.fault_code = "src/Order.java:42";
  CHECK_THAT(told(report), Contains("19 | {\"commit\": \"shop-db\"},\n          "
                                    "in the code: src/Order.java:42\n"));
}

TEST_CASE("letters beyond ASCII are kept, or written out on request") {
  ScenarioReport report = lost_event();
  report.title = "Bücher 注文";
  StoryOptions ascii;
  ascii.ascii = true;
  CHECK_THAT(told(report), Contains("Bücher 注文"));
  CHECK_THAT(told(report, ascii), Contains("B\\u{fc}cher \\u{6ce8}\\u{6587}"));
}

TEST_CASE("a wide letter takes two columns of its lane") {
  ScenarioReport report = lost_event();
  report.result.violations[0].trace[0].lane = "顧客";
  StoryOptions narrow;
  narrow.width = 60;
  CHECK_THAT(told(report, narrow), Contains("\n     1    0.0ms  顧客     PlaceOrder o1\n"));
}

TEST_CASE("a long run is folded per lane, never its faults and never what shows the violation") {
  ScenarioReport report = duplicate();
  sim::Violation& violation = report.result.violations[0];
  // Sixty polls between the restart and the second look at the outbox.
  std::vector<sim::TraceEntry> polls;
  for (std::uint32_t i = 0; i < 60; ++i) {
    polls.push_back(about("o1", happened(10 + i, 2s, i % 3 == 0 ? "relay" : "bus", "poll", {9})));
  }
  for (std::size_t i = 9; i < violation.trace.size(); ++i) {
    violation.trace[i].step += 60;
    for (std::uint32_t& cause : violation.trace[i].causes) cause += cause > 9 ? 60U : 0U;
  }
  violation.trace.insert(violation.trace.begin() + 9, polls.begin(), polls.end());
  for (std::uint32_t i = 0; i < 60; ++i) violation.trace[69].causes.push_back(10 + i);
  violation.entries = {73, 75};
  const std::string text = told(report);
  CHECK_THAT(text, Contains("10-69           (60 entries folded: relay 20, bus 40)\n"));
  CHECK_THAT(text, Contains("(1 unrelated entry hidden, 60 folded: --events all)"));
  CHECK_THAT(text, Contains("CRASH  <- the only fault"));
  StoryOptions all;
  all.all_events = true;
  CHECK_THAT(told(report, all), !Contains("folded"));
}

TEST_CASE("a why chain has ten lines at most, and the crash is among them") {
  ScenarioReport report = duplicate();
  sim::Violation& violation = report.result.violations[0];
  // Twelve hops between the second publish and the second delivery.
  const sim::TraceEntry last = violation.trace[14];
  violation.trace.resize(11);
  for (std::uint32_t i = 0; i < 12; ++i) {
    violation.trace.push_back(happened(12 + i, 3s, "hop", "hop", {11 + i}));
  }
  violation.trace.push_back(last);
  violation.trace.back().causes = {23};
  violation.entries = {24};
  const std::string why = under("Why", told(report));
  CHECK(lines_of(why).size() == 10);
  CHECK_THAT(why, Contains("8   relay: CRASH"));
  CHECK_THAT(why, Contains("(14 more causes: --events all)"));
  StoryOptions all;
  all.all_events = true;
  const std::string whole = under("Why", told(report, all));
  CHECK(lines_of(whole).size() == 23);
  CHECK_THAT(whole, !Contains("more cause"));
}

// An order is committed, and a relay looked before that: it found nothing.
ScenarioReport overlooked() {
  ScenarioReport report = lost_event();
  sim::Violation& violation = report.result.violations[0];
  violation.faults.clear();
  violation.trace = {
      about("o1", happened(1, 0ms, "client", "PlaceOrder o1")),
      about("o1", happened(2, 100us, "shop-db", "INSERT orders id=o1", {1})),
      happened(3, 100us, "relay", "SELECT orders -> nothing (o1 is not committed yet)", {2},
               Mark::missed),
      happened(4, 100us, "other", "SELECT orders -> nothing", {}, Mark::missed),
      about("o1", happened(5, 200us, "shop-db", "COMMIT", {2}, Mark::commit)),
  };
  violation.entries = {5};
  return report;
}

TEST_CASE("who missed what the story is about is shown, and told as a cause, but nobody else") {
  const std::string text = told(overlooked());
  CHECK_THAT(text, Contains("relay    SELECT orders -> nothing (o1 is not committed yet)"));
  CHECK_THAT(under("Why", text), Contains("relay: SELECT orders -> nothing"));
  CHECK_THAT(text, !Contains("other"));
  CHECK_THAT(text, Contains("(1 unrelated entry hidden: --events all)"));
}

TEST_CASE("what waits for ever is shown, with what it waits for, and told as a cause") {
  ScenarioReport report = lost_event();
  sim::Violation& violation = report.result.violations[0];
  violation.trace.push_back(happened(6, 500300us, "job", "PREPARE t1"));
  violation.trace.push_back(
      happened(6, 500300us, "mailer", "still waits for o1", {7}, Mark::blocked));
  const std::string text = told(report);
  CHECK_THAT(text, Contains("mailer   still waits for o1"));
  CHECK_THAT(text, Contains("PREPARE t1"));
  CHECK_THAT(under("Why", text), Contains("mailer: still waits for o1"));
}

TEST_CASE("an id has one short name, alone and within text") {
  sim::Violation violation;
  violation.trace = {happened(1, 0ms, "shop", "publish id-54278a35 -> bus/0@0"),
                     happened(2, 0ms, "desk", "takes id-54278a355bae02c4 priced after id-00000001"),
                     happened(3, 0ms, "desk", "grid-54278a3 is no id")};
  violation.entity = "id-54278a355bae02c4 priced";
  reports::ShortIds().name(violation);
  CHECK(violation.trace[0].text == "publish #1 -> bus/0@0");
  CHECK(violation.trace[1].text == "takes #1 priced after #2");
  CHECK(violation.trace[2].text == "grid-54278a3 is no id");
  CHECK(violation.entity == "#1 priced");
}

TEST_CASE("a verdict in a line is followed by its file") {
  const StoryOptions plain;
  CHECK(reports::story_in_a_line(lost_event(), plain) ==
        "VIOLATED  no-lost-event, 1 fault (crash)              "
        "scenarios/library/dual-write.commit-then-publish.onceward.json\n");
  CHECK(reports::story_in_a_line(exhausted(), plain) ==
        "HOLDS     at most 1 fault, 12,345 distinct states     "
        "scenarios/library/dedup.inbox.onceward.json\n");
}

TEST_CASE("what an answer rests on, and what no run came to, is told below it") {
  ScenarioReport report = exhausted();
  report.rests_on = {"idempotency keys that are kept for ever: bank"};
  report.unreached = {"step \"parked\" of warehouse"};
  const std::string text = told(report);
  CHECK_THAT(text, Contains("\nRests on  idempotency keys that are kept for ever: bank\n"));
  CHECK_THAT(text, Contains("\nNever     reached: step \"parked\" of warehouse\n"));
}

TEST_CASE("a why chain branches where two causes meet, and its deepest branch comes last") {
  sim::Violation violation;
  violation.actual = 2;
  violation.expected = 1;
  violation.trace = {happened(1, 0s, "a", "one"),        happened(2, 0s, "b", "two"),
                     happened(3, 0s, "a", "three", {1}), happened(4, 0s, "b", "four", {2}),
                     happened(5, 0s, "b", "five", {4}),  happened(6, 0s, "c", "six", {3, 5})};
  violation.entries = {6};
  std::string tree;
  for (const auto& line : reports::why(violation, reports::relevant(violation), 8).lines) {
    tree += line.branch + line.text + "\n";
  }
  CHECK(tree ==
        "c: six\n"
        "+- a: three\n"
        "|  +- a: one\n"
        "+- b: five\n"
        "   +- b: four\n"
        "      +- b: two\n");
}

TEST_CASE("a fault that no chain of causes leads to is in the why chain all the same") {
  ScenarioReport report = duplicate();
  sim::Violation& violation = report.result.violations[0];
  violation.trace[8].causes.clear();  // the restart knows nothing of the crash
  violation.trace[9].causes = {4};
  CHECK_THAT(under("Why", told(report)), Contains("+- 8   relay: CRASH\n"));
}

TEST_CASE("where nothing shows the violation, the last that was heard of it stands in the chain") {
  ScenarioReport report = lost_event();
  report.result.violations[0].entries.clear();
  const std::string text = told(report);
  CHECK_THAT(under("Why", text), Contains("what was due for o1 never happened\n"));
  CHECK_THAT(under("Why", text), Contains("+- 3  order o1 is committed\n"));
  CHECK_THAT(under("Broken", text), Contains("o1: expected 1, got 0\n"));
}

TEST_CASE("two faults are counted, and each is told where it struck") {
  ScenarioReport report = duplicate();
  sim::Violation& violation = report.result.violations[0];
  violation.faults = {FaultKind::crash, FaultKind::redeliver};
  violation.trace[11].mark = Mark::fault;
  const std::string text = told(report);
  CHECK_THAT(text, Contains("2 faults (crash, redeliver), 1-minimal   14 steps"));
  CHECK_THAT(text, Contains("CRASH  <- fault 1 of 2"));
  CHECK_THAT(text, Contains("orders/0@0  <- fault 2 of 2"));
  CHECK_THAT(under("Fault", text), Contains("crash of relay in step 8, after step 7: publish"));
  CHECK_THAT(under("Fault", text), Contains("          redeliver in step 12: takes OrderPlaced"));
}

TEST_CASE("a violation without faults needs none") {
  ScenarioReport report = duplicate();
  report.result.violations[0].faults.clear();
  CHECK_THAT(told(report), Contains("no-duplicate-effect   no fault needed   14 steps"));
  CHECK(under("Fault", told(report)).empty());
}

TEST_CASE("an empty trace and causes that do not exist harm nobody") {
  ScenarioReport report = lost_event();
  report.result.violations[0].trace[2].causes = {0, 3, 77};
  report.result.violations[0].entries = {0, 99};
  CHECK_THAT(told(report), Contains("VIOLATED"));
  report.result.violations[0].trace.clear();
  CHECK_THAT(told(report), Contains("what was due for o1 never happened"));
  report.result.violations.clear();
  CHECK_THAT(told(report), Contains("VIOLATED"));
}

TEST_CASE("the command to see it again can be pasted into a shell") {
  ScenarioReport report = lost_event();
  report.capsule = "out dir/it's.json";
  CHECK_THAT(told(report), Contains("Again     onceward replay 'out dir/it'\\''s.json'\n"));
}

TEST_CASE("the last line counts verdicts and names the exit code") {
  const reports::Summary summary{.as_expected = 5, .seconds = 0.84};
  CHECK(reports::summary_line({}, summary) ==
        "5 as expected, 0 not, 0 inconclusive   exit 0   0.8 s");
  CHECK(reports::summary_line({mistaken()}, {.exit_code = 2}) ==
        "0 as expected, 0 not, 0 inconclusive, 1 file with mistakes   exit 2   0.0 s");
}

}  // namespace
}  // namespace onceward::tests
