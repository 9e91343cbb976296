// What a database keeps beside its latest rows: snapshots, reads of serializable transactions,
// savepoints; and its fingerprint.
#include <algorithm>
#include <utility>
#include <vector>

#include "models/database.hpp"
#include "sim/assert.hpp"

namespace onceward::models {

// ---- snapshots -------------------------------------------------------------------------------

void Database::look(std::uint32_t slot, std::uint32_t table, bool reads) {
  Transaction& transaction = *transactions_[slot];
  if (transaction.isolation == Isolation::read_committed) return;
  const bool first = !std::exchange(transaction.has_snapshot, true);
  if (transaction.isolation != Isolation::serializable) return;
  if (reads) transaction.reads |= TableSet{1} << table % 64;
  if (!first) return;
  // What is prepared by then will commit, and was promised to when it was prepared.
  for (std::uint32_t other = 0; other < transactions_.size(); ++other) {
    const Transaction& each = *transactions_[other];
    if (each.phase != Transaction::Phase::prepared) continue;
    if (each.isolation != Isolation::serializable) continue;
    transaction.written_beside |= written_by(other);
    if (each.is_pivot) transaction.written_by_pivot |= written_by(other);
    transaction.read_beside |= each.reads;
  }
}

void Database::keep_for_snapshots(std::uint32_t slot, StoredRow& row) const {
  if (row.committed.empty() && row.pending.empty()) return;
  for (std::uint32_t other = 0; other < transactions_.size(); ++other) {
    if (other == slot || !transactions_[other]->has_snapshot) continue;
    if (row.old_for(other) == nullptr) row.old.push_back({other, row.committed});
  }
}

void Database::drop_snapshot(std::uint32_t slot) {
  if (!std::exchange(transactions_[slot]->has_snapshot, false)) return;
  for (Table& table : tables_) {
    for (StoredRow& row : table.rows) {
      row.old.erase(std::remove_if(row.old.begin(), row.old.end(),
                                   [&](const StoredRow::Old& old) { return old.reader == slot; }),
                    row.old.end());
    }
    table.remove_dead();
  }
}

// ---- serializable ----------------------------------------------------------------------------
//
// A read that does not see a write beside it comes before it. An outcome that no order explains
// needs one who reads what a second wrote, while the second read what a third wrote that committed
// first (Cahill; PostgreSQL does the same). The last of them to commit gets the conflict.

Database::TableSet Database::written_by(std::uint32_t slot) const {
  TableSet written = 0;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    const auto& rows = tables_[i].rows;
    if (std::any_of(rows.begin(), rows.end(),
                    [&](const StoredRow& row) { return row.is_changed_by(slot); })) {
      written |= TableSet{1} << i % 64;
    }
  }
  return written;
}

bool Database::endangers(std::uint32_t slot) const {
  const Transaction& transaction = *transactions_[slot];
  if (transaction.isolation != Isolation::serializable) return false;
  if ((transaction.reads & transaction.written_beside) == 0) return false;
  if ((transaction.reads & transaction.written_by_pivot) != 0) return true;
  const TableSet written = written_by(slot);
  if ((written & transaction.read_beside) != 0) return true;
  for (std::uint32_t other = 0; other < transactions_.size(); ++other) {
    const Transaction& each = *transactions_[other];
    const bool beside = other != slot && each.has_snapshot && !each.aborted;
    if (beside && (each.reads & written) != 0) return true;
  }
  return false;
}

void Database::tell_those_beside(std::uint32_t slot) {
  Transaction& transaction = *transactions_[slot];
  if (transaction.isolation != Isolation::serializable) return;
  transaction.is_pivot = (transaction.reads & transaction.written_beside) != 0;
  const TableSet written = written_by(slot);
  for (std::uint32_t other = 0; other < transactions_.size(); ++other) {
    Transaction& each = *transactions_[other];
    if (other == slot || !each.has_snapshot) continue;
    if (each.isolation != Isolation::serializable) continue;
    each.written_beside |= written;
    if (transaction.is_pivot) each.written_by_pivot |= written;
    each.read_beside |= transaction.reads;
  }
}

// ---- savepoints ------------------------------------------------------------------------------

Status Database::savepoint(sim::World& world, Tx tx, const sim::Symbol& savepoint) {
  if (!tx.is_open() || !serves(tx)) return Status::refused;
  const sim::Arena::Entered entered(world.arena(), owner());
  Transaction& transaction = *transactions_[tx.slot];
  transaction.savepoints.push_back({&savepoint, transaction.effects.size()});
  return Status::ok;
}

Status Database::rollback_to(sim::World& world, Tx tx, const sim::Symbol& savepoint) {
  if (!tx.is_open() || has_ended(tx)) return Status::refused;
  Transaction& transaction = *transactions_[tx.slot];
  std::size_t number = transaction.savepoints.size();
  while (number > 0 && transaction.savepoints[number - 1].name->hash != savepoint.hash) --number;
  if (number == 0) return Status::refused;
  const sim::Arena::Entered entered(world.arena(), owner());
  undo_to(world, tx.slot, number);
  transaction.aborted = false;
  return Status::ok;
}

void Database::save(std::uint32_t slot, StoredRow& row) const {
  const std::size_t savepoint = transactions_[slot]->savepoints.size();
  if (savepoint == 0) return;
  if (!row.saved.empty() && row.saved.back().savepoint == savepoint) return;
  row.saved.push_back({savepoint, row.writer == slot, row.only_locked, row.pending});
}

void Database::undo_to(sim::World& world, std::uint32_t slot, std::size_t savepoint) {
  for (Table& table : tables_) {
    bool changed = false;
    bool seen_held = false;
    for (StoredRow& row : table.rows) {
      if (row.writer != slot) continue;
      const auto before =
          std::find_if(row.saved.begin(), row.saved.end(),
                       [&](const StoredRow::Saved& saved) { return saved.savepoint >= savepoint; });
      if (before == row.saved.end()) continue;
      changed = changed || !row.only_locked;
      if (!before->held) {
        seen_held = row.let_go() || seen_held;
        continue;
      }
      row.only_locked = before->only_locked;
      row.pending = before->pending;
      row.saved.erase(before, row.saved.end());
    }
    held_no_more(world, table, changed, seen_held);
  }
  Transaction& transaction = *transactions_[slot];
  auto& points = transaction.savepoints;
  points.erase(points.begin() + static_cast<std::ptrdiff_t>(savepoint), points.end());
  auto& effects = transaction.effects;
  effects.erase(effects.begin() + static_cast<std::ptrdiff_t>(points.back().effects),
                effects.end());
  let_in(world, slot);
}

// ---- what others may ask ---------------------------------------------------------------------

std::uint32_t Database::find_prepared(const sim::Value& id) const {
  for (std::uint32_t slot = 0; slot < transactions_.size(); ++slot) {
    const Transaction& each = *transactions_[slot];
    if (each.phase == Transaction::Phase::prepared && each.prepared_as == id) return slot;
  }
  return StoredRow::kNobody;
}

std::int64_t Database::count_prepared() const {
  return std::count_if(transactions_.begin(), transactions_.end(), [](const Transaction* each) {
    return each->phase == Transaction::Phase::prepared;
  });
}

sim::Value Database::oldest_open(sim::World& world, std::uint32_t table) const {
  const Table& in = tables_[table];
  world.read(in.open_values);
  const auto column = static_cast<std::size_t>(in.spec->sequence);
  sim::Value oldest;
  for (const StoredRow& row : in.rows) {
    if (!row.committed.empty() || row.pending.empty()) continue;
    const sim::Value& value = row.pending[column];
    if (oldest.is_null() || value.number() < oldest.number()) oldest = value;
  }
  return oldest;
}

// ---- fingerprint -----------------------------------------------------------------------------
//
// Which slot a transaction has says only how it came about. So transactions are named by the ids of
// their begins: renamed, like all ids, where the task that began it is known by its state; as they
// are, where it is known by its history, from which they follow.

void Database::add_name(sim::Hasher& hasher, std::uint32_t slot) const {
  if (slot == StoredRow::kNobody) {
    hasher.add(0);
    return;
  }
  const Transaction& transaction = *transactions_[slot];
  hasher.add(transaction.exact ? 1 : 2);
  if (transaction.exact) {
    hasher.add_minted(transaction.id);
  } else {
    hasher.add(transaction.id);
  }
}

void Database::fingerprint(sim::Hasher& hasher, Tx tx) const {
  if (tx.is_open()) hasher.look_into(owner());
  const bool open = tx.is_open() && !has_ended(tx);
  add_name(hasher, open ? tx.slot : StoredRow::kNobody);
}

namespace {

void add_version(sim::Hasher& hasher, const Row& row) {
  hasher.add(row.size());
  for (const sim::Value& value : row) value.fingerprint(hasher);
}

}  // namespace

void Database::add_row(sim::Hasher& hasher, const StoredRow& row) const {
  add_version(hasher, row.committed);
  add_version(hasher, row.pending);
  hasher.add((row.only_locked ? 1U : 0U) | (row.passed_over ? 2U : 0U));
  add_name(hasher, row.writer);
  hasher.add(row.old.size());
  for (const StoredRow::Old& old : row.old) {
    add_name(hasher, old.reader);
    add_version(hasher, old.row);
  }
  hasher.add(row.saved.size());
  for (const StoredRow::Saved& saved : row.saved) {
    hasher.add(saved.savepoint << 2 | (saved.held ? 1U : 0U) | (saved.only_locked ? 2U : 0U));
    add_version(hasher, saved.pending);
  }
}

void Database::add_transaction(sim::Hasher& hasher, std::uint32_t slot) const {
  const Transaction& each = *transactions_[slot];
  hasher.add(static_cast<std::uint64_t>(each.phase));
  hasher.add(each.process == nullptr ? 0 : each.process->name().hash.low);
  each.prepared_as.fingerprint(hasher);
  hasher.add((each.aborted ? 1U : 0U) | (each.has_snapshot ? 2U : 0U) | (each.is_pivot ? 4U : 0U) |
             static_cast<std::uint64_t>(each.isolation) << 3 | (each.was_given_way ? 32U : 0U));
  hasher.add(each.reads);
  hasher.add(each.written_beside);
  hasher.add(each.written_by_pivot);
  hasher.add(each.read_beside);
  hasher.add(each.savepoints.size());
  for (const Savepoint& point : each.savepoints) {
    hasher.add(point.name->hash);
    hasher.add(point.effects);
  }
  hasher.add(each.effects.size());
  for (const CarriedEffect& carried : each.effects) {
    hasher.add(carried.effect->hash);
    carried.key.fingerprint(hasher);
    for (const Field& value : carried.values) value.value.fingerprint(hasher);
  }
  add_name(hasher, slot);
  add_name(hasher, each.waits_for);
  each.began.fingerprint(hasher);
  each.waiting.fingerprint(hasher);
}

void Database::fingerprint(sim::Hasher& hasher) const {
  for (const Table& table : tables_) {
    hasher.add(static_cast<std::uint64_t>(table.next_in_sequence));
    hasher.add_set(table.rows, [&](sim::Hasher& one, const StoredRow& row) { add_row(one, row); });
  }
  std::vector<std::uint32_t> open;
  for (std::uint32_t slot = 0; slot < transactions_.size(); ++slot) {
    if (transactions_[slot]->phase != Transaction::Phase::free) open.push_back(slot);
  }
  hasher.add_set(open, [&](sim::Hasher& one, std::uint32_t slot) { add_transaction(one, slot); });
}

}  // namespace onceward::models
