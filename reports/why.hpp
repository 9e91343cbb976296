// The why chain of a violation: a tree from what went wrong back along its causes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/relevant.hpp"

namespace onceward::reports {

struct WhyLine {
  std::string branch;       // "", "+- ", "|  +- "
  std::uint32_t entry = 0;  // of the trace; 0: the sentence stands for what never happened
  std::string text;
};

struct Why {
  std::vector<WhyLine> lines;
  std::uint32_t left_out = 0;  // causes that did not fit
};

// At most `lines_max` lines, unless there are more faults; all of them entries of `set`. Among
// siblings the deepest branch comes last, so the tree ends with a first cause. Every fault before
// the worst entry is in it, also one that no chain of causes leads to: without any one of them the
// rule would not be broken.
//
// With fewer than expected there is no entry to start from, as something never happened: a sentence
// says so, and what shows the violation, the faults and what kept it from happening stand below it.
// REQUIRES: lines_max >= 2.
[[nodiscard]] Why why(const sim::Violation& violation, const EntrySet& set,
                      std::uint32_t lines_max);

}  // namespace onceward::reports
