// Aggregates: count, exists, sum, min and max over rows.
#include "models/database.hpp"
#include "scenarios/formula.hpp"

namespace onceward::scenarios {

using sim::Value;
using sim::ValueKind;

namespace {

// What has been gathered from the rows so far.
class Gathered {
 public:
  explicit Gathered(Aggregate aggregate) : aggregate_(aggregate) {}

  // False, with a mistake, if `value` cannot be added or compared.
  bool add(Scope& scope, const Value& value) {
    ++rows_;
    if (aggregate_ == Aggregate::count || aggregate_ == Aggregate::exists || value.is_null()) {
      return true;
    }
    if (value_.is_null()) {
      value_ = value;
      return aggregate_ != Aggregate::sum || is_number(scope, value);
    }
    if (value_.kind() != value.kind() || value.kind() == ValueKind::minted) {
      return mistaken(scope, "these values cannot be taken together: they are of different kinds");
    }
    return aggregate_ == Aggregate::sum ? add_up(scope, value) : compare(scope, value);
  }

  // Whether more rows could change the result.
  [[nodiscard]] bool is_settled() const { return aggregate_ == Aggregate::exists && rows_ > 0; }

  [[nodiscard]] Value result() const {
    if (aggregate_ == Aggregate::count) return Value::integer(rows_);
    if (aggregate_ == Aggregate::exists) return Value::boolean(rows_ > 0);
    if (aggregate_ == Aggregate::sum && value_.is_null()) return Value::integer(0);
    return value_;
  }

 private:
  static bool mistaken(Scope& scope, const char* what) {
    if (scope.mistake == nullptr) scope.mistake = what;
    return false;
  }
  static bool is_number(Scope& scope, const Value& value) {
    if (value.kind() == ValueKind::integer || value.kind() == ValueKind::duration) return true;
    return mistaken(scope, "sum() adds up numbers or durations");
  }
  bool add_up(Scope& scope, const Value& value) {
    std::int64_t total = 0;
    if (!is_number(scope, value)) return false;
    if (__builtin_add_overflow(value_.number(), value.number(), &total)) {
      return mistaken(scope, "the result does not fit in 64 bits");
    }
    value_ = value.kind() == ValueKind::integer ? Value::integer(total) : Value::duration(total);
    return true;
  }
  bool compare(Scope& scope, const Value& value) {
    const int order = models::compare(*scope.world, value, value_);
    if (aggregate_ == Aggregate::least ? order < 0 : order > 0) value_ = value;
    return true;
  }

  Aggregate aggregate_;
  std::int64_t rows_ = 0;
  Value value_;
};

}  // namespace

// REQUIRES: of_slot or of_table.
Value Formula::aggregated(Scope& scope) const {
  Gathered gathered(aggregate);
  Scope inner = scope;
  const auto take = [&](const models::Row& row) {
    inner.row = &row;
    if (has_condition && !operands.back().holds(inner)) return;
    const bool of_value = operands.size() > (has_condition ? 1U : 0U);
    const Value value = of_value ? operands.front().evaluate(inner) : Value{};
    if (inner.mistake == nullptr) static_cast<void>(gathered.add(inner, value));
  };
  const auto is_over = [&] { return inner.mistake != nullptr || gathered.is_settled(); };
  if (op == Op::of_slot) {
    for (const models::Row& row : (*scope.slots)[index].rows) {
      if (!is_over()) take(row);
    }
  } else {
    for (const models::StoredRow& row : scope.ledger->databases()[index]->tables()[column].rows) {
      if (!row.committed.empty() && !is_over()) take(row.committed);
    }
  }
  if (scope.mistake == nullptr) scope.mistake = inner.mistake;
  return gathered.result();
}

}  // namespace onceward::scenarios
