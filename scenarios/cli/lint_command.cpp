#include <fmt/core.h>

#include "reports/printable.hpp"
#include "scenarios/cli/commands.hpp"
#include "scenarios/lint.hpp"
#include "scenarios/loaded.hpp"

namespace onceward::cli {
namespace {

void tell(const scenarios::Loaded& loaded, const scenarios::LintFinding& finding) {
  const auto at = loaded.sources.at(finding.span.begin);
  // Names and lines of a file do not speak to the terminal.
  using reports::printable;
  fmt::print("{}: {}: {}\n", printable(loaded.sources.place_text(finding.span)), finding.rule->name,
             printable(finding.text));
  fmt::print("{:>7} | {}\n", at.source.line_number(at.offset),
             printable(loaded.sources.line_text(finding.span)));
  fmt::print("  check: {}\n\n", finding.rule->check);
}

}  // namespace

int lint(const std::vector<std::string>& paths, bool strict) {
  std::size_t found = 0;
  std::size_t looked_at = 0;
  bool broken = false;
  for (const std::string& path : files_of(paths)) {
    const scenarios::Loaded loaded = scenarios::load(path);
    if (loaded.program == nullptr) {
      fmt::print(stderr, "{}", loaded.problems);
      broken = true;
      continue;
    }
    ++looked_at;
    for (const scenarios::LintFinding& each : scenarios::lint(loaded.expanded)) {
      tell(loaded, each);
      ++found;
    }
  }
  fmt::print("{} finding{} in {} scenario{}\n", found, found == 1 ? "" : "s", looked_at,
             looked_at == 1 ? "" : "s");
  if (broken) return 2;
  return strict && found > 0 ? 1 : 0;
}

}  // namespace onceward::cli
