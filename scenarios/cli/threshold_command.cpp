#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <map>
#include <utility>

#include "reports/json.hpp"
#include "reports/threshold.hpp"
#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/progress.hpp"
#include "scenarios/cli/watchdog.hpp"
#include "scenarios/varied.hpp"
#include "sim/search/threshold.hpp"

namespace onceward::cli {
namespace {

using scenarios::Varied;
using sim::Answer;

// A duration is bisected unit by unit: what is round in one of them is tried first.
std::vector<std::int64_t> units_of(const Varied& varied) {
  if (!varied.is_duration()) return {1};
  return {3'600'000'000'000, 60'000'000'000, 1'000'000'000, 1'000'000, 1'000, 1};
}

// More of something makes a larger design, which takes more work; more time does not.
constexpr int kFarthestCount = 4;  // doublings

sim::ValueRange range_of(const Varied& varied) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const int doublings = varied.is_duration() ? sim::kFarthest : kFarthestCount;
  const std::int64_t start = std::max<std::int64_t>(varied.value(), 1);
  const std::int64_t farthest = start > kMost >> doublings ? kMost : start << doublings;
  return {varied.least(), varied.most(farthest)};
}

Answer answer_of(const reports::ScenarioReport& report) {
  switch (report.result.verdict) {
    case sim::Verdict::violated:
      return report.result.violations.front().mistake ? Answer::undecided : Answer::breaks;
    case sim::Verdict::exhausted:
    case sim::Verdict::sampled:
      return Answer::holds;
    default:
      return Answer::undecided;
  }
}

// Searches the scenario with one value after the other, and keeps what each search said.
class Values {
 public:
  Values(const Varied& varied, std::string file, const CheckOptions& options)
      : varied_(varied), file_(std::move(file)), options_(options) {}

  Answer judge(std::int64_t value) {
    show_progress(fmt::format("{} values tried, now {}", checked_.size(), text_of(value)));
    const Checked& checked =
        checked_.emplace(value, check_scenario(file_, varied_.with(value), options_)).first->second;
    clear_progress();
    // What other values lead to is no exit code of the whole, but that the engine is wrong.
    const bool mistaken = checked.exit_code == 2 && value == varied_.value();
    if (mistaken || checked.exit_code == 4) exit_code_ = worse(exit_code_, checked.exit_code);
    return checked.exit_code == 4 ? Answer::undecided : answer_of(checked.report);
  }

  [[nodiscard]] const Checked& at(std::int64_t value) const { return checked_.at(value); }
  [[nodiscard]] int exit_code() const { return exit_code_; }

  [[nodiscard]] std::string text_of(std::int64_t value) const {
    return varied_.is_duration() ? scenarios::exact_duration_text(value) : std::to_string(value);
  }

 private:
  const Varied& varied_;
  std::string file_;
  const CheckOptions& options_;
  std::map<std::int64_t, Checked> checked_;
  int exit_code_ = 0;
};

int exit_code_of(const sim::Threshold& found, int exit_code) {
  if (is_interrupted()) exit_code = worse(exit_code, 130);
  return found.exact && !found.stretches.empty() ? exit_code : worse(exit_code, 3);
}

}  // namespace

int threshold(const std::string& path, const std::string& field, CheckOptions options,
              const std::string& deadline, const OutputOptions& output) {
  const scenarios::Loaded loaded = scenarios::load(path);
  if (loaded.program == nullptr) {
    fmt::print(stderr, "{}", loaded.problems);
    return 2;
  }
  std::string mistake;
  const std::optional<Varied> varied = Varied::find(loaded, field, mistake);
  if (!varied) {
    fmt::print(stderr, "onceward: {}\n", reports::printable(mistake));
    return 2;
  }
  if (!can_write(output.json)) return 2;
  watch_over(options.search, deadline);
  options.look_beyond = false;
  Values values(*varied, path, options);
  reports::ThresholdReport report;
  report.file = path;
  report.title = loaded.program->title;
  report.digest = loaded.digest;
  report.pointer = varied->pointer();
  report.is_duration = varied->is_duration();
  report.start = varied->value();
  report.found = sim::find_threshold(varied->value(), range_of(*varied), units_of(*varied),
                                     [&](std::int64_t value) { return values.judge(value); });
  for (const sim::TriedValue& each : report.found.tried) {
    report.values.push_back({values.text_of(each.value), values.at(each.value).report});
  }
  report.exit_code = exit_code_of(report.found, values.exit_code());
  reports::PageOptions page;
  page.color = wants_color();
  page.width = static_cast<std::size_t>(width_of_output(output));
  FILE* const people = output.json == "-" ? stderr : stdout;
  fmt::print(people, "{}", reports::threshold_text(report, page));
  if (output.json.empty()) return report.exit_code;
  reports::JsonOptions json;
  json.search = options.search;
  return write_file(output.json, reports::to_json(report, json)) ? report.exit_code
                                                                 : worse(report.exit_code, 2);
}

}  // namespace onceward::cli
