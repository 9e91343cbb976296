// The timers of a service: armed by name, perhaps with a key, and fired once, after a while.
//
// A timer that is armed has its time running; when that has ended the timer is due, and soon its
// handler starts. Whoever disarms it stops it only while its time is running: what is due comes.
// To arm it anew, with the same key, sets its time anew.
//
// A volatile timer belongs to the process that armed it and dies with it; while that process stands
// still it may become due, and fires once it goes on. A durable one is kept outside: it survives
// every crash, fires in any instance that acts, waits while there is none, and fires once more if
// its process dies before the handler has ended. So its handler runs at least once.
#pragma once

#include <cstdint>
#include <vector>

#include "models/status.hpp"
#include "sim/component.hpp"
#include "sim/operation.hpp"
#include "sim/process.hpp"
#include "sim/world.hpp"

namespace onceward::models {

class Timers;

// Frozen. `site` and `handler` are of what it starts.
struct TimerSpec {
  explicit TimerSpec(std::string of) : name(std::move(of)) {}
  sim::Symbol name;
  bool durable = false;
  const sim::Site* site = nullptr;
  std::uint32_t handler = 0;
};

// What is told about one arming.
struct Arming {
  std::uint32_t timer = 0;  // which of the service's
  sim::Value key;           // null: none
  sim::Window after;
};

// One timer that was armed.
class Timer final : public sim::Occurrence, public sim::Completion {
 public:
  Timer(Timers& of, const Arming& arming, sim::Process* process);

  [[nodiscard]] const TimerSpec& spec() const;
  [[nodiscard]] const sim::Value& key() const { return key_; }
  // What the state of its handler's run depends on.
  void key_fingerprint(sim::Hasher& hasher) const;

  void happen(sim::World& world) override;
  void fingerprint(sim::Hasher& hasher) const override;
  [[nodiscard]] std::string describe() const override;
  void activity_ended(sim::World& world, sim::Activity& activity) override;
  [[nodiscard]] std::string describe_run(const sim::Activity& activity) const override;

 private:
  friend class Timers;
  enum class State : std::uint8_t { running, due, fired };

  Timers* timers_;
  std::uint32_t timer_;
  sim::Value key_;
  sim::Process* process_;  // volatile: who armed it; durable: whose handler it has started
  State state_ = State::running;
  std::uint32_t starts_ = 0;  // of its handler; only causal ids depend on it
};

// Common to what one does with durable timers, which are somewhere else.
class TimerOperation : public sim::Operation {
 public:
  // Rows: 1 if it is armed or was disarmed.
  struct Result {
    Status status = Status::ok;
    std::uint32_t rows = 0;
  };
  Result await_resume() const;

 protected:
  TimerOperation(Timers& timers, const Arming& arming, const sim::Site& at);
  ~TimerOperation() = default;
  [[nodiscard]] sim::Fallible fallible() const override { return sim::Fallible::remote; }
  void refused(sim::World&) override { result_ = {Status::refused, 0}; }
  void timed_out(sim::World&, bool) override { result_ = {Status::timeout, 0}; }

  Timers* timers_;
  Arming arming_;
  Result result_;
};

class Arm final : public TimerOperation {
 public:
  Arm(Timers& timers, const Arming& arming, const sim::Site& at)
      : TimerOperation(timers, arming, at) {}
  [[nodiscard]] std::string describe() const override;

 private:
  sim::Applied apply(sim::World& world) override;
};

class Disarm final : public TimerOperation {
 public:
  Disarm(Timers& timers, const Arming& which, const sim::Site& at)
      : TimerOperation(timers, which, at) {}
  [[nodiscard]] std::string describe() const override;

 private:
  sim::Applied apply(sim::World& world) override;
};

class Timers final : public sim::Component {
 public:
  // `service`: whose processes it fires in.
  Timers(const sim::Symbol& name, sim::OwnerId owner, sim::World& world, const sim::Symbol& service,
         const std::vector<const TimerSpec*>& specs)
      : Component(name, owner),
        world_(&world),
        service_(&service),
        specs_(specs.begin(), specs.end()) {}

  // Of a durable timer.
  Arm arm(const Arming& arming, const sim::Site& site) { return {*this, arming, site}; }
  Disarm disarm(const Arming& which, const sim::Site& site) { return {*this, which, site}; }

  // Of any timer, at once; for volatile ones, which are part of the process. The running task is
  // who arms it, or disarms it; false: it was not armed, or is due.
  void arm_now(const Arming& arming, const sim::Site& site);
  bool disarm_now(const Arming& which, const sim::Site& site);

  [[nodiscard]] const TimerSpec& spec(std::uint32_t timer) const { return *specs_[timer]; }

  void fingerprint(sim::Hasher& hasher) const override;
  void on_acting(sim::World& world, sim::Process& process) override;
  void on_not_acting(sim::World& world, sim::Process& process) override;
  void on_crash(sim::World& world, sim::Process& process) override;
  [[nodiscard]] bool minds(const sim::World&, const sim::Process& process) const override {
    return serves(process);
  }

 private:
  friend class Timer;
  friend class TimerOperation;

  [[nodiscard]] bool serves(const sim::Process& process) const;
  // Whether `process` may start the handler of a timer that is due.
  [[nodiscard]] bool may_fire_in(const Timer& timer, const sim::Process& process) const;
  void take_time(sim::World& world, Timer& timer);
  // Lets a timer that is due fire, if there is a process for it.
  void let_fire(sim::World& world, Timer& timer);
  void fire(sim::World& world, Timer& timer);
  void drop(Timer& timer);

  sim::World* world_;
  const sim::Symbol* service_;
  sim::Vector<const TimerSpec*> specs_;
  sim::Vector<Timer*> timers_;
};

}  // namespace onceward::models
