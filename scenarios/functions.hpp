// The functions of the expression language.
#pragma once

#include <vector>

namespace onceward::scenarios {

struct FunctionHelp {
  const char* name;
  const char* call;  // how it is written: "count(ROWS, CONDITION)"
  const char* help;
};
[[nodiscard]] const std::vector<FunctionHelp>& function_catalogue();

}  // namespace onceward::scenarios
