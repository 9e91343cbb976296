// A multi-version database, read committed, as PostgreSQL behaves at its default isolation.
//
// Guarantees (research: PostgreSQL 15 docs, chapters 13 and 9.17; conformance facts C01 to C05):
// - a statement sees what was committed when it runs, and its own transaction's changes;
// - a writer holds its rows until its transaction ends; a second writer of the row, or of the same
//   unique key, waits and is applied anew afterwards; a cycle of waits ends with `conflict` for the
//   statement that closed it; no two rows share a unique key, be they inserted or updated;
// - sequence values are drawn at insert, are never given back and become visible at commit, so
//   their order is not the order of commits;
// - an error within a transaction aborts it: its changes and locks are gone at once, further
//   statements are refused, a commit rolls back; some profiles undo the statement only;
// - a crash of the client's process rolls its open transactions back;
// - a commit is done, not done, or done with its reply lost.
// Effects that a transaction carries become real when it commits and vanish with it.
#pragma once

#include <cstdint>
#include <vector>

#include "models/ledger.hpp"
#include "models/profiles.hpp"
#include "models/status.hpp"
#include "models/table.hpp"
#include "sim/operation.hpp"

namespace onceward::models {

// A handle to an open transaction; a default one means "outside a transaction", where each
// statement commits by itself. The handle of a transaction that has ended is refused everywhere.
struct Tx {
  std::uint32_t slot = StoredRow::kNobody;
  std::uint32_t number = 0;  // of all that used the slot
  [[nodiscard]] bool is_open() const { return slot != StoredRow::kNobody; }
};

struct StatementResult {
  Status status = Status::ok;
  std::uint32_t rows = 0;  // changed or found
};

enum class OnConflict : std::uint8_t { error, ignore, update };

class Database;

class DatabaseOperation : public sim::Operation {
 protected:
  DatabaseOperation(Database& database, Tx tx, const sim::Site& site, const sim::Window& window);
  [[nodiscard]] Database& database() const { return *database_; }
  [[nodiscard]] Tx tx() const { return tx_; }
  ~DatabaseOperation() = default;

 private:
  Database* database_;
  Tx tx_;
};

class Begin final : public DatabaseOperation {
 public:
  Begin(Database& database, const sim::Site& site);
  Tx await_resume() const;
  [[nodiscard]] std::string describe() const override;

 private:
  sim::Applied apply(sim::World& world) override;
  Tx result_;
};

// Common to the statements that change rows.
class Statement : public DatabaseOperation {
 public:
  StatementResult await_resume() const;

 protected:
  using DatabaseOperation::DatabaseOperation;
  ~Statement() = default;
  [[nodiscard]] sim::Fallible fallible() const override;
  sim::Applied apply(sim::World& world) final;
  void refused(sim::World& world) override;
  void timed_out(sim::World& world, bool done) override;
  // Does it within an open transaction and tells the trace; or names the transaction to wait for.
  virtual StatementResult run(sim::World& world, std::uint32_t slot, std::uint32_t& blocked_by) = 0;
  [[nodiscard]] virtual bool takes_sequence() const { return false; }

 private:
  StatementResult result_;
};

class Insert final : public Statement {
 public:
  // `row` must stay alive while the operation waits; the sequence column is filled in.
  Insert(Database& database, Tx tx, std::uint32_t table, const Row& row, OnConflict on_conflict,
         const sim::Site& site);
  [[nodiscard]] std::string describe() const override;

 private:
  StatementResult run(sim::World& world, std::uint32_t slot, std::uint32_t& blocked_by) override;
  [[nodiscard]] bool takes_sequence() const override;
  std::uint32_t table_;
  const Row* row_;
  OnConflict on_conflict_;
};

class Update final : public Statement {
 public:
  // A null `change` deletes.
  Update(Database& database, Tx tx, std::uint32_t table, const Where& where, const Change* change,
         const sim::Site& site);
  [[nodiscard]] std::string describe() const override;

 private:
  StatementResult run(sim::World& world, std::uint32_t slot, std::uint32_t& blocked_by) override;
  std::uint32_t table_;
  const Where* where_;
  const Change* change_;
};

struct Query {
  std::uint32_t table = 0;
  const Where* where = nullptr;  // null: every row
  int order_by = -1;             // column; rows it leaves equal come in any order
  bool descending = false;
  std::uint32_t limit = ~0U;
};

class Select final : public DatabaseOperation {
 public:
  // Copies what it finds to `found`, which must stay alive while the operation waits.
  Select(Database& database, Tx tx, const Query& query, Rows& found, const sim::Site& site);
  StatementResult await_resume() const;
  [[nodiscard]] std::string describe() const override;

 private:
  sim::Applied apply(sim::World& world) override;
  void take_next(sim::World& world, sim::Vector<const StoredRow*>& left);
  Query query_;
  Rows* found_;
  StatementResult result_;
};

class Commit final : public DatabaseOperation {
 public:
  Commit(Database& database, Tx tx, const sim::Site& site);
  Status await_resume() const;
  [[nodiscard]] std::string describe() const override;

 private:
  [[nodiscard]] sim::Fallible fallible() const override { return sim::Fallible::remote; }
  sim::Applied apply(sim::World& world) override;
  void refused(sim::World& world) override;
  void timed_out(sim::World& world, bool done) override;
  Status result_ = Status::ok;
};

class Database final : public sim::Component {
 public:
  Database(const sim::Symbol& name, sim::OwnerId owner, sim::World& world,
           const DatabaseProfile& profile, const std::vector<const TableSpec*>& tables,
           Ledger& ledger);

  Begin begin(const sim::Site& site) { return {*this, site}; }
  Insert insert(Tx tx, std::uint32_t table, const Row& row, OnConflict on_conflict,
                const sim::Site& site) {
    return {*this, tx, table, row, on_conflict, site};
  }
  Update update(Tx tx, std::uint32_t table, const Where& where, const Change& change,
                const sim::Site& site) {
    return {*this, tx, table, where, &change, site};
  }
  Update erase(Tx tx, std::uint32_t table, const Where& where, const sim::Site& site) {
    return {*this, tx, table, where, nullptr, site};
  }
  Select select(Tx tx, const Query& query, Rows& found, const sim::Site& site) {
    return {*this, tx, query, found, site};
  }
  Commit commit(Tx tx, const sim::Site& site) { return {*this, tx, site}; }

  // Ends a transaction without its changes; nothing if it is not open. Costs no step: it can
  // neither fail nor be seen.
  void rollback(sim::World& world, Tx tx);

  // Makes the effect `name` of `key` part of an open transaction.
  void carry_effect(sim::World& world, Tx tx, const sim::Symbol& effect, const sim::Value& key,
                    const sim::Site& site, const EffectValues* values = nullptr);

  // The instant at which the transaction began: its now(). REQUIRES: it is open.
  [[nodiscard]] sim::Value began(Tx tx) const { return transactions_[tx.slot]->began; }

  [[nodiscard]] const DatabaseProfile& profile() const { return *profile_; }
  [[nodiscard]] const TableSpec& spec(std::uint32_t table) const { return *tables_[table].spec; }
  [[nodiscard]] std::uint32_t table(std::string_view short_name) const;
  [[nodiscard]] const sim::Vector<Table>& tables() const { return tables_; }

  void fingerprint(sim::Hasher& hasher) const override;
  // Tells the ledger of the rows that are there at the start.
  void on_start(sim::World& world) override;
  void on_crash(sim::World& world, sim::Process& process) override;

 private:
  friend class Begin;
  friend class Statement;
  friend class Insert;
  friend class Update;
  friend class Select;
  friend class Commit;
  friend class DatabaseOperation;

  struct CarriedEffect {
    const sim::Symbol* effect;
    sim::Value key;
    EffectValues values;
    std::uint32_t entry;
  };
  struct Transaction : sim::InArena {  // operations point to its wait list, so it never moves
    sim::Process* process = nullptr;   // null: the slot is free
    std::uint32_t number = 0;          // grows whenever the slot is used; not part of the state
    bool aborted = false;
    sim::Value began;
    std::uint32_t waits_for = StoredRow::kNobody;
    std::uint32_t entry = 0;  // latest trace entry
    sim::Vector<CarriedEffect> effects;
    sim::WaitList waiting;  // statements that wait for its end
  };

  std::uint32_t open(sim::World& world, sim::Process& process);
  // Makes the changes and effects real; answers whether there were any.
  bool make_real(sim::World& world, std::uint32_t slot);
  // Undoes its changes and lets in who waits for it.
  void undo(sim::World& world, std::uint32_t slot);
  void close(sim::World& world, std::uint32_t slot);
  // Undoes it; all it can still do is end.
  void abort(sim::World& world, std::uint32_t slot);
  // A statement within it failed; what that means for the rest is the profile's.
  void statement_failed(sim::World& world, std::uint32_t slot);
  [[nodiscard]] bool has_ended(Tx tx) const;
  // Whether a statement may run: outside a transaction, or in one that is open and not aborted.
  [[nodiscard]] bool serves(Tx tx) const;
  // What the transaction's first changed row or effect is about, for people.
  [[nodiscard]] std::string first_entity(std::uint32_t slot) const;
  // Whether `slot` may not wait for `other`, because that one waits for it.
  [[nodiscard]] bool closes_cycle(std::uint32_t slot, std::uint32_t other) const;

  sim::World* world_;
  const DatabaseProfile* profile_;
  Ledger* ledger_;
  sim::Vector<Table> tables_;
  sim::Vector<Transaction*> transactions_;  // slots, reused
};

}  // namespace onceward::models
