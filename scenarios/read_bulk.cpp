// Reading steps in bulk: one operation that does something for each of several rows.
#include <fmt/core.h>

#include "scenarios/read_steps.hpp"

namespace onceward::scenarios {

namespace {

// The column that says what became of an item.
constexpr const char* kAccepted = "accepted";

}  // namespace

bool StepReader::read_batch(const Fields& fields, const Node& subject, Step& step) {
  const Node* list = fields.find("for_each");
  const Node* item = fields.find("item");
  if (list == nullptr || item == nullptr) {
    problems_.add(fields.node().span,
                  list == nullptr
                      ? "\"item\" is the row of a batch, and this step publishes none"
                      : "a step that publishes for each row says what the row is called",
                  list == nullptr ? "write \"for_each\" with the rows" : "write \"item\"");
    bind(fields, Slot::Kind::empty, nullptr, step);
    return false;
  }
  const models::TableSpec* table = nullptr;
  bool good = may_be_batch(*list) && find_rows(*list, step.loop, table);
  // The row is known within this step only.
  const std::map<std::string, Variable> outside = names_.variables;
  good = name_item(*item, table, step) && good;
  good = read_message(fields, subject, step) && good;
  names_.variables = outside;
  if (const Node* resends = fields.find("resends"); resends != nullptr) {
    problems_.add(resends->span, "\"resends\" is for steps that publish one event",
                  "a loop of steps can offer again what was refused");
    good = false;
  }
  const models::TableSpec* items = table == nullptr ? nullptr : answered_items(*table, *list);
  bind(fields, items == nullptr ? Slot::Kind::empty : Slot::Kind::items, items, step);
  return good && (table == nullptr || items != nullptr);
}

bool StepReader::may_be_batch(const Node& list) {
  if (list.kind != Node::Kind::text || !list.text.ends_with(".items")) return true;
  problems_.add(list.span, "what became of a batch cannot be a batch itself",
                "go through it with the step \"for_each\" and publish what was not accepted, or "
                "select the rows anew");
  return false;
}

bool StepReader::name_item(const Node& item, const models::TableSpec* table, Step& step) {
  if (item.kind != Node::Kind::text || !can_name(item)) return false;
  const auto found = names_.variables.find(item.text);
  const bool is_row = found == names_.variables.end() || found->second.kind == Slot::Kind::row ||
                      found->second.kind == Slot::Kind::empty;
  if (!is_row) {
    problems_.add(item.span, fmt::format("\"{}\" is the name of something else here", item.text),
                  "take another name");
    return false;
  }
  step.item = slots_++;
  names_.variables[item.text] = {step.item, table == nullptr ? Slot::Kind::empty : Slot::Kind::row,
                                 table};
  return true;
}

const models::TableSpec* StepReader::answered_items(const models::TableSpec& table,
                                                    const Node& list) {
  if (table.column(kAccepted) >= 0) {
    problems_.add(list.span,
                  fmt::format("{} has a column \"{}\", which after a batch says what became of "
                              "each row",
                              table.name.text, kAccepted),
                  "give the column of the table another name");
    return nullptr;
  }
  const std::string& name = table.name.text;
  const std::string database = name.substr(0, name.size() - table.short_name.size() - 1);
  const auto [made, is_new] = items_.try_emplace(&table, database, table.short_name);
  if (is_new) {
    made->second.columns = table.columns;
    made->second.columns.emplace_back(kAccepted);
  }
  return &made->second;
}

}  // namespace onceward::scenarios
