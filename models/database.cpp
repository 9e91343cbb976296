#include "models/database.hpp"

#include <algorithm>

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
    Table& table = tables_.emplace_back(*spec, world.add_resource());
    for (const std::vector<sim::Value>& row : spec->rows) {
      table.rows.emplace_back().committed.assign(row.begin(), row.end());
    }
    if (spec->sequence >= 0) table.next_in_sequence += static_cast<std::int64_t>(spec->rows.size());
  }
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

std::uint32_t Database::open(sim::World& world, sim::Process& process) {
  auto free = std::find_if(transactions_.begin(), transactions_.end(),
                           [](const Transaction* each) { return each->process == nullptr; });
  if (free == transactions_.end()) free = transactions_.insert(free, new Transaction);
  Transaction& transaction = **free;
  transaction.process = &process;
  ++transaction.number;
  transaction.aborted = false;
  transaction.began = world.take_instant();
  transaction.waits_for = StoredRow::kNobody;
  transaction.entry = 0;
  return static_cast<std::uint32_t>(free - transactions_.begin());
}

bool Database::make_real(sim::World& world, std::uint32_t slot) {
  bool any = false;
  ledger_->begin_change();
  for (Table& table : tables_) {
    bool changed = false;
    for (StoredRow& row : table.rows) {
      if (row.writer != slot) continue;
      changed = true;
      const bool inserted = row.committed.empty();
      row.committed = std::move(row.pending);
      row.pending.clear();
      row.writer = StoredRow::kNobody;
      row.entry = world.cause();
      if (row.committed.empty()) continue;
      ledger_->row_committed(world, *table.spec, row.committed, inserted, world.cause());
    }
    if (!changed) continue;
    any = true;
    ledger_->table_changed(*table.spec, world.cause());
    world.touch(table.resource);
    table.rows.erase(std::remove_if(table.rows.begin(), table.rows.end(),
                                    [](const StoredRow& row) { return row.is_dead(); }),
                     table.rows.end());
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
    bool undone = false;
    for (StoredRow& row : table.rows) {
      if (row.writer != slot) continue;
      row.pending.clear();
      row.writer = StoredRow::kNobody;
      undone = true;
    }
    if (!undone) continue;
    world.touch(table.resource);
    table.rows.erase(std::remove_if(table.rows.begin(), table.rows.end(),
                                    [](const StoredRow& row) { return row.is_dead(); }),
                     table.rows.end());
  }
  Transaction& transaction = *transactions_[slot];
  transaction.effects.clear();
  for (Transaction* other : transactions_) {
    if (other->waits_for == slot) other->waits_for = StoredRow::kNobody;
  }
  transaction.waiting.wake_all(world);
}

void Database::close(sim::World& world, std::uint32_t slot) {
  transactions_[slot]->process = nullptr;
  undo(world, slot);
}

void Database::abort(sim::World& world, std::uint32_t slot) {
  transactions_[slot]->aborted = true;
  undo(world, slot);
}

void Database::statement_failed(sim::World& world, std::uint32_t slot) {
  if (profile_->error_aborts_transaction) abort(world, slot);
}

bool Database::has_ended(Tx tx) const {
  const Transaction& transaction = *transactions_[tx.slot];
  return transaction.process == nullptr || transaction.number != tx.number;
}

bool Database::serves(Tx tx) const {
  return !tx.is_open() || (!has_ended(tx) && !transactions_[tx.slot]->aborted);
}

void Database::rollback(sim::World& world, Tx tx) {
  if (!tx.is_open() || has_ended(tx)) return;
  const sim::Arena::Entered entered(world.arena(), owner());
  close(world, tx.slot);
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

bool Database::closes_cycle(std::uint32_t slot, std::uint32_t other) const {
  while (other != StoredRow::kNobody && other != slot) other = transactions_[other]->waits_for;
  return other == slot;
}

void Database::fingerprint(sim::Hasher& hasher) const {
  for (const Table& table : tables_) table.fingerprint(hasher);
  hasher.add(transactions_.size());
  for (const Transaction* transaction : transactions_) {
    const Transaction& each = *transaction;
    hasher.add(each.process == nullptr ? 0 : each.process->name().hash.low);
    if (each.process == nullptr) continue;
    hasher.add((each.aborted ? 1U : 0U) | std::uint64_t{each.waits_for} << 1);
    each.began.fingerprint(hasher);
    hasher.add(each.effects.size());
    for (const CarriedEffect& carried : each.effects) {
      hasher.add(carried.effect->hash);
      carried.key.fingerprint(hasher);
      for (const Field& value : carried.values) value.value.fingerprint(hasher);
    }
    each.waiting.fingerprint(hasher);
  }
}

void Database::on_crash(sim::World& world, sim::Process& process) {
  for (std::uint32_t slot = 0; slot < transactions_.size(); ++slot) {
    if (transactions_[slot]->process == &process) close(world, slot);
  }
}

}  // namespace onceward::models
