#include "sim/search/shrink.hpp"

#include <algorithm>
#include <bit>

namespace onceward::sim {
namespace {

using Plan = RelaxedSource::Plan;

class Shrinker {
 public:
  Shrinker(World& world, const Violation& violation, const SearchOptions& options,
           std::uint64_t& runs)
      : world_(world), best_(violation), options_(options), runs_(runs) {
    options_.violates = {violation.invariant};
  }

  Violation run() {
    if (best_.round > 0) static_cast<void>(attempt(plan()));  // the first round that it makes
    drop_faults();
    drop_parts();
    for (bool smaller = true; smaller;) {
      smaller = drop_order();
      smaller = drop_values() || smaller;
    }
    return best_;
  }

 private:
  // What the best run so far did, as a plan that repeats it.
  [[nodiscard]] Plan plan() const {
    Plan plan;
    for (const TapeEntry& entry : best_.tape) {
      if (entry.kind == ChoiceKind::order) {
        plan.order.push_back(entry.option);
      } else if (entry.index != 0) {
        plan.answers.push_back(entry);
      }
    }
    return plan;
  }

  static std::size_t deviations(const Tape& tape) {
    return static_cast<std::size_t>(std::count_if(
        tape.begin(), tape.end(), [](const TapeEntry& entry) { return entry.index != 0; }));
  }

  [[nodiscard]] bool is_smaller(const Tape& tape, std::uint32_t steps) const {
    const auto faults = static_cast<std::size_t>(
        std::count_if(tape.begin(), tape.end(),
                      [](const TapeEntry& entry) { return entry.fault != FaultKind::none; }));
    if (faults != best_.faults.size()) return faults < best_.faults.size();
    const auto left_out = [](const std::vector<bool>& parts) {
      return std::count(parts.begin(), parts.end(), true);
    };
    const auto without = left_out(world_.left_out());
    const auto without_before = left_out(best_.left_out);
    if (without != without_before) return without > without_before;
    const std::size_t here = deviations(tape);
    const std::size_t before = deviations(best_.tape);
    if (here != before) return here < before;
    return steps < best_.steps;
  }

  // Runs `plan`; keeps the run if it shows the same violation and is smaller.
  bool attempt(const Plan& plan) {
    if (why_to_end(options_) != nullptr) {
      best_.cut_short = true;
      return false;
    }
    ++runs_;
    RelaxedSource relaxed(plan);
    Recorder recorder(relaxed);
    world_.reset(recorder);
    const RunEnd end = run_to_end(world_, options_, best_.round > 0 ? 0 : kLongRun);
    if (end != RunEnd::violated) return false;
    const Finding& finding = *wanted_finding(world_, options_);
    if (finding.entity.print() != best_.entity || finding.obligation != best_.obligation) {
      return false;
    }
    const Tape tape = recorder.take();
    if (!is_smaller(tape, world_.steps())) return false;
    Violation told = tell(world_, tape, options_, end.round);
    if (!told.timing.feasible) return false;
    told.fewest_faults = best_.fewest_faults;
    best_ = std::move(told);
    return true;
  }

  // All subsets of the faults by increasing size, up to 12 faults; beyond that one by one.
  void drop_faults() {
    const Plan full = plan();
    std::vector<std::size_t> faults;
    for (std::size_t i = 0; i < full.answers.size(); ++i) {
      if (full.answers[i].fault != FaultKind::none) faults.push_back(i);
    }
    constexpr std::size_t kAllSubsets = 12;
    if (faults.size() > kAllSubsets) {
      for (std::size_t i = faults.size(); i-- > 0;) static_cast<void>(attempt_without(i));
      return;
    }
    for (std::size_t size = 0; size < faults.size(); ++size) {
      for (std::uint32_t kept = 0; kept < 1U << faults.size(); ++kept) {
        if (static_cast<std::size_t>(std::popcount(kept)) != size) continue;
        if (attempt_with(full, faults, kept)) return;
      }
    }
  }

  bool attempt_with(const Plan& full, const std::vector<std::size_t>& faults, std::uint32_t kept) {
    Plan fewer;
    fewer.order = full.order;
    for (std::size_t i = 0; i < full.answers.size(); ++i) {
      const auto place = std::find(faults.begin(), faults.end(), i);
      const bool keep = place == faults.end() || (kept >> (place - faults.begin()) & 1U) != 0;
      if (keep) fewer.answers.push_back(full.answers[i]);
    }
    if (attempt(fewer)) return true;
    fewer.order.clear();
    if (attempt(fewer)) return true;
    fewer.by_site = true;
    return attempt(fewer);
  }

  bool attempt_without(std::size_t index) {
    Plan fewer = plan();
    if (index >= fewer.answers.size()) return false;
    fewer.answers.erase(fewer.answers.begin() + static_cast<std::ptrdiff_t>(index));
    return attempt(fewer);
  }

  // Each part of the workload, the last ones first. What is missing in the end may be missed by any
  // part of it: without that part it would be missing for nothing.
  void drop_parts() {
    if (!best_.should_be.empty() && best_.actual < best_.expected) return;
    for (std::uint32_t part = world_.parts(); part-- > 0;) {
      std::vector<bool> fewer = best_.left_out;
      fewer.resize(world_.parts());
      fewer[part] = true;
      world_.leave_out(fewer);
      if (!attempt(plan())) world_.leave_out(best_.left_out);
    }
  }

  // Delta debugging over the list of occurrences that must keep their order.
  bool drop_order() {
    Plan fewer = plan();
    if (fewer.order.empty()) return false;
    fewer.order.clear();
    bool smaller = attempt(fewer);
    for (std::size_t chunk = (plan().order.size() + 1) / 2; chunk > 0; chunk /= 2) {
      for (std::size_t begin = 0; begin < plan().order.size();) {
        fewer = plan();
        const auto first = fewer.order.begin() + static_cast<std::ptrdiff_t>(begin);
        const std::size_t count = std::min(chunk, fewer.order.size() - begin);
        fewer.order.erase(first, first + static_cast<std::ptrdiff_t>(count));
        if (attempt(fewer)) {
          smaller = true;
        } else {
          begin += chunk;
        }
      }
    }
    return smaller;
  }

  bool drop_values() {
    bool smaller = false;
    for (std::size_t i = plan().answers.size(); i-- > 0;) {
      smaller = attempt_without(i) || smaller;
    }
    return smaller;
  }

  World& world_;
  Violation best_;
  SearchOptions options_;
  std::uint64_t& runs_;
};

}  // namespace

Violation shrink(World& world, const Violation& violation, const SearchOptions& options,
                 std::uint64_t& runs) {
  Violation small = Shrinker(world, violation, options, runs).run();
  world.leave_out({});
  return small;
}

}  // namespace onceward::sim
