#include "reports/junit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "reports/outcome.hpp"
#include "reports/printable.hpp"
#include "reports/story.hpp"
#include "reports/verdict.hpp"

namespace onceward::reports {
namespace {

enum class How : std::uint8_t { passed, failure, error, skipped };

// One case of a suite, as it went.
struct Case {
  std::string name;
  How how = How::passed;
  std::string type;
  std::string message;  // one line
  std::string body;
};

struct Tally {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;

  void add(const Case& each) {
    ++tests;
    failures += each.how == How::failure ? 1 : 0;
    errors += each.how == How::error ? 1 : 0;
    skipped += each.how == How::skipped ? 1 : 0;
  }
};

// `text` has only characters that XML may hold. The sequence "]]>" may not stand in a text.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else if (c == '"') {
      result += "&quot;";
    } else {
      result += c;
    }
  }
  return result;
}

std::string attribute(const char* name, const std::string& value) {
  return fmt::format(" {}=\"{}\"", name, escaped(printable(value)));
}

std::string body(const std::string& text) { return escaped(printable_lines(text)); }

// The case that carries what is wrong, with the story.
Case told(const ScenarioReport& report, std::string name) {
  const bool decided = outcome_of(report) == Outcome::not_as_expected;
  return {std::move(name), decided ? How::failure : How::error, outcome_word(report), gist(report),
          story(report, {})};
}

Case of_invariant(const ScenarioReport& report, const InvariantStatus& status,
                  const std::string& blamed) {
  const Outcome outcome = outcome_of(report);
  if (!blamed.empty() && status.id == blamed) return told(report, status.id);
  if (status.status == "not-judged") {
    return {status.id, How::skipped, "", "it was not judged", ""};
  }
  if (outcome == Outcome::as_expected) return {status.id, How::passed, "", "", ""};
  if (blamed.empty()) return {status.id, How::skipped, "", "see the case \"scenario\"", ""};
  if (status.status == "violated" && report.asked_for.empty()) {
    const std::string where = fmt::format("it is broken too; the story is that of {}", blamed);
    return {status.id, How::failure, "violated", where, where + "\n"};
  }
  return {status.id, How::passed, "", "", ""};
}

std::vector<Case> cases_of(const ScenarioReport& report) {
  const std::string blamed = blamed_invariant(report);
  std::vector<Case> cases;
  bool is_told = outcome_of(report) == Outcome::as_expected;
  for (const InvariantStatus& status : report.invariants) {
    if (!status.asked) continue;
    cases.push_back(of_invariant(report, status, blamed));
    is_told = is_told || (!blamed.empty() && status.id == blamed);
  }
  if (!is_told) cases.push_back(told(report, "scenario"));
  if (cases.empty()) cases.push_back({"scenario", How::passed, "", "", ""});
  return cases;
}

// "scenarios.library.relay.crash-before-mark_fixed": readers group by what stands before a dot.
std::string class_name(const std::string& file) {
  std::string path = file == "-" ? "stdin" : file;
  const std::string ending = ".onceward.json";
  if (path.ends_with(ending)) path.resize(path.size() - ending.size());
  std::string name;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    std::string part = path.substr(begin, end - begin);
    begin = end + 1;
    if (part.empty() || part == "." || part == "..") continue;
    std::replace(part.begin(), part.end(), '.', '_');
    name += (name.empty() ? "" : ".") + part;
  }
  return name.empty() ? "scenario" : name;
}

std::string counts(const Tally& tally) {
  return fmt::format(R"( tests="{}" failures="{}" errors="{}" skipped="{}")", tally.tests,
                     tally.failures, tally.errors, tally.skipped);
}

class Junit {
 public:
  explicit Junit(const JunitOptions& options) : options_(options) {}

  void add(const ScenarioReport& report) {
    const std::vector<Case> cases = cases_of(report);
    Tally tally;
    for (const Case& each : cases) {
      tally.add(each);
      all_.add(each);
    }
    suites_ += fmt::format("  <testsuite{}{}{}>\n", attribute("name", report.file), counts(tally),
                           time(report.seconds));
    const std::string name = unique(class_name(report.file));
    for (const Case& each : cases) {
      // All rules are judged in one search, whose time is that of the first case: readers add.
      const bool first = &each == &cases.front();
      suites_ += fmt::format("    <testcase{}{}{}{}", attribute("classname", name),
                             attribute("name", each.name), attribute("file", report.file),
                             time(first ? report.seconds : 0));
      end(each);
    }
    if (report.problems.empty()) {
      suites_ += fmt::format("    <system-out>{}</system-out>\n",
                             body(report.title + "\n" + verdict_sentence(report) + "\n"));
    }
    suites_ += "  </testsuite>\n";
  }

  [[nodiscard]] std::string document(const Summary& summary) const {
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites name=\"onceward\"{}{}>\n{}</testsuites>\n",
        counts(all_), time(summary.seconds), suites_);
  }

 private:
  void end(const Case& each) {
    if (each.how == How::passed) {
      suites_ += "/>\n";
      return;
    }
    const std::string message = attribute("message", each.message);
    if (each.how == How::skipped) {
      suites_ += fmt::format(">\n      <skipped{}/>\n    </testcase>\n", message);
      return;
    }
    const char* const element = each.how == How::failure ? "failure" : "error";
    suites_ += fmt::format(">\n      <{0}{1}{2}>{3}</{0}>\n    </testcase>\n", element,
                           attribute("type", each.type), message, body(each.body));
  }

  // Of cases with equal names readers keep one; a file may be named twice.
  std::string unique(std::string name) {
    const int count = ++names_[name];
    if (count > 1) name += fmt::format(" ({})", count);
    return name;
  }

  [[nodiscard]] std::string time(double seconds) const {
    return options_.no_timing ? std::string() : fmt::format(" time=\"{:.3f}\"", seconds);
  }

  const JunitOptions& options_;
  std::map<std::string, int> names_;
  Tally all_;
  std::string suites_;
};

}  // namespace

std::string to_junit(const std::vector<ScenarioReport>& reports, const Summary& summary,
                     const JunitOptions& options) {
  Junit junit(options);
  for (const ScenarioReport& report : reports) junit.add(report);
  return junit.document(summary);
}

}  // namespace onceward::reports
