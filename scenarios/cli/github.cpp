#include "scenarios/cli/github.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "reports/annotations.hpp"
#include "reports/job_summary.hpp"

namespace onceward::cli {
namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

// Where this process runs, seen from the root of the repository; empty if it is not below it.
std::string folder_in_workspace() {
  namespace fs = std::filesystem;
  const std::string workspace = variable("GITHUB_WORKSPACE");
  std::error_code failed;
  if (workspace.empty()) return "";
  const fs::path folder = fs::relative(fs::current_path(failed), workspace, failed);
  const bool below = !failed && !folder.empty() && *folder.begin() != "..";
  return below && folder != "." ? folder.generic_string() : std::string();
}

void append_summary(const std::string& path, const std::vector<reports::ScenarioReport>& reports,
                    const reports::Summary& summary) {
  // An earlier command of the step may have written there.
  std::error_code failed;
  const std::uintmax_t size = std::filesystem::file_size(path, failed);
  const std::size_t used = failed ? 0 : std::min<std::uintmax_t>(size, reports::kJobSummaryMax);
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file << reports::job_summary(reports, summary, reports::kJobSummaryMax - used);
  if (!file.flush()) fmt::print(stderr, "onceward: cannot write {}\n", path);
}

}  // namespace

void tell_github(const std::vector<reports::ScenarioReport>& reports,
                 const reports::Summary& summary, FILE* people) {
  if (variable("GITHUB_ACTIONS") != "true") return;
  fmt::print(people, "{}", reports::annotations(reports, folder_in_workspace()));
  const std::string path = variable("GITHUB_STEP_SUMMARY");
  if (!path.empty()) append_summary(path, reports, summary);
}

}  // namespace onceward::cli
