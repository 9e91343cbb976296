#include <algorithm>

#include "models/oracles/oracle.hpp"

namespace onceward::models {

const std::vector<const Oracle*>& oracle_catalogue() {
  static const std::vector<const Oracle*> catalogue = {
      &no_duplicate_effect(), &no_lost_event(),    &no_lost_effect(), &no_phantom_event(),
      &no_phantom_effect(),   &no_stuck_message(), &per_key_order(),
  };
  return catalogue;
}

const Oracle* find_oracle(std::string_view id) {
  for (const Oracle* oracle : oracle_catalogue()) {
    if (oracle->id().text == id) return oracle;
  }
  return nullptr;
}

void Oracle::report(sim::World& world, const sim::Value& entity, std::int64_t expected,
                    std::int64_t actual, std::initializer_list<std::uint32_t> entries) const {
  if (world.found(id_, entity)) return;
  sim::Finding finding;
  finding.invariant = &id_;
  finding.entity = entity;
  finding.expected = expected;
  finding.actual = actual;
  std::copy(entries.begin(), entries.end(), std::begin(finding.entries));
  world.find(finding);
}

}  // namespace onceward::models
