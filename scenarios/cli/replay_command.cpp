#include <fmt/core.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "reports/figures.hpp"
#include "reports/story.hpp"
#include "scenarios/capsule.hpp"
#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/invariants.hpp"
#include "sim/assert.hpp"
#include "sim/search/runs.hpp"

namespace onceward::cli {
namespace {

int refuse(const std::string& path, const std::string& why) {
  fmt::print(stderr, "onceward: {}: {}\n", path, why);
  return 2;
}

int diverged(const std::string& path, const std::string& how) {
  fmt::print("DIVERGED  {}\n  {}\n", path, how);
  fmt::print("  The run is not the recorded one; nothing it shows may be trusted.\n");
  return 4;
}

std::string read_all(const std::string& path, bool& good) {
  std::ostringstream text;
  if (path == "-") {
    text << std::cin.rdbuf();
    good = true;
    return text.str();
  }
  std::ifstream file(path, std::ios::binary);
  good = static_cast<bool>(file);
  text << file.rdbuf();
  return text.str();
}

}  // namespace

int replay(const std::string& path, const OutputOptions& output) {
  bool good = false;
  const std::string text = read_all(path, good);
  if (!good) return refuse(path, "no such file");
  std::string problem;
  const auto capsule = scenarios::read_capsule(text, problem);
  if (!capsule) return refuse(path, problem);
  if (capsule->engine != ONCEWARD_VERSION) {
    return refuse(path, fmt::format("it was recorded by onceward {}, this is {}", capsule->engine,
                                    ONCEWARD_VERSION));
  }
  const scenarios::Loaded loaded = scenarios::load(capsule->scenario);
  if (loaded.digest != capsule->digest || loaded.program == nullptr) {
    if (loaded.program == nullptr) fmt::print(stderr, "{}", loaded.problems);
    return refuse(path, fmt::format("{} is not the scenario it was recorded from any more",
                                    capsule->scenario));
  }
  sim::set_failure_context(fmt::format("onceward replay {}", path));
  sim::SearchOptions options;
  options.violates = capsule->violates;
  sim::World world(*loaded.program, sim::Reading::any, capsule->plan);
  world.leave_out(capsule->left_out);
  sim::Replayed replayed =
      sim::replay(world, capsule->tape, {capsule->steps, capsule->round}, options);
  if (!replayed.divergence.empty()) return diverged(path, replayed.divergence);
  if (replayed.fingerprint != capsule->fingerprint) {
    return diverged(
        path, fmt::format("the final state is {}, recorded was {}", to_text(replayed.fingerprint),
                          to_text(capsule->fingerprint)));
  }
  if (!replayed.violation || replayed.violation->invariant != capsule->invariant ||
      replayed.violation->entity != capsule->entity) {
    return diverged(path,
                    fmt::format("{} of {} is not violated", capsule->invariant, capsule->entity));
  }
  reports::ScenarioReport report;
  report.file = capsule->scenario;
  describe_scenario(loaded, report);
  report.as_expected = capsule->as_expected;
  report.not_as_expected = capsule->not_as_expected;
  report.capsule = path;
  report.result.verdict = sim::Verdict::violated;
  report.result.also = capsule->also;
  const bool mistake = replayed.violation->mistake;
  report.result.violations.push_back(std::move(*replayed.violation));
  report.result.violations.front().fewest_faults = capsule->fewest_faults;
  report.result.violations.front().cut_short = capsule->cut_short;
  const models::Oracle* oracle = models::find_oracle(capsule->invariant);
  if (oracle != nullptr)
    report.invariants.push_back(
        {capsule->invariant, "violated", oracle->help(), counts(capsule->invariant), true});
  if (mistake) describe_mistake(loaded, report);
  describe_violation(loaded, report);
  reports::StoryOptions story;
  story.color = wants_color();
  story.width = width_of_output(output);
  story.all_events = output.all_events;
  fmt::print("{}\n", reports::story(report, story));
  fmt::print("reproduced: {}, final state {}\n", reports::counted(replayed.steps, "step", "steps"),
             to_text(replayed.fingerprint));
  return mistake ? 2 : 1;
}

}  // namespace onceward::cli
