// Text as people see it: code points of UTF-8, and a form that is safe to print.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace onceward::scenarios {

// One code point. A byte that starts no valid sequence is a code point of its own, with
// `valid` false and its own value, so that walking over any bytes always moves on.
struct CodePoint {
  char32_t value = 0;
  std::uint32_t bytes = 1;
  bool valid = true;
};

// The code point that starts at `offset`. Overlong forms, surrogates and values above
// U+10FFFF are invalid.
// REQUIRES: `offset` < `text.size()`.
[[nodiscard]] CodePoint code_point_at(std::string_view text, std::size_t offset);

// One code point as it may be printed: a tab becomes a space; control characters, marks that
// change the direction of text and invalid bytes become `\x1b` or `\u202e`.
// REQUIRES: `offset` < `text.size()` and `point` was read there.
[[nodiscard]] std::string printable(std::string_view text, std::size_t offset, CodePoint point);

// The whole text as it may be printed, so that a terminal is never driven by a file.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace onceward::scenarios
