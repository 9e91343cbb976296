// What exhaustive search may leave out, because what it tries stands for it. Each reduction has a
// switch, and tests judge it by the search without it: the same verdict and faults, and the same
// states in which all is quiet.
#pragma once

#include <string>
#include <vector>

namespace onceward::sim {

struct Reductions {
  // A step that nobody else can tell (Occurrence::is_local) happens at once, alone: a persistent
  // set of one (Godefroid 1996, chapter 4). The state before it has no other future and is not
  // kept. It holds for `timing: any` only: where a violation has no timing, or a circle of states
  // is met, the search begins anew without it.
  bool local_steps = true;
  // What a state has spent of the fault plan is no part of it: met again with as much spent or
  // more, it counts as met, for all that can follow followed the first time (dominance, as among
  // the labels of a shortest path with budgets). Not where the plan says exactly what must strike.
  bool fewer_faults = true;

  // Where the keys that a workload brings may stand for one another (sim::Value::as_key), states
  // that differ only by which is which are one (Ip and Dill 1996: scalarsets). That they may is
  // proven by the search itself: it begins anew without, should a run tell two of them apart.
  bool symmetric_keys = true;

  // A process crashes only after what others could tell that it did: after an operation that
  // acted, and when it took something over. Until its next action a crash that was chosen may come
  // at any moment, so it stands for one after any operation in between that did not act. It holds
  // for `timing: any` only: one that dies while it is idle comes later to what it does next.
  bool crash_points = true;

  [[nodiscard]] static Reductions none() { return {false, false, false, false}; }
  // Only what holds where windows are kept as well.
  void keep_windows() { local_steps = crash_points = false; }
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
