// The steps of a handler with all names resolved: what the interpreter runs.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/database.hpp"
#include "models/key_value_store.hpp"
#include "scenarios/formula.hpp"
#include "scenarios/grammar.hpp"
#include "sim/symbol.hpp"

namespace onceward::scenarios {

enum class StepKind : std::uint8_t {
  begin,
  insert,
  select,
  update,
  erase,
  commit,
  rollback,
  savepoint,
  prepare,
  commit_prepared,
  rollback_prepared,
  prepared,
  after_commit,
  after_rollback,
  publish,
  ack,
  nack,
  effect,
  call,
  wait,
  put,
  get,
  remove,
  set_cell,
  add_item,
  take_item,
  wait_until,
  lock,
  arm,
  disarm,
  when,
  for_each,
  loop,
  leave_loop,
  next_round,
  either,
  spawn,
  all,
  first,
  shield,
  leave,
  fail,
  exit,
};

// Every kind of step.
struct StepHelp {
  StepKind kind;
  std::string word;  // starts it
  std::string help;
  ObjectShape shape;      // its word first, then what it takes, then what all steps take
  bool can_fail = false;  // it may end in an error, which `on_error` catches
  bool acts = false;      // it does something that a fault can come after; the others only steer
  bool alone = false;     // it may stand as a text: "ack"
};
[[nodiscard]] const std::vector<StepHelp>& step_catalogue();
[[nodiscard]] const StepHelp& help_of(StepKind kind);
// Whether it is about the process's own memory, locks and timers: done at once unless it must wait.
[[nodiscard]] bool is_of_process(StepKind kind);

struct Step;
using Block = std::vector<Step>;

// Several ways to go on: one of them for `either`, all at once for `all` and `first`.
struct Branches {
  std::vector<std::string> names;
  std::vector<Block> blocks;  // by name
};

inline constexpr std::uint32_t kNone = ~0U;

// Which transaction on its database a step is about.
enum class Within : std::uint8_t {
  any,       // the open one, if any
  database,  // the one begun without a name, or else the only open one
  variable,  // that of a name
  none,      // none at all
};

struct Step {
  StepKind kind = StepKind::begin;
  std::uint32_t number = 0;                 // within the program
  std::shared_ptr<const sim::Site> site;    // JSON pointer in the expanded scenario
  std::shared_ptr<const sim::Symbol> name;  // of the operation, for goals and `between`
  std::uint32_t component = kNone;          // database, broker, store or external service, by kind
  std::uint32_t part = kNone;               // table, topic, cell or timer
  Within within = Within::any;
  std::uint32_t transaction = kNone;  // begin, and within a variable: its number
  models::Isolation isolation = models::Isolation::read_committed;
  models::RowLock lock = models::RowLock::none;
  std::uint32_t result = kNone;  // slot of `as`
  std::uint32_t loop = kNone;    // for_each, also of a publish: slot of the rows
  std::uint32_t item = kNone;    // publish in bulk: slot of the row at hand
  // effect, lock, savepoint, operation of a service; what a `wait_until` waits for, as written
  std::shared_ptr<const sim::Symbol> word;
  Formula value;  // where, if, of, type, what is put: by kind
  bool has_value = false;
  Formula key;
  bool has_key = false;
  Formula id;
  bool has_id = false;
  std::vector<std::pair<std::uint32_t, Formula>> columns;  // insert, update: column, value
  // publish: the data; effect, call: `with`
  std::vector<std::pair<std::shared_ptr<const sim::Symbol>, Formula>> data;
  std::optional<Formula> correlation;  // publish
  std::optional<Formula> causation;
  models::OnConflict on_conflict = models::OnConflict::error;
  int order_by = -1;
  bool descending = false;
  std::uint32_t resends = 0;          // publish: tries after a refusal or a timeout
  std::uint32_t limit = ~0U;          // select: rows; while: rounds
  bool each_time = false;             // either: decided anew whenever it is met
  bool requeue = false;               // nack
  sim::Window window;                 // wait; arm: after
  std::optional<sim::Window> takes;   // how long it takes, where that is written
  sim::Duration ttl = sim::kForever;  // put
  models::PutIf put_if = models::PutIf::always;
  bool at_once = false;  // arm, disarm: a volatile timer, part of the process
  // After it comes an operation, and what is worked out until then is the run's own.
  bool leads_on = false;
  Block body;         // for_each, while, lock, after_..., if: then
  Block otherwise;    // if: else
  Branches branches;  // either
  // What is done upon each answer that is caught; one block may serve several.
  std::map<models::Status, std::shared_ptr<const Block>> on_error;

  // Whether it offers one item for each of several rows, in one operation.
  [[nodiscard]] bool is_bulk() const { return kind == StepKind::publish && loop != kNone; }
};

}  // namespace onceward::scenarios
