#include "reports/short_ids.hpp"

#include <algorithm>

namespace onceward::reports {
namespace {

constexpr std::string_view kMark = "id-";
constexpr std::size_t kDigits = 8;  // an id prints so many; a text made of one holds twice as many

bool has_digits(const std::string& text, std::size_t at) {
  const std::string_view digits = std::string_view(text).substr(std::min(at, text.size()), kDigits);
  return digits.size() == kDigits && std::all_of(digits.begin(), digits.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

void ShortIds::name(std::string& text) {
  for (std::size_t at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at + 1)) {
    const std::size_t digits = at + kMark.size();
    if (!has_digits(text, digits)) continue;
    const std::string id = text.substr(digits, kDigits);
    auto found = std::find(seen_.begin(), seen_.end(), id);
    if (found == seen_.end()) found = seen_.insert(found, id);
    const std::size_t end = digits + (has_digits(text, digits + kDigits) ? 2 : 1) * kDigits;
    text.replace(at, end - at, "#" + std::to_string(found - seen_.begin() + 1));
  }
}

void ShortIds::name(std::vector<std::string>& texts) {
  for (std::string& text : texts) name(text);
}

void ShortIds::name(sim::Trace& trace) {
  for (sim::TraceEntry& entry : trace) {
    name(entry.text);
    name(entry.why);
    name(entry.entity);
    name(entry.run);
  }
}

void ShortIds::name(sim::Violation& violation) {
  name(violation.trace);
  name(violation.entity);
  name(violation.should_be);
  name(violation.is);
  name(violation.timing.early);
  name(violation.timing.cycle);
}

}  // namespace onceward::reports
