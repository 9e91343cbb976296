// Calls that ask a database: now(DB), oldest_open(TABLE).
#include <fmt/core.h>

#include "scenarios/names.hpp"
#include "scenarios/nearest.hpp"

namespace onceward::scenarios {
namespace {

// "shop.orders", written as a path or, with hyphens in it, as a text; empty if it is neither.
std::string name_of(const Expression& argument) {
  if (argument.form == Expression::Form::text) return argument.text;
  if (argument.form != Expression::Form::path) return {};
  std::string name;
  for (const std::string& word : argument.path) name += (name.empty() ? "" : ".") + word;
  return name;
}

template <class Known>
std::vector<std::string> keys(const std::map<std::string, Known>& known) {
  std::vector<std::string> all;
  for (const auto& [name, what] : known) all.push_back(name);
  return all;
}

Formula question(Formula::Op op, std::uint32_t index, std::uint32_t column) {
  Formula formula;
  formula.op = op;
  formula.index = index;
  formula.column = column;
  return formula;
}

}  // namespace

bool asks_database(const Expression& call) {
  return call.text == "oldest_open" || (call.text == "now" && !call.operands.empty());
}

std::optional<Formula> resolve_question(const Expression& call, const Names& names,
                                        Problems& problems) {
  const bool when = call.text == "now";
  const std::string name = call.operands.size() == 1 ? name_of(call.operands.front()) : "";
  if (name.empty()) {
    problems.add(call.span,
                 when ? "now() takes nothing, or a database or transaction"
                      : "oldest_open() takes one table",
                 when ? "now() is the process's clock, now(DB) when the transaction on DB began"
                      : "oldest_open(DB.TABLE); a name with a hyphen stands in quotes");
    return std::nullopt;
  }
  if (!names.runs) {
    problems.add(call.span, call.text + "() is for handlers");
    return std::nullopt;
  }
  const Span span = call.operands.front().span;
  if (when) {
    const auto found = names.begun.find(name);
    if (found == names.begun.end()) {
      problems.add(span, fmt::format("no step before this begins a transaction \"{}\"", name),
                   did_you_mean(name, keys(names.begun)));
      return std::nullopt;
    }
    if (names.asks_when != nullptr) *names.asks_when = true;
    return question(Formula::Op::began, found->second.database, found->second.transaction);
  }
  const auto found = names.sequences.find(name);
  if (found == names.sequences.end()) {
    problems.add(span, fmt::format("no table \"{}\" has a sequence", name),
                 did_you_mean(name, keys(names.sequences)));
    return std::nullopt;
  }
  return question(Formula::Op::oldest_open, found->second.first, found->second.second);
}

}  // namespace onceward::scenarios
