// Generators of toy flows.
#include "tests/support/flows.hpp"

#include <algorithm>
#include <cstdlib>

namespace onceward::sim {

std::ostream& operator<<(std::ostream& out, const FaultPlan& plan) {
  return out << plan.budget << " faults of: " << plan.describe();
}

}  // namespace onceward::sim

namespace onceward::toy {
namespace {

using namespace std::chrono_literals;

// Verbs in the order in which shrinking prefers them.
const std::vector<Verb> kVerbs = {Verb::wait, Verb::add,    Verb::read,   Verb::put,    Verb::write,
                                  Verb::lock, Verb::unlock, Verb::keep,   Verb::recall, Verb::hold,
                                  Verb::tell, Verb::nest,   Verb::start,  Verb::retry,  Verb::pick,
                                  Verb::mint, Verb::stamp,  Verb::overdue};

const std::vector<sim::Window> kWindows = {sim::kAnyTime, sim::Window{0ns, 0ns},
                                           sim::Window{1ms, 1ms}, sim::Window{1ms, 2s}};

rc::Gen<Step> steps() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::elementOf(kVerbs), rc::gen::inRange<std::size_t>(0, 2),
                     rc::gen::inRange<std::int64_t>(1, 4), rc::gen::elementOf(kWindows)),
      [](const std::tuple<Verb, std::size_t, std::int64_t, sim::Window>& parts) {
        const auto& [verb, slot, amount, window] = parts;
        return Step{verb, slot, verb == Verb::keep && amount == 3 ? -1 : amount, window, ""};
      });
}

// Lists of at least `least` and at most `most` elements, all lengths alike, whatever size
// rapidcheck is at.
template <class T>
rc::Gen<std::vector<T>> lists(std::size_t least, std::size_t most, const rc::Gen<T>& elements) {
  const auto full_size = rc::gen::resize(rc::kNominalSize, elements);
  const auto list =
      rc::gen::resize(static_cast<int>(most), rc::gen::container<std::vector<T>>(full_size));
  return rc::gen::map(list, [=](std::vector<T> made) {
    while (made.size() < least) made.push_back(T{});
    return made;
  });
}

using Steps = std::vector<Step>;

struct RoughClerk {
  std::vector<Steps> tasks;
  std::vector<Steps> passes;
  std::vector<Steps> spares;
  std::uint32_t overlap = 1;  // of its passes
};

rc::Gen<RoughClerk> rough_clerks(const Shape& shape) {
  const auto routine = lists<Step>(1, shape.steps, steps());
  const auto few = [&](std::size_t least, std::size_t most) {
    return lists<Steps>(least, most, routine);
  };
  return rc::gen::map(rc::gen::tuple(few(1, shape.tasks), few(0, shape.passes), few(0, 1),
                                     rc::gen::inRange<std::uint32_t>(1, 3)),
                      [](const std::tuple<std::vector<Steps>, std::vector<Steps>,
                                          std::vector<Steps>, std::uint32_t>& parts) {
                        const auto& [tasks, passes, spares, overlap] = parts;
                        return RoughClerk{tasks, passes, spares, overlap};
                      });
}

Sketch sketch_of(const std::vector<RoughClerk>& rough) {
  const char* const names[] = {"ann", "bob", "cid", "dot"};
  Sketch sketch;
  for (const RoughClerk& each : rough) {
    Clerk clerk{names[sketch.clerks.size()], {}, sim::kRestartWindow};
    const auto add = [&](const char* name, const Steps& list, sim::Duration period, bool spare) {
      clerk.routines.push_back({name + std::to_string(clerk.routines.size()), list, period, spare});
    };
    for (const Steps& task : each.tasks) add("task", task, 0ns, false);
    for (const Steps& pass : each.passes) {
      add("pass", pass, 1s, false);
      clerk.routines.back().overlap = each.overlap;
    }
    for (const Steps& spare : each.spares) {
      Steps list = spare;  // a spare routine that starts itself would go on for ever
      std::erase_if(list, [](const Step& step) { return step.verb == Verb::start; });
      add("spare", list, 0ns, true);
    }
    sketch.clerks.push_back(std::move(clerk));
  }
  return sketch;
}

}  // namespace

rc::Gen<Sketch> sketches(const Shape& shape) {
  const auto clerks = lists<RoughClerk>(1, shape.clerks, rough_clerks(shape));
  return rc::gen::map(clerks, sketch_of);
}

rc::Gen<sim::FaultPlan> plans(std::uint32_t budget) {
  constexpr std::array<sim::FaultKind, 5> kinds = {
      sim::FaultKind::crash, sim::FaultKind::reply_lost, sim::FaultKind::error,
      sim::FaultKind::late, sim::FaultKind::pause};
  return rc::gen::map(
      rc::gen::tuple(
          rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint32_t>(0, budget + 1)),
          rc::gen::arbitrary<std::array<bool, kinds.size()>>()),
      [kinds](const std::tuple<std::uint32_t, std::array<bool, 5>>& parts) {
        const auto& [strikes, wanted] = parts;
        std::vector<sim::FaultKind> chosen;
        for (std::size_t i = 0; i < kinds.size(); ++i) {
          if (wanted[i]) chosen.push_back(kinds[i]);
        }
        return plan(strikes, chosen);
      });
}

int property_cases(int cases) {
  const char* size = std::getenv("ONCEWARD_PROPERTY_SIZE");
  const std::string text = size == nullptr ? "" : size;
  if (text == "full") return cases * 5;
  if (text == "small") return std::max(1, cases / 10);
  return cases;
}

}  // namespace onceward::toy
