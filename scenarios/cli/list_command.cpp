#include <fmt/format.h>

#include <utility>

#include "models/oracles/oracle.hpp"
#include "models/profiles.hpp"
#include "scenarios/cli/commands.hpp"
#include "scenarios/functions.hpp"
#include "scenarios/lint.hpp"
#include "scenarios/nearest.hpp"
#include "scenarios/patterns/pattern.hpp"
#include "scenarios/step.hpp"

namespace onceward::cli {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

Rows faults() {
  Rows rows;
  for (const auto& each : sim::fault_catalogue()) rows.emplace_back(each.name, each.help);
  return rows;
}

Rows invariants() {
  Rows rows;
  for (const models::Oracle* each : models::oracle_catalogue()) {
    rows.emplace_back(each->id().text, each->help());
  }
  return rows;
}

Rows profiles() {
  Rows rows;
  for (const auto& each : models::database_profiles()) rows.emplace_back(each.name, each.help);
  for (const auto& each : models::broker_profiles()) rows.emplace_back(each.name, each.help);
  for (const auto& each : models::store_profiles()) rows.emplace_back(each.name, each.help);
  return rows;
}

Rows steps() {
  Rows rows;
  for (const auto& each : scenarios::step_catalogue()) {
    std::string help = each.help;
    const char* before = "; fields: ";
    for (const std::string& field : each.shape.names()) {
      const bool of_all =
          field == "name" || field == "at" || field == "on_error" || field == "window";
      if (field == each.word || of_all) continue;
      help += std::exchange(before, ", ") + field;
    }
    rows.emplace_back(each.word, std::move(help));
  }
  return rows;
}

Rows patterns() {
  Rows rows;
  for (const auto& each : scenarios::pattern_catalogue()) {
    rows.emplace_back(each.word, each.help);
    for (const scenarios::FieldShape& field : each.shape.fields) {
      std::string help = field.help;
      if (!field.shape.words.empty()) {
        help += fmt::format(" ({})", fmt::join(field.shape.words, ", "));
      }
      if (!field.fallback.empty()) help += "; else " + field.fallback;
      rows.emplace_back("  " + field.name, (field.needed ? "needed: " : "") + help);
    }
  }
  return rows;
}

Rows functions() {
  Rows rows;
  for (const auto& each : scenarios::function_catalogue()) rows.emplace_back(each.call, each.help);
  return rows;
}

// A line for each entry of a catalogue of names.
template <const auto& (*catalogue)()>
Rows names() {
  Rows rows;
  for (const auto& each : catalogue()) rows.emplace_back(each.name, each.help);
  return rows;
}

}  // namespace

int list(const std::string& kind) {
  struct Kind {
    const char* name;
    Rows (*rows)();
  };
  static constexpr Kind kKinds[] = {{"faults", faults},
                                    {"invariants", invariants},
                                    {"profiles", profiles},
                                    {"steps", steps},
                                    {"functions", functions},
                                    {"patterns", patterns},
                                    {"lint", names<scenarios::lint_catalogue>},
                                    {"strategies", names<sim::strategy_catalogue>},
                                    {"timings", names<sim::timing_catalogue>},
                                    {"reductions", names<sim::reduction_catalogue>}};
  std::vector<std::string> names;
  for (const Kind& each : kKinds) {
    names.emplace_back(each.name);
    if (kind != each.name) continue;
    for (const auto& [name, help] : each.rows()) fmt::print("{:<25} {}\n", name, help);
    return 0;
  }
  fmt::print(stderr, "onceward: there is no list of \"{}\"; {}\n", kind,
             scenarios::did_you_mean(kind, names));
  return 2;
}

}  // namespace onceward::cli
