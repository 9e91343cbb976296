#include <algorithm>

#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class NeverTogether final : public Oracle {
 public:
  NeverTogether()
      : Oracle("never-together", "no key has effects that exclude each other, at any time",
               "What must never happen together has happened for {entity}.") {}

  [[nodiscard]] bool by_default(const ObligationSpec& spec) const override {
    return spec.rule == ObligationRule::never_together;
  }
  void on_change(sim::World& world, const Ledger& ledger, std::size_t obligation,
                 const Tally& tally) const override {
    if (!by_default(ledger.spec(obligation))) return;
    const auto done = std::count_if(tally.each.begin(), tally.each.end(),
                                    [](std::int64_t times) { return times > 0; });
    if (done > 1)
      report(world, obligation, tally.key, 1, done, {tally.first_entry, tally.last_entry});
  }
};

}  // namespace

const Oracle& never_together() {
  static const NeverTogether oracle;
  return oracle;
}

}  // namespace onceward::models
