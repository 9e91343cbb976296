// Flows that never get quiet, judged a second time: the graph of all states is laid out, and what a
// fair run can do for ever is read off it by the rule of the textbooks (weak fairness over strongly
// connected parts). The search must say the same.
#include <rapidcheck.h>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>
#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/search/explore.hpp"
#include "sim/search/successors.hpp"
#include "tests/support/flows.hpp"

namespace onceward {
namespace {

constexpr std::size_t kRuled = 0;

// All states of a flow without faults, and what leads from which to which.
class Graph {
 public:
  explicit Graph(const toy::Flow& flow)
      : world_(flow, sim::Reading::any, {}), successors_(world_, unreduced()) {
    sim::Successors::Landing first;
    static_cast<void>(successors_.start(first));
    find(first.state);
    for (std::size_t at = 0; at < states_.size() && !too_large(); ++at) expand(at);
  }

  static constexpr std::size_t kStatesMax = 500;
  [[nodiscard]] bool too_large() const { return states_.size() > kStatesMax; }

  // Whether some fair run leaves `number is right` unmet for ever.
  template <class IsRight>
  [[nodiscard]] bool can_miss(const IsRight& is_right) const {
    std::vector<bool> wrong;
    for (const State& state : states_) wrong.push_back(!is_right(state.number));
    boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS> graph(states_.size());
    for (std::size_t from = 0; from < states_.size(); ++from) {
      if (wrong[from] && states_[from].steps.empty()) return true;  // quiet
      for (const auto& [what, to] : states_[from].steps) {
        if (wrong[from] && wrong[to]) boost::add_edge(from, to, graph);
      }
    }
    std::vector<std::size_t> part(states_.size());
    const std::size_t parts = boost::strong_components(
        graph, boost::make_iterator_property_map(part.begin(), get(boost::vertex_index, graph)));
    for (std::size_t each = 0; each < parts; ++each) {
      if (is_fair(part, each, wrong)) return true;
    }
    return false;
  }
  [[nodiscard]] bool goes_round() const {
    return can_miss([](std::int64_t) { return false; }) && !gets_quiet_;
  }

 private:
  using Steps = std::set<std::pair<std::string, std::size_t>>;  // what happens, and to where
  struct State {
    sim::SavedState saved;
    std::int64_t number;
    std::set<std::string> pending;
    Steps steps;
  };

  static sim::SearchOptions unreduced() {
    sim::SearchOptions options;
    options.reductions = sim::Reductions::none();
    options.violates = {"none"};
    return options;
  }

  std::size_t find(const sim::Hash128& state) {
    const auto [place, is_new] = places_.try_emplace(state, states_.size());
    if (!is_new) return place->second;
    State& made = states_.emplace_back();
    world_.save(made.saved);
    made.number = toy::numbers(world_)[kRuled];
    for (const sim::Hash128& id : world_.pending_ids()) {
      made.pending.insert(world_.pending_text(id));
    }
    if (made.pending.empty()) gets_quiet_ = true;
    return place->second;
  }

  void expand(std::size_t at) {
    const sim::SavedState& here = states_[at].saved;
    sim::Successors::Next next;
    while (!next.none_left) {
      world_.restore(here);
      if (world_.quiet()) return;
      const std::vector<sim::Hash128> pending = world_.pending_ids();
      const bool chooses = pending.size() > 1 && !next.choices.empty();
      const std::string what = world_.pending_text(pending[chooses ? next.choices.front() : 0]);
      const std::size_t to = find(successors_.follow(next, here).state);
      states_[at].steps.emplace(what, to);
    }
  }

  // Whether a fair run may stay in one part of the states in which the number is wrong.
  [[nodiscard]] bool is_fair(const std::vector<std::size_t>& part, std::size_t which,
                             const std::vector<bool>& wrong) const {
    std::set<std::string> throughout;
    std::set<std::string> happens;
    bool first = true;
    for (std::size_t from = 0; from < states_.size(); ++from) {
      if (part[from] != which || !wrong[from]) continue;
      std::set<std::string> both;
      for (const std::string& text : states_[from].pending) {
        if (first || throughout.contains(text)) both.insert(text);
      }
      throughout = both;
      first = false;
      for (const auto& [what, to] : states_[from].steps) {
        if (part[to] == which && wrong[to]) happens.insert(what);
      }
    }
    if (happens.empty()) return false;
    for (const std::string& text : throughout) {
      if (!happens.contains(text)) return false;
    }
    return true;
  }

  sim::World world_;
  sim::Successors successors_;
  std::map<sim::Hash128, std::size_t> places_;
  std::deque<State> states_;  // a state that the world is compared with stays where it is
  bool gets_quiet_ = false;
};

TEST_CASE("what a fair run can leave undone for ever, the search finds", "[properties][rounds]") {
  toy::check("over small flows without faults", 500, [] {
    // One routine a clerk: what is pending is then known by its text.
    auto sketch = *toy::sketches({4, 1, 3, 1});
    for (toy::Clerk& clerk : sketch.clerks) {
      std::erase_if(clerk.routines, [](const toy::Routine& each) { return each.spare; });
      while (clerk.routines.size() > 1) clerk.routines.erase(clerk.routines.begin());
      for (toy::Routine& routine : clerk.routines) routine.overlap = 1;
    }
    const auto wanted = *rc::gen::inRange<std::int64_t>(0, 3);
    sketch.rules = {{"is right", kRuled, wanted, wanted, false}};
    const toy::Flow flow(sketch);
    const Graph graph(flow);
    RC_PRE(!graph.too_large());
    sim::SearchOptions options;
    options.strategy = sim::Strategy::exhaustive;
    options.timing = sim::TimingMode::any;
    const sim::Result result = sim::explore(flow, {}, options);
    RC_TAG(sim::to_text(result.verdict));
    RC_PRE(result.verdict != sim::Verdict::unknown);
    RC_CLASSIFY(graph.goes_round(), "goes round");
    const bool misses = graph.can_miss([&](std::int64_t number) { return number == wanted; });
    RC_ASSERT((result.verdict == sim::Verdict::violated) == misses);
  });
}

}  // namespace
}  // namespace onceward
