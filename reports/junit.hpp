// All results as JUnit XML, in the dialect of surefire that Jenkins, GitLab and others read.
//
// A suite for each scenario and in it a case for each invariant that its file asks for. What is as
// expected passes, an expected violation too. Of what is not, the invariant at fault fails, with
// the story in its body. Where no single invariant is at fault (nothing was decided or judged, the
// file was refused), a case "scenario" fails or is an error instead, and the invariants are
// skipped.
//
// Equal input gives equal bytes, and well-formed XML whatever the texts are: characters that XML
// cannot hold, or nobody can see, are written out.
#pragma once

#include <string>
#include <vector>

#include "reports/report.hpp"

namespace onceward::reports {

struct JunitOptions {
  bool no_timing = false;  // drops what differs from run to run
};

// Ends with a line break.
[[nodiscard]] std::string to_junit(const std::vector<ScenarioReport>& reports,
                                   const Summary& summary, const JunitOptions& options);

}  // namespace onceward::reports
