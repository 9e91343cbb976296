#include "reports/printable.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace onceward::reports {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t size>
bool is_in(const std::array<Range, size>& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Range& range) { return range.first <= code && code <= range.last; });
}

// Controls, what turns the reading direction, what takes no room, other line breaks, and what is no
// character. XML can hold all that is left.
constexpr std::array<Range, 10> kWrittenOut = {{{0x00, 0x1F},
                                                {0x7F, 0x9F},
                                                {0xAD, 0xAD},
                                                {0x61C, 0x61C},
                                                {0x200B, 0x200F},
                                                {0x2028, 0x202E},
                                                {0x2060, 0x206F},
                                                {0xFEFF, 0xFEFF},
                                                {0xFFFE, 0xFFFF},
                                                {0xE0000, 0xE0FFF}}};
constexpr std::array<Range, 4> kNoColumn = {
    {{0x300, 0x36F}, {0x1AB0, 0x1AFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};
constexpr std::array<Range, 9> kTwoColumns = {{{0x1100, 0x115F},
                                               {0x2E80, 0xA4CF},
                                               {0xAC00, 0xD7A3},
                                               {0xF900, 0xFAFF},
                                               {0xFE30, 0xFE6F},
                                               {0xFF00, 0xFF60},
                                               {0xFFE0, 0xFFE6},
                                               {0x1F300, 0x1FAFF},
                                               {0x20000, 0x3FFFD}}};

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

// The character at `text[at]`, or one invalid byte. Overlong forms and surrogates are invalid.
Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1, true};
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + bytes > text.size()) return {};
  char32_t code = first & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kLeast[bytes] || code > 0x10FFFF || surrogate) return {};
  return {code, bytes, true};
}

std::string written_out(char32_t code) {
  if (code == '\n') return "\\n";
  if (code == '\r') return "\\r";
  if (code == '\t') return "\\t";
  const auto number = static_cast<std::uint32_t>(code);
  return code < 0x80 ? fmt::format("\\x{:02x}", number) : fmt::format("\\u{{{:x}}}", number);
}

std::string escape(std::string_view text, Alphabet alphabet, std::string_view kept) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const Character each = character_at(text, at);
    const std::string_view bytes = text.substr(at, each.bytes);
    at += each.bytes;
    if (!each.valid) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes[0]));
    } else if (kept.find(bytes) == std::string_view::npos &&
               (is_in(kWrittenOut, each.code) ||
                (alphabet == Alphabet::ascii && each.code >= 0x80))) {
      result += written_out(each.code);
    } else {
      result += bytes;
    }
  }
  return result;
}

}  // namespace

std::string printable(std::string_view text, Alphabet alphabet) {
  return escape(text, alphabet, "");
}

std::string printable_lines(std::string_view text, Alphabet alphabet) {
  return escape(text, alphabet, "\n\t");
}

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character each = character_at(text, at);
    at += each.bytes;
    if (is_in(kNoColumn, each.code)) continue;
    count += is_in(kTwoColumns, each.code) ? 2 : 1;
  }
  return count;
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t used = columns(text);
  return std::string(text) + std::string(width > used ? width - used : 0, ' ');
}

std::string right_aligned(std::string_view text, std::size_t width) {
  const std::size_t used = columns(text);
  return std::string(width > used ? width - used : 0, ' ') + std::string(text);
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width, std::size_t hang) {
  std::vector<std::string> lines;
  std::string line;
  while (true) {
    // A word keeps the spaces before it, so that wider gaps survive inside a line.
    const std::size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) break;
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::size_t limit = lines.empty() ? width : width - hang;
    if (!line.empty() && columns(line) + columns(text.substr(0, end)) > limit) {
      lines.push_back(std::move(line));
      line.clear();
    }
    line += line.empty() && !lines.empty() ? text.substr(begin, end - begin) : text.substr(0, end);
    text.remove_prefix(end);
  }
  lines.push_back(std::move(line));
  return lines;
}

}  // namespace onceward::reports
