#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class NoDuplicateEvent final : public Oracle {
 public:
  NoDuplicateEvent()
      : Oracle("no-duplicate-event",
               "no cause has more events, told apart by their ids, than it owes, at any time",
               "The world was told of {entity} {actual} times, as if it were {actual} different "
               "events; {expected} is owed.") {}

  [[nodiscard]] bool by_default(const ObligationSpec& spec) const override {
    return spec.owes_event() && spec.most != ~0U;
  }
  void on_change(sim::World& world, const Ledger& ledger, std::size_t obligation,
                 const Tally& tally) const override {
    const std::int64_t most = ledger.most(obligation, tally);
    if (!by_default(ledger.spec(obligation)) || !tally.real || tally.count <= most) return;
    report(world, obligation, tally.key, most, tally.count, {tally.first_entry, tally.last_entry});
  }
};

}  // namespace

const Oracle& no_duplicate_event() {
  static const NoDuplicateEvent oracle;
  return oracle;
}

}  // namespace onceward::models
