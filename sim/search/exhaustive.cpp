#include <fmt/core.h>

#include <algorithm>

#include "sim/search/runs.hpp"
#include "sim/search/strategies.hpp"
#include "sim/search/visited.hpp"

namespace onceward::sim {
namespace {

// Depth-first search over snapshots. A node is a state between two steps. The choices of one step
// (which occurrence, which fault, which value) are enumerated like an odometer: the step is run
// again from the node's snapshot with the next script of option indices.
class Exhaustive {
 public:
  Exhaustive(const Model& model, const FaultPlan& plan, const SearchOptions& options)
      : options_(options),
        world_(model, Reading::any, plan),
        budget_(plan.budget),
        states_max_(options.states_max) {
    heeded_.all = options.timing == TimingMode::windows;
    if (heeded_.all) options_.reductions = Reductions::none();
  }

  Result run() {
    result_.strategy = Strategy::exhaustive;
    result_.verdict = Verdict::exhausted;
    for (std::uint32_t faults = 0; faults <= budget_ && !ended_; ++faults) search(faults);
    if (heeded_.all) result_.windows = {"all"};
    for (const Heeded::Place& place : heeded_.places) result_.windows.push_back(place.what);
    result_.reductions = names_of(options_.reductions);
    if (result_.verdict == Verdict::exhausted && !result_.reasons.empty()) {
      result_.verdict = Verdict::unknown;
    }
    return std::move(result_);
  }

 private:
  struct Node {
    Arena::Snapshot snapshot;
    Hash128 state;
    std::vector<std::uint32_t> via;     // the choices of the step that led here
    std::vector<std::uint32_t> script;  // of the step to try next
    bool tried_all = false;
  };

  // All runs with at most `faults` faults; those with fewer were searched before, so the first
  // violation has the fewest. What was searched with fewer windows kept need not be searched again:
  // more orders were possible then.
  void search(std::uint32_t faults) {
    result_.faults_max = faults;
    world_.set_budget(faults);
    const std::uint64_t depth_before = result_.figures.depth;
    do {
      again_ = false;
      result_.figures.depth = depth_before;
      search_once();
    } while (again_);
    result_.figures.states = visited_.size();
    result_.figures.digest = visited_.digest();
  }

  // Counts a state in which all is quiet.
  void note_quiet(const Hash128& state) {
    result_.figures.quiet_digest.high += state.high;
    result_.figures.quiet_digest.low += state.low;
  }

  void search_once() {
    visited_ = Visited();
    result_.figures.quiet_digest = {};
    depth_ = 0;
    world_.heed(heeded_);
    source_.follow({});
    world_.reset(source_);
    if (!source_.made().empty()) {
      give_up(Verdict::unknown, "a choice is made while processes start, before the first step");
      return;
    }
    go_on(true, {});
    while (depth_ > 0 && !ended_ && !again_) try_next();
  }

  // Pushes the state the world is in, unless it was met before.
  void enter(std::vector<std::uint32_t> via) {
    Hash128 state = world_.settle();
    // Where a run must reach goals to count, those it has reached are part of its future.
    if (options_.goals != 0) state = derive(state, {}, world_.goals() & options_.goals);
    const Visited::Answer answer = visited_.enter(state);
    if (answer == Visited::Answer::on_path) note_cycle(state, via);
    if (answer != Visited::Answer::added) return;
    if (world_.quiet()) note_quiet(state);
    if (visited_.size() > states_max_) states_used_up();
    if (nodes_.size() == depth_) nodes_.emplace_back();
    Node& node = nodes_[depth_++];
    world_.save(node.snapshot);
    node.state = state;
    node.via = std::move(via);
    node.script.clear();
    node.tried_all = false;
    at_top_ = true;
    result_.figures.depth = std::max<std::uint64_t>(result_.figures.depth, world_.steps());
  }

  void try_next() {
    Node& node = nodes_[depth_ - 1];
    if (node.tried_all) {
      visited_.leave(node.state);
      --depth_;
      return;
    }
    if (!std::exchange(at_top_, false)) world_.restore(node.snapshot);
    std::vector<std::uint32_t> made;
    const bool moved = step(node.script, made);
    set_next_script(node);
    go_on(moved, std::move(made));
  }

  // After a step with the choices `made`: the local ones that follow it at once, and then the state
  // they lead to, or the violation they show.
  void go_on(bool moved, std::vector<std::uint32_t> made) {
    for (int locals = 0; moved && goes_on(); ++locals) {
      const bool reduces = options_.reductions.local_steps && locals < kLocalStepsMax;
      const std::uint32_t local = reduces ? world_.local_option() : World::kNoOption;
      if (local == World::kNoOption) {
        enter(std::move(made));
        return;
      }
      moved = step({local}, made);
    }
    if (world_.possible() && !ended_ && wanted_finding(world_, options_) != nullptr) {
      found_violation(made);
    }
  }

  // Lets the world do one step by `script`; adds the choices that it made. False: it was quiet.
  bool step(const std::vector<std::uint32_t>& script, std::vector<std::uint32_t>& made) {
    source_.follow(script);
    const bool moved = world_.step();
    for (const ScriptedSource::Made& choice : source_.made()) made.push_back(choice.index);
    if (!world_.possible()) return moved;
    if (moved && ++result_.figures.transitions >= options_.transitions_max) {
      give_up(Verdict::bound_hit, fmt::format("the bound of {} steps was hit (--transitions)",
                                              options_.transitions_max));
    }
    constexpr std::uint64_t kAskEvery = 1024;
    if (options_.interrupted != nullptr && result_.figures.transitions % kAskEvery == 0 &&
        options_.interrupted()) {
      give_up(Verdict::unknown, "interrupted");
    }
    note_strikes(world_, result_);
    note_also(world_, options_, result_);
    return moved;
  }

  // Whether the path that the latest step belongs to goes on.
  [[nodiscard]] bool goes_on() const {
    return world_.possible() && !ended_ && wanted_finding(world_, options_) == nullptr;
  }

  // The odometer: the last choice that has an option left is advanced, those after it are dropped.
  void set_next_script(Node& node) const {
    const auto& made = source_.made();
    std::size_t length = made.size();
    while (length > 0 && made[length - 1].index + 1 == made[length - 1].arity) --length;
    node.tried_all = length == 0;
    node.script.clear();
    for (std::size_t i = 0; i < length; ++i) node.script.push_back(made[i].index);
    if (length > 0) ++node.script.back();
  }

  // The choices of the path that ends with the step `last`.
  [[nodiscard]] std::vector<std::uint32_t> path_to(const std::vector<std::uint32_t>& last) const {
    std::vector<std::uint32_t> script;
    for (std::size_t i = 0; i < depth_; ++i) {
      script.insert(script.end(), nodes_[i].via.begin(), nodes_[i].via.end());
    }
    script.insert(script.end(), last.begin(), last.end());
    return script;
  }

  // Repeats the path that ends with `last`, with no window kept, to record its tape.
  void found_violation(const std::vector<std::uint32_t>& last) {
    ScriptedSource source;
    source.follow(path_to(last));
    Recorder recorder(source);
    world_.heed({});
    world_.reset(recorder);
    static_cast<void>(run_to_end(world_, options_));
    Violation violation = tell(world_, recorder.take(), options_);
    again_ = !violation.timing.feasible && (reduce_less() || heed_more(violation.timing.places));
    if (again_) return;
    if (!conclude(world_, std::move(violation), options_, result_)) {
      world_.heed(heeded_);
      world_.reset(source_);  // the sources that answered until now end here
      return;
    }
    result_.violations.back().fewest_faults =
        result_.violations.back().faults.size() == result_.faults_max && result_.reasons.empty();
    ended_ = true;
  }

  // Does without reductions, from a new start; false: it does already.
  bool reduce_less() {
    const bool reduced = options_.reductions.any();
    options_.reductions = Reductions::none();
    return reduced;
  }

  // Keeps the windows that a run without a timing contradicts, from a new start; false: it keeps
  // them already, or may not.
  bool heed_more(const std::vector<Heeded::Place>& places) {
    if (options_.timing != TimingMode::as_needed) return false;
    const std::size_t before = heeded_.places.size();
    for (const Heeded::Place& place : places) {
      if (!heeded_.has(*place.site)) heeded_.places.push_back(place);
    }
    return heeded_.places.size() > before;
  }

  // A cycle may go on for ever without getting quiet, or end because a window that is not kept
  // yet does. If all on it are kept nothing may be claimed for all runs: whether it is fair is not
  // decided here.
  void note_cycle(const Hash128& state, const std::vector<std::uint32_t>& last) {
    if (cycle_noted_) return;
    std::size_t begin = depth_;
    while (begin > 0 && nodes_[begin - 1].state != state) --begin;
    cycle_ = fmt::format(
        "a cycle of {} steps, begun after {} steps, may never get quiet; whether it can go on for "
        "ever was not decided",
        depth_ - begin + 1, begin - 1);
    again_ = reduce_less();
    if (again_) return;
    again_ = heed_more(places_of_cycle(begin - 1, last));
    if (again_) {
      states_max_ = std::min(states_max_, kStatesForCycles);
      return;
    }
    cycle_noted_ = true;
    result_.reasons.push_back(cycle_);
  }

  // The windows that the path to `last` contradicts or, if it has a timing, those of all that
  // happened or was pending on it after so many steps.
  std::vector<Heeded::Place> places_of_cycle(std::size_t steps,
                                             const std::vector<std::uint32_t>& last) {
    ScriptedSource source;
    source.follow(path_to(last));
    PathLog path;
    world_.record(nullptr, &path);
    world_.reset(source);
    while (world_.steps() < depth_ && world_.step()) {
    }
    world_.log_pending();
    world_.record(nullptr, nullptr);
    world_.reset(source_);
    Timing timing = solve(path);
    if (!timing.feasible) return std::move(timing.places);
    std::vector<Heeded::Place> places;
    for (const PathLog::Constraint& constraint : path.constraints) {
      const bool since = std::max(constraint.first, constraint.second) > steps;
      if (constraint.site != nullptr && since) {
        places.push_back({constraint.site, constraint.window});
      }
    }
    return places;
  }

  void states_used_up() {
    if (states_max_ < options_.states_max) {
      give_up(Verdict::unknown,
              fmt::format("{} by {} states that keep its windows", cycle_, states_max_));
    } else {
      give_up(Verdict::bound_hit,
              fmt::format("the bound of {} states was hit (--states)", options_.states_max));
    }
  }

  void give_up(Verdict verdict, std::string reason) {
    if (ended_) return;
    result_.verdict = verdict;
    result_.reasons.push_back(std::move(reason));
    ended_ = true;
  }

  SearchOptions options_;
  World world_;
  // What a search spends on a cycle of which it does not know whether it ends.
  static constexpr std::uint64_t kStatesForCycles = 1'000'000;
  // Local steps in a row; a state after so many is kept, so that a circle of them is met.
  static constexpr int kLocalStepsMax = 32;

  std::uint32_t budget_;
  std::uint64_t states_max_;
  Heeded heeded_;
  Visited visited_;
  ScriptedSource source_;
  std::vector<Node> nodes_;  // the path; kept beyond depth_ to reuse their memory
  std::size_t depth_ = 0;
  bool at_top_ = false;  // the world is in the state of the last node
  bool ended_ = false;
  bool again_ = false;  // more windows are kept than this search began with
  std::string cycle_;   // the latest one that was noted
  bool cycle_noted_ = false;
  Result result_;
};

}  // namespace

Result exhaustive(const Model& model, const FaultPlan& plan, const SearchOptions& options) {
  return Exhaustive(model, plan, options).run();
}

}  // namespace onceward::sim
