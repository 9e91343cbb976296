#include <algorithm>

#include "models/oracles/oracle.hpp"

namespace onceward::models {

const std::vector<const Oracle*>& oracle_catalogue() {
  static const std::vector<const Oracle*> catalogue = {
      &no_duplicate_effect(),
      &no_duplicate_event(),
      &no_lost_event(),
      &no_lost_effect(),
      &no_phantom_event(),
      &no_phantom_effect(),
      &no_early_effect(),
      &effect_as_owed(),
      &in_time(),
      &one_of(),
      &never_together(),
      &attempts(),
      &no_stuck_message(),
      &dead_letter_accounting(),
      &per_key_order(),
      &projection_converges(),
      &conserved(),
      &always(),
      &eventually(),
      &correlation_unbroken(),
  };
  return catalogue;
}

const Oracle* find_oracle(std::string_view id) {
  for (const Oracle* oracle : oracle_catalogue()) {
    if (oracle->id().text == id) return oracle;
  }
  return nullptr;
}

namespace {

void find_broken(sim::World& world, sim::Finding finding,
                 std::initializer_list<std::uint32_t> entries) {
  if (world.found(*finding.invariant, finding.entity)) return;
  std::copy(entries.begin(), entries.end(), std::begin(finding.entries));
  world.find(finding);
}

}  // namespace

void Oracle::report(sim::World& world, Which obligation, const sim::Value& entity,
                    std::int64_t expected, std::int64_t actual,
                    std::initializer_list<std::uint32_t> entries) const {
  sim::Finding finding;
  finding.invariant = &id_;
  finding.obligation = obligation;
  finding.entity = entity;
  finding.expected = expected;
  finding.actual = actual;
  find_broken(world, finding, entries);
}

void Oracle::report_values(sim::World& world, Which obligation, const sim::Value& entity,
                           const sim::Value& should_be, const sim::Value& is,
                           std::initializer_list<std::uint32_t> entries, bool missing) const {
  sim::Finding finding;
  finding.invariant = &id_;
  finding.obligation = obligation;
  finding.entity = entity;
  finding.expected = missing ? 1 : 0;
  finding.actual = missing ? 0 : 1;
  finding.of_values = true;
  finding.should_be = should_be;
  finding.is = is;
  find_broken(world, finding, entries);
}

}  // namespace onceward::models
