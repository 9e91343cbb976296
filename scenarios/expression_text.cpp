// Prints expressions; see `to_text` in the header.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenarios/expression.hpp"
#include "scenarios/precedence.hpp"
#include "scenarios/tokens.hpp"

namespace onceward::scenarios {
namespace {

using Form = Expression::Form;

Binding binding(const Expression& expression) {
  if (expression.form == Form::conditional) return Binding::conditional;
  if (expression.form == Form::binary) return binding_of(expression.text);
  if (expression.form != Form::unary) return Binding::primary;
  return expression.text == "not" ? Binding::negation : Binding::minus;
}

// Through the unsigned type, in which the smallest value has a magnitude.
std::uint64_t magnitude(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return value < 0 ? std::uint64_t{0} - bits : bits;
}

std::string quoted(const std::string& value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

std::string print(const Expression& expression, Binding loosest);

std::string print_unary(const Expression& expression) {
  const Expression& operand = expression.operands[0];
  if (expression.text == "not") return "not " + print(operand, Binding::negation);
  // `-5` is a literal, so the minus of a literal that is not negative needs its own marks.
  const bool literal = operand.form == Form::integer || operand.form == Form::duration;
  if (literal && operand.integer >= 0) return "-(" + print(operand, Binding::primary) + ")";
  return "-" + print(operand, Binding::minus);
}

std::string print_binary(const Expression& expression) {
  const Binding own = binding_of(expression.text);
  const Binding left = own == Binding::comparison ? tighter(own) : own;
  return fmt::format("{} {} {}", print(expression.operands[0], left), expression.text,
                     print(expression.operands[1], tighter(own)));
}

std::string print_call(const Expression& expression) {
  std::vector<std::string> arguments;
  for (const Expression& operand : expression.operands) {
    arguments.push_back(print(operand, Binding::conditional));
  }
  return fmt::format("{}({})", expression.text, fmt::join(arguments, ", "));
}

std::string print_bare(const Expression& expression) {
  const char* const sign = expression.integer < 0 ? "-" : "";
  const std::uint64_t size = magnitude(expression.integer);
  switch (expression.form) {
    case Form::null:
      return "null";
    case Form::boolean:
      return expression.integer != 0 ? "true" : "false";
    case Form::integer:
      return fmt::format("{}{}", sign, size);
    case Form::duration:
      return sign + duration_text(size);
    case Form::text:
      return quoted(expression.text);
    case Form::path:
      return fmt::format("{}", fmt::join(expression.path, "."));
    case Form::call:
      return print_call(expression);
    case Form::unary:
      return print_unary(expression);
    case Form::binary:
      return print_binary(expression);
    case Form::conditional:
      break;
  }
  return fmt::format("{} ? {} : {}", print(expression.operands[0], Binding::disjunction),
                     print(expression.operands[1], Binding::conditional),
                     print(expression.operands[2], Binding::conditional));
}

std::string print(const Expression& expression, Binding loosest) {
  std::string text = print_bare(expression);
  return binding(expression) < loosest ? "(" + text + ")" : text;
}

}  // namespace

std::string to_text(const Expression& expression) {
  return print(expression, Binding::conditional);
}

}  // namespace onceward::scenarios
