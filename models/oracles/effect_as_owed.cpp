#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class EffectAsOwed final : public Oracle {
 public:
  EffectAsOwed()
      : Oracle("effect-as-owed", "an effect or event carries the values that its cause owes",
               "What was done for {entity} is not what it owes: {actual} instead of {expected}.") {}

  [[nodiscard]] bool by_default(const ObligationSpec& spec) const override {
    return !spec.with.empty();
  }
  void on_value(sim::World& world, const Ledger& ledger, std::size_t obligation, const Tally& tally,
                std::size_t field, const sim::Value& actual, std::uint32_t entry) const override {
    if (!by_default(ledger.spec(obligation))) return;
    report_values(world, obligation, tally.key, tally.owed[field], actual,
                  {tally.cause_entry, entry});
  }
};

}  // namespace

const Oracle& effect_as_owed() {
  static const EffectAsOwed oracle;
  return oracle;
}

}  // namespace onceward::models
