// The statements on a database: what each does when it is applied.
#include <algorithm>

#include "models/database.hpp"
#include "sim/assert.hpp"

namespace onceward::models {

using sim::Applied;
using sim::World;

// ---- statements that change rows -------------------------------------------------------------

Statement::Statement(Database& database, Tx tx, std::uint32_t table, const sim::Site& site)
    : DatabaseOperation(database, tx, site, database.profile_->statement), table_(table) {}

StatementResult Statement::await_resume() const {
  remember(std::uint64_t{result_.rows} << 8 | static_cast<std::uint64_t>(result_.status));
  return result_;
}

sim::Fallible Statement::fallible() const {
  return tx().is_open() ? sim::Fallible::refusable : sim::Fallible::remote;
}

void Statement::refused(World& world) {
  result_ = {Status::refused, 0};
  const sim::Arena::Entered entered(world.arena(), database().owner());
  if (tx().is_open() && !database().has_ended(tx())) {
    database().statement_failed(world, tx().slot);
  }
}

void Statement::timed_out(World&, bool) { result_ = {Status::timeout, 0}; }

Applied Statement::apply(World& world) {
  Database& in = database();
  const bool alone = !tx().is_open();
  if (!in.serves(tx())) {
    result_ = {Status::refused, 0};
    return Applied::done;
  }
  const std::uint32_t slot = alone ? in.open(world, *activity, 0, {}) : tx().slot;
  const StoredRow* blocked_by = nullptr;
  in.look(slot, table_, reads());
  result_ = run(world, slot, blocked_by);
  if (blocked_by != nullptr) {
    if (!alone && in.must_not_wait(world, *this, slot, *blocked_by)) {
      result_ = {Status::conflict, 0};
      return Applied::acted;
    }
    wait_for(*blocked_by, table_);
    if (alone) in.close(world, slot);
    return Applied::blocked;
  }
  if (result_.status != Status::ok) {
    if (alone) {
      in.close(world, slot);
    } else {
      in.statement_failed(world, slot);
    }
    return Applied::done;
  }
  if (!alone) {
    const Applied held = in.held(slot, table_, result_.rows > 0);
    return takes_sequence() ? Applied::acted : held;
  }
  world.set_cause(activity->entry);
  const bool real = in.make_real(world, slot);
  in.close(world, slot);
  return real || takes_sequence() ? Applied::acted : Applied::done;
}

// ---- insert ----------------------------------------------------------------------------------

Insert::Insert(Database& database, Tx tx, std::uint32_t table, const Row& row,
               OnConflict on_conflict, const sim::Site& site)
    : Statement(database, tx, table, site), row_(&row), on_conflict_(on_conflict) {}

bool Insert::takes_sequence() const { return database().tables_[table_].spec->sequence >= 0; }

StatementResult Insert::run(World& world, std::uint32_t slot, const StoredRow*& blocked_by) {
  Table& table = database().tables_[table_];
  const TableSpec& spec = *table.spec;
  if (StoredRow* other = table.in_the_way_of(*row_, slot, nullptr); other != nullptr) {
    const bool update = on_conflict_ == OnConflict::update;
    if (other->is_changed_against(slot) || (update && other->is_locked_against(slot))) {
      blocked_by = other;
      return {};
    }
    world.read(table.resource);
    if (on_conflict_ != OnConflict::error && other->old_for(slot) != nullptr) {
      return changed_since(world, spec, *other);
    }
    world.trace(world.actor(database().name()), [&](sim::TraceEntry& entry) {
      entry.text = describe() + (update ? " (updates the row there)" : ": is there already");
      entry.entity = spec.entity(*row_);
      entry.site = site->text;
      tell_missed(world, spec, !update, {}, entry);
      entry.add_causes({other->entry});
    });
    if (on_conflict_ == OnConflict::error) return {Status::duplicate, 0};
    if (!update) return {Status::ok, 0};
    Row version = *row_;
    if (spec.sequence >= 0) {
      const auto sequence = static_cast<std::size_t>(spec.sequence);
      version[sequence] = (*other->seen_by(slot))[sequence];
    }
    database().change(slot, *other, std::move(version));
    return {Status::ok, 1};
  }
  StoredRow stored;
  database().change(slot, stored, *row_);
  if (spec.sequence >= 0) {
    stored.pending[static_cast<std::size_t>(spec.sequence)] =
        sim::Value::integer(table.next_in_sequence++);
    world.touch(table.open_values);
  }
  stored.held_since = world.trace(world.actor(database().name()), [&](sim::TraceEntry& entry) {
    entry.text = "INSERT " + spec.name.text + " " + spec.describe(stored.pending);
    entry.entity = spec.entity(stored.pending);
    entry.site = site->text;
  });
  database().note_written(*activity, table_, stored.pending);
  table.rows.push_back(std::move(stored));
  return {Status::ok, 1};
}

std::string Insert::describe() const {
  const TableSpec& spec = database().spec(table_);
  return "INSERT " + spec.name.text + " " + spec.describe(*row_);
}

// ---- update and delete -----------------------------------------------------------------------

Update::Update(Database& database, Tx tx, std::uint32_t table, const Where& where,
               const Change* change, const sim::Site& site)
    : Statement(database, tx, table, site), where_(&where), change_(change) {}

StatementResult Update::run(World& world, std::uint32_t slot, const StoredRow*& blocked_by) {
  Table& table = database().tables_[table_];
  world.read(table.resource);
  struct Changed {
    StoredRow* row;
    Row version;
  };
  sim::Vector<Changed> changed;
  for (StoredRow& row : table.rows) {
    const Row* seen = row.seen_by(slot);
    if (seen == nullptr || !where_->matches(world, *seen)) continue;
    if (row.is_locked_against(slot)) {
      blocked_by = &row;
      return {};
    }
    if (row.old_for(slot) != nullptr) return changed_since(world, *table.spec, row);
    changed.push_back({&row, *seen});
    if (change_ != nullptr) change_->apply(world, changed.back().version);
  }
  for (const Changed& each : changed) {
    if (change_ == nullptr || !table.spec->moves(*each.row->seen_by(slot), each.version)) continue;
    const StoredRow* other = table.in_the_way_of(each.version, slot, each.row);
    if (other != nullptr && other->is_changed_against(slot)) {
      blocked_by = other;
      return {};
    }
    const bool in_each_others_way =
        std::any_of(changed.begin(), changed.end(), [&](const Changed& also) {
          return also.row != each.row && table.spec->clash(also.version, each.version);
        });
    if (other == nullptr && !in_each_others_way) continue;
    world.trace(world.actor(database().name()), [&](sim::TraceEntry& entry) {
      entry.text = describe() + " " + table.spec->describe(each.version) + ": is there already";
      entry.entity = table.spec->entity(each.version);
      entry.site = site->text;
      entry.mark = sim::Mark::missed;
    });
    return {Status::duplicate, 0};
  }
  for (Changed& each : changed) {
    const Row& before = *each.row->seen_by(slot);
    world.trace(world.actor(database().name()), [&](sim::TraceEntry& entry) {
      entry.text = describe() + " " + table.spec->label(before);
      if (change_ != nullptr) entry.text += " " + table.spec->difference(before, each.version);
      entry.entity = table.spec->entity(before);
      entry.site = site->text;
      tell_unlooked(table_, *each.row, before, entry);
    });
    database().note_written(*activity, table_, each.version);
    if (change_ == nullptr) each.version.clear();
    database().change(slot, *each.row, std::move(each.version));
  }
  if (changed.empty()) {
    const sim::Vector<const StoredRow*> unseen = overlooked(world, table_, slot, where_);
    world.trace(world.actor(database().name()), [&](sim::TraceEntry& entry) {
      entry.text = describe() + " -> no row";
      entry.site = site->text;
      tell_missed(world, *table.spec, true, unseen, entry);
    });
  }
  if (change_ == nullptr && table.spec->sequence >= 0) world.touch(table.open_values);
  return {Status::ok, static_cast<std::uint32_t>(changed.size())};
}

std::string Update::describe() const {
  const TableSpec& spec = database().spec(table_);
  return (change_ == nullptr ? "DELETE " : "UPDATE ") + spec.name.text;
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
  remember(std::uint64_t{result_.rows} << 8 | static_cast<std::uint64_t>(result_.status));
  return result_;
}

std::string Select::describe() const {
  static constexpr const char* kLocks[] = {"", " FOR UPDATE", " FOR UPDATE SKIP LOCKED",
                                           " FOR UPDATE NOWAIT"};
  return "SELECT " + database().spec(query_.table).name.text +
         kLocks[static_cast<std::size_t>(query_.lock)];
}

sim::Vector<StoredRow*> Select::candidates(World& world) {
  sim::Vector<StoredRow*> left;
  for (StoredRow& row : database().tables_[query_.table].rows) {
    const Row* seen = row.seen_by(tx().slot);
    if (seen == nullptr) continue;
    if (query_.where != nullptr && !query_.where->matches(world, *seen)) continue;
    if (query_.lock == RowLock::skip_locked && row.is_locked_against(tx().slot)) {
      row.passed_over = true;
    } else {
      left.push_back(&row);
    }
  }
  return left;
}

Applied Select::lock(World& world, const sim::Vector<StoredRow*>& rows) {
  Database& in = database();
  const std::uint32_t slot = tx().slot;
  for (StoredRow* row : rows) {
    if (row->is_locked_against(slot)) {
      if (query_.lock == RowLock::nowait) {
        row->passed_over = true;
        world.trace(world.actor(in.name()), [&](sim::TraceEntry& entry) {
          entry.text = describe() + ": " + in.holder_text(row->writer) + " holds " +
                       in.spec(query_.table).label(*row->seen_by(slot));
          entry.site = site->text;
          entry.mark = sim::Mark::missed;
          entry.add_causes({led_here(world), row->held_since});
        });
        result_.status = Status::conflict;
        break;
      }
      if (in.must_not_wait(world, *this, slot, *row)) {
        result_ = {Status::conflict, 0};
        found_->clear();
        return Applied::acted;
      }
      wait_for(*row, query_.table);
      return Applied::blocked;
    }
    if (row->old_for(slot) != nullptr) {
      result_ = changed_since(world, in.spec(query_.table), *row);
      break;
    }
  }
  if (result_.status == Status::ok) {
    for (StoredRow* row : rows) {
      if (tx().is_open()) in.hold(slot, *row);
    }
    return Applied::done;
  }
  found_->clear();
  result_.rows = 0;
  if (tx().is_open()) in.statement_failed(world, slot);
  return Applied::done;
}

void Select::tell(World& world, std::size_t all, const sim::Vector<std::uint32_t>& entries) const {
  const auto unseen = overlooked(world, query_.table, tx().slot, query_.where);
  const std::uint32_t told =
      world.trace(world.actor(database().name()), [&](sim::TraceEntry& entry) {
        const TableSpec& spec = database().spec(query_.table);
        entry.text = describe();
        for (const Row& row : *found_)
          entry.text += (&row == &found_->front() ? " -> " : ", ") + spec.label(row);
        if (found_->empty()) entry.text += " -> nothing";
        if (all > found_->size()) {
          entry.text += " (" + std::to_string(found_->size()) + " of " + std::to_string(all) + ")";
        }
        if (found_->size() == 1) {
          entry.entity = spec.entity(found_->front());
          entry.why = world.actor(database().name()).text + " finds " +
                      spec.label(found_->front()) + " in " + spec.name.text;
        }
        entry.site = site->text;
        tell_missed(world, spec, found_->empty(), unseen, entry);
        for (const std::uint32_t cause : entries) {
          if (cause != 0) entry.causes.push_back(cause);
        }
      });
  note_look(world, query_.table, query_.where, *found_, told);
}

Applied Select::apply(World& world) {
  found_->clear();
  Database& in = database();
  if (!in.serves(tx())) {
    result_ = {Status::refused, 0};
    return Applied::done;
  }
  if (tx().is_open()) in.look(tx().slot, query_.table, true);
  world.read(in.tables_[query_.table].resource);
  sim::Vector<StoredRow*> left = candidates(world);
  const std::size_t all = left.size();
  sim::Vector<StoredRow*> taken;
  sim::Vector<std::uint32_t> entries;
  while (!left.empty() && found_->size() < query_.limit) {
    take_next(world, left);
    taken.push_back(left.back());
    if (world.tracing()) entries.push_back(left.back()->entry);
    left.pop_back();
  }
  result_ = {Status::ok, static_cast<std::uint32_t>(found_->size())};
  ONCEWARD_ASSERT(query_.lock <= RowLock::update || in.spec(query_.table).shows_locks);
  const bool holds = query_.lock != RowLock::none && tx().is_open();
  if (query_.lock != RowLock::none) {
    const Applied locked = lock(world, taken);
    if (locked != Applied::done || result_.status != Status::ok) return locked;
  }
  tell(world, all, entries);
  for (StoredRow* row : taken) {
    if (row->writer == tx().slot && row->held_since == 0) row->held_since = activity->entry;
  }
  return holds ? in.held(tx().slot, query_.table, !taken.empty()) : Applied::done;
}

// Moves the row that comes next to the end of `left` and copies it to the result. Rows that
// order_by leaves equal, and all rows without it, come in any order.
void Select::take_next(World& world, sim::Vector<StoredRow*>& left) {
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
  const std::uint32_t chosen =
      world.choose_value(sim::ChoiceKind::data, *site, static_cast<std::uint32_t>(first.size()),
                         [&](std::uint32_t i) { return spec.describe(seen(left[first[i]])); });
  found_->push_back(seen(left[first[chosen]]));
  const auto place = left.begin() + static_cast<std::ptrdiff_t>(first[chosen]);
  std::rotate(place, place + 1, left.end());
}

}  // namespace onceward::models
