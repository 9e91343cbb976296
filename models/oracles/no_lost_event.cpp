#include "models/log.hpp"
#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class NoLostEvent final : public Oracle {
 public:
  NoLostEvent()
      : Oracle("no-lost-event",
               "each committed cause that owes an event has it in the log, handled by every "
               "subscribed group, once all is quiet",
               "{entity} is committed, and those who should hear of it never will: nothing is left "
               "that would tell them.") {}

  [[nodiscard]] bool by_default(const ObligationSpec& spec) const override {
    return spec.owes_event();
  }
  void at_quiet(sim::World& world, const Ledger& ledger, std::size_t obligation,
                const Tally& tally) const override {
    const ObligationSpec& spec = ledger.spec(obligation);
    if (!spec.owes_event() || !tally.real || tally.released) return;
    const std::int64_t least = ledger.least(obligation, tally);
    if (tally.count < least) {
      report(world, obligation, tally.key, least, tally.count,
             {tally.cause_entry, tally.last_entry});
      return;
    }
    for (const Log* log : ledger.logs()) {
      std::uint32_t entry = 0;
      if (!log->unhandled(spec.owed.front(), tally.key, entry)) continue;
      report(world, obligation, tally.key, least, 0, {tally.cause_entry, entry});
    }
  }
};

}  // namespace

const Oracle& no_lost_event() {
  static const NoLostEvent oracle;
  return oracle;
}

}  // namespace onceward::models
