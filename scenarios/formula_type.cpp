#include "scenarios/formula_type.hpp"

#include <fmt/core.h>

namespace onceward::scenarios {
namespace {

using Op = Formula::Op;
using Type = FormulaType;

Type of_kind(sim::ValueKind kind) {
  switch (kind) {
    case sim::ValueKind::null:
      return Type::null;
    case sim::ValueKind::boolean:
      return Type::boolean;
    case sim::ValueKind::integer:
      return Type::integer;
    case sim::ValueKind::text:
      return Type::text;
    case sim::ValueKind::duration:
      return Type::duration;
    case sim::ValueKind::instant:
      return Type::instant;
    case sim::ValueKind::minted:
      return Type::id;
  }
  return Type::unknown;
}

bool is_joined(Type type) {
  return type == Type::text || type == Type::integer || type == Type::id || type == Type::unknown;
}

Type of_sum(const Formula& formula) {
  const Type a = type_of(formula.operands[0]);
  const Type b = type_of(formula.operands[1]);
  if (a == Type::text || b == Type::text) return Type::text;
  if (a == Type::instant) return Type::instant;
  return a == b ? a : Type::unknown;
}

Type of_aggregate(const Formula& formula) {
  if (formula.aggregate == Aggregate::count) return Type::integer;
  if (formula.aggregate == Aggregate::exists) return Type::boolean;
  // Without rows a sum is the number 0, and the least and greatest value are null.
  const Type type = type_of(formula.operands.front());
  return formula.aggregate == Aggregate::sum && type == Type::integer ? type : Type::unknown;
}

std::optional<std::string> aggregate_mistake(const Formula& formula) {
  const bool of_value = formula.operands.size() > (formula.has_condition ? 1U : 0U);
  const Type type = of_value ? type_of(formula.operands.front()) : Type::unknown;
  const bool adds = formula.aggregate == Aggregate::sum;
  const bool number = type == Type::integer || type == Type::duration || type == Type::unknown;
  if (adds && !number) return fmt::format("sum() adds up numbers, this is {}", to_text(type));
  if (type == Type::id || type == Type::boolean) {
    return fmt::format("{} has no least and no greatest", to_text(type));
  }
  if (!formula.has_condition) return std::nullopt;
  const Type condition = type_of(formula.operands.back());
  if (condition == Type::unknown || condition == Type::boolean) return std::nullopt;
  return fmt::format("which rows count must be true or false, this is {}", to_text(condition));
}

std::optional<std::string> sum_mistake(Op op, Type a, Type b) {
  if (a == Type::null || b == Type::null) return "null cannot be calculated with";
  const bool texts = op == Op::add && (a == Type::text || b == Type::text);
  if (texts && is_joined(a) && is_joined(b)) return std::nullopt;
  const bool numbers = a == b && (a == Type::integer || a == Type::duration);
  const bool later = a == Type::instant && b == Type::duration;
  const bool open = a == Type::unknown || b == Type::unknown;
  if (!texts && (numbers || later || open)) return std::nullopt;
  return op == Op::add ? fmt::format("{} and {} cannot be added", to_text(a), to_text(b))
                       : fmt::format("{} cannot be subtracted from {}", to_text(b), to_text(a));
}

bool is_known(Type type) { return type != Type::unknown && type != Type::null; }

std::optional<std::string> comparison_mistake(Op op, Type a, Type b) {
  if (!is_known(a) || !is_known(b) || (a == b && a != Type::id)) return std::nullopt;
  const bool equality = op == Op::equal || op == Op::unequal;
  if (a == b) return equality ? std::nullopt : std::optional<std::string>("ids are in no order");
  return fmt::format("{} and {} are {}", to_text(a), to_text(b),
                     equality ? "never equal" : "in no order");
}

}  // namespace

const char* to_text(FormulaType type) {
  static constexpr const char* kNames[] = {"anything", "null",       "true or false", "a number",
                                           "a text",   "a duration", "an instant",    "an id"};
  return kNames[static_cast<std::size_t>(type)];
}

FormulaType type_of(const Formula& formula) {
  switch (formula.op) {
    case Op::constant:
      return of_kind(formula.constant.kind());
    case Op::n:
    case Op::event_attempt:
    case Op::memory_count:
    case Op::slot_count:
    case Op::times:
    case Op::prepared:
    case Op::multiply:
    case Op::divide:
    case Op::remainder:
      return Type::integer;
    case Op::slot_status:
    case Op::event_type:
      return Type::text;
    case Op::memory_contains:
    case Op::both:
    case Op::either:
    case Op::negate:
    case Op::equal:
    case Op::unequal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
      return Type::boolean;
    case Op::add:
    case Op::subtract:
      return of_sum(formula);
    case Op::minus:
      return type_of(formula.operands[0]);
    case Op::conditional: {
      const Type yes = type_of(formula.operands[1]);
      return yes == type_of(formula.operands[2]) ? yes : Type::unknown;
    }
    case Op::of_slot:
    case Op::of_table:
      return of_aggregate(formula);
    case Op::uuid:
      return Type::id;
    case Op::now:
    case Op::began:
      return Type::instant;
    default:
      return Type::unknown;
  }
}

std::optional<std::string> type_mistake(const Formula& operation) {
  const auto type = [&](std::size_t i) { return type_of(operation.operands[i]); };
  const auto wrong = [](Type is, Type must) { return is != Type::unknown && is != must; };
  switch (operation.op) {
    case Op::both:
    case Op::either:
    case Op::negate:
      for (std::size_t i = 0; i < operation.operands.size(); ++i) {
        if (!wrong(type(i), Type::boolean)) continue;
        const char* word = operation.op == Op::both     ? "and"
                           : operation.op == Op::either ? "or"
                                                        : "not";
        return fmt::format("`{}` is for what is true or false, this is {}", word, to_text(type(i)));
      }
      return std::nullopt;
    case Op::conditional:
      if (!wrong(type(0), Type::boolean)) return std::nullopt;
      return fmt::format("before `?` stands what is true or false, this is {}", to_text(type(0)));
    case Op::add:
    case Op::subtract:
      return sum_mistake(operation.op, type(0), type(1));
    case Op::multiply:
    case Op::divide:
    case Op::remainder:
      if (!wrong(type(0), Type::integer) && !wrong(type(1), Type::integer)) return std::nullopt;
      return "* / % work on whole numbers";
    case Op::minus:
      if (!wrong(type(0), Type::integer) || type(0) == Type::duration) return std::nullopt;
      return fmt::format("{} has no negative", to_text(type(0)));
    case Op::of_slot:
    case Op::of_table:
      return aggregate_mistake(operation);
    case Op::times:
      return std::nullopt;
    default:
      return comparison_mistake(operation.op, type(0), type(1));
  }
}

}  // namespace onceward::scenarios
