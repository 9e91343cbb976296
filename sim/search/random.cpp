#include <algorithm>

#include "sim/search/runs.hpp"
#include "sim/search/strategies.hpp"

namespace onceward::sim {

Result random_search(const Model& model, const FaultPlan& plan, const SearchOptions& options) {
  Result result;
  result.strategy = Strategy::random;
  result.verdict = Verdict::sampled;
  result.faults_max = plan.budget;
  World world(model, Reading::sampled, plan);
  World teller(model, Reading::any, plan);
  Random seeds(options.seed);
  for (std::uint64_t run = 0; run < options.runs; ++run) {
    if (const char* const why = why_to_end(options); why != nullptr) {
      result.verdict = Verdict::unknown;
      result.reasons.assign(1, why);
      break;
    }
    const std::uint64_t seed = seeds.next();
    SeededSource source(seed);
    world.reset(source);
    const RunEnd end = run_to_end(world, options);
    ++result.figures.runs;
    result.figures.transitions += world.steps();
    result.figures.depth = std::max<std::uint64_t>(result.figures.depth, world.steps());
    note_strikes(world, result);
    if (!world.findings().empty()) note_also(world, options, result);
    if (end == RunEnd::too_long) {
      result.verdict = Verdict::bound_hit;
      result.reasons.assign(
          1, "a run was not quiet after " + std::to_string(options.steps_max) + " steps");
    }
    if (end != RunEnd::violated) continue;
    SeededSource again(seed);
    Recorder recorder(again);
    world.reset(recorder);
    static_cast<void>(run_to_end(world, options));
    if (conclude(teller, recorder.take(), options, result)) break;
  }
  return result;
}

}  // namespace onceward::sim
