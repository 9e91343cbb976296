// All results as one JSON document, for machines: schema "onceward.result/1" (DESIGN section 7).
//
// Equal input gives equal bytes. Keys keep their order, numbers are integers, instants are
// nanoseconds, hashes are hexadecimal. Everything a search found is in it but for its tape, which
// is in the capsule. Bytes that are no UTF-8 become U+FFFD.
#pragma once

#include <string>
#include <vector>

#include "reports/report.hpp"
#include "reports/threshold.hpp"

namespace onceward::reports {

struct JsonOptions {
  bool no_timing = false;     // drops what differs from run to run
  sim::SearchOptions search;  // as asked for; `violates` belongs to each scenario
};

// Ends with a line break.
[[nodiscard]] std::string to_json(const std::vector<ScenarioReport>& reports,
                                  const Summary& summary, const JsonOptions& options);

// The same for a threshold, without the stories: schema "onceward.threshold/1". Durations are
// nanoseconds.
[[nodiscard]] std::string to_json(const ThresholdReport& report, const JsonOptions& options);

}  // namespace onceward::reports
