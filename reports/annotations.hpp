// What is not as expected as workflow commands of GitHub Actions, which shows them at the lines of
// the files of a pull request: "::error file=F,line=L,col=C,title=T::TEXT".
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "reports/report.hpp"

namespace onceward::reports {

// GitHub shows so many of a step and drops the others without a word.
inline constexpr std::size_t kAnnotationsMax = 10;

// A line for each mistake of a file and for each other result that is not as expected, in the order
// of the reports; if they are more than `kAnnotationsMax`, the last line says how many are left
// out. `folder` is where paths begin, seen from the root of the repository ("" if that is it).
[[nodiscard]] std::string annotations(const std::vector<ScenarioReport>& reports,
                                      const std::string& folder);

}  // namespace onceward::reports
