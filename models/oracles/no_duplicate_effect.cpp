#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class NoDuplicateEffect final : public Oracle {
 public:
  NoDuplicateEffect()
      : Oracle("no-duplicate-effect", "no cause has more effects than it owes, at any time",
               "What {entity} owes {expected} time(s) has happened {actual} times.") {}

  [[nodiscard]] bool by_default(const ObligationSpec& spec) const override {
    return spec.owes_effect();
  }
  void on_change(sim::World& world, const Ledger& ledger, std::size_t obligation,
                 const Tally& tally) const override {
    const ObligationSpec& spec = ledger.spec(obligation);
    const std::int64_t most = ledger.most(obligation, tally);
    if (!spec.owes_effect() || !tally.real || tally.count <= most) return;
    report(world, obligation, tally.key, most, tally.count, {tally.first_entry, tally.last_entry});
  }
};

}  // namespace

const Oracle& no_duplicate_effect() {
  static const NoDuplicateEffect oracle;
  return oracle;
}

}  // namespace onceward::models
