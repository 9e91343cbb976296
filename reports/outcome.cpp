#include "reports/outcome.hpp"

#include <algorithm>
#include <sstream>

namespace onceward::reports {
namespace {

constexpr const char* kError = ": error: ";

bool is_decided(sim::Verdict verdict) {
  return verdict == sim::Verdict::violated || verdict == sim::Verdict::exhausted ||
         verdict == sim::Verdict::sampled;
}

// It should hold and does not.
bool is_surprise(const ScenarioReport& report) {
  return report.result.verdict == sim::Verdict::violated && report.asked_for.empty();
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

}  // namespace

Outcome outcome_of(const ScenarioReport& report) {
  const sim::Result& result = report.result;
  const bool met = !result.violations.empty() && result.violations.front().mistake;
  if (!report.problems.empty() || met) return Outcome::mistake;
  if (!result.unsound.empty()) return Outcome::unsound;
  if (report.as_expected) return Outcome::as_expected;
  return is_decided(result.verdict) ? Outcome::not_as_expected : Outcome::undecided;
}

std::string outcome_word(const ScenarioReport& report) {
  switch (outcome_of(report)) {
    case Outcome::as_expected:
      return "as-expected";
    case Outcome::not_as_expected:
      return is_surprise(report) ? "violated" : "not-as-expected";
    case Outcome::undecided:
      return "inconclusive";
    case Outcome::mistake:
      return "mistake";
    case Outcome::unsound:
      break;
  }
  return "unsound";
}

std::string blamed_invariant(const ScenarioReport& report) {
  if (outcome_of(report) != Outcome::not_as_expected) return "";
  const sim::Result& result = report.result;
  if (result.verdict == sim::Verdict::violated && !result.violations.empty()) {
    return result.violations.front().invariant;
  }
  return report.asked_for.empty() ? "" : report.asked_for.front();
}

std::string gist(const ScenarioReport& report) {
  const std::vector<Mistake> mistakes = mistakes_of(report);
  if (!mistakes.empty()) return mistakes.front().message;
  const std::vector<std::string>& why = report.not_as_expected;
  const std::vector<std::string>& reasons = report.result.reasons;
  if (is_surprise(report) && !report.in_short.empty()) return report.in_short;
  if (outcome_of(report) == Outcome::not_as_expected && !why.empty()) return why.front();
  if (!reasons.empty()) return reasons.front();
  return why.empty() ? sim::to_text(report.result.verdict) : why.front();
}

Place place_in(const std::string& text) {
  const std::size_t column = text.rfind(':');
  if (column == 0 || column == text.npos) return {text, "", ""};
  const std::size_t line = text.rfind(':', column - 1);
  if (line == text.npos) return {text, "", ""};
  Place place{text.substr(0, line), text.substr(line + 1, column - line - 1),
              text.substr(column + 1)};
  return is_number(place.line) && is_number(place.column) ? place : Place{text, "", ""};
}

std::vector<Mistake> mistakes_of(const ScenarioReport& report) {
  std::vector<Mistake> mistakes;
  for (const std::string& problem : report.problems) {
    std::istringstream lines(problem);
    for (std::string line; std::getline(lines, line);) {
      // Lines of the file, and what points at them, are indented.
      if (line.starts_with(' ')) continue;
      const std::size_t end = line.find(kError);
      if (end == line.npos) continue;
      mistakes.push_back(
          {place_in(line.substr(0, end)), line.substr(end + std::string_view(kError).size())});
    }
  }
  // Whatever its words are, a file that was refused has one.
  if (mistakes.empty() && !report.problems.empty()) {
    mistakes.push_back({{report.file, "", ""}, report.problems.front()});
  }
  return mistakes;
}

}  // namespace onceward::reports
