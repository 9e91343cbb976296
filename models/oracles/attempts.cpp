#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class Attempts final : public Oracle {
 public:
  Attempts()
      : Oracle("attempts",
               "a call is not tried more often for one key than it may be, whatever its outcome",
               "The call for {entity} was tried {actual} times, {expected} at most are allowed.") {}

  [[nodiscard]] bool by_default(const ObligationSpec& spec) const override {
    return spec.rule == ObligationRule::attempts;
  }
  void on_change(sim::World& world, const Ledger& ledger, std::size_t obligation,
                 const Tally& tally) const override {
    const ObligationSpec& spec = ledger.spec(obligation);
    if (!by_default(spec) || tally.count <= spec.most) return;
    report(world, obligation, tally.key, spec.most, tally.count,
           {tally.first_entry, tally.last_entry});
  }
};

}  // namespace

const Oracle& attempts() {
  static const Attempts oracle;
  return oracle;
}

}  // namespace onceward::models
