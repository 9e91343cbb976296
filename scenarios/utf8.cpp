#include "scenarios/utf8.hpp"

#include <fmt/format.h>

namespace onceward::scenarios {
namespace {

constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};

// How many bytes a sequence that starts with `lead` has; 0 when none may start so.
std::uint32_t sequence_bytes(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

bool drives_a_terminal(char32_t value) {
  if (value < 0x20) return true;
  if (value >= 0x7F && value <= 0x9F) return true;
  // Marks that reorder what follows: an excerpt must read in the order of its bytes.
  if (value == 0x200E || value == 0x200F || value == 0x061C) return true;
  if (value >= 0x2028 && value <= 0x202E) return true;
  return value >= 0x2066 && value <= 0x2069;
}

}  // namespace

CodePoint code_point_at(std::string_view text, std::size_t offset) {
  const auto lead = static_cast<unsigned char>(text[offset]);
  const CodePoint invalid{lead, 1, false};
  const std::uint32_t bytes = sequence_bytes(lead);
  if (bytes == 0 || text.size() - offset < bytes) return invalid;
  if (bytes == 1) return {lead, 1, true};
  char32_t value = lead & (0x7FU >> bytes);
  for (std::uint32_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[offset + i]);
    if ((next & 0xC0U) != 0x80U) return invalid;
    value = (value << 6U) | (next & 0x3FU);
  }
  if (value < kSmallest[bytes] || value > 0x10FFFF) return invalid;
  if (value >= 0xD800 && value <= 0xDFFF) return invalid;
  return {value, bytes, true};
}

std::string printable(std::string_view text, std::size_t offset, CodePoint point) {
  if (point.value == '\t') return " ";
  if (!point.valid) return fmt::format("\\x{:02x}", static_cast<std::uint32_t>(point.value));
  if (!drives_a_terminal(point.value)) return std::string(text.substr(offset, point.bytes));
  const auto value = static_cast<std::uint32_t>(point.value);
  return value < 0x100 ? fmt::format("\\x{:02x}", value) : fmt::format("\\u{:04x}", value);
}

std::string printable(std::string_view text) {
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    shown += printable(text, at, point);
    at += point.bytes;
  }
  return shown;
}

}  // namespace onceward::scenarios
