// The expression language of a scenario: `row.total > 100 and not row.published`.
//
// From loose to tight: `c ? a : b`; `or`; `and`; `not`; `== != < <= > >= in`, which do not
// chain; `+ -`; `* / %`; unary `-`; parentheses, calls `count(x)`, paths `row.id`, whole numbers
// `1_000`, durations `10m`, texts `'it\'s'`, `true`, `false`, `null`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/source.hpp"

namespace onceward::scenarios {

struct Expression {
  enum class Form {
    null,
    boolean,
    integer,
    text,
    duration,
    path,
    call,
    unary,
    binary,
    conditional
  };

  Form form = Form::null;
  Span span;                         // in the scenario file; parentheses around it not included
  std::string text;                  // the text, the operator or the name of the function
  std::int64_t integer = 0;          // also 0 or 1 of a boolean, nanoseconds of a duration
  std::vector<std::string> path;     // the words of a path, at least one
  std::vector<Span> word_spans;      // of the words of a path, a call's name or the operator
  std::vector<Expression> operands;  // in the order written

  // Expressions are equal when they say the same; where they stand counts nothing.
  friend bool operator==(const Expression& a, const Expression& b);
};

// How deep expressions, and the brackets in them, may nest.
inline constexpr int kDeepestExpression = 64;

// Reads one expression. `base_offset` is where the first character of `text` stands in the
// file. The first mistake adds one problem and ends the reading.
[[nodiscard]] std::optional<Expression> parse_expression(std::string_view text,
                                                         std::uint32_t base_offset,
                                                         Problems& problems);

// The nanoseconds of `10m`, `1500ms` or `0`; nothing for any other text, a negative one too.
[[nodiscard]] std::optional<std::int64_t> parse_duration(std::string_view text);

// The one canonical spelling, with no parentheses but the needed ones. Reading it gives an
// equal expression back.
// REQUIRES: `expression` was parsed, or has the shape of one that could be.
[[nodiscard]] std::string to_text(const Expression& expression);

}  // namespace onceward::scenarios
