#include "models/decisions.hpp"

namespace onceward::models {

std::uint32_t Decisions::decide(sim::World& world, const sim::Site& site, const sim::Value& cause,
                                const std::vector<std::string>& names) {
  for (const Decision& each : decisions_) {
    if (!cause.is_null() && each.site == &site && each.cause == cause) return each.option;
  }
  const std::uint32_t option =
      world.choose_value(sim::ChoiceKind::data, site, static_cast<std::uint32_t>(names.size()),
                         [&](std::uint32_t i) { return names[i]; });
  if (!cause.is_null()) {
    const sim::Arena::Entered entered(world.arena(), owner());
    decisions_.push_back({&site, cause, option});
  }
  return option;
}

void Decisions::fingerprint(sim::Hasher& hasher) const {
  hasher.add_set(decisions_, [](sim::Hasher& one, const Decision& each) {
    one.add(each.site->hash);
    each.cause.fingerprint(one);
    one.add(each.option);
  });
}

}  // namespace onceward::models
