#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class Eventually final : public Oracle {
 public:
  Eventually()
      : Oracle("eventually", "the condition is true once all is quiet",
               "It should have become true, and nothing is left that would make it so: {entity}.") {
  }

  [[nodiscard]] bool judges(const ClaimSpec& claim) const override {
    return claim.rule == ClaimRule::eventually;
  }
  void on_claim(sim::World& world, const ClaimSpec& claim, const sim::Value& should_be,
                const sim::Value& is, const ClaimChanges& changes) const override {
    if (judges(claim))
      report_values(world, std::nullopt, claim.label, should_be, is, {changes.latest}, true);
  }
};

}  // namespace

const Oracle& eventually() {
  static const Eventually oracle;
  return oracle;
}

}  // namespace onceward::models
