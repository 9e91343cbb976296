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
  violation.at_every_operation = world.plan().at_every_operation;
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

// The last line of the story of a run that goes round.
void tell_round(Violation& violation, const Round& round) {
  violation.round = round.steps;
  if (round.steps == 0) return;
  Trace& trace = violation.trace;
  TraceEntry entry;
  entry.step = round.end;
  entry.mark = Mark::round;
  std::uint32_t number = 0;
  for (std::uint32_t i = 1; i <= trace.size(); ++i) {
    if (trace[i - 1].step > round.end - round.steps && trace[i - 1].mark != Mark::blocked) {
      number = i;
    }
  }
  if (number == 0) return;
  entry.lane = trace[number - 1].lane;
  entry.at = trace[number - 1].at;
  entry.causes = {number};
  entry.text = fmt::format(
      "the same again, for ever: {}",
      round.steps == 1 ? fmt::format("step {}", round.end)
                       : fmt::format("steps {} to {}", round.end - round.steps + 1, round.end));
  trace.push_back(std::move(entry));
  violation.entries.push_back(static_cast<std::uint32_t>(trace.size()));
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

RunEnd run_to_end(World& world, const SearchOptions& options, std::uint32_t watched_from) {
  constexpr std::uint32_t kAskEvery = 1024;
  RoundWatch watch(world, options);
  while (world.step()) {
    if (!world.findings().empty() && wanted_finding(world, options) != nullptr) {
      return {RunEnd::violated};
    }
    const bool asks = world.steps() % kAskEvery == 0 && why_to_end(options) != nullptr;
    if (asks || world.steps() >= options.steps_max) return {RunEnd::too_long};
    const bool watched = world.steps() >= watched_from && world.steps() - watched_from < kWatched;
    if (!watched || !watch.look()) continue;
    if (!watch.breaks()) return {RunEnd::endless};
    world.judge();
    return {RunEnd::violated, watch.round()};
  }
  return {wanted_finding(world, options) != nullptr ? RunEnd::violated : RunEnd::quiet};
}

void run_round(World& world, const Round& round) {
  while (world.steps() < round.end && world.step()) {
  }
  world.judge();
}

Violation tell(World& world, const Tape& tape, const SearchOptions& options, const Round& round) {
  ReplaySource source(tape);
  Trace trace;
  PathLog path;
  world.record(&trace, &path);
  world.reset(source);
  if (round.steps > 0) {
    run_round(world, round);
  } else {
    static_cast<void>(run_to_end(world, options));
  }
  world.log_pending();
  world.record(nullptr, nullptr);
  const Finding* const finding = wanted_finding(world, options);
  if (finding == nullptr || !source.divergence().empty()) {
    fail_internal("a recorded run did not repeat", __FILE__, __LINE__,
                  source.divergence().empty() ? "it did not end in the same violation"
                                              : source.divergence().c_str());
  }
  Violation violation = describe(world, *finding, tape);
  violation.timing = round.steps > 0 ? solve_for_ever(path, round.steps) : solve(path);
  set_instants(trace, violation.timing);
  violation.trace = std::move(trace);
  tell_round(violation, round);
  return violation;
}

Replayed replay(World& world, const Tape& tape, const Round& end, const SearchOptions& options) {
  const std::uint32_t steps = end.end;
  ReplaySource source(tape);
  Replayed replayed;
  PathLog path;
  world.record(&replayed.trace, &path);
  world.reset(source);
  Hash128 began;
  while (source.divergence().empty() && world.steps() < steps && world.step()) {
    if (world.steps() == steps - end.steps) began = world.fingerprint();
  }
  const bool comes_round = end.steps > 0 && world.fingerprint() == began;
  const bool ends = world.steps() == steps && (world.quiet() || comes_round);
  if (ends && wanted_finding(world, options) == nullptr) world.judge();  // what is owed
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
  const Timing timing = comes_round ? solve_for_ever(path, end.steps) : solve(path);
  set_instants(replayed.trace, timing);
  if (const Finding* finding = wanted_finding(world, options); finding != nullptr) {
    replayed.violation = describe(world, *finding, tape);
    replayed.violation->timing = timing;
    replayed.violation->trace = replayed.trace;
    if (comes_round) tell_round(*replayed.violation, end);
  }
  return replayed;
}

}  // namespace onceward::sim
