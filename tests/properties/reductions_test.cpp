// What a reduction leaves out changes no answer: the search without it finds the same verdict with
// the same faults, and comes to rest in the same states.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "scenarios/loaded.hpp"
#include "sim/search/explore.hpp"
#include "tests/support/flows.hpp"

namespace onceward {
namespace {

std::vector<std::string> shipped() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           std::string(ONCEWARD_SOURCE_DIR) + "/scenarios/library")) {
    if (entry.is_regular_file()) paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

sim::SearchOptions options_with(const sim::Reductions& reductions) {
  sim::SearchOptions options;
  options.strategy = sim::Strategy::exhaustive;
  options.timing = sim::TimingMode::any;
  options.reductions = reductions;
  options.states_max = static_cast<std::uint64_t>(toy::property_cases(2'000));
  return options;
}

bool is_decided(const sim::Result& result) {
  return result.verdict == sim::Verdict::exhausted || result.verdict == sim::Verdict::violated;
}

TEST_CASE(
    "each reduction leaves the verdict, the faults and the states of rest of every shipped "
    "scenario as they are",
    "[properties][reductions]") {
  const std::vector<sim::ReductionHelp>& catalogue = sim::reduction_catalogue();
  std::vector<std::uint64_t> states(catalogue.size());
  std::uint64_t all_states = 0;
  std::size_t judged = 0;
  for (const std::string& path : shipped()) {
    const scenarios::Loaded loaded = scenarios::load(path);
    REQUIRE(loaded.program != nullptr);
    const auto search = [&](const sim::Reductions& reductions) {
      return sim::explore(*loaded.program, loaded.program->plan, options_with(reductions));
    };
    const sim::Result whole = search(sim::Reductions::none());
    if (!is_decided(whole)) continue;  // it wants windows, or more states
    ++judged;
    const bool holds = whole.verdict == sim::Verdict::exhausted;
    if (holds) all_states += whole.figures.states;
    for (std::size_t i = 0; i < catalogue.size(); ++i) {
      sim::Reductions only = sim::Reductions::none();
      only.*catalogue[i].flag = true;
      const sim::Result reduced = search(only);
      INFO(path << " reduced by " << catalogue[i].name);
      CHECK(reduced.verdict == whole.verdict);
      CHECK(reduced.faults_max == whole.faults_max);
      CHECK(reduced.figures.states <= whole.figures.states);
      if (!holds) continue;
      CHECK(reduced.figures.quiet_digest == whole.figures.quiet_digest);
      CHECK(reduced.goals == whole.goals);
      states[i] += reduced.figures.states;
    }
  }
  CHECK(judged > 50);
  for (const std::uint64_t each : states) CHECK(each < all_states);
}

}  // namespace
}  // namespace onceward
