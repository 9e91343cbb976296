// Oracles: named rules over the ledger and the code that judges them.
//
// An oracle has no state of its own: what it judges by is in the ledger, so it is in the snapshot
// and in the fingerprint. It reports a broken rule once for each entity. One file a rule; the
// catalogue lists them with their help.
#pragma once

#include <string>
#include <vector>

#include "models/ledger.hpp"

namespace onceward::models {

class Oracle {
 public:
  // `in_short` tells a finding in people's terms; {entity}, {expected} and {actual} are filled in.
  Oracle(std::string id, std::string help, std::string in_short)
      : id_(std::move(id)), help_(std::move(help)), in_short_(std::move(in_short)) {}
  virtual ~Oracle() = default;

  [[nodiscard]] const sim::Symbol& id() const { return id_; }
  [[nodiscard]] const std::string& help() const { return help_; }
  [[nodiscard]] const std::string& in_short() const { return in_short_; }

  // Whether it is judged for `spec` unless the scenario says otherwise.
  [[nodiscard]] virtual bool by_default(const ObligationSpec&) const { return false; }

  // `tally` of `obligation` has just changed.
  virtual void on_change(sim::World&, const Ledger&, std::size_t /*obligation*/,
                         const Tally&) const {}
  // Nothing is pending any more: once for each tally, then once.
  virtual void at_quiet(sim::World&, const Ledger&, std::size_t /*obligation*/,
                        const Tally&) const {}
  virtual void at_quiet_once(sim::World&, const Ledger&) const {}

 protected:
  // Reports that the rule is broken for `entity`, unless it was reported before.
  void report(sim::World& world, const sim::Value& entity, std::int64_t expected,
              std::int64_t actual, std::initializer_list<std::uint32_t> entries) const;

 private:
  sim::Symbol id_;
  std::string help_;
  std::string in_short_;
};

// Every oracle, in the order in which findings of one step are preferred.
[[nodiscard]] const std::vector<const Oracle*>& oracle_catalogue();
[[nodiscard]] const Oracle* find_oracle(std::string_view id);

[[nodiscard]] const Oracle& no_lost_effect();
[[nodiscard]] const Oracle& no_duplicate_effect();
[[nodiscard]] const Oracle& no_phantom_effect();
[[nodiscard]] const Oracle& no_lost_event();
[[nodiscard]] const Oracle& no_phantom_event();
[[nodiscard]] const Oracle& no_stuck_message();
[[nodiscard]] const Oracle& per_key_order();

}  // namespace onceward::models
