#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class Always final : public Oracle {
 public:
  Always()
      : Oracle("always", "the condition is true whenever something it reads has changed",
               "It must always be true, and was not: {entity}.") {}

  [[nodiscard]] bool judges(const ClaimSpec& claim) const override {
    return claim.rule == ClaimRule::always;
  }
  void on_claim(sim::World& world, const ClaimSpec& claim, const sim::Value& should_be,
                const sim::Value& is, const ClaimChanges& changes) const override {
    if (judges(claim))
      report_values(world, std::nullopt, claim.label, should_be, is,
                    {changes.before, changes.latest});
  }
};

}  // namespace

const Oracle& always() {
  static const Always oracle;
  return oracle;
}

}  // namespace onceward::models
