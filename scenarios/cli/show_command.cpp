#include <fmt/core.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/expand.hpp"

namespace onceward::cli {
namespace {

std::string window(const sim::Window& window) {
  const std::string latest =
      window.latest == sim::kForever ? "any time" : sim::duration_text(window.latest.count());
  return "[" + sim::duration_text(window.earliest.count()) + ", " + latest + "]";
}

void show_parts(const scenarios::Program& program) {
  for (const auto& each : program.databases) {
    fmt::print("// database {}: {} ({})\n", each.name->text, each.profile->name,
               each.profile->help);
    fmt::print("//   statement {}, commit {}\n", window(each.profile->statement),
               window(each.profile->commit));
    for (const auto& table : each.tables) {
      std::string columns;
      for (const std::string& column : table->columns) columns += " " + column;
      fmt::print("//   table {}:{}\n", table->name.text, columns);
    }
  }
  for (const auto& each : program.brokers) {
    fmt::print("// broker {}: {} ({})\n", each.name->text, each.profile->name, each.profile->help);
    fmt::print("//   publish {}, deliver {}, ack {}\n", window(each.profile->publish),
               window(each.profile->deliver), window(each.profile->ack));
    for (const auto& topic : each.topics) {
      fmt::print("//   topic {}: {} partition(s)\n", topic->name.text, topic->partitions);
    }
  }
  for (const auto& each : program.services) {
    fmt::print("// service {}: restarts within {}\n", each.name->text, window(each.restart));
    for (const auto& handler : each.handlers) {
      if (handler.on == scenarios::Handler::On::every) {
        fmt::print("//   every {}\n", sim::duration_text(handler.period.count()));
      } else if (handler.group != nullptr) {
        fmt::print(
            "//   on {} as group {}, {}\n", handler.group->topic->name.text,
            handler.group->name.text,
            handler.group->acknowledges ? "acks itself" : "position committed by the client");
      } else {
        fmt::print("//   on request {}\n", handler.request->symbol.text);
      }
    }
  }
}

void show_claims(const scenarios::Program& program) {
  fmt::print("// workload: {}\n", program.workload_text);
  fmt::print("// faults: {}; at most {} in a run{}, {} process(es) down at once\n",
             program.plan.describe(), program.plan.budget,
             program.budget_written ? "" : " (default)", program.plan.down_at_once);
  for (const auto& each : program.obligations) fmt::print("// obligation: {}\n", each->text);
  for (const models::Oracle* each : program.oracles) {
    fmt::print("// judged: {} ({})\n", each->id().text, each->help());
  }
  for (const std::string& each : program.not_judged) fmt::print("// not judged: {}\n", each);
}

}  // namespace

int show(const std::string& path, const std::string& as) {
  const scenarios::Loaded loaded = scenarios::load(path);
  if (loaded.program == nullptr) {
    fmt::print(stderr, "{}", loaded.problems);
    return 2;
  }
  if (as == "text") {
    show_parts(*loaded.program);
    show_claims(*loaded.program);
  }
  fmt::print("{}\n", scenarios::json_text(loaded.expanded));
  return 0;
}

}  // namespace onceward::cli
