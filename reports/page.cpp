#include "reports/page.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace onceward::reports {
namespace {

const char* code_of(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "32";
    case Tone::bad:
      return "31";
    case Tone::doubtful:
      return "33";
    case Tone::strong:
      return "1";
    case Tone::faint:
      return "2";
    case Tone::plain:
      break;
  }
  return "";
}

std::size_t room(std::size_t width, std::size_t used) {
  constexpr std::size_t kLeast = 20;  // below this, lines may be longer than asked
  return std::max(kLeast, width > used ? width - used : 0);
}

}  // namespace

std::string Page::paint(std::string_view text, Tone tone) const {
  if (!options_.color || tone == Tone::plain || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code_of(tone), text);
}

void Page::line(std::string_view text) {
  text_ += text.substr(0, text.find_last_not_of(' ') + 1);
  text_ += '\n';
}

void Page::sentence(std::string_view text, Tone tone) {
  const std::string cleaned = clean(text);
  std::string indent;
  for (const std::string& part : wrapped(cleaned, room(options_.width, 0), kLabel)) {
    line(indent + paint(part, tone));
    indent.assign(kLabel, ' ');
  }
}

std::string Page::label_text(std::string_view label) const {
  const std::string gap(kLabel - std::min(label.size(), kLabel), ' ');
  return paint(label, Tone::strong) + gap;
}

void Page::fact(std::string_view label, std::string_view text, Tone tone) {
  std::string begin = label_text(label);
  for (const std::string& part : wrapped(clean(text), room(options_.width, kLabel))) {
    line(begin + paint(part, tone));
    begin.assign(kLabel, ' ');
  }
}

void Page::exact(std::string_view label, std::string_view text, Tone tone) {
  line(label_text(label) + paint(clean(text), tone));
}

}  // namespace onceward::reports
