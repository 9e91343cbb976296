// A first file for a design: patterns with what they must be told, and all else in comments.
#pragma once

#include <string>
#include <vector>

namespace onceward::scenarios {

// The text of a scenario with these patterns, and those that make them a whole design.
// REQUIRES: each word is one of pattern_catalogue().
[[nodiscard]] std::string draft_text(const std::vector<std::string>& words);

}  // namespace onceward::scenarios
