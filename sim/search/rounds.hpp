// Runs that never get quiet: they go round, from a state back to the same one.
//
// A round is a stretch of a run after which all is as it was before it, so that the run can make it
// again for ever. It counts only if it is weakly fair: nothing is pending throughout it, for what
// stays pending happens at last (DESIGN 4). What is owed and not done all along is never done, so
// the rules that are judged at quiet are judged there.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "sim/search/result.hpp"
#include "sim/world.hpp"

namespace onceward::sim {

// The run has gone round: its last `steps` steps, up to step `end`, did what those before them did.
struct Round {
  std::uint32_t end = 0;
  std::uint32_t steps = 0;  // 0: it has not
};

// What of that which is asked for would be broken if nothing more came: rule, entity, obligation.
using Broken = std::tuple<std::string, std::string, std::optional<std::size_t>>;
// The first of them. Leaves the world as it is.
[[nodiscard]] std::optional<Broken> broken_if_it_ended(World& world, const SearchOptions& options);

// Watches one run. REQUIRES: the world reads windows as `any` and is not traced.
class RoundWatch {
 public:
  RoundWatch(World& world, const SearchOptions& options) : world_(world), options_(options) {}

  // Looks at the state between two steps. True: the run has just made a fair round twice.
  [[nodiscard]] bool look();
  // REQUIRES: `look` has just answered true.
  [[nodiscard]] const Round& round() const { return round_; }
  // Whether a rule that is asked for, the same one, would be broken in each state of the two rounds
  // if nothing more came. REQUIRES: `look` has just answered true.
  [[nodiscard]] bool breaks() const { return breaks_; }

  // Since which step an occurrence has been pending, as of the latest look.
  [[nodiscard]] std::uint32_t pending_since(const Hash128& id) const { return pending_.at(id); }
  // What has been pending longest.
  [[nodiscard]] const Hash128& oldest() const { return oldest_; }

 private:
  struct Look {
    std::uint32_t step;
    std::uint32_t oldest_since;  // all that was pending then had become so at this step or later
  };

  void note_pending();
  void note_broken();
  [[nodiscard]] bool comes_round(const std::vector<Look>& looks);

  World& world_;
  const SearchOptions& options_;
  std::map<Hash128, std::vector<Look>> looks_;  // by state
  std::map<Hash128, std::uint32_t> pending_;    // by causal id: since which step
  Hash128 oldest_;
  std::optional<Broken> broken_;  // what would be broken now
  std::uint32_t broken_since_ = 0;
  Round round_;
  bool breaks_ = false;
};

}  // namespace onceward::sim
