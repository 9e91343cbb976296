// Reading causes: what they are, which of them count, and what tells them apart.
#include <fmt/core.h>

#include <algorithm>

#include "scenarios/mistake.hpp"
#include "scenarios/nearest.hpp"
#include "scenarios/read_obligations.hpp"
#include "sim/arena.hpp"
#include "sim/containers.hpp"

namespace onceward::scenarios {

using models::CauseKind;
using models::OfFact;

namespace {

// "request PlaceOrder" -> "PlaceOrder" if it starts with `word`; empty otherwise.
std::string after_word(const std::string& text, std::string_view word) {
  const std::string start = std::string(word) + " ";
  return text.rfind(start, 0) == 0 ? text.substr(start.size()) : std::string();
}

bool is_request(const models::CauseSpec& cause) {
  return cause.kind == CauseKind::request || cause.kind == CauseKind::acknowledged;
}

// The formula as a function of a cause; it lives as long as that function. A mistake in it ends the
// run.
OfFact of_fact(Formula formula, bool of_request, const std::string& site) {
  auto kept = std::make_shared<const Formula>(std::move(formula));
  return [kept, of_request, site](sim::World& world, const models::Fact& fact) {
    Scope scope;
    scope.world = &world;
    (of_request ? scope.request : scope.row) = fact.row;
    scope.event = fact.message;
    const sim::Value value = kept->evaluate(scope);
    if (scope.mistake != nullptr) report_mistake(world, scope.mistake, site);
    return value;
  };
}

Formula leaf(Formula::Op op, std::uint32_t index = 0) {
  Formula formula;
  formula.op = op;
  formula.index = index;
  return formula;
}

// Whether it reads a column that no two rows of the table have in common.
bool reads_key(const Formula& formula, const models::TableSpec& table) {
  const auto column = static_cast<int>(formula.index);
  if (formula.op == Formula::Op::row_column) {
    const auto& unique = table.unique;
    return column == table.key || column == table.sequence ||
           std::find(unique.begin(), unique.end(), column) != unique.end();
  }
  return std::any_of(formula.operands.begin(), formula.operands.end(),
                     [&](const Formula& each) { return reads_key(each, table); });
}

}  // namespace

Names ObligationReader::names_of(const models::CauseSpec& cause) const {
  Names names;
  names.sent_left_out = in_.sent_left_out_;
  if (cause.kind == CauseKind::row) names.row = cause.table;
  if (is_request(cause)) names.request = cause.request;
  names.has_event = cause.kind == CauseKind::event;
  return names;
}

std::optional<OfFact> ObligationReader::read_of_cause(const Node& node,
                                                      const models::CauseSpec& cause,
                                                      const std::string& at) {
  std::optional<Formula> value = read_value(node, names_of(cause), problems_);
  if (!value) return std::nullopt;
  return of_fact(std::move(*value), is_request(cause), at);
}

bool ObligationReader::read_cause(const Node& each, const Fields& fields, const std::string& at,
                                  bool pooled, models::CauseSpec& cause) {
  if (!read_kind(each, cause)) return false;
  std::optional<Formula> condition;
  if (const Node* when = fields.find("when"); when != nullptr) {
    condition = read_condition(*when, names_of(cause), problems_);
    if (condition) cause.when = of_fact(*condition, is_request(cause), at);
  }
  const Node* of = fields.find("of");
  std::optional<Formula> key = read_key(fields, cause);
  if (!key) return false;
  if (!pooled) look_for_sharing(of == nullptr ? fields.node() : *of, cause, *key, condition);
  cause.of = of_fact(std::move(*key), is_request(cause), at);
  return true;
}

bool ObligationReader::read_kind(const Node& each, models::CauseSpec& cause) {
  for (const char* word : {"request", "acknowledged"}) {
    const std::string name = after_word(each.text, word);
    if (name.empty()) continue;
    const auto found = in_.requests_.find(name);
    if (found == in_.requests_.end()) {
      std::vector<std::string> known;
      for (const auto& [request, symbol] : in_.requests_) {
        known.push_back(std::string(word) + " " + request);
      }
      problems_.add(each.span, fmt::format("unknown request \"{}\"", name),
                    did_you_mean(each.text, known));
      return false;
    }
    cause.kind = std::string_view(word) == "request" ? CauseKind::request : CauseKind::acknowledged;
    cause.request = found->second.get();
    return true;
  }
  if (const std::string event = after_word(each.text, "event"); !event.empty()) {
    const std::optional<models::Owed> read = read_event(each, event);
    if (!read) return false;
    cause.kind = CauseKind::event;
    cause.event = read->name;
    cause.topic = read->topic;
    return true;
  }
  std::uint32_t database = 0;
  std::uint32_t table = 0;
  cause.table = in_.find_table(each, database, table);
  return cause.table != nullptr;
}

std::optional<Formula> ObligationReader::read_key(const Fields& fields,
                                                  const models::CauseSpec& cause) {
  if (const Node* of = fields.find("of"); of != nullptr) {
    return read_value(*of, names_of(cause), problems_);
  }
  if (cause.kind == CauseKind::event) return leaf(Formula::Op::event_key);
  if (is_request(cause) && !cause.request->fields.empty()) return leaf(Formula::Op::request_field);
  if (cause.kind == CauseKind::row && cause.table->key >= 0) {
    return leaf(Formula::Op::row_column, static_cast<std::uint32_t>(cause.table->key));
  }
  if (is_request(cause) && in_.sent_left_out_) return std::nullopt;
  problems_.add(fields.node().span, "this obligation needs \"of\": what its effects are matched by",
                is_request(cause) ? "the request has no fields" : "the table has no key");
  return std::nullopt;
}

// ---- sharing ------------------------------------------------------------------------------------

// Of rows the columns tell, of requests the workload; which events there will be nobody knows.
void ObligationReader::look_for_sharing(const Node& place, const models::CauseSpec& cause,
                                        const Formula& key,
                                        const std::optional<Formula>& condition) {
  if (cause.kind == CauseKind::row && !reads_key(key, *cause.table)) {
    const models::TableSpec& table = *cause.table;
    const std::string use =
        table.key < 0
            ? ""
            : fmt::format("use row.{}, ", table.columns[static_cast<std::size_t>(table.key)]);
    problems_.add(place.span,
                  fmt::format("\"of\" does not tell two rows of {} apart", table.name.text),
                  fmt::format("{}name a column in \"unique\", or say \"pooled\": true", use));
  }
  if (is_request(cause)) look_for_equal_requests(place, cause, key, condition);
}

void ObligationReader::look_for_equal_requests(const Node& place, const models::CauseSpec& cause,
                                               const Formula& key,
                                               const std::optional<Formula>& condition) {
  sim::Arena arena(std::size_t{1} << 24);  // joining texts takes memory from an arena
  const sim::ArenaInUse in_use(arena);
  std::vector<sim::Value> keys;
  for (const auto& order : in_.program.workload) {
    if (order->spec != cause.request) continue;
    const models::Row row(order->values.begin(), order->values.end());
    Scope scope;
    scope.request = &row;
    if (condition && !condition->holds(scope)) continue;
    const sim::Value value = key.evaluate(scope);
    if (scope.mistake != nullptr) return;  // a run will meet it
    if (std::find(keys.begin(), keys.end(), value) == keys.end()) {
      keys.push_back(value);
      continue;
    }
    problems_.add(place.span,
                  fmt::format("two requests {} have the same \"of\": {}",
                              cause.request->symbol.text, value.print()),
                  "choose what tells them apart, or say \"pooled\": true");
    return;
  }
}

// ---- what releases a cause ----------------------------------------------------------------------

void ObligationReader::read_unless(const Fields& fields, const std::string& at,
                                   models::ObligationSpec& spec) {
  const Node* unless = fields.find("unless");
  if (unless == nullptr) return;
  // Alone, a text is short for an object that only says what the causes are.
  Node made;
  made.kind = Node::Kind::object;
  made.span = unless->span;
  if (unless->kind == Node::Kind::text) {
    made.members.push_back({"each", unless->span, *unless});
    unless = &made;
  }
  const Fields of_unless(problems_, *unless, cause_shape());
  const Node* each = of_unless.text("each");
  // Several may release one cause.
  if (each == nullptr || !read_cause(*each, of_unless, at, true, spec.unless)) return;
  spec.releasable = true;
}

}  // namespace onceward::scenarios
