// What GitHub Actions is told where a check runs in one of its jobs. The one place that reads what
// such a job sets in its environment.
#pragma once

#include <cstdio>
#include <vector>

#include "reports/report.hpp"

namespace onceward::cli {

// In a job (GITHUB_ACTIONS is "true") prints the annotations to `people` and appends the summary to
// the file that GITHUB_STEP_SUMMARY names; a note on standard error if that fails. Elsewhere does
// nothing.
void tell_github(const std::vector<reports::ScenarioReport>& reports,
                 const reports::Summary& summary, FILE* people);

}  // namespace onceward::cli
