#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class NoPhantomEffect final : public Oracle {
 public:
  NoPhantomEffect()
      : Oracle("no-phantom-effect",
               "no effect is left without a committed cause, once all is quiet",
               "Something was done for {entity}, which does not exist.") {}

  [[nodiscard]] bool by_default(const ObligationSpec& spec) const override {
    return spec.owes_effect() || spec.rule == ObligationRule::one_of;
  }
  void at_quiet(sim::World& world, const Ledger& ledger, std::size_t obligation,
                const Tally& tally) const override {
    if (!by_default(ledger.spec(obligation)) || tally.real || tally.count == 0) return;
    report(world, obligation, tally.key, 0, tally.count, {tally.last_entry});
  }
};

}  // namespace

const Oracle& no_phantom_effect() {
  static const NoPhantomEffect oracle;
  return oracle;
}

}  // namespace onceward::models
