#include <fmt/core.h>

#include <algorithm>

#include "sim/search/circles.hpp"
#include "sim/search/frontier.hpp"
#include "sim/search/merge_audit.hpp"
#include "sim/search/path.hpp"
#include "sim/search/runs.hpp"
#include "sim/search/strategies.hpp"
#include "sim/search/visited.hpp"

namespace onceward::sim {
namespace {

// Depth-first search over snapshots. A node is a state between two steps; what can follow it is
// enumerated from its snapshot.
//
// All states with no fault come first, then those with one, and so on, over one set of states: the
// first violation has the fewest faults. Where a step spends a fault, the path to its state waits
// in the frontier of that number of faults.
class Exhaustive {
 public:
  Exhaustive(const Model& model, const FaultPlan& plan, const SearchOptions& options)
      : options_(options),
        world_(model, Reading::any, plan),
        successors_(world_, options),
        path_(world_, successors_),
        audit_(world_, successors_),
        circles_(world_, successors_, visited_, options_),
        budget_(plan.budget),
        states_max_(options.states_max) {
    heeded_.all = options.timing == TimingMode::windows;
    if (plan.exact) options_.reductions.fewer_faults = false;
    if (heeded_.all) options_.reductions.keep_windows();
    options_.reductions.crash_points = options_.reductions.crash_points && plan.stops();
    options_.reductions.symmetric_keys = options_.reductions.symmetric_keys && world_.has_keys();
    successors_.reduce(options_.reductions);
  }

  Result run() {
    result_.strategy = Strategy::exhaustive;
    result_.verdict = Verdict::exhausted;
    do {
      again_ = false;
      search();
    } while (again_);
    if (heeded_.all) result_.windows = {"all"};
    for (const Heeded::Place& place : heeded_.places) result_.windows.push_back(place.what);
    result_.reductions = names_of(options_.reductions);
    if (result_.verdict == Verdict::exhausted && !result_.reasons.empty()) {
      result_.verdict = Verdict::unknown;
    }
    return std::move(result_);
  }

 private:
  using Landing = Successors::Landing;

  void search() {
    visited_ = Visited();
    quiet_ = Visited();
    frontiers_.assign(budget_ + 1, Frontier());
    audit_.forget();
    circles_.forget();
    path_.cut(0);
    faults_ = 0;
    result_.figures.depth = 0;
    world_.heed(heeded_);
    world_.rename_keys(options_.reductions.symmetric_keys);
    if (!options_.reductions.crash_points) world_.offer_at_every_operation();
    detail::keys_were_told_apart = false;
    Landing first;
    if (!successors_.start(first)) {
      give_up(Verdict::unknown, "a choice is made while processes start, before the first step");
      return;
    }
    arrive(std::move(first));
    explore_above(0);
    while (faults_ < budget_ && goes_on()) {
      ++faults_;
      go_on_from(frontiers_[faults_]);
    }
    note_bytes();
    result_.faults_max = faults_;
    result_.figures.states = visited_.size();
    result_.figures.digest = visited_.digest();
    result_.figures.quiet_digest = quiet_.digest();
  }

  [[nodiscard]] bool goes_on() const { return !ended_ && !again_; }

  // Tries all that follows the nodes from `base` on.
  void explore_above(std::size_t base) {
    while (path_.size() > base && goes_on()) try_next();
  }

  // Searches all whose paths wait in `frontier`.
  void go_on_from(Frontier& frontier) {
    note_bytes();
    Path path;
    std::size_t keeps = 0;
    path_.cut(0);
    while (goes_on() && frontier.take(path, keeps)) {
      Landing landing = walk(path, keeps);
      const std::size_t base = path_.size();
      if (landing.kind == Landing::Kind::violation) {
        found_violation(landing.choices);
        continue;
      }
      Spent spent = world_.spent();
      if (!visited_.is_least(landing.state, spent)) continue;
      push(landing.state, std::move(landing.choices), std::move(spent));
      explore_above(base);
    }
    frontier = Frontier();
  }

  // Walks `path`, whose first `keeps` places the path of the search has already, none of which is
  // its end; leaves places that are not to be explored, up to its last step.
  Landing walk(const Path& path, std::size_t keeps) {
    ONCEWARD_ASSERT(keeps < path.size());
    Landing landing;
    path_.cut(keeps);
    if (keeps == 0) {
      const bool started = successors_.start(landing);
      ONCEWARD_ASSERT(started);
      path_.add(landing.state, std::move(landing.choices));
    }
    for (;;) {
      path_.go_to_top();
      Successors::Next next{path[path_.size()], false};
      landing = successors_.follow(next, path_.saved_top());
      if (path_.size() + 1 == path.size()) return landing;
      path_.add(landing.state, std::move(landing.choices));
    }
  }

  void try_next() {
    SearchPath::Node& node = path_.top();
    if (node.next.none_left) {
      leave();
      return;
    }
    path_.go_to_top();
    Landing landing = successors_.follow(node.next, path_.saved_top());
    if (node.sampled) node.futures += audit_.hash_of(landing);
    arrive(std::move(landing));
  }

  // All that follows the top node has been tried.
  void leave() {
    const SearchPath::Node& node = path_.top();
    if (node.sampled) {
      audit_.left(node.state, {path_.choices_to(), node.steps, node.spent, node.futures});
    }
    const std::vector<Hash128> circle = circles_.leave();
    if (!circle.empty()) judge(circle);
    path_.cut(path_.size() - 1);
  }

  // The world is where steps from the top node led.
  void arrive(Landing landing) {
    if (!successors_.conflict().empty()) disagree(successors_.conflict());
    if (options_.reductions.symmetric_keys && detail::keys_were_told_apart) {
      options_.reductions.symmetric_keys = false;
      again_ = true;
    }
    if (again_ || landing.kind == Landing::Kind::impossible) return;
    count(landing.steps);
    note_strikes(world_, result_);
    if (!world_.findings().empty()) note_also(world_, options_, result_);
    if (ended_ || landing.kind == Landing::Kind::at_rest) return;
    const bool is_state = landing.kind == Landing::Kind::state;
    Spent spent = world_.spent();
    if (is_state && !is_news(landing, spent)) return;
    if (world_.faults_used() > faults_) {
      const auto via = [&](std::size_t place) -> const Choices& {
        return place < path_.size() ? path_[place].via : landing.choices;
      };
      frontiers_[world_.faults_used()].add(path_.size() + 1, via);
    } else if (is_state) {
      push(landing.state, std::move(landing.choices), std::move(spent));
    } else {
      found_violation(landing.choices);
    }
  }

  // Whether what follows the state the world is in has not been searched and does not wait to be.
  bool is_news(const Landing& landing, const Spent& spent) {
    const Visited::Answer answer = visited_.enter(landing.state, spent);
    if (answer == Visited::Answer::open && world_.faults_used() == faults_) {
      circles_.lead_back_to(landing.state);
    }
    if (answer == Visited::Answer::known && audit_.waits_for(landing.state) &&
        !audit_.agrees(landing.state, path_.choices_to(landing.choices))) {
      disagree(audit_.difference());
    }
    if (answer == Visited::Answer::added && world_.quiet()) {
      static_cast<void>(quiet_.enter(audit_.hash_of(landing)));
    }
    if (visited_.size() > states_max_) states_used_up();
    return answer == Visited::Answer::added || answer == Visited::Answer::again;
  }

  void count(std::uint32_t steps) {
    constexpr std::uint64_t kAskEvery = 1024;
    const std::uint64_t before = result_.figures.transitions;
    result_.figures.transitions += steps;
    if (result_.figures.transitions >= options_.transitions_max) {
      give_up(Verdict::bound_hit, fmt::format("the bound of {} steps was hit (--transitions)",
                                              options_.transitions_max));
    }
    if (before / kAskEvery == result_.figures.transitions / kAskEvery) return;
    if (const char* const why = why_to_end(options_)) give_up(Verdict::unknown, why);
  }

  // Adds the state the world is in, from which all is to be tried.
  void push(const Hash128& state, Choices via, Spent spent) {
    circles_.enter(state);
    SearchPath::Node& node = path_.add(state, std::move(via));
    node.spent = std::move(spent);
    node.next.choices.clear();
    node.next.none_left = false;
    node.sampled = MergeAudit::samples(state, visited_.size());
    node.futures = {};
    result_.figures.depth = std::max<std::uint64_t>(result_.figures.depth, node.steps);
    if (node.steps < options_.steps_max) return;
    give_up(Verdict::bound_hit,
            fmt::format("a run was not quiet after {} steps", options_.steps_max));
  }

  void note_bytes() {
    std::uint64_t bytes = visited_.bytes();
    for (const Frontier& frontier : frontiers_) bytes += frontier.bytes();
    result_.figures.visited_bytes = std::max(result_.figures.visited_bytes, bytes);
  }

  // What the search rests on is not so: nothing it found out may be believed.
  void disagree(const std::string& how) {
    result_.unsound = how;
    give_up(Verdict::unknown, how);
  }

  // Repeats the path that ends with `last`, with no window kept, to record its tape. `round`: it
  // goes round at its end.
  void found_violation(const Choices& last, const Round& round = {}) {
    ScriptedSource source;
    source.follow(path_.choices_to(last));
    Recorder recorder(source);
    world_.heed({});
    world_.reset(recorder);
    if (round.steps > 0) {
      run_round(world_, round);
    } else {
      static_cast<void>(run_to_end(world_, options_));
    }
    Violation violation = tell(world_, recorder.take(), options_, round);
    again_ = !violation.timing.feasible && (reduce_less() || heed_more(violation.timing.places));
    if (again_) return;
    if (!conclude(world_, std::move(violation), options_, result_)) {
      world_.heed(heeded_);
      successors_.repeat({}, 0);  // the sources that answered until now end here
      return;
    }
    result_.violations.back().fewest_faults =
        result_.violations.back().faults.size() == faults_ && result_.reasons.empty();
    ended_ = true;
  }

  // Does without the reductions that hold without windows only, from a new start; false: they have
  // left out nothing.
  bool reduce_less() {
    const bool left_out = options_.reductions.crash_points || successors_.has_reduced();
    options_.reductions.keep_windows();
    successors_.reduce(options_.reductions);
    return left_out;
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

  // The states of `circle` lead to one another, the top node first. Where it is not decided whether
  // a run can stay among them, windows that are not kept yet may end it.
  void judge(const std::vector<Hash128>& circle) {
    const std::uint32_t steps = path_.top().steps;
    path_.go_to_top();
    const Circles::Answer answer = circles_.judge(circle);
    if (answer == Circles::Answer::ends || circle_noted_) return;
    if (answer == Circles::Answer::breaks) {
      found_violation(circles_.choices(), circles_.round());
      return;
    }
    circle_ = fmt::format(
        "{} that lead to one another, met after {} steps, may never get quiet; whether a run can "
        "stay there for ever was not decided",
        circle.size() == 1 ? "a state" : fmt::format("{} states", circle.size()), steps);
    again_ = reduce_less();
    if (again_) return;
    again_ = heed_more(circles_.places(path_.choices_to(circles_.choices()), steps));
    if (again_) {
      states_max_ = std::min(states_max_, kStatesForCircles);
      return;
    }
    circle_noted_ = true;
    result_.reasons.push_back(circle_);
  }

  void states_used_up() {
    if (states_max_ < options_.states_max) {
      give_up(Verdict::unknown,
              fmt::format("{} by {} states that keep its windows", circle_, states_max_));
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
  Successors successors_;
  SearchPath path_;
  MergeAudit audit_;
  Circles circles_;
  // What a search spends on a circle of which it does not know whether it ends.
  static constexpr std::uint64_t kStatesForCircles = 1'000'000;

  std::uint32_t budget_;
  std::uint64_t states_max_;
  Heeded heeded_;
  Visited visited_;
  Visited quiet_;                    // outlines of those in which all is quiet
  std::uint32_t faults_ = 0;         // that the runs being searched have spent
  std::vector<Frontier> frontiers_;  // by faults spent
  bool ended_ = false;
  bool again_ = false;  // more windows are kept than this search began with
  std::string circle_;  // the latest one that was not decided
  bool circle_noted_ = false;
  Result result_;
};

}  // namespace

Result exhaustive(const Model& model, const FaultPlan& plan, const SearchOptions& options) {
  return Exhaustive(model, plan, options).run();
}

}  // namespace onceward::sim
