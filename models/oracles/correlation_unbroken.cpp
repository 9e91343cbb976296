#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class CorrelationUnbroken final : public Oracle {
 public:
  CorrelationUnbroken()
      : Oracle("correlation-unbroken",
               "every event carries a correlation id, and one that is published for another event "
               "carries the same",
               "Event {entity} cannot be traced back to what brought it about.") {}

  [[nodiscard]] bool on_request() const override { return true; }
  void on_message(sim::World& world, const Message& message, std::uint32_t entry) const override {
    const bool kept = message.chain.is_null() || message.chain == message.correlation;
    if (!message.correlation.is_null() && kept) return;
    report_values(world, std::nullopt, message.id, message.chain, message.correlation, {entry});
  }
};

}  // namespace

const Oracle& correlation_unbroken() {
  static const CorrelationUnbroken oracle;
  return oracle;
}

}  // namespace onceward::models
