// What a search finds in a draft.
#pragma once

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

#include "scenarios/loaded.hpp"
#include "sim/search/explore.hpp"
#include "tests/scenarios/draft.hpp"

namespace onceward::scenarios {

inline sim::Result explored(const Draft& draft) {
  const Loaded loaded = load_text("story.onceward.json", draft.text());
  INFO(loaded.problems);
  REQUIRE(loaded.program != nullptr);
  sim::SearchOptions options;
  options.violates = loaded.program->expectation.violates;
  return sim::explore(*loaded.program, loaded.program->plan, options);
}

// "EXHAUSTED", or the first violation as "no-lost-effect of o1: 0 instead of 1".
inline std::string answer_to(const Draft& draft) {
  const sim::Result result = explored(draft);
  if (result.violations.empty()) return to_text(result.verdict);
  const sim::Violation& found = result.violations.front();
  if (found.mistake) return found.entity;
  return fmt::format("{} of {}: {} instead of {}", found.invariant, found.entity, found.actual,
                     found.expected);
}

// The command line ends as the draft expects.
inline void ends_as_expected(const Draft& draft) {
  const tests::Ran ran = checked(draft);
  INFO(draft.text() + ran.out + ran.err);
  CHECK(ran.exit_code == 0);
}

}  // namespace onceward::scenarios
