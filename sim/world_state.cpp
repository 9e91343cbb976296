// What a world remembers and shows: reads and touches, findings, trace, path log, fingerprint.
#include <fmt/core.h>

#include <algorithm>

#include "sim/assert.hpp"
#include "sim/world.hpp"

namespace onceward::sim {
namespace {

// "ann: sleep [1s, 2s]"
std::string with_window(const Occurrence& occurrence) {
  const Window& window = occurrence.window;
  return fmt::format("{} [{}, {}]", occurrence.describe(), duration_text(window.earliest.count()),
                     window.latest == kForever ? "any time" : duration_text(window.latest.count()));
}

// The budget limits the others as much.
bool has_limit(const FaultRule& rule, const FaultPlan& plan) { return rule.at_most < plan.budget; }

}  // namespace

const char* to_text(Mark mark) {
  static constexpr const char* kNames[] = {"plain",  "crash", "restart", "lost",   "copy", "effect",
                                           "commit", "fault", "blocked", "missed", "round"};
  return kNames[static_cast<std::size_t>(mark)];
}

ResourceId World::add_resources(std::uint32_t count) {
  return static_cast<ResourceId>(std::exchange(core_->resources, core_->resources + count));
}

void World::read(ResourceId resource) {
  Activity* activity = core_->running;
  if (activity == nullptr || !activity->is_pass || peeks_) return;
  const Arena::Entered entered(arena_, activity->process->owner());
  activity->reads.add(resource);
}

void World::touch(ResourceId resource) {
  for (Periodic* periodic : core_->periodics) periodic->touched(*this, resource);
}

void World::find(const Finding& finding) {
  const Arena::Entered entered(arena_, core_owner_);
  core_->findings.push_back(finding);
  core_->findings.back().step = core_->step;
}

bool World::found(const Symbol& invariant, const Value& entity) const {
  for (const Finding& finding : core_->findings) {
    if (finding.invariant == &invariant && finding.entity == entity) return true;
  }
  return false;
}

void World::pass(const Symbol& name) {
  Activity& activity = *core_->running;
  const Arena::Entered entered(arena_, activity.process->owner());
  activity.passed.push_back(&name);
}

void World::forget_passed(std::size_t count) {
  RareList<const Symbol*>& passed = core_->running->passed;
  if (passed.size() > count) passed.shrink(count);
}

namespace {

// A task that some handler runs beside itself is part of that handler's run.
std::string run_of(const Activity* running, const Trace& trace) {
  if (running == nullptr) return {};
  if (running->completion != nullptr) return running->completion->describe_run(*running);
  return running->entry == 0 ? std::string() : trace[running->entry - 1].run;
}

}  // namespace

std::uint32_t World::add_entry(TraceEntry entry) {
  entry.step = core_->step;
  entry.at = core_->now;
  if (entry.causes.empty()) {
    const std::uint32_t cause = core_->running != nullptr && core_->running->entry != 0
                                    ? core_->running->entry
                                    : core_->cause;
    if (cause != 0) entry.causes.push_back(cause);
  }
  entry.run = run_of(core_->running, *trace_);
  trace_->push_back(std::move(entry));
  const auto number = static_cast<std::uint32_t>(trace_->size());
  if (core_->running != nullptr) core_->running->entry = number;
  return number;
}

// Who waits at the end of a run, in the words in which the wait began.
void World::tell_waiting() {
  if (trace_ == nullptr) return;
  core_->cause = 0;
  for (const Process* process : processes_) {
    for (const Activity* activity : process->activities_) {
      const auto* operation = static_cast<const Operation*>(activity->waiting_for);
      if (operation == nullptr || operation->waits_ == 0) continue;
      trace(process->name(), [&](TraceEntry& entry) {
        entry = (*trace_)[operation->waits_ - 1];
        entry.text = "still " + entry.text;
        entry.mark = Mark::blocked;
      });
    }
  }
  for (Component* component : components_) {
    const Arena::Entered in_component(arena_, component->owner());
    component->tell_waiting(*this);
  }
}

void World::log_happened(const Occurrence& occurrence) {
  if (path_ == nullptr) return;
  const OutsideStep gate;
  path_->steps = core_->step;
  const std::string what = with_window(occurrence);
  path_->constraints.push_back(
      {core_->step - 1, core_->step, 0, "time does not run backwards", ""});
  path_->constraints.push_back({occurrence.floor_step, core_->step,
                                -occurrence.window.earliest.count(), what + ": not earlier", what,
                                occurrence.window.earliest.count() > 0 ? occurrence.site : nullptr,
                                what});
  if (occurrence.window.latest != kForever) {
    path_->constraints.push_back({core_->step, occurrence.since_step,
                                  occurrence.window.latest.count(), what + ": not later", "",
                                  occurrence.site, what});
  }
}

// By this step the window of `occurrence` had not ended.
void World::log_not_due(const Occurrence& occurrence, const char* how) const {
  if (path_ == nullptr || occurrence.window.latest == kForever) return;
  const OutsideStep gate;
  const std::string what = with_window(occurrence);
  path_->constraints.push_back({core_->step, occurrence.since_step,
                                occurrence.window.latest.count(), what + how, "", occurrence.site,
                                what});
}

void World::log_pending() const {
  for (std::size_t i = 0; i < core_->agenda.size(); ++i) {
    log_not_due(*core_->agenda[i].occurrence, ": is still pending");
  }
  // What a doomed process would have done is still to come as well: its crash comes before it.
  const auto log_frozen = [&](const Occurrence& occurrence, const Process& process) {
    if (process.state() != Process::State::doomed) return;
    if (occurrence.phase == Occurrence::Phase::frozen)
      log_not_due(occurrence, ": is still to come");
  };
  for (const Process* process : processes_) {
    for (const Activity* activity : process->activities_) {
      if (activity->waiting_for != nullptr) log_frozen(*activity->waiting_for, *process);
    }
  }
  for (const Periodic* periodic : core_->periodics) log_frozen(*periodic, periodic->process());
}

// What is pending for nobody in particular is a set.
void World::add_core(Hasher& hasher) const {
  hasher.add(core_->findings.size());
  for (const Finding& finding : core_->findings) {
    hasher.add(finding.invariant->hash);
    finding.entity.fingerprint(hasher);
  }
  struct Pending {
    const Occurrence* occurrence;
    bool is_parked;  // a pass
  };
  std::vector<Pending> all;
  for (std::size_t i = 0; i < core_->agenda.size(); ++i) {
    const Occurrence* occurrence = core_->agenda[i].occurrence;
    if (occurrence->activity == nullptr) all.push_back({occurrence, false});
  }
  for (const Periodic* periodic : core_->periodics) {
    if (periodic->phase != Occurrence::Phase::pending) all.push_back({periodic, true});
  }
  hasher.add_set(all, [](Hasher& one, const Pending& pending) {
    one.add(pending.is_parked ? 1 : 0);
    one.add(pending.occurrence->site->hash);
    pending.occurrence->fingerprint(one);
    one.meet(*pending.occurrence);
  });
}

Hash128 World::fingerprint() const {
  Hasher::Met met;
  StateHash whole;
  return fingerprint(whole, met, Faults::told);
}

Hash128 World::fingerprint(StateHash& whole, Hasher::Met& met, Faults faults,
                           const SavedState* like, const OwnerSet& unchanged) const {
  const bool timed = !heeded_.none();
  const auto add_share = [&](OwnerId owner, const auto& add) {
    Hasher hasher(whole);
    if (timed) hasher.list_met(met);
    hasher.look_into(owner);
    add(hasher);
    whole.end_share(hasher);
  };
  whole.begin();
  for (const Process* process : processes_) {
    if (like != nullptr && whole.take_over(like->shares, unchanged)) continue;
    add_share(process->owner(), [&](Hasher& hasher) { process->fingerprint(hasher); });
  }
  for (const Component* component : components_) {
    if (like != nullptr && whole.take_over(like->shares, unchanged)) continue;
    add_share(component->owner(), [&](Hasher& hasher) { component->fingerprint(hasher); });
  }
  // Each step changes it, and what is pending is in everybody's memory.
  add_share(core_owner_, [&](Hasher& hasher) {
    if (faults == Faults::told) {
      hasher.add(core_->faults_used);
      for (const std::uint32_t strikes : core_->strikes) hasher.add(strikes);
    }
    add_core(hasher);
    if (timed) core_->zone.fingerprint(hasher, met);
  });
  return whole.finish();
}

// Where windows are kept all is worked out, for all of it has to list what it refers to in time.
Hash128 World::settle(const SavedState* like) {
  Hasher::Met met;
  if (!heeded_.none()) {
    const Hash128 hash = fingerprint(whole_, met, Faults::left_out);
    core_->zone.forget_all_but(met);
    return hash;
  }
  if (like == nullptr) return fingerprint(whole_, met, Faults::left_out);
  unchanged_ = arena_.unchanged_since(like->memory);
  as_in_ = like;
  return fingerprint(whole_, met, Faults::left_out, like, unchanged_);
}

std::string World::taken_over_wrongly() const {
  if (!heeded_.none()) return {};
  Hasher::Met met;
  StateHash anew(whole_.renames_keys());
  fingerprint(anew, met, Faults::left_out);
  const std::size_t at = whole_.shares().mismatch(anew.shares());
  if (at < processes_.size()) return processes_[at]->name().text;
  const std::size_t component = at - processes_.size();
  return component < components_.size() ? components_[component]->name().text : std::string();
}

std::vector<std::uint32_t> World::spent() const {
  std::vector<std::uint32_t> spent{core_->faults_used};
  for (std::size_t i = 0; i < plan_.rules.size(); ++i) {
    if (has_limit(plan_.rules[i], plan_)) spent.push_back(core_->strikes[i]);
  }
  return spent;
}

void World::spend(const std::vector<std::uint32_t>& spent) {
  auto next = spent.begin();
  core_->faults_used = *next++;
  as_in_ = nullptr;
  for (std::size_t i = 0; i < plan_.rules.size(); ++i) {
    core_->strikes[i] = has_limit(plan_.rules[i], plan_) ? *next++ : 0;
  }
}

World::Parts World::outline() const {
  Parts parts;
  const auto add = [&](const std::string& name, const auto& add_part) {
    Hasher hasher(Hasher::Ids::none, true);
    add_part(hasher);
    parts.emplace_back(name, hasher.finish());
  };
  add("world", [&](Hasher& hasher) { add_core(hasher); });
  for (const Process* process : processes_) {
    add(process->name().text, [&](Hasher& hasher) { process->fingerprint(hasher); });
  }
  for (const Component* component : components_) {
    add(component->name().text, [&](Hasher& hasher) { component->fingerprint(hasher); });
  }
  return parts;
}

}  // namespace onceward::sim
