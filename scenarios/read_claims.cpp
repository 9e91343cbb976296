// Reading what is asked of the flow: workload, faults, obligations, invariants, expectation.
#include <algorithm>

#include <fmt/core.h>

#include "scenarios/nearest.hpp"
#include "scenarios/reading.hpp"
#include "sim/arena.hpp"
#include "sim/containers.hpp"

namespace onceward::scenarios {

namespace {

// Texts of the workload live as long as the program; those made while evaluating do not.
sim::Value frozen(const sim::Value& value) {
  if (value.kind() != sim::ValueKind::text) return value;
  return sim::Value::text(sim::frozen_text(value.view()));
}

}  // namespace

void Reading::read_workload(const Node& node) {
  // Joining texts takes memory from an arena: one just for this.
  sim::Arena arena(std::size_t{1} << 24);
  const sim::ArenaInUse in_use(arena);

  for (std::size_t i = 0; i < node.items.size(); ++i) {
    read_request(node.items[i], fmt::format("/workload/{}", i));
  }
}

void Reading::read_request(const Node& node, const std::string& at) {
  const Fields fields(problems, node, "a workload entry",
                      {"request", "to", "times", "with", "window"});
  const Node* request = fields.need_text("request");
  const Node* to = fields.need_text("to");
  if (request == nullptr || to == nullptr) return;
  const std::uint32_t service = find_service(to->text);
  if (service == kNone) {
    problems.add(to->span, fmt::format("unknown service \"{}\"", to->text),
                 did_you_mean(to->text, service_names()));
    return;
  }
  auto& spec = requests_[request->text];
  if (spec == nullptr) spec = std::make_shared<models::RequestSpec>(request->text);
  std::vector<std::pair<std::size_t, Formula>> values;
  Names names;
  names.has_n = true;
  if (const Node* with = fields.object("with"); with != nullptr) {
    for (const Member& member : with->members) {
      auto field = std::find(spec->fields.begin(), spec->fields.end(), member.key);
      if (field == spec->fields.end()) field = spec->fields.insert(field, member.key);
      std::optional<Formula> value = read_value(member.value, names, problems);
      if (value) values.emplace_back(field - spec->fields.begin(), std::move(*value));
    }
  }
  const std::int64_t times = fields.integer("times", 1, 1000).value_or(1);
  const sim::Window window = fields.window("window").value_or(models::kCallWindow);
  const auto entry_site = site(at, node.span);
  if (!problems.empty()) return;
  for (std::int64_t n = 1; n <= times; ++n) {
    auto order = std::make_shared<models::RequestOrder>();
    order->spec = spec.get();
    order->process = program.services[service].name.get();
    order->site = entry_site.get();
    order->window = window;
    order->values.resize(spec->fields.size());
    for (const auto& [field, formula] : values) {
      Scope scope;
      scope.n = n;
      order->values[field] = frozen(formula.evaluate(scope));
      if (scope.mistake != nullptr) problems.add(node.span, scope.mistake);
    }
    sent_to_[order.get()] = to->span;
    program.workload.push_back(std::move(order));
  }
  program.symbols.push_back(entry_site);
  if (!program.workload_text.empty()) program.workload_text += ", ";
  program.workload_text += fmt::format("{} x {}", times, request->text);
}

// ---- faults ------------------------------------------------------------------------------------

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
  const Fields fields(problems, node, "\"faults\"", {"budget", "kinds", "down_at_once"});
  if (const Node* kinds = fields.array("kinds"); kinds != nullptr) {
    for (const Node& each : kinds->items) {
      sim::FaultRule rule;
      if (!read_fault(each, rule, {"at_most"})) continue;
      program.plan.rules.push_back(std::move(rule));
      program.rule_written.push_back(true);
    }
  } else {
    default_faults();
  }
  if (const auto budget = fields.integer("budget", 0, 20)) {
    program.plan.budget = static_cast<std::uint32_t>(*budget);
    program.budget_written = true;
  } else {
    program.plan.budget = 1;
  }
  if (const auto down = fields.integer("down_at_once", 1, 20)) {
    program.plan.down_at_once = static_cast<std::uint32_t>(*down);
  }
}

// {"crash": "relay", ...}: the kind, whom it strikes, and where `extra` allows it, more.
bool Reading::read_fault(const Node& node, sim::FaultRule& rule,
                         const std::vector<std::string>& extra) {
  std::vector<std::string> allowed;
  for (const sim::FaultKindHelp& each : sim::fault_catalogue()) allowed.emplace_back(each.name);
  const std::vector<std::string> kinds = allowed;
  allowed.insert(allowed.end(), extra.begin(), extra.end());
  const Fields fields(problems, node, "a fault", allowed);
  if (!fields.is_object()) return false;
  for (const Member& member : node.members) {
    const sim::FaultKind kind = sim::fault_kind(member.key);
    if (kind == sim::FaultKind::none) continue;
    rule.kind = kind;
    if (member.value.kind != Node::Kind::text) {
      problems.add(member.value.span, "a fault strikes a named part, or \"any\"");
      return false;
    }
    if (member.value.text == "any") continue;
    rule.target = member.value.text;
    const std::vector<std::string> targets = fault_targets();
    if (std::find(targets.begin(), targets.end(), rule.target) == targets.end()) {
      problems.add(member.value.span, fmt::format("there is no \"{}\" to strike", rule.target),
                   did_you_mean(rule.target, targets));
      return false;
    }
  }
  if (rule.kind == sim::FaultKind::none) {
    if (node.members.empty()) problems.add(node.span, "a fault needs a kind", did_you_mean("", kinds));
    return false;
  }
  if (const auto at_most = fields.integer("at_most", 0, 1000)) {
    rule.at_most = static_cast<std::uint32_t>(*at_most);
  }
  return true;
}

std::vector<std::string> Reading::fault_targets() const {
  std::vector<std::string> targets = service_names();
  for (const DatabaseDescription& each : program.databases) targets.push_back(each.name->text);
  for (const ExternalDescription& each : program.externals) targets.push_back(each.name->text);
  for (const BrokerDescription& each : program.brokers) {
    targets.push_back(each.name->text);
    for (const auto& topic : each.topics) targets.push_back(topic->name.text);
  }
  return targets;
}

// ---- expectation -------------------------------------------------------------------------------

std::vector<std::string> Reading::read_names(const Node& node, const char* what,
                                             const std::vector<std::string>& valid) {
  std::vector<std::string> names;
  const auto add = [&](const Node& each) {
    const bool known = each.kind == Node::Kind::text &&
                       (valid.empty() || std::find(valid.begin(), valid.end(), each.text) != valid.end());
    if (known) {
      names.push_back(each.text);
    } else {
      problems.add(each.span,
                   each.kind == Node::Kind::text ? fmt::format("unknown {} \"{}\"", what, each.text)
                                                 : fmt::format("this must be the name of an {}", what),
                   did_you_mean(each.text, valid));
    }
  };
  if (node.kind == Node::Kind::array) {
    for (const Node& each : node.items) add(each);
  } else {
    add(node);
  }
  return names;
}

namespace {

std::vector<std::string> invariant_names() {
  std::vector<std::string> names;
  for (const models::Oracle* oracle : models::oracle_catalogue()) names.push_back(oracle->id().text);
  return names;
}

}  // namespace

void Reading::read_invariants(const Node& node) {
  for (const std::string& name : read_names(node, "invariant", invariant_names())) {
    asked_for_.push_back(models::find_oracle(name));
  }
}

// Judged by default: what the obligations make decidable; all others when they are named.
void Reading::choose_oracles() {
  for (const models::Oracle* oracle : models::oracle_catalogue()) {
    const bool named = std::find(asked_for_.begin(), asked_for_.end(), oracle) != asked_for_.end();
    const bool by_default =
        std::any_of(program.obligations.begin(), program.obligations.end(),
                    [&](const auto& spec) { return oracle->by_default(*spec); });
    if (named || by_default) {
      program.oracles.push_back(oracle);
    } else {
      program.not_judged.push_back(oracle->id().text);
    }
  }
}

void Reading::read_expectation(const Node& node) {
  const Fields fields(problems, node, "\"expect\"", {"violates", "fewest_faults", "by", "holds"});
  Expectation& expectation = program.expectation;
  expectation.written = true;
  if (const Node* violates = fields.find("violates"); violates != nullptr) {
    expectation.violates = read_names(*violates, "invariant", invariant_names());
    for (const std::string& name : expectation.violates) {
      const auto& judged = program.oracles;
      if (std::find(judged.begin(), judged.end(), models::find_oracle(name)) == judged.end()) {
        problems.add(violates->span, fmt::format("{} is not judged here", name),
                     "no obligation makes it decidable, and \"invariants\" does not name it");
      }
    }
  }
  if (const Node* holds = fields.find("holds"); holds != nullptr) {
    expectation.holds_exhausted = holds->kind == Node::Kind::text && holds->text == "exhausted";
    const bool plain = holds->kind == Node::Kind::boolean && holds->boolean;
    if (!plain && !expectation.holds_exhausted) {
      problems.add(holds->span, "\"holds\" is true or \"exhausted\"");
    }
    if (!expectation.violates.empty()) {
      problems.add(holds->span, "a scenario holds or violates something, not both");
    }
  }
  if (const auto fewest = fields.integer("fewest_faults", 0, 20)) {
    expectation.fewest_faults = static_cast<int>(*fewest);
  }
  const Node* by = fields.find("by");
  if (by == nullptr) return;
  const auto add = [&](const Node& each) {
    sim::FaultRule rule;
    if (!read_fault(each, rule, {"between"})) return;
    rule.at_most = 1;
    const Node* between = each.find("between");
    if (between != nullptr) {
      if (between->kind != Node::Kind::array || between->items.size() != 2) {
        problems.add(between->span, "\"between\" names two steps");
        return;
      }
      std::vector<std::string> known;
      for (const auto& [name, span] : step_names_) known.push_back(name);
      const std::vector<std::string> names = read_names(*between, "step", known);
      if (names.size() == 2) rule.between.push_back({names[0], names[1]});
    }
    expectation.by.push_back(std::move(rule));
  };
  if (by->kind == Node::Kind::array) {
    for (const Node& each : by->items) add(each);
  } else {
    add(*by);
  }
}

}  // namespace onceward::scenarios
