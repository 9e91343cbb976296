#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class Conserved final : public Oracle {
 public:
  Conserved()
      : Oracle("conserved", "the value is the same once all is quiet as at the start",
               "{entity} should have stayed {expected}, and is {actual}.") {}

  [[nodiscard]] bool judges(const ClaimSpec& claim) const override {
    return claim.rule == ClaimRule::conserved;
  }
  void on_claim(sim::World& world, const ClaimSpec& claim, const sim::Value& should_be,
                const sim::Value& is, const ClaimChanges& changes) const override {
    if (judges(claim))
      report_values(world, std::nullopt, claim.label, should_be, is, {changes.latest});
  }
};

}  // namespace

const Oracle& conserved() {
  static const Conserved oracle;
  return oracle;
}

}  // namespace onceward::models
