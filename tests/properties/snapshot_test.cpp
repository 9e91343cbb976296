// A world restored from a snapshot taken anywhere continues exactly as one that was never
// interrupted: random toy flows, random answers, a snapshot after every step, each restored in a
// random order and continued to the end. Compared step by step: fingerprints, the memory in use,
// instants, and the tape.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <vector>

#include "sim/search/sources.hpp"
#include "tests/support/flows.hpp"

namespace onceward {
namespace {

using Script = std::vector<std::uint32_t>;

// Answers the n-th question with the n-th number of a script, made to fit; a short script begins
// again. All its state can be copied, so a run can be taken up anywhere.
class Scripted final : public sim::ChoiceSource {
 public:
  explicit Scripted(const Script& script) : script_(script) {}
  std::uint32_t choose(const sim::ChoicePoint& point) override { return next() % point.arity; }
  sim::Duration draw(const sim::Window& window) override {
    const bool open = window.latest == sim::kForever;
    const std::int64_t span = open ? 1'000'000 : (window.latest - window.earliest).count();
    return window.earliest + sim::Duration(next() % 3 * (span / 2));
  }
  std::uint32_t draw_tie() override { return next() % 2; }

 private:
  std::uint32_t next() { return script_.empty() ? 0 : script_[at_++ % script_.size()]; }
  const Script& script_;
  std::size_t at_ = 0;
};

// What can be seen of a world after a step.
struct Sight {
  sim::Hash128 fingerprint;
  std::size_t used_bytes;
  std::int64_t now;
  std::uint32_t faults;
  bool operator==(const Sight&) const = default;
};

Sight look(const sim::World& world) {
  return {world.fingerprint(), world.used_bytes(), world.now().nanoseconds, world.faults_used()};
}

struct Run {
  std::vector<Sight> sights;  // at the start and after every step
  sim::Tape tape;
};

constexpr std::size_t kStepsMax = 60;  // some flows never get quiet

// Lets `world` go on until quiet or the `kStepsMax`-th step.
void finish(sim::World& world, Run& run) {
  while (world.steps() < kStepsMax && world.step()) run.sights.push_back(look(world));
}

bool ends_with(const sim::Tape& whole, const sim::Tape& end) {
  return end.size() <= whole.size() &&
         std::equal(end.rbegin(), end.rend(), whole.rbegin(),
                    [](const auto& a, const auto& b) { return a.same_as(b); });
}

// One source and one recorder that stand in for others, so that a world can change whom it asks
// between two steps.
class Switch final : public sim::ChoiceSource {
 public:
  std::uint32_t choose(const sim::ChoicePoint& point) override { return now->choose(point); }
  sim::Duration draw(const sim::Window& window) override { return now->draw(window); }
  std::uint32_t draw_tie() override { return now->draw_tie(); }
  [[nodiscard]] bool wants_decisions() const override { return now->wants_decisions(); }
  void decided(const sim::ChoicePoint& point, std::uint32_t index) override {
    now->decided(point, index);
  }
  sim::ChoiceSource* now = nullptr;
};

struct Saved {
  sim::Arena::Snapshot snapshot;
  Scripted source;  // as it stood then
};

void check_flow(const toy::Flow& flow, const sim::FaultPlan& plan, const Script& script,
                sim::Reading reading) {
  sim::World alone(flow, reading, plan);
  Scripted answers(script);
  sim::Recorder recorder(answers);
  alone.reset(recorder);
  Run whole;
  whole.sights.push_back(look(alone));
  finish(alone, whole);
  whole.tape = recorder.take();

  sim::World world(flow, reading, plan);
  Switch source;
  Scripted first(script);
  source.now = &first;
  world.reset(source);
  std::vector<Saved> saved;
  do {
    saved.push_back({{}, first});
    world.save(saved.back().snapshot);
    RC_ASSERT(look(world) == whole.sights[saved.size() - 1]);
  } while (world.steps() < kStepsMax && world.step());
  RC_ASSERT(saved.size() == whole.sights.size());

  // Far jumps, back and forth: the last, the first, the last but one, the second, ...
  for (std::size_t i = 0; i < saved.size(); ++i) {
    const std::size_t at = i % 2 == 0 ? saved.size() - 1 - i / 2 : i / 2;
    Scripted continued = saved[at].source;
    sim::Recorder again(continued);
    source.now = &again;
    world.restore(saved[at].snapshot);
    RC_ASSERT(look(world) == whole.sights[at]);
    Run rest;
    finish(world, rest);
    RC_ASSERT(rest.sights.size() == whole.sights.size() - 1 - at);
    RC_ASSERT(std::equal(rest.sights.begin(), rest.sights.end(),
                         whole.sights.begin() + static_cast<std::ptrdiff_t>(at) + 1));
    RC_ASSERT(ends_with(whole.tape, again.take()));
  }
}

TEST_CASE(
    "A world restored from a snapshot taken anywhere continues exactly as one that was never "
    "interrupted",
    "[properties][snapshot]") {
  for (const sim::Reading reading : {sim::Reading::any, sim::Reading::sampled}) {
    const bool any = reading == sim::Reading::any;
    toy::check(any ? "whatever the order" : "with instants drawn", 200, [reading] {
      const auto sketch = *toy::sketches({});
      const auto plan = *toy::plans(3);
      const auto script = *rc::gen::container<Script>(rc::gen::inRange<std::uint32_t>(0, 12));
      check_flow(toy::Flow(sketch), plan, script, reading);
    });
  }
}

}  // namespace
}  // namespace onceward
