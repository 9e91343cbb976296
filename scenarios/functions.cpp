#include "scenarios/functions.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "scenarios/nearest.hpp"
#include "scenarios/resolver.hpp"

namespace onceward::scenarios {

const std::vector<FunctionHelp>& function_catalogue() {
  static const std::vector<FunctionHelp> catalogue = {
      {"uuid", "uuid()", "a new id, minted where it is evaluated"},
      {"now", "now()", "the instant of this step, by the process's clock"},
      {"now", "now(DB)", "the instant at which the transaction on it began"},
      {"oldest_open", "oldest_open(TABLE)",
       "the least sequence value that may yet appear; or null"},
      {"count", "count(ROWS, CONDITION)", "how many rows, or how many of them meet the condition"},
      {"exists", "exists(ROWS, CONDITION)", "whether there is any row, or any that meets it"},
      {"sum", "sum(ROWS, VALUE, CONDITION)", "the sum of a value over the rows; 0 without any"},
      {"min", "min(ROWS, VALUE, CONDITION)", "the least value over the rows; null without any"},
      {"max", "max(ROWS, VALUE, CONDITION)", "the greatest value; null without any"},
      {"contains", "contains(memory.CELL, VALUE)", "whether a list or set holds it, a map the key"},
      {"get", "get(memory.CELL, KEY)", "what a map holds under a key; null if nothing"},
      {"first", "first(memory.CELL)", "the oldest item of a list; null without any"},
      {"effects", "effects('EFFECT', KEY)", "how often it was done, in all or for one key"},
      {"events", "events('TYPE', KEY)", "how many were published, in all or with one key"},
      {"prepared", "prepared(DB)", "how many transactions are prepared and not decided yet"},
  };
  return catalogue;
}

namespace {

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const FunctionHelp& each : function_catalogue()) names.emplace_back(each.name);
  return names;
}

// "count(ROWS, CONDITION)"
std::string form_of(const std::string& function) {
  for (const FunctionHelp& each : function_catalogue()) {
    if (each.name == function) return each.call;
  }
  return {};
}

}  // namespace

std::optional<Formula> Resolver::call(const Expression& expression) {
  const std::string& function = expression.text;
  if (asks_database(expression)) return resolve_question(expression, names_, problems_);
  if (function == "uuid" || function == "now") {
    if (!expression.operands.empty()) {
      return refuse(expression.span, fmt::format("{}() takes nothing", function));
    }
    if (!names_.runs) return refuse(expression.span, function + "() is for handlers");
    Formula formula = leaf(function == "uuid" ? Op::uuid : Op::now);
    formula.site = names_.site.get();
    return formula;
  }
  if (asks_memory(expression)) return of_memory(expression);
  if (function == "count") return aggregate(expression, Aggregate::count);
  if (function == "exists") return aggregate(expression, Aggregate::exists);
  if (function == "sum") return aggregate(expression, Aggregate::sum);
  if (function == "min") return aggregate(expression, Aggregate::least);
  if (function == "max") return aggregate(expression, Aggregate::greatest);
  if (function == "effects" || function == "events") return times(expression);
  if (function == "prepared") return prepared(expression);
  const std::string meant = nearest(function, function_names());
  return refuse(expression.span, fmt::format("unknown function {}()", function),
                meant.empty() ? "`onceward list functions` names those that there are"
                              : fmt::format("did you mean \"{}\"?", meant));
}

std::optional<Formula> Resolver::aggregate(const Expression& call, Aggregate of) {
  const bool of_value = of != Aggregate::count && of != Aggregate::exists;
  const std::size_t least = of_value ? 2 : 1;
  if (call.operands.size() < least || call.operands.size() > least + 1) {
    return refuse(call.span,
                  fmt::format("{}() takes {}", call.text,
                              of_value ? "rows, a value of each, and a condition or none"
                                       : "rows, and a condition or none"),
                  "write " + form_of(call.text));
  }
  const models::TableSpec* table = nullptr;
  std::optional<Formula> formula = rows_of(call, table);
  if (!formula) return std::nullopt;
  formula->aggregate = of;
  formula->has_condition = call.operands.size() > least;
  if (table == nullptr) return formula;  // of a step with a mistake, which is told there
  Names inner = names_;
  inner.row = table;
  for (std::size_t i = 1; i < call.operands.size(); ++i) {
    std::optional<Formula> part = Resolver(inner, problems_).resolve(call.operands[i]);
    if (!part) return std::nullopt;
    formula->operands.push_back(std::move(*part));
  }
  if (const auto mistake = type_mistake(*formula)) return refuse(call.span, *mistake);
  return formula;
}

std::optional<Formula> Resolver::rows_of(const Expression& call, const models::TableSpec*& table) {
  const Expression& list = call.operands.front();
  if (list.form == Form::path) {
    const Variable* variable = find_rows(names_.variables, list.path);
    if (variable != nullptr) {
      table = variable->table;
      return leaf(Op::of_slot, variable->slot);
    }
  }
  if (names_.left_out && list.form == Form::path) return std::nullopt;
  const bool is_text = list.form == Form::text;
  const bool is_table = is_text || (list.form == Form::path && list.path.size() == 2);
  if (names_.state == nullptr) {
    return refuse(list.span, call.text + "() takes the rows that a select found",
                  is_table ? "whole tables are at hand in obligations and goals" : "");
  }
  if (is_table) {
    return table_of(list, is_text ? list.text : list.path[0] + "." + list.path[1], table);
  }
  return refuse(list.span, call.text + "() takes a table",
                "as shop.orders, or in quotes where a name has a hyphen: 'shop-db.orders'");
}

std::optional<Formula> Resolver::table_of(const Expression& list, const std::string& name,
                                          const models::TableSpec*& table) {
  std::vector<std::string> known;
  for (const StateNames::Table& each : names_.state->tables) {
    known.push_back(each.spec->name.text);
    if (known.back() != name) continue;
    table = each.spec;
    names_.state->read.insert(table);
    return leaf(Op::of_table, each.database, each.table);
  }
  if (known.empty() && names_.state->parts_left_out) return std::nullopt;
  return refuse(list.span, fmt::format("unknown table \"{}\"", name), did_you_mean(name, known));
}

std::optional<Formula> Resolver::times(const Expression& call) {
  const bool is_event = call.text == "events";
  if (names_.state == nullptr) {
    return refuse(call.span, call.text + "() is for obligations and goals");
  }
  const bool form = !call.operands.empty() && call.operands.size() <= 2 &&
                    call.operands.front().form == Form::text;
  if (!form) {
    return refuse(call.span,
                  fmt::format("{}() takes the name of {} in quotes, and a key or none", call.text,
                              is_event ? "a type of events" : "an effect"),
                  "write " + form_of(call.text));
  }
  const Expression& what = call.operands.front();
  const auto& known = is_event ? *names_.state->published : *names_.state->effects;
  const bool open = names_.state->is_open || (is_event && names_.state->publishes_any);
  if (!open && !known.contains(what.text)) {
    return refuse(what.span,
                  fmt::format("no step {} \"{}\"",
                              is_event ? "publishes an event" : "causes an effect", what.text),
                  did_you_mean(what.text, {known.begin(), known.end()}));
  }
  names_.state->counted.insert({what.text, is_event});
  Formula formula = leaf(Op::times);
  formula.name = what.text;
  formula.is_event = is_event;
  if (call.operands.size() == 1) return formula;
  std::optional<Formula> key = resolve(call.operands[1]);
  if (!key) return std::nullopt;
  formula.operands.push_back(std::move(*key));
  return formula;
}

std::optional<Formula> Resolver::prepared(const Expression& call) {
  if (names_.state == nullptr) {
    return refuse(call.span, "prepared() is for obligations and goals",
                  R"(a handler finds them by a step: {"prepared": DB, "as": ...})");
  }
  std::string name;
  if (call.operands.size() == 1) {
    const Expression& database = call.operands.front();
    if (database.form == Form::text) name = database.text;
    if (database.form == Form::path && database.path.size() == 1) name = database.path.front();
  }
  if (name.empty()) {
    return refuse(call.span, "prepared() takes a database",
                  "as prepared(shop), or in quotes where its name has a hyphen");
  }
  const auto& known = names_.state->databases;
  const auto found = std::find(known.begin(), known.end(), name);
  if (found == known.end()) {
    if (known.empty() && names_.state->parts_left_out) return std::nullopt;
    return refuse(call.operands.front().span, fmt::format("unknown database \"{}\"", name),
                  did_you_mean(name, known));
  }
  const auto index = static_cast<std::uint32_t>(found - known.begin());
  names_.state->prepared.insert(index);
  return leaf(Op::prepared, index);
}

}  // namespace onceward::scenarios
