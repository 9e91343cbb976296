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
  }

  Result run() {
    result_.strategy = Strategy::exhaustive;
    result_.verdict = Verdict::exhausted;
    for (std::uint32_t faults = 0; faults <= budget_ && !ended_; ++faults) search(faults);
    if (heeded_.all) result_.windows = {"all"};
    for (const Heeded::Place& place : heeded_.places) result_.windows.push_back(place.what);
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

  void search_once() {
    visited_ = Visited();
    depth_ = 0;
    world_.heed(heeded_);
    source_.follow({});
    world_.reset(source_);
    if (!source_.made().empty()) {
      give_up(Verdict::unknown, "a choice is made while processes start, before the first step");
      return;
    }
    static_cast<void>(enter({}));
    while (depth_ > 0 && !ended_ && !again_) try_next();
    result_.figures.visited_bytes = std::max(result_.figures.visited_bytes, visited_.bytes());
  }

  // Pushes the state the world is in, unless it was met before.
  bool enter(std::vector<std::uint32_t> via) {
    Hash128 state = world_.settle();
    // Where a run must reach goals to count, those it has reached are part of its future.
    if (options_.goals != 0) state = derive(state, {}, world_.goals() & options_.goals);
    const Visited::Answer answer = visited_.enter(state);
    if (answer == Visited::Answer::on_path) note_cycle(state, via);
    if (answer != Visited::Answer::added) return false;
    if (visited_.size() > states_max_) states_used_up();
    if (nodes_.size() == depth_) nodes_.emplace_back();
    Node& node = nodes_[depth_++];
    world_.save(node.snapshot);
    node.state = state;
    node.via = std::move(via);
    node.script.clear();
    node.tried_all = false;
    at_top_ = true;
    result_.figures.depth = std::max<std::uint64_t>(result_.figures.depth, depth_ - 1);
    return true;
  }

  void try_next() {
    Node& node = nodes_[depth_ - 1];
    if (node.tried_all) {
      visited_.leave(node.state);
      --depth_;
      return;
    }
    if (!std::exchange(at_top_, false)) world_.restore(node.snapshot);
    source_.follow(node.script);
    const bool moved = world_.step();
    std::vector<std::uint32_t> made;
    for (const ScriptedSource::Made& choice : source_.made()) made.push_back(choice.index);
    set_next_script(node);
    if (!world_.possible()) return;
    if (moved && ++result_.figures.transitions >= options_.transitions_max) {
      give_up(Verdict::bound_hit, fmt::format("the bound of {} steps was hit (--transitions)",
                                              options_.transitions_max));
    }
    constexpr std::uint64_t kAskEvery = 1024;
    if (result_.figures.transitions % kAskEvery == 0) {
      if (const char* const why = why_to_end(options_)) give_up(Verdict::unknown, why);
    }
    note_strikes(world_, result_);
    if (!world_.findings().empty()) {
      note_also(world_, options_, result_);
      if (wanted_finding(world_, options_) != nullptr) {
        found_violation(made);
        return;
      }
    }
    if (moved) static_cast<void>(enter(std::move(made)));
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
    for (std::size_t i = 1; i < depth_; ++i) {
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
    again_ = !violation.timing.feasible && heed_more(violation.timing.places);
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
