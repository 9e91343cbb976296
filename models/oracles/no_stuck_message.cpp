#include "models/log.hpp"
#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class NoStuckMessage final : public Oracle {
 public:
  NoStuckMessage()
      : Oracle("no-stuck-message",
               "every message is done, dead or parked by declaration, once all is quiet",
               "Message {entity} lies there and nobody will ever finish it.") {}

  [[nodiscard]] bool on_request() const override { return true; }
  [[nodiscard]] bool by_default(const ObligationSpec&) const override { return true; }
  void at_quiet_once(sim::World& world, const Ledger& ledger) const override {
    for (const Log* log : ledger.logs()) {
      for (const Message* message : log->unfinished()) {
        report(world, std::nullopt, message->id, 1, 0, {message->entry});
      }
    }
  }
};

}  // namespace

const Oracle& no_stuck_message() {
  static const NoStuckMessage oracle;
  return oracle;
}

}  // namespace onceward::models
