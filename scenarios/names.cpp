#include "scenarios/names.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "scenarios/fields.hpp"
#include "scenarios/formula_type.hpp"
#include "scenarios/nearest.hpp"

namespace onceward::scenarios {
namespace {

using Op = Formula::Op;
using Form = Expression::Form;

// Resolves one expression; every method adds at most one problem.
class Resolver {
 public:
  Resolver(const Names& names, Problems& problems) : names_(names), problems_(problems) {}

  std::optional<Formula> resolve(const Expression& expression) {
    switch (expression.form) {
      case Form::null:
        return constant({});
      case Form::boolean:
        return constant(sim::Value::boolean(expression.integer != 0));
      case Form::integer:
        return constant(sim::Value::integer(expression.integer));
      case Form::duration:
        return constant(sim::Value::duration(expression.integer));
      case Form::text:
        return constant(sim::Value::text(sim::frozen_text(expression.text)));
      case Form::path:
        return path(expression);
      case Form::call:
        return call(expression);
      case Form::unary:
        return operation(expression, expression.text == "not" ? Op::negate : Op::minus);
      case Form::conditional:
        return operation(expression, Op::conditional);
      case Form::binary:
        return binary(expression);
    }
    return std::nullopt;
  }

 private:
  static Formula constant(const sim::Value& value) {
    Formula formula;
    formula.constant = value;
    return formula;
  }

  static Formula leaf(Op op, std::uint32_t index = 0, std::uint32_t column = 0) {
    Formula formula;
    formula.op = op;
    formula.index = index;
    formula.column = column;
    return formula;
  }

  std::optional<Formula> refuse(Span span, std::string message, std::string hint = {}) {
    problems_.add(span, std::move(message), std::move(hint));
    return std::nullopt;
  }

  std::optional<Formula> operation(const Expression& expression, Op op) {
    Formula formula;
    formula.op = op;
    for (const Expression& operand : expression.operands) {
      std::optional<Formula> part = resolve(operand);
      if (!part) return std::nullopt;
      formula.operands.push_back(std::move(*part));
    }
    if (const auto mistake = type_mistake(formula)) return refuse(expression.span, *mistake);
    return formula;
  }

  std::optional<Formula> binary(const Expression& expression) {
    static const std::map<std::string, Op> ops = {
        {"and", Op::both},    {"or", Op::either},        {"==", Op::equal},
        {"!=", Op::unequal},  {"<", Op::less},           {"<=", Op::less_equal},
        {">", Op::greater},   {">=", Op::greater_equal}, {"+", Op::add},
        {"-", Op::subtract},  {"*", Op::multiply},       {"/", Op::divide},
        {"%", Op::remainder},
    };
    const auto found = ops.find(expression.text);
    if (found == ops.end()) {
      return refuse(expression.span, fmt::format("`{}` is not known here", expression.text));
    }
    return operation(expression, found->second);
  }

  std::optional<Formula> column(const models::TableSpec& table, const Expression& path,
                                std::size_t word, Op op, std::uint32_t slot) {
    if (path.path.size() != word + 1) {
      const std::string row = word == 2 ? path.path[0] + ".first" : path.path[0];
      return refuse(path.span, fmt::format("{} is a row: name one column of it", row),
                    did_you_mean("", table.columns));
    }
    const int index = table.column(path.path[word]);
    if (index < 0) {
      return refuse(path.word_spans[word],
                    fmt::format("{} has no column \"{}\"", table.name.text, path.path[word]),
                    did_you_mean(path.path[word], table.columns));
    }
    const auto at = static_cast<std::uint32_t>(index);
    return op == Op::row_column ? leaf(op, at) : leaf(op, slot, at);
  }

  std::optional<Formula> path(const Expression& expression) {
    const std::string& root = expression.path.front();
    if (root == "row" && names_.row != nullptr) {
      return column(*names_.row, expression, 1, Op::row_column, 0);
    }
    if (root == "request" && names_.request != nullptr) return request(expression);
    if (root == "event" && names_.has_event) return event(expression);
    if (root == "n" && names_.has_n) {
      if (expression.path.size() == 1) return leaf(Op::n);
      return refuse(expression.span, "n is a number and has no parts");
    }
    const auto found = names_.variables.find(root);
    if (found != names_.variables.end()) return variable(expression, found->second);
    return refuse(expression.word_spans.front(), fmt::format("unknown name \"{}\"", root),
                  hint_for(root));
  }

  // Names that mean something elsewhere are better explained than corrected.
  [[nodiscard]] std::string hint_for(const std::string& root) const {
    if (root == "row") return "rows are at hand in \"where\", \"set\" and obligations";
    if (root == "request") return "requests are at hand in their handlers and obligations";
    if (root == "event") return "events are at hand in handlers of a topic";
    if (root == "n") return "n is at hand in the workload";
    return did_you_mean(root, known());
  }

  std::optional<Formula> request(const Expression& path) {
    const auto& fields = names_.request->fields;
    if (path.path.size() != 2) {
      return refuse(path.span, "name one field of the request", did_you_mean("", fields));
    }
    const auto found = std::find(fields.begin(), fields.end(), path.path[1]);
    if (found == fields.end()) {
      return refuse(path.word_spans[1],
                    fmt::format("no workload entry sends {} with a field \"{}\"",
                                names_.request->symbol.text, path.path[1]),
                    did_you_mean(path.path[1], fields));
    }
    return leaf(Op::request_field, static_cast<std::uint32_t>(found - fields.begin()));
  }

  std::optional<Formula> event(const Expression& path) {
    static const std::vector<std::string> parts = {"id", "type", "key", "data"};
    const std::size_t size = path.path.size();
    if (size == 2 && path.path[1] == "id") return leaf(Op::event_id);
    if (size == 2 && path.path[1] == "type") return leaf(Op::event_type);
    if (size == 2 && path.path[1] == "key") return leaf(Op::event_key);
    if (size == 3 && path.path[1] == "data") {
      Formula formula = leaf(Op::event_data);
      formula.name = path.path[2];
      return formula;
    }
    const bool known =
        size >= 2 && std::find(parts.begin(), parts.end(), path.path[1]) != parts.end();
    if (size >= 2 && !known) {
      return refuse(path.word_spans[1], fmt::format("an event has no \"{}\"", path.path[1]),
                    did_you_mean(path.path[1], parts));
    }
    return refuse(path.span, "name one part of the event",
                  "event.id, event.type, event.key or event.data.FIELD");
  }

  std::optional<Formula> variable(const Expression& path, const Variable& variable) {
    const std::size_t size = path.path.size();
    switch (variable.kind) {
      case Slot::Kind::empty:  // its step has a mistake, which is told there
        return leaf(Op::slot, variable.slot);
      case Slot::Kind::row:
        return column(*variable.table, path, 1, Op::slot_column, variable.slot);
      case Slot::Kind::rows:
        if (size == 2 && path.path[1] == "rows") return leaf(Op::slot_count, variable.slot);
        if (size >= 2 && path.path[1] == "first") {
          return column(*variable.table, path, 2, Op::slot_first, variable.slot);
        }
        return refuse(
            path.span, fmt::format("{} is a list of rows", path.path[0]),
            fmt::format("{0}.rows is how many, {0}.first.COLUMN is of the first", path.path[0]));
      default:
        if (size == 2 && path.path[1] == "rows") return leaf(Op::slot_count, variable.slot);
        if (size == 2 && path.path[1] == "status") return leaf(Op::slot_status, variable.slot);
        return refuse(path.span, fmt::format("{} is the result of an operation", path.path[0]),
                      fmt::format("{0}.status is ok, refused, timeout ...; {0}.rows is how many",
                                  path.path[0]));
    }
  }

  std::optional<Formula> call(const Expression& expression) {
    const std::string& function = expression.text;
    if (function == "uuid" || function == "now") {
      if (!expression.operands.empty()) {
        return refuse(expression.span, fmt::format("{}() takes nothing", function));
      }
      if (!names_.runs) return refuse(expression.span, function + "() is for handlers");
      Formula formula = leaf(function == "uuid" ? Op::uuid : Op::now);
      formula.site = names_.site.get();
      return formula;
    }
    if (function != "count" && function != "exists") {
      return refuse(expression.span, fmt::format("unknown function {}()", function),
                    did_you_mean(function, {"uuid", "now", "count", "exists"}));
    }
    const Variable* rows = rows_of(expression);
    if (rows == nullptr) {
      return refuse(expression.span, function + "() takes the rows that a select found");
    }
    Formula count = leaf(Op::count, rows->slot);
    if (function == "count") return count;
    Formula some;
    some.op = Op::greater;
    some.operands = {std::move(count), constant(sim::Value::integer(0))};
    return some;
  }

  // The rows that are the only argument of a call; null if they are not.
  [[nodiscard]] const Variable* rows_of(const Expression& call) const {
    if (call.operands.size() != 1) return nullptr;
    const Expression& list = call.operands.front();
    if (list.form != Form::path || list.path.size() != 1) return nullptr;
    const auto found = names_.variables.find(list.path.front());
    if (found == names_.variables.end()) return nullptr;
    const Slot::Kind kind = found->second.kind;
    return kind == Slot::Kind::rows || kind == Slot::Kind::empty ? &found->second : nullptr;
  }

  [[nodiscard]] std::vector<std::string> known() const {
    std::vector<std::string> all;
    if (names_.row != nullptr) all.emplace_back("row");
    if (names_.request != nullptr) all.emplace_back("request");
    if (names_.has_event) all.emplace_back("event");
    if (names_.has_n) all.emplace_back("n");
    for (const auto& [name, variable] : names_.variables) all.push_back(name);
    return all;
  }

  const Names& names_;
  Problems& problems_;
};

std::optional<Formula> read_expression(const Node& node, std::size_t skip, const Names& names,
                                       Problems& problems) {
  const auto expression =
      parse_expression(std::string_view(node.text).substr(skip),
                       node.span.begin + 1 + static_cast<std::uint32_t>(skip), problems);
  return expression ? resolve(*expression, names, problems) : std::nullopt;
}

}  // namespace

std::optional<Formula> resolve(const Expression& expression, const Names& names,
                               Problems& problems) {
  return Resolver(names, problems).resolve(expression);
}

std::optional<Formula> read_value(const Node& node, const Names& names, Problems& problems) {
  Formula formula;
  switch (node.kind) {
    case Node::Kind::null:
      return formula;
    case Node::Kind::boolean:
      formula.constant = sim::Value::boolean(node.boolean);
      return formula;
    case Node::Kind::integer:
      formula.constant = sim::Value::integer(node.integer);
      return formula;
    case Node::Kind::text:
      if (!node.text.empty() && node.text[0] == '=') {
        return read_expression(node, 1, names, problems);
      }
      formula.constant = sim::Value::text(sim::frozen_text(node.text));
      return formula;
    default:
      problems.add(node.span,
                   fmt::format("a value is a text, a number, true, false or null, this is {}",
                               to_text(node.kind)));
      return std::nullopt;
  }
}

std::optional<Formula> read_condition(const Node& node, const Names& names, Problems& problems) {
  if (node.kind == Node::Kind::boolean) return read_value(node, names, problems);
  if (node.kind != Node::Kind::text) {
    problems.add(node.span, fmt::format("a condition is an expression in a text, this is {}",
                                        to_text(node.kind)));
    return std::nullopt;
  }
  const std::size_t skip = !node.text.empty() && node.text[0] == '=' ? 1 : 0;
  auto formula = read_expression(node, skip, names, problems);
  if (!formula) return std::nullopt;
  const FormulaType type = type_of(*formula);
  if (type == FormulaType::unknown || type == FormulaType::boolean) return formula;
  problems.add(node.span,
               fmt::format("a condition must be true or false, this is {}", to_text(type)));
  return std::nullopt;
}

}  // namespace onceward::scenarios
