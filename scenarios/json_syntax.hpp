// What is wrong with JSON that a parser refused, in words for the person who wrote it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "scenarios/source.hpp"

namespace onceward::scenarios {

// What a reader of JSON waits for.
enum class Awaited {
  document,      // the one value of the file
  first_member,  // behind `{`
  colon,         // behind a member's name
  next_member,   // behind a member's value
  first_item,    // behind `[`
  next_item,     // behind an item
  end_of_file,   // behind the value of the file
};

// Where a reader of JSON stands: everything in front of `at` was in order.
struct Standing {
  Awaited awaited = Awaited::document;
  std::uint32_t at = 0;
  std::optional<std::uint32_t> open;  // the bracket that is open there
};

// The first offset from `at` on that is neither white space nor in a comment. A comment that is
// never closed counts as neither.
[[nodiscard]] std::uint32_t skip_blank(std::string_view text, std::uint32_t at);

// The first mistake behind a standing.
// REQUIRES: a parser met one there.
[[nodiscard]] Problem syntax_problem(const Source& source, const Standing& standing);

}  // namespace onceward::scenarios
