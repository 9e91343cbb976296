#include "tests/support/fuzz_targets.hpp"

#include <algorithm>
#include <array>

#include "scenarios/code.hpp"
#include "scenarios/expand.hpp"
#include "scenarios/expression.hpp"
#include "scenarios/loaded.hpp"
#include "sim/random.hpp"

namespace onceward::tests {

using scenarios::Loaded;

std::string try_scenario(std::string_view text) {
  // Larger ones are refused before they become a source.
  if (text.size() > scenarios::Source::kLargest) return {};
  const std::string name = "fuzz.onceward.json";
  const Loaded loaded = scenarios::load_text(name, std::string(text));
  if ((loaded.program == nullptr) == loaded.problems.empty()) {
    return "there is a program if and only if there are no problems";
  }
  if (loaded.program == nullptr) {
    return loaded.problems.find(": error: ") == std::string::npos ? "a message without its form"
                                                                  : "";
  }
  static_cast<void>(scenarios::code_text(loaded.expanded));
  const std::string plain = scenarios::json_text(loaded.expanded);
  const Loaded again = scenarios::load_text(name, plain);
  if (again.program == nullptr) return "what it comes to is refused: " + again.problems;
  if (scenarios::json_text(again.expanded) != plain) return "what it comes to comes to more";
  return {};
}

std::string try_expression(std::string_view text) {
  scenarios::Problems problems;
  const auto expression = scenarios::parse_expression(text, 0, problems);
  if (expression.has_value() != problems.empty()) return "one message, or an expression";
  if (!expression) return problems.size() == 1 ? "" : "more than one message";
  const std::string printed = to_text(*expression);
  const auto again = scenarios::parse_expression(printed, 0, problems);
  if (!again) return "what was printed is refused: " + printed;
  return *again == *expression ? "" : "what was printed reads differently: " + printed;
}

namespace {

constexpr std::array<std::string_view, 32> kPieces = {"{",
                                                      "}",
                                                      "[",
                                                      "]",
                                                      ",",
                                                      ":",
                                                      "\"",
                                                      "null",
                                                      "true",
                                                      "-1",
                                                      "1e9",
                                                      "\"=\"",
                                                      "\"$\"",
                                                      "\"${\"",
                                                      "//",
                                                      "/*",
                                                      "\\u0000",
                                                      "\xff",
                                                      "9223372036854775808",
                                                      "\"do\"",
                                                      "\"if\"",
                                                      "\"with\"",
                                                      "\"use\"",
                                                      "\"from\"",
                                                      "\"patterns\"",
                                                      "=row.id",
                                                      "count(",
                                                      "'",
                                                      "? 1 : 2",
                                                      "10m",
                                                      " not ",
                                                      "((("};

}  // namespace

std::string damaged(std::string text, std::uint64_t seed) {
  sim::Random random(seed);
  const auto below = [&](std::size_t end) {
    return static_cast<std::size_t>(random.below(std::max<std::size_t>(end, 1)));
  };
  for (std::size_t left = 1 + below(4); left > 0; --left) {
    const std::size_t at = below(text.size());
    const std::size_t size = std::min(below(40), text.size() - std::min(at, text.size()));
    switch (below(5)) {
      case 0:
        if (!text.empty()) text[at] = static_cast<char>(below(256));
        break;
      case 1:
        text.erase(std::min(at, text.size()), size);
        break;
      case 2:
        text.insert(below(text.size()), text.substr(std::min(at, text.size()), size));
        break;
      case 3:
        text.insert(at, kPieces[below(kPieces.size())]);
        break;
      default:
        text.replace(std::min(at, text.size()), size, kPieces[below(kPieces.size())]);
        break;
    }
  }
  return text;
}

}  // namespace onceward::tests
