// Tries a sample of what the reduction by local steps takes on trust: that a local step and any
// other that is pending come to the same state in either order (a commutation test). Always on.
#pragma once

#include <cstdint>
#include <string>

#include "sim/search/sources.hpp"
#include "sim/world.hpp"

namespace onceward::sim {

class LocalAudit {
 public:
  explicit LocalAudit(World& world) : world_(world) {}

  // The local step at option `local` is about to happen: the first ones, and then one in so many,
  // are tried before and after each of the others. Leaves the world as it is.
  void check(std::uint32_t local);

  // Two steps that do not commute, in words; empty: none was found.
  [[nodiscard]] const std::string& conflict() const { return conflict_; }

 private:
  static constexpr std::uint64_t kFirst = 256;
  static constexpr std::uint64_t kShare = 256;

  // Lets the pending occurrence of causal id `id` happen, with first options; false: it is not
  // pending.
  bool let_happen(const Hash128& id);
  void compare(const Hash128& local, const Hash128& other, const Arena::Snapshot& here);

  World& world_;
  ScriptedSource source_;
  std::uint64_t seen_ = 0;
  std::string conflict_;
};

}  // namespace onceward::sim
