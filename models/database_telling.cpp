// What the operations on a database tell people: what they missed, and whom they wait for.
#include <algorithm>

#include "models/database.hpp"

namespace onceward::models {

using sim::World;

namespace {

// Whether it is the first thing that a periodic pass tells of: time led to it, and nothing else.
bool opens_pass(const sim::Activity& activity) {
  if (!activity.is_pass) return false;
  return activity.entry == static_cast<const sim::Periodic*>(activity.completion)->entry;
}

}  // namespace

StatementResult DatabaseOperation::changed_since(World& world, const TableSpec& spec,
                                                 const StoredRow& row) const {
  world.trace(world.actor(database_->name()), [&](sim::TraceEntry& entry) {
    entry.text = describe() + ": another transaction has changed it since this one's snapshot";
    if (!row.committed.empty()) entry.entity = spec.entity(row.committed);
    entry.site = site->text;
    entry.mark = sim::Mark::missed;
    entry.add_causes({led_here(world), row.entry});
  });
  return {Status::conflict, 0};
}

std::uint32_t DatabaseOperation::led_here(const World& world) const {
  return activity->entry != 0 ? activity->entry : world.cause();
}

sim::Vector<const StoredRow*> DatabaseOperation::overlooked(World& world, std::uint32_t table,
                                                            std::uint32_t slot,
                                                            const Where* where) const {
  sim::Vector<const StoredRow*> rows;
  if (!world.tracing()) return rows;
  for (const StoredRow& row : database_->tables_[table].rows) {
    const bool hidden = row.is_changed_against(slot) && row.seen_by(slot) == nullptr;
    if (!hidden || row.pending.empty()) continue;
    if (where == nullptr || where->would_match(world, row.pending)) rows.push_back(&row);
  }
  return rows;
}

void DatabaseOperation::tell_missed(const World& world, const TableSpec& spec, bool nothing,
                                    const sim::Vector<const StoredRow*>& rows,
                                    sim::TraceEntry& entry) const {
  std::string labels;
  for (const StoredRow* row : rows) {
    labels += (labels.empty() ? "" : ", ") + spec.label(row->pending);
    entry.add_causes({row->held_since});
  }
  const bool opens = opens_pass(*activity);
  entry.add_causes({led_here(world)});
  if (!rows.empty()) {
    entry.text += " (" + labels + (rows.size() == 1 ? " is" : " are") + " not committed yet)";
    entry.why.clear();
  }
  // A pass that finds nothing to do has missed nothing.
  if (!rows.empty() || (nothing && !opens)) entry.mark = sim::Mark::missed;
}

Database::Known* Database::known_to(const sim::Activity& run, std::uint32_t table) {
  for (Known& each : known_) {
    if (each.run == run.creator.id() && each.table == table) return &each;
  }
  return nullptr;
}

void Database::note_written(const sim::Activity& run, std::uint32_t table, const Row& row) {
  if (!world_->tracing()) return;
  if (Known* known = known_to(run, table)) known->rows.push_back(row);
}

void DatabaseOperation::note_look(World& world, std::uint32_t table, const Where* where,
                                  const Rows& found, std::uint32_t entry) const {
  if (!world.tracing()) return;
  Database::Known* known = database_->known_to(*activity, table);
  if (known == nullptr) {
    database_->known_.push_back({activity->creator.id(), table, 0, 0, {}});
    known = &database_->known_.back();
  }
  known->entry = entry;
  known->step = world.steps();
  known->rows = found;
  for (const StoredRow& row : database_->tables_[table].rows) {
    const Row* seen = row.seen_by(tx_.slot);
    if (seen == nullptr || where == nullptr || where->would_match(world, *seen)) continue;
    known->rows.push_back(*seen);
  }
}

void DatabaseOperation::tell_unlooked(std::uint32_t table, const StoredRow& row, const Row& seen,
                                      sim::TraceEntry& entry) const {
  const Database::Known* known = database_->known_to(*activity, table);
  if (known == nullptr) return;
  const TableSpec& spec = database_->spec(table);
  const bool has = std::any_of(known->rows.begin(), known->rows.end(),
                               [&](const Row& each) { return spec.is_same(each, seen); });
  if (has) return;
  entry.text += "  (the SELECT of step " + std::to_string(known->step) + " had not found it)";
  entry.mark = sim::Mark::missed;
  entry.add_causes({row.entry, known->entry});
}

void DatabaseOperation::wait_for(const StoredRow& row, std::uint32_t table) {
  wanted_ = &row;
  wanted_in_ = table;
  if (tx_.is_open()) {
    database_->transactions_[tx_.slot]->waits_for = row.writer;
    database_->transactions_[tx_.slot]->wanted_since = row.held_since;
  }
  wait_in(database_->transactions_[row.writer]->waiting);
}

bool DatabaseOperation::describe_wait(sim::TraceEntry& entry) const {
  const TableSpec& spec = database_->spec(wanted_in_);
  const Row& row = wanted_->committed.empty() ? wanted_->pending : wanted_->committed;
  entry.text = "waits for " + spec.label(row) + " of " + spec.name.text + ", which " +
               database_->holder_text(wanted_->writer) + " holds";
  entry.add_causes({activity->entry, wanted_->held_since});
  return true;
}

}  // namespace onceward::models
