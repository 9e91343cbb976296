// Reading the steps that work on a database.
#include <fmt/core.h>

#include <algorithm>

#include "scenarios/nearest.hpp"
#include "scenarios/read_steps.hpp"

namespace onceward::scenarios {

bool StepReader::read_database_step(const Fields& fields, const Node& subject, Step& step) {
  models::TableSpec* table = reading_.find_table(subject, step.component, step.part);
  if (table == nullptr) {
    read_about_unknown(fields);
    bind(fields, Slot::Kind::empty, nullptr, step);
    return false;
  }
  bool good = true;
  if (step.kind == StepKind::insert) {
    good = read_row(fields, "row", *table, step);
    if (const auto word = fields.word("on_conflict")) {
      step.on_conflict = static_cast<models::OnConflict>(*word);
    }
  } else {
    names_.row = table;
    if (const Node* where = fields.find("where"); where != nullptr) {
      std::optional<Formula> condition = read_condition(*where, names_, problems_);
      good = condition.has_value();
      if (good) step.value = std::move(*condition);
      step.has_value = good;
    }
    if (step.kind == StepKind::update) {
      good = read_row(fields, "set", *table, step) && good;
    }
    names_.row = nullptr;
    if (step.kind == StepKind::select) good = read_query(fields, *table, step) && good;
  }
  bind(fields, step.kind == StepKind::select ? Slot::Kind::rows : Slot::Kind::result,
       step.kind == StepKind::select ? table : nullptr, step);
  good = read_in(fields, step) && good;
  if (step.kind == StepKind::select) good = read_row_lock(fields, step) && good;
  table->shows_locks = table->shows_locks || step.lock > models::RowLock::update;
  return good;
}

// The mistakes in a step that have nothing to do with which table it is about.
void StepReader::read_about_unknown(const Fields& fields) {
  names_.row_left_out = true;
  for (const Member& field : fields.node().members) {
    if (field.key == "where") static_cast<void>(read_condition(field.value, names_, problems_));
    if (field.key != "row" && field.key != "set") continue;
    for (const Member& column : field.value.members) {
      static_cast<void>(read_value(column.value, names_, problems_));
    }
  }
  names_.row_left_out = false;
}

bool StepReader::read_row(const Fields& fields, std::string_view name, models::TableSpec& table,
                          Step& step) {
  const Node* row = fields.object(name);
  if (row == nullptr) return false;
  bool good = true;
  for (const Member& member : row->members) {
    const int index = table.column(member.key);
    if (index < 0) {
      problems_.add(member.key_span,
                    fmt::format("{} has no column \"{}\"", table.name.text, member.key),
                    did_you_mean(member.key, table.columns));
      good = false;
      continue;
    }
    if (index == table.sequence) {
      problems_.add(
          member.key_span,
          fmt::format("the database fills {}.{} from its sequence", table.name.text, member.key),
          "leave it out");
      good = false;
      continue;
    }
    std::optional<Formula> value = read_value(member.value, names_, problems_);
    good = good && value.has_value();
    if (value) step.columns.emplace_back(static_cast<std::uint32_t>(index), std::move(*value));
  }
  return good;
}

bool StepReader::read_query(const Fields& fields, const models::TableSpec& table, Step& step) {
  if (const auto limit = fields.integer("limit")) {
    step.limit = static_cast<std::uint32_t>(*limit);
  }
  const Node* order = fields.text("order_by");
  if (order == nullptr) return true;
  std::string column = order->text;
  if (column.size() > 5 && column.ends_with(" desc")) {
    step.descending = true;
    column.resize(column.size() - 5);
  }
  step.order_by = table.column(column);
  if (step.order_by >= 0) return true;
  problems_.add(order->span, fmt::format("{} has no column \"{}\"", table.name.text, column),
                did_you_mean(column, table.columns));
  return false;
}

}  // namespace onceward::scenarios
