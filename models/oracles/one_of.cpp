#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class OneOf final : public Oracle {
 public:
  OneOf()
      : Oracle("one-of", "each cause has exactly one of the effects that it may have",
               "{entity} should have come to one of its ends exactly once, and did so {actual} "
               "times.") {}

  [[nodiscard]] bool by_default(const ObligationSpec& spec) const override {
    return spec.rule == ObligationRule::one_of;
  }
  void on_change(sim::World& world, const Ledger& ledger, std::size_t obligation,
                 const Tally& tally) const override {
    if (!by_default(ledger.spec(obligation)) || !tally.real || tally.count <= 1) return;
    report(world, obligation, tally.key, 1, tally.count, {tally.first_entry, tally.last_entry});
  }
  void at_quiet(sim::World& world, const Ledger& ledger, std::size_t obligation,
                const Tally& tally) const override {
    if (!by_default(ledger.spec(obligation)) || !tally.real || tally.released) return;
    if (tally.count == 0) report(world, obligation, tally.key, 1, 0, {tally.cause_entry});
  }
};

}  // namespace

const Oracle& one_of() {
  static const OneOf oracle;
  return oracle;
}

}  // namespace onceward::models
