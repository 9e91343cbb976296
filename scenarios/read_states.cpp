// Reading obligations on states ("always", "conserved", ...) and goals.
#include <fmt/core.h>

#include <algorithm>

#include "scenarios/mistake.hpp"
#include "scenarios/nearest.hpp"
#include "scenarios/read_obligations.hpp"

namespace onceward::scenarios {

using models::ClaimRule;
using models::ClaimSpec;

namespace {

// How an expression was written, without the sign that makes it one.
std::string written(const Node& node) {
  return !node.text.empty() && node.text[0] == '=' ? node.text.substr(1) : node.text;
}

sim::Value label_of(const Fields& fields, const std::string& otherwise) {
  const Node* name = fields.text("name");
  return sim::Value::text(sim::frozen_text(name == nullptr ? otherwise : name->text));
}

}  // namespace

// ---- claims -------------------------------------------------------------------------------------

std::optional<ClaimSpec::OfWorld> ObligationReader::read_state(const Node& node, bool condition,
                                                               const std::string& at,
                                                               ClaimSpec& claim) {
  if (node.kind != Node::Kind::text) {
    problems_.add(node.span, fmt::format("this must be an expression in a text, this is {}",
                                         to_text(node.kind)));
    return std::nullopt;
  }
  StateNames state;
  const auto& databases = in_.program.databases;
  for (std::uint32_t i = 0; i < databases.size(); ++i) {
    state.databases.push_back(databases[i].name->text);
    const auto& tables = databases[i].tables;
    for (std::uint32_t j = 0; j < tables.size(); ++j)
      state.tables.push_back({tables[j].get(), i, j});
  }
  state.effects = &in_.effects_;
  state.published = &in_.published_;
  state.publishes_any = in_.publishes_any_;
  state.is_open = in_.steps_left_out_;
  state.parts_left_out = in_.parts_left_out_;
  Names names;
  names.state = &state;
  std::optional<Formula> formula =
      condition ? read_condition(node, names, problems_) : read_formula(node, names, problems_);
  if (!formula) return std::nullopt;
  if (state.read.empty() && state.counted.empty() && state.prepared.empty()) {
    problems_.add(node.span, "this reads nothing that could change",
                  "it may read tables, as count(shop.orders), effects('E'), events('T') and "
                  "prepared(DB)");
    return std::nullopt;
  }
  claim.tables.insert(claim.tables.end(), state.read.begin(), state.read.end());
  for (const std::uint32_t each : state.prepared) {
    claim.prepared.push_back(databases[each].name.get());
  }
  claim.reads_counts = claim.reads_counts || !state.counted.empty();
  for (const auto& [name, is_event] : state.counted) {
    in_.program.counts[{name, is_event}] = in_.symbol(name);
  }
  auto kept = std::make_shared<const Formula>(std::move(*formula));
  return [kept, at](sim::World& world, const models::Ledger& ledger) {
    Scope scope;
    scope.world = &world;
    scope.ledger = &ledger;
    const sim::Value value = kept->evaluate(scope);
    if (scope.mistake != nullptr) report_mistake(world, scope.mistake, at);
    return value;
  };
}

void ObligationReader::read_claim(const Fields& fields, const std::string& word, ClaimRule rule,
                                  const std::string& at) {
  const Node* node = fields.find(word);
  auto claim = std::make_shared<ClaimSpec>();
  claim->rule = rule;
  claim->site = at;
  if (rule == ClaimRule::same) {
    if (node->kind != Node::Kind::array) return;
    if (node->items.size() != 2) {
      problems_.add(node->span, "\"same\" compares two values",
                    R"(write "same": ["=...", "=..."])");
      return;
    }
    const auto view = read_state(node->items[0], false, at, *claim);
    const auto source = read_state(node->items[1], false, at, *claim);
    if (!view || !source) return;
    claim->value = *view;
    claim->other = *source;
    claim->label = label_of(fields, written(node->items[0]) + " and " + written(node->items[1]));
  } else {
    const bool condition = rule != ClaimRule::conserved;
    const auto value = read_state(*node, condition, at, *claim);
    if (!value) return;
    claim->value = *value;
    claim->label = label_of(fields, written(*node));
  }
  in_.program.claims.push_back(std::move(claim));
}

// ---- goals --------------------------------------------------------------------------------------

void ObligationReader::read_goal(const Node& node, const std::string& at) {
  in_.program.places[at] = node.span;
  if (in_.program.goals.size() == kGoalsMax) {
    problems_.add(node.span, fmt::format("there are more than {} goals", kGoalsMax));
    return;
  }
  if (node.find("state") != nullptr) {
    const Fields fields(problems_, node, state_goal_shape());
    return read_state_goal(fields, at);
  }
  if (node.find("delivered") != nullptr) {
    const Fields fields(problems_, node, delivery_goal_shape());
    return read_delivery_goal(fields);
  }
  read_fault_goal(node);
}

std::uint32_t ObligationReader::add_goal(const Fields& fields, const std::string& text) {
  const Node* name = fields.text("name");
  in_.program.goals.push_back({name == nullptr ? text : name->text, std::nullopt});
  return static_cast<std::uint32_t>(in_.program.goals.size()) - 1;
}

void ObligationReader::read_state_goal(const Fields& fields, const std::string& at) {
  const Node* state = fields.find("state");
  auto claim = std::make_shared<ClaimSpec>();
  claim->rule = ClaimRule::goal;
  const auto value = read_state(*state, true, at, *claim);
  if (!value) return;
  claim->value = *value;
  claim->label = label_of(fields, written(*state));
  claim->goal = add_goal(fields, "state " + written(*state));
  in_.program.claims.push_back(std::move(claim));
}

void ObligationReader::read_delivery_goal(const Fields& fields) {
  const Node* topic = fields.text("delivered");
  const std::int64_t times = fields.integer("times").value_or(1);
  std::uint32_t broker = 0;
  std::uint32_t index = 0;
  if (topic == nullptr || !in_.find_topic(*topic, broker, index)) return;
  const models::TopicSpec& spec = *in_.program.brokers[broker].topics[index];
  bool is_read = false;
  for (const ServiceDescription& service : in_.program.services) {
    for (const Handler& handler : service.handlers) {
      is_read = is_read || (handler.group != nullptr && handler.group->topic == &spec);
    }
  }
  if (!is_read && in_.problems.empty()) {
    in_.problems.add(topic->span, fmt::format("no handler reads \"{}\"", topic->text),
                     "a goal on what is delivered is about a topic that a group reads");
    return;
  }
  models::DeliveryGoal goal;
  goal.topic = &spec.name;
  goal.times = static_cast<std::uint32_t>(times);
  goal.goal =
      add_goal(fields, fmt::format("delivered {} times: a message of {}", times, topic->text));
  in_.program.delivery_goals.push_back(goal);
}

void ObligationReader::read_fault_goal(const Node& node) {
  sim::FaultRule rule;
  const bool known = node.kind != Node::Kind::object ||
                     std::any_of(node.members.begin(), node.members.end(), [](const Member& each) {
                       return sim::fault_kind(each.key) != sim::FaultKind::none;
                     });
  if (!known) {
    problems_.add(
        node.span, "a goal is a fault, a \"state\" or something \"delivered\"",
        R"(as {"crash": "relay"}, {"state": "count(shop.orders) == 2"}, {"delivered": "bus.orders", "times": 2})");
    return;
  }
  if (!in_.read_fault(node, rule, fault_goal_shape())) return;
  const Node* between = node.find("between");
  if (between != nullptr && !in_.read_between(*between, rule)) return;
  sim::FaultPlan plan;
  plan.rules = {rule};
  std::string text = plan.describe();
  if (between != nullptr) {
    text += fmt::format(" between {} and {}", rule.between[0].after, rule.between[0].before);
  }
  Problems said;
  const Fields fields(said, node, fault_goal_shape());
  const std::uint32_t goal = add_goal(fields, text);
  in_.program.goals[goal].fault = std::move(rule);
}

}  // namespace onceward::scenarios
