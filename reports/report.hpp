// What a report is made from: one entry a scenario, ready to be printed. Filled by the command
// line, read by every report format; a report format is a pure function of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/search/result.hpp"

namespace onceward::reports {

// A known invariant.
struct InvariantStatus {
  std::string id;
  std::string status;  // "violated", "held", "not-judged"
  std::string help;    // one line from the catalogue of oracles
  bool counts = true;  // it is about how often, so its numbers mean something
  bool asked = true;   // the file gives something to judge it by
};

struct GoalStatus {
  std::string name;
  bool reached = false;
};

struct ScenarioReport {
  std::string file;  // as given on the command line
  std::string title;
  std::string about;
  std::string digest;                  // of the expanded scenario, 32 hexadecimal digits
  std::string expected;                // "violates no-lost-event", "holds"
  std::vector<std::string> asked_for;  // invariants whose violation is expected; empty: none is
  bool as_expected = false;
  std::vector<std::string> not_as_expected;  // why not, one line each
  std::vector<std::string> problems;         // mistakes in the file (exit 2); no result then
  sim::Result result;
  std::vector<InvariantStatus> invariants;
  std::vector<GoalStatus> goals;
  std::vector<std::string> rests_on;   // what "holds" takes for granted, one line each
  std::vector<std::string> unreached;  // named parts of the file to which no run came
  std::string beyond;  // what a search with more faults than asked for gave; often empty
  std::vector<std::string> warnings;
  std::vector<std::string> not_modelled;
  std::string faults;  // the plan in words: "crash (any), redeliver (any) at most 1"
  std::vector<std::string> fault_rules;  // its rules one by one, as counted in `result.strikes`
  std::uint32_t budget = 0;
  std::string workload;  // "2 x PlaceOrder"
  // Its keys that stood for one another in the search: "PlaceOrder.order o1, o2".
  std::vector<std::string> alike;
  std::string capsule;     // path of the capsule of the first violation, empty if none was written
  std::string fault_site;  // FILE:LINE:COLUMN of the step that the first fault struck after
  std::string fault_line;  // that line of the file
  std::string fault_step;  // which step it is, if that line does not show it: "step \"relayed\""
  std::string fault_code;  // the line of code that this step stands for, if the file says so
  std::string in_short;    // the last line of the story, in people's terms
  // FILE:LINE:COLUMN of where to look first: of the first fault, of what broke the rule, or of what
  // is expected; empty if the file says nothing of that.
  std::string look_at;
  // Of the first violation, where an obligation says it: its name, or what it says; what is owed
  // ("charged once: bank.charge of o1"); what came of the time that it sets.
  std::string obligation;
  std::string owed;
  std::string lateness;
  // Something ended the search before it was through: a bound, a deadline, a signal. Then
  // `result.faults_max` is how many faults the runs had that it was at.
  bool cut_off = false;
  std::uint64_t seed = 1;
  double seconds = 0;  // that the check took
};

struct Summary {
  std::uint32_t as_expected = 0;
  std::uint32_t not_as_expected = 0;
  std::uint32_t inconclusive = 0;
  int exit_code = 0;
  double seconds = 0;
};

}  // namespace onceward::reports
