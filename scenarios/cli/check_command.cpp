#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "reports/json.hpp"
#include "reports/junit.hpp"
#include "reports/story.hpp"
#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/github.hpp"
#include "scenarios/cli/jobs.hpp"
#include "scenarios/cli/progress.hpp"
#include "scenarios/cli/watchdog.hpp"

namespace onceward::cli {
namespace {

void count(const Checked& checked, reports::Summary& summary) {
  if (checked.exit_code == 0) {
    ++summary.as_expected;
  } else if (checked.exit_code == 3) {
    ++summary.inconclusive;
  } else {
    ++summary.not_as_expected;
  }
  summary.exit_code = worse(summary.exit_code, checked.exit_code);
}

void tell(const Checked& checked, const reports::StoryOptions& story, bool brief, FILE* people) {
  if (!checked.report.problems.empty()) {
    fmt::print(stderr, "{}", reports::story(checked.report, story));
  } else if (brief && checked.exit_code == 0) {
    fmt::print(people, "{}", reports::story_in_a_line(checked.report, story));
  } else {
    fmt::print(people, "{}\n", reports::story(checked.report, story));
  }
  std::fflush(people);
}

// Checks the files and tells of each as soon as it and all before it are done.
std::vector<reports::ScenarioReport> check_files(const std::vector<std::string>& files,
                                                 const CheckOptions& options, std::size_t jobs,
                                                 const OutputOptions& output, FILE* people,
                                                 reports::Summary& summary) {
  std::vector<reports::ScenarioReport> done;
  reports::StoryOptions story;
  story.color = wants_color();
  story.width = width_of_output(output);
  story.all_events = output.all_events;
  Jobs checks(files, options, jobs);
  while (done.size() < files.size()) {
    show_progress(fmt::format("{}/{}  {}", done.size() + 1, files.size(), files[done.size()]));
    std::optional<Checked> checked = checks.next(renew_progress);
    clear_progress();
    if (!checked) break;  // interrupted before it was begun
    write_capsule(options.out, *checked);
    tell(*checked, story, output.brief, people);
    count(*checked, summary);
    done.push_back(std::move(checked->report));
  }
  return done;
}

bool can_write_all(const OutputOptions& output) {
  if (!output.json.empty() && output.json == output.junit) {
    fmt::print(stderr, "onceward: --json and --junit cannot both go to {}\n", output.json);
    return false;
  }
  return can_write(output.json) && can_write(output.junit);
}

// The documents that were asked for; false: one could not be written.
bool write_documents(const std::vector<reports::ScenarioReport>& done,
                     const reports::Summary& summary, const CheckOptions& options,
                     const OutputOptions& output) {
  bool good = true;
  if (!output.json.empty()) {
    reports::JsonOptions json;
    json.no_timing = output.no_timing;
    json.search = options.search;
    good = write_file(output.json, reports::to_json(done, summary, json));
  }
  if (!output.junit.empty()) {
    reports::JunitOptions junit;
    junit.no_timing = output.no_timing;
    good = write_file(output.junit, reports::to_junit(done, summary, junit)) && good;
  }
  return good;
}

}  // namespace

std::vector<std::string> files_of(const std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code failed;
    if (path == "-" || !fs::is_directory(path, failed)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> below;
    for (const auto& entry : fs::recursive_directory_iterator(path, failed)) {
      const std::string name = entry.path().generic_string();
      if (entry.is_regular_file() && name.ends_with(".onceward.json")) below.push_back(name);
    }
    std::sort(below.begin(), below.end());
    files.insert(files.end(), below.begin(), below.end());
  }
  return files;
}

bool wants_color() {
  if (std::getenv("NO_COLOR") != nullptr) return false;
  return isatty(STDOUT_FILENO) != 0;
}

int width_of_output(const OutputOptions& output) {
  if (output.width > 0) return output.width;
  winsize size{};
  const bool known = isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
  return known && size.ws_col >= 40 ? size.ws_col : 100;
}

bool can_write(const std::string& path) {
  if (path.empty() || path == "-" || std::ofstream(path, std::ios::app)) return true;
  fmt::print(stderr, "onceward: cannot write {}\n", path);
  return false;
}

bool write_file(const std::string& path, const std::string& text) {
  if (path == "-") {
    std::cout << text << std::flush;
    return true;
  }
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (file.flush()) return true;
  fmt::print(stderr, "onceward: cannot write {}\n", path);
  return false;
}

int check(const std::vector<std::string>& paths, CheckOptions options, const JobOptions& jobs,
          const OutputOptions& output) {
  const auto began = std::chrono::steady_clock::now();
  if (!can_write_all(output)) return 2;
  watch_over(options.search, jobs.deadline);
  const std::vector<std::string> files = files_of(paths);
  reports::Summary summary;
  // With a document on standard output, the stories go to standard error.
  FILE* const people = output.json == "-" || output.junit == "-" ? stderr : stdout;
  const std::vector<reports::ScenarioReport> done =
      check_files(files, options, jobs.count, output, people, summary);
  if (files.empty()) {
    fmt::print(stderr, "onceward: nothing to check: no file ends in .onceward.json\n");
    summary.exit_code = worse(summary.exit_code, 3);
  }
  if (is_interrupted()) {
    summary.exit_code = worse(summary.exit_code, 130);
    fmt::print(stderr, "onceward: interrupted, {} of {} scenarios were checked\n", done.size(),
               files.size());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (!output.no_timing) summary.seconds = took.count();
  if (!write_documents(done, summary, options, output)) {
    summary.exit_code = worse(summary.exit_code, 2);
  }
  tell_github(done, summary, people);
  fmt::print(people, "{}\n", reports::summary_line(done, summary));
  return summary.exit_code;
}

}  // namespace onceward::cli
