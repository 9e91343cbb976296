// The cursor view: which process reads which partition.
#include <algorithm>

#include "models/cursor_group.hpp"
#include "sim/assert.hpp"

namespace onceward::models {
namespace {

const sim::Site kSessionEnds("session ends");

}  // namespace

CursorGroup::Member& CursorGroup::member(const sim::Process& process) {
  const auto found = std::find_if(members_.begin(), members_.end(),
                                  [&](const Member* each) { return each->process == &process; });
  ONCEWARD_ASSERT(found != members_.end());
  return **found;
}

void CursorGroup::acting(sim::World& world, sim::Process& process) {
  Member& back = member(process);
  world.cancel(back.eviction);
  if (!back.in_group) {
    back.in_group = true;
    world.trace(log().name(), [&](sim::TraceEntry& trace) {
      trace.text = process.name().text + " joins group " + spec().name.text;
    });
    share_out(world);
  }
  for (std::uint32_t i = 0; i < cursors_.size(); ++i) change_hands(world, i);
  for (Cursor* cursor : cursors_) {
    if (cursor->owner == &process && cursor->commits_later) arm_auto_commit(world, *cursor);
  }
  refresh(world);
}

void CursorGroup::not_acting(sim::World& world, sim::Process& process) {
  for (Cursor* cursor : cursors_) {
    if (cursor->owner != &process) continue;
    world.cancel(cursor->next);
    world.cancel(cursor->auto_commit);
    world.cancel(cursor->find_end);
  }
}

void CursorGroup::crashed(sim::World& world, sim::Process& process) {
  for (Cursor* cursor : cursors_) {
    if (cursor->owner != &process) continue;
    cursor->commits_later = false;
    begin_reading(*cursor);
  }
  forget_work_of(process);
  if (members_.size() == 1) return;
  Member& gone = member(process);
  gone.eviction.entry = world.cause();
  const sim::Duration session = log().profile().session;
  world.add(gone.eviction, process.creator(), kSessionEnds, sim::Window{session, session});
}

void CursorGroup::evict(sim::World& world, sim::Process& process) {
  member(process).in_group = false;
  const std::uint32_t entry = world.trace(log().name(), [&](sim::TraceEntry& trace) {
    trace.text = "the session of " + process.name().text + " in group " + spec().name.text +
                 " ends, its partitions move";
    trace.rule =
        log().profile().name + ": session " + sim::duration_text(log().profile().session.count());
  });
  if (entry != 0) world.set_cause(entry);
  share_out(world);
  refresh(world);
}

void CursorGroup::share_out(sim::World& world) {
  sim::Vector<sim::Process*> present;
  for (const Member* each : members_) {
    if (each->in_group) present.push_back(each->process);
  }
  for (std::uint32_t i = 0; i < cursors_.size(); ++i) {
    cursors_[i]->target = present.empty() ? nullptr : present[i % present.size()];
    change_hands(world, i);
  }
}

// The owner commits what it has ended with before it lets go, if its client commits by itself.
void CursorGroup::change_hands(sim::World& world, std::uint32_t partition) {
  Cursor& cursor = *cursors_[partition];
  if (cursor.owner == cursor.target) return;
  const bool works = std::any_of(in_work_.begin(), in_work_.end(), [&](const Handling* handling) {
    return handling->partition == partition && handling->process == cursor.owner;
  });
  if (works) return;
  if (cursor.commits_later) {
    cursor.committed = std::max(cursor.committed, cursor.ended);
    cursor.has_commit = true;
    cursor.commits_later = false;
  }
  world.cancel(cursor.next);
  world.cancel(cursor.auto_commit);
  world.cancel(cursor.find_end);
  cursor.owner = cursor.target;
  begin_reading(cursor);
}

// From the committed position on, whoever the owner is now; without one from where the log ends.
void CursorGroup::begin_reading(Cursor& cursor) {
  ++cursor.generation;
  cursor.placed = cursor.has_commit;
  cursor.position = cursor.committed;
  cursor.ended = cursor.committed;
  cursor.ahead.clear();
  cursor.tries.clear();
}

void Eviction::happen(sim::World& world) {
  const sim::Arena::Entered entered(world.arena(), group_.log().owner());
  group_.evict(world, process_);
}
void Eviction::fingerprint(sim::Hasher& hasher) const {
  hasher.add(group_.id());
  hasher.add(process_.name().hash);
}
std::string Eviction::describe() const {
  return process_.name().text + ": end of its session in group " + group_.spec().name.text;
}

}  // namespace onceward::models
