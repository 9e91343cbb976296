#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class PerKeyOrder final : public Oracle {
 public:
  PerKeyOrder()
      : Oracle("per-key-order",
               "the first effects of one key follow the order in which their causes committed",
               "What belongs to one key happened in another order than its causes: {entity} came "
               "too late.") {}

  [[nodiscard]] bool on_request() const override { return true; }
  [[nodiscard]] bool by_default(const ObligationSpec& spec) const override {
    return spec.rule == ObligationRule::order;
  }
  void on_change(sim::World& world, const Ledger& ledger, std::size_t obligation,
                 const Tally& tally) const override {
    if (!ledger.spec(obligation).ordered || !tally.real || tally.count == 0) return;
    for (const Tally& other : ledger.tallies(obligation)) {
      const bool same_key = other.real && other.count > 0 && other.per == tally.per;
      if (!same_key || (other.rank < tally.rank) == (other.first_rank < tally.first_rank)) continue;
      if (other.rank == tally.rank) continue;
      const Tally& early = other.rank < tally.rank ? other : tally;
      const Tally& late = other.rank < tally.rank ? tally : other;
      report(world, obligation, early.key, early.rank, early.first_rank,
             {early.cause_entry, late.cause_entry, late.first_entry, early.first_entry});
    }
  }
};

}  // namespace

const Oracle& per_key_order() {
  static const PerKeyOrder oracle;
  return oracle;
}

}  // namespace onceward::models
