// What a world is made from, and how it reads the windows of what happens in it.
#pragma once

#include <cstdint>

namespace onceward::sim {

class World;

// Describes a flow; `build` makes its processes and components.
// REQUIRES: equal calls build equal worlds.
class Model {
 public:
  virtual ~Model() = default;
  virtual void build(World& world) const = 0;
};

// How windows are read (DESIGN 3.2). `sampled`: an instant is drawn in each window. `any`: no
// instants exist; every order is possible that agrees with the windows the world heeds (none at
// first; with all of them it is the reading `windows`).
enum class Reading : std::uint8_t { sampled, any };

}  // namespace onceward::sim
