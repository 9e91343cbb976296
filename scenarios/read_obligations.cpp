// Reading obligations: "each CAUSE owes EFFECT".
#include <algorithm>

#include <fmt/core.h>

#include "scenarios/nearest.hpp"
#include "scenarios/reading.hpp"

namespace onceward::scenarios {
namespace {

// "request PlaceOrder" -> "PlaceOrder" if it starts with `word`; empty otherwise.
std::string after_word(const std::string& text, std::string_view word) {
  const std::string start = std::string(word) + " ";
  return text.rfind(start, 0) == 0 ? text.substr(start.size()) : std::string();
}

// Keeps the formula alive for as long as the function that evaluates it on a row.
std::function<sim::Value(sim::World&, const models::Row&)> on_row(Formula formula,
                                                                  bool of_request) {
  auto kept = std::make_shared<const Formula>(std::move(formula));
  return [kept, of_request](sim::World& world, const models::Row& row) {
    Scope scope;
    scope.world = &world;
    (of_request ? scope.request : scope.row) = &row;
    return kept->evaluate(scope);
  };
}

std::function<sim::Value(sim::World&, const models::Row&)> column_of(std::uint32_t column) {
  Formula formula;
  formula.op = Formula::Op::row_column;
  formula.index = column;
  return on_row(std::move(formula), false);
}

}  // namespace

void Reading::read_obligations(const Node& node) {
  for (const Node& each : node.items) read_obligation(each);
}

void Reading::read_obligation(const Node& node) {
  const Fields fields(problems, node, "an obligation",
                      {"each", "when", "owes", "of", "per", "exactly", "at_least", "at_most"});
  const Node* each = fields.need_text("each");
  const Node* owes = fields.need_text("owes");
  if (each == nullptr || owes == nullptr) return;
  auto spec = std::make_shared<models::ObligationSpec>();
  spec->text = fmt::format("each {} owes {}", each->text, owes->text);
  if (!read_cause(*each, *spec)) return;
  const std::string event = after_word(owes->text, "event");
  spec->owes_event = !event.empty();
  const SymbolPtr owed = symbol(spec->owes_event ? event : owes->text);
  spec->owed = owed.get();
  if (!spec->owes_event && effects_.find(owes->text) == effects_.end()) {
    std::vector<std::string> known;
    for (const auto& [name, span] : effects_) known.push_back(name);
    problems.add(owes->span, fmt::format("no step causes an effect \"{}\"", owes->text),
                 known.empty() ? "an event is owed as \"event TYPE\"" : did_you_mean(owes->text, known));
  }
  read_keys(fields, *spec);
  read_amounts(fields, *spec);
  program.obligations.push_back(std::move(spec));
}

bool Reading::read_cause(const Node& each, models::ObligationSpec& spec) {
  for (const char* word : {"request", "acknowledged"}) {
    const std::string name = after_word(each.text, word);
    if (name.empty()) continue;
    const auto found = requests_.find(name);
    if (found == requests_.end()) {
      std::vector<std::string> known;
      for (const auto& [request, symbol] : requests_) known.push_back(std::string(word) + " " + request);
      problems.add(each.span, fmt::format("unknown request \"{}\"", name),
                   did_you_mean(each.text, known));
      return false;
    }
    spec.cause = std::string_view(word) == "request" ? models::CauseKind::request
                                                     : models::CauseKind::acknowledged;
    spec.request = found->second.get();
    return true;
  }
  if (const std::string event = after_word(each.text, "event"); !event.empty()) {
    const SymbolPtr type = symbol(event);
    spec.cause = models::CauseKind::event;
    spec.event = type.get();
    return true;
  }
  std::uint32_t database = 0;
  std::uint32_t table = 0;
  spec.table = find_table(each, database, table);
  return spec.table != nullptr;
}

void Reading::read_keys(const Fields& fields, models::ObligationSpec& spec) {
  Names names;
  names.row = spec.table;
  names.request = spec.request;
  names.has_event = spec.cause == models::CauseKind::event;
  const bool of_request = spec.request != nullptr;
  if (const Node* when = fields.find("when"); when != nullptr) {
    std::optional<Formula> condition = read_condition(*when, names, problems);
    if (names.has_event) {
      problems.add(when->span, "\"when\" is for rows and requests");
    } else if (condition) {
      spec.when = [value = on_row(std::move(*condition), of_request)](sim::World& world,
                                                                      const models::Row& row) {
        return value(world, row).is_true();
      };
    }
  }
  for (const char* name : {"of", "per"}) {
    const Node* node = fields.find(name);
    if (node == nullptr) continue;
    std::optional<Formula> value = read_value(*node, names, problems);
    if (!value) continue;
    if (names.has_event) {
      auto kept = std::make_shared<const Formula>(std::move(*value));
      spec.of_event = [kept](sim::World& world, const models::Message& message) {
        Scope scope;
        scope.world = &world;
        scope.event = &message;
        return kept->evaluate(scope);
      };
    } else {
      (std::string_view(name) == "of" ? spec.of : spec.per) = on_row(std::move(*value), of_request);
    }
  }
  if (spec.of || names.has_event) return;
  if (of_request && !spec.request->fields.empty()) {
    Formula first;
    first.op = Formula::Op::request_field;
    spec.of = on_row(std::move(first), true);
  } else if (spec.table != nullptr && spec.table->key >= 0) {
    spec.of = column_of(static_cast<std::uint32_t>(spec.table->key));
  } else {
    problems.add(fields.node().span, "this obligation needs \"of\": what its effects are matched by");
    spec.of = [](sim::World&, const models::Row&) { return sim::Value(); };
  }
}

void Reading::read_amounts(const Fields& fields, models::ObligationSpec& spec) {
  const auto exactly = fields.integer("exactly", 0, 1'000'000);
  const auto at_least = fields.integer("at_least", 0, 1'000'000);
  const auto at_most = fields.integer("at_most", 0, 1'000'000);
  if (exactly && (at_least || at_most)) {
    problems.add(fields.find("exactly")->span, "\"exactly\" leaves no room for the other bounds");
  }
  if (exactly) {
    spec.least = static_cast<std::uint32_t>(*exactly);
    spec.most = spec.least;
    return;
  }
  if (!at_least && !at_most) {
    problems.add(fields.node().span, "how many are owed?", "\"exactly\", \"at_least\" or \"at_most\"");
  }
  spec.least = static_cast<std::uint32_t>(at_least.value_or(0));
  spec.most = at_most ? static_cast<std::uint32_t>(*at_most) : ~0U;
  if (spec.least > spec.most) {
    problems.add(fields.node().span, "\"at_least\" is more than \"at_most\"");
  }
}

}  // namespace onceward::scenarios
