// A verdict in one sentence: what was found, or exactly what was searched without finding anything.
#pragma once

#include <string>
#include <vector>

#include "reports/page.hpp"
#include "reports/report.hpp"

namespace onceward::reports {

// "VIOLATED  no-lost-event   1 fault (crash), the fewest   9 steps   as expected",
// "HOLDS (EXHAUSTED: all runs of 3f2a91c4 with ...)   as expected".
// REQUIRES: no problems.
[[nodiscard]] std::string verdict_sentence(const ScenarioReport& report);

// Of a search that was cut off: which runs it was through with, and where it was: "all runs with no
// fault; of those with 1 fault a part only".
[[nodiscard]] std::string how_far(const ScenarioReport& report);

// The verdict for a list of many: "VIOLATED  no-lost-event, 1 fault (crash)",
// "HOLDS     at most 1 fault, 18,740 distinct states".
[[nodiscard]] std::string short_verdict(const ScenarioReport& report);

// Good: as expected. Doubtful: nothing was decided. Bad: decided, and not what was expected.
[[nodiscard]] Tone verdict_tone(const ScenarioReport& report);

// "2 x crash, redeliver".
[[nodiscard]] std::string fault_words(const std::vector<sim::FaultKind>& faults);

// What the scenario demands and no run showed: "fault: crash (relay)", "goal: rebalanced".
[[nodiscard]] std::vector<std::string> never_happened(const ScenarioReport& report);

}  // namespace onceward::reports
