// An expression of a scenario with its names resolved: what the interpreter evaluates.
//
// Values are typed at run time; what can be known on reading (literals, comparisons, durations) is
// checked then. A mistake that only a run can meet (adding a row that is not there) is reported to
// the Scope, ends the run and is exit 2, never a finding about the design.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/message.hpp"
#include "models/table.hpp"
#include "sim/value.hpp"
#include "sim/world.hpp"

namespace onceward::scenarios {

// What a variable of a handler run holds: a value, the result of an operation, or rows.
struct Slot {
  enum class Kind : std::uint8_t { empty, value, result, row, rows };
  Kind kind = Kind::empty;
  sim::Value value;            // value; the status of a result, as text
  std::int64_t row_count = 0;  // result: rows changed or found
  models::Row row;
  models::Rows rows;
};

// What an expression may read. Null: not in scope, which the reader has made sure is not used.
struct Scope {
  sim::World* world = nullptr;
  const sim::Vector<Slot>* slots = nullptr;
  const models::Row* row = nullptr;        // `row`
  const models::Row* request = nullptr;    // `request`
  const models::Message* event = nullptr;  // `event`
  std::int64_t n = 0;                      // `n`: which of the `times` of a request
  const char* mistake = nullptr;           // set by the first mistake; a frozen text
};

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
    count,
  };

  [[nodiscard]] sim::Value evaluate(Scope& scope) const;
  // REQUIRES: a condition. A value that is neither true nor false is a mistake.
  [[nodiscard]] bool holds(Scope& scope) const;

  Op op = Op::constant;
  sim::Value constant;
  std::uint32_t index = 0;          // slot, column or field
  std::uint32_t column = 0;         // of a slot's row
  const sim::Site* site = nullptr;  // uuid: where ids are minted
  std::string name;                 // of a field of an event's data
  std::vector<Formula> operands;

 private:
  [[nodiscard]] sim::Value arithmetic(Scope& scope) const;
  [[nodiscard]] sim::Value comparison(Scope& scope) const;
};

}  // namespace onceward::scenarios
