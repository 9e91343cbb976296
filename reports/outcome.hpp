// Whether a scenario did what its author says and, if not, what is wrong, in few words: what those
// need who count results and point at lines instead of telling stories.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/report.hpp"

namespace onceward::reports {

enum class Outcome : std::uint8_t {
  as_expected,
  not_as_expected,  // decided, and not what the file says
  undecided,        // BOUND HIT, UNKNOWN, VACUOUS
  mistake,          // of the file: the reader refused it, or a run met it
  unsound,          // of the engine
};
[[nodiscard]] Outcome outcome_of(const ScenarioReport& report);

// "violated", "not-as-expected", "inconclusive", "mistake", "unsound"; "as-expected".
[[nodiscard]] std::string outcome_word(const ScenarioReport& report);

// The invariant whose violation, or whose absence, is not as expected; empty where it is no single
// one.
[[nodiscard]] std::string blamed_invariant(const ScenarioReport& report);

// What is wrong in one line: the violation in people's terms, why a result is not as expected, why
// nothing was decided, the first mistake.
// REQUIRES: not as expected.
[[nodiscard]] std::string gist(const ScenarioReport& report);

// A place as editors name it. Without a line it is the file as a whole.
struct Place {
  std::string file;
  std::string line;  // digits; empty: unknown, and so is the column
  std::string column;
};
// Of "FILE:LINE:COLUMN"; any other text is the name of a file.
[[nodiscard]] Place place_in(const std::string& text);

// A mistake of a file as the reader words it: "PLACE: error: MESSAGE", lines of the file below it.
struct Mistake {
  Place place;
  std::string message;
};
[[nodiscard]] std::vector<Mistake> mistakes_of(const ScenarioReport& report);

}  // namespace onceward::reports
