// How tightly each operator of the expression language binds: one table for the parser and
// the printer.
#pragma once

#include <string_view>

namespace onceward::scenarios {

// From loose to tight.
enum class Binding {
  conditional,
  disjunction,
  conjunction,
  negation,
  comparison,
  sum,
  product,
  minus,
  primary
};

[[nodiscard]] constexpr Binding tighter(Binding binding) {
  return static_cast<Binding>(static_cast<int>(binding) + 1);
}

// Of the binary operators; `primary` for every other word or sign.
[[nodiscard]] constexpr Binding binding_of(std::string_view binary) {
  if (binary == "or") return Binding::disjunction;
  if (binary == "and") return Binding::conjunction;
  if (binary == "==" || binary == "!=" || binary == "<") return Binding::comparison;
  if (binary == "<=" || binary == ">" || binary == ">=") return Binding::comparison;
  if (binary == "in") return Binding::comparison;
  if (binary == "+" || binary == "-") return Binding::sum;
  if (binary == "*" || binary == "/" || binary == "%") return Binding::product;
  return Binding::primary;
}

}  // namespace onceward::scenarios
