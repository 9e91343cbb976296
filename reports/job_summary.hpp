// All results on one page of Markdown, as GitHub shows it on the page of a job: a table of the
// scenarios with their verdicts, then the story of each that is not as expected, folded.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "reports/report.hpp"

namespace onceward::reports {

// GitHub refuses the summary of a step that is larger, in bytes.
inline constexpr std::size_t kJobSummaryMax = std::size_t{1} << 20U;

// Never longer than `room` bytes: what does not fit is left out, row by row and story by story, and
// counted. Empty if not even that fits. No text of a scenario is taken for Markdown or HTML.
[[nodiscard]] std::string job_summary(const std::vector<ScenarioReport>& reports,
                                      const Summary& summary, std::size_t room = kJobSummaryMax);

}  // namespace onceward::reports
