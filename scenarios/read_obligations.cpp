// Reading obligations: "each CAUSE owes EFFECT".
#include <fmt/core.h>

#include <algorithm>

#include "scenarios/mistake.hpp"
#include "scenarios/nearest.hpp"
#include "scenarios/reading.hpp"

namespace onceward::scenarios {
namespace {

// "request PlaceOrder" -> "PlaceOrder" if it starts with `word`; empty otherwise.
std::string after_word(const std::string& text, std::string_view word) {
  const std::string start = std::string(word) + " ";
  return text.rfind(start, 0) == 0 ? text.substr(start.size()) : std::string();
}

using OnRow = std::function<sim::Value(sim::World&, const models::Row&)>;

// Evaluates a formula of an obligation; a mistake in it ends the run.
sim::Value evaluated(const Formula& formula, Scope& scope, sim::World& world,
                     const std::string& site) {
  scope.world = &world;
  const sim::Value value = formula.evaluate(scope);
  if (scope.mistake != nullptr) report_mistake(world, scope.mistake, site);
  return value;
}

// The formula as a function of a row; it lives as long as that function.
OnRow on_row(Formula formula, bool of_request, const std::string& site) {
  auto kept = std::make_shared<const Formula>(std::move(formula));
  return [kept, of_request, site](sim::World& world, const models::Row& row) {
    Scope scope;
    (of_request ? scope.request : scope.row) = &row;
    return evaluated(*kept, scope, world, site);
  };
}

Formula leaf(Formula::Op op, std::uint32_t index) {
  Formula formula;
  formula.op = op;
  formula.index = index;
  return formula;
}

}  // namespace

void Reading::read_obligations(const Node& node) {
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    read_obligation(node.items[i], fmt::format("/obligations/{}", i));
  }
}

void Reading::read_obligation(const Node& node, const std::string& at) {
  const Fields fields(problems, node, obligation_shape());
  if (!fields.is_object()) return;
  program.places[at] = node.span;
  auto spec = std::make_shared<models::ObligationSpec>();
  const Node* each = fields.text("each");
  const Node* owes = fields.text("owes");
  read_amounts(fields, *spec);
  if (owes != nullptr) read_owed(*owes, *spec);
  if (each == nullptr || !read_cause(*each, *spec)) return;
  read_keys(fields, at, *spec);
  if (owes == nullptr) return;
  spec->text = fmt::format("each {} owes {}", each->text, owes->text);
  program.obligations.push_back(std::move(spec));
}

void Reading::read_owed(const Node& owes, models::ObligationSpec& spec) {
  const std::string event = after_word(owes.text, "event");
  spec.owes_event = !event.empty();
  const SymbolPtr owed = symbol(spec.owes_event ? event : owes.text);
  spec.owed = owed.get();
  if (spec.owes_event) {
    check_published(owes, event);
  } else if (!effects_.contains(owes.text) && !steps_left_out_) {
    if (published_.contains(owes.text)) {
      problems.add(owes.span, fmt::format("{} is an event, no effect", owes.text),
                   fmt::format("write \"event {}\"", owes.text));
      return;
    }
    problems.add(owes.span, fmt::format("no step causes an effect \"{}\"", owes.text),
                 effects_.empty() ? "an event is owed as \"event TYPE\""
                                  : did_you_mean(owes.text, {effects_.begin(), effects_.end()}));
  }
}

void Reading::check_published(const Node& node, const std::string& type) {
  if (publishes_any_ || steps_left_out_ || published_.contains(type)) return;
  problems.add(node.span, fmt::format("no step publishes an event \"{}\"", type),
               did_you_mean(type, {published_.begin(), published_.end()}));
}

bool Reading::read_cause(const Node& each, models::ObligationSpec& spec) {
  for (const char* word : {"request", "acknowledged"}) {
    const std::string name = after_word(each.text, word);
    if (name.empty()) continue;
    const auto found = requests_.find(name);
    if (found == requests_.end()) {
      std::vector<std::string> known;
      for (const auto& [request, symbol] : requests_) {
        known.push_back(std::string(word) + " " + request);
      }
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
    check_published(each, event);
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

void Reading::read_keys(const Fields& fields, const std::string& at, models::ObligationSpec& spec) {
  if (spec.cause == models::CauseKind::event) {
    read_event_key(fields, at, spec);
    return;
  }
  Names names;
  names.row = spec.table;
  names.request = spec.request;
  const bool of_request = spec.request != nullptr;
  if (const Node* when = fields.find("when"); when != nullptr) {
    std::optional<Formula> condition = read_condition(*when, names, problems);
    if (condition) {
      spec.when = [value = on_row(std::move(*condition), of_request, at)](sim::World& world,
                                                                          const models::Row& row) {
        return value(world, row).is_true();
      };
    }
  }
  for (const char* name : {"of", "per"}) {
    const Node* node = fields.find(name);
    if (node == nullptr) continue;
    std::optional<Formula> value = read_value(*node, names, problems);
    OnRow& into = std::string_view(name) == "of" ? spec.of : spec.per;
    if (value) into = on_row(std::move(*value), of_request, at);
  }
  if (fields.has("of")) return;
  if (of_request && !spec.request->fields.empty()) {
    spec.of = on_row(leaf(Formula::Op::request_field, 0), true, at);
  } else if (spec.table != nullptr && spec.table->key >= 0) {
    const auto key = static_cast<std::uint32_t>(spec.table->key);
    spec.of = on_row(leaf(Formula::Op::row_column, key), false, at);
  } else {
    problems.add(fields.node().span,
                 "this obligation needs \"of\": what its effects are matched by",
                 of_request ? "the request has no fields" : "the table has no key");
  }
}

// Events that are causes are matched by their key unless `of` says otherwise.
void Reading::read_event_key(const Fields& fields, const std::string& at,
                             models::ObligationSpec& spec) {
  for (const char* name : {"when", "per"}) {
    const Node* found = fields.find(name);
    if (found != nullptr) {
      problems.add(found->span, fmt::format("\"{}\" is for rows and requests", name));
    }
  }
  const Node* of = fields.find("of");
  if (of == nullptr) return;
  Names names;
  names.has_event = true;
  std::optional<Formula> value = read_value(*of, names, problems);
  if (!value) return;
  auto kept = std::make_shared<const Formula>(std::move(*value));
  spec.of_event = [kept, at](sim::World& world, const models::Message& message) {
    Scope scope;
    scope.event = &message;
    return evaluated(*kept, scope, world, at);
  };
}

void Reading::read_amounts(const Fields& fields, models::ObligationSpec& spec) {
  const auto exactly = fields.integer("exactly");
  const auto at_least = fields.integer("at_least");
  const auto at_most = fields.integer("at_most");
  if (exactly && (at_least || at_most)) {
    problems.add(fields.find("exactly")->span, "\"exactly\" leaves no room for the other bounds");
  }
  if (exactly) {
    spec.least = static_cast<std::uint32_t>(*exactly);
    spec.most = spec.least;
    return;
  }
  if (!at_least && !at_most) {
    for (const char* name : {"exactly", "at_least", "at_most"}) {
      if (fields.has(name)) return;  // it has a mistake of its own
    }
    problems.add(fields.node().span, "how many are owed?",
                 R"(write "exactly": 1, "at_least" or "at_most")");
  }
  spec.least = static_cast<std::uint32_t>(at_least.value_or(0));
  spec.most = at_most ? static_cast<std::uint32_t>(*at_most) : ~0U;
  if (spec.least > spec.most) {
    problems.add(fields.find("at_least")->span, "\"at_least\" is more than \"at_most\"");
  }
}

}  // namespace onceward::scenarios
