// Which way a business went where it could go several: the card was declined, the order aborted.
//
// No fault and free of cost: a `data` choice, made once for each cause at each place, so that
// a message that is handled again meets the same answer.
#pragma once

#include <string>
#include <vector>

#include "sim/component.hpp"
#include "sim/world.hpp"

namespace onceward::models {

class Decisions final : public sim::Component {
 public:
  Decisions(const sim::Symbol& name, sim::OwnerId owner) : Component(name, owner) {}

  // Which of `names` it is for `cause` at `site`; a null cause is decided anew each time.
  // REQUIRES: `names` is frozen and not empty.
  std::uint32_t decide(sim::World& world, const sim::Site& site, const sim::Value& cause,
                       const std::vector<std::string>& names);

  void fingerprint(sim::Hasher& hasher) const override;
  [[nodiscard]] bool minds(const sim::World&, const sim::Process&) const override { return false; }

 private:
  struct Decision {
    const sim::Site* site;
    sim::Value cause;
    std::uint32_t option;
  };
  sim::Vector<Decision> decisions_;  // in the order made, which says nothing
};

}  // namespace onceward::models
