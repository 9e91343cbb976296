// What strikes a world: offering faults, crashes, pauses, restarts.
#include <algorithm>

#include "sim/assert.hpp"
#include "sim/world.hpp"

namespace onceward::sim {

// A crash that was chosen, or that an uncaught error brings, and strikes at any instant before the
// process's next action.
class DoomedCrash final : public Occurrence {
 public:
  DoomedCrash(Process& process, const char* why) : process_(process), why_(why) {}
  void happen(World& world) override { world.crash(process_, why_); }
  // Who was asked for a lock knows of the wait.
  [[nodiscard]] bool is_local(const World& world) const override {
    const auto& tasks = process_.activities();
    return !world.is_minded(process_) &&
           std::none_of(tasks.begin(), tasks.end(), [](const Activity* task) {
             return task->waiting_for != nullptr &&
                    task->waiting_for->phase == Occurrence::Phase::idle;
           });
  }
  void fingerprint(Hasher& hasher) const override { hasher.add(process_.name().hash); }
  [[nodiscard]] std::string describe() const override { return process_.name().text + ": crash"; }
  void dispose() override { delete this; }

 private:
  Process& process_;
  const char* why_;
};

class Restart final : public Occurrence {
 public:
  explicit Restart(Process& process) : process_(process) {}
  void happen(World& world) override { world.start(process_); }
  // One that is up again leaves room for further faults and takes none away.
  [[nodiscard]] bool is_local(const World& world) const override {
    return world.setups_[process_.index()].starts_alone && !world.is_minded(process_);
  }
  void fingerprint(Hasher& hasher) const override { hasher.add(process_.name().hash); }
  [[nodiscard]] std::string describe() const override { return process_.name().text + ": restart"; }
  void dispose() override { delete this; }

 private:
  Process& process_;
};

class Resume final : public Occurrence {
 public:
  explicit Resume(Process& process) : process_(process) {}
  void happen(World& world) override { world.resume(process_); }
  void fingerprint(Hasher& hasher) const override { hasher.add(process_.name().hash); }
  [[nodiscard]] std::string describe() const override {
    return process_.name().text + ": end of the pause";
  }
  void dispose() override { delete this; }

 private:
  Process& process_;
};

namespace {

const Site kCrash("crash");
const Site kRestart("restart");
const Site kPause("pause");

// Which of the faults that may strike here does, if any.
struct FaultPoint final : ChoicePoint {
  FaultKind options[kFaultKinds] = {FaultKind::none};
  [[nodiscard]] Hash128 option_id(std::uint32_t i) const override {
    return hash_bytes(to_text(options[i]));
  }
  [[nodiscard]] FaultKind fault(std::uint32_t i) const override { return options[i]; }
  [[nodiscard]] std::string option_text(std::uint32_t i) const override {
    return to_text(options[i]);
  }
};

// Whether the running handler is past the operation `after` and not past `before`.
bool is_between(const Activity* activity, const Between& span) {
  if (activity == nullptr) return false;
  bool after = false;
  for (const Symbol* name : activity->passed) {
    if (name->text == span.before) return false;
    after = after || name->text == span.after;
  }
  return after;
}

}  // namespace

bool World::is_minded(const Process& process) const {
  return std::any_of(components_.begin(), components_.end(),
                     [&](const Component* component) { return component->minds(*this, process); });
}

bool World::can_be_stopped(const Process& process) const {
  return std::any_of(plan_.rules.begin(), plan_.rules.end(), [&](const FaultRule& rule) {
    return rule.stops() && (rule.target.empty() || rule.target == process.name().text ||
                            rule.target == process.service_name().text);
  });
}

bool World::rule_allows(const FaultRule& rule, std::size_t index, FaultKind kind,
                        std::initializer_list<const Symbol*> targets) const {
  return core_->strikes[index] < rule.at_most && strikes(rule, kind, targets);
}

// Whether a fault of this kind that strikes here is one as `rule` says.
bool World::strikes(const FaultRule& rule, FaultKind kind,
                    std::initializer_list<const Symbol*> targets) const {
  if (rule.kind != kind) return false;
  if (!rule.target.empty() &&
      std::none_of(targets.begin(), targets.end(),
                   [&](const Symbol* target) { return target->text == rule.target; })) {
    return false;
  }
  return std::all_of(rule.between.begin(), rule.between.end(),
                     [&](const Between& span) { return is_between(core_->running, span); });
}

FaultKind World::offer_fault(const Site& site, std::initializer_list<FaultKind> kinds,
                             std::initializer_list<const Symbol*> targets) {
  if (core_->faults_used >= plan_.budget) return FaultKind::none;
  FaultPoint point;
  std::size_t rules[kFaultKinds] = {};
  std::uint32_t count = 1;
  for (const FaultKind kind : kinds) {
    if (kind == FaultKind::crash && core_->down >= plan_.down_at_once) continue;
    for (std::size_t i = 0; i < plan_.rules.size(); ++i) {
      if (!rule_allows(plan_.rules[i], i, kind, targets)) continue;
      rules[count] = i;
      point.options[count++] = kind;
      break;
    }
  }
  if (count == 1) return FaultKind::none;
  point.kind = ChoiceKind::fault;
  point.arity = count;
  const std::uint32_t chosen = choose_here(point, site);
  if (chosen == 0) return FaultKind::none;
  ++core_->strikes[rules[chosen]];
  ++core_->faults_used;
  for (std::uint32_t i = 0; i < goals_.size(); ++i) {
    if (goals_[i] && strikes(*goals_[i], point.options[chosen], targets)) reach(i);
  }
  return point.options[chosen];
}

bool World::strike_after(Operation& operation) {
  Activity& activity = *operation.activity;
  Process& process = *activity.process;
  const FaultKind kind = offer_fault(*operation.site, {FaultKind::crash, FaultKind::pause},
                                     {&process.name(), &process.service_name()});
  if (kind == FaultKind::none) return false;
  activity.struck = true;
  activity.waiting_for = nullptr;
  core_->cause = activity.entry;
  if (kind == FaultKind::crash) {
    doom(process, activity.exact == nullptr ? kForever : activity.exact->next_action_within());
    return true;
  }
  activity.answered = std::coroutine_handle<>::from_address(operation.caller_.awaiting);
  stop_acting(process, Process::State::paused);
  process.entry_ = trace(process.name(), [&](TraceEntry& entry) {
    entry.text = "PAUSE after " + operation.describe();
    entry.mark = Mark::fault;
    if (activity.entry != 0) entry.causes.push_back(activity.entry);
  });
  core_->cause = process.entry_;
  schedule<Resume>(core_owner_, process.creator_, kPause, kAnyTime, process);
  return true;
}

bool World::strike_taker(Process& process, const Site& site, Duration within) {
  const FaultKind kind =
      offer_fault(site, {FaultKind::crash}, {&process.name(), &process.service_name()});
  if (kind == FaultKind::none) return false;
  doom(process, within);
  return true;
}

void World::fail_process(Process& process, const char* why) {
  if (process.acts()) doom(process, kExitsWithin, why);
}

// A crash comes before the process's next action. What others of its tasks had pending limits it in
// the constraints of the path; under the sampled reading, where instants are drawn, here.
void World::doom(Process& process, Duration within, const char* why) {
  ++core_->down;
  stop_acting(process, Process::State::doomed);
  Window before_next_action{Duration{0}, within};
  const auto comes_before = [&](const Occurrence& next) {
    if (reading_ != Reading::sampled || next.phase != Occurrence::Phase::frozen) return;
    const Duration delay(next.earliest.nanoseconds - core_->now.nanoseconds);
    before_next_action.latest = std::min(before_next_action.latest, delay);
  };
  for (const Activity* activity : process.activities_) {
    if (activity->waiting_for != nullptr) comes_before(*activity->waiting_for);
  }
  for (const Periodic* periodic : core_->periodics) {
    if (&periodic->process() == &process) comes_before(*periodic);
  }
  schedule<DoomedCrash>(core_owner_, process.creator_, kCrash, before_next_action, process, why);
}

void World::stop_acting(Process& process, Process::State state) {
  process.state_ = state;
  const auto freeze = [&](Occurrence& occurrence) {
    if (occurrence.phase != Occurrence::Phase::pending) return;
    // A crash comes before the process's next action, so what a doomed process had pending still
    // limits when (see `cancel`); what a paused one had is not pending from now on.
    if (state == Process::State::paused) {
      log_not_due(occurrence, ": was still pending");
      core_->zone.remove(occurrence);
    }
    core_->agenda.remove(&occurrence);
    occurrence.phase = Occurrence::Phase::frozen;
  };
  for (Activity* activity : process.activities_) {
    if (activity->waiting_for != nullptr) freeze(*activity->waiting_for);
  }
  for (Periodic* periodic : core_->periodics) {
    if (&periodic->process() == &process) freeze(*periodic);
  }
  for (Component* component : components_) {
    const Arena::Entered entered(arena_, component->owner());
    component->on_not_acting(*this, process);
  }
}

void World::crash(Process& process, const char* why) {
  ONCEWARD_ASSERT(process.state_ == Process::State::doomed);
  process.entry_ = trace(process.name(), [&](TraceEntry& entry) {
    const bool by_itself = why != nullptr;
    entry.text = by_itself ? why : "CRASH";
    entry.why = process.name().text + " " +
                (by_itself ? why : "dies, and with it all that only its memory knew");
    entry.mark = by_itself ? Mark::lost : Mark::crash;
    if (core_->cause != 0) entry.causes.push_back(core_->cause);
  });
  process.state_ = Process::State::down;
  core_->cause = process.entry_;
  const Arena::Entered entered(arena_, process.owner());
  while (!process.activities_.empty()) {
    Activity& activity = *process.activities_.back();
    stop_waiting(activity);
    drop_activity(activity);
  }
  auto& periodics = core_->periodics;
  for (Periodic* periodic : periodics) {
    if (&periodic->process() == &process) cancel(*periodic);
  }
  periodics.erase(std::remove_if(periodics.begin(), periodics.end(),
                                 [&](Periodic* each) { return &each->process() == &process; }),
                  periodics.end());
  delete std::exchange(process.service_, nullptr);
  for (Component* component : components_) {
    const Arena::Entered in_component(arena_, component->owner());
    component->on_crash(*this, process);
  }
  const ProcessSetup& setup = setups_[process.index_];
  if (!setup.restarts) return;
  schedule<Restart>(core_owner_, process.creator_, kRestart, setup.restart, process);
}

Operation* World::stop_waiting(Activity& activity) {
  if (activity.waiting_for == nullptr) return nullptr;
  auto* operation = static_cast<Operation*>(activity.waiting_for);
  const bool sent = operation->wait_list_ == nullptr;
  if (!sent) operation->wait_list_->remove(*operation);
  operation->wait_list_ = nullptr;
  cancel(*operation);
  activity.waiting_for = nullptr;
  return sent ? operation : nullptr;
}

void World::start(Process& process) {
  const bool again = process.incarnation_ > 0;
  if (again) --core_->down;
  ++process.incarnation_;
  process.state_ = Process::State::up;
  if (again) {
    process.entry_ = trace(process.name(), [&](TraceEntry& entry) {
      entry.text = "restart";
      entry.mark = Mark::restart;
      if (process.entry_ != 0) entry.causes.push_back(process.entry_);
    });
  }
  core_->cause = process.entry_;
  {
    const Arena::Entered entered(arena_, process.owner());
    process.service_ = [&] {
      const InsideStep inside;
      return make_service_[process.index_](process);
    }();
    process.service_->start(*this, process);
  }
  for (Component* component : components_) {
    const Arena::Entered entered(arena_, component->owner());
    component->on_acting(*this, process);
  }
}

void World::resume(Process& process) {
  process.state_ = Process::State::up;
  process.entry_ = trace(process.name(), [&](TraceEntry& entry) {
    entry.text = "goes on after the pause";
    entry.mark = Mark::restart;
    if (process.entry_ != 0) entry.causes.push_back(process.entry_);
  });
  core_->cause = process.entry_;
  const auto thaw = [&](Occurrence& occurrence) {
    if (occurrence.phase != Occurrence::Phase::frozen) return;
    occurrence.phase = Occurrence::Phase::idle;
    add_numbered(occurrence, occurrence.id, *occurrence.site, occurrence.window, core_->step,
                 core_->now);
  };
  for (Activity* activity : process.activities_) {
    if (activity->waiting_for != nullptr) thaw(*activity->waiting_for);
    if (activity->answered) {
      core_->ready.push_back({activity, std::exchange(activity->answered, nullptr)});
    }
  }
  for (Periodic* periodic : core_->periodics) {
    if (&periodic->process() != &process) continue;
    if (periodic->parked() && periodic->phase == Occurrence::Phase::frozen) {
      periodic->wake(*this);
    } else {
      thaw(*periodic);
    }
  }
  for (Component* component : components_) {
    const Arena::Entered entered(arena_, component->owner());
    component->on_acting(*this, process);
  }
}

}  // namespace onceward::sim
