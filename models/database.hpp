// A multi-version database, as PostgreSQL behaves.
//
// Guarantees (research: PostgreSQL 15 docs, chapters 13 and 9.17; conformance facts C01 to C08):
// - read committed: a statement sees what was committed when it runs, and its own transaction's
//   changes; the levels above see what was committed at the transaction's first statement;
// - a writer holds its rows until its transaction ends, as does who locks them in a select; a
//   second writer of the row, or of the same unique key, waits and is applied anew afterwards; a
//   cycle of waits ends with `conflict` for the statement that closed it; no two rows share a
//   unique key, be they inserted or updated;
// - a lock in a select waits for rows that others hold, leaves them out, or answers `conflict`;
// - above read committed who would change or lock a row that another has changed since the snapshot
//   gets `conflict`;
// - serializable: no outcome but one of the transactions one after the other; who would close a
//   dangerous circle gets `conflict` when it commits or prepares. What it reads counts by table, as
//   PostgreSQL does for tables that it scans: some who get `conflict` would have done no harm;
// - a savepoint keeps what was done before it: a rollback to it undoes the rest, and an error too;
// - a prepared transaction belongs to no process: it keeps its changes and rows, whoever crashes,
//   until it is decided by its id;
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

#include "models/database_operations.hpp"
#include "models/ledger.hpp"
#include "models/profiles.hpp"

namespace onceward::models {

class Database final : public sim::Component {
 public:
  Database(const sim::Symbol& name, sim::OwnerId owner, sim::World& world,
           const DatabaseProfile& profile, const std::vector<const TableSpec*>& tables,
           Ledger& ledger);

  Begin begin(const sim::Site& site) { return {*this, {}, site}; }
  Begin begin(const BeginOptions& options, const sim::Site& site) { return {*this, options, site}; }
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
  Prepare prepare(Tx tx, const sim::Value& id, const sim::Site& site) {
    return {*this, tx, id, site};
  }
  Decide commit_prepared(const sim::Value& id, const sim::Site& site) {
    return {*this, id, true, site};
  }
  Decide rollback_prepared(const sim::Value& id, const sim::Site& site) {
    return {*this, id, false, site};
  }
  ListPrepared prepared(Rows& found, const sim::Site& site) { return {*this, found, site}; }

  // Ends a transaction without its changes; nothing if it is not open. Costs no step: it can
  // neither fail nor be seen.
  void rollback(sim::World& world, Tx tx);

  // Sets a savepoint; one of the same name is hidden until this one is undone. `refused` if the
  // transaction has ended or is aborted. As a rollback, it costs no step.
  Status savepoint(sim::World& world, Tx tx, const sim::Symbol& savepoint);
  // Undoes what was done since, an error too; the savepoint stays. `refused` if the transaction has
  // ended or there is none of that name.
  Status rollback_to(sim::World& world, Tx tx, const sim::Symbol& savepoint);

  // Makes the effect `name` of `key` part of an open transaction.
  void carry_effect(sim::World& world, Tx tx, const sim::Symbol& effect, const sim::Value& key,
                    const sim::Site& site, const EffectValues* values = nullptr);

  // The instant at which the transaction began: its now(). REQUIRES: it is open and stamped.
  [[nodiscard]] sim::Value began(Tx tx) const { return transactions_[tx.slot]->began; }

  // The least sequence value of the table that may yet become visible: it was drawn by a
  // transaction that has not ended. Null: none.
  [[nodiscard]] sim::Value oldest_open(sim::World& world, std::uint32_t table) const;

  // How many transactions are prepared and not decided yet.
  [[nodiscard]] std::int64_t count_prepared() const;

  // Adds who `tx` is, whatever it is called inside.
  void fingerprint(sim::Hasher& hasher, Tx tx) const;

  [[nodiscard]] const DatabaseProfile& profile() const { return *profile_; }
  [[nodiscard]] const TableSpec& spec(std::uint32_t table) const { return *tables_[table].spec; }
  [[nodiscard]] std::uint32_t table(std::string_view short_name) const;
  [[nodiscard]] const sim::Vector<Table>& tables() const { return tables_; }

  void fingerprint(sim::Hasher& hasher) const override;
  // Tells the ledger of the rows that are there at the start.
  void on_start(sim::World& world) override;
  void on_crash(sim::World& world, sim::Process& process) override;
  [[nodiscard]] bool minds(const sim::World& world, const sim::Process& process) const override;

 private:
  friend class Begin;
  friend class Statement;
  friend class Insert;
  friend class Update;
  friend class Select;
  friend class Ending;
  friend class Commit;
  friend class Prepare;
  friend class Decide;
  friend class ListPrepared;
  friend class DatabaseOperation;

  struct CarriedEffect {
    const sim::Symbol* effect;
    sim::Value key;
    EffectValues values;
    std::uint32_t entry;
  };
  struct Savepoint {
    const sim::Symbol* name;
    std::size_t effects;  // carried before it
  };
  // What it and those beside it have read and written, a bit a table; several may share one.
  using TableSet = std::uint64_t;
  struct Transaction : sim::InArena {  // operations point to its wait list, so it never moves
    enum class Phase : std::uint8_t { free, open, prepared };
    Phase phase = Phase::free;
    sim::Process* process = nullptr;  // open: whose it is
    std::uint64_t id = 0;
    bool exact = false;  // it was begun by a task that counts by its state, not by its history
    bool aborted = false;
    bool was_given_way = false;  // another was rolled back so that its statement may go on
    Isolation isolation = Isolation::read_committed;
    bool has_snapshot = false;
    bool is_pivot = false;          // prepared: it has read what one before it wrote
    TableSet reads = 0;             // serializable only, as the next three
    TableSet written_beside = 0;    // by those that committed since its snapshot
    TableSet written_by_pivot = 0;  // by those of them that read what others of them wrote
    TableSet read_beside = 0;       // by those that committed since its snapshot
    sim::Value prepared_as;
    sim::Vector<Savepoint> savepoints;
    sim::Value began;
    std::uint32_t waits_for = StoredRow::kNobody;
    std::uint32_t wanted_since = 0;  // trace entry at which that one took what it waits for
    sim::Vector<CarriedEffect> effects;
    sim::WaitList waiting;  // statements that wait for its end
  };

  // The rows of a table that a run of a handler knows of: those its latest select there saw, and
  // what it wrote since. For people: kept only while there is a trace.
  struct Known {
    sim::Hash128 run;
    std::uint32_t table;
    std::uint32_t entry;  // of that select
    std::uint32_t step;
    Rows rows;
  };
  // Null: the run that acts has selected nothing from `table`.
  [[nodiscard]] Known* known_to(const sim::Activity& run, std::uint32_t table);
  // The run that acts has written `row`.
  void note_written(const sim::Activity& run, std::uint32_t table, const Row& row);

  std::uint32_t open(sim::World& world, const sim::Activity& by, std::uint64_t id,
                     const BeginOptions& options);
  // Makes the changes and effects real; answers whether there were any.
  bool make_real(sim::World& world, std::uint32_t slot);
  // Undoes its changes and lets in who waits for it.
  void undo(sim::World& world, std::uint32_t slot);
  // The same for its changes since its savepoint number `savepoint`, from 1.
  void undo_to(sim::World& world, std::uint32_t slot, std::size_t savepoint);
  void let_in(sim::World& world, std::uint32_t slot);
  // Wakes who saw the rows of `table` as they were while the transaction held them.
  static void held_no_more(sim::World& world, Table& table, bool changed, bool seen_held);
  void close(sim::World& world, std::uint32_t slot);
  // Its process leaves it, prepared under `id`.
  void leave(sim::World& world, std::uint32_t slot, const sim::Value& id);
  void prepared_changed(sim::World& world);
  // Undoes it, or what it did since its latest savepoint; it can end, or roll back to a savepoint.
  void abort(sim::World& world, std::uint32_t slot);
  // A statement within it failed; what that means for the rest is the profile's.
  void statement_failed(sim::World& world, std::uint32_t slot);
  // Makes `version` what the transaction has of `row`; empty deletes it. It holds the row.
  void change(std::uint32_t slot, StoredRow& row, Row version);
  void hold(std::uint32_t slot, StoredRow& row);
  // What a statement of the transaction that may have come to hold rows of `table` has done: others
  // see it that do not just wait.
  [[nodiscard]] sim::Applied held(std::uint32_t slot, std::uint32_t table, bool holds);
  void save(std::uint32_t slot, StoredRow& row) const;
  // A statement begins that is about `table`, and reads it or not: the transaction's snapshot is
  // taken if it has none.
  void look(std::uint32_t slot, std::uint32_t table, bool reads);
  // Keeps what others' snapshots see of `row`, which `slot` is about to make another.
  void keep_for_snapshots(std::uint32_t slot, StoredRow& row) const;
  void drop_snapshot(std::uint32_t slot);
  [[nodiscard]] TableSet written_by(std::uint32_t slot) const;
  // Whether it would close a dangerous circle of reads and writes.
  [[nodiscard]] bool endangers(std::uint32_t slot) const;
  // From now on it counts as committed for those beside it.
  void tell_those_beside(std::uint32_t slot);
  [[nodiscard]] std::uint32_t find_prepared(const sim::Value& id) const;
  [[nodiscard]] bool has_ended(Tx tx) const;
  // Whether a statement may run: outside a transaction, or in one that is open and not aborted.
  [[nodiscard]] bool serves(Tx tx) const;
  // What the transaction's first changed row or effect is about, for people.
  [[nodiscard]] std::string first_entity(std::uint32_t slot) const;
  // Whose transaction it is, for people.
  [[nodiscard]] std::string holder_text(std::uint32_t slot) const;
  // Whether `slot` may not wait for `other`, because that one waits for it.
  [[nodiscard]] bool closes_cycle(std::uint32_t slot, std::uint32_t other) const;
  // The same; and aborts it, as then nobody would ever go on.
  bool must_not_wait(sim::World& world, const DatabaseOperation& operation, std::uint32_t slot,
                     const StoredRow& row);
  // fingerprint (database_state.cpp)
  void add_name(sim::Hasher& hasher, std::uint32_t slot) const;
  void add_row(sim::Hasher& hasher, const StoredRow& row) const;
  void add_transaction(sim::Hasher& hasher, std::uint32_t slot) const;

  sim::World* world_;
  const DatabaseProfile* profile_;
  Ledger* ledger_;
  sim::Vector<Table> tables_;
  sim::Vector<Transaction*> transactions_;  // slots, reused
  sim::ResourceId prepared_;                // which transactions are
  sim::Vector<Known> known_;                // in no fingerprint
};

}  // namespace onceward::models
