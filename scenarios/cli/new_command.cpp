#include <fmt/core.h>

#include <algorithm>

#include "scenarios/cli/commands.hpp"
#include "scenarios/draft.hpp"
#include "scenarios/nearest.hpp"
#include "scenarios/patterns/pattern.hpp"

namespace onceward::cli {

int draft(const std::vector<std::string>& words) {
  std::vector<std::string> known;
  for (const auto& each : scenarios::pattern_catalogue()) known.push_back(each.word);
  for (const std::string& word : words) {
    if (std::find(known.begin(), known.end(), word) != known.end()) continue;
    fmt::print(stderr, "onceward: there is no pattern \"{}\"; {}\n", word,
               scenarios::did_you_mean(word, known));
    return 2;
  }
  fmt::print("{}", scenarios::draft_text(words));
  return 0;
}

}  // namespace onceward::cli
