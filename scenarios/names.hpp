// What names mean at one place of a scenario, and formulas made from them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/ledger.hpp"
#include "models/table.hpp"
#include "scenarios/expression.hpp"
#include "scenarios/formula.hpp"
#include "scenarios/json.hpp"
#include "scenarios/source.hpp"

namespace onceward::scenarios {

// A variable of a handler, as `as` binds it.
struct Variable {
  std::uint32_t slot = 0;
  Slot::Kind kind = Slot::Kind::value;
  const models::TableSpec* table = nullptr;  // of row and rows
};

struct Names {
  std::map<std::string, Variable> variables;
  const models::TableSpec* row = nullptr;
  const models::RequestSpec* request = nullptr;
  bool has_event = false;
  bool has_n = false;
  bool runs = false;                      // within a handler: uuid() and now() make sense
  std::shared_ptr<const sim::Site> site;  // where uuid() mints
};

// The formula of `expression`; nothing, with a message, if a name is unknown or a type is wrong.
[[nodiscard]] std::optional<Formula> resolve(const Expression& expression, const Names& names,
                                             Problems& problems);

// A value of the language: plain JSON, or an expression in a text that starts with `=`.
[[nodiscard]] std::optional<Formula> read_value(const Node& node, const Names& names,
                                                Problems& problems);

// A text that is always an expression (`where`, `if`, `when`) and must be true or false.
[[nodiscard]] std::optional<Formula> read_condition(const Node& node, const Names& names,
                                                    Problems& problems);

}  // namespace onceward::scenarios
