// Reading the steps that steer a handler: conditions, loops, alternatives.
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "scenarios/nearest.hpp"
#include "scenarios/read_steps.hpp"

namespace onceward::scenarios {

bool StepReader::read_if(const Fields& fields, const Node& subject, const std::string& at,
                         Step& step) {
  std::optional<Formula> condition = read_condition(subject, names_, problems_);
  const bool good = condition.has_value();
  if (good) step.value = std::move(*condition);
  if (!fields.meant("then") && !fields.meant("else")) {
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
  } else {
    names_.left_out = true;
  }
  const Node* body = fields.array("do");
  if (body == nullptr) return false;
  const std::size_t outer = in_loops_.size();
  in_loops_.push_back(subject.text.substr(0, subject.text.find('.')));
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
  const std::size_t dot = list.text.find('.');
  std::vector<std::string> path = {list.text.substr(0, dot)};
  if (dot != std::string::npos) path.push_back(list.text.substr(dot + 1));
  if (const Variable* found = onceward::scenarios::find_rows(names_.variables, path)) {
    slot = found->slot;
    table = found->table;
    return true;
  }
  if (names_.left_out) return true;
  std::vector<std::string> lists;
  for (const auto& [name, variable] : names_.variables) {
    if (variable.kind == Slot::Kind::rows) lists.push_back(name);
    if (variable.kind == Slot::Kind::items) lists.push_back(name + ".items");
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
  const bool good = formula(fields.find("of"), step.value, step.has_value);
  step.each_time = fields.flag("each_time");
  return read_ways(subject, at + "/either", step) && good;
}

bool StepReader::read_ways(const Node& subject, const std::string& at, Step& step) {
  bool good = true;
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
    step.branches.blocks.push_back(read_block(*steps, fmt::format("{}/{}/do", at, i)));
  }
  return good;
}

// A task has no loop around it and transactions of its own: a connection serves one task.
template <class Read>
auto StepReader::read_as_task(const Read& read) {
  const int loops = std::exchange(loops_, 0);
  auto begun = std::exchange(begun_, {});
  auto transactions = std::exchange(transactions_, {});
  auto result = read();
  loops_ = loops;
  begun_ = std::move(begun);
  transactions_ = std::move(transactions);
  return result;
}

bool StepReader::read_branches(const Fields& fields, const Node& subject, const std::string& at,
                               Step& step) {
  if (subject.kind != Node::Kind::array) return false;
  if (subject.items.size() < 2) {
    problems_.add(subject.span,
                  fmt::format("\"{}\" needs at least two branches", help_of(step.kind).word));
    return false;
  }
  ++branches_;
  const bool good =
      read_as_task([&] { return read_ways(subject, at + "/" + help_of(step.kind).word, step); });
  --branches_;
  const bool first = step.kind == StepKind::first;
  bind(fields, first ? Slot::Kind::value : Slot::Kind::result, nullptr, step,
       first ? step.branches.names : std::vector<std::string>());
  return good;
}

bool StepReader::read_spawn(const Node& subject, const std::string& at, Step& step) {
  if (subject.kind != Node::Kind::array) return false;
  // What it binds, nobody else sees.
  const auto variables = names_.variables;
  const int branches = std::exchange(branches_, 0);
  const bool spawned = std::exchange(spawned_, true);
  step.body = read_as_task([&] { return read_block(subject, at + "/spawn"); });
  spawned_ = spawned;
  branches_ = branches;
  names_.variables = variables;
  return true;
}

bool StepReader::read_shield(const Node& subject, const std::string& at, Step& step) {
  if (subject.kind != Node::Kind::array) return false;
  step.body = read_block(subject, at + "/shield");
  if (branches_ > 0) return true;
  problems_.add(subject.span, "nothing cuts these steps short: they are in no branch",
                "\"shield\" is for the branches of \"all\" and \"first\"");
  return false;
}

}  // namespace onceward::scenarios
