// What the answer "it holds" rests on, in words: for people who would contest it.
#pragma once

#include <string>
#include <vector>

#include "scenarios/program.hpp"

namespace onceward::scenarios {

// What the file takes for granted of systems that are not its own: keys that are never forgotten.
// At most one line for external services and one for stores.
[[nodiscard]] std::vector<std::string> assumptions(const Program& program);

// Handlers, steps with a name and publishes to dead-letter topics to which no run has come since
// the program was read: "step \"parked\" of warehouse".
[[nodiscard]] std::vector<std::string> unreached(const Program& program);

// Obligations that no run since the program was read has put to the test: without a cause, nothing
// is owed, and what has never changed is conserved. Whatever held shows nothing of them.
struct Untested {
  std::string what;     // its name, or what it says
  std::string site;     // where it stands
  std::string missing;  // "no row of shop-db.orders was ever committed"
};
[[nodiscard]] std::vector<Untested> untested(const Program& program);

}  // namespace onceward::scenarios
