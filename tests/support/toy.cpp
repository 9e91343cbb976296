// The toy flow: its store, its clerks and the coroutine that follows a list of steps.
#include "tests/support/toy.hpp"

#include <algorithm>
#include <memory>
#include <ostream>

namespace onceward::toy {
namespace {

using sim::Applied;
using sim::Reply;

const sim::Symbol kStore("store");
const char* const kSlotNames[kSlots] = {"x", "y", "z", "w"};
int alive = 0;

// Stands for a local of a task: its destructor is what a crash must run exactly once.
struct Local {
  Local() { ++alive; }
  ~Local() { --alive; }
  Local(const Local&) = delete;
  Local& operator=(const Local&) = delete;
};

class Store;

// What follows from `mint`: a message on its way, with an identifier made in the run.
class Message final : public sim::Occurrence {
 public:
  Message(Store& store, std::size_t slot, std::uint64_t id) : store_(store), slot_(slot), id_(id) {}
  void happen(sim::World& world) override;
  void fingerprint(sim::Hasher& hasher) const override { hasher.add_minted(id_); }
  [[nodiscard]] std::string describe() const override { return "message " + std::to_string(id_); }
  void dispose() override { delete this; }

 private:
  Store& store_;
  std::size_t slot_;
  std::uint64_t id_;
};

class Store final : public sim::Component {
 public:
  struct Slot {
    std::int64_t number = 0;
    std::uint64_t minted = 0;
    sim::ResourceId resource{};
    sim::Hash128 holder;
    sim::Process* holding = nullptr;  // whose task holds the lock
    sim::WaitList waiting;
  };

  Store(const sim::Symbol& name, sim::OwnerId owner, sim::World& world,
        const std::vector<Flow::FrozenRule>& rules)
      : Component(name, owner), rules_(&rules), slots_(kSlots) {
    for (Slot& slot : slots_) slot.resource = world.add_resource();
  }

  Slot& slot(std::size_t index) { return slots_[index]; }
  [[nodiscard]] const Slot& slot(std::size_t index) const { return slots_[index]; }
  std::uint64_t next_id() { return ++ids_; }

  void set(sim::World& world, std::size_t index, std::int64_t number) {
    slots_[index].number = number;
    world.touch(slots_[index].resource);
    judge(world, true);
  }
  void release(sim::World& world, Slot& slot) {
    slot.holding = nullptr;
    slot.holder = {};
    world.touch(slot.resource);
    slot.waiting.wake_all(world);
  }

  void on_crash(sim::World& world, sim::Process& process) override {
    for (Slot& slot : slots_) {
      if (slot.holding == &process) release(world, slot);
    }
  }
  void on_quiet(sim::World& world) override { judge(world, false); }

  void fingerprint(sim::Hasher& hasher) const override {
    for (const Slot& slot : slots_) {
      hasher.add(static_cast<std::uint64_t>(slot.number));
      hasher.add_minted(slot.minted);
      hasher.add_minted(slot.holder.low);
      slot.waiting.fingerprint(hasher);
    }
  }

 private:
  void judge(sim::World& world, bool always) {
    for (const auto& [name, rule] : *rules_) {
      const std::int64_t number = slots_[rule.slot].number;
      if (rule.always != always || (number >= rule.least && number <= rule.most)) continue;
      sim::Finding finding;
      finding.invariant = name;
      finding.entity = sim::Value::text(sim::frozen_text(kSlotNames[rule.slot]));
      finding.expected = number < rule.least ? rule.least : rule.most;
      finding.actual = number;
      if (!world.found(*name, finding.entity)) world.find(finding);
    }
  }

  const std::vector<Flow::FrozenRule>* rules_;
  sim::Vector<Slot> slots_;
  std::uint64_t ids_ = 0;
};

void Message::happen(sim::World& world) {
  // Whether the slot still holds this message's identifier decides what it does.
  if (store_.slot(slot_).minted == id_) store_.set(world, slot_, store_.slot(slot_).number + 1);
}

class Clerks;

// What a step needs to be followed; passed by value into coroutines.
struct Hands {
  sim::World* world;
  sim::Process* process;
  Store* store;
  Clerks* clerk;
};

struct Answer {
  Reply reply;
  std::int64_t number;
};

class StoreOperation final : public sim::Operation {
 public:
  StoreOperation(const Hands& hands, const Flow::FrozenStep& frozen, std::int64_t number)
      : Operation(*hands.world, hands.store, *frozen.site, frozen.step.window),
        store_(hands.store),
        step_(&frozen.step),
        process_(hands.process),
        task_(hands.world->running()->creator.id()),
        number_(number) {}

  Answer await_resume() const {
    remember(static_cast<std::uint64_t>(seen_) * 4 + static_cast<std::uint64_t>(reply()));
    return {reply(), seen_};
  }
  [[nodiscard]] std::string describe() const override {
    return process_->name().text + ": " + to_text(step_->verb) + " " + kSlotNames[step_->slot];
  }
  void dispose() override { delete this; }

 protected:
  Applied apply(sim::World& world) override {
    const Applied applied = apply_verb(world);
    static_cast<void>(world.trace(process_->name(), [&](sim::TraceEntry& entry) {
      entry.text =
          describe() + (applied == Applied::blocked ? " waits" : " -> " + std::to_string(seen_));
    }));
    return applied;
  }
  void refused(sim::World&) override { seen_ = -1; }
  void timed_out(sim::World&, bool) override { seen_ = -2; }
  [[nodiscard]] sim::Fallible fallible() const override {
    const Verb verb = step_->verb;
    if (verb == Verb::lock) return sim::Fallible::refusable;
    const bool writes =
        verb == Verb::write || verb == Verb::add || verb == Verb::put || verb == Verb::tell;
    return writes ? sim::Fallible::sent : sim::Fallible::no;
  }
  [[nodiscard]] Operation* copy() const override { return new StoreOperation(*this); }

 private:
  Applied apply_verb(sim::World& world) {
    Store::Slot& slot = store_->slot(step_->slot);
    switch (step_->verb) {
      case Verb::lock:
        if (slot.holding == nullptr) {
          slot.holding = process_;
          slot.holder = task_;
          return Applied::acted;
        }
        if (slot.holder == task_) return Applied::done;
        wait_in(slot.waiting);
        return Applied::blocked;
      case Verb::unlock:
        if (slot.holding == nullptr || slot.holder != task_) return Applied::done;
        store_->release(world, slot);
        return Applied::acted;
      case Verb::mint:
        slot.minted = store_->next_id();
        world.schedule<Message>(store_->owner(), store_->creator(), *site, sim::kAnyTime, *store_,
                                step_->slot, slot.minted);
        return Applied::acted;
      case Verb::read:
        world.read(slot.resource);
        seen_ = slot.number;
        return Applied::done;
      default:
        store_->set(world, step_->slot, step_->verb == Verb::add ? slot.number + number_ : number_);
        seen_ = slot.number;
        return Applied::acted;
    }
  }

  Store* store_;
  const Step* step_;
  sim::Process* process_;
  sim::Hash128 task_;
  std::int64_t number_;
  std::int64_t seen_ = 0;
};

class Pass final : public sim::Periodic {
 public:
  Pass(const Hands& hands, const Flow::FrozenRoutine& routine)
      : Periodic(*hands.world, *hands.process, *routine.site, routine.period, routine.overlap),
        hands_(hands),
        routine_(&routine) {}

 protected:
  sim::Task<> start_pass() override;

 private:
  Hands hands_;
  const Flow::FrozenRoutine* routine_;
};

class Clerks final : public sim::Service {
 public:
  Clerks(Store& store, const Flow::FrozenClerk& clerk) : store_(store), clerk_(clerk) {}
  ~Clerks() override {
    for (Pass* pass : passes_) delete pass;
  }
  void start(sim::World& world, sim::Process& process) override {
    const Hands hands{&world, &process, &store_, this};
    for (const Flow::FrozenRoutine& routine : clerk_.routines) {
      if (routine.spare) continue;
      if (routine.period.count() == 0) {
        spawn(hands, routine);
      } else {
        passes_.push_back(new Pass(hands, routine));
      }
    }
  }
  void start_spare(const Hands& hands) {
    for (const Flow::FrozenRoutine& routine : clerk_.routines) {
      if (routine.spare) spawn(hands, routine);
    }
  }
  void fingerprint(sim::Hasher& hasher) const override {
    hasher.add(static_cast<std::uint64_t>(memory));
  }

  std::int64_t memory = 0;

 private:
  static void spawn(const Hands& hands, const Flow::FrozenRoutine& routine);

  Store& store_;
  const Flow::FrozenClerk& clerk_;
  sim::Vector<Pass*> passes_;
};

// Follows the steps [begin, end), with `seen` from before; answers what was seen last.
sim::Task<std::int64_t> follow(Hands hands, const Flow::FrozenStep* begin,
                               const Flow::FrozenStep* end, std::int64_t seen) {
  const Local local;
  sim::World& world = *hands.world;
  sim::Vector<std::int64_t> history;  // grows across suspensions, as real handlers' lists do
  sim::Value stamp;
  std::int64_t held = 0;
  Reply reply = Reply::answered;
  for (std::ptrdiff_t i = 0; i < end - begin; ++i) {
    const Flow::FrozenStep* at = begin + i;
    const Step& step = at->step;
    switch (step.verb) {
      case Verb::wait:
        co_await sim::Sleep(world, *at->site, step.window);
        break;
      case Verb::keep:
        hands.clerk->memory += step.amount;
        break;
      case Verb::recall:
        seen = hands.clerk->memory;
        break;
      case Verb::hold:
        held = hands.clerk->memory;
        break;
      case Verb::nest: {
        const std::ptrdiff_t count = std::min<std::ptrdiff_t>(step.amount, end - at - 1);
        seen = co_await follow(hands, at + 1, at + 1 + count, seen);
        i += count;
        break;
      }
      case Verb::start:
        hands.clerk->start_spare(hands);
        break;
      case Verb::stamp:
        stamp = world.take_instant();
        break;
      case Verb::overdue: {
        const sim::Value due = sim::Value::instant(stamp.step(), stamp.number() + step.amount);
        seen = !stamp.is_null() && world.is_before(due, world.take_instant(), false) ? 1 : 0;
        break;
      }
      case Verb::retry:
        if (reply != Reply::answered && i > 0) i -= 2;
        reply = Reply::answered;
        break;
      case Verb::pick:
        seen = world.choose_value(sim::ChoiceKind::data, *at->site,
                                  static_cast<std::uint32_t>(step.amount),
                                  [](std::uint32_t option) { return std::to_string(option); });
        break;
      default: {
        world.running()->next_name = at->name;
        std::int64_t number = step.amount;
        if (step.verb == Verb::put) number += seen;
        if (step.verb == Verb::tell) number = held;
        const Answer answer = co_await StoreOperation(hands, *at, number);
        seen = answer.number;
        reply = answer.reply;
      }
    }
    history.push_back(seen);
  }
  co_return history.empty() ? seen : history.back();
}

sim::Task<> follow_routine(Hands hands, const Flow::FrozenRoutine* routine) {
  const Local local;
  const Flow::FrozenStep* begin = routine->steps.data();
  const Flow::FrozenStep* end = begin + routine->steps.size();
  co_await follow(hands, begin, end, 0);
}

void Clerks::spawn(const Hands& hands, const Flow::FrozenRoutine& routine) {
  hands.process->spawn(*hands.world, *routine.site, nullptr,
                       [&] { return follow_routine(hands, &routine); });
}

sim::Task<> Pass::start_pass() { return follow_routine(hands_, routine_); }

}  // namespace

const char* to_text(Verb verb) {
  static constexpr const char* kNames[] = {"wait",   "read",  "write",   "add",   "put",  "lock",
                                           "unlock", "keep",  "recall",  "hold",  "tell", "nest",
                                           "start",  "stamp", "overdue", "retry", "pick", "mint"};
  return kNames[static_cast<std::size_t>(verb)];
}

Step wait(const sim::Window& window) { return {Verb::wait, 0, 0, window, ""}; }
Step read(std::size_t slot) { return {Verb::read, slot, 0, sim::kAnyTime, ""}; }
Step write(std::size_t slot, std::int64_t amount, std::string name) {
  return {Verb::write, slot, amount, sim::kAnyTime, std::move(name)};
}
Step add(std::size_t slot, std::int64_t amount, std::string name) {
  return {Verb::add, slot, amount, sim::kAnyTime, std::move(name)};
}
Step put(std::size_t slot, std::int64_t amount) {
  return {Verb::put, slot, amount, sim::kAnyTime, ""};
}
Step lock(std::size_t slot) { return {Verb::lock, slot, 0, sim::kAnyTime, ""}; }
Step unlock(std::size_t slot) { return {Verb::unlock, slot, 0, sim::kAnyTime, ""}; }
Step step(Verb verb, std::size_t slot, std::int64_t amount) {
  return {verb, slot, amount, sim::kAnyTime, ""};
}
Step within(Step step, const sim::Window& window) {
  step.window = window;
  return step;
}

Flow::Flow(const Sketch& sketch) {
  for (const Clerk& clerk : sketch.clerks) {
    FrozenClerk frozen{symbol(clerk.name), {}, {}};
    frozen.setup = {clerk.service.empty() ? nullptr : symbol(clerk.service), clerk.restart,
                    clerk.restarts};
    for (const Routine& routine : clerk.routines) {
      const std::string path = "/" + clerk.name + "/" + routine.name;
      FrozenRoutine steps{{}, symbol(path), routine.period, routine.spare, routine.overlap};
      for (const Step& step : routine.steps) {
        const sim::Symbol* name = step.name.empty() ? nullptr : symbol(step.name);
        const std::string place = path + "/" + std::to_string(steps.steps.size());
        steps.steps.push_back({step, symbol(place), name});
      }
      frozen.routines.push_back(std::move(steps));
    }
    clerks_.push_back(std::move(frozen));
  }
  for (const Rule& rule : sketch.rules) rules_.push_back({symbol(rule.name), rule});
}

const sim::Symbol* Flow::symbol(const std::string& name) {
  const auto found = std::find_if(symbols_.begin(), symbols_.end(),
                                  [&](const sim::Symbol& each) { return each.text == name; });
  return found != symbols_.end() ? &*found : &symbols_.emplace_back(name);
}

void Flow::build(sim::World& world) const {
  auto& store = world.add_component<Store>(kStore, world, rules_);
  for (const FrozenClerk& clerk : clerks_) {
    world.add_process(
        *clerk.name, [&store, &clerk](sim::Process&) { return new Clerks(store, clerk); },
        clerk.setup);
  }
}

std::array<std::int64_t, kSlots> numbers(const sim::World& world) {
  const auto& store = static_cast<const Store&>(*world.components().front());
  std::array<std::int64_t, kSlots> numbers{};
  for (std::size_t i = 0; i < kSlots; ++i) numbers[i] = store.slot(i).number;
  return numbers;
}

std::int64_t memory(const sim::World& world, std::size_t clerk) {
  return static_cast<const Clerks&>(*world.processes()[clerk]->service()).memory;
}

int locals_alive() { return alive; }

std::ostream& operator<<(std::ostream& out, const Sketch& sketch) {
  for (const Clerk& clerk : sketch.clerks) {
    for (const Routine& routine : clerk.routines) {
      out << clerk.name << "/" << routine.name;
      if (routine.period.count() != 0) out << " every " << routine.period.count() << " ns";
      if (routine.overlap != 1) out << ", " << routine.overlap << " at once";
      if (routine.spare) out << " (spare)";
      out << ":";
      for (const Step& step : routine.steps) {
        out << " " << to_text(step.verb) << "(" << kSlotNames[step.slot] << "," << step.amount
            << ")";
      }
      out << "\n";
    }
  }
  return out;
}

std::uint32_t Wishes::choose(const sim::ChoicePoint& point) {
  const auto find = [&](const std::string& option) {
    std::uint32_t i = 0;
    while (i < point.arity && point.option_text(i) != option) ++i;
    return i;
  };
  if (point.kind == sim::ChoiceKind::order) {
    if (order_.empty()) return 0;
    const std::uint32_t index = find(order_.front());
    if (index == point.arity) return 0;
    order_.erase(order_.begin());
    return index;
  }
  asked_.push_back(std::string(sim::to_text(point.kind)) + " " + point.site->text);
  for (auto wish = wishes_.begin(); wish != wishes_.end(); ++wish) {
    if (wish->site != point.site->text) continue;
    const std::uint32_t index = find(wish->option);
    if (index == point.arity) continue;
    wishes_.erase(wish);
    return index;
  }
  return 0;
}

sim::FaultPlan plan(std::uint32_t budget, const std::vector<sim::FaultKind>& kinds) {
  sim::FaultPlan plan;
  plan.budget = budget;
  for (const sim::FaultKind kind : kinds) plan.rules.push_back({kind, "", ~0U, {}});
  return plan;
}

}  // namespace onceward::toy
