#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class NoPhantomEvent final : public Oracle {
 public:
  NoPhantomEvent()
      : Oracle("no-phantom-event",
               "no event is left without the committed cause that owes it, once all is quiet",
               "The world was told of {entity}, which does not exist.") {}

  [[nodiscard]] bool by_default(const ObligationSpec& spec) const override {
    return spec.owes_event();
  }
  void at_quiet(sim::World& world, const Ledger& ledger, std::size_t obligation,
                const Tally& tally) const override {
    if (!ledger.spec(obligation).owes_event() || tally.real || tally.count == 0) return;
    report(world, obligation, tally.key, 0, tally.count, {tally.last_entry});
  }
};

}  // namespace

const Oracle& no_phantom_event() {
  static const NoPhantomEvent oracle;
  return oracle;
}

}  // namespace onceward::models
