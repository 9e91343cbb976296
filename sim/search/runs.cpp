#include "sim/search/runs.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "sim/assert.hpp"

namespace onceward::sim {
namespace {

bool faults_as_demanded(const World& world) {
  if (!world.plan().exact) return true;
  for (std::size_t i = 0; i < world.plan().rules.size(); ++i) {
    if (world.rule_strikes(i) != world.plan().rules[i].at_most) return false;
  }
  return true;
}

Violation describe(const World& world, const Finding& finding, const Tape& tape) {
  Violation violation;
  violation.invariant = finding.invariant->text;
  violation.entity = finding.entity.print();
  violation.obligation = finding.obligation;
  violation.expected = finding.expected;
  violation.actual = finding.actual;
  if (finding.of_values) {
    violation.should_be = finding.should_be.print();
    violation.is = finding.is.print();
  }
  violation.goals = world.goals();
  violation.mistake = finding.mistake;
  violation.left_out = world.left_out();
  violation.budget = world.plan().budget;
  violation.steps = world.steps();
  violation.fingerprint = world.fingerprint();
  violation.tape = tape;
  for (const TapeEntry& entry : tape) {
    if (entry.fault != FaultKind::none) violation.faults.push_back(entry.fault);
  }
  for (const std::uint32_t entry : finding.entries) {
    if (entry != 0) violation.entries.push_back(entry);
  }
  return violation;
}

void set_instants(Trace& trace, const Timing& timing) {
  if (!timing.feasible) return;
  for (TraceEntry& entry : trace) entry.at = timing.earliest[entry.step];
}

}  // namespace

const Finding* wanted_finding(const World& world, const SearchOptions& options) {
  for (const Finding& finding : world.findings()) {
    if (finding.mistake) return &finding;
  }
  if (world.findings().empty() || !faults_as_demanded(world)) return nullptr;
  if ((options.goals & ~world.goals()) != 0) return nullptr;
  for (const Finding& finding : world.findings()) {
    const auto& names = options.violates;
    if (names.empty() ||
        std::find(names.begin(), names.end(), finding.invariant->text) != names.end()) {
      return &finding;
    }
  }
  return nullptr;
}

RunEnd run_to_end(World& world, const SearchOptions& options) {
  while (world.step()) {
    if (!world.findings().empty() && wanted_finding(world, options) != nullptr) {
      return RunEnd::violated;
    }
    if (world.steps() >= options.steps_max) return RunEnd::too_long;
  }
  return wanted_finding(world, options) != nullptr ? RunEnd::violated : RunEnd::quiet;
}

Violation tell(World& world, const Tape& tape, const SearchOptions& options) {
  ReplaySource source(tape);
  Trace trace;
  PathLog path;
  world.record(&trace, &path);
  world.reset(source);
  const RunEnd end = run_to_end(world, options);
  world.log_pending();
  world.record(nullptr, nullptr);
  if (end != RunEnd::violated || !source.divergence().empty()) {
    fail_internal("a recorded run did not repeat", __FILE__, __LINE__,
                  source.divergence().empty() ? "it did not end in the same violation"
                                              : source.divergence().c_str());
  }
  Violation violation = describe(world, *wanted_finding(world, options), tape);
  violation.timing = solve(path);
  set_instants(trace, violation.timing);
  violation.trace = std::move(trace);
  return violation;
}

Replayed replay(World& world, const Tape& tape, std::uint32_t steps, const SearchOptions& options) {
  ReplaySource source(tape);
  Replayed replayed;
  PathLog path;
  world.record(&replayed.trace, &path);
  world.reset(source);
  while (source.divergence().empty() && world.steps() < steps && world.step()) {
  }
  if (world.steps() == steps && wanted_finding(world, options) == nullptr && world.quiet()) {
    static_cast<void>(world.step());  // what is owed at quiet is judged here
  }
  world.log_pending();
  world.record(nullptr, nullptr);
  replayed.fingerprint = world.fingerprint();
  replayed.steps = world.steps();
  replayed.divergence = source.divergence();
  if (replayed.divergence.empty() && world.steps() != steps) {
    replayed.divergence = fmt::format("the run is quiet after {} steps, the recorded one took {}",
                                      world.steps(), steps);
  }
  if (replayed.divergence.empty() && !source.at_end()) {
    replayed.divergence =
        fmt::format("entry {}: the tape goes on, the run has ended", source.position());
  }
  const Timing timing = solve(path);
  set_instants(replayed.trace, timing);
  if (const Finding* finding = wanted_finding(world, options); finding != nullptr) {
    replayed.violation = describe(world, *finding, tape);
    replayed.violation->timing = timing;
    replayed.violation->trace = replayed.trace;
  }
  return replayed;
}

}  // namespace onceward::sim
