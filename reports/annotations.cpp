#include "reports/annotations.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "reports/figures.hpp"
#include "reports/outcome.hpp"
#include "reports/printable.hpp"
#include "reports/story.hpp"

namespace onceward::reports {
namespace {

struct Annotation {
  Place place;
  std::string title;
  std::string text;
};

// As GitHub documents it: of the text `%`, CR and LF; of a property also `:` and `,`. CR and other
// controls do not get so far.
std::string escaped(const std::string& text, bool property) {
  std::string result;
  for (const char c : printable_lines(text)) {
    const bool special = c == '%' || c == '\n' || (property && (c == ':' || c == ','));
    result += special ? fmt::format("%{:02X}", static_cast<unsigned>(c)) : std::string(1, c);
  }
  return result;
}

// The path from the root of the repository; empty for what is no file.
std::string path_of(const std::string& file, const std::string& folder) {
  if (file == "-" || file == "<stdin>") return "";
  return (std::filesystem::path(folder) / file).lexically_normal().generic_string();
}

std::string command(const Annotation& each, const std::string& folder) {
  std::string properties;
  const auto add = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    properties += fmt::format("{}{}={}", properties.empty() ? "" : ",", name, escaped(value, true));
  };
  const std::string path = path_of(each.place.file, folder);
  add("file", path);
  if (!path.empty()) {
    add("line", each.place.line);
    add("col", each.place.column);
  }
  add("title", each.title);
  return fmt::format("::error {}::{}\n", properties, escaped(each.text, false));
}

std::string title_of(const ScenarioReport& report) {
  const std::string blamed = blamed_invariant(report);
  return outcome_word(report) + (blamed.empty() ? "" : ": " + blamed);
}

std::vector<Annotation> annotations_of(const std::vector<ScenarioReport>& reports) {
  std::vector<Annotation> all;
  for (const ScenarioReport& report : reports) {
    if (outcome_of(report) == Outcome::as_expected) continue;
    const std::vector<Mistake> mistakes = mistakes_of(report);
    for (const Mistake& each : mistakes) all.push_back({each.place, "mistake", each.message});
    if (!mistakes.empty()) continue;
    const std::string again = replay_command(report);
    all.push_back({place_in(report.look_at.empty() ? report.file : report.look_at),
                   title_of(report), gist(report) + (again.empty() ? "" : "\nAgain: " + again)});
  }
  return all;
}

}  // namespace

std::string annotations(const std::vector<ScenarioReport>& reports, const std::string& folder) {
  std::vector<Annotation> all = annotations_of(reports);
  if (all.size() > kAnnotationsMax) {
    const std::size_t left_out = all.size() - kAnnotationsMax + 1;
    all.resize(kAnnotationsMax - 1);
    all.push_back({{},
                   "onceward",
                   counted(left_out, "more is", "more are") +
                       " not as expected: see the log or the summary of the job"});
  }
  std::string text;
  for (const Annotation& each : all) text += command(each, folder);
  return text;
}

}  // namespace onceward::reports
