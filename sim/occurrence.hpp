// Something pending in the world that may happen next: an operation, a delivery, a timer, a
// restart, a chosen fault that is still to strike.
#pragma once

#include <cstdint>
#include <string>

#include "sim/containers.hpp"
#include "sim/symbol.hpp"
#include "sim/time.hpp"

namespace onceward::sim {

class Activity;
class World;

class Occurrence : public InArena {
 public:
  // The causal id: (creator, site, n); or, until somebody asks, its creator's with `n` beside it.
  Hash128 id;
  const Site* site = nullptr;
  // The activity that waits for it; it dies with its process. Null: addressed to a service or to
  // nobody in particular, so it survives every crash.
  Activity* activity = nullptr;

  // When it may happen. The lower end counts from step `floor_step`, the upper end from step
  // `since_step`: that at which it became pending, but for timers that ran while their handler was
  // busy (an earlier floor) and for what an instant makes due (both count from that one).
  Window window;
  std::uint32_t floor_step = 0;
  std::uint32_t since_step = 0;
  Instant earliest;         // of the default timing, in which all comes as early as it can
  std::uint32_t entry = 0;  // the trace entry that led to it
  std::uint32_t n = 0;      // see `id`
  enum class Phase : std::uint8_t {
    idle,
    pending,
    frozen,  // would be pending, but its process is doomed or paused
  };
  Phase phase = Phase::idle;
  bool owned = false;  // deleted by the world once it happened or was cancelled
  bool id_is_creators = false;

  [[nodiscard]] Hash128 causal_id() const {
    return id_is_creators ? derive(id, site->hash, n) : id;
  }

  virtual void happen(World& world) = 0;
  // Whether nobody can tell when it happens, nor change what it does, once it is pending: it asks
  // for no choice, reads and changes nothing but what is its task's or process's own, and whoever
  // goes on with it comes to a next operation without more than that. All that others do before it
  // could as well come after it (a search may then let it happen at once); false is always right.
  [[nodiscard]] virtual bool is_local(const World&) const { return false; }
  // What its future depends on besides `site`. Operations leave it to their activity.
  virtual void fingerprint(Hasher& hasher) const = 0;
  // For people: "deliver bus.orders/0@0 to warehouse".
  [[nodiscard]] virtual std::string describe() const = 0;

 protected:
  Occurrence() = default;
  ~Occurrence() = default;  // deleted through `dispose`, so that operations stay trivial
  friend class World;
  virtual void dispose() {}
};

}  // namespace onceward::sim
