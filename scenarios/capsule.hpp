// A capsule: everything needed to see one violation again.
//
// It names the scenario's file and digest, embeds its text, and holds the fault plan, the full tape
// and the fingerprint of the final state. It belongs to one engine version.
#pragma once

#include <optional>
#include <string>

#include "sim/search/result.hpp"

namespace onceward::scenarios {

struct Capsule {
  std::string engine;    // version that wrote it
  std::string scenario;  // path as given to `check`
  std::string digest;    // of the scenario's text
  std::string text;      // the scenario
  sim::FaultPlan plan;   // with the budget that was searched
  std::vector<std::string> violates;
  std::vector<bool> left_out;  // requests of the workload that are not sent
  std::string invariant;
  std::string entity;
  bool fewest_faults = false;
  bool cut_short = false;
  std::vector<std::string> also;  // other invariants that the search met broken
  bool as_expected = false;       // what `check` said of it
  std::vector<std::string> not_as_expected;
  std::uint32_t steps = 0;
  std::uint32_t round = 0;  // its last so many steps may be repeated for ever; 0: it ends
  sim::Hash128 fingerprint;
  sim::Tape tape;
};

[[nodiscard]] std::string to_json(const Capsule& capsule);

// The capsule in `text`; nothing, and why not in `problem`, if it is none or has been damaged.
[[nodiscard]] std::optional<Capsule> read_capsule(const std::string& text, std::string& problem);

}  // namespace onceward::scenarios
