#include "models/oracles/oracle.hpp"

namespace onceward::models {
namespace {

class ProjectionConverges final : public Oracle {
 public:
  ProjectionConverges()
      : Oracle("projection-converges",
               "the two values are the same once all is quiet: the view is the fold of its source",
               "{entity}: the view says {actual}, its source {expected}.") {}

  [[nodiscard]] bool judges(const ClaimSpec& claim) const override {
    return claim.rule == ClaimRule::same;
  }
  void on_claim(sim::World& world, const ClaimSpec& claim, const sim::Value& should_be,
                const sim::Value& is, const ClaimChanges& changes) const override {
    if (judges(claim))
      report_values(world, std::nullopt, claim.label, should_be, is, {changes.latest});
  }
};

}  // namespace

const Oracle& projection_converges() {
  static const ProjectionConverges oracle;
  return oracle;
}

}  // namespace onceward::models
