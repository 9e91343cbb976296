// Reading the steps that steer a handler: conditions, loops, alternatives.
#include <fmt/core.h>

#include <algorithm>

#include "scenarios/nearest.hpp"
#include "scenarios/read_steps.hpp"

namespace onceward::scenarios {

bool StepReader::read_if(const Fields& fields, const Node& subject, const std::string& at,
                         Step& step) {
  std::optional<Formula> condition = read_condition(subject, names_, problems_);
  const bool good = condition.has_value();
  if (good) step.value = std::move(*condition);
  if (!fields.has("then") && !fields.has("else")) {
    problems_.add(fields.node().span,
                  fmt::format("{} needs a field \"then\"", help_of(step.kind).shape.what));
    return false;
  }
  if (const Node* then = fields.array("then")) step.body = read_block(*then, at + "/then");
  if (const Node* other = fields.array("else")) step.otherwise = read_block(*other, at + "/else");
  return good;
}

bool StepReader::read_loop(const Fields& fields, const Node& subject, const std::string& at,
                           Step& step) {
  const models::TableSpec* table = nullptr;
  const bool good = find_rows(subject, step.loop, table);
  if (fields.text("as") != nullptr) {
    bind(fields, table == nullptr ? Slot::Kind::empty : Slot::Kind::row, table, step);
  }
  const Node* body = fields.array("do");
  if (body == nullptr) return false;
  const std::size_t outer = in_loops_.size();
  in_loops_.push_back(subject.text);
  if (const Node* as = fields.find("as"); as != nullptr) in_loops_.push_back(as->text);
  ++loops_;
  step.body = read_block(*body, at + "/do");
  --loops_;
  in_loops_.resize(outer);
  return good && step.result != kNone;
}

// The rows that a loop goes through. True with no table: they come from a step with a mistake.
bool StepReader::find_rows(const Node& list, std::uint32_t& slot, const models::TableSpec*& table) {
  if (list.kind != Node::Kind::text) return false;
  std::vector<std::string> lists;
  for (const auto& [name, variable] : names_.variables) {
    const bool named = name == list.text;
    if (variable.kind == Slot::Kind::rows) lists.push_back(name);
    if (!named || (variable.kind != Slot::Kind::rows && variable.kind != Slot::Kind::empty))
      continue;
    slot = variable.slot;
    table = variable.table;
    return true;
  }
  problems_.add(
      list.span,
      lists.empty() ? "for_each goes through the rows that a select found, and no select "
                      "before this one names them"
                    : "for_each goes through the rows that a select found",
      lists.empty() ? R"(a select names its rows with "as")" : did_you_mean(list.text, lists));
  return false;
}

bool StepReader::check_looping(const Node& node, const StepHelp& help) {
  if (loops_ > 0) return true;
  problems_.add(node.span, fmt::format("\"{}\" has no loop around it", help.word));
  return false;
}

// Its body is read first: what a round binds may decide whether another follows.
bool StepReader::read_while(const Fields& fields, const Node& subject, const std::string& at,
                            Step& step) {
  if (const auto rounds = fields.integer("at_most")) {
    step.limit = static_cast<std::uint32_t>(*rounds);
  }
  if (const Node* body = fields.array("do"); body != nullptr) {
    ++loops_;
    step.body = read_block(*body, at + "/do");
    --loops_;
  }
  const auto turns = [](const auto& self, const Block& block) -> bool {
    return std::any_of(block.begin(), block.end(), [&](const Step& each) {
      return help_of(each.kind).acts || self(self, each.body) || self(self, each.otherwise) ||
             std::any_of(each.branches.blocks.begin(), each.branches.blocks.end(),
                         [&](const Block& inner) { return self(self, inner); });
    });
  };
  if (fields.array("do") != nullptr && !turns(turns, step.body)) {
    problems_.add(fields.node().span, "no step of this loop is an operation",
                  "a loop that gives nobody a turn ends at once or never");
    return false;
  }
  std::optional<Formula> condition = read_condition(subject, names_, problems_);
  if (condition) step.value = std::move(*condition);
  return condition.has_value();
}

bool StepReader::read_either(const Fields& fields, const Node& subject, const std::string& at,
                             Step& step) {
  if (subject.kind != Node::Kind::array) return false;
  if (subject.items.size() < 2) {
    problems_.add(subject.span, "\"either\" needs at least two alternatives");
    return false;
  }
  bool good = formula(fields.find("of"), step.value, step.has_value);
  step.each_time = fields.flag("each_time");
  for (std::size_t i = 0; i < subject.items.size(); ++i) {
    const Fields alternative(problems_, subject.items[i], alternative_shape());
    const Node* name = alternative.text("name");
    const Node* steps = alternative.array("do");
    if (name == nullptr || steps == nullptr) {
      good = false;
      continue;
    }
    auto& names = step.branches.names;
    if (std::find(names.begin(), names.end(), name->text) != names.end()) {
      problems_.add(name->span, fmt::format("two alternatives are called \"{}\"", name->text));
      good = false;
    }
    names.push_back(name->text);
    step.branches.blocks.push_back(read_block(*steps, fmt::format("{}/either/{}/do", at, i)));
  }
  return good;
}

}  // namespace onceward::scenarios
