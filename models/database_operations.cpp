// The operations on a database: what each statement does when it is applied.
#include <algorithm>

#include "models/database.hpp"
#include "sim/assert.hpp"

namespace onceward::models {

using sim::Applied;
using sim::World;

DatabaseOperation::DatabaseOperation(Database& database, Tx tx, const sim::Site& site,
                                     const sim::Window& window)
    : Operation(*database.world_, &database, site, window), database_(&database), tx_(tx) {}

// ---- begin -----------------------------------------------------------------------------------

Begin::Begin(Database& database, const sim::Site& site)
    : DatabaseOperation(database, {}, site, database.profile_->statement) {}

Applied Begin::apply(World& world) {
  result_.slot = database().open(world, *activity->process);
  return Applied::done;
}

Tx Begin::await_resume() const {
  remember(result_.slot);
  return result_;
}

std::string Begin::describe() const { return "BEGIN"; }

// ---- statements that change rows -------------------------------------------------------------

StatementResult Statement::await_resume() const {
  remember(std::uint64_t{result_.rows} << 8 | static_cast<std::uint64_t>(result_.status));
  return result_;
}

sim::Fallible Statement::fallible() const {
  return tx().is_open() ? sim::Fallible::refusable : sim::Fallible::remote;
}

void Statement::refused(World&) {
  result_ = {Status::refused, 0};
  if (tx().is_open()) database().transactions_[tx().slot]->aborted = true;
}

void Statement::timed_out(World&, bool) { result_ = {Status::timeout, 0}; }

Applied Statement::apply(World& world) {
  Database& in = database();
  const bool alone = !tx().is_open();
  if (!alone) {
    const Database::Transaction& transaction = *in.transactions_[tx().slot];
    if (transaction.process == nullptr || transaction.aborted) {
      result_ = {Status::refused, 0};
      return Applied::done;
    }
  }
  const std::uint32_t slot = alone ? in.open(world, *activity->process) : tx().slot;
  std::uint32_t blocked_by = StoredRow::kNobody;
  result_ = run(world, slot, blocked_by);
  if (blocked_by != StoredRow::kNobody) {
    if (alone) in.close(world, slot);
    if (in.closes_cycle(slot, blocked_by)) {
      in.transactions_[slot]->aborted = true;
      result_ = {Status::conflict, 0};
      return Applied::acted;
    }
    if (!alone) in.transactions_[slot]->waits_for = blocked_by;
    wait_in(in.transactions_[blocked_by]->waiting);
    return Applied::blocked;
  }
  if (result_.status != Status::ok) {
    if (in.profile_->error_aborts_transaction) in.transactions_[slot]->aborted = true;
    if (alone) in.close(world, slot);
    return Applied::done;
  }
  if (!alone) return takes_sequence() ? Applied::acted : Applied::done;
  world.set_cause(activity->entry);
  const bool real = in.make_real(world, slot);
  in.close(world, slot);
  return real || takes_sequence() ? Applied::acted : Applied::done;
}

// ---- insert ----------------------------------------------------------------------------------

Insert::Insert(Database& database, Tx tx, std::uint32_t table, const Row& row,
               OnConflict on_conflict, const sim::Site& site)
    : Statement(database, tx, site, database.profile_->statement),
      table_(table),
      row_(&row),
      on_conflict_(on_conflict) {}

bool Insert::takes_sequence() const { return database().tables_[table_].spec->sequence >= 0; }

StatementResult Insert::run(World& world, std::uint32_t slot, std::uint32_t& blocked_by) {
  Table& table = database().tables_[table_];
  const TableSpec& spec = *table.spec;
  for (StoredRow& other : table.rows) {
    if (!collides(spec, other)) continue;
    if (other.writer != StoredRow::kNobody && other.writer != slot) {
      blocked_by = other.writer;
      return {};
    }
    const Row* seen = other.seen_by(slot);
    if (seen == nullptr) continue;  // deleted by this transaction
    world.read(table.resource);
    const bool update = on_conflict_ == OnConflict::update;
    world.trace(database().name(), [&](sim::TraceEntry& entry) {
      entry.text = describe() + (update ? " (updates the row there)" : ": is there already");
      entry.entity = spec.entity(*row_);
      entry.site = site->text;
      if (other.entry != 0) entry.causes = {activity->entry, other.entry};
    });
    if (on_conflict_ == OnConflict::error) return {Status::duplicate, 0};
    if (!update) return {Status::ok, 0};
    other.pending = *row_;
    other.writer = slot;
    return {Status::ok, 1};
  }
  StoredRow stored;
  stored.pending = *row_;
  stored.writer = slot;
  if (spec.sequence >= 0) {
    stored.pending[static_cast<std::size_t>(spec.sequence)] =
        sim::Value::integer(table.next_in_sequence++);
  }
  world.trace(database().name(), [&](sim::TraceEntry& entry) {
    entry.text = "INSERT " + spec.short_name + " " + spec.describe(stored.pending);
    entry.entity = spec.entity(stored.pending);
    entry.site = site->text;
  });
  table.rows.push_back(std::move(stored));
  return {Status::ok, 1};
}

// Whether `other`, in any version, has a value of ours in its key or in a unique column.
bool Insert::collides(const TableSpec& spec, const StoredRow& other) const {
  const auto equal_at = [&](int index) {
    const auto at = static_cast<std::size_t>(index);
    if ((*row_)[at].is_null()) return false;
    return (!other.committed.empty() && other.committed[at] == (*row_)[at]) ||
           (!other.pending.empty() && other.pending[at] == (*row_)[at]);
  };
  if (spec.key >= 0 && equal_at(spec.key)) return true;
  return std::any_of(spec.unique.begin(), spec.unique.end(), equal_at);
}

std::string Insert::describe() const {
  const TableSpec& spec = database().spec(table_);
  return "INSERT " + spec.short_name + " " + spec.describe(*row_);
}

// ---- update and delete -----------------------------------------------------------------------

Update::Update(Database& database, Tx tx, std::uint32_t table, const Where& where,
               const Change* change, const sim::Site& site)
    : Statement(database, tx, site, database.profile_->statement),
      table_(table),
      where_(&where),
      change_(change) {}

StatementResult Update::run(World& world, std::uint32_t slot, std::uint32_t& blocked_by) {
  Table& table = database().tables_[table_];
  world.read(table.resource);
  sim::Vector<StoredRow*> chosen;
  for (StoredRow& row : table.rows) {
    const Row* seen = row.seen_by(slot);
    if (seen == nullptr || !where_->matches(world, *seen)) continue;
    if (row.writer != StoredRow::kNobody && row.writer != slot) {
      blocked_by = row.writer;
      return {};
    }
    chosen.push_back(&row);
  }
  for (StoredRow* row : chosen) {
    const Row before = *row->seen_by(slot);
    Row version = before;
    if (change_ != nullptr) change_->apply(world, version);
    world.trace(database().name(), [&](sim::TraceEntry& entry) {
      entry.text = describe() + " " + table.spec->label(before) + " " +
                   (change_ == nullptr ? "" : table.spec->difference(before, version));
      entry.entity = table.spec->entity(before);
      entry.site = site->text;
    });
    row->writer = slot;
    row->pending.clear();
    if (change_ != nullptr) row->pending = std::move(version);
  }
  return {Status::ok, static_cast<std::uint32_t>(chosen.size())};
}

std::string Update::describe() const {
  const TableSpec& spec = database().spec(table_);
  return (change_ == nullptr ? "DELETE " : "UPDATE ") + spec.short_name;
}

// ---- select ----------------------------------------------------------------------------------

Select::Select(Database& database, Tx tx, const Query& query, Rows& found, const sim::Site& site)
    : DatabaseOperation(database, tx, site, database.profile_->statement),
      query_(query),
      found_(&found) {}

StatementResult Select::await_resume() const {
  if (activity->exact == nullptr) {
    for (const Row& row : *found_) {
      sim::Hasher hasher;
      for (const sim::Value& value : row) value.fingerprint(hasher);
      remember(hasher.finish().low);
    }
  }
  remember(result_.rows);
  return result_;
}

std::string Select::describe() const {
  return "SELECT " + database().spec(query_.table).short_name;
}

Applied Select::apply(World& world) {
  Table& table = database().tables_[query_.table];
  world.read(table.resource);
  sim::Vector<const StoredRow*> left;
  for (const StoredRow& row : table.rows) {
    const Row* seen = row.seen_by(tx().slot);
    if (seen == nullptr) continue;
    if (query_.where == nullptr || query_.where->matches(world, *seen)) left.push_back(&row);
  }
  found_->clear();
  const std::size_t all = left.size();
  sim::Vector<std::uint32_t> entries;
  while (!left.empty() && found_->size() < query_.limit) {
    take_next(world, left);
    if (world.tracing()) entries.push_back(left.back()->entry);
    left.pop_back();
  }
  result_ = {Status::ok, static_cast<std::uint32_t>(found_->size())};
  world.trace(database().name(), [&](sim::TraceEntry& entry) {
    const TableSpec& spec = *table.spec;
    entry.text = describe();
    for (const Row& row : *found_) entry.text += (&row == &found_->front() ? " -> " : ", ") + spec.label(row);
    if (found_->empty()) entry.text += " -> nothing";
    if (all > found_->size()) {
      entry.text += " (" + std::to_string(found_->size()) + " of " + std::to_string(all) + ")";
    }
    if (found_->size() == 1) entry.entity = spec.entity(found_->front());
    entry.site = site->text;
    if (activity->entry != 0) entry.causes.push_back(activity->entry);
    for (const std::uint32_t cause : entries) {
      if (cause != 0) entry.causes.push_back(cause);
    }
  });
  return Applied::done;
}

// Moves the row that comes next to the end of `left` and copies it to the result. Rows that
// order_by leaves equal, and all rows without it, come in any order.
void Select::take_next(World& world, sim::Vector<const StoredRow*>& left) {
  const auto seen = [&](const StoredRow* row) -> const Row& { return *row->seen_by(tx().slot); };
  sim::Vector<std::size_t> first = {0};
  for (std::size_t i = 1; i < left.size(); ++i) {
    int order = 0;
    if (query_.order_by >= 0) {
      const auto column = static_cast<std::size_t>(query_.order_by);
      order = compare(world, seen(left[i])[column], seen(left[first.front()])[column]);
      if (query_.descending) order = -order;
    }
    if (order < 0) first.clear();
    if (order <= 0) first.push_back(i);
  }
  const TableSpec& spec = database().spec(query_.table);
  const std::uint32_t chosen = world.choose_value(
      sim::ChoiceKind::data, *site, static_cast<std::uint32_t>(first.size()),
      [&](std::uint32_t i) { return spec.describe(seen(left[first[i]])); });
  found_->push_back(seen(left[first[chosen]]));
  const auto place = left.begin() + static_cast<std::ptrdiff_t>(first[chosen]);
  std::rotate(place, place + 1, left.end());
}

// ---- commit ----------------------------------------------------------------------------------

Commit::Commit(Database& database, Tx tx, const sim::Site& site)
    : DatabaseOperation(database, tx, site, database.profile_->commit) {}

Applied Commit::apply(World& world) {
  Database& in = database();
  const Database::Transaction& transaction = *in.transactions_[tx().slot];
  if (transaction.process == nullptr || transaction.aborted) {
    result_ = Status::refused;
    if (transaction.process != nullptr) in.close(world, tx().slot);
    return Applied::done;
  }
  const std::uint32_t entry = world.trace(in.name(), [&](sim::TraceEntry& trace) {
    trace.text = "COMMIT";
    trace.mark = sim::Mark::commit;
    trace.entity = in.first_entity(tx().slot);
    trace.site = site->text;
  });
  if (entry != 0) world.set_cause(entry);
  const bool real = in.make_real(world, tx().slot);
  in.close(world, tx().slot);
  return real ? Applied::acted : Applied::done;
}

void Commit::refused(World& world) {
  result_ = Status::refused;
  database().rollback(world, tx());
}

void Commit::timed_out(World& world, bool done) {
  result_ = Status::timeout;
  if (!done) database().rollback(world, tx());
}

Status Commit::await_resume() const {
  remember(static_cast<std::uint64_t>(result_));
  return result_;
}

std::string Commit::describe() const { return "COMMIT"; }

}  // namespace onceward::models
