#include "scenarios/json_syntax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "scenarios/nearest.hpp"
#include "scenarios/utf8.hpp"

namespace onceward::scenarios {
namespace {

using Found = std::optional<Problem>;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// A walk over the text behind a standing. Its functions return the problem they met, if any.
class Walk {
 public:
  Walk(const Source& source, const Standing& standing)
      : source_(source), text_(source.text()), standing_(standing), at_(standing.at) {}

  Problem first_problem();

 private:
  Found blank();
  Found value(std::string_view expected);
  Found word();
  Found number();
  Found string();
  Found escape();
  Found surrogates(std::uint32_t begin, std::uint32_t unit);
  Found member(bool after_comma);
  Found behind(char close);
  Found glued_number();
  Found colon();

  [[nodiscard]] bool ended() const { return at_ >= text_.size(); }
  [[nodiscard]] char here() const { return ended() ? '\0' : text_[at_]; }
  // Whether the next character is `c`, which is then passed.
  bool pass(char c);
  // The token at hand, for a message; at the end of the file, why it should not end.
  [[nodiscard]] Span token() const;
  [[nodiscard]] Problem unexpected(std::string_view expected, std::string hint = {}) const;
  [[nodiscard]] Problem to_line_end(std::string message, std::string hint) const;

  const Source& source_;
  std::string_view text_;
  Standing standing_;
  std::uint32_t at_;
};

bool Walk::pass(char c) {
  if (ended() || here() != c) return false;
  ++at_;
  return true;
}

Span Walk::token() const {
  if (ended()) return {at_, at_};
  std::uint32_t end = at_;
  if (here() == '"') {
    for (++end; end < text_.size() && text_[end] != '"' && text_[end] != '\n'; ++end) {
      if (text_[end] == '\\' && end + 1 < text_.size()) ++end;
    }
    return {at_, end < text_.size() && text_[end] == '"' ? end + 1 : end};
  }
  while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) ++end;
  return {at_, end > at_ ? end : at_ + code_point_at(text_, at_).bytes};
}

Problem Walk::unexpected(std::string_view expected, std::string hint) const {
  const Span span = token();
  if (!ended()) {
    const std::string_view found = text_.substr(span.begin, span.end - span.begin);
    const bool brief = found.size() <= 40;
    const std::string shown = brief ? fmt::format("`{}`", found) : "a long text";
    return {span, fmt::format("expected {}, found {}", expected, shown), std::move(hint)};
  }
  std::string message = fmt::format("expected {}, but the file ends here", expected);
  if (standing_.open) {
    hint = fmt::format("the `{}` of line {} is not closed", text_[*standing_.open],
                       source_.line_number(*standing_.open));
  }
  return {span, std::move(message), std::move(hint)};
}

// A problem that spans what is left of the line.
Problem Walk::to_line_end(std::string message, std::string hint) const {
  std::uint32_t end = at_;
  while (end < text_.size() && text_[end] != '\n' && text_[end] != '\r') ++end;
  return {{at_, end}, std::move(message), std::move(hint)};
}

Found Walk::blank() {
  at_ = skip_blank(text_, at_);
  if (here() != '/') return std::nullopt;
  const Span sign{at_, at_ + 1};
  if (!text_.substr(at_).starts_with("/*")) {
    return Problem{sign, "unexpected `/`", "a comment starts with // or /*"};
  }
  return Problem{{at_, at_ + 2}, "the comment is never closed", "close it with */"};
}

Found Walk::value(std::string_view expected) {
  const char c = here();
  if (ended()) return unexpected(expected);
  if (c == '"') return string();
  if (is_digit(c) || c == '-' || c == '+' || c == '.') return number();
  if (is_letter(c)) return word();
  if (c == '\'') return unexpected(expected, "a text stands in double quotes");
  if (c == '#') return unexpected(expected, "a comment starts with // or /*");
  if (c == '{' || c == '[') return std::nullopt;
  return unexpected(expected);
}

Found Walk::word() {
  const Span span = token();
  const std::string_view found = text_.substr(span.begin, span.end - span.begin);
  if (found == "true" || found == "false" || found == "null") return std::nullopt;
  std::string hint = "a text stands in double quotes";
  if (const std::string near = nearest(found, {"true", "false", "null"}); !near.empty()) {
    hint = fmt::format("did you mean {}?", near);
  }
  return unexpected("a value", std::move(hint));
}

Found Walk::number() {
  const std::uint32_t begin = at_;
  std::uint32_t end = begin;
  const auto belongs = [](char c) {
    return is_digit(c) || is_letter(c) || c == '+' || c == '-' || c == '.';
  };
  while (end < text_.size() && belongs(text_[end])) ++end;
  const std::string_view found = text_.substr(begin, end - begin);
  std::string hint = "write it as in 10 or -10";
  const std::string_view digits = found.substr(found.front() == '-' ? 1 : 0);
  if (found.front() == '+') hint = "leave out the `+`";
  if (digits.size() > 1 && digits[0] == '0' && is_digit(digits[1])) hint = "leave out the zero";
  if (!digits.empty() && is_digit(digits[0]) && is_letter(found.back())) {
    hint = "write durations as text like \"1500ms\"";
  }
  // One too large for floating point is the only well-formed number a parser refuses.
  const bool huge = found.find_first_of("eE") != std::string_view::npos && is_digit(found.back());
  std::string message =
      huge ? "numbers are whole numbers" : fmt::format("`{}` is not a number", found);
  return Problem{{begin, end}, std::move(message), std::move(hint)};
}

Found Walk::string() {
  const std::uint32_t begin = at_;
  for (++at_; !ended() && here() != '"';) {
    const auto c = static_cast<unsigned char>(here());
    if (c == '\n' || c == '\r') break;
    const CodePoint point = code_point_at(text_, at_);
    if (!point.valid) return Problem{{at_, at_ + 1}, "the file is not UTF-8 here", {}};
    if (c < 0x20) {
      return Problem{{at_, at_ + 1},
                     "a control character stands in a text",
                     fmt::format("write it as \\u{:04x}", c)};
    }
    if (c == '\\') {
      if (Found problem = escape()) return problem;
      continue;
    }
    at_ += point.bytes;
  }
  if (pass('"')) return std::nullopt;
  at_ = begin;
  return to_line_end("the text is never closed", "close it with \" on the same line");
}

// The code unit of the `\u1234` at `at`, if one stands there.
std::optional<std::uint32_t> code_unit(std::string_view text, std::uint32_t at) {
  if (!text.substr(at).starts_with("\\u") || text.size() - at < 6) return std::nullopt;
  std::uint32_t unit = 0;
  for (const char c : text.substr(at + 2, 4)) {
    if (!is_hex(c)) return std::nullopt;
    const int digit = is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
    unit = unit * 16 + static_cast<std::uint32_t>(digit);
  }
  return unit;
}

Found Walk::escape() {
  const std::uint32_t begin = at_;
  constexpr std::string_view kEscapes = "\"\\/bfnrt";
  if (begin + 1 >= text_.size()) {
    at_ = begin + 1;
    return std::nullopt;  // the text is never closed, which the caller says
  }
  if (kEscapes.find(text_[begin + 1]) != std::string_view::npos) {
    at_ = begin + 2;
    return std::nullopt;
  }
  const auto unit = code_unit(text_, begin);
  if (unit) return surrogates(begin, *unit);
  if (text_[begin + 1] == 'u') {
    return Problem{{begin, begin + 2}, "`\\u` needs four hexadecimal digits", "as in \\u00e9"};
  }
  return Problem{{begin, begin + 1 + code_point_at(text_, begin + 1).bytes},
                 "unknown escape in a text",
                 R"(the escapes are \" \\ \/ \b \f \n \r \t \u1234)"};
}

Found Walk::surrogates(std::uint32_t begin, std::uint32_t unit) {
  const auto is_low = [](std::uint32_t value) { return value >= 0xDC00 && value <= 0xDFFF; };
  const bool is_high = unit >= 0xD800 && unit <= 0xDBFF;
  const auto next = is_high ? code_unit(text_, begin + 6) : std::nullopt;
  if (is_low(unit) || (is_high && !(next && is_low(*next)))) {
    return Problem{{begin, begin + 6},
                   "half of a surrogate pair is no character",
                   "write the character itself"};
  }
  at_ = begin + (is_high ? 12 : 6);
  return std::nullopt;
}

Found Walk::member(bool after_comma) {
  if (here() == '"') return string();
  const std::string_view expected = "a name in double quotes";
  if (here() == '}') {
    if (!after_comma) return std::nullopt;
    return unexpected(expected, "remove the comma in front of it");
  }
  const bool bare = is_letter(here()) || here() == '\'';
  return unexpected(after_comma ? expected : "a name in double quotes or `}`",
                    bare ? "names stand in double quotes" : "");
}

// What follows a complete member or item.
Found Walk::behind(char close) {
  if (pass(',')) {
    if (Found problem = blank()) return problem;
    if (close == '}') return member(true);
    if (here() == ']') return unexpected("a value", "remove the comma in front of it");
    return value("a value");
  }
  if (here() == close) return std::nullopt;
  const char c = here();
  const bool begins = c == '"' || c == '{' || c == '[' || is_letter(c) || is_digit(c) || c == '-';
  return unexpected(fmt::format("`,` or `{}`", close),
                    begins ? "is a comma missing in front of it?" : "");
}

// The parser takes `01` and `10s` for a number and something else right behind it.
Found Walk::glued_number() {
  const auto belongs = [](char c) { return is_digit(c) || is_letter(c) || c == '.'; };
  if (ended() || at_ == 0 || !belongs(here()) || !is_digit(text_[at_ - 1])) return std::nullopt;
  while (at_ > 0 && belongs(text_[at_ - 1])) --at_;
  return number();
}

Found Walk::colon() {
  if (!pass(':')) {
    const char* const hint = here() == '=' ? "write `:`" : "";
    return unexpected("`:` behind the name", hint);
  }
  if (Found problem = blank()) return problem;
  return value("a value");
}

Problem Walk::first_problem() {
  Found problem = glued_number();
  if (!problem) problem = blank();
  if (problem) return *problem;
  switch (standing_.awaited) {
    case Awaited::document:
      if (ended()) return {{at_, at_}, "the file is empty", "expected an object: { ... }"};
      problem = value("a value");
      break;
    case Awaited::first_member:
      problem = member(false);
      break;
    case Awaited::colon:
      problem = colon();
      break;
    case Awaited::next_member:
      problem = behind('}');
      break;
    case Awaited::first_item:
      problem = value("a value or `]`");
      break;
    case Awaited::next_item:
      problem = behind(']');
      break;
    case Awaited::end_of_file:
      problem = unexpected("the end of the file");
      break;
  }
  // The parser refused something this walk accepts: at least the place is known.
  return problem.value_or(unexpected("other JSON"));
}

}  // namespace

std::uint32_t skip_blank(std::string_view text, std::uint32_t at) {
  while (at < text.size()) {
    if (is_space(text[at])) {
      ++at;
      continue;
    }
    const std::string_view rest = text.substr(at);
    std::size_t length = 0;
    if (rest.starts_with("//")) {
      length = std::min(rest.find_first_of("\r\n"), rest.size());
    } else if (rest.starts_with("/*")) {
      const std::size_t close = rest.find("*/", 2);
      if (close == std::string_view::npos) return at;
      length = close + 2;
    } else {
      return at;
    }
    at += static_cast<std::uint32_t>(length);
  }
  return at;
}

Problem syntax_problem(const Source& source, const Standing& standing) {
  return Walk(source, standing).first_problem();
}

}  // namespace onceward::scenarios
