// What names mean at one place of a scenario, and formulas made from them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "models/ledger.hpp"
#include "models/table.hpp"
#include "scenarios/expression.hpp"
#include "scenarios/formula.hpp"
#include "scenarios/json.hpp"
#include "scenarios/source.hpp"

namespace onceward::scenarios {

// A variable of a handler, as `as` binds it.
struct Variable {
  std::uint32_t slot = 0;
  Slot::Kind kind = Slot::Kind::value;
  const models::TableSpec* table = nullptr;  // of row, rows and items
  std::vector<std::string> texts = {};       // of value: all that it can be; empty: anything

  // It is bound by another step as well, to one of these.
  void may_be_also(const std::vector<std::string>& more) {
    if (more.empty()) texts.clear();
    if (!texts.empty()) texts.insert(texts.end(), more.begin(), more.end());
  }
};

// The variable whose rows `path` stands for: "batch" that a select found, "sent.items" of a step in
// bulk; without a table, of a step with a mistake. Null: none.
[[nodiscard]] const Variable* find_rows(const std::map<std::string, Variable>& variables,
                                        const std::vector<std::string>& path);

// What a claim may read, and what it has been found to read.
struct StateNames {
  struct Table {
    const models::TableSpec* spec;
    std::uint32_t database;
    std::uint32_t table;
  };
  std::vector<Table> tables;
  std::vector<std::string> databases;
  const std::set<std::string>* effects = nullptr;    // that steps cause
  const std::set<std::string>* published = nullptr;  // types of events, as far as they are known
  bool publishes_any = false;   // a step calculates the type of its event, from what nobody knows
  bool is_open = false;         // mistakes may have kept effects and events from being known
  bool parts_left_out = false;  // the same of databases

  std::set<const models::TableSpec*> read;
  std::set<std::uint32_t> prepared;                // databases, of what is prepared there
  std::set<std::pair<std::string, bool>> counted;  // an effect, or (true) a type of events
};

// How a handler looks at `event.attempt`: deliveries that it cannot tell apart are one state.
struct AttemptUse {
  std::uint32_t leaves = 0;    // how often it is named
  std::uint32_t compared = 0;  // and how often of these only put in order with a number
  std::int64_t most = 0;       // the largest of these numbers

  // From which delivery on all are alike; ~0U: none are.
  [[nodiscard]] std::uint32_t seen() const;
};

// A transaction that a handler begins, by its name or its database's.
struct Begun {
  std::uint32_t database = 0;
  std::uint32_t transaction = ~0U;  // its number; of a database: whichever is open
};

struct Names {
  std::map<std::string, Variable> variables;
  bool left_out = false;  // a step with a mistake may have bound more variables
  const models::TableSpec* row = nullptr;
  bool row_left_out = false;  // there is one, and a mistake keeps its table from being known
  const models::RequestSpec* request = nullptr;
  bool sent_left_out = false;  // mistakes may have kept fields of the request from being known
  bool has_event = false;
  AttemptUse* attempts = nullptr;  // where deliveries of the event are counted
  bool has_timer = false;
  const std::vector<models::CellSpec>* memory = nullptr;  // of the process
  bool has_n = false;
  StateNames* state = nullptr;            // of obligations and goals on states
  bool runs = false;                      // within a handler: uuid() and now() make sense
  std::shared_ptr<const sim::Site> site;  // where uuid() mints
  std::map<std::string, Begun> begun;     // now(DB)
  std::map<std::string, std::pair<std::uint32_t, std::uint32_t>> sequences;  // oldest_open(TABLE)
  bool* asks_when = nullptr;                                                 // set by now(DB)
};

// The formula of `expression`; nothing, with a message, if a name is unknown or a type is wrong.
[[nodiscard]] std::optional<Formula> resolve(const Expression& expression, const Names& names,
                                             Problems& problems);

// now(DB) or oldest_open(TABLE): a call that is about a database.
[[nodiscard]] bool asks_database(const Expression& call);
[[nodiscard]] std::optional<Formula> resolve_question(const Expression& call, const Names& names,
                                                      Problems& problems);

// A value of the language: plain JSON, or an expression in a text that starts with `=`.
[[nodiscard]] std::optional<Formula> read_value(const Node& node, const Names& names,
                                                Problems& problems);

// A text that is always an expression; the `=` may be left out.
[[nodiscard]] std::optional<Formula> read_formula(const Node& node, const Names& names,
                                                  Problems& problems);

// A text that is always an expression (`where`, `if`, `when`) and must be true or false.
[[nodiscard]] std::optional<Formula> read_condition(const Node& node, const Names& names,
                                                    Problems& problems);

}  // namespace onceward::scenarios
