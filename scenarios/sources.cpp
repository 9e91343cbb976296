#include "scenarios/sources.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

namespace onceward::scenarios {

std::uint32_t Sources::add(Source source) {
  std::uint32_t base = 0;
  // One more than the size: the end of a file is a place too.
  if (!files_.empty()) {
    const File& last = files_.back();
    base = last.base + static_cast<std::uint32_t>(last.source.text().size()) + 1;
  }
  files_.push_back({base, std::move(source)});
  return base;
}

Sources::At Sources::at(std::uint32_t offset) const {
  const auto after =
      std::upper_bound(files_.begin(), files_.end(), offset,
                       [](std::uint32_t at, const File& file) { return at < file.base; });
  const File& file = *(after - 1);
  return {file.source, offset - file.base};
}

std::string Sources::place_text(Span span) const {
  const At begin = at(span.begin);
  const Place place = begin.source.place(begin.offset);
  return fmt::format("{}:{}:{}", begin.source.path(), place.line, place.column);
}

std::string Sources::line_text(Span span) const {
  const At begin = at(span.begin);
  const std::string line(begin.source.line(begin.source.line_number(begin.offset)));
  const std::size_t text = line.find_first_not_of(" \t");
  return text == std::string::npos ? std::string() : line.substr(text);
}

std::string Sources::texts() const {
  std::string all;
  for (const File& file : files_) all += file.source.text();
  return all;
}

std::string Sources::render(const Problems& problems) const {
  std::vector<Problems> by_file(files_.size());
  for (const Problem& problem : problems.sorted()) {
    std::size_t index = 0;
    Span span = problem.span;
    if (span != kWholeFile) {
      while (index + 1 < files_.size() && files_[index + 1].base <= span.begin) ++index;
      span.begin -= files_[index].base;
      span.end -= files_[index].base;
    }
    by_file[index].add(span, problem.message, problem.hint);
  }
  std::string text;
  for (std::size_t i = 0; i < files_.size(); ++i) text += by_file[i].render(files_[i].source);
  return text;
}

void shift(Node& node, std::uint32_t base) {
  const auto move = [base](Span& span) {
    span.begin += base;
    span.end += base;
  };
  move(node.span);
  for (Node& item : node.items) shift(item, base);
  for (Member& member : node.members) {
    move(member.key_span);
    shift(member.value, base);
  }
}

}  // namespace onceward::scenarios
