// Windows are exact: the runs that a world with windows allows are those for which instants exist.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "sim/search/explore.hpp"
#include "sim/search/sources.hpp"
#include "tests/support/flows.hpp"

namespace onceward {
namespace {

using sim::Duration;
using sim::Window;

sim::Heeded all_windows() {
  sim::Heeded heeded;
  heeded.all = true;
  return heeded;
}

// ---- against all instants --------------------------------------------------------------------

// Clerks that each wait a few times, with small integer windows.
using Waits = std::vector<Window>;
using Orders = std::set<std::vector<std::size_t>>;  // who waits no longer, in order

rc::Gen<std::vector<Waits>> systems() {
  const auto window = rc::gen::map(
      rc::gen::resize(rc::kNominalSize, rc::gen::pair(rc::gen::inRange<std::int64_t>(0, 6),
                                                      rc::gen::inRange<std::int64_t>(0, 4))),
      [](const std::pair<std::int64_t, std::int64_t>& ends) {
        return Window{Duration(ends.first), Duration(ends.first + ends.second)};
      });
  const auto waits = rc::gen::resize(2, rc::gen::container<Waits>(window));
  return rc::gen::resize(3, rc::gen::container<std::vector<Waits>>(waits));
}

// Every order of every choice of integer instants: bounds are integers, so others add no order.
class BruteForce {
 public:
  explicit BruteForce(const std::vector<Waits>& system) : system_(system) {
    instants_.resize(system.size());
    choose(0, 0);
  }
  Orders orders;

 private:
  void choose(std::size_t who, std::size_t nth) {
    if (who == system_.size()) {
      std::vector<std::size_t> next(system_.size());
      merge(next, 0, {});
      return;
    }
    if (nth == system_[who].size()) {
      choose(who + 1, 0);
      return;
    }
    const std::int64_t before = nth == 0 ? 0 : instants_[who][nth - 1];
    const Window& window = system_[who][nth];
    for (std::int64_t wait = window.earliest.count(); wait <= window.latest.count(); ++wait) {
      instants_[who].resize(nth);
      instants_[who].push_back(before + wait);
      choose(who, nth + 1);
    }
  }

  // All orders in which the chosen instants do not decrease.
  void merge(std::vector<std::size_t>& next, std::int64_t now, std::vector<std::size_t> order) {
    bool ended = true;
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (std::size_t who = 0; who < system_.size(); ++who) {
      if (next[who] == system_[who].size()) continue;
      ended = false;
      least = std::min(least, instants_[who][next[who]]);
    }
    if (ended) {
      orders.insert(order);
      return;
    }
    for (std::size_t who = 0; who < system_.size(); ++who) {
      if (next[who] == system_[who].size() || instants_[who][next[who]] != least) continue;
      ++next[who];
      order.push_back(who);
      merge(next, std::max(now, least), order);
      order.pop_back();
      --next[who];
    }
  }

  const std::vector<Waits>& system_;
  std::vector<std::vector<std::int64_t>> instants_;
};

// Every order that a world allows which keeps all windows.
class Enumeration {
 public:
  explicit Enumeration(const toy::Flow& flow) : world_(flow, sim::Reading::any, {}) {
    world_.heed(all_windows());
    world_.record(&trace_, nullptr);
    world_.reset(source_);
    visit();
  }
  Orders orders;

 private:
  void visit() {
    if (world_.quiet()) {
      std::vector<std::size_t> order;
      for (const sim::TraceEntry& entry : trace_) {
        order.push_back(static_cast<std::size_t>(entry.lane.back() - '0'));
      }
      orders.insert(order);
      return;
    }
    sim::Arena::Snapshot here;
    world_.save(here);
    const std::size_t told = trace_.size();
    std::uint32_t arity = 1;
    for (std::uint32_t option = 0; option < arity; ++option) {
      world_.restore(here);
      trace_.resize(told);
      source_.follow({option});
      static_cast<void>(world_.step());
      if (!source_.made().empty()) arity = source_.made().front().arity;
      if (world_.possible()) visit();
    }
  }

  sim::World world_;
  sim::Trace trace_;
  sim::ScriptedSource source_;
};

TEST_CASE("the orders that windows allow are those of all instants in them",
          "[properties][windows]") {
  toy::check("over systems of waits", 1000, [] {
    const auto system = *systems();
    toy::Sketch sketch;
    for (const Waits& waits : system) {
      toy::Routine routine{"go", {}, Duration(0), false};
      for (const Window& window : waits) {
        routine.steps.push_back(toy::within(toy::add(sketch.clerks.size(), 1), window));
      }
      sketch.clerks.push_back({std::to_string(sketch.clerks.size()), {routine}});
    }
    const toy::Flow flow(sketch);
    RC_ASSERT(Enumeration(flow).orders == BruteForce(system).orders);
  });
}

// ---- against the constraints of the whole path -------------------------------------------------

TEST_CASE("a step is possible exactly if the path with it has a timing", "[properties][windows]") {
  toy::check("over flows with faults", 600, [] {
    const auto sketch = *toy::sketches({3, 2, 4, 1});
    const auto plan = *toy::plans(2);
    const auto seed = *rc::gen::arbitrary<std::uint32_t>();
    const toy::Flow flow(sketch);
    sim::World free(flow, sim::Reading::any, plan);
    sim::World timed(flow, sim::Reading::any, plan);
    timed.heed(all_windows());
    sim::PathLog path;
    sim::SeededSource answers(seed);
    sim::SeededSource same_answers(seed);
    free.record(nullptr, &path);
    free.reset(answers);
    timed.reset(same_answers);
    for (int steps = 0; steps < 40 && free.step(); ++steps) {
      static_cast<void>(timed.step());
      const std::size_t happened = path.constraints.size();
      free.log_pending();
      const bool feasible = sim::solve(path).feasible;
      path.constraints.resize(happened);
      RC_ASSERT(timed.possible() == feasible);
      if (!feasible) return;
      static_cast<void>(timed.settle());
    }
  });
}

// ---- thresholds --------------------------------------------------------------------------------

// Whether ann, who remembers when she began, may find after `waits` that more than `limit` has
// passed; bob, who is idle for as long, must make no difference.
sim::Verdict finds_overdue(const Waits& waits, std::int64_t limit) {
  const Window at_once{Duration(0), Duration(0)};
  toy::Routine ann{"go", {toy::within(toy::step(toy::Verb::stamp), at_once)}, Duration(0), false};
  for (const Window& window : waits) ann.steps.push_back(toy::within(toy::wait(), window));
  ann.steps.push_back(toy::within(toy::step(toy::Verb::overdue, 0, limit), at_once));
  ann.steps.push_back(toy::within(toy::put(1, 0), at_once));
  toy::Routine bob{"go", {}, Duration(0), false};
  for (const Window& window : waits) bob.steps.push_back(toy::within(toy::add(2, 1), window));
  toy::Sketch sketch;
  sketch.clerks = {{"ann", {ann}}, {"bob", {bob}}};
  sketch.rules = {{"in time", 1, 0, 0, true}};
  return sim::explore(toy::Flow(sketch), {}, {}).verdict;
}

TEST_CASE("what an outage may last is known to the nanosecond", "[properties][windows]") {
  toy::check("over sums of windows", 100, [] {
    const auto span = rc::gen::inRange<std::int64_t>(0, 86'400'000'000'000);
    const auto ends = *rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::array<bool, 3>>());
    Waits waits;
    std::int64_t longest = 0;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      const std::int64_t earliest = *rc::gen::resize(rc::kNominalSize, span);
      const std::int64_t latest =
          ends[i] ? earliest + *rc::gen::resize(rc::kNominalSize, span) : earliest;
      waits.push_back({Duration(earliest), Duration(latest)});
      longest += latest;
    }
    RC_PRE(longest > 0);
    RC_ASSERT(finds_overdue(waits, longest) == sim::Verdict::exhausted);
    RC_ASSERT(finds_overdue(waits, longest - 1) == sim::Verdict::violated);
  });
}

// ---- searches ----------------------------------------------------------------------------------

sim::Result search(const toy::Sketch& sketch, const sim::FaultPlan& plan, sim::TimingMode timing) {
  sim::SearchOptions options;
  options.strategy = sim::Strategy::exhaustive;
  options.timing = timing;
  options.states_max = 20'000;
  return sim::explore(toy::Flow(sketch), plan, options);
}

TEST_CASE("windows kept as needed find what all windows find", "[properties][windows]") {
  toy::check("over flows with at most one fault", 150, [] {
    auto sketch = *toy::sketches({2, 2, 3, 1});
    const auto plan = *toy::plans(1);
    sketch.rules = {{"not three", 0, 0, 2, true}, {"not four", 1, -100, 3, true}};
    const sim::Result all = search(sketch, plan, sim::TimingMode::windows);
    const sim::Result needed = search(sketch, plan, sim::TimingMode::as_needed);
    const sim::Result none = search(sketch, plan, sim::TimingMode::any);
    const auto decided = [](const sim::Result& result) {
      return result.verdict == sim::Verdict::violated || result.verdict == sim::Verdict::exhausted;
    };
    RC_PRE(decided(all));
    RC_TAG(std::string(sim::to_text(none.verdict)) + ", needed " + sim::to_text(needed.verdict) +
           ", all " + sim::to_text(all.verdict));
    if (decided(needed)) RC_ASSERT(needed.verdict == all.verdict);
    if (decided(none)) RC_ASSERT(none.verdict == all.verdict);
    if (all.verdict == sim::Verdict::violated && decided(needed)) {
      RC_ASSERT(needed.violations.front().faults.size() == all.violations.front().faults.size());
    }
  });
}

}  // namespace
}  // namespace onceward
