#include <fmt/core.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/code.hpp"
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
    fmt::print("//   publish {}, deliver {}, ack {}; reset {}\n", window(each.profile->publish),
               window(each.profile->deliver), window(each.profile->ack),
               models::to_text(each.profile->reset));
    for (const auto& topic : each.topics) {
      fmt::print("//   topic {}: {} partition(s)", topic->name.text, topic->partitions);
      if (topic->max_deliveries != 0) fmt::print(", {} deliveries", topic->max_deliveries);
      if (topic->dead_letter != nullptr) {
        fmt::print(", dead letters to {}", topic->dead_letter->name.text);
      }
      fmt::print("{}\n", topic->refuses ? ", refuses some messages for ever" : "");
    }
  }
  for (const auto& each : program.stores) {
    fmt::print("// store {}: {} ({})\n", each.name->text, each.profile->name, each.profile->help);
    fmt::print("//   command {}\n", window(each.profile->command));
  }
  for (const auto& each : program.services) {
    fmt::print("// service {}: {}", each.name->text,
               each.restarts ? "restarts within " + window(each.restart) : "never restarts");
    if (each.instances.size() > 1) fmt::print(", {} instances", each.instances.size());
    fmt::print("\n");
    for (const auto& handler : each.handlers) {
      if (handler.on == scenarios::Handler::On::every) {
        fmt::print("//   every {}, {} pass(es) at once\n",
                   sim::duration_text(handler.period.count()), handler.overlap);
      } else if (handler.group != nullptr) {
        fmt::print(
            "//   on {} as group {}, {}\n", handler.group->topic->name.text,
            handler.group->name.text,
            handler.group->acknowledges ? "acks itself" : "position committed by the client");
      } else if (handler.timer != nullptr) {
        fmt::print("//   on timer {}, {}\n", handler.timer->name.text,
                   handler.timer->durable ? "durable" : "dies with its process");
      } else if (handler.on == scenarios::Handler::On::start) {
        fmt::print("//   on start\n");
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
  if (as == "code") {
    fmt::print("{}", scenarios::code_text(loaded.expanded));
    return 0;
  }
  if (as == "text") {
    show_parts(*loaded.program);
    show_claims(*loaded.program);
  }
  fmt::print("{}\n", scenarios::json_text(loaded.expanded));
  return 0;
}

}  // namespace onceward::cli
