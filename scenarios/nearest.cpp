#include "scenarios/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace onceward::scenarios {
namespace {

constexpr std::size_t kListed = 12;       // more names than this do not fit into a hint
constexpr std::size_t kLongestName = 80;  // nobody mistypes a longer one into a valid one

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// Damerau-Levenshtein distance in which no letter is edited twice.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = std::exchange(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t wrong = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + wrong});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest(std::string_view name, const std::vector<std::string>& valid) {
  if (name.empty() || name.size() > kLongestName) return {};
  const std::string wanted = lower(name);
  const std::size_t allowed = std::max<std::size_t>(1, wanted.size() / 3);
  std::string found;
  // A distance of the whole length means that nothing of the name is left.
  std::size_t best = std::min(allowed + 1, wanted.size());
  for (const std::string& candidate : valid) {
    if (candidate.size() > wanted.size() + allowed) continue;
    if (candidate.size() + allowed < wanted.size()) continue;
    const std::size_t apart = distance(wanted, lower(candidate));
    if (apart >= best) continue;
    best = apart;
    found = candidate;
  }
  return found;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& valid) {
  if (const std::string found = nearest(name, valid); !found.empty()) {
    return fmt::format("did you mean \"{}\"?", found);
  }
  if (valid.empty() || valid.size() > kListed) return {};
  if (valid.size() == 1) return fmt::format("expected {}", valid.front());
  return fmt::format("expected one of {}", fmt::join(valid, ", "));
}

}  // namespace onceward::scenarios
