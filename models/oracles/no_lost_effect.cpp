#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class NoLostEffect final : public Oracle {
 public:
  NoLostEffect()
      : Oracle("no-lost-effect",
               "each committed cause has at least the effects it owes, once all is quiet",
               "What {entity} owes happened {actual} of {expected} times; "
               "nothing is left that would do the rest.") {}

  [[nodiscard]] bool by_default(const ObligationSpec& spec) const override {
    return spec.owes_effect();
  }
  void at_quiet(sim::World& world, const Ledger& ledger, std::size_t obligation,
                const Tally& tally) const override {
    const ObligationSpec& spec = ledger.spec(obligation);
    const std::int64_t least = ledger.least(obligation, tally);
    if (!spec.owes_effect() || !tally.real || tally.count >= least) return;
    report(world, obligation, tally.key, least, tally.count, {tally.cause_entry, tally.last_entry});
  }
};

}  // namespace

const Oracle& no_lost_effect() {
  static const NoLostEffect oracle;
  return oracle;
}

}  // namespace onceward::models
