// Reading which faults may strike, whom, and where.
#include <fmt/core.h>

#include <algorithm>

#include "scenarios/nearest.hpp"
#include "scenarios/reading.hpp"

namespace onceward::scenarios {

// Without a word about faults: one crash, one redelivery or one lost reply, anywhere (DESIGN 3.5).
void Reading::default_faults() {
  program.plan.budget = 1;
  for (const sim::FaultKind kind :
       {sim::FaultKind::crash, sim::FaultKind::redeliver, sim::FaultKind::reply_lost}) {
    sim::FaultRule rule;
    rule.kind = kind;
    program.plan.rules.push_back(rule);
    program.rule_written.push_back(false);
  }
}

void Reading::read_faults(const Node& node) {
  const Fields fields(problems, node, faults_shape());
  if (!fields.has("kinds")) default_faults();
  if (const Node* kinds = fields.array("kinds"); kinds != nullptr) {
    for (const Node& each : kinds->items) {
      sim::FaultRule rule;
      if (!read_fault(each, rule, fault_shape())) continue;
      program.plan.rules.push_back(std::move(rule));
      program.rule_written.push_back(true);
    }
  }
  program.plan.budget = 1;
  if (const auto budget = fields.integer("budget")) {
    program.plan.budget = static_cast<std::uint32_t>(*budget);
    program.budget_written = true;
  }
  if (const auto down = fields.integer("down_at_once")) {
    program.plan.down_at_once = static_cast<std::uint32_t>(*down);
  }
}

bool Reading::read_fault(const Node& node, sim::FaultRule& rule, const ObjectShape& shape) {
  const Fields fields(problems, node, shape);
  if (!fields.is_object()) return false;
  bool good = true;
  bool unknown = false;
  for (const Member& member : node.members) {
    const sim::FaultKind kind = sim::fault_kind(member.key);
    unknown = unknown || shape.find(member.key) == nullptr;
    if (kind == sim::FaultKind::none) continue;
    if (rule.kind != sim::FaultKind::none) {
      problems.add(member.key_span, "a fault has one kind",
                   "write an entry of its own for each kind");
      return false;
    }
    rule.kind = kind;
    good = read_target(member.value, rule);
  }
  if (rule.kind == sim::FaultKind::none) {
    if (unknown) return false;
    std::vector<std::string> kinds;
    for (const sim::FaultKindHelp& each : sim::fault_catalogue()) kinds.emplace_back(each.name);
    problems.add(node.span, "a fault needs a kind", did_you_mean("", kinds));
    return false;
  }
  if (const auto at_most = fields.integer("at_most")) {
    rule.at_most = static_cast<std::uint32_t>(*at_most);
  }
  return good;
}

bool Reading::read_target(const Node& node, sim::FaultRule& rule) {
  if (node.kind != Node::Kind::text) return false;
  if (node.text == "any") return true;
  rule.target = node.text;
  const std::vector<std::string> targets = fault_targets(rule.kind);
  if (std::find(targets.begin(), targets.end(), rule.target) != targets.end()) return true;
  const bool of_steps = rule.kind == sim::FaultKind::redeliver || program.services.empty();
  if (of_steps && steps_left_out_) return false;
  const std::string kind = sim::to_text(rule.kind);
  for (const sim::FaultKindHelp& other : sim::fault_catalogue()) {
    const std::vector<std::string> all = fault_targets(other.kind);
    if (std::find(all.begin(), all.end(), rule.target) == all.end()) continue;
    problems.add(node.span, fmt::format("\"{}\" cannot strike \"{}\"", kind, rule.target),
                 did_you_mean("", targets));
    return false;
  }
  problems.add(node.span, fmt::format("there is no \"{}\" to strike", rule.target),
               did_you_mean(rule.target, targets));
  return false;
}

std::vector<std::string> Reading::fault_targets(sim::FaultKind kind) const {
  std::vector<std::string> targets = service_names();
  for (const ServiceDescription& each : program.services) {
    if (each.instances.size() == 1) continue;
    for (const SymbolPtr& instance : each.instances) targets.push_back(instance->text);
  }
  if (kind == sim::FaultKind::crash || kind == sim::FaultKind::pause) return targets;
  if (kind != sim::FaultKind::redeliver) {
    for (const DatabaseDescription& each : program.databases) targets.push_back(each.name->text);
    for (const StoreDescription& each : program.stores) targets.push_back(each.name->text);
    for (const ExternalDescription& each : program.externals) targets.push_back(each.name->text);
    for (const BrokerDescription& each : program.brokers) targets.push_back(each.name->text);
    if (kind == sim::FaultKind::error || kind == sim::FaultKind::reply_lost) {
      targets.emplace_back("client");
    }
    return targets;
  }
  for (const BrokerDescription& each : program.brokers) {
    for (const auto& topic : each.topics) targets.push_back(topic->name.text);
  }
  for (const ServiceDescription& service : program.services) {
    for (const Handler& handler : service.handlers) {
      if (handler.group != nullptr) targets.push_back(handler.group->name.text);
    }
  }
  return targets;
}

bool Reading::read_between(const Node& node, sim::FaultRule& rule) {
  if (node.kind != Node::Kind::array) return false;
  if (node.items.size() != 2) {
    problems.add(node.span, "\"between\" names two steps",
                 R"(write for example ["sent", "marked"])");
    return false;
  }
  if (steps_left_out_) return false;
  std::vector<std::string> known;
  for (const auto& [name, step] : step_names_) {
    if (step.acts) known.push_back(name);
  }
  if (known.empty()) {
    problems.add(node.span, "no step has a name", R"(a step is named by its field "name")");
    return false;
  }
  const std::vector<const Node*> names = read_names(node, "step", known);
  if (names.size() != 2) return false;
  const StepName& first = step_names_[names[0]->text];
  const StepName& second = step_names_[names[1]->text];
  const bool together =
      std::any_of(first.handlers.begin(), first.handlers.end(),
                  [&](const auto& each) { return second.handlers.contains(each.first); });
  if (names[0]->text == names[1]->text || !together) {
    problems.add(
        node.span,
        fmt::format("nothing lies between \"{}\" and \"{}\"", names[0]->text, names[1]->text),
        "name two steps of one handler");
    return false;
  }
  // Each handler that comes to the first comes to the second: between them is clear everywhere.
  for (const auto& [handler, count] : first.handlers) {
    const auto there = second.handlers.find(handler);
    const bool first_is_clear = count == 1 && there != second.handlers.end();
    if (first_is_clear && there->second == 1) continue;
    const Node& unclear = *names[first_is_clear ? 1 : 0];
    problems.add(unclear.span, fmt::format("several steps are called \"{}\"", unclear.text),
                 "give the one that is meant a name of its own");
    return false;
  }
  const bool of_process = rule.kind == sim::FaultKind::crash || rule.kind == sim::FaultKind::pause;
  std::string service = rule.target;
  for (const ServiceDescription& each : program.services) {
    for (const SymbolPtr& instance : each.instances) {
      if (instance->text == rule.target) service = each.name->text;
    }
  }
  if (of_process && !rule.target.empty() && !first.services.contains(service)) {
    problems.add(node.span,
                 fmt::format("{} has no steps \"{}\" and \"{}\"", rule.target, names[0]->text,
                             names[1]->text),
                 fmt::format("they are steps of {}", *first.services.begin()));
    return false;
  }
  rule.between.push_back({names[0]->text, names[1]->text});
  return true;
}

}  // namespace onceward::scenarios
