// Oracles: named rules over the ledger and the code that judges them.
//
// An oracle has no state of its own: what it judges by is in the ledger, so it is in the snapshot
// and in the fingerprint. It reports a broken rule once for each entity. One file a rule; the
// catalogue lists them with their help.
#pragma once

#include <optional>
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

  // Whether `spec`, a claim, makes it decidable; then it is judged unasked.
  [[nodiscard]] virtual bool by_default(const ObligationSpec&) const { return false; }
  // Whether it can be judged for the asking, whatever the obligations say.
  [[nodiscard]] virtual bool on_request() const { return false; }
  [[nodiscard]] virtual bool judges(const ClaimSpec&) const { return false; }

  // `tally` of `obligation` has just changed.
  virtual void on_change(sim::World&, const Ledger&, std::size_t /*obligation*/,
                         const Tally&) const {}
  // Nothing is pending any more: once for each tally, then once.
  virtual void at_quiet(sim::World&, const Ledger&, std::size_t /*obligation*/,
                        const Tally&) const {}
  virtual void at_quiet_once(sim::World&, const Ledger&) const {}
  // An effect of a cause that is real has another value than it owes in the field number `field`.
  virtual void on_value(sim::World&, const Ledger&, std::size_t /*obligation*/, const Tally&,
                        std::size_t /*field*/, const sim::Value& /*actual*/,
                        std::uint32_t /*entry*/) const {}
  // A message was appended to a log.
  virtual void on_message(sim::World&, const Message&, std::uint32_t /*entry*/) const {}
  // A claim does not have the value that it should have, at a moment at which it should.
  virtual void on_claim(sim::World&, const ClaimSpec&, const sim::Value& /*should_be*/,
                        const sim::Value& /*is*/, const ClaimChanges&) const {}

 protected:
  // Reports that the rule is broken for `entity`, unless it was reported before; by which
  // obligation of the ledger, if by one.
  using Which = std::optional<std::size_t>;
  void report(sim::World& world, Which obligation, const sim::Value& entity, std::int64_t expected,
              std::int64_t actual, std::initializer_list<std::uint32_t> entries) const;
  // The same for values that are no numbers of effects. Told as something that happened and should
  // not have, or as something `missing`.
  void report_values(sim::World& world, Which obligation, const sim::Value& entity,
                     const sim::Value& should_be, const sim::Value& is,
                     std::initializer_list<std::uint32_t> entries, bool missing = false) const;

 private:
  sim::Symbol id_;
  std::string help_;
  std::string in_short_;
};

// Every oracle, in the order in which findings of one step are preferred.
[[nodiscard]] const std::vector<const Oracle*>& oracle_catalogue();
[[nodiscard]] const Oracle* find_oracle(std::string_view id);

[[nodiscard]] const Oracle& no_duplicate_effect();
[[nodiscard]] const Oracle& no_duplicate_event();
[[nodiscard]] const Oracle& no_lost_event();
[[nodiscard]] const Oracle& no_lost_effect();
[[nodiscard]] const Oracle& no_phantom_event();
[[nodiscard]] const Oracle& no_phantom_effect();
[[nodiscard]] const Oracle& no_early_effect();
[[nodiscard]] const Oracle& effect_as_owed();
[[nodiscard]] const Oracle& in_time();
[[nodiscard]] const Oracle& one_of();
[[nodiscard]] const Oracle& never_together();
[[nodiscard]] const Oracle& attempts();
[[nodiscard]] const Oracle& no_stuck_message();
[[nodiscard]] const Oracle& dead_letter_accounting();
[[nodiscard]] const Oracle& per_key_order();
[[nodiscard]] const Oracle& projection_converges();
[[nodiscard]] const Oracle& conserved();
[[nodiscard]] const Oracle& always();
[[nodiscard]] const Oracle& eventually();
[[nodiscard]] const Oracle& correlation_unbroken();

}  // namespace onceward::models
