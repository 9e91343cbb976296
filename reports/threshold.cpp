#include "reports/threshold.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/figures.hpp"
#include "reports/verdict.hpp"

namespace onceward::reports {
namespace {

using sim::Answer;
using sim::Stretch;

std::size_t index_of(const ThresholdReport& report, std::int64_t value) {
  const auto is_it = [&](const sim::TriedValue& tried) { return tried.value == value; };
  const auto found = std::find_if(report.found.tried.begin(), report.found.tried.end(), is_it);
  return static_cast<std::size_t>(found - report.found.tried.begin());
}

const std::string& text_of(const ThresholdReport& report, std::int64_t value) {
  return report.values[index_of(report, value)].text;
}

// "up to 10m", "from 10m 1ns to 1h", "from 1h 1ns on".
std::string extent(const ThresholdReport& report, const Stretch& stretch) {
  const std::vector<Stretch>& all = report.found.stretches;
  const std::string first = text_of(report, stretch.first);
  const std::string last = text_of(report, stretch.last);
  if (stretch.first == all.front().first) return "up to " + last;
  if (stretch.last == all.back().last) return fmt::format("from {} on", first);
  return stretch.first == stretch.last ? fmt::format("at {}", first)
                                       : fmt::format("from {} to {}", first, last);
}

std::string said(const ThresholdReport& report, const Stretch& stretch) {
  return fmt::format("{} {}", sim::to_text(stretch.answer), extent(report, stretch));
}

// What is not known between two stretches that do not meet.
std::string gap(const ThresholdReport& report, const Stretch& below, const Stretch& above) {
  if (above.first - below.last == 1) return "";
  const bool undecided = index_of(report, above.first) - index_of(report, below.last) > 1;
  return fmt::format("; between {} and {} {}", text_of(report, below.last),
                     text_of(report, above.first),
                     undecided ? "nothing was decided" : "it was not narrowed");
}

// The rules that values of a stretch break, by the first violation of each.
std::string broken_in(const ThresholdReport& report, const Stretch& stretch) {
  std::vector<std::string> rules;
  for (std::size_t i = index_of(report, stretch.first); i <= index_of(report, stretch.last); ++i) {
    if (report.found.tried[i].answer != Answer::breaks) continue;
    const std::string& rule = report.values[i].report.result.violations.front().invariant;
    if (std::find(rules.begin(), rules.end(), rule) == rules.end()) rules.push_back(rule);
  }
  return fmt::format("{}", fmt::join(rules, ", "));
}

std::string line_of(const ValueReport& value, Answer answer) {
  if (answer != Answer::undecided) return short_verdict(value.report);
  const std::vector<std::string>& reasons = value.report.result.reasons;
  const std::string reason = reasons.empty() ? "" : reasons.front();
  // A mistake that only a run can meet is a violation to the search.
  if (value.report.result.verdict == sim::Verdict::violated) return "MISTAKE   " + reason;
  if (!value.report.problems.empty()) return "MISTAKE   the file cannot have this value";
  return fmt::format("{:<9} {}", sim::to_text(value.report.result.verdict), reason);
}

Tone tone_of(Answer answer) {
  if (answer == Answer::undecided) return Tone::doubtful;
  return answer == Answer::holds ? Tone::good : Tone::bad;
}

void list_values(const ThresholdReport& report, Page& page) {
  std::size_t width = 0;
  for (const ValueReport& each : report.values) width = std::max(width, each.text.size());
  for (std::size_t i = 0; i < report.values.size(); ++i) {
    const ValueReport& value = report.values[i];
    const Answer answer = report.found.tried[i].answer;
    const bool as_written = report.found.tried[i].value == report.start;
    page.line(std::string(width - value.text.size() + 2, ' ') + value.text + "  " +
              page.paint(page.clean(line_of(value, answer)), tone_of(answer)) +
              (as_written ? "  <- in the file" : ""));
  }
}

// "47 values from 0s to 242d, a search each, 2 of them not decided; ...".
std::string tried(const ThresholdReport& report) {
  const auto is_undecided = [](const sim::TriedValue& each) {
    return each.answer == Answer::undecided;
  };
  const auto& all = report.found.tried;
  const auto undecided = std::count_if(all.begin(), all.end(), is_undecided);
  std::string text =
      fmt::format("{} from {} to {}, a search each", counted(all.size(), "value", "values"),
                  report.values.front().text, report.values.back().text);
  if (undecided > 0) text += fmt::format(", {} of them not decided", undecided);
  return text + "; those between two that agree, and what lies farther, were not searched";
}

}  // namespace

namespace {

std::string sentence_without_doubt(const ThresholdReport& report) {
  const std::vector<Stretch>& all = report.found.stretches;
  if (all.size() == 1) {
    return fmt::format("{} for all values tried, from {} to {}", sim::to_text(all.front().answer),
                       text_of(report, all.front().first), text_of(report, all.front().last));
  }
  std::string text;
  std::string gaps;
  for (std::size_t i = 0; i < all.size(); ++i) {
    text += (i == 0 ? "" : ", ") + said(report, all[i]);
    if (i > 0) gaps += gap(report, all[i - 1], all[i]);
  }
  if (!report.found.is_monotone()) return "not monotone: " + text + gaps;
  // What one wants to know goes first.
  if (all.front().answer == Answer::breaks) {
    text = said(report, all.back()) + ", " + said(report, all.front());
  }
  return text + gaps;
}

}  // namespace

std::string threshold_sentence(const ThresholdReport& report) {
  if (report.found.stretches.empty()) return "nothing was decided";
  const bool sampled = std::any_of(
      report.values.begin(), report.values.end(),
      [](const ValueReport& each) { return each.report.result.verdict == sim::Verdict::sampled; });
  // A sample that finds nothing has shown little.
  return sentence_without_doubt(report) +
         (sampled ? "; what holds was sampled, and may break in runs that were not tried" : "");
}

std::string threshold_text(const ThresholdReport& report, const PageOptions& options) {
  Page page(options);
  page.sentence(report.file + (report.title.empty() ? "" : ": " + report.title), Tone::plain);
  page.sentence("Values of " + report.pointer, Tone::strong);
  page.blank();
  list_values(report, page);
  page.blank();
  const bool decided = !report.found.stretches.empty() && report.found.exact;
  page.fact("Answer", threshold_sentence(report), decided ? Tone::strong : Tone::doubtful);
  std::string label = "Broken";
  for (const Stretch& each : report.found.stretches) {
    if (each.answer != Answer::breaks) continue;
    const bool alone = report.found.stretches.size() == 1;
    page.fact(label, (alone ? "" : extent(report, each) + ": ") + broken_in(report, each));
    label.clear();
  }
  page.fact("Tried", tried(report));
  return page.take();
}

}  // namespace onceward::reports
