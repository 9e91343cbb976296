// What came of a search over the values of one field: a line a value, then the answer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/page.hpp"
#include "reports/report.hpp"
#include "sim/search/threshold.hpp"

namespace onceward::reports {

// One value that was tried, and what a search of the scenario with it gave.
struct ValueReport {
  std::string text;  // as people read it: "10m 1ns", "3"
  ScenarioReport report;
};

struct ThresholdReport {
  std::string file;  // as given on the command line
  std::string title;
  std::string digest;       // of the scenario as it is
  std::string pointer;      // to the field, a JSON pointer
  bool is_duration = true;  // its values are nanoseconds; else whole numbers
  std::int64_t start = 0;   // the value in the file
  sim::Threshold found;
  std::vector<ValueReport> values;  // one for each of `found.tried`
  int exit_code = 0;
};

// "holds from 10m 1ns on, breaks up to 10m"; "not monotone: breaks up to 1, holds from 2 to 4,
// breaks from 5 on"; "holds for all values tried, from 0s to 10d".
[[nodiscard]] std::string threshold_sentence(const ThresholdReport& report);

[[nodiscard]] std::string threshold_text(const ThresholdReport& report, const PageOptions& options);

}  // namespace onceward::reports
