#include "sim/timing.hpp"

#include <algorithm>
#include <boost/graph/bellman_ford_shortest_paths.hpp>
#include <boost/graph/edge_list.hpp>

namespace onceward::sim {
namespace {

using Edge = std::pair<std::size_t, std::size_t>;

// Boost's algorithm over the list of constraints. For earliest instants, distances run from step 0
// against the constraints: t[first] - t[second] <= b reads t[second] >= t[first] - b, so an edge
// first -> second of weight b bounds how far before step 0 `second` may lie; the earliest instant
// is the negated distance.
struct System {
  std::vector<Edge> edges;
  std::vector<std::int64_t> weights;
  std::vector<std::int64_t> distance;
  std::vector<std::size_t> reached_by;  // the constraint that last improved a step

  // Rounds of relaxation, as many as there are steps; answers whether they settled.
  bool relax();
};

struct Visitor : boost::bellman_visitor<> {
  explicit Visitor(std::vector<std::size_t>& reached_by) : reached_by_(reached_by) {}
  template <class E, class G>
  void edge_relaxed(E edge, const G& graph) {
    reached_by_[target(edge, graph)] = get(boost::edge_index, graph)[edge];
  }

 private:
  std::vector<std::size_t>& reached_by_;
};

bool System::relax() {
  const boost::edge_list<std::vector<Edge>::const_iterator, Edge, std::ptrdiff_t,
                         std::random_access_iterator_tag>
      graph(edges.begin(), edges.end());
  return boost::bellman_ford_shortest_paths(
      graph, static_cast<int>(distance.size()),
      boost::weight_map(
          boost::make_iterator_property_map(weights.begin(), get(boost::edge_index, graph)))
          .distance_map(distance.data())
          .visitor(Visitor(reached_by)));
}

// The constraints that contradict each other, in the order of the cycle.
std::vector<std::size_t> find_cycle(const System& system) {
  std::size_t step = 0;
  for (std::size_t i = 0; i < system.edges.size(); ++i) {
    const auto [from, to] = system.edges[i];
    if (system.distance[from] + system.weights[i] < system.distance[to]) step = from;
  }
  for (std::size_t i = 0; i < system.distance.size(); ++i) {  // into the cycle, if not in it yet
    step = system.edges[system.reached_by[step]].first;
  }
  std::vector<std::size_t> cycle;
  const std::size_t start = step;
  do {
    cycle.push_back(system.reached_by[step]);
    step = system.edges[cycle.back()].first;
  } while (step != start);
  std::reverse(cycle.begin(), cycle.end());
  return cycle;
}

// Of the constraints, those that `counts` accepts.
template <class Counts>
System system_of(const PathLog& path, const Counts& counts) {
  System system;
  for (const PathLog::Constraint& constraint : path.constraints) {
    if (!counts(constraint)) continue;
    system.edges.emplace_back(constraint.first, constraint.second);
    system.weights.push_back(constraint.bound);
  }
  // Every step is reachable from step 0 at distance 0: no step comes before the start.
  system.distance.assign(path.steps + 1, 0);
  system.reached_by.assign(path.steps + 1, 0);
  return system;
}

// Leaves out of places that contradict each other, shortest bounds first, what is not needed for
// it.
std::vector<Heeded::Place> needed(const PathLog& path, const std::vector<std::size_t>& cycle) {
  std::vector<const PathLog::Constraint*> from;
  for (const std::size_t index : cycle) {
    const PathLog::Constraint& constraint = path.constraints[index];
    if (constraint.site != nullptr) from.push_back(&constraint);
  }
  std::stable_sort(from.begin(), from.end(), [](const auto* a, const auto* b) {
    return std::abs(a->bound) < std::abs(b->bound);
  });
  std::vector<Heeded::Place> places;
  for (const PathLog::Constraint* constraint : from) {
    places.push_back({constraint->site, constraint->window});
  }
  for (std::size_t i = 0; i < places.size();) {
    const Heeded::Place tried = places[i];
    places.erase(places.begin() + static_cast<std::ptrdiff_t>(i));
    const auto counts = [&](const PathLog::Constraint& constraint) {
      return constraint.site == nullptr ||
             std::any_of(places.begin(), places.end(),
                         [&](const Heeded::Place& place) { return place.site == constraint.site; });
    };
    if (!system_of(path, counts).relax()) continue;
    places.insert(places.begin() + static_cast<std::ptrdiff_t>(i), tried);
    ++i;
  }
  return places;
}

}  // namespace

Timing solve(const PathLog& path) {
  System system = system_of(path, [](const PathLog::Constraint&) { return true; });
  Timing timing;
  timing.feasible = system.relax();
  if (timing.feasible) {
    for (const std::int64_t distance : system.distance) timing.earliest.push_back({-distance});
    return timing;
  }
  std::int64_t longest = -1;
  const std::vector<std::size_t> cycle = find_cycle(system);
  timing.places = needed(path, cycle);
  for (const std::size_t index : cycle) {
    const PathLog::Constraint& constraint = path.constraints[index];
    timing.cycle.push_back("step " + std::to_string(constraint.first) + " / step " +
                           std::to_string(constraint.second) + ": " + constraint.reason);
    if (!constraint.who.empty() && -constraint.bound > longest) {
      longest = -constraint.bound;
      timing.early = constraint.who;
    }
  }
  return timing;
}

Timing solve_for_ever(PathLog path, std::uint32_t steps) {
  constexpr std::uint32_t kMore = 2;  // rounds, to see whether they drift against each other
  const std::uint32_t begin = path.steps - steps;
  const std::size_t count = path.constraints.size();
  Timing drifts;
  for (std::size_t i = 0; i < count; ++i) {
    PathLog::Constraint constraint = path.constraints[i];
    if (std::max(constraint.first, constraint.second) <= begin) continue;
    if (std::min(constraint.first, constraint.second) + steps <= begin) {
      if (constraint.first <= begin) continue;
      drifts.cycle.push_back(constraint.reason + ", however often the round is made");
    }
    for (std::uint32_t more = 0; more < kMore; ++more) {
      constraint.first += steps;
      constraint.second += steps;
      path.constraints.push_back(constraint);
    }
  }
  // What bounds it ends it only if time passes: all windows on the round say how much.
  for (std::size_t i = 0; i < count && !drifts.cycle.empty(); ++i) {
    const PathLog::Constraint& constraint = path.constraints[i];
    const bool within = std::max(constraint.first, constraint.second) > begin;
    if (within && constraint.site != nullptr) {
      drifts.places.push_back({constraint.site, constraint.window});
    }
  }
  if (!drifts.cycle.empty()) return drifts;
  path.steps += kMore * steps;
  return solve(path);
}

}  // namespace onceward::sim
