#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class InTime final : public Oracle {
 public:
  InTime()
      : Oracle("in-time", "what is owed within a time comes no later than that after its cause",
               "What {entity} owes came, but too late.") {}

  [[nodiscard]] bool by_default(const ObligationSpec& spec) const override {
    return spec.within != sim::kForever;
  }
  void on_change(sim::World& world, const Ledger&, std::size_t obligation,
                 const Tally& tally) const override {
    if (!tally.late) return;
    report(world, obligation, tally.key, 0, 1, {tally.cause_entry, tally.last_entry});
  }
};

}  // namespace

const Oracle& in_time() {
  static const InTime oracle;
  return oracle;
}

}  // namespace onceward::models
