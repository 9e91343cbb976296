// What exhaustive search may leave out, because what it tries stands for it. Each reduction has a
// switch, and tests judge it by the search without it: the same verdict and faults, and the same
// states in which all is quiet.
//
// They hold for `timing: any` only. Where a violation has no timing, or a circle of states is met,
// the search begins anew without them.
#pragma once

#include <string>
#include <vector>

namespace onceward::sim {

struct Reductions {
  // A step that nobody else can tell (Occurrence::is_local) happens at once, alone: a persistent
  // set of one (Godefroid 1996, chapter 4). The state before it has no other future and is not
  // kept.
  bool local_steps = true;

  [[nodiscard]] bool any() const { return local_steps; }
  [[nodiscard]] static Reductions none() { return {false}; }
};

struct ReductionHelp {
  bool Reductions::*flag;
  const char* name;
  const char* help;
};
[[nodiscard]] const std::vector<ReductionHelp>& reduction_catalogue();

// The names of those that are on.
[[nodiscard]] std::vector<std::string> names_of(const Reductions& reductions);

}  // namespace onceward::sim
