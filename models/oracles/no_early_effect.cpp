#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class NoEarlyEffect final : public Oracle {
 public:
  NoEarlyEffect()
      : Oracle("no-early-effect", "no effect comes before its cause has committed",
               "Something was done for {entity} before it existed.") {}

  [[nodiscard]] bool on_request() const override { return true; }
  void on_change(sim::World& world, const Ledger& ledger, std::size_t obligation,
                 const Tally& tally) const override {
    if (!ledger.spec(obligation).no_earlier || !tally.real || !tally.early) return;
    report(world, obligation, tally.key, 0, 1, {tally.cause_entry, tally.first_entry});
  }
};

}  // namespace

const Oracle& no_early_effect() {
  static const NoEarlyEffect oracle;
  return oracle;
}

}  // namespace onceward::models
