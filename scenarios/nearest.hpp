// The name a person meant when they wrote one that does not exist.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace onceward::scenarios {

// The valid name nearest to `name`, the earlier one of equals; empty when none is close.
// Letters that are missing, surplus, wrong or swapped with their neighbour count 1 each, case
// counts nothing, and a third of the name's length (at least 1) may be wrong.
[[nodiscard]] std::string nearest(std::string_view name, const std::vector<std::string>& valid);

// A hint for an unknown name: `did you mean "publish"?`, else all valid names when they are
// few (`expected one of a, b, c`), else nothing.
[[nodiscard]] std::string did_you_mean(std::string_view name,
                                       const std::vector<std::string>& valid);

}  // namespace onceward::scenarios
