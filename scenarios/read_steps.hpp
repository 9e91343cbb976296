// Reading the steps of one handler.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "scenarios/reading.hpp"

namespace onceward::scenarios {

// A word that an expression reads as one name and that means nothing else there.
[[nodiscard]] bool is_variable(std::string_view word);
[[nodiscard]] bool is_reserved(std::string_view word);

class StepReader {
 public:
  StepReader(Reading& reading, Handler& handler, const ServiceDescription& service);

  [[nodiscard]] Block read_block(const Node& steps, const std::string& at);
  [[nodiscard]] std::uint32_t slots() const { return slots_; }
  // Whether any step is an `ack`.
  [[nodiscard]] bool acknowledges() const { return acknowledges_; }
  [[nodiscard]] std::uint32_t attempts_seen() const { return attempts_.seen(); }

 private:
  // Of a step that cannot be read nobody knows what it would have bound, begun or caused.
  bool leave_out();
  bool read_step(const Node& node, const std::string& at, Step& step);
  bool does_one_thing(const Node& node, const StepHelp& help);
  bool read_word(const Node& node, const StepHelp& help, Step& step);
  bool read_fields(const Fields& fields, const Node& subject, const std::string& at, Step& step);
  bool read_publish(const Fields& fields, const Node& subject, Step& step);
  // What it publishes.
  bool read_message(const Fields& fields, const Node& subject, Step& step);
  // The values that an effect or events of a type are given, for obligations that compare them.
  void note_carried(const std::string& what, const Step& step);
  bool read_effect(const Fields& fields, const Node& subject, Step& step);
  bool read_call(const Fields& fields, const Node& subject, Step& step);
  bool read_if(const Fields& fields, const Node& subject, const std::string& at, Step& step);
  bool read_loop(const Fields& fields, const Node& subject, const std::string& at, Step& step);
  bool read_while(const Fields& fields, const Node& subject, const std::string& at, Step& step);
  bool read_either(const Fields& fields, const Node& subject, const std::string& at, Step& step);
  bool read_ways(const Node& subject, const std::string& at, Step& step);
  template <class Read>
  auto read_as_task(const Read& read);
  bool read_branches(const Fields& fields, const Node& subject, const std::string& at, Step& step);
  bool read_spawn(const Node& subject, const std::string& at, Step& step);
  bool read_shield(const Node& subject, const std::string& at, Step& step);
  // Whether a `break` or `continue` has a loop around it; complains if not.
  bool check_looping(const Node& node, const StepHelp& help);
  bool find_rows(const Node& list, std::uint32_t& slot, const models::TableSpec*& table);
  void read_on_error(const Node& node, const std::string& at, Step& step);
  void read_common(const Fields& fields, const std::string& at, Step& step);

  // statements (read_statements.cpp)
  bool read_in(const Fields& fields, Step& step);
  bool read_database_step(const Fields& fields, const Node& subject, Step& step);
  void read_about_unknown(const Fields& fields);
  bool read_row(const Fields& fields, std::string_view name, models::TableSpec& table, Step& step);
  bool read_query(const Fields& fields, const models::TableSpec& table, Step& step);

  // what is of the process, and stores (read_process.cpp)
  bool read_store_step(const Fields& fields, const Node& subject, Step& step);
  const models::CellSpec* find_cell(const Node& name, Step& step);
  bool read_memory_step(const Fields& fields, const Node& subject, Step& step);
  bool read_wait_until(const Node& subject, Step& step);
  bool read_lock(const Fields& fields, const Node& subject, const std::string& at, Step& step);
  bool read_timer_step(const Fields& fields, const Node& subject, Step& step);
  std::optional<sim::Window> read_window_or_duration(const Node& node);
  void read_window_of(const Fields& fields, Step& step);
  // Names with values, as of `data` and `with`.
  bool read_data(const Fields& fields, const char* name, Step& step);

  // steps in bulk (read_bulk.cpp)
  bool read_batch(const Fields& fields, const Node& subject, Step& step);
  bool may_be_batch(const Node& list);
  bool name_item(const Node& item, const models::TableSpec* table, Step& step);
  // The rows of a batch with what became of each; null, with a message, if `table` leaves no room
  // for that.
  const models::TableSpec* answered_items(const models::TableSpec& table, const Node& list);

  // transactions (read_transactions.cpp)
  bool read_transaction_step(const Fields& fields, const Node& subject, const std::string& at,
                             Step& step);
  bool read_begin(const Fields& fields, const Node& subject, Step& step);
  // The transaction that `node` names, by itself or its database; a step before must begin it.
  bool find_transaction(const Node& node, Step& step);
  bool name_transaction(const Node& as, Step& step);
  bool read_savepoint(const Node& name, const Node& in, Step& step);
  bool read_rollback(const Fields& fields, const Node& subject, Step& step);
  bool read_hook(const Fields& fields, const Node& subject, const std::string& at, Step& step);
  bool read_row_lock(const Fields& fields, Step& step);

  bool formula(const Node* node, Formula& into, bool& has);

  // names of results (read_variables.cpp)
  // Whether a variable may be called so here; complains if not.
  bool can_name(const Node& as);
  // The slot of the variable that `as` names; a name is bound again by a later step only to the
  // same kind of thing. Kind `empty`: of a step with a mistake, so that anything may be read of it.
  // `texts`: all that a value can be; empty: anything.
  void bind(const Fields& fields, Slot::Kind kind, const models::TableSpec* table, Step& step,
            const std::vector<std::string>& texts = {});
  void bind_result(const Fields& fields, Step& step);

  Reading& reading_;
  Problems& problems_;
  Handler& handler_;
  const ServiceDescription& service_;
  Names names_;
  // Begun by steps before, on databases by number, under their names, and their savepoints.
  std::set<std::uint32_t> begun_;
  std::map<std::string, Begun> transactions_;
  std::map<std::uint32_t, std::set<std::string>> savepoints_;
  bool begins_unknown_ = false;        // a step begins a transaction on an unknown database
  std::vector<std::string> in_loops_;  // lists and elements of the loops around
  int loops_ = 0;                      // around the step that is read
  int branches_ = 0;                   // around it, as far as they can be cut short
  bool spawned_ = false;               // it may run when the handler has ended
  std::vector<std::string> locks_;     // held where it stands
  std::map<const models::TableSpec*, models::TableSpec> items_;  // by the table of the batch
  std::uint32_t slots_ = 0;
  bool acknowledges_ = false;
  AttemptUse attempts_;
};

}  // namespace onceward::scenarios
