// A page of plain text in the making: labelled facts in one column, wrapped, coloured if asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reports/printable.hpp"

namespace onceward::reports {

// What a piece of text is to the reader; with colours, each has its own.
enum class Tone : std::uint8_t { plain, good, bad, doubtful, strong, faint };

struct PageOptions {
  bool color = false;
  std::size_t width = 100;
  Alphabet alphabet = Alphabet::unicode;
};

// Texts are made printable on the way in; those of `paint` and `line` are expected to be.
class Page {
 public:
  explicit Page(const PageOptions& options) : options_(options) {}

  // The columns before what a label says.
  static constexpr std::size_t kLabel = 10;

  [[nodiscard]] std::string clean(std::string_view text) const {
    return printable(text, options_.alphabet);
  }
  [[nodiscard]] std::string paint(std::string_view text, Tone tone) const;
  [[nodiscard]] std::size_t width() const { return options_.width; }

  // A ready line; spaces at its end are dropped.
  void line(std::string_view text);
  void blank() { line(""); }

  // A sentence at the left edge; what does not fit the width goes on below, indented.
  void sentence(std::string_view text, Tone tone);

  // A fact under a label of at most eight letters; an empty label continues the one above.
  void fact(std::string_view label, std::string_view text, Tone tone = Tone::plain);
  // The same, but never broken: commands, paths, lines of a file.
  void exact(std::string_view label, std::string_view text, Tone tone = Tone::plain);

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  [[nodiscard]] std::string label_text(std::string_view label) const;

  PageOptions options_;
  std::string text_;
};

}  // namespace onceward::reports
