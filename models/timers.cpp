#include "models/timers.hpp"

#include <algorithm>

#include "models/log.hpp"
#include "models/profiles.hpp"

namespace onceward::models {

using sim::Applied;
using sim::World;

namespace {

// How long a timer that is due waits for its turn.
constexpr sim::Window kTurn{sim::Duration{0}, std::chrono::milliseconds(10)};

std::string label(const TimerSpec& spec, const sim::Value& key) {
  return "timer " + spec.name.text + (key.is_null() ? "" : " " + key.print());
}

}  // namespace

// ---- a timer ---------------------------------------------------------------------------------

Timer::Timer(Timers& of, const Arming& arming, sim::Process* process)
    : timers_(&of), timer_(arming.timer), key_(arming.key), process_(process) {}

const TimerSpec& Timer::spec() const { return timers_->spec(timer_); }

std::string Timer::describe() const {
  return label(spec(), key_) + (state_ == State::running ? ": its time ends" : ": fires");
}

std::string Timer::describe_run(const sim::Activity&) const { return label(spec(), key_); }

void Timer::fingerprint(sim::Hasher& hasher) const {
  hasher.add(std::uint64_t{timer_} << 8 | static_cast<std::uint64_t>(state_));
  hasher.add(process_ == nullptr ? 0 : 1 + std::uint64_t{process_->index()});
  key_.fingerprint(hasher);
}

void Timer::key_fingerprint(sim::Hasher& hasher) const {
  hasher.look_into(timers_->owner());
  key_.fingerprint(hasher);
}

void Timer::happen(World& world) {
  const sim::Arena::Entered entered(world.arena(), timers_->owner());
  if (state_ == State::running) {
    timers_->take_time(world, *this);
  } else {
    timers_->fire(world, *this);
  }
}

void Timer::activity_ended(World& world, sim::Activity&) {
  const sim::Arena::Entered entered(world.arena(), timers_->owner());
  sim::Process* const process = spec().durable ? process_ : nullptr;
  const sim::Site& at = *spec().site;
  timers_->drop(*this);
  if (process != nullptr) offer_crash_after_run(world, *process, at);
}

// ---- operations on durable timers ------------------------------------------------------------

TimerOperation::TimerOperation(Timers& timers, const Arming& arming, const sim::Site& at)
    : Operation(*timers.world_, &timers, at, kStatementWindow), timers_(&timers), arming_(arming) {}

TimerOperation::Result TimerOperation::await_resume() const {
  remember(std::uint64_t{result_.rows} << 8 | static_cast<std::uint64_t>(result_.status));
  return result_;
}

Applied Arm::apply(World&) {
  timers_->arm_now(arming_, *site);
  result_.rows = 1;
  return Applied::acted;
}

std::string Arm::describe() const {
  return "arm " + label(timers_->spec(arming_.timer), arming_.key);
}

Applied Disarm::apply(World&) {
  const bool stopped = timers_->disarm_now(arming_, *site);
  result_.rows = stopped ? 1 : 0;
  return stopped ? Applied::acted : Applied::done;
}

std::string Disarm::describe() const {
  return "disarm " + label(timers_->spec(arming_.timer), arming_.key);
}

// ---- all timers of a service -----------------------------------------------------------------

void Timers::arm_now(const Arming& arming, const sim::Site& site) {
  World& world = *world_;
  const sim::Arena::Entered entered(world.arena(), owner());
  sim::Activity& by = *world.running();
  const TimerSpec& what = spec(arming.timer);
  sim::Process* process = what.durable ? nullptr : by.process;
  const auto same = std::find_if(timers_.begin(), timers_.end(), [&](const Timer* each) {
    return each->state_ == Timer::State::running && each->timer_ == arming.timer &&
           each->process_ == process && each->key_ == arming.key;
  });
  Timer* timer = nullptr;
  if (same != timers_.end()) {
    timer = *same;
    world.cancel(*timer);
  } else {
    timer = new Timer(*this, arming, process);
    timers_.push_back(timer);
  }
  by.acted = true;  // a pass that arms a timer is not idle
  world.trace(by.process->name(), [&](sim::TraceEntry& entry) {
    entry.text = "arms " + label(what, arming.key) + ": " + sim::window_text(arming.after);
    if (!arming.key.is_null()) entry.entity = arming.key.print();
    entry.site = site.text;
  });
  timer->entry = by.entry;
  world.add(*timer, by.creator, site, arming.after);
}

bool Timers::disarm_now(const Arming& which, const sim::Site& site) {
  World& world = *world_;
  const sim::Arena::Entered entered(world.arena(), owner());
  sim::Activity& by = *world.running();
  const TimerSpec& what = spec(which.timer);
  const auto armed = std::find_if(timers_.begin(), timers_.end(), [&](const Timer* each) {
    return each->state_ == Timer::State::running && each->timer_ == which.timer &&
           each->process_ == (what.durable ? nullptr : by.process) && each->key_ == which.key;
  });
  const bool found = armed != timers_.end();
  world.trace(by.process->name(), [&](sim::TraceEntry& entry) {
    entry.text = "disarms " + label(what, which.key) + (found ? "" : ": it is not armed");
    if (!which.key.is_null()) entry.entity = which.key.print();
    entry.site = site.text;
  });
  if (!found) return false;
  by.acted = true;
  Timer* timer = *armed;
  world.cancel(*timer);
  drop(*timer);
  return true;
}

bool Timers::serves(const sim::Process& process) const {
  return &process.service_name() == service_;
}

bool Timers::may_fire_in(const Timer& timer, const sim::Process& process) const {
  return process.acts() && (timer.spec().durable ? serves(process) : timer.process_ == &process);
}

void Timers::take_time(World& world, Timer& timer) {
  timer.state_ = Timer::State::due;
  timer.entry = world.cause();
  let_fire(world, timer);
}

void Timers::let_fire(World& world, Timer& timer) {
  const auto& processes = world.processes();
  const bool can =
      std::any_of(processes.begin(), processes.end(),
                  [&](const sim::Process* process) { return may_fire_in(timer, *process); });
  if (!can) return;
  world.add_numbered(timer, derive(timer.id, timer.spec().site->hash, ++timer.starts_),
                     *timer.spec().site, kTurn, world.steps(), world.now());
}

void Timers::fire(World& world, Timer& timer) {
  sim::Vector<sim::Process*> able;
  for (sim::Process* process : world.processes()) {
    if (may_fire_in(timer, *process)) able.push_back(process);
  }
  const sim::Site& site = *timer.spec().site;
  const std::uint32_t chosen =
      world.choose_value(sim::ChoiceKind::data, site, static_cast<std::uint32_t>(able.size()),
                         [&](std::uint32_t i) { return "in " + able[i]->name().text; });
  sim::Process& process = *able[chosen];
  timer.process_ = &process;
  timer.state_ = Timer::State::fired;
  const std::uint32_t entry = world.trace(process.name(), [&](sim::TraceEntry& trace) {
    trace.text = label(timer.spec(), timer.key_) + " fires";
    if (!timer.key_.is_null()) trace.entity = timer.key_.print();
    trace.site = site.text;
  });
  if (entry != 0) world.set_cause(entry);
  auto* server = static_cast<Server*>(process.service());
  process.spawn_as(world, derive(timer.id, site.hash, 0), site, &timer,
                   [&] { return server->on_timer(&timer); });
}

void Timers::drop(Timer& timer) {
  timers_.erase(std::find(timers_.begin(), timers_.end(), &timer));
  delete &timer;
}

void Timers::on_acting(World& world, sim::Process& process) {
  for (Timer* timer : timers_) {
    const bool waits =
        timer->state_ == Timer::State::due && timer->phase != sim::Occurrence::Phase::pending;
    if (waits && may_fire_in(*timer, process)) let_fire(world, *timer);
  }
}

void Timers::on_not_acting(World& world, sim::Process&) {
  const auto& processes = world.processes();
  for (Timer* timer : timers_) {
    if (timer->state_ != Timer::State::due) continue;
    const bool can =
        std::any_of(processes.begin(), processes.end(),
                    [&](const sim::Process* process) { return may_fire_in(*timer, *process); });
    if (!can) world.cancel(*timer);
  }
}

void Timers::on_crash(World& world, sim::Process& process) {
  for (std::size_t i = timers_.size(); i-- > 0;) {
    Timer& timer = *timers_[i];
    if (timer.process_ != &process) continue;
    if (!timer.spec().durable) {
      world.cancel(timer);
      drop(timer);
      continue;
    }
    timer.process_ = nullptr;
    timer.state_ = Timer::State::due;
    let_fire(world, timer);
  }
}

// Those that are pending are part of what is pending; the others are a set.
void Timers::fingerprint(sim::Hasher& hasher) const {
  std::vector<const Timer*> others;
  for (const Timer* timer : timers_) {
    if (timer->phase != sim::Occurrence::Phase::pending) others.push_back(timer);
  }
  hasher.add_set(others, [](sim::Hasher& one, const Timer* timer) { timer->fingerprint(one); });
}

}  // namespace onceward::models
