#include <algorithm>

#include "sim/search/runs.hpp"
#include "sim/search/strategies.hpp"

namespace onceward::sim {
namespace {

using Offers = std::vector<ScriptedSource::FaultOffer>;

// One more fault on top of a run: take `option` at choice `position`.
struct Deviation {
  std::size_t position = 0;
  std::uint32_t option = 0;
  FaultKind kind = FaultKind::none;
  std::size_t then = 0;  // the option of the data choice that follows (reply_lost: done or not)
};

class Sweep {
 public:
  Sweep(const Model& model, const FaultPlan& plan, const SearchOptions& options)
      : options_(options), world_(model, Reading::any, plan) {}

  Result run() {
    result_.strategy = Strategy::sweep;
    std::vector<std::vector<std::uint32_t>> level = {{}};
    for (std::uint32_t faults = 0; faults <= world_.plan().budget; ++faults) {
      result_.faults_max = faults;
      std::vector<std::vector<std::uint32_t>> next;
      for (const auto& script : level) {
        if (run_once(script, next)) return std::move(result_);
      }
      level = std::move(next);
    }
    result_.verdict = result_.reasons.empty() ? Verdict::sampled : Verdict::unknown;
    if (too_long_) {
      result_.verdict = Verdict::bound_hit;
      result_.reasons.push_back("a run was not quiet after " + std::to_string(options_.steps_max) +
                                " steps");
    }
    return std::move(result_);
  }

 private:
  // Runs one script, if nobody wants the search to end; adds the scripts with one more fault,
  // placed later, to `next`.
  bool run_once(const std::vector<std::uint32_t>& script,
                std::vector<std::vector<std::uint32_t>>& next) {
    if (const char* const why = why_to_end(options_); why != nullptr) {
      result_.reasons.assign(1, why);
      return true;
    }
    ScriptedSource source;
    Offers offers;
    source.follow(script);
    source.note_faults(&offers);
    Recorder recorder(source);
    world_.reset(recorder);
    ++result_.figures.runs;
    const RunEnd end = run_to_end(world_, options_, kLongRun);
    if (end == RunEnd::too_long) too_long_ = true;
    result_.figures.transitions += world_.steps();
    result_.figures.depth = std::max<std::uint64_t>(result_.figures.depth, world_.steps());
    note_strikes(world_, result_);
    note_also(world_, options_, result_);
    if (end == RunEnd::violated &&
        conclude(world_, recorder.take(), options_, result_, end.round)) {
      return true;
    }
    // Faults on top of a run that does not end would only make more of them.
    if (end == RunEnd::too_long || end == RunEnd::endless) return false;
    for (const Deviation& deviation : deviations(offers, script.size())) {
      std::vector<std::uint32_t> longer;
      for (std::size_t i = 0; i < deviation.position; ++i) {
        longer.push_back(source.made()[i].index);
      }
      longer.push_back(deviation.option);
      if (deviation.then != 0) longer.push_back(static_cast<std::uint32_t>(deviation.then));
      next.push_back(std::move(longer));
    }
    return false;
  }

  static std::vector<Deviation> deviations(const Offers& offers, std::size_t from) {
    std::vector<Deviation> all;
    for (const auto& offer : offers) {
      if (offer.position < from) continue;
      for (std::uint32_t option = 1; option < offer.kinds.size(); ++option) {
        const FaultKind kind = offer.kinds[option];
        all.push_back({offer.position, option, kind, 0});
        if (kind == FaultKind::reply_lost) all.push_back({offer.position, option, kind, 1});
      }
    }
    const auto rank = [](FaultKind kind) {
      const auto& catalogue = fault_catalogue();
      return std::find_if(catalogue.begin(), catalogue.end(),
                          [&](const FaultKindHelp& entry) { return entry.kind == kind; }) -
             catalogue.begin();
    };
    std::stable_sort(all.begin(), all.end(), [&](const Deviation& a, const Deviation& b) {
      return rank(a.kind) < rank(b.kind);
    });
    return all;
  }

  SearchOptions options_;
  World world_;
  bool too_long_ = false;
  Result result_;
};

}  // namespace

Result sweep(const Model& model, const FaultPlan& plan, const SearchOptions& options) {
  return Sweep(model, plan, options).run();
}

}  // namespace onceward::sim
