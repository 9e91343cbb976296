// Text as a terminal shows it. Nothing that comes from a file may move the cursor, change colours,
// turn the reading direction or break a line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace onceward::reports {

enum class Alphabet : std::uint8_t { unicode, ascii };

// `text` with control characters, invisible characters and bytes that are no UTF-8 written out, as
// `\n`, `\x1b`, `\u{202e}`. With `ascii`, all that ASCII has no letter for is written out too.
[[nodiscard]] std::string printable(std::string_view text, Alphabet alphabet = Alphabet::unicode);

// The same for text that was laid out before: its line breaks and tabs are kept.
[[nodiscard]] std::string printable_lines(std::string_view text,
                                          Alphabet alphabet = Alphabet::unicode);

// How many columns printable text takes; most East Asian characters take two.
[[nodiscard]] std::size_t columns(std::string_view text);

// `text` and as many spaces as are missing to `width` columns; never shorter than `text`.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);
[[nodiscard]] std::string right_aligned(std::string_view text, std::size_t width);

// `text` broken at spaces into lines of at most `width` columns, `hang` fewer from the second line
// on; a longer word keeps its own line whole. Never empty.
// REQUIRES: hang < width.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t width,
                                               std::size_t hang = 0);

}  // namespace onceward::reports
