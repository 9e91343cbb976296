#include <fmt/core.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/schema.hpp"

namespace onceward::cli {

int schema() {
  fmt::print("{}", scenarios::schema_text());
  return 0;
}

}  // namespace onceward::cli
