#include "scenarios/mistake.hpp"

namespace onceward::scenarios {
namespace {

const sim::Symbol kMistake("scenario-mistake");
const sim::Symbol kScenario("scenario");

}  // namespace

void report_mistake(sim::World& world, const char* what, const std::string& site) {
  const sim::Value text = sim::Value::text(sim::frozen_text(what));
  if (world.found(kMistake, text)) return;
  const sim::Activity* running = world.running();
  const sim::Symbol& lane = running == nullptr ? kScenario : running->process->name();
  sim::Finding finding;
  finding.invariant = &kMistake;
  finding.entity = text;
  finding.mistake = true;
  finding.entries[0] = world.trace(lane, [&](sim::TraceEntry& entry) {
    entry.text = std::string("MISTAKE in the scenario: ") + what;
    entry.site = site;
    if (world.cause() != 0) entry.causes.push_back(world.cause());
  });
  world.find(finding);
}

}  // namespace onceward::scenarios
