// The answer of a check in text: for a violation its story, for everything else one or few lines.
//
// A story says, in this order: the verdict; what happened, step by step; which rule is broken; why;
// the fault and the step of the file it struck after; the rules of the model it used; the same in
// people's terms; how to see it again. Equal input gives equal text on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/report.hpp"

namespace onceward::reports {

struct StoryOptions {
  bool color = false;       // ANSI escapes
  int width = 100;          // columns of the reader's terminal
  bool all_events = false;  // also what is unrelated, nothing folded
  bool ascii = false;       // letters beyond ASCII are written out
};

// Ends with a line break. A file with mistakes gives its `problems` as they are.
[[nodiscard]] std::string story(const ScenarioReport& report, const StoryOptions& options);

// The same in one line, for a list of many; ends with a line break.
// REQUIRES: no problems.
[[nodiscard]] std::string story_in_a_line(const ScenarioReport& report,
                                          const StoryOptions& options);

// What to type to see the first violation again; empty without a capsule.
[[nodiscard]] std::string replay_command(const ScenarioReport& report);

// "5 as expected, 0 not, 0 inconclusive   exit 0   0.8 s", without a line break.
[[nodiscard]] std::string summary_line(const std::vector<ScenarioReport>& reports,
                                       const Summary& summary);

}  // namespace onceward::reports
