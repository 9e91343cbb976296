// What expressions say about the memory of a process.
#include <fmt/core.h>

#include "scenarios/nearest.hpp"
#include "scenarios/resolver.hpp"

namespace onceward::scenarios {
namespace {

const char* to_text(models::CellKind kind) {
  static constexpr const char* kNames[] = {"a value", "a list", "a set", "a map"};
  return kNames[static_cast<std::size_t>(kind)];
}

bool is_path_to_memory(const Expression& expression) {
  return expression.form == Expression::Form::path && expression.path.front() == "memory";
}

}  // namespace

const models::CellSpec* Resolver::cell(const Expression& path, std::uint32_t& index) {
  std::vector<std::string> names;
  for (const models::CellSpec& each : *names_.memory) names.push_back(each.name);
  if (path.path.size() != 2) {
    refuse(path.span, "name one cell of the memory", did_you_mean("", names));
    return nullptr;
  }
  for (index = 0; index < names.size(); ++index) {
    if (names[index] == path.path[1]) return &(*names_.memory)[index];
  }
  refuse(path.word_spans[1], fmt::format("the memory has no \"{}\"", path.path[1]),
         did_you_mean(path.path[1], names));
  return nullptr;
}

std::optional<Formula> Resolver::memory(const Expression& path) {
  std::uint32_t index = 0;
  const models::CellSpec* spec = cell(path, index);
  if (spec == nullptr) return std::nullopt;
  if (spec->kind == models::CellKind::value) return leaf(Op::memory_value, index);
  const std::string name = "memory." + spec->name;
  return refuse(path.span, fmt::format("{} is {}, no value", name, to_text(spec->kind)),
                spec->kind == models::CellKind::map
                    ? fmt::format("get({0}, KEY) is a part of it", name)
                    : fmt::format("contains({0}, VALUE), count({0})", name));
}

bool Resolver::asks_memory(const Expression& call) {
  const std::string& function = call.text;
  if (function == "contains" || function == "get" || function == "first") return true;
  return (function == "count" || function == "exists") && !call.operands.empty() &&
         is_path_to_memory(call.operands.front());
}

std::optional<Formula> Resolver::of_memory(const Expression& call) {
  using models::CellKind;
  const bool asks_item = call.text == "contains" || call.text == "get";
  const std::string form =
      asks_item ? call.text == "get" ? "get(memory.CELL, KEY)" : "contains(memory.CELL, VALUE)"
                : call.text + "(memory.CELL)";
  if (call.operands.size() != (asks_item ? 2 : 1) || !is_path_to_memory(call.operands.front())) {
    return refuse(call.span,
                  fmt::format("{}() takes a list, set or map of memory{}", call.text,
                              asks_item ? ", and one thing more" : ""),
                  "write " + form);
  }
  if (names_.memory == nullptr) {
    return refuse(call.operands.front().span, "there is no memory here", hint_for("memory"));
  }
  std::uint32_t index = 0;
  const models::CellSpec* spec = cell(call.operands.front(), index);
  if (spec == nullptr) return std::nullopt;
  const bool fits = call.text == "get"     ? spec->kind == CellKind::map
                    : call.text == "first" ? spec->kind == CellKind::list
                                           : spec->kind != CellKind::value;
  if (!fits) {
    const char* wanted = call.text == "get"     ? "a map"
                         : call.text == "first" ? "a list"
                                                : "a list, set or map";
    return refuse(call.operands.front().span,
                  fmt::format("{}() is for {}, memory.{} is {}", call.text, wanted, spec->name,
                              to_text(spec->kind)));
  }
  Formula formula = leaf(call.text == "contains" ? Op::memory_contains
                         : call.text == "get"    ? Op::memory_at
                         : call.text == "first"  ? Op::memory_first
                                                 : Op::memory_count,
                         index);
  if (asks_item) {
    std::optional<Formula> item = resolve(call.operands[1]);
    if (!item) return std::nullopt;
    formula.operands.push_back(std::move(*item));
  }
  if (call.text != "exists") return formula;
  Formula some;
  some.op = Op::greater;
  some.operands = {std::move(formula), constant(sim::Value::integer(0))};
  return some;
}

}  // namespace onceward::scenarios
