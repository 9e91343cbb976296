// What kind of value a formula gives, as far as reading can tell: columns, requests and event data
// hold anything, so much is known only in a run.
#pragma once

#include <optional>
#include <string>

#include "scenarios/formula.hpp"

namespace onceward::scenarios {

enum class FormulaType : std::uint8_t {
  unknown,
  null,
  boolean,
  integer,
  text,
  duration,
  instant,
  id,
};

[[nodiscard]] FormulaType type_of(const Formula& formula);

// "a number", "a text", "true or false", ...
[[nodiscard]] const char* to_text(FormulaType type);

// What is wrong with an operation on operands of these types; nothing if it may work.
[[nodiscard]] std::optional<std::string> type_mistake(const Formula& operation);

}  // namespace onceward::scenarios
