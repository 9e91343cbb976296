// An expression of a scenario with its names resolved: what the interpreter evaluates.
//
// Values are typed at run time; what can be known on reading (literals, comparisons, durations) is
// checked then. A mistake that only a run can meet (adding a row that is not there) is reported to
// the Scope, ends the run and is exit 2, never a finding about the design.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/ledger.hpp"
#include "models/memory.hpp"
#include "models/message.hpp"
#include "models/table.hpp"
#include "sim/value.hpp"
#include "sim/world.hpp"

namespace onceward::scenarios {

class Formula;

// What a variable of a handler run holds: the result of an operation, with a value, with what
// became of each item or with neither, or rows.
struct Slot {
  enum class Kind : std::uint8_t { empty, value, result, items, row, rows };
  Kind kind = Kind::empty;
  sim::Value value;            // result, value, items: the status, as text
  std::int64_t row_count = 0;  // result: rows changed or found; items: how many were accepted
  models::Row row;             // row; value: it alone
  models::Rows rows;           // rows; items: one each, with `accepted` as its last column
};

// What an expression may ask of the databases around a handler run. Null: there is none.
class Databases {
 public:
  // The instant at which a transaction began: that of a number, or the open one on the database.
  [[nodiscard]] virtual sim::Value began(std::uint32_t database,
                                         std::uint32_t transaction) const = 0;
  [[nodiscard]] virtual sim::Value oldest_open(std::uint32_t database,
                                               std::uint32_t table) const = 0;

 protected:
  ~Databases() = default;
};

// What an expression may read. Null: not in scope, which the reader has made sure is not used.
struct Scope {
  sim::World* world = nullptr;
  const sim::Vector<Slot>* slots = nullptr;
  const models::Row* row = nullptr;        // `row`
  const models::Row* request = nullptr;    // `request`
  const models::Message* event = nullptr;  // `event`
  const models::Memory* memory = nullptr;  // `memory`
  const sim::Value* timer = nullptr;       // `timer.key`
  const models::Ledger* ledger = nullptr;  // tables, effects and events, for claims
  const Databases* databases = nullptr;    // `now(DB)` and `oldest_open`
  std::int64_t attempt = 0;                // `event.attempt`
  std::int64_t n = 0;                      // `n`: which of the `times` of a request
  const char* mistake = nullptr;           // set by the first mistake; a frozen text
};

// What an aggregate makes of the rows that meet its condition.
enum class Aggregate : std::uint8_t { count, exists, sum, least, greatest };

class Formula {
 public:
  enum class Op : std::uint8_t {
    constant,
    n,
    slot,
    slot_column,
    slot_first,
    slot_status,
    slot_count,
    row_column,
    request_field,
    event_id,
    event_type,
    event_key,
    event_data,
    event_attempt,
    event_correlation,
    event_causation,
    timer_key,
    memory_value,     // of a cell
    memory_contains,  // operand: the item
    memory_at,        // operand: the key
    memory_count,
    memory_first,
    both,
    either,
    negate,
    equal,
    unequal,
    less,
    less_equal,
    greater,
    greater_equal,
    add,
    subtract,
    multiply,
    divide,
    remainder,
    minus,
    conditional,
    uuid,
    now,
    of_slot,      // an aggregate over the rows of a slot
    of_table,     // an aggregate over the committed rows of a table
    times,        // how often an effect or event was done, in all or for one key
    began,        // index: the database; column: the transaction's number, or none
    oldest_open,  // index: the database; column: the table
    prepared,     // index: the database; how many of its transactions are
  };

  [[nodiscard]] sim::Value evaluate(Scope& scope) const;
  // REQUIRES: a condition. A value that is neither true nor false is a mistake.
  [[nodiscard]] bool holds(Scope& scope) const;

  Op op = Op::constant;
  sim::Value constant;
  std::uint32_t index = 0;          // slot, column or field
  std::uint32_t column = 0;         // of a slot's row
  const sim::Site* site = nullptr;  // uuid: where ids are minted
  std::string name;                 // of a field of an event's data, an effect or a type of event
  std::vector<Formula> operands;    // of an aggregate: what it is over, then its condition
  Aggregate aggregate = Aggregate::count;
  bool has_condition = false;  // an aggregate: the last operand is one
  bool is_event = false;       // times

 private:
  [[nodiscard]] sim::Value arithmetic(Scope& scope) const;
  [[nodiscard]] sim::Value comparison(Scope& scope) const;
  [[nodiscard]] sim::Value aggregated(Scope& scope) const;
  [[nodiscard]] sim::Value of_variable(Scope& scope) const;
  [[nodiscard]] sim::Value of_event(const Scope& scope) const;
  [[nodiscard]] sim::Value of_database(Scope& scope) const;
  [[nodiscard]] sim::Value remembered(Scope& scope) const;
};

}  // namespace onceward::scenarios
