// Equal fingerprints must mean equal futures: for small random flows, a search that visits each
// fingerprint once reaches exactly the outcomes of a search that merges nothing.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <set>

#include "sim/search/sources.hpp"
#include "sim/search/visited.hpp"
#include "tests/support/flows.hpp"

namespace onceward {
namespace {

using Outcome = std::array<std::int64_t, toy::kSlots>;

// Depth-first over snapshots, with or without merging, with all windows kept or none; gives up
// after `kStepsMax` steps.
class Enumeration {
 public:
  Enumeration(const toy::Flow& flow, const sim::FaultPlan& plan, bool timed, bool merges)
      : world_(flow, sim::Reading::any, plan), timed_(timed), merges_(merges) {
    sim::Heeded heeded;
    heeded.all = timed;
    world_.heed(heeded);
    world_.reset(source_);
    visit(nullptr);
  }
  bool complete = true;
  std::set<Outcome> outcomes;

 private:
  static constexpr int kStepsMax = 40'000;
  static constexpr std::uint32_t kDepthMax = 60;

  void visit(const sim::SavedState* from) {
    const sim::Hash128 state = world_.settle(from);
    RC_ASSERT(timed_ || state == world_.settle());
    if (merges_ && visited_.enter(state) != sim::Visited::Answer::added) return;
    if (world_.quiet()) outcomes.insert(toy::numbers(world_));
    sim::SavedState here;
    world_.save(here);
    std::vector<std::uint32_t> script;
    do {
      if (++steps_ > kStepsMax || world_.steps() > kDepthMax) complete = false;
      if (!complete) return;
      world_.restore(here);
      source_.follow(script);
      const bool moved = world_.step();
      const auto made = source_.made();
      if (moved && world_.possible()) visit(&here);
      script.clear();
      std::size_t length = made.size();
      while (length > 0 && made[length - 1].index + 1 == made[length - 1].arity) --length;
      for (std::size_t i = 0; i < length; ++i) script.push_back(made[i].index);
      if (length > 0) ++script.back();
    } while (!script.empty());
  }

  sim::World world_;
  bool timed_;
  bool merges_;
  sim::ScriptedSource source_;
  sim::Visited visited_;
  int steps_ = 0;
};

void merging_loses_nothing(bool timed) {
  const toy::Shape small{2, 2, 3, 1};
  const auto sketch = *toy::sketches(small);
  const auto plan = *toy::plans(1);
  const toy::Flow flow(sketch);
  const Enumeration all(flow, plan, timed, false);
  RC_PRE(all.complete);
  const Enumeration merged(flow, plan, timed, true);
  RC_ASSERT(merged.complete);
  RC_ASSERT(merged.outcomes == all.outcomes);
}

TEST_CASE("merging equal fingerprints loses no outcome", "[properties][fingerprint]") {
  toy::check("over small flows with at most one fault", 200, [] { merging_loses_nothing(false); });
  toy::check("and where all windows are kept", 200, [] { merging_loses_nothing(true); });
}

}  // namespace
}  // namespace onceward
