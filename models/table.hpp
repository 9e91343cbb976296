// Tables of the database: their description and their rows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/containers.hpp"
#include "sim/symbol.hpp"
#include "sim/value.hpp"
#include "sim/world.hpp"

namespace onceward::models {

// A row: one value a column, in the order of the table's columns.
using Row = sim::Vector<sim::Value>;
using Rows = sim::Vector<Row>;

// Frozen description of a table.
struct TableSpec {
  TableSpec(const std::string& database, std::string table)
      : name(database + "." + table), short_name(std::move(table)) {}

  sim::Symbol name;        // "shop.orders"
  std::string short_name;  // "orders"
  std::vector<std::string> columns;
  int key = -1;                               // column of the primary key; -1: none
  int sequence = -1;                          // column filled from a sequence at insert; -1: none
  std::vector<int> unique;                    // columns with a unique index of their own
  std::vector<std::vector<sim::Value>> rows;  // at the start, frozen; with their sequence values
  // Some select leaves out what others hold, or is refused for it (RowLock): to hold a row is to
  // act. REQUIRES: set, where there is such a select.
  bool shows_locks = false;

  [[nodiscard]] int column(std::string_view column_name) const;
  // Whether both have one value in the key or in a unique column: they cannot stand side by side.
  [[nodiscard]] bool clash(const Row& a, const Row& b) const;
  // Whether the key or a unique column of `after` is another than that of `before`.
  [[nodiscard]] bool moves(const Row& before, const Row& after) const;
  // Whether both are versions of one row, as its key tells; without a key: whether they are equal.
  [[nodiscard]] bool is_same(const Row& a, const Row& b) const;
  // "id=o1 published=false", leaving nulls out.
  [[nodiscard]] std::string describe(const Row& row) const;
  // The columns that `after` changed: "published=true".
  [[nodiscard]] std::string difference(const Row& before, const Row& after) const;
  // A row's key, for people; all of it where there is none.
  [[nodiscard]] std::string label(const Row& row) const;
  // What a row is about, for people: its first text in key, `key` column or anywhere.
  [[nodiscard]] std::string entity(const Row& row) const;
};

// Which rows a statement is about. Called during one step; must not allocate outside the arena.
class Where {
 public:
  [[nodiscard]] virtual bool matches(sim::World& world, const Row& row) const = 0;
  // The same for a row that the statement cannot see: for people, and without a trace in the world.
  [[nodiscard]] virtual bool would_match(sim::World&, const Row&) const { return false; }

 protected:
  ~Where() = default;
};

// What an update does to a row.
class Change {
 public:
  virtual void apply(sim::World& world, Row& row) const = 0;

 protected:
  ~Change() = default;
};

// A row and the version that a transaction has not committed yet. Each writer holds the row's lock
// until its transaction ends, so there is at most one; who only locked the row holds it as well.
struct StoredRow {
  static constexpr std::uint32_t kNobody = ~0U;

  // What a snapshot goes on seeing after somebody else's commit.
  struct Old {
    std::uint32_t reader;  // slot of the transaction
    Row row;               // empty: not there
  };
  // How the row stood when its writer first changed it after setting a savepoint.
  struct Saved {
    std::size_t savepoint;  // how many there were
    bool held;              // by the writer already
    bool only_locked;
    Row pending;
  };

  Row committed;                   // empty: not there (yet)
  Row pending;                     // empty with a writer that changed it: the writer deletes it
  std::uint32_t writer = kNobody;  // slot of the transaction
  bool only_locked = false;        // the writer has changed nothing
  bool passed_over = false;        // somebody left it out or was refused because it is held
  std::uint32_t entry = 0;         // trace entry of the committed version
  std::uint32_t held_since = 0;    // trace entry at which the writer took it
  sim::Vector<Old> old;
  sim::Vector<Saved> saved;  // of the writer, by savepoint

  [[nodiscard]] bool is_dead() const {
    return committed.empty() && writer == kNobody && old.empty();
  }
  // Whether transaction `slot` has to wait for its writer.
  [[nodiscard]] bool is_locked_against(std::uint32_t slot) const {
    return writer != kNobody && writer != slot;
  }
  // Whether what becomes of the row is another's to decide.
  [[nodiscard]] bool is_changed_against(std::uint32_t slot) const {
    return is_locked_against(slot) && !only_locked;
  }
  [[nodiscard]] bool is_changed_by(std::uint32_t slot) const {
    return writer != kNobody && writer == slot && !only_locked;
  }
  // What it is now for transaction `slot`, whatever its snapshot; empty: nothing.
  [[nodiscard]] const Row& now_for(std::uint32_t slot) const {
    return is_changed_by(slot) ? pending : committed;
  }
  [[nodiscard]] const Old* old_for(std::uint32_t reader) const;
  // What transaction `reader` sees of it; null: nothing.
  [[nodiscard]] const Row* seen_by(std::uint32_t reader) const;
  // Nobody holds it any more. True if somebody was turned away while it was held.
  bool let_go();
};

// -1, 0 or 1 as `a` comes before, beside or after `b`: numbers by size, text by its bytes,
// instants by time (a `time` choice where that is open). Minted ids and values of different kinds
// are in no order: 0.
[[nodiscard]] int compare(sim::World& world, const sim::Value& a, const sim::Value& b);

struct Table {
  Table(const TableSpec& description, sim::ResourceId id, sim::ResourceId of_open)
      : spec(&description), resource(id), open_values(of_open) {}

  const TableSpec* spec;
  sim::ResourceId resource;
  sim::ResourceId open_values;  // the sequence values of rows that may yet appear
  std::int64_t next_in_sequence = 1;
  sim::Vector<StoredRow> rows;  // in the order of insertion

  // The first row that transaction `slot` finds in the way of `row`, or has to wait for because it
  // may be; not `self`. Null: none.
  [[nodiscard]] StoredRow* in_the_way_of(const Row& row, std::uint32_t slot, const StoredRow* self);
  void remove_dead();
};

}  // namespace onceward::models
