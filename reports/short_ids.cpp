#include "reports/short_ids.hpp"

#include <algorithm>

namespace onceward::reports {
namespace {

constexpr std::string_view kMark = "id-";
constexpr std::size_t kDigits = 8;

class Namer {
 public:
  void name(std::string& text) {
    for (std::size_t at = text.find(kMark); at != std::string::npos;
         at = text.find(kMark, at + 1)) {
      if (!is_minted(text, at)) continue;
      const std::string id = text.substr(at, kMark.size() + kDigits);
      auto found = std::find(seen_.begin(), seen_.end(), id);
      if (found == seen_.end()) found = seen_.insert(found, id);
      text.replace(at, id.size(), "#" + std::to_string(found - seen_.begin() + 1));
    }
  }

  void name(sim::Trace& trace) {
    for (sim::TraceEntry& entry : trace) {
      name(entry.text);
      name(entry.why);
      name(entry.entity);
    }
  }

 private:
  static bool is_minted(const std::string& text, std::size_t at) {
    const std::string_view digits = std::string_view(text).substr(at + kMark.size(), kDigits);
    return digits.size() == kDigits && std::all_of(digits.begin(), digits.end(), [](char c) {
             return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
  }

  std::vector<std::string> seen_;
};

}  // namespace

void name_minted_ids(sim::Violation& violation) {
  Namer namer;
  namer.name(violation.trace);
  namer.name(violation.entity);
  namer.name(violation.should_be);
  namer.name(violation.is);
}

void name_minted_ids(sim::Trace& trace) { Namer().name(trace); }

}  // namespace onceward::reports
