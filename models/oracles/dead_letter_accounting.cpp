#include "models/log.hpp"
#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class DeadLetterAccounting final : public Oracle {
 public:
  DeadLetterAccounting()
      : Oracle("dead-letter-accounting",
               "for each group every message is done, still to be done, or given up and then where "
               "dead letters should be, once all is quiet",
               "Message {entity} is gone: not done, not waiting, and in no dead-letter topic.") {}

  [[nodiscard]] bool by_default(const ObligationSpec&) const override { return true; }
  void at_quiet_once(sim::World& world, const Ledger& ledger) const override {
    for (const Log* log : ledger.logs()) {
      for (const Message* message : log->unaccounted()) {
        report(world, std::nullopt, message->id, 1, 0, {message->entry});
      }
    }
  }
};

}  // namespace

const Oracle& dead_letter_accounting() {
  static const DeadLetterAccounting oracle;
  return oracle;
}

}  // namespace onceward::models
