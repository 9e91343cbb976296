// What one can do with a database, one operation each; models/database.hpp says what they mean.
#pragma once

#include <cstdint>
#include <string>

#include "models/status.hpp"
#include "models/table.hpp"
#include "sim/operation.hpp"

namespace onceward::models {

// A handle to an open transaction; a default one means "outside a transaction", where each
// statement commits by itself. The handle of a transaction that has ended is refused everywhere.
struct Tx {
  std::uint32_t slot = StoredRow::kNobody;
  std::uint64_t id = 0;  // causal, of its begin
  [[nodiscard]] bool is_open() const { return slot != StoredRow::kNobody; }
};

struct StatementResult {
  Status status = Status::ok;
  std::uint32_t rows = 0;  // changed or found
};

enum class OnConflict : std::uint8_t { error, ignore, update };
enum class Isolation : std::uint8_t { read_committed, repeatable_read, serializable };

// What a select does about rows that others hold; all but `none` then hold what they found.
enum class RowLock : std::uint8_t {
  none,
  update,       // waits for them
  skip_locked,  // leaves them out
  nowait,       // answers `conflict`
};

struct BeginOptions {
  Isolation isolation = Isolation::read_committed;
  bool stamped = true;  // somebody will ask when it began
};

class Database;

class DatabaseOperation : public sim::Operation {
 protected:
  DatabaseOperation(Database& database, Tx tx, const sim::Site& site, const sim::Window& window);
  [[nodiscard]] Database& database() const { return *database_; }
  [[nodiscard]] Tx tx() const { return tx_; }
  // `conflict`, told: what it is about is not any more as its snapshot has it.
  [[nodiscard]] StatementResult changed_since(sim::World& world, const TableSpec& spec,
                                              const StoredRow& row) const;
  // The trace entry that this one follows from; 0 if nothing led to it but time.
  [[nodiscard]] std::uint32_t led_here(const sim::World& world) const;
  // What `where` is about in `table` and a statement of `slot` cannot see, as another transaction
  // has inserted it and not committed. For people.
  [[nodiscard]] sim::Vector<const StoredRow*> overlooked(sim::World& world, std::uint32_t table,
                                                         std::uint32_t slot,
                                                         const Where* where) const;
  // Says of an entry that it found `nothing`, or did not see those `rows`.
  void tell_missed(const sim::World& world, const TableSpec& spec, bool nothing,
                   const sim::Vector<const StoredRow*>& rows, sim::TraceEntry& entry) const;
  // From now on its run knows of the rows that it `found` and of those that `where` is not about;
  // `entry` tells of it.
  void note_look(sim::World& world, std::uint32_t table, const Where* where, const Rows& found,
                 std::uint32_t entry) const;
  // Says of an entry that changes `row` as `seen` that the run's own select had not found it, if
  // so.
  void tell_unlooked(std::uint32_t table, const StoredRow& row, const Row& seen,
                     sim::TraceEntry& entry) const;
  // Waits for whoever holds `row` of `table`.
  void wait_for(const StoredRow& row, std::uint32_t table);
  ~DatabaseOperation() = default;

 private:
  [[nodiscard]] bool describe_wait(sim::TraceEntry& entry) const override;
  Database* database_;
  Tx tx_;
  const StoredRow* wanted_ = nullptr;  // known only in the step in which it becomes blocked
  std::uint32_t wanted_in_ = 0;
};

class Begin final : public DatabaseOperation {
 public:
  Begin(Database& database, const BeginOptions& options, const sim::Site& site);
  Tx await_resume() const;
  [[nodiscard]] std::string describe() const override;
  // Its snapshot is taken by its first statement; only the instant at which it began can be seen.
  [[nodiscard]] bool is_local(const sim::World&) const override {
    return !options_.stamped && is_own();
  }

 private:
  sim::Applied apply(sim::World& world) override;
  BeginOptions options_;
  Tx result_;
};

// Common to the statements that change rows.
class Statement : public DatabaseOperation {
 public:
  StatementResult await_resume() const;

 protected:
  Statement(Database& database, Tx tx, std::uint32_t table, const sim::Site& site);
  ~Statement() = default;
  [[nodiscard]] sim::Fallible fallible() const override;
  sim::Applied apply(sim::World& world) final;
  void refused(sim::World& world) override;
  void timed_out(sim::World& world, bool done) override;
  // Does it within an open transaction and tells the trace; or names the row to wait for.
  virtual StatementResult run(sim::World& world, std::uint32_t slot,
                              const StoredRow*& blocked_by) = 0;
  [[nodiscard]] virtual bool takes_sequence() const { return false; }
  // Whether it depends on rows that are there; a unique key does not count.
  [[nodiscard]] virtual bool reads() const { return true; }
  std::uint32_t table_;

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
  StatementResult run(sim::World& world, std::uint32_t slot, const StoredRow*& blocked_by) override;
  [[nodiscard]] bool takes_sequence() const override;
  [[nodiscard]] bool reads() const override { return on_conflict_ == OnConflict::update; }
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
  StatementResult run(sim::World& world, std::uint32_t slot, const StoredRow*& blocked_by) override;
  const Where* where_;
  const Change* change_;
};

struct Query {
  std::uint32_t table = 0;
  const Where* where = nullptr;  // null: every row
  int order_by = -1;             // column; rows it leaves equal come in any order
  bool descending = false;
  std::uint32_t limit = ~0U;
  RowLock lock = RowLock::none;  // outside a transaction it is gone at once, but still waits
};

class Select final : public DatabaseOperation {
 public:
  // Copies what it finds to `found`, which must stay alive while the operation waits.
  Select(Database& database, Tx tx, const Query& query, Rows& found, const sim::Site& site);
  StatementResult await_resume() const;
  [[nodiscard]] std::string describe() const override;

 private:
  sim::Applied apply(sim::World& world) override;
  // The rows that match, without those it leaves out.
  [[nodiscard]] sim::Vector<StoredRow*> candidates(sim::World& world);
  void take_next(sim::World& world, sim::Vector<StoredRow*>& left);
  // Holds the rows found; `done` if it got them or never will, as the result then says.
  sim::Applied lock(sim::World& world, const sim::Vector<StoredRow*>& rows);
  void tell(sim::World& world, std::size_t all, const sim::Vector<std::uint32_t>& entries) const;
  Query query_;
  Rows* found_;
  StatementResult result_;
};

// Common to what ends a transaction, or takes it from its process.
class Ending : public DatabaseOperation {
 public:
  Status await_resume() const;

 protected:
  Ending(Database& database, Tx tx, const sim::Site& site);
  ~Ending() = default;
  // Whether a transaction in `slot` may become real or be promised to; tells why it may not.
  [[nodiscard]] bool may_last(sim::World& world, std::uint32_t slot);
  void tell(sim::World& world, std::uint32_t slot, const char* verb);
  void refused(sim::World& world) override;
  void timed_out(sim::World& world, bool done) override;
  Status result_ = Status::ok;

 private:
  [[nodiscard]] sim::Fallible fallible() const override { return sim::Fallible::remote; }
};

class Commit final : public Ending {
 public:
  Commit(Database& database, Tx tx, const sim::Site& site) : Ending(database, tx, site) {}
  [[nodiscard]] std::string describe() const override;

 private:
  sim::Applied apply(sim::World& world) override;
};

// The first phase of a two-phase commit. An id that another has answers `refused`, and the
// transaction is rolled back.
class Prepare final : public Ending {
 public:
  Prepare(Database& database, Tx tx, const sim::Value& id, const sim::Site& site)
      : Ending(database, tx, site), id_(id) {}
  [[nodiscard]] std::string describe() const override;

 private:
  sim::Applied apply(sim::World& world) override;
  sim::Value id_;
};

// The second one, by whoever knows the id; `refused` if nothing is prepared under it.
class Decide final : public Ending {
 public:
  Decide(Database& database, const sim::Value& id, bool commits, const sim::Site& site)
      : Ending(database, {}, site), id_(id), commits_(commits) {}
  [[nodiscard]] std::string describe() const override;

 private:
  sim::Applied apply(sim::World& world) override;
  sim::Value id_;
  bool commits_;
};

// The ids of what is prepared: rows of one column, in any order.
class ListPrepared final : public DatabaseOperation {
 public:
  ListPrepared(Database& database, Rows& found, const sim::Site& site);
  StatementResult await_resume() const;
  [[nodiscard]] std::string describe() const override;

 private:
  sim::Applied apply(sim::World& world) override;
  Rows* found_;
};

}  // namespace onceward::models
