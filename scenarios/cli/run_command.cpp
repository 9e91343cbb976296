#include <fmt/core.h>

#include <map>

#include "reports/figures.hpp"
#include "reports/printable.hpp"
#include "reports/run_names.hpp"
#include "reports/short_ids.hpp"
#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/invariants.hpp"
#include "sim/assert.hpp"
#include "sim/search/runs.hpp"

namespace onceward::cli {
namespace {

// How long after the first entry about the same thing its effects came.
void print_latencies(const sim::Trace& trace, const reports::InstantFormat& instants) {
  std::map<std::string, sim::Instant> began;
  for (const sim::TraceEntry& entry : trace) {
    if (entry.entity.empty()) continue;
    const sim::Instant start = began.try_emplace(entry.entity, entry.at).first->second;
    if (entry.mark != sim::Mark::effect) continue;
    const sim::Instant took{entry.at.nanoseconds - start.nanoseconds};
    fmt::print("Latency   {}: {} after {} was first heard of\n", reports::printable(entry.text),
               instants.text(took), reports::printable(entry.entity));
  }
}

}  // namespace

int run(const std::string& path, std::uint64_t seed) {
  const scenarios::Loaded loaded = scenarios::load(path);
  if (loaded.program == nullptr) {
    fmt::print(stderr, "{}", loaded.problems);
    return 2;
  }
  sim::set_failure_context(fmt::format("onceward run {} --seed {}", path, seed));
  sim::World world(*loaded.program, sim::Reading::sampled, loaded.program->plan);
  sim::SeededSource source(seed);
  sim::Trace trace;
  world.record(&trace, nullptr);
  world.reset(source);
  const sim::SearchOptions options;
  const sim::RunEnd end = sim::run_to_end(world, options);
  world.record(nullptr, nullptr);
  reports::ShortIds ids;
  ids.name(trace);
  reports::tell_runs_apart(trace);
  const reports::InstantFormat instants(trace);
  fmt::print("{}, seed {}\n\n", reports::printable(loaded.program->title), seed);
  std::size_t lane = 0;
  std::size_t time = 0;
  for (const sim::TraceEntry& entry : trace) {
    lane = std::max(lane, reports::columns(entry.lane));
    time = std::max(time, instants.text(entry.at).size());
  }
  for (const sim::TraceEntry& entry : trace) {
    fmt::print("{:>4}  {:>{}}  {}  {}\n", entry.step, instants.text(entry.at), time,
               reports::padded(entry.lane, lane), reports::printable(entry.text));
  }
  fmt::print("\n");
  print_latencies(trace, instants);
  bool mistaken = false;
  for (const sim::Finding& finding : world.findings()) {
    std::string entity = finding.entity.print();
    ids.name(entity);
    entity = reports::printable(entity);
    if (finding.mistake) {
      mistaken = true;
      fmt::print("Mistake   {}\n", entity);
    } else {
      std::string how;
      if (finding.of_values || counts(finding.invariant->text)) {
        how = fmt::format(
            ": expected {}, got {}",
            finding.of_values ? finding.should_be.print() : std::to_string(finding.expected),
            finding.of_values ? finding.is.print() : std::to_string(finding.actual));
      }
      fmt::print("Broken    {} for {}{}\n", finding.invariant->text, entity,
                 reports::printable(how));
    }
  }
  const char* const ending = end == sim::RunEnd::too_long ? "Stopped"
                             : end == sim::RunEnd::quiet  ? "Quiet"
                             : mistaken                   ? "Mistaken"
                                                          : "Broken";
  fmt::print("{} after {} and {}; final state {}\n", ending,
             reports::counted(world.steps(), "step", "steps"),
             reports::counted(world.faults_used(), "fault", "faults"),
             to_text(world.fingerprint()));
  if (mistaken) return 2;
  if (end == sim::RunEnd::too_long) return 3;
  return end == sim::RunEnd::violated ? 1 : 0;
}

}  // namespace onceward::cli
