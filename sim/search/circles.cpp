#include "sim/search/circles.hpp"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>
#include <set>

namespace onceward::sim {

void Circles::enter(const Hash128& state) {
  path_.push_back({state, path_.size(), false, visited_.is_open(state), left_.size()});
  visited_.open(state);
}

void Circles::lead_back_to(const Hash128& state) {
  std::size_t place = path_.size();
  while (place > 0 && path_[place - 1].state != state) --place;
  Entered& end = path_.back();
  end.low = std::min(end.low, place > 0 ? place - 1 : low_.at(state));
  end.loops = end.loops || place == path_.size();
}

std::vector<Hash128> Circles::leave() {
  const Entered end = path_.back();
  path_.pop_back();
  if (end.low < path_.size()) {
    left_.push_back(end.state);
    low_[end.state] = end.low;
    path_.back().low = std::min(path_.back().low, end.low);
    return {};
  }
  std::vector<Hash128> circle;
  if (end.loops || left_.size() > end.left_before) circle.push_back(end.state);
  for (std::size_t i = end.left_before; i < left_.size(); ++i) {
    circle.push_back(left_[i]);
    visited_.close(left_[i]);
    low_.erase(left_[i]);
  }
  left_.resize(end.left_before);
  if (!end.was_open) visited_.close(end.state);
  return circle;
}

Circles::Answer Circles::judge(const std::vector<Hash128>& states) {
  choices_.clear();
  round_ = {world_.steps(), 0};
  if (states.size() > kStatesMax) return Answer::undecided;
  find_places(states);
  Answer worst = Answer::ends;
  for (const std::vector<std::size_t>& circle : broken_circles()) {
    const Answer answer = walk(circle);
    if (answer == Answer::breaks) return answer;
    if (answer == Answer::undecided) worst = answer;
  }
  return worst;
}

// Every way to go on from the state the world is in that costs no fault; the world is where it
// leads while `use` is called.
template <class Use>
void Circles::each_way(const Use& use) {
  SavedState here;
  world_.save(here);
  const std::vector<Hash128> pending = world_.pending_ids();
  const std::uint32_t faults = world_.faults_used();
  Successors::Next next;
  while (!next.none_left) {
    world_.restore(here);
    const bool chooses = pending.size() > 1 && !next.choices.empty();
    const Hash128& happened = pending[chooses ? next.choices.front() : 0];
    const Way way{happened, successors_.follow(next, here)};
    const bool is_state = way.landing.kind == Successors::Landing::Kind::state;
    if (is_state && world_.faults_used() == faults) use(way);
  }
}

void Circles::find_places(const std::vector<Hash128>& states) {
  const std::set<Hash128> circle(states.begin(), states.end());
  std::map<Hash128, std::size_t> found{{states.front(), 0}};
  places_.assign(1, Place());
  places_[0].state = states.front();
  world_.save(places_[0].snapshot);
  for (std::size_t at = 0; at < places_.size(); ++at) {
    world_.restore(places_[at].snapshot);
    places_[at].broken = broken_if_it_ended(world_, options_).has_value();
    each_way([&](const Way& way) {
      if (!circle.contains(way.landing.state)) return;
      const auto [place, is_new] = found.try_emplace(way.landing.state, places_.size());
      places_[at].next.push_back(place->second);
      if (!is_new) return;
      Place next;
      next.state = way.landing.state;
      world_.save(next.snapshot);
      next.to = places_[at].to;
      next.to.insert(next.to.end(), way.landing.choices.begin(), way.landing.choices.end());
      places_.push_back(std::move(next));
    });
  }
}

// What is left of the circle where all is broken: the parts in which a run can stay.
std::vector<std::vector<std::size_t>> Circles::broken_circles() const {
  boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS> graph(places_.size());
  std::vector<bool> loops(places_.size(), false);
  for (std::size_t from = 0; from < places_.size(); ++from) {
    for (const std::size_t to : places_[from].next) {
      if (!places_[from].broken || !places_[to].broken) continue;
      boost::add_edge(from, to, graph);
      if (from == to) loops[from] = true;
    }
  }
  std::vector<std::size_t> component(places_.size());
  const std::size_t count = boost::strong_components(
      graph, boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, graph)));
  std::vector<std::vector<std::size_t>> circles(count);
  for (std::size_t i = 0; i < places_.size(); ++i) circles[component[i]].push_back(i);
  std::erase_if(circles, [&](const std::vector<std::size_t>& circle) {
    return circle.size() == 1 && !loops[circle.front()];
  });
  return circles;
}

// Walks within `circle` and lets happen what has been pending longest, wherever that stays in it.
// What has been pending while every state of it was seen, and could not happen in any, leaves the
// circle when it happens: no fair run stays.
Circles::Answer Circles::walk(const std::vector<std::size_t>& circle) {
  std::set<Hash128> within;
  for (const std::size_t place : circle) within.insert(places_[place].state);
  const Place& first = places_[circle.front()];
  world_.restore(first.snapshot);
  choices_ = first.to;
  Hash128 state = first.state;
  RoundWatch watch(world_, options_);
  Hash128 oldest;
  std::set<Hash128> seen;  // while the same has been pending longest
  for (std::size_t steps = 0; steps < 64 + 16 * circle.size(); ++steps) {
    if (watch.look() && watch.breaks()) {
      round_ = watch.round();
      return Answer::breaks;
    }
    if (oldest != watch.oldest()) seen.clear();
    oldest = watch.oldest();
    seen.insert(state);
    struct {
      std::tuple<int, std::uint32_t> rank{3, 0};
      Successors::Landing landing;
      Arena::Snapshot snapshot;
    } best;
    each_way([&](const Way& way) {
      if (!within.contains(way.landing.state)) return;
      const int seen_before = seen.contains(way.landing.state) ? 2 : 1;
      const std::tuple<int, std::uint32_t> rank{way.happened == oldest ? 0 : seen_before,
                                                watch.pending_since(way.happened)};
      if (rank >= best.rank) return;
      best.rank = rank;
      best.landing = way.landing;
      world_.save(best.snapshot);
    });
    if (std::get<0>(best.rank) != 0 && seen.size() == within.size()) return Answer::ends;
    if (std::get<0>(best.rank) == 3) break;
    world_.restore(best.snapshot);
    state = best.landing.state;
    choices_.insert(choices_.end(), best.landing.choices.begin(), best.landing.choices.end());
    round_ = {world_.steps(), 0};
  }
  return Answer::undecided;
}

std::vector<Heeded::Place> Circles::places(const Choices& choices, std::uint32_t steps) {
  PathLog path;
  world_.record(nullptr, &path);
  successors_.repeat(choices, round_.end);
  world_.log_pending();
  world_.record(nullptr, nullptr);
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

}  // namespace onceward::sim
