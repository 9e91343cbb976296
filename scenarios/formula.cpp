#include "scenarios/formula.hpp"

#include <limits>

#include "models/database.hpp"

namespace onceward::scenarios {

using sim::Value;
using sim::ValueKind;

namespace {

const Value kNull{};

Value mistaken(Scope& scope, const char* what) {
  if (scope.mistake == nullptr) scope.mistake = what;
  return kNull;
}

const Value& at(const models::Row& row, std::uint32_t index) {
  return index < row.size() ? row[index] : kNull;
}

// The joint kinds of two operands of + and -.
Value sum(Scope& scope, const Value& a, const Value& b, bool minus) {
  if (!minus && (a.kind() == ValueKind::text || b.kind() == ValueKind::text)) {
    const auto printable = [](const Value& value) {
      return value.kind() == ValueKind::text || value.kind() == ValueKind::integer ||
             value.kind() == ValueKind::minted;
    };
    if (!printable(a) || !printable(b)) {
      return mistaken(scope, "text can be joined to text and numbers only");
    }
    return concatenate(a, b);
  }
  const bool equal_kinds = a.kind() == b.kind();
  const bool integers = equal_kinds && a.kind() == ValueKind::integer;
  const bool durations = equal_kinds && a.kind() == ValueKind::duration;
  const bool later = a.kind() == ValueKind::instant && b.kind() == ValueKind::duration;
  if (!integers && !durations && !later) {
    return mistaken(scope, minus ? "these two cannot be subtracted" : "these two cannot be added");
  }
  std::int64_t result = 0;
  const bool overflow = minus ? __builtin_sub_overflow(a.number(), b.number(), &result)
                              : __builtin_add_overflow(a.number(), b.number(), &result);
  if (overflow) return mistaken(scope, "the result does not fit in 64 bits");
  if (integers) return Value::integer(result);
  return durations ? Value::duration(result) : Value::instant(a.step(), result);
}

// None where only people are to know: it would be another one for the next who asks.
Value fresh_id(sim::World& world, const sim::Site& site) {
  return world.peeks() ? Value{} : Value::minted(world.running()->creator.next(site).low);
}

}  // namespace

bool Formula::holds(Scope& scope) const {
  const Value value = evaluate(scope);
  if (value.kind() != ValueKind::boolean && scope.mistake == nullptr) {
    scope.mistake = "a condition is neither true nor false";
  }
  return value.is_true();
}

Value Formula::evaluate(Scope& scope) const {
  switch (op) {
    case Op::constant:
      return constant;
    case Op::n:
      return Value::integer(scope.n);
    case Op::slot:
    case Op::slot_status:
    case Op::slot_column:
    case Op::slot_first:
    case Op::slot_count:
      return of_variable(scope);
    case Op::row_column:
      return at(*scope.row, index);
    case Op::request_field:
      return at(*scope.request, index);
    case Op::event_id:
    case Op::event_type:
    case Op::event_key:
    case Op::event_data:
    case Op::event_attempt:
    case Op::event_correlation:
    case Op::event_causation:
      return of_event(scope);
    case Op::timer_key:
      return *scope.timer;
    case Op::memory_value:
    case Op::memory_contains:
    case Op::memory_at:
    case Op::memory_count:
    case Op::memory_first:
      return remembered(scope);
    case Op::both:
      return Value::boolean(operands[0].holds(scope) && operands[1].holds(scope));
    case Op::either:
      return Value::boolean(operands[0].holds(scope) || operands[1].holds(scope));
    case Op::negate:
      return Value::boolean(!operands[0].holds(scope));
    case Op::conditional:
      return operands[operands[0].holds(scope) ? 1 : 2].evaluate(scope);
    case Op::uuid:
      return fresh_id(*scope.world, *site);
    case Op::now:
      return scope.world->take_instant();
    case Op::of_slot:
    case Op::of_table:
      return aggregated(scope);
    case Op::times: {
      if (operands.empty()) return Value::integer(scope.ledger->count(name, is_event, nullptr));
      const Value key = operands.front().evaluate(scope);
      return Value::integer(scope.ledger->count(name, is_event, &key));
    }
    case Op::began:
    case Op::oldest_open:
    case Op::prepared:
      return of_database(scope);
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
    case Op::remainder:
    case Op::minus:
      return arithmetic(scope);
    default:
      return comparison(scope);
  }
}

Value Formula::of_variable(Scope& scope) const {
  const Slot& slot = (*scope.slots)[index];
  switch (op) {
    case Op::slot_column:
      return at(slot.row, column);
    case Op::slot_first:
      if (slot.rows.empty()) return mistaken(scope, "there is no first row: nothing was found");
      return at(slot.rows.front(), column);
    case Op::slot_count:
      return Value::integer(slot.row_count);
    default:  // a value, or the status of an operation
      return slot.value;
  }
}

Value Formula::of_event(const Scope& scope) const {
  switch (op) {
    case Op::event_id:
      return scope.event->id;
    case Op::event_type:
      return scope.event->type;
    case Op::event_key:
      return scope.event->key;
    case Op::event_data:
      return scope.event->field(name);
    case Op::event_correlation:
      return scope.event->correlation;
    case Op::event_causation:
      return scope.event->causation;
    default:
      return Value::integer(scope.attempt);
  }
}

Value Formula::of_database(Scope& scope) const {
  switch (op) {
    case Op::began: {
      const Value began = scope.databases->began(index, column);
      return began.is_null() ? mistaken(scope, "now() is about a transaction that is not open")
                             : began;
    }
    case Op::oldest_open:
      return scope.databases->oldest_open(index, column);
    default:
      return Value::integer(scope.ledger->databases()[index]->count_prepared());
  }
}

Value Formula::remembered(Scope& scope) const {
  switch (op) {
    case Op::memory_contains:
      return Value::boolean(scope.memory->contains(index, operands.front().evaluate(scope)));
    case Op::memory_at:
      return scope.memory->at(index, operands.front().evaluate(scope));
    case Op::memory_count:
      return Value::integer(scope.memory->count(index));
    case Op::memory_first:
      return scope.memory->first(index);
    default:
      return scope.memory->value(index);
  }
}

Value Formula::comparison(Scope& scope) const {
  const Value a = operands[0].evaluate(scope);
  const Value b = operands[1].evaluate(scope);
  if (op == Op::equal) return Value::boolean(a == b);
  if (op == Op::unequal) return Value::boolean(!(a == b));
  if (a.is_null() || b.is_null()) return Value::boolean(false);  // as in SQL: unknown
  if (a.kind() != b.kind()) return mistaken(scope, "these two cannot be put in order");
  if (a.kind() == ValueKind::instant) {
    const bool swapped = op == Op::greater || op == Op::greater_equal;
    const bool or_equal = op == Op::less_equal || op == Op::greater_equal;
    return Value::boolean(swapped ? scope.world->is_before(b, a, or_equal)
                                  : scope.world->is_before(a, b, or_equal));
  }
  if (a.kind() == ValueKind::minted) return mistaken(scope, "ids are in no order");
  const int order = sim::compare(a, b);
  switch (op) {
    case Op::less:
      return Value::boolean(order < 0);
    case Op::less_equal:
      return Value::boolean(order <= 0);
    case Op::greater:
      return Value::boolean(order > 0);
    default:
      return Value::boolean(order >= 0);
  }
}

Value Formula::arithmetic(Scope& scope) const {
  const Value a = operands[0].evaluate(scope);
  if (op == Op::minus) {
    if (a.kind() != ValueKind::integer && a.kind() != ValueKind::duration) {
      return mistaken(scope, "only numbers and durations have a negative");
    }
    if (a.number() == std::numeric_limits<std::int64_t>::min()) {
      return mistaken(scope, "the result does not fit in 64 bits");
    }
    return a.kind() == ValueKind::integer ? Value::integer(-a.number())
                                          : Value::duration(-a.number());
  }
  const Value b = operands[1].evaluate(scope);
  if (a.is_null() || b.is_null()) return mistaken(scope, "null cannot be calculated with");
  if (op == Op::add || op == Op::subtract) return sum(scope, a, b, op == Op::subtract);
  if (a.kind() != ValueKind::integer || b.kind() != ValueKind::integer) {
    return mistaken(scope, "* / % work on whole numbers");
  }
  std::int64_t product = 0;
  if (op == Op::multiply) {
    if (__builtin_mul_overflow(a.number(), b.number(), &product)) {
      return mistaken(scope, "the result does not fit in 64 bits");
    }
    return Value::integer(product);
  }
  if (b.number() == 0) return mistaken(scope, "division by zero");
  if (op == Op::divide && b.number() == -1 &&
      a.number() == std::numeric_limits<std::int64_t>::min()) {
    return mistaken(scope, "the result does not fit in 64 bits");
  }
  if (b.number() == -1) return Value::integer(op == Op::divide ? -a.number() : 0);
  return Value::integer(op == Op::divide ? a.number() / b.number() : a.number() % b.number());
}

}  // namespace onceward::scenarios
