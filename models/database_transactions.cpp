// How transactions begin and end.
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

Begin::Begin(Database& database, const BeginOptions& options, const sim::Site& site)
    : DatabaseOperation(database, {}, site, database.profile_->statement), options_(options) {}

Applied Begin::apply(World& world) {
  result_.id = id.low;
  result_.slot = database().open(world, *activity, result_.id, options_);
  return Applied::done;
}

Tx Begin::await_resume() const {
  remember(0);  // which transaction it is follows from who begins it
  return result_;
}

std::string Begin::describe() const {
  static constexpr const char* kLevels[] = {"", " REPEATABLE READ", " SERIALIZABLE"};
  return "BEGIN " + database().name().text + kLevels[static_cast<std::size_t>(options_.isolation)];
}

// ---- commit, and its two phases --------------------------------------------------------------

Ending::Ending(Database& database, Tx tx, const sim::Site& site)
    : DatabaseOperation(database, tx, site, database.profile_->commit) {}

Status Ending::await_resume() const {
  remember(static_cast<std::uint64_t>(result_));
  return result_;
}

bool Ending::may_last(World& world, std::uint32_t slot) {
  Database& in = database();
  if (!in.endangers(slot)) return true;
  world.trace(world.actor(in.name()), [&](sim::TraceEntry& trace) {
    trace.text =
        describe() + ": no order of the transactions would explain it, so this one is rolled back";
    trace.site = site->text;
    trace.mark = sim::Mark::missed;
  });
  result_ = Status::conflict;
  return false;
}

void Ending::tell(World& world, std::uint32_t slot, const char* verb) {
  Database& in = database();
  const std::uint32_t entry = world.trace(world.actor(in.name()), [&](sim::TraceEntry& trace) {
    trace.text = describe();
    trace.mark = sim::Mark::commit;
    trace.entity = in.first_entity(slot);
    // A commit of effects needs no word of its own: the effects speak.
    if (!trace.entity.empty() && in.transactions_[slot]->effects.empty()) {
      trace.why =
          world.actor(in.name()).text + " " + verb + " " + trace.entity + " in " + in.name().text;
    }
    trace.site = site->text;
  });
  if (entry != 0) world.set_cause(entry);
}

void Ending::refused(World& world) {
  result_ = Status::refused;
  database().rollback(world, tx());
}

void Ending::timed_out(World& world, bool done) {
  result_ = Status::timeout;
  if (!done) database().rollback(world, tx());
}

Applied Commit::apply(World& world) {
  Database& in = database();
  if (!in.serves(tx())) {
    result_ = Status::refused;
    in.rollback(world, tx());
    return Applied::done;
  }
  if (!may_last(world, tx().slot)) {
    in.rollback(world, tx());
    return Applied::done;
  }
  tell(world, tx().slot, "commits");
  in.tell_those_beside(tx().slot);
  const bool real = in.make_real(world, tx().slot);
  in.close(world, tx().slot);
  return real ? Applied::acted : Applied::done;
}

std::string Commit::describe() const { return "COMMIT " + database().name().text; }

Applied Prepare::apply(World& world) {
  Database& in = database();
  const bool taken = in.find_prepared(id_) != StoredRow::kNobody;
  if (taken) {
    world.trace(world.actor(in.name()), [&](sim::TraceEntry& trace) {
      trace.text = describe() + ": there is one of this id already";
      trace.site = site->text;
    });
  }
  const bool serves = in.serves(tx()) && !taken;
  if (!serves) result_ = Status::refused;
  if (!serves || !may_last(world, tx().slot)) {
    in.rollback(world, tx());
    return Applied::done;
  }
  tell(world, tx().slot, "prepares");
  in.tell_those_beside(tx().slot);
  in.leave(world, tx().slot, id_);
  return Applied::acted;
}

std::string Prepare::describe() const {
  return "PREPARE " + database().name().text + " " + id_.print();
}

Applied Decide::apply(World& world) {
  Database& in = database();
  const std::uint32_t slot = in.find_prepared(id_);
  if (slot == StoredRow::kNobody) {
    world.trace(world.actor(in.name()), [&](sim::TraceEntry& trace) {
      trace.text = describe() + ": nothing is prepared under this id";
      trace.site = site->text;
    });
    result_ = Status::refused;
    return Applied::done;
  }
  tell(world, slot, commits_ ? "commits" : "rolls back");
  // Claims see what it changed and that it is decided as one.
  in.ledger_->begin_change();
  if (commits_) static_cast<void>(in.make_real(world, slot));
  in.close(world, slot);
  in.ledger_->end_change(world);
  return Applied::acted;
}

std::string Decide::describe() const {
  return (commits_ ? "COMMIT PREPARED " : "ROLLBACK PREPARED ") + database().name().text + " " +
         id_.print();
}

// ---- what is prepared ------------------------------------------------------------------------

ListPrepared::ListPrepared(Database& database, Rows& found, const sim::Site& site)
    : DatabaseOperation(database, {}, site, database.profile_->statement), found_(&found) {}

Applied ListPrepared::apply(World& world) {
  Database& in = database();
  world.read(in.prepared_);
  found_->clear();
  sim::Vector<sim::Value> left;
  for (const auto* each : in.transactions_) {
    if (each->phase == Database::Transaction::Phase::prepared) left.push_back(each->prepared_as);
  }
  while (!left.empty()) {
    const std::uint32_t chosen =
        world.choose_value(sim::ChoiceKind::data, *site, static_cast<std::uint32_t>(left.size()),
                           [&](std::uint32_t i) { return left[i].print(); });
    found_->emplace_back().push_back(left[chosen]);
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(chosen));
  }
  world.trace(world.actor(in.name()), [&](sim::TraceEntry& trace) {
    trace.text = describe();
    for (const Row& row : *found_) {
      trace.text += (&row == &found_->front() ? " -> " : ", ") + row.front().print();
    }
    if (found_->empty()) trace.text += " -> nothing";
    trace.site = site->text;
  });
  return Applied::done;
}

StatementResult ListPrepared::await_resume() const {
  if (activity->exact == nullptr) {
    for (const Row& row : *found_) {
      sim::Hasher hasher;
      row.front().fingerprint(hasher);
      remember(hasher.finish().low);
    }
  }
  remember(found_->size());
  return {Status::ok, static_cast<std::uint32_t>(found_->size())};
}

std::string ListPrepared::describe() const { return "PREPARED " + database().name().text; }

}  // namespace onceward::models
