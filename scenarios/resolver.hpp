// Resolves the names of one expression: paths in names.cpp, calls of functions in functions.cpp.
#pragma once

#include "scenarios/formula_type.hpp"
#include "scenarios/names.hpp"

namespace onceward::scenarios {

// Every method adds at most one problem.
class Resolver {
 public:
  Resolver(const Names& names, Problems& problems) : names_(names), problems_(problems) {}

  [[nodiscard]] std::optional<Formula> resolve(const Expression& expression);

 private:
  using Op = Formula::Op;
  using Form = Expression::Form;

  static Formula constant(const sim::Value& value);
  static Formula leaf(Op op, std::uint32_t index = 0, std::uint32_t column = 0);
  std::optional<Formula> refuse(Span span, std::string message, std::string hint = {});

  // names.cpp
  std::optional<Formula> operation(const Expression& expression, Op op);
  // `event.attempt < 3` and the like.
  void note_attempts(const Formula& formula);
  std::optional<Formula> binary(const Expression& expression);
  // Whether `value` may be this text, where all that it can be is known; complains if not.
  bool can_be(const Expression& value, const Expression& text);
  std::optional<Formula> column(const models::TableSpec& table, const Expression& path,
                                std::size_t word, Op op, std::uint32_t slot);
  std::optional<Formula> path(const Expression& expression);
  std::optional<Formula> request(const Expression& path);
  std::optional<Formula> event(const Expression& path);
  std::optional<Formula> variable(const Expression& path, const Variable& variable);
  // The value of a cell that is no list, set or map (names_memory.cpp).
  std::optional<Formula> memory(const Expression& path);
  // Names that mean something elsewhere are better explained than corrected.
  [[nodiscard]] std::string hint_for(const std::string& root) const;
  [[nodiscard]] std::vector<std::string> known() const;

  // functions.cpp
  std::optional<Formula> call(const Expression& expression);
  std::optional<Formula> aggregate(const Expression& call, Aggregate of);
  // The rows that the first argument of an aggregate stands for.
  std::optional<Formula> rows_of(const Expression& call, const models::TableSpec*& table);
  std::optional<Formula> table_of(const Expression& list, const std::string& name,
                                  const models::TableSpec*& table);
  std::optional<Formula> times(const Expression& call);
  std::optional<Formula> prepared(const Expression& call);

  // names_memory.cpp
  // Whether it is a function of a list, set or map of memory.
  [[nodiscard]] static bool asks_memory(const Expression& call);
  std::optional<Formula> of_memory(const Expression& call);
  // The cell that a path names; null, with a message, if there is none.
  const models::CellSpec* cell(const Expression& path, std::uint32_t& index);

  const Names& names_;
  Problems& problems_;
};

}  // namespace onceward::scenarios
