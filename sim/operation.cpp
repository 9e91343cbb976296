#include "sim/operation.hpp"

#include <algorithm>

#include "sim/assert.hpp"
#include "sim/world.hpp"

namespace onceward::sim {
namespace {

// Whether somebody wants to see a process crash after the operation of this name, if it has one.
bool opens_span(const FaultPlan& plan, const std::vector<std::optional<FaultRule>>& goals,
                const Symbol* name) {
  if (name == nullptr) return false;
  const auto opens = [&](const FaultRule& rule) {
    return rule.kind == FaultKind::crash && !rule.between.empty() &&
           rule.between.front().after == name->text;
  };
  return std::any_of(plan.rules.begin(), plan.rules.end(), opens) ||
         std::any_of(goals.begin(), goals.end(),
                     [&](const auto& goal) { return goal && opens(*goal); });
}

// Offers a crash after an operation that did not act; true: it strikes.
bool crash_after(World& world, Activity& activity, const Site& site) {
  const std::uint32_t cause = world.cause();
  world.set_cause(activity.entry);
  const Duration within =
      activity.exact == nullptr ? kForever : activity.exact->next_action_within();
  if (world.strike_taker(*activity.process, site, within)) {
    activity.struck = true;
    activity.waiting_for = nullptr;
    return true;
  }
  world.set_cause(cause);
  return false;
}

}  // namespace

void WaitList::remove(const Operation& operation) {
  const auto found = std::find(waiting_.begin(), waiting_.end(), &operation);
  ONCEWARD_ASSERT(found != waiting_.end());
  waiting_.erase(found);
}

void WaitList::wake_all(World& world, const Window& within) {
  for (Operation* operation : waiting_) operation->window = within;
  wake_all(world);
}

void WaitList::wake_all(World& world) {
  for (Operation* operation : waiting_) {
    operation->wait_list_ = nullptr;
    world.add_for(*operation->activity->process, *operation, operation->id, *operation->site,
                  operation->window, world.steps(), world.now());
    operation->entry = world.cause();
  }
  waiting_.clear();
}

void WaitList::fingerprint(Hasher& hasher) const {
  hasher.add(waiting_.size());
  for (const Operation* operation : waiting_) operation->activity->fingerprint(hasher);
}

void Operation::begin(std::coroutine_handle<> awaiting) {
  activity = world_->running();
  ONCEWARD_ASSERT(activity != nullptr);
  caller_ = {awaiting.address(), activity->next_name};
  activity->waiting_for = this;
  activity->next_name = nullptr;
  if (activity->takes != nullptr) window = *activity->takes;
  entry = activity->entry;
  if (entry == 0) entry = world_->cause();
  // Where instants decide what comes next, hardly anybody asks for it.
  id_is_creators = world_->reading_ == Reading::sampled;
  n = activity->creator.count(*site);
  id = id_is_creators ? activity->creator.id() : derive(activity->creator.id(), site->hash, n);
}

void Operation::await_suspend(std::coroutine_handle<> awaiting) {
  begin(awaiting);
  // Another of its process's tasks may have doomed or paused it in this very step.
  world_->add_for(*activity->process, *this, id, *site, window, world_->steps(), world_->now());
}

bool Operation::is_own() const {
  if (activity == nullptr || activity->exact == nullptr) return false;
  const bool is_point =
      world_->plan_.at_every_operation || opens_span(world_->plan_, world_->goals_, caller_.name);
  if (is_point && world_->can_be_stopped(*activity->process)) return false;
  return activity->exact->goes_on_alone();
}

void Operation::wait_in(WaitList& list) {
  wait_list_ = &list;
  list.add(*this);
}

void Operation::remember(std::uint64_t result) const {
  Activity* running = world_->running();
  if (world_->reading_ == Reading::sampled) return;
  if (running->exact == nullptr) running->awaited = derive(running->awaited, site->hash, result);
}

FaultKind Operation::offer_before(World& world) {
  const Process& by = *activity->process;
  const Symbol& target = component_ != nullptr ? component_->name() : by.name();
  const std::initializer_list<const Symbol*> targets = {&by.name(), &by.service_name(), &target};
  switch (fallible()) {
    case Fallible::no:
      return FaultKind::none;
    case Fallible::refusable:
      return world.offer_fault(*site, {FaultKind::error}, targets);
    case Fallible::remote:
      return world.offer_fault(*site, {FaultKind::reply_lost, FaultKind::error}, targets);
    case Fallible::sent:
      return world.offer_fault(*site, {FaultKind::reply_lost, FaultKind::error, FaultKind::late},
                               targets);
  }
  return FaultKind::none;
}

// What the caller sees of a fault, for people.
void Operation::tell_fault(World& world, FaultKind fault, bool done) const {
  world.trace(activity->process->name(), [&](TraceEntry& entry) {
    switch (fault) {
      case FaultKind::reply_lost:
        entry.text =
            "TIMEOUT of " + describe() + (done ? ", which was done" : ", which was not done");
        break;
      case FaultKind::late:
        entry.text = "FAILURE of " + describe() + ", which will be done later all the same";
        break;
      default:
        entry.text = describe_failure();
    }
    entry.mark = Mark::fault;
    entry.site = site->text;
  });
}

// What follows does not follow from the wait: the task's next entry has its causes from before it.
void Operation::tell_wait(World& world) {
  if (!world.tracing()) return;
  const OutsideStep gate;
  TraceEntry entry;
  if (!describe_wait(entry)) return;
  entry.lane = activity->process->name().text;
  entry.site = site->text;
  const std::uint32_t before = activity->entry;
  waits_ = world.add_entry(std::move(entry));
  activity->entry = before;
}

Applied Operation::apply_in_component(World& world) {
  if (component_ == nullptr) return apply(world);
  const Arena::Entered entered(world.arena(), component_->owner());
  return apply(world);
}

Applied Operation::fail_in_component(World& world) {
  if (component_ == nullptr) return fail(world);
  const Arena::Entered entered(world.arena(), component_->owner());
  return fail(world);
}

// Applies it while the caller has stopped listening: a wait for a lock ends with the connection.
Applied Operation::apply_without_reply(World& world) {
  const Applied applied = apply_in_component(world);
  if (applied != Applied::blocked) return applied;
  wait_list_->remove(*this);
  wait_list_ = nullptr;
  return Applied::done;
}

void Operation::apply_later(World& world) {
  if (component_ == nullptr) return;
  const Arena::Entered entered(world.arena(), component_->owner());
  Operation* again = copy();
  if (again == nullptr) return;
  again->activity = nullptr;
  again->owned = true;
  again->id_is_creators = false;
  Hasher asking(Hasher::Ids::raw);
  activity->fingerprint(asking);
  const Hash128 asked_by = asking.finish();
  again->asked_by_[0] = asked_by.high;
  again->asked_by_[1] = asked_by.low;
  world.add(*again, activity->creator, *site, kAnyTime);
}

void Operation::lose_caller(World& world) {
  const Fallible crosses = fallible();
  if (crosses != Fallible::remote && crosses != Fallible::sent) return;
  if (!world.choose_flag(*site, "not done", "done")) return;
  world.trace(activity->process->name(), [&](TraceEntry& entry) {
    entry.text = "goes on without the answer to " + describe() + ", which is done all the same";
    entry.mark = Mark::lost;
    entry.site = site->text;
  });
  if (crosses == Fallible::sent) {
    apply_later(world);
  } else {
    activity->acted = apply_without_reply(world) != Applied::done || activity->acted;
  }
}

void Operation::happen(World& world) {
  if (detached()) {
    static_cast<void>(apply_without_reply(world));
    return;
  }
  const FaultKind fault = world.may_strike() ? offer_before(world) : FaultKind::none;
  Applied applied = Applied::done;
  bool done = false;
  switch (fault) {
    case FaultKind::none:
      applied = apply_in_component(world);
      break;
    case FaultKind::reply_lost:
      done = world.choose_flag(*site, "not done", "done");
      if (done) applied = apply_without_reply(world);
      reply_ = Reply::unknown;
      timed_out(world, done);
      break;
    case FaultKind::late:
      apply_later(world);
      reply_ = Reply::refused;
      refused(world);
      break;
    default:
      reply_ = Reply::refused;
      applied = fail_in_component(world);
  }
  if (fault != FaultKind::none) tell_fault(world, fault, done);
  activity->struck = activity->struck || fault != FaultKind::none;
  activity->acted = activity->acted || applied != Applied::done;
  if (applied == Applied::blocked) {
    tell_wait(world);
    return;
  }
  if (caller_.name != nullptr) world.pass(*caller_.name);
  if (applied == Applied::acted) {
    if (world.strike_after(*this)) return;
  } else if (is_noted() || world.plan_.at_every_operation ||
             opens_span(world.plan_, world.goals_, caller_.name)) {
    if (crash_after(world, *activity, *site)) return;
  }
  activity->waiting_for = nullptr;
  detail::next_to_resume = std::coroutine_handle<>::from_address(caller_.awaiting);
}

}  // namespace onceward::sim
