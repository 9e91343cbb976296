// The files of one scenario: the one that was named, and those it is derived from. A span of any of
// them is told from the others by its offset.
#pragma once

#include <deque>
#include <string>
#include <utility>

#include "scenarios/json.hpp"
#include "scenarios/source.hpp"

namespace onceward::scenarios {

class Sources {
 public:
  explicit Sources(Source named) { add(std::move(named)); }

  // Takes one more file in; what is added to its offsets to have those of `at`.
  std::uint32_t add(Source source);

  // The file that was named.
  [[nodiscard]] const Source& named() const { return files_.front().source; }

  // The file that an offset belongs to, and the offset within it.
  struct At {
    const Source& source;
    std::uint32_t offset;
  };
  [[nodiscard]] At at(std::uint32_t offset) const;

  // "FILE:LINE:COLUMN", and the text of that line without its indentation.
  [[nodiscard]] std::string place_text(Span span) const;
  [[nodiscard]] std::string line_text(Span span) const;

  // The texts of all files, one after the other: what a digest is made of.
  [[nodiscard]] std::string texts() const;

  // As Problems::render, file by file.
  [[nodiscard]] std::string render(const Problems& problems) const;

 private:
  struct File {
    std::uint32_t base;
    Source source;
  };
  std::deque<File> files_;  // so that those that are there stay where they are
};

// Moves the spans of a tree by `base`.
void shift(Node& node, std::uint32_t base);

}  // namespace onceward::scenarios
