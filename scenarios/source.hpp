// A file of a scenario, places in it, and the mistakes found there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace onceward::scenarios {

// A stretch of one file in byte offsets, `end` excluded.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  friend bool operator==(const Span&, const Span&) = default;
};

// The span of a problem of the file as a whole, such as a file that cannot be opened.
inline constexpr Span kWholeFile{std::numeric_limits<std::uint32_t>::max(),
                                 std::numeric_limits<std::uint32_t>::max()};

// A place as an editor names it: both count from 1, columns count code points.
struct Place {
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  friend bool operator==(const Place&, const Place&) = default;
};

// One mistake. `hint` says what to write instead; it is printed behind the carets.
struct Problem {
  Span span;
  std::string message;
  std::string hint;

  friend bool operator==(const Problem&, const Problem&) = default;
};

class Problems;

// One file in memory. Offsets count from the first byte behind a byte order mark.
class Source {
 public:
  static constexpr std::size_t kLargest = std::size_t{8} << 20U;

  // REQUIRES: `text` is not larger than `kLargest`.
  Source(std::string path, std::string text);

  // Reads a file, or standard input when `path` is `-`. A file that is missing, a directory,
  // unreadable, larger than `kLargest` or not UTF-8 adds one problem to `problems`; the source
  // returned is then good for rendering that problem and for nothing else.
  [[nodiscard]] static Source read(const std::string& path, Problems& problems);
  [[nodiscard]] static Source read(std::istream& from, std::string path, Problems& problems);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& text() const { return text_; }

  // The place of a byte; an offset behind the end is the end's. Looks at the whole line, so
  // where the line alone is wanted `line_number` is the better question.
  [[nodiscard]] Place place(std::uint32_t offset) const;
  [[nodiscard]] std::uint32_t line_number(std::uint32_t offset) const;

  // The text of a line, without its break; it points into `text()`.
  // REQUIRES: `number` is a line of `place`.
  [[nodiscard]] std::string_view line(std::uint32_t number) const;

 private:
  std::string path_;
  std::string text_;
  std::vector<std::uint32_t> lines_;  // where each line begins
};

// The mistakes of one file, so that all of them are reported at once.
class Problems {
 public:
  static constexpr std::size_t kShown = 50;

  void add(Span span, std::string message, std::string hint = {});

  [[nodiscard]] bool empty() const { return problems_.empty(); }
  [[nodiscard]] std::size_t size() const { return problems_.size(); }

  // By position, exact duplicates once.
  [[nodiscard]] std::vector<Problem> sorted() const;

  // The first `kShown` of them as `path:line:column: error: message`, each with its line and
  // carets below the span. Nothing of the file reaches a terminal unescaped.
  [[nodiscard]] std::string render(const Source& source) const;

 private:
  std::vector<Problem> problems_;
};

}  // namespace onceward::scenarios
