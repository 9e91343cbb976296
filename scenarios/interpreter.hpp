// Runs the steps of a scenario's handlers as coroutines over the models, as a C++ user would write
// them. Where a run stands is explicit (Frame), so the fingerprint of a handler is exact.
#pragma once

#include <optional>

#include "models/batch.hpp"
#include "models/decisions.hpp"
#include "models/effect.hpp"
#include "models/external_service.hpp"
#include "models/group.hpp"
#include "models/key_value_store.hpp"
#include "models/log.hpp"
#include "models/memory.hpp"
#include "models/producer.hpp"
#include "models/timers.hpp"
#include "scenarios/program.hpp"
#include "sim/process.hpp"

namespace onceward::scenarios {

// The components of a world, by their number in the program. In the arena.
struct Components : sim::InArena {
  sim::Vector<models::Database*> databases;
  sim::Vector<models::Log*> brokers;
  sim::Vector<models::KeyValueStore*> stores;
  sim::Vector<models::ExternalService*> externals;
  models::Decisions* decisions = nullptr;
  models::Ledger* ledger = nullptr;
  std::vector<char>* reached = nullptr;  // steps, by number; outside the world
};

class Frame;

// How long it takes until a handler goes on after its branches.
inline constexpr sim::Window kJoinWindow{sim::Duration{0}, std::chrono::milliseconds(1)};

// Waits until the branches of a run of a handler have ended, as `all` and `first` do.
class Join final : public sim::Operation {
 public:
  Join(Frame& frame, const sim::Site& at);
  void await_resume() const { remember(0); }
  [[nodiscard]] std::string describe() const override { return "wait for the branches"; }

 private:
  sim::Applied apply(sim::World& world) override;
  Frame* frame_;
};

// Runs a frame, and deletes it at its end.
[[nodiscard]] sim::Task<> run_steps(Frame* frame);

// One run of a handler, or a branch or task of it: where it stands and what it knows.
class Frame final : public sim::InArena,
                    public sim::ExactState,
                    public models::Where,
                    public models::Change,
                    public models::Condition,
                    public Databases {
 public:
  Frame(sim::World& in, const Components& parts, const Handler& of);
  // A task that `parent` starts. It knows what is bound there; `stays`: as a branch that the
  // parent waits for, which then knows what the branch bound.
  Frame(Frame& parent, const Block& block, bool stays);
  ~Frame();

  void fingerprint(sim::Hasher& hasher) const override;
  [[nodiscard]] sim::Duration next_action_within() const override;
  [[nodiscard]] bool goes_on_alone() const override {
    return current_ != nullptr && current_->leads_on && parent_ == nullptr;
  }

  // The next operation to do, after all control steps before it; null: the end.
  const Step* next();
  // An operation ended: binds its result; an error runs the step's `on_error` or, without one, ends
  // the handler with an error that nobody caught.
  void answered(const Step& step, models::Status status, std::uint32_t rows,
                const sim::Value& value = {});
  // A step in bulk ended: also binds what became of each item.
  void answered_bulk(const Step& step, models::Status status);
  // Evaluates what the operation of `step` sends into `row`, `message`, `batch` or `values`.
  void prepare_row(const Step& step);
  void prepare_message(const Step& step);
  void prepare_batch(const Step& step);
  void prepare_values(const Step& step);
  // The timer that `arm` or `disarm` is about, with `key`; the lock that `lock` is about.
  [[nodiscard]] models::Arming arming(const Step& step) const;
  [[nodiscard]] models::LockId lock_id(const Step& step) const { return {step.word.get(), key}; }
  // The lock of `step` has been taken: runs what it guards.
  void enter_locked(const Step& step);
  [[nodiscard]] sim::Value evaluate(const Formula& formula);

  // The rows that the current statement is about, and what it does to them.
  [[nodiscard]] bool matches(sim::World& world, const models::Row& row) const override;
  [[nodiscard]] bool would_match(sim::World& in, const models::Row& row) const override;
  void apply(sim::World& world, models::Row& row) const override;
  // Whether what the current `wait_until` waits for is so.
  [[nodiscard]] bool holds(sim::World& world) const override;
  [[nodiscard]] std::string describe() const override { return current_->word->text; }

  // The transaction that the statement `step` belongs to.
  [[nodiscard]] models::Tx transaction(const Step& step) const;
  void begun(const Step& step, models::Tx tx) { transactions_[step.transaction] = tx; }
  [[nodiscard]] sim::Value began(std::uint32_t database, std::uint32_t number) const override;
  [[nodiscard]] sim::Value oldest_open(std::uint32_t database, std::uint32_t table) const override;
  [[nodiscard]] Slot& slot(std::uint32_t index) { return slots_[index]; }
  // Takes a slot of its pool, if it has one; false: it has to wait for its turn.
  [[nodiscard]] bool enter_pool();
  // Tells whoever brought the work how it ended.
  void finish();
  // Starts the branches of `all` or `first`; what came of them, once all have ended.
  void branch(const Step& step);
  void joined(const Step& step);

  models::Row row;  // what an operation in flight points to
  models::Rows found;
  models::Message message;
  models::Sending sending;  // of `message`
  models::Batch batch;
  models::EffectValues values;
  sim::Value key;  // of a lock, a timer or a store
  sim::World* world;
  const Components* components;
  const Handler* handler;
  models::Handling* handling = nullptr;        // of a topic handler
  models::RequestHandling* request = nullptr;  // of a request handler
  models::Timer* timer = nullptr;              // of a timer handler
  models::Memory* memory = nullptr;
  models::Pool* pool = nullptr;       // of which it holds a slot, or waits for one; null: none
  models::Timers* timers = nullptr;   // of the service; null: it has none
  sim::Activity* activity = nullptr;  // that runs it

 private:
  friend class Join;

  struct Level {
    const Block* block;
    std::uint32_t index;  // of the next step
    const Step* loop;     // the loop that runs this block, or null
    std::uint32_t round;  // how many have begun
    std::size_t passed;   // named operations passed before the loop
    bool shielded;        // it is not cut short
    bool locked;          // until it ends it holds `lock`
    models::LockId lock;
  };

  // What runs when a transaction ends.
  struct Hook {
    std::uint32_t transaction;
    const Step* step;
  };

  // transactions (frame_transactions.cpp)
  // The number of the open transaction that `step` is about; kNone: none is.
  [[nodiscard]] std::uint32_t number_of(const Step& step) const;
  [[nodiscard]] std::uint32_t only_open(std::uint32_t database) const;
  // Whether it, or who waits for it, has a transaction open there.
  [[nodiscard]] bool has_open(std::uint32_t database) const;
  // Why `step` cannot be done with the transactions as they are; null: it can.
  [[nodiscard]] const char* transaction_obstacle(const Step& step) const;
  void transaction_control(const Step& step);
  // The transaction of `number` has ended: runs what was to run after that, if `kind` says what.
  void leave_transaction(std::uint32_t number, StepKind kind);
  void run_hooks(std::uint32_t number, StepKind kind);
  // The handler is at its end: rolls back what is open; whether steps are to run after that.
  bool roll_back_open();

  // tasks (frame_tasks.cpp)
  struct Branch {
    Frame* frame = nullptr;  // null: it has ended
    sim::Activity* activity = nullptr;
    bool failed = false;
  };
  // What a task that outlives its handler knows of what the handler was run for.
  struct Kept : sim::InArena {
    std::optional<models::Message> event;
    std::int64_t attempt = 0;
    std::optional<models::Row> request;
    sim::Value request_name;
    std::optional<sim::Value> timer;
  };
  void spawn(const Step& step);
  Branch start(const Step& step, const Block& block, bool stays);
  [[nodiscard]] bool have_ended() const;
  // Whether `all` or `first` has come to its end, but for branches to be cut: the error of one, or
  // the first that ended well.
  [[nodiscard]] bool is_decided(const Step& step) const;
  // Whether all have ended; cuts short those that are not waited for any more.
  bool branches_over();
  void branch_ended(Frame& frame);
  void take_over(Branch& branch);
  void cut_branches();
  // It is not waited for any more; whether it ends at once, not only at the end of a shielded
  // block.
  bool cut();
  [[nodiscard]] bool is_shielded() const;
  // Locks and transactions, of a branch that is cut short.
  void give_back();
  // What the handler was run for; null: not for this.
  [[nodiscard]] const models::Message* event() const;
  [[nodiscard]] std::int64_t attempt() const;
  [[nodiscard]] const models::Row* asked() const;
  [[nodiscard]] sim::Value request_name() const;
  [[nodiscard]] const sim::Value* timer_key() const;
  void add_branches(sim::Hasher& hasher) const;

  void enter(const Block& block, const Step* loop);
  void leave_level();
  bool begin_round(Level& level);
  void control(const Step& step);
  // Does a step on memory, locks or timers; false: it has to wait, as an operation.
  bool do_at_once(const Step& step);
  bool change_items(const Step& step);
  // Which way `either` goes.
  std::uint32_t decide(const Step& step);
  // An operation did not answer ok: its `on_error` runs, or the handler ends.
  void go_on_after(const Step& step, models::Status status);
  void end(bool failed);
  // Ends the handler with an error nobody catches: the one just seen, or (null) one of its own.
  void give_up(const Step& step, const char* seen);
  models::Message message_of(const Step& step);
  [[nodiscard]] Scope scope() const;
  // A mistake that only a run could meet ends the run; exit 2.
  void check(const Scope& scope) const;

  sim::Vector<Level> levels_;
  sim::Vector<Slot> slots_;
  sim::Vector<models::Tx> transactions_;  // by number
  sim::Vector<Hook> hooks_;               // in the order met
  Frame* parent_ = nullptr;               // that waits for it
  sim::Vector<std::uint32_t> bound_;      // slots, by a branch
  sim::Vector<Branch> branches_;
  std::uint32_t winner_ = kNone;  // of `first`: the branch that ended well before the others
  std::uint32_t won_at_ = 0;      // its latest trace entry
  sim::WaitList joining_;
  Kept* kept_ = nullptr;
  bool owns_kept_ = false;
  bool is_cut_ = false;
  const Step* current_ = nullptr;
  bool failed_ = false;
  models::Status error_ =
      models::Status::ok;  // on which it failed, for people; ok: it says so itself
};

class ScenarioService final : public models::Server {
 public:
  ScenarioService(sim::World& world, const Components& components,
                  const ServiceDescription& description, sim::ResourceId cells,
                  models::Timers* timers)
      : world_(&world),
        components_(&components),
        description_(&description),
        memory_(world, description.memory, cells),
        timers_(timers) {
    for (const models::PoolSpec& each : description.pools) pools_.push_back(new models::Pool(each));
  }

  void start(sim::World& world, sim::Process& process) override;
  sim::Task<> on_request(models::RequestHandling* handling) override;
  sim::Task<> on_message(models::Handling* handling) override;
  sim::Task<> on_timer(models::Timer* timer) override;
  sim::Task<> on_pass(const Handler* handler);
  [[nodiscard]] sim::Duration first_action_within(std::uint32_t handler) const override;
  [[nodiscard]] bool remembers() const override { return description_->remembers; }
  void fingerprint(sim::Hasher& hasher) const override { memory_.fingerprint(hasher); }
  [[nodiscard]] bool declares_changes() const override { return true; }

  ~ScenarioService() override;

 private:
  sim::World* world_;
  const Components* components_;
  const ServiceDescription* description_;
  models::Memory memory_;
  models::Timers* timers_;
  sim::Vector<models::Pool*> pools_;
  sim::Vector<sim::Periodic*> periodics_;

  [[nodiscard]] Frame* frame_of(const Handler& handler);
};

}  // namespace onceward::scenarios
