// Checks one scenario: searches it, compares with what its author expects, makes a capsule.
#pragma once

#include <optional>
#include <string>

#include "reports/report.hpp"
#include "scenarios/loaded.hpp"
#include "sim/search/result.hpp"

namespace onceward::cli {

struct CheckOptions {
  sim::SearchOptions search;
  std::string out = "onceward-out";  // folder of capsules; empty: none are written
  bool require_exhausted = false;
  bool look_beyond = true;  // where the file says no budget: also with one fault more
};

// One scenario's report with its exit code. Mistakes in the file: `problems` and exit code 2.
// Whoever wants the search to end before it begins (`interrupted`): UNKNOWN, with the reason.
struct Checked {
  reports::ScenarioReport report;
  int exit_code = 0;
  std::string capsule;  // its text; empty: there is no violation
};
[[nodiscard]] Checked check_scenario(const std::string& path, const scenarios::Loaded& loaded,
                                     const CheckOptions& options);

// Writes the capsule, if there is one, into `folder` (empty: nowhere) and notes its path, or a
// warning. Apart from the check, so that files of one name are written in the order of scenarios.
void write_capsule(const std::string& folder, Checked& checked);

// Fills in what a report says about a scenario besides its result.
void describe_scenario(const scenarios::Loaded& loaded, reports::ScenarioReport& report);

// Fills in what a report says about its first violation.
void describe_violation(const scenarios::Loaded& loaded, reports::ScenarioReport& report);

// "FILE:LINE:COLUMN" of the line that has most to do with the result; empty if there is none.
[[nodiscard]] std::string where_to_look(const scenarios::Loaded& loaded,
                                        const reports::ScenarioReport& report);

// Says where in the file the mistake is that a run met.
// REQUIRES: the first violation is one.
void describe_mistake(const scenarios::Loaded& loaded, reports::ScenarioReport& report);

// The worst of two exit codes: 70 > 130 > 4 > 2 > 1 > 3 > 0 (DESIGN 7).
[[nodiscard]] int worse(int first, int second);

}  // namespace onceward::cli
