// The words and signs of the expression language.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scenarios/source.hpp"

namespace onceward::scenarios {

struct Token {
  enum class Kind { end, integer, duration, text, word, sign, mistake };

  Kind kind = Kind::end;
  Span span;
  std::string text;             // a word, a sign, the value of a text literal
  std::uint64_t magnitude = 0;  // an integer, or nanoseconds; at most 2^63, for `-2^63`

  [[nodiscard]] bool is(std::string_view spelling) const {
    return (kind == Kind::word || kind == Kind::sign) && text == spelling;
  }
};

// Cuts a text into tokens. The first mistake is added to the problems and ends the text: from
// then on every token is a `mistake`.
class Tokens {
 public:
  // Spans are `base_offset` plus the offset in `text`.
  // REQUIRES: `text` and `problems` outlive this.
  Tokens(std::string_view text, std::uint32_t base_offset, Problems& problems);

  [[nodiscard]] const Token& peek() const { return next_; }
  Token take();

  // What was written between two offsets of the file.
  [[nodiscard]] std::string_view written(Span span) const;

 private:
  [[nodiscard]] Token read();
  [[nodiscard]] Token read_word();
  [[nodiscard]] Token read_number();
  [[nodiscard]] Token read_text();
  [[nodiscard]] Token read_sign();
  [[nodiscard]] Token token(Token::Kind kind, std::size_t begin) const;
  [[nodiscard]] Token mistake(std::size_t begin, std::size_t end, std::string message,
                              std::string hint);

  std::string_view text_;
  std::uint32_t base_;
  Problems& problems_;
  std::size_t at_ = 0;
  Token next_;
};

// `90000000000` as `90s`: the largest unit that leaves nothing over.
[[nodiscard]] std::string duration_text(std::uint64_t nanoseconds);

}  // namespace onceward::scenarios
