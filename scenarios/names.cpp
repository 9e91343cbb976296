#include "scenarios/names.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "scenarios/fields.hpp"
#include "scenarios/nearest.hpp"
#include "scenarios/resolver.hpp"

namespace onceward::scenarios {

std::optional<Formula> Resolver::resolve(const Expression& expression) {
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

Formula Resolver::constant(const sim::Value& value) {
  Formula formula;
  formula.constant = value;
  return formula;
}

Formula Resolver::leaf(Op op, std::uint32_t index, std::uint32_t column) {
  Formula formula;
  formula.op = op;
  formula.index = index;
  formula.column = column;
  return formula;
}

std::optional<Formula> Resolver::refuse(Span span, std::string message, std::string hint) {
  problems_.add(span, std::move(message), std::move(hint));
  return std::nullopt;
}

std::optional<Formula> Resolver::operation(const Expression& expression, Op op) {
  Formula formula;
  formula.op = op;
  for (const Expression& operand : expression.operands) {
    std::optional<Formula> part = resolve(operand);
    if (!part) return std::nullopt;
    formula.operands.push_back(std::move(*part));
  }
  if (const auto mistake = type_mistake(formula)) return refuse(expression.span, *mistake);
  note_attempts(formula);
  return formula;
}

void Resolver::note_attempts(const Formula& formula) {
  if (names_.attempts == nullptr || formula.operands.size() != 2) return;
  if (formula.op < Op::equal || formula.op > Op::greater_equal) return;
  for (const std::size_t i : {0, 1}) {
    const Formula& number = formula.operands[1 - i];
    const bool compared = formula.operands[i].op == Op::event_attempt &&
                          number.op == Op::constant &&
                          number.constant.kind() == sim::ValueKind::integer;
    if (!compared) continue;
    ++names_.attempts->compared;
    names_.attempts->most = std::max(names_.attempts->most, number.constant.number());
  }
}

std::uint32_t AttemptUse::seen() const {
  if (leaves > compared) return ~0U;
  return leaves == 0 ? 0 : static_cast<std::uint32_t>(std::min(most, std::int64_t{1'000'000})) + 1;
}

std::optional<Formula> Resolver::binary(const Expression& expression) {
  static const std::map<std::string, Op> ops = {
      {"and", Op::both},    {"or", Op::either},     {"==", Op::equal},   {"!=", Op::unequal},
      {"<", Op::less},      {"<=", Op::less_equal}, {">", Op::greater},  {">=", Op::greater_equal},
      {"+", Op::add},       {"-", Op::subtract},    {"*", Op::multiply}, {"/", Op::divide},
      {"%", Op::remainder},
  };
  const auto found = ops.find(expression.text);
  if (found == ops.end()) {
    return refuse(expression.span, fmt::format("`{}` is not known here", expression.text));
  }
  const bool equal = found->second == Op::equal || found->second == Op::unequal;
  for (const std::size_t i : {0, 1}) {
    if (equal && !can_be(expression.operands[i], expression.operands[1 - i])) return std::nullopt;
  }
  return operation(expression, found->second);
}

bool Resolver::can_be(const Expression& value, const Expression& text) {
  const bool is_value = value.form == Form::path && value.path.size() == 2 &&
                        value.path[1] == "value" && text.form == Form::text;
  const auto found = is_value ? names_.variables.find(value.path[0]) : names_.variables.end();
  if (found == names_.variables.end() || found->second.texts.empty()) return true;
  const auto& texts = found->second.texts;
  if (std::find(texts.begin(), texts.end(), text.text) != texts.end()) return true;
  static_cast<void>(refuse(text.span,
                           fmt::format("no branch whose name {} can be is called \"{}\"",
                                       value.path[0] + ".value", text.text),
                           did_you_mean(text.text, texts)));
  return false;
}

std::optional<Formula> Resolver::column(const models::TableSpec& table, const Expression& path,
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

std::optional<Formula> Resolver::path(const Expression& expression) {
  const std::string& root = expression.path.front();
  if (root == "row" && names_.row != nullptr) {
    return column(*names_.row, expression, 1, Op::row_column, 0);
  }
  if (root == "row" && names_.row_left_out) return leaf(Op::row_column);
  if (root == "request" && names_.request != nullptr) return request(expression);
  if (root == "event" && names_.has_event) return event(expression);
  if (root == "memory" && names_.memory != nullptr) return memory(expression);
  if (root == "timer" && names_.has_timer) {
    if (expression.path.size() == 2 && expression.path[1] == "key") return leaf(Op::timer_key);
    return refuse(expression.span, "name one part of the timer", "timer.key");
  }
  if (root == "n" && names_.has_n) {
    if (expression.path.size() == 1) return leaf(Op::n);
    return refuse(expression.span, "n is a number and has no parts");
  }
  const auto found = names_.variables.find(root);
  if (found != names_.variables.end()) return variable(expression, found->second);
  if (names_.left_out) return std::nullopt;
  return refuse(expression.word_spans.front(), fmt::format("unknown name \"{}\"", root),
                hint_for(root));
}

std::string Resolver::hint_for(const std::string& root) const {
  if (root == "row") return "rows are at hand in \"where\", \"set\" and obligations";
  if (root == "request") return "requests are at hand in their handlers and obligations";
  if (root == "event") return "events are at hand in handlers of a topic";
  if (root == "n") return "n is at hand in the workload";
  if (root == "memory") return "memory is at hand in the handlers of a service that declares it";
  if (root == "timer") return "timers are at hand in their handlers";
  return did_you_mean(root, known());
}

std::optional<Formula> Resolver::request(const Expression& path) {
  const auto& fields = names_.request->fields;
  if (fields.empty() && names_.sent_left_out) return std::nullopt;
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

std::optional<Formula> Resolver::event(const Expression& path) {
  static const std::vector<std::string> parts = {"id",      "type",        "key",      "data",
                                                 "attempt", "correlation", "causation"};
  const std::size_t size = path.path.size();
  if (size == 2 && path.path[1] == "id") return leaf(Op::event_id);
  if (size == 2 && path.path[1] == "type") return leaf(Op::event_type);
  if (size == 2 && path.path[1] == "key") return leaf(Op::event_key);
  if (size == 2 && path.path[1] == "correlation") return leaf(Op::event_correlation);
  if (size == 2 && path.path[1] == "causation") return leaf(Op::event_causation);
  if (size == 2 && path.path[1] == "attempt") {
    if (names_.attempts == nullptr) {
      return refuse(path.word_spans[1], "deliveries are counted in handlers of a topic only");
    }
    ++names_.attempts->leaves;
    return leaf(Op::event_attempt);
  }
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
                "event.id, event.type, event.key, event.data.FIELD, event.attempt, "
                "event.correlation or event.causation");
}

namespace {

// What some results have besides.
std::string also_in(const std::string& result, Slot::Kind kind) {
  if (kind == Slot::Kind::value) return fmt::format("; {}.value is what was found", result);
  if (kind != Slot::Kind::items) return {};
  return fmt::format("; {}.items are rows, for for_each and count()", result);
}

}  // namespace

std::optional<Formula> Resolver::variable(const Expression& path, const Variable& variable) {
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
    case Slot::Kind::value:
      if (size == 2 && path.path[1] == "value") return leaf(Op::slot_column, variable.slot, 0);
      [[fallthrough]];
    default:
      if (size == 2 && path.path[1] == "rows") return leaf(Op::slot_count, variable.slot);
      if (size == 2 && path.path[1] == "status") return leaf(Op::slot_status, variable.slot);
      return refuse(path.span, fmt::format("{} is the result of an operation", path.path[0]),
                    fmt::format("{0}.status is ok, refused, timeout ...; {0}.rows is how many{1}",
                                path.path[0], also_in(path.path[0], variable.kind)));
  }
}

const Variable* find_rows(const std::map<std::string, Variable>& variables,
                          const std::vector<std::string>& path) {
  const bool of_items = path.size() == 2 && path[1] == "items";
  if (path.size() != 1 && !of_items) return nullptr;
  const auto found = variables.find(path.front());
  if (found == variables.end()) return nullptr;
  const Variable& variable = found->second;
  const Slot::Kind wanted = of_items ? Slot::Kind::items : Slot::Kind::rows;
  return variable.kind == wanted || variable.kind == Slot::Kind::empty ? &variable : nullptr;
}

std::vector<std::string> Resolver::known() const {
  std::vector<std::string> all;
  if (names_.row != nullptr) all.emplace_back("row");
  if (names_.request != nullptr) all.emplace_back("request");
  if (names_.has_event) all.emplace_back("event");
  if (names_.has_n) all.emplace_back("n");
  if (names_.has_timer) all.emplace_back("timer");
  if (names_.memory != nullptr) all.emplace_back("memory");
  for (const auto& [name, variable] : names_.variables) all.push_back(name);
  return all;
}

namespace {

std::optional<Formula> read_expression(const Node& node, std::size_t skip, const Names& names,
                                       Problems& problems) {
  Problems found;
  const auto expression =
      parse_expression(std::string_view(node.text).substr(skip),
                       node.span.begin + 1 + static_cast<std::uint32_t>(skip), found);
  std::optional<Formula> formula = expression ? resolve(*expression, names, found) : std::nullopt;
  // The places in a text that was made, or that has escapes, are not those in the file.
  const bool as_written = node.span.end - node.span.begin == node.text.size() + 2;
  for (const Problem& each : found.sorted()) {
    problems.add(as_written ? each.span : node.span, each.message, each.hint);
  }
  return formula;
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

std::optional<Formula> read_formula(const Node& node, const Names& names, Problems& problems) {
  const std::size_t skip = !node.text.empty() && node.text[0] == '=' ? 1 : 0;
  return read_expression(node, skip, names, problems);
}

std::optional<Formula> read_condition(const Node& node, const Names& names, Problems& problems) {
  if (node.kind == Node::Kind::boolean) return read_value(node, names, problems);
  if (node.kind != Node::Kind::text) {
    problems.add(node.span, fmt::format("a condition is an expression in a text, this is {}",
                                        to_text(node.kind)));
    return std::nullopt;
  }
  auto formula = read_formula(node, names, problems);
  if (!formula) return std::nullopt;
  const FormulaType type = type_of(*formula);
  if (type == FormulaType::unknown || type == FormulaType::boolean) return formula;
  problems.add(node.span,
               fmt::format("a condition must be true or false, this is {}", to_text(type)));
  return std::nullopt;
}

}  // namespace onceward::scenarios
