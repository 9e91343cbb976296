#include "scenarios/tokens.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "scenarios/utf8.hpp"

namespace onceward::scenarios {
namespace {

constexpr std::uint64_t kLargest = std::uint64_t{1} << 63U;

struct Unit {
  std::string_view name;
  std::uint64_t nanoseconds;
};

// From the largest to the smallest.
constexpr Unit kUnits[] = {
    {"d", 86'400'000'000'000},  // the day of a clock without leap seconds
    {"h", 3'600'000'000'000},  {"m", 60'000'000'000}, {"s", 1'000'000'000},
    {"ms", 1'000'000},         {"us", 1'000},         {"ns", 1},
};

// Spellings of other languages, the longest of a common start first.
struct Foreign {
  std::string_view sign;
  std::string_view hint;
};

constexpr Foreign kForeign[] = {
    {"===", "write `==`"}, {"!==", "write `!=`"}, {"<>", "write `!=`"},
    {"=>", "write `>=`"},  {"=<", "write `<=`"},  {"&&", "write `and`"},
    {"||", "write `or`"},  {"&", "write `and`"},  {"|", "write `or`"},
};

constexpr std::string_view kSigns[] = {"==", "!=", "<=", ">=", "<", ">", "+", "-", "*",
                                       "/",  "%",  "?",  ":",  "(", ")", ",", "."};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool continues_word(char c) { return starts_word(c) || is_digit(c); }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// `count * unit`, or nothing above `kLargest`.
std::optional<std::uint64_t> product(std::uint64_t count, std::uint64_t unit) {
  if (count > kLargest / unit) return std::nullopt;
  return count * unit;
}

// The value of digits with separators, or nothing above `kLargest`.
std::optional<std::uint64_t> value_of(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (c == '_') continue;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (kLargest - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

std::string hint_for_character(std::string_view character) {
  if (character == "[" || character == "]") return "expressions have no lists; use `or` or a path";
  if (character == "{" || character == "}") return "expressions have no objects";
  if (character == "\xE2\x80\x98" || character == "\xE2\x80\x99") return "write '";
  if (character == "\xE2\x80\x9C" || character == "\xE2\x80\x9D") return "write '";
  if (character == "`") return "write '";
  return {};
}

// One unit of a duration in nanoseconds; nothing for another word.
std::optional<std::uint64_t> unit_nanoseconds(std::string_view unit) {
  for (const Unit& known : kUnits) {
    if (known.name == unit) return known.nanoseconds;
  }
  return std::nullopt;
}

}  // namespace

std::string duration_text(std::uint64_t nanoseconds) {
  if (nanoseconds == 0) return "0s";
  for (const Unit& unit : kUnits) {
    if (nanoseconds % unit.nanoseconds != 0) continue;
    return fmt::format("{}{}", nanoseconds / unit.nanoseconds, unit.name);
  }
  return fmt::format("{}ns", nanoseconds);
}

Tokens::Tokens(std::string_view text, std::uint32_t base_offset, Problems& problems)
    : text_(text), base_(base_offset), problems_(problems), next_(read()) {}

Token Tokens::take() {
  Token taken = next_;
  if (taken.kind != Token::Kind::mistake) next_ = read();
  return taken;
}

std::string_view Tokens::written(Span span) const {
  return text_.substr(span.begin - base_, span.end - span.begin);
}

Token Tokens::token(Token::Kind kind, std::size_t begin) const {
  Token token;
  token.kind = kind;
  token.span = {base_ + static_cast<std::uint32_t>(begin), base_ + static_cast<std::uint32_t>(at_)};
  return token;
}

Token Tokens::mistake(std::size_t begin, std::size_t end, std::string message, std::string hint) {
  at_ = end;
  Token token = this->token(Token::Kind::mistake, begin);
  problems_.add(token.span, std::move(message), std::move(hint));
  return token;
}

Token Tokens::read() {
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  if (at_ == text_.size()) return token(Token::Kind::end, at_);
  const char c = text_[at_];
  if (starts_word(c)) return read_word();
  if (is_digit(c)) return read_number();
  if (c == '\'') return read_text();
  return read_sign();
}

Token Tokens::read_word() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && continues_word(text_[at_])) ++at_;
  Token word = token(Token::Kind::word, begin);
  word.text = text_.substr(begin, at_ - begin);
  return word;
}

Token Tokens::read_number() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '_')) ++at_;
  const std::string_view digits = text_.substr(begin, at_ - begin);
  if (digits.ends_with('_') || digits.find("__") != std::string_view::npos) {
    return mistake(begin, at_, "`_` in a number stands between two digits", "write 1_000");
  }
  if (at_ + 1 < text_.size() && text_[at_] == '.' && is_digit(text_[at_ + 1])) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && continues_word(text_[end])) ++end;
    return mistake(begin, end, "numbers are whole numbers", "use a smaller unit, as in 1500ms");
  }
  const std::size_t unit_begin = at_;
  while (at_ < text_.size() && continues_word(text_[at_])) ++at_;
  const std::string_view unit = text_.substr(unit_begin, at_ - unit_begin);
  const auto count = value_of(digits);
  if (unit.empty()) {
    if (!count) return mistake(begin, at_, "the number does not fit into 64 bits", {});
    Token number = token(Token::Kind::integer, begin);
    number.magnitude = *count;
    return number;
  }
  const auto size = unit_nanoseconds(unit);
  if (!size) {
    return mistake(unit_begin, at_, fmt::format("unknown unit `{}`", unit),
                   "the units are ns, us, ms, s, m, h and d, one in a duration");
  }
  const auto nanoseconds = count ? product(*count, *size) : std::nullopt;
  if (!nanoseconds) {
    return mistake(begin, at_, "the duration does not fit into 64 bits of nanoseconds",
                   "the longest is 106751d");
  }
  Token duration = token(Token::Kind::duration, begin);
  duration.magnitude = *nanoseconds;
  return duration;
}

Token Tokens::read_text() {
  const std::size_t begin = at_;
  std::string value;
  for (++at_; at_ < text_.size() && text_[at_] != '\''; ++at_) {
    if (text_[at_] != '\\') {
      value += text_[at_];
      continue;
    }
    if (++at_ == text_.size()) break;
    const char escaped = text_[at_];
    if (escaped != '\'' && escaped != '\\' && escaped != 'n') {
      const std::size_t end = at_ + code_point_at(text_, at_).bytes;
      return mistake(at_ - 1, end, "unknown escape in a text", R"(the escapes are \', \\ and \n)");
    }
    value += escaped == 'n' ? '\n' : escaped;
  }
  if (at_ == text_.size()) {
    return mistake(begin, at_, "the text is never closed", "close it with '");
  }
  ++at_;
  Token text = token(Token::Kind::text, begin);
  text.text = std::move(value);
  return text;
}

Token Tokens::read_sign() {
  const std::size_t begin = at_;
  const std::string_view rest = text_.substr(begin);
  for (const Foreign& foreign : kForeign) {
    if (!rest.starts_with(foreign.sign)) continue;
    return mistake(begin, begin + foreign.sign.size(),
                   fmt::format("`{}` is not an operator", foreign.sign), std::string(foreign.hint));
  }
  for (const std::string_view sign : kSigns) {
    if (!rest.starts_with(sign)) continue;
    at_ += sign.size();
    Token token = this->token(Token::Kind::sign, begin);
    token.text = sign;
    return token;
  }
  if (rest.front() == '=') {
    return mistake(begin, begin + 1, "`=` is not an operator", "write `==` to compare");
  }
  if (rest.front() == '!') {
    return mistake(begin, begin + 1, "`!` is not an operator", "write `not`");
  }
  if (rest.front() == '"') {
    return mistake(begin, begin + 1, "a text stands in single quotes", "write 'text'");
  }
  const std::string_view character = rest.substr(0, code_point_at(rest, 0).bytes);
  return mistake(begin, begin + character.size(), fmt::format("unknown character `{}`", character),
                 hint_for_character(character));
}

}  // namespace onceward::scenarios
