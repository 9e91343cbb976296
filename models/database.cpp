#include "models/database.hpp"

#include <algorithm>
#include <utility>

#include "sim/assert.hpp"

namespace onceward::models {

const char* to_text(Status status) {
  static constexpr const char* kNames[] = {"ok",        "refused", "conflict",
                                           "duplicate", "partial", "timeout"};
  return kNames[static_cast<std::size_t>(status)];
}

Database::Database(const sim::Symbol& name, sim::OwnerId owner, sim::World& world,
                   const DatabaseProfile& profile, const std::vector<const TableSpec*>& tables,
                   Ledger& ledger)
    : Component(name, owner), world_(&world), profile_(&profile), ledger_(&ledger) {
  for (const TableSpec* spec : tables) {
    const sim::ResourceId rows = world.add_resource();
    Table& table = tables_.emplace_back(*spec, rows, world.add_resource());
    for (const std::vector<sim::Value>& row : spec->rows) {
      table.rows.emplace_back().committed.assign(row.begin(), row.end());
    }
    if (spec->sequence >= 0) table.next_in_sequence += static_cast<std::int64_t>(spec->rows.size());
  }
  prepared_ = world.add_resource();
  ledger.watch(*this);
}

void Database::on_start(sim::World& world) {
  for (const Table& table : tables_) {
    for (const StoredRow& row : table.rows) {
      ledger_->row_committed(world, *table.spec, row.committed, true, 0);
    }
  }
}

std::uint32_t Database::table(std::string_view short_name) const {
  const auto found = std::find_if(tables_.begin(), tables_.end(), [&](const Table& table) {
    return table.spec->short_name == short_name;
  });
  ONCEWARD_ASSERT(found != tables_.end());
  return static_cast<std::uint32_t>(found - tables_.begin());
}

std::uint32_t Database::open(sim::World& world, const sim::Activity& by, std::uint64_t id,
                             const BeginOptions& options) {
  auto free = std::find_if(transactions_.begin(), transactions_.end(), [](const auto* each) {
    return each->phase == Transaction::Phase::free;
  });
  if (free == transactions_.end()) free = transactions_.insert(free, new Transaction);
  Transaction& transaction = **free;
  transaction.phase = Transaction::Phase::open;
  transaction.process = by.process;
  transaction.id = id;
  transaction.exact = by.exact != nullptr;
  transaction.aborted = false;
  transaction.was_given_way = false;
  transaction.isolation = options.isolation;
  transaction.is_pivot = false;
  transaction.reads = 0;
  transaction.written_beside = 0;
  transaction.written_by_pivot = 0;
  transaction.read_beside = 0;
  transaction.began = options.stamped ? world.take_instant() : sim::Value();
  transaction.waits_for = StoredRow::kNobody;
  return static_cast<std::uint32_t>(free - transactions_.begin());
}

void Database::held_no_more(sim::World& world, Table& table, bool changed, bool seen_held) {
  if (changed || seen_held) world.touch(table.resource);
  if (changed && table.spec->sequence >= 0) world.touch(table.open_values);
  if (changed) table.remove_dead();
}

bool Database::make_real(sim::World& world, std::uint32_t slot) {
  bool any = false;
  ledger_->begin_change();
  for (Table& table : tables_) {
    bool changed = false;
    bool seen_held = false;
    for (StoredRow& row : table.rows) {
      if (row.writer != slot) continue;
      if (row.only_locked) {
        seen_held = row.let_go() || seen_held;
        continue;
      }
      changed = true;
      const bool inserted = row.committed.empty();
      keep_for_snapshots(slot, row);
      row.committed = std::move(row.pending);
      static_cast<void>(row.let_go());
      row.entry = world.cause();
      if (row.committed.empty()) continue;
      ledger_->row_committed(world, *table.spec, row.committed, inserted, world.cause());
    }
    held_no_more(world, table, changed, seen_held);
    if (changed) ledger_->table_changed(*table.spec, world.cause());
    any = any || changed;
  }
  Transaction& transaction = *transactions_[slot];
  for (const CarriedEffect& carried : transaction.effects) {
    any = true;
    const std::uint32_t entry = world.trace(world.actor(name()), [&](sim::TraceEntry& trace) {
      trace.text = "EFFECT " + carried.effect->text + " " + carried.key.print() +
                   describe_values(&carried.values);
      trace.why = carried.effect->text + " " + carried.key.print() + " is done by " +
                  world.actor(name()).text;
      trace.entity = carried.key.print();
      trace.mark = sim::Mark::effect;
      trace.causes = {world.cause(), carried.entry};
    });
    ledger_->effect(world, *carried.effect, carried.key, &carried.values, entry);
  }
  ledger_->end_change(world);
  return any;
}

void Database::undo(sim::World& world, std::uint32_t slot) {
  for (Table& table : tables_) {
    bool changed = false;
    bool seen_held = false;
    for (StoredRow& row : table.rows) {
      if (row.writer != slot) continue;
      changed = changed || !row.only_locked;
      seen_held = row.let_go() || seen_held;
    }
    held_no_more(world, table, changed, seen_held);
  }
  Transaction& transaction = *transactions_[slot];
  transaction.effects.clear();
  transaction.savepoints.clear();
  let_in(world, slot);
}

void Database::let_in(sim::World& world, std::uint32_t slot) {
  for (Transaction* other : transactions_) {
    if (other->waits_for == slot) other->waits_for = StoredRow::kNobody;
  }
  transactions_[slot]->waiting.wake_all(world);
}

void Database::close(sim::World& world, std::uint32_t slot) {
  Transaction& transaction = *transactions_[slot];
  const bool decided = transaction.phase == Transaction::Phase::prepared;
  transaction.phase = Transaction::Phase::free;
  if (decided) prepared_changed(world);
  transaction.process = nullptr;
  transaction.prepared_as = {};
  drop_snapshot(slot);
  undo(world, slot);
}

void Database::leave(sim::World& world, std::uint32_t slot, const sim::Value& id) {
  Transaction& transaction = *transactions_[slot];
  drop_snapshot(slot);
  for (Table& table : tables_) {
    for (StoredRow& row : table.rows) {
      if (row.writer == slot) row.saved.clear();
    }
  }
  transaction.savepoints.clear();
  transaction.phase = Transaction::Phase::prepared;
  transaction.process = nullptr;
  transaction.prepared_as = id;
  transaction.began = {};
  prepared_changed(world);
}

void Database::prepared_changed(sim::World& world) {
  world.touch(prepared_);
  ledger_->begin_change();
  ledger_->prepared_changed(name(), world.cause());
  ledger_->end_change(world);
}

void Database::abort(sim::World& world, std::uint32_t slot) {
  Transaction& transaction = *transactions_[slot];
  transaction.aborted = true;
  if (!transaction.savepoints.empty()) {
    undo_to(world, slot, transaction.savepoints.size());
    return;
  }
  drop_snapshot(slot);
  undo(world, slot);
}

void Database::statement_failed(sim::World& world, std::uint32_t slot) {
  if (profile_->error_aborts_transaction) abort(world, slot);
}

bool Database::has_ended(Tx tx) const {
  const Transaction& transaction = *transactions_[tx.slot];
  return transaction.phase != Transaction::Phase::open || transaction.id != tx.id;
}

bool Database::serves(Tx tx) const {
  return !tx.is_open() || (!has_ended(tx) && !transactions_[tx.slot]->aborted);
}

void Database::rollback(sim::World& world, Tx tx) {
  if (!tx.is_open() || has_ended(tx)) return;
  const sim::Arena::Entered entered(world.arena(), owner());
  close(world, tx.slot);
}

void Database::change(std::uint32_t slot, StoredRow& row, Row version) {
  save(slot, row);
  if (row.writer != slot) row.held_since = world_->running()->entry;
  row.writer = slot;
  row.only_locked = false;
  row.pending = std::move(version);
}

void Database::hold(std::uint32_t slot, StoredRow& row) {
  if (row.writer == slot) return;
  save(slot, row);
  row.writer = slot;
  row.only_locked = true;
}

sim::Applied Database::held(std::uint32_t slot, std::uint32_t table, bool holds) {
  const bool was_given_way = std::exchange(transactions_[slot]->was_given_way, false);
  const bool acted = was_given_way || (holds && spec(table).shows_locks);
  return acted ? sim::Applied::acted : sim::Applied::done;
}

void Database::carry_effect(sim::World& world, Tx tx, const sim::Symbol& effect,
                            const sim::Value& key, const sim::Site& site,
                            const EffectValues* values) {
  const sim::Arena::Entered entered(world.arena(), owner());
  Transaction& transaction = *transactions_[tx.slot];
  if (!serves(tx)) return;
  const std::uint32_t entry = world.trace(world.actor(name()), [&](sim::TraceEntry& trace) {
    trace.text = effect.text + " " + key.print() + describe_values(values) + " (not committed yet)";
    trace.entity = key.print();
    trace.site = site.text;
  });
  transaction.effects.push_back({&effect, key, {}, entry});
  if (values != nullptr) transaction.effects.back().values = *values;
}

std::string Database::first_entity(std::uint32_t slot) const {
  for (const Table& table : tables_) {
    for (const StoredRow& row : table.rows) {
      if (row.writer != slot || row.pending.empty()) continue;
      if (std::string entity = table.spec->entity(row.pending); !entity.empty()) return entity;
    }
  }
  const auto& effects = transactions_[slot]->effects;
  return effects.empty() ? std::string() : effects.front().key.print();
}

std::string Database::holder_text(std::uint32_t slot) const {
  const Transaction& holder = *transactions_[slot];
  if (holder.phase == Transaction::Phase::prepared) {
    return "the prepared transaction " + holder.prepared_as.print();
  }
  const sim::Activity* waits = world_->running();
  const bool own = waits != nullptr && waits->process == holder.process;
  return (own ? "another" : "a") + std::string(" transaction of ") + holder.process->name().text;
}

bool Database::closes_cycle(std::uint32_t slot, std::uint32_t other) const {
  while (other != StoredRow::kNobody && other != slot) other = transactions_[other]->waits_for;
  return other == slot;
}

bool Database::must_not_wait(sim::World& world, const DatabaseOperation& operation,
                             std::uint32_t slot, const StoredRow& row) {
  if (!closes_cycle(slot, row.writer)) return false;
  world.trace(world.actor(name()), [&](sim::TraceEntry& entry) {
    entry.text = operation.describe() + ": " + holder_text(row.writer) +
                 " holds it and would wait in a circle, so this one is rolled back";
    entry.site = operation.site->text;
    entry.mark = sim::Mark::blocked;
    entry.causes = {operation.activity->entry, row.held_since};
    // Who holds it waits for another, and so on, up to one that waits for this one.
    for (std::uint32_t at = row.writer; at != slot; at = transactions_[at]->waits_for) {
      entry.causes.push_back(transactions_[at]->wanted_since);
    }
  });
  for (std::uint32_t at = row.writer; at != slot; at = transactions_[at]->waits_for) {
    transactions_[at]->was_given_way = true;
  }
  abort(world, slot);
  return true;
}

bool Database::minds(const sim::World&, const sim::Process& process) const {
  return std::any_of(transactions_.begin(), transactions_.end(), [&](const Transaction* each) {
    return each->phase == Transaction::Phase::open && each->process == &process;
  });
}

void Database::on_crash(sim::World& world, sim::Process& process) {
  for (std::uint32_t slot = 0; slot < transactions_.size(); ++slot) {
    const Transaction& each = *transactions_[slot];
    if (each.phase == Transaction::Phase::open && each.process == &process) close(world, slot);
  }
}

}  // namespace onceward::models
