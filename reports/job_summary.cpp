#include "reports/job_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "reports/figures.hpp"
#include "reports/outcome.hpp"
#include "reports/printable.hpp"
#include "reports/story.hpp"
#include "reports/verdict.hpp"

namespace onceward::reports {
namespace {

// What Markdown or HTML might take for theirs is written by number, which neither looks into.
std::string literal(const std::string& text) {
  constexpr std::string_view kSpecial = "&<>|*_`~[]\\#@$:";
  std::string result;
  for (const char c : printable(text)) {
    const bool special = kSpecial.find(c) != kSpecial.npos;
    result += special ? fmt::format("&#{};", static_cast<unsigned>(c)) : std::string(1, c);
  }
  return result;
}

// Between fences that are longer than any row of backticks in `text`.
std::string block(const std::string& text) {
  std::size_t longest = 2;
  std::size_t row = 0;
  for (const char c : text) {
    row = c == '`' ? row + 1 : 0;
    longest = std::max(longest, row);
  }
  const std::string fence(longest + 1, '`');
  return fmt::format("{0}text\n{1}{0}\n", fence, text);
}

std::string verdict_of(const ScenarioReport& report) {
  return report.problems.empty() ? short_verdict(report) : "mistakes in the file";
}

std::string row(const ScenarioReport& report) {
  const bool good = outcome_of(report) == Outcome::as_expected;
  return fmt::format("| {} | {} | {} |\n", literal(report.file), literal(verdict_of(report)),
                     good ? "as expected" : "**" + outcome_word(report) + "**");
}

std::string details(const ScenarioReport& report) {
  return fmt::format("\n<details><summary>{}: {}</summary>\n\n{}\n</details>\n",
                     literal(report.file), literal(verdict_of(report)), block(story(report, {})));
}

}  // namespace

std::string job_summary(const std::vector<ScenarioReport>& reports, const Summary& summary,
                        std::size_t room) {
  constexpr std::size_t kLastLine = 100;
  std::string text = fmt::format("### onceward\n\n{}\n", summary_line(reports, summary));
  if (!reports.empty()) text += "\n| scenario | verdict | |\n|---|---|---|\n";
  if (text.size() + kLastLine > room) return "";
  std::size_t left_out = 0;
  const auto add = [&](const std::string& part) {
    if (text.size() + part.size() + kLastLine <= room) {
      text += part;
    } else {
      ++left_out;
    }
  };
  for (const ScenarioReport& report : reports) add(row(report));
  for (const ScenarioReport& report : reports) {
    if (outcome_of(report) != Outcome::as_expected) add(details(report));
  }
  if (left_out > 0) {
    text += fmt::format("\n{} left out for want of room: see the log.\n",
                        counted(left_out, "row or story was", "rows and stories were"));
  }
  return text;
}

}  // namespace onceward::reports
