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

}  // namespace

Timing solve(const PathLog& path) {
  System system;
  for (const PathLog::Constraint& constraint : path.constraints) {
    system.edges.emplace_back(constraint.first, constraint.second);
    system.weights.push_back(constraint.bound);
  }
  // Every step is reachable from step 0 at distance 0: no step comes before the start.
  system.distance.assign(path.steps + 1, 0);
  system.reached_by.assign(path.steps + 1, 0);
  Timing timing;
  timing.feasible = system.relax();
  if (timing.feasible) {
    for (const std::int64_t distance : system.distance) timing.earliest.push_back({-distance});
    return timing;
  }
  std::int64_t longest = -1;
  for (const std::size_t index : find_cycle(system)) {
    const PathLog::Constraint& constraint = path.constraints[index];
    timing.cycle.push_back("step " + std::to_string(constraint.first) + " / step " +
                           std::to_string(constraint.second) + ": " + constraint.reason);
    if (constraint.site != nullptr) timing.places.push_back({constraint.site, constraint.window});
    if (!constraint.who.empty() && -constraint.bound > longest) {
      longest = -constraint.bound;
      timing.early = constraint.who;
    }
  }
  return timing;
}

}  // namespace onceward::sim
