// A simulated world: processes, components, pending occurrences, and the one place where choices
// are made. See docs/ARCHITECTURE.md for one step from choice to effect.
//
// A world is built once from a Model; `reset` restores its initial snapshot, which is how every
// further run starts. All worlds of one search share nothing but frozen symbols.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/agenda.hpp"
#include "sim/choice.hpp"
#include "sim/component.hpp"
#include "sim/finding.hpp"
#include "sim/heap_check.hpp"
#include "sim/model.hpp"
#include "sim/operation.hpp"
#include "sim/periodic.hpp"
#include "sim/process.hpp"
#include "sim/timing.hpp"
#include "sim/trace.hpp"
#include "sim/value.hpp"
#include "sim/zone.hpp"

namespace onceward::sim {

class World {
 public:
  World(const Model& model, Reading reading, FaultPlan plan);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // ---- running ---------------------------------------------------------------------------------

  // Back to the initial state; choices are answered by `source` from now on.
  void reset(ChoiceSource& source);
  // Choices are answered by `source` from now on; who answered them until now.
  [[nodiscard]] ChoiceSource* answer_with(ChoiceSource& source);
  // Parts of the workload that later runs do without (shrinking); by number, none by default.
  void leave_out(std::vector<bool> parts) { left_out_ = std::move(parts); }
  [[nodiscard]] const std::vector<bool>& left_out() const { return left_out_; }
  [[nodiscard]] std::uint32_t parts() const { return parts_; }

  // Which windows later runs keep. REQUIRES: the reading `any`.
  void heed(Heeded heeded) { heeded_ = std::move(heeded); }
  // Whether `settle` takes states for one that differ only by which of its keys is which.
  void rename_keys(bool renames) { whole_ = StateHash(renames); }
  [[nodiscard]] const FaultPlan& plan() const { return plan_; }
  void offer_at_every_operation() { plan_.at_every_operation = plan_.stops(); }

  // Lets the next occurrence happen and everything that follows from it at once. False: quiet,
  // and then the oracles have judged what is still owed.
  bool step();
  // Judges what is owed as if nothing more came: of a run that goes round for ever.
  void judge();

  // False: the latest step did what no timing of the windows heeded allows. Nothing else may be
  // asked until the next `restore` or `reset`.
  [[nodiscard]] bool possible() const { return core_->zone.possible(); }

  // Which of what is pending is local (Occurrence::is_local), by its place among the options of the
  // next step's choice; kNoOption: nothing is.
  static constexpr std::uint32_t kNoOption = ~0U;
  [[nodiscard]] std::uint32_t local_option() const;
  // The causal ids of what is pending, in that order; the text of one of them.
  [[nodiscard]] std::vector<Hash128> pending_ids() const;
  [[nodiscard]] std::string pending_text(const Hash128& id) const;
  [[nodiscard]] bool quiet() const { return core_->agenda.empty(); }
  [[nodiscard]] std::uint32_t steps() const { return core_->step; }
  [[nodiscard]] Instant now() const { return core_->now; }
  [[nodiscard]] const Vector<Finding>& findings() const { return core_->findings; }
  [[nodiscard]] std::uint32_t faults_used() const { return core_->faults_used; }
  // What limits the faults to come: how many were used in all, and of each rule with a limit of its
  // own. `spend`: as if it were so. REQUIRES: as `spent` answers it.
  [[nodiscard]] std::vector<std::uint32_t> spent() const;
  void spend(const std::vector<std::uint32_t>& spent);
  [[nodiscard]] std::uint32_t rule_strikes(std::size_t rule) const { return core_->strikes[rule]; }

  // Equal fingerprints of two states of one world mean equal futures (DESIGN 3.6). Under the
  // reading `sampled`, in which no states are compared, what tasks awaited is not in it.
  [[nodiscard]] Hash128 fingerprint() const;
  // The fingerprint but for what was spent; forgets the instants that nothing refers to any more.
  // What it can it takes over from `like`, any state that was saved: the closest costs least.
  Hash128 settle(const SavedState* like = nullptr);
  // What has changed though the latest `settle` took it over, by name; empty: nothing has.
  [[nodiscard]] std::string taken_over_wrongly() const;
  // Its parts, by name, without ids, keys and the histories of tasks that hold them: what states
  // that are alike have in common whatever led to them.
  using Parts = std::vector<std::pair<std::string, Hash128>>;
  [[nodiscard]] Parts outline() const;

  void save(Arena::Snapshot& snapshot) const { arena_.save(snapshot); }
  void save(SavedState& state);
  // REQUIRES: saved from this world.
  void restore(const Arena::Snapshot& snapshot) { restore(snapshot, {}); }
  void restore(const SavedState& state);
  [[nodiscard]] std::size_t used_bytes() const { return arena_.used_bytes(); }
  // At the end of a recorded run: adds what is still pending to the path log.
  void log_pending() const;

  // Switches the trace and the path log on for a run that starts with the next `reset`, or off.
  void record(Trace* trace, PathLog* path);

  // ---- building (Model::build) -----------------------------------------------------------------

  // A component with memory of its own, made as T(name, owner, args...).
  template <class T, class... Args>
  T& add_component(const Symbol& name, Args&&... args) {
    const OwnerId owner = arena_.add_owner();
    const Arena::Entered entered(arena_, owner);
    T* component = new T(name, owner, std::forward<Args>(args)...);
    components_.push_back(component);
    return *component;
  }

  using MakeService = std::function<Service*(Process&)>;
  // A process that is started with the world. `make` is called, with the process's memory entered,
  // for every incarnation; it must not keep state.
  Process& add_process(const Symbol& name, MakeService make, const ProcessSetup& setup = {});

  [[nodiscard]] ResourceId add_resource() { return add_resources(1); }
  // So many with numbers in a row; the first one.
  [[nodiscard]] ResourceId add_resources(std::uint32_t count);

  // The world has values that are keys (Value::as_key).
  void note_keys() { has_keys_ = true; }
  [[nodiscard]] bool has_keys() const { return has_keys_; }

  // `count` more parts of the workload, each of which a run may do without; the first one's number.
  std::uint32_t add_parts(std::uint32_t count) { return std::exchange(parts_, parts_ + count); }
  [[nodiscard]] bool is_left_out(std::uint32_t part) const;

  // ---- goals: what some run should do, up to 64 -------------------------------------------------

  // Part of building. A goal that a fault as `rule` reaches, or (null) one that models `reach`.
  std::uint32_t add_goal(const FaultRule* rule = nullptr);
  void reach(std::uint32_t goal) { core_->goals |= std::uint64_t{1} << goal; }
  // Those that this run has reached so far, bit by bit; not part of the fingerprint.
  [[nodiscard]] std::uint64_t goals() const { return core_->goals; }

  // ---- for models ------------------------------------------------------------------------------

  // Makes `occurrence` pending. `created_by` gives it its causal id.
  void add(Occurrence& occurrence, Creator& created_by, const Site& site, const Window& window);
  // The same with a causal id and a lower end that counts from an earlier step.
  void add_numbered(Occurrence& occurrence, const Hash128& id, const Site& site,
                    const Window& window, std::uint32_t floor_step, Instant floor);
  // The same for what `process` would do: pending if it acts; frozen, until it goes on, if not.
  void add_for(const Process& process, Occurrence& occurrence, const Hash128& id, const Site& site,
               const Window& window, std::uint32_t floor_step, Instant floor);
  // The same from `due`, an instant of this run, until `within` after it.
  void add_due(const Process& process, Occurrence& occurrence, const Hash128& id, const Site& site,
               const Value& due, Duration within);
  void cancel(Occurrence& occurrence);

  // Whether a fault of the plan may crash or pause `process`.
  [[nodiscard]] bool can_be_stopped(const Process& process) const;
  // Whether some component would do anything if `process` stopped or went on now.
  [[nodiscard]] bool is_minded(const Process& process) const;

  // Ends a task at the operation it waits for, while its process goes on: nobody learns how that
  // operation ended, if it had been sent. `release` gives back what the task held, before it is
  // gone. REQUIRES: it waits, and is not the running one.
  template <class Release>
  void cut_short(Activity& activity, const Release& release) {
    const Arena::Entered entered(arena_, activity.process->owner());
    if (Operation* operation = stop_waiting(activity)) operation->lose_caller(*this);
    release();
    drop_activity(activity);
  }

  // An occurrence made with `new` and deleted once it happened or was cancelled.
  template <class T, class... Args>
  T& schedule(OwnerId owner, Creator& created_by, const Site& site, const Window& window,
              Args&&... args) {
    const Arena::Entered entered(arena_, owner);
    T* occurrence = new T(std::forward<Args>(args)...);
    occurrence->owned = true;
    add(*occurrence, created_by, site, window);
    return *occurrence;
  }

  // A choice among `count` values, made by the occurrence that happens now. `describe(i)` is the
  // text of value `i` and so its name; it is called outside the step.
  template <class Describe>
  std::uint32_t choose_value(ChoiceKind kind, const Site& site, std::uint32_t count,
                             const Describe& describe) {
    if (count < 2) return 0;
    ChoiceOfValue<Describe> point(kind, count, describe);
    const std::uint32_t index = choose_here(point, site);
    remember_choice(site, index);
    return index;
  }
  // A data choice between two words; true for the second.
  bool choose_flag(const Site& site, const char* first, const char* second);

  // Offers those of `kinds` that the plan still allows against one of `targets`, as a choice of
  // whatever happens now; pays for what is chosen. FaultKind::none when nothing strikes.
  FaultKind offer_fault(const Site& site, std::initializer_list<FaultKind> kinds,
                        std::initializer_list<const Symbol*> targets);

  // Offers a crash to a process that has just acted by taking something over or by being done with
  // it, before a task of it runs; true: it strikes, and no task may be started. `within`: how long
  // the process could have gone on at most before its next action, which the crash comes before.
  bool strike_taker(Process& process, const Site& site, Duration within);

  // A process ends by itself; what follows is as after a crash. No fault. `why` stands in the
  // trace: "stops: uncaught timeout".
  void fail_process(Process& process, const char* why);

  // Whether instant `a` is before `b`; a `time` choice where the path leaves it open.
  [[nodiscard]] bool is_before(const Value& a, const Value& b, bool or_equal);
  // The instant of this step, as a value.
  [[nodiscard]] Value take_instant();
  // Keeps the instant of this step for what will count its window at `site` from it.
  void keep_instant(const Site& site);

  // Lets `look` ask what only people are to know: what it reads does not count, and an instant that
  // may be before or after another is taken to be after it.
  template <class Look>
  bool peek(Look&& look) {
    peeks_ = true;
    const bool answer = look();
    peeks_ = false;
    return answer;
  }
  [[nodiscard]] bool peeks() const { return peeks_; }

  void read(ResourceId resource);
  // Wakes parked passes that read `resource`.
  void touch(ResourceId resource);

  void find(const Finding& finding);
  // Whether `invariant` was found broken for `entity` before.
  [[nodiscard]] bool found(const Symbol& invariant, const Value& entity) const;

  // Adds the trace entry that `fill` writes, and returns its number; 0 while the trace is off.
  template <class Fill>
  std::uint32_t trace(const Symbol& lane, Fill&& fill) {
    if (trace_ == nullptr) return 0;
    const OutsideStep gate;
    TraceEntry entry;
    entry.lane = lane.text;
    fill(entry);
    return add_entry(std::move(entry));
  }
  [[nodiscard]] bool tracing() const { return trace_ != nullptr; }
  // The lane of what happens now: the process that acts, or `other` where none does.
  [[nodiscard]] const Symbol& actor(const Symbol& other) const;
  // The activity that runs now, or null.
  [[nodiscard]] Activity* running() const { return core_->running; }
  // The trace entry to name as the cause of what happens now.
  [[nodiscard]] std::uint32_t cause() const { return core_->cause; }
  void set_cause(std::uint32_t entry) { core_->cause = entry; }

  // A named operation of the running handler was applied (goals, `between`).
  void pass(const Symbol& name);
  // A loop round begins: what was passed since `count` names is forgotten.
  void forget_passed(std::size_t count);

  [[nodiscard]] Arena& arena() { return arena_; }
  [[nodiscard]] const std::vector<Component*>& components() const { return components_; }
  [[nodiscard]] const std::vector<Process*>& processes() const { return processes_; }
  [[nodiscard]] Process* process(const Symbol& name) const;

 private:
  friend class Process;
  friend class Operation;
  friend class WaitList;
  friend class Periodic;
  friend class DoomedCrash;
  friend class Restart;
  friend class Resume;

  // All of the world's own state; in the arena like everything else.
  struct Core : InArena {
    explicit Core(Agenda::Order order) : agenda(order) {}
    Agenda agenda;
    Zone zone;
    Instant now;
    std::uint32_t step = 0;
    std::uint32_t next_number = 0;
    std::uint32_t faults_used = 0;
    std::uint32_t down = 0;  // processes doomed or down
    std::uint32_t cause = 0;
    std::uint32_t choices_in_step = 0;
    Activity* running = nullptr;
    // The causal id of the occurrence that happens now: derived from these, or with no site the
    // first itself.
    Hash128 happening;
    const Site* happening_site = nullptr;
    std::uint32_t happening_n = 0;
    bool judged = false;            // since the last step
    Vector<std::uint32_t> strikes;  // by rule of the plan
    std::uint32_t resources = 0;
    struct Ready {
      Activity* activity;
      std::coroutine_handle<> next;
    };
    Vector<Ready> ready;          // to run in this step, in order
    Vector<Periodic*> periodics;  // of live incarnations
    Vector<Finding> findings;
    struct Taken {
      std::uint32_t step;
      Instant instant;
    };
    Vector<Taken> instants;  // those that values refer to; sampled reading only
    std::uint64_t goals = 0;
  };

  [[nodiscard]] bool may_strike() const { return core_->faults_used < plan_.budget; }
  [[nodiscard]] Hash128 happening() const;
  [[nodiscard]] bool strikes(const FaultRule& rule, FaultKind kind,
                             std::initializer_list<const Symbol*> targets) const;
  std::uint32_t choose(const ChoicePoint& point);
  std::uint32_t choose_here(ChoicePoint& point, const Site& site);
  std::uint32_t choose_next();
  void record_first();
  void record_time(bool before);
  // From which steps the ends of a window count.
  struct Ends {
    std::uint32_t floor_step;
    Instant floor;
    std::uint32_t since_step;
  };
  void add_counted(Occurrence& occurrence, const Hash128& id, const Site& site,
                   const Window& window, const Ends& ends);
  void add_or_freeze(const Process& process, Occurrence& occurrence, const Hash128& id,
                     const Site& site, const Window& window, const Ends& ends);
  static void describe(Occurrence& occurrence, const Hash128& id, const Site& site,
                       const Window& window, const Ends& ends);
  void heed_window(const Occurrence& occurrence) {
    if (!heeded_.none()) add_window(occurrence);
  }
  void add_window(const Occurrence& occurrence);
  [[nodiscard]] Instant instant_of(std::uint32_t step) const;
  [[nodiscard]] bool is_past(const Value& instant, const Value& of_pass, bool or_equal) const;
  void note_to_come(const Value& earlier, const Value& later, std::int64_t beyond);
  void decide_comparison(const Value& a, const Value& b, bool before, bool or_equal);
  enum class Faults : std::uint8_t { told, left_out };
  // `unchanged`: who is as in `like`.
  Hash128 fingerprint(StateHash& whole, Hasher::Met& met, Faults faults,
                      const SavedState* like = nullptr, const OwnerSet& unchanged = {}) const;
  void restore(const Arena::Snapshot& snapshot, const OwnerSet& unchanged);
  void forget_settled();
  std::uint32_t add_entry(TraceEntry entry);
  void tell_waiting();
  void build(const Model& model);
  void log_happened(const Occurrence& occurrence);
  void log_not_due(const Occurrence& occurrence, const char* how) const;
  void remember_memory(Activity& activity) const;
  void remember_choice(const Site& site, std::uint32_t index);
  void run_tasks();
  void end_activity(Activity& activity);
  void drop_activity(Activity& activity);
  // What it waits for will not happen; that operation, or null.
  Operation* stop_waiting(Activity& activity);
  // Offers what may strike a process after `operation`; true if it did.
  bool strike_after(Operation& operation);
  // `why`: it ends by itself; null: a crash.
  void doom(Process& process, Duration within, const char* why = nullptr);
  void stop_acting(Process& process, Process::State state);
  void crash(Process& process, const char* why);
  void resume(Process& process);
  void start(Process& process);
  [[nodiscard]] bool rule_allows(const FaultRule& rule, std::size_t index, FaultKind kind,
                                 std::initializer_list<const Symbol*> targets) const;
  void add_core(Hasher& hasher) const;

  Arena arena_;
  Reading reading_;
  FaultPlan plan_;
  Heeded heeded_;
  Core* core_ = nullptr;
  ChoiceSource* source_ = nullptr;
  Trace* trace_ = nullptr;
  PathLog* path_ = nullptr;
  bool peeks_ = false;
  OwnerId core_owner_{};
  std::vector<Component*> components_;  // fixed once built
  std::vector<Process*> processes_;
  std::vector<MakeService> make_service_;
  std::vector<ProcessSetup> setups_;
  Arena::Snapshot initial_;
  std::vector<std::optional<FaultRule>> goals_;
  std::uint32_t parts_ = 0;
  std::vector<bool> left_out_;
  bool has_keys_ = false;
  // What `settle` works with, and who is as in a state, as long as nothing happened since.
  StateHash whole_;
  OwnerSet unchanged_;
  const SavedState* as_in_ = nullptr;
};

}  // namespace onceward::sim
