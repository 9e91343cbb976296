// A toy flow for tests of the engine: clerks (processes) whose tasks and passes follow lists of
// steps over one store of four numbers, each with a lock.
//
//   toy::Sketch sketch;
//   sketch.clerks = {{"ann", {{"serve", {toy::read(0), toy::put(0, 1)}}}}};
//   const toy::Flow flow(sketch);
//
// A list of steps is data, so that rapidcheck can make and shrink flows; one coroutine follows them
// all. Sites are "/clerk/routine/step". The trace tells every step that was applied.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <iosfwd>
#include <string>
#include <vector>

#include "sim/world.hpp"

namespace onceward::toy {

inline constexpr std::size_t kSlots = 4;

enum class Verb : std::uint8_t {
  wait,     // sleeps
  read,     // seen = number
  write,    // number = amount
  add,      // number += amount; seen = number
  put,      // number = seen + amount, in an operation of its own: a race with `read`
  lock,     // waits for the lock
  unlock,   // gives it back, if this task holds it
  keep,     // memory of the process += amount
  recall,   // seen = memory of the process
  hold,     // the task's own local = memory of the process, for `tell`
  tell,     // number = the local of `hold`
  nest,     // the next `amount` steps run in a task of their own, which this one awaits
  start,    // starts the clerk's spare routine
  stamp,    // takes the instant, for `overdue`
  overdue,  // seen = 1 if more than `amount` nanoseconds have passed since `stamp`, else 0
  retry,    // one step back unless the last operation was answered
  pick,     // seen = a data choice below `amount`
  mint,     // posts a message with an identifier of its own; the number becomes that identifier
};
[[nodiscard]] const char* to_text(Verb verb);

struct Step {
  Verb verb = Verb::wait;
  std::size_t slot = 0;
  std::int64_t amount = 0;
  sim::Window window = sim::kAnyTime;
  std::string name;  // for `between`
};
[[nodiscard]] Step wait(const sim::Window& window = sim::kAnyTime);
[[nodiscard]] Step read(std::size_t slot);
[[nodiscard]] Step write(std::size_t slot, std::int64_t amount, std::string name = "");
[[nodiscard]] Step add(std::size_t slot, std::int64_t amount, std::string name = "");
[[nodiscard]] Step put(std::size_t slot, std::int64_t amount);
[[nodiscard]] Step lock(std::size_t slot);
[[nodiscard]] Step unlock(std::size_t slot);
[[nodiscard]] Step step(Verb verb, std::size_t slot = 0, std::int64_t amount = 0);
// The same step with another window.
[[nodiscard]] Step within(Step step, const sim::Window& window);

struct Routine {
  std::string name;
  std::vector<Step> steps;
  sim::Duration period{0};    // of a pass; 0: a task started once
  bool spare = false;         // started by `start` only
  std::uint32_t overlap = 1;  // passes at once
};

struct Clerk {
  std::string name;
  std::vector<Routine> routines;
  sim::Window restart = sim::kRestartWindow;
  bool restarts = true;
  std::string service{};  // whose instance it is; empty: a service of its own
};

// A number has to lie within [least, most], always or when all is quiet.
struct Rule {
  std::string name;
  std::size_t slot = 0;
  std::int64_t least = 0;
  std::int64_t most = 0;
  bool always = false;
};

struct Sketch {
  std::vector<Clerk> clerks;
  std::vector<Rule> rules;
};
std::ostream& operator<<(std::ostream& out, const Sketch& sketch);

class Flow final : public sim::Model {
 public:
  explicit Flow(const Sketch& sketch);
  void build(sim::World& world) const override;

  struct FrozenStep {
    Step step;
    const sim::Site* site;
    const sim::Symbol* name;  // null: none
  };
  struct FrozenRoutine {
    std::vector<FrozenStep> steps;
    const sim::Site* site;
    sim::Duration period;
    bool spare;
    std::uint32_t overlap;
  };
  struct FrozenClerk {
    const sim::Symbol* name;
    std::vector<FrozenRoutine> routines;
    sim::ProcessSetup setup;
  };
  struct FrozenRule {
    const sim::Symbol* name;
    Rule rule;
  };
  [[nodiscard]] const std::vector<FrozenClerk>& clerks() const { return clerks_; }

 private:
  const sim::Symbol* symbol(const std::string& name);

  std::deque<sim::Symbol> symbols_;
  std::vector<FrozenClerk> clerks_;
  std::vector<FrozenRule> rules_;
};

// The numbers of a world made by Flow.
[[nodiscard]] std::array<std::int64_t, kSlots> numbers(const sim::World& world);
// The declared memory of a clerk that is up.
[[nodiscard]] std::int64_t memory(const sim::World& world, std::size_t clerk);
// Objects of the toy that are alive in the process's tasks, over all worlds; for destructor counts.
[[nodiscard]] int locals_alive();

// Answers by the words of options: a wish is granted once, at the first choice at its site that has
// the option; `order` names what happens next while it is pending. All else is the default.
class Wishes final : public sim::ChoiceSource {
 public:
  struct Wish {
    std::string site;
    std::string option;
  };
  Wishes(std::vector<Wish> wishes, std::vector<std::string> order)
      : wishes_(std::move(wishes)), order_(std::move(order)) {}
  std::uint32_t choose(const sim::ChoicePoint& point) override;
  sim::Duration draw(const sim::Window& window) override { return window.earliest; }

  // "fault /ann/serve/0", in the order asked; order choices are left out.
  [[nodiscard]] const std::vector<std::string>& asked() const { return asked_; }
  [[nodiscard]] bool all_granted() const { return wishes_.empty() && order_.empty(); }

 private:
  std::vector<Wish> wishes_;
  std::vector<std::string> order_;
  std::vector<std::string> asked_;
};

// A plan with a rule for each of `kinds`, against anyone.
[[nodiscard]] sim::FaultPlan plan(std::uint32_t budget, const std::vector<sim::FaultKind>& kinds);

}  // namespace onceward::toy
