// The simulators that the kernel is compared with: programs in peers/, built when measured.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/programs.hpp"

namespace onceward::bench {

// One way of using a simulator.
struct Peer {
  const char* engine;
  const char* program;    // in the workshop
  const char* variant;    // its last argument
  std::uint64_t part;     // slow ones do one in so many operations
  std::uint64_t largest;  // so many processes at most, for time or memory
  bool is_limit = false;  // no simulator, but what the machine can do at best
};

// Builds what can be built; `missing` gets the packages that the others need.
[[nodiscard]] std::vector<const Peer*> build_peers(const Workshop& workshop,
                                                   std::vector<std::string>& missing);

struct Figure {
  double value;  // operations a second, or bytes a process
  double clock;  // at the end, in seconds
};

// Nothing if it printed no result.
[[nodiscard]] std::optional<Figure> run_peer(const Workshop& workshop, const Peer& peer,
                                             const std::string& workload, std::uint64_t size,
                                             std::uint64_t count);

}  // namespace onceward::bench
