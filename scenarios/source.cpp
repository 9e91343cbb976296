#include "scenarios/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>

#include "scenarios/utf8.hpp"

namespace onceward::scenarios {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kWindow = 100;         // columns of an excerpt
constexpr std::size_t kLeadIn = 30;          // columns kept in front of the span in a cut line
constexpr std::size_t kReach = 8 * kWindow;  // bytes looked at on each side of a span
constexpr std::string_view kCut = "...";

std::optional<std::uint32_t> first_invalid_byte(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if (!point.valid) return static_cast<std::uint32_t>(at);
    at += point.bytes;
  }
  return std::nullopt;
}

// Why `path` cannot be opened as a file; empty when nothing speaks against it.
std::string refusal(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return "no such file or folder";
  if (error) return fmt::format("cannot open the file: {}", error.message());
  if (std::filesystem::is_directory(status)) return "this is a directory, not a file";
  return {};
}

// The printable forms of the code points of a line around a span. An escape is wider than
// the code point it stands for, so columns on the screen come from here.
struct Cells {
  std::vector<std::string> shown;
  std::vector<std::size_t> columns;  // where each cell begins; one more entry for the end
  std::size_t first = 0;             // the cells of the span
  std::size_t last = 0;              // excluded
};

// A cell is one column wide unless it is an escape, which is plain ASCII.
std::size_t width(const std::string& cell) { return cell.front() == '\\' ? cell.size() : 1; }

// Only the neighbourhood of the span: a file may be a single line of megabytes. What is left
// is still wider than the window on each side that was cut, so the window hides the cut.
Cells cells_around(const Source& source, std::string_view line, Span span) {
  const std::string_view text = source.text();
  auto at = static_cast<std::size_t>(line.data() - text.data());
  std::size_t end = at + line.size();
  if (span.begin > at + kReach) {
    at = span.begin - kReach;
    while ((static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U && at < span.begin) ++at;
  }
  end = std::min<std::size_t>(end, span.begin + kReach);
  Cells cells;
  std::size_t column = 0;
  while (at < end) {
    const CodePoint point = code_point_at(text, at);
    if (at < span.end) cells.last = cells.shown.size() + 1;
    cells.columns.push_back(column);
    cells.shown.push_back(printable(text, at, point));
    column += width(cells.shown.back());
    at += point.bytes;
    if (at <= span.begin) cells.first = cells.shown.size();
  }
  cells.columns.push_back(column);
  cells.last = std::max(cells.last, cells.first);
  return cells;
}

// A line as it is shown and where its carets go.
struct Excerpt {
  std::string text;
  std::size_t indent = 0;
  std::size_t carets = 1;
};

Excerpt excerpt_of(const Cells& cells) {
  const auto& columns = cells.columns;
  constexpr std::size_t room = kWindow - 2 * kCut.size();
  std::size_t from = 0;
  std::size_t to = cells.shown.size();
  if (columns.back() > kWindow) {
    if (columns[cells.last] > room) {
      while (columns[cells.first] - columns[from] > kLeadIn) ++from;
    }
    // Near the end of a line the window shows more of what comes before instead.
    while (from > 0 && columns[to] - columns[from - 1] <= room) --from;
    while (columns[to] - columns[from] > room) --to;
  }
  Excerpt excerpt;
  if (from > 0) excerpt.text += kCut;
  excerpt.indent = excerpt.text.size() + columns[cells.first] - columns[from];
  for (std::size_t i = from; i < to; ++i) excerpt.text += cells.shown[i];
  if (to < cells.shown.size()) excerpt.text += kCut;
  const std::size_t last = std::min(cells.last, to);
  // The span may be empty, as at the end of a line; one caret still shows the place.
  if (last > cells.first) excerpt.carets = columns[last] - columns[cells.first];
  return excerpt;
}

std::string rendered(const Source& source, const Problem& problem) {
  const std::string path = printable(source.path());
  const std::string message = printable(problem.message);
  const std::string hint = printable(problem.hint);
  if (problem.span == kWholeFile) {
    const char* const comma = hint.empty() ? "" : "; ";
    return fmt::format("{}: error: {}{}{}\n", path, message, comma, hint);
  }
  const Place place = source.place(problem.span.begin);
  const Cells cells = cells_around(source, source.line(place.line), problem.span);
  const Excerpt excerpt = excerpt_of(cells);
  std::string text = fmt::format("{}:{}:{}: error: {}\n", path, place.line, place.column, message);
  text += fmt::format("{:>5} | {}\n", place.line, excerpt.text);
  text += fmt::format("      | {:{}}{:^>{}}", "", excerpt.indent, "", excerpt.carets);
  if (!hint.empty()) text += " " + hint;
  return text + "\n";
}

}  // namespace

Source::Source(std::string path, std::string text)
    : path_(std::move(path)), text_(std::move(text)) {
  if (text_.starts_with(kByteOrderMark)) text_.erase(0, kByteOrderMark.size());
  lines_.push_back(0);
  for (std::size_t at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1)) {
    lines_.push_back(static_cast<std::uint32_t>(at + 1));
  }
}

Source Source::read(const std::string& path, Problems& problems) {
  if (path == "-") return read(std::cin, "<stdin>", problems);
  if (std::string why = refusal(path); !why.empty()) {
    problems.add(kWholeFile, std::move(why));
    return {path, {}};
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    problems.add(kWholeFile,
                 fmt::format("cannot open the file: {}", std::generic_category().message(errno)));
    return {path, {}};
  }
  return read(file, path, problems);
}

Source Source::read(std::istream& from, std::string path, Problems& problems) {
  std::string text(kLargest + 1, '\0');
  from.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(from.gcount()));
  if (from.bad()) {
    problems.add(kWholeFile, "reading the file failed");
    return {std::move(path), {}};
  }
  if (text.size() > kLargest) {
    problems.add(kWholeFile, "the file is larger than 8 MiB");
    return {std::move(path), {}};
  }
  Source source(std::move(path), std::move(text));
  if (const auto at = first_invalid_byte(source.text_)) {
    problems.add({*at, *at + 1},
                 fmt::format("the file is not UTF-8: invalid byte at offset {}", *at),
                 "save the file as UTF-8");
  }
  return source;
}

Place Source::place(std::uint32_t offset) const {
  const std::size_t target = std::min<std::size_t>(offset, text_.size());
  Place place{line_number(offset), 1};
  for (std::size_t at = lines_[place.line - 1]; at < target; ++place.column) {
    at += code_point_at(text_, at).bytes;
    if (at > target) break;  // the offset is inside a code point, which has one column
  }
  return place;
}

std::uint32_t Source::line_number(std::uint32_t offset) const {
  const auto after = std::upper_bound(lines_.begin(), lines_.end(), offset);
  return static_cast<std::uint32_t>(after - lines_.begin());
}

std::string_view Source::line(std::uint32_t number) const {
  std::string_view line = std::string_view(text_).substr(lines_[number - 1]);
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

void Problems::add(Span span, std::string message, std::string hint) {
  problems_.push_back({span, std::move(message), std::move(hint)});
}

std::vector<Problem> Problems::sorted() const {
  std::vector<Problem> sorted = problems_;
  std::sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.span.begin, a.span.end, a.message, a.hint) <
           std::tie(b.span.begin, b.span.end, b.message, b.hint);
  });
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

std::string Problems::render(const Source& source) const {
  const std::vector<Problem> problems = sorted();
  std::string text;
  const std::size_t shown = std::min(problems.size(), kShown);
  for (std::size_t i = 0; i < shown; ++i) text += rendered(source, problems[i]);
  if (shown < problems.size()) {
    text += fmt::format("... {} of {} problems shown\n", shown, problems.size());
  }
  return text;
}

}  // namespace onceward::scenarios
