#include "models/cursor_group.hpp"

#include <algorithm>

namespace onceward::models {
namespace {

const sim::Site kFallBack("position falls back");
const sim::Site kAutoCommit("automatic commit");
const sim::Site kFindEnd("position is found");

// The fault `redeliver`, chosen at a commit and striking at any time after it.
class FallBack final : public sim::Occurrence {
 public:
  FallBack(CursorGroup& in, std::uint32_t partition, std::uint32_t to)
      : group_(in), partition_(partition), to_(to) {}
  void happen(sim::World& world) override {
    const sim::Arena::Entered entered(world.arena(), group_.log().owner());
    group_.fall_back(world, partition_, to_);
  }
  void fingerprint(sim::Hasher& hasher) const override {
    hasher.add(group_.id());
    hasher.add(std::uint64_t{partition_} << 32 | to_);
  }
  [[nodiscard]] std::string describe() const override {
    return group_.spec().name.text + ": redelivery from " + group_.place_text(partition_, to_);
  }
  void dispose() override { delete this; }

 private:
  CursorGroup& group_;
  std::uint32_t partition_;
  std::uint32_t to_;
};

bool judges_time(const Ledger& ledger) {
  for (std::size_t i = 0; i < ledger.obligations(); ++i) {
    if (ledger.spec(i).within != sim::kForever) return true;
  }
  return false;
}

}  // namespace

CursorGroup::CursorGroup(sim::World& world, Log& log, const GroupSpec& spec, std::uint32_t topic)
    : Group(world, log, spec, topic) {
  const std::size_t partitions = this->topic().partitions.size();
  const sim::Hash128 id = derive(log.name().hash, spec.name.hash, topic);
  for (sim::Process* process : instances()) members_.push_back(new Member(*this, *process));
  for (std::uint32_t i = 0; i < partitions; ++i) {
    auto* cursor = new Cursor(*this, i, derive(id, spec.name.hash, i));
    cursor->owner = instances()[i % instances().size()];
    cursor->target = cursor->owner;
    cursor->placed = cursor->has_commit = cursor->subscribed = !begins_at_end();
    cursors_.push_back(cursor);
  }
}

void CursorGroup::appended(sim::World& world, std::uint32_t partition) {
  refresh(world, partition);
}

void CursorGroup::take(sim::World& world, std::uint32_t partition, const sim::Hash128& id) {
  Cursor& cursor = *cursors_[partition];
  std::uint32_t offset = 0;
  if (!next_offset(partition, offset)) return;
  if (offset == cursor.position) {
    ++cursor.position;
    while (!cursor.ahead.empty() && cursor.ahead.front() == cursor.position) {
      cursor.ahead.erase(cursor.ahead.begin());
      ++cursor.position;
    }
  } else {
    cursor.ahead.insert(std::upper_bound(cursor.ahead.begin(), cursor.ahead.end(), offset), offset);
  }
  const std::uint32_t delivery = count_try(cursor, offset);
  // Nothing has been done yet that a crash could cut in two, but whoever takes over begins later.
  const auto* server = static_cast<const Server*>(cursor.owner->service());
  const bool is_point = judges_time(log().ledger()) || world.plan().at_every_operation;
  if (is_point && world.strike_taker(*cursor.owner, *spec().site,
                                     server->first_action_within(spec().handler))) {
    return;
  }
  Handling& handling = hand_out(world, *cursor.owner, partition, offset, delivery);
  handling.generation = cursor.generation;
  start(world, handling, id);
  refresh(world);
}

std::uint32_t CursorGroup::count_try(Cursor& cursor, std::uint32_t offset) {
  if (deliveries_seen() == 0) return 1;
  for (Cursor::Tries& each : cursor.tries) {
    if (each.offset == offset) return ++each.deliveries;
  }
  cursor.tries.push_back({offset, 1});
  return 1;
}

void CursorGroup::forget_tries(Cursor& cursor, std::uint32_t offset) {
  std::erase_if(cursor.tries, [&](const Cursor::Tries& each) { return each.offset == offset; });
}

Status CursorGroup::acknowledge(sim::World& world, Handling& handling, const sim::Site& site) {
  if (!is_current(handling)) return Status::refused;
  commit(world, handling.partition, handling.offset + 1, site);
  return Status::ok;
}

Status CursorGroup::reject(sim::World& world, Handling& handling, bool requeue) {
  if (!is_current(handling)) return Status::refused;
  handling.returned = true;
  if (requeue && !is_last_try(handling)) {
    read_again_from(*cursors_[handling.partition], handling.offset);
  } else {
    give_up_on(world, handling);
  }
  refresh(world, handling.partition);
  return Status::ok;
}

bool CursorGroup::is_last_try(const Handling& handling) const {
  return deliveries_max() != 0 && handling.delivery >= deliveries_max();
}

void CursorGroup::commit(sim::World& world, std::uint32_t partition, std::uint32_t position,
                         const sim::Site& site) {
  Cursor& cursor = *cursors_[partition];
  const std::uint32_t before = cursor.committed;
  cursor.committed = position;
  cursor.has_commit = true;
  if (before >= position) return;
  const sim::FaultKind fault =
      world.offer_fault(site, {sim::FaultKind::redeliver},
                        {&topic().spec->name, &spec().name, spec().process, &cursor.owner->name()});
  if (fault == sim::FaultKind::none) return;
  world.schedule<FallBack>(log().owner(), cursor.creator, kFallBack, sim::kAnyTime, *this,
                           partition, before);
}

void CursorGroup::commit_by_itself(sim::World& world, std::uint32_t partition) {
  Cursor& cursor = *cursors_[partition];
  cursor.commits_later = false;
  commit(world, partition, cursor.ended, kAutoCommit);
  offer_crash_after_run(world, *cursor.owner, *spec().site);
}

void CursorGroup::fall_back(sim::World& world, std::uint32_t partition, std::uint32_t to) {
  Cursor& cursor = *cursors_[partition];
  const std::uint32_t entry = world.trace(log().name(), [&](sim::TraceEntry& trace) {
    trace.text = "REDELIVERY: group " + spec().name.text + " falls back to " +
                 place_text(partition, to) + " and reads on from there";
    trace.mark = sim::Mark::fault;
    if (world.cause() != 0) trace.causes.push_back(world.cause());
  });
  if (entry != 0) world.set_cause(entry);
  cursor.committed = std::min(cursor.committed, to);
  cursor.ended = std::min(cursor.ended, to);
  read_again_from(cursor, to);
  refresh(world, partition);
}

void CursorGroup::read_again_from(Cursor& cursor, std::uint32_t offset) {
  cursor.position = std::min(cursor.position, offset);
  const auto after = std::lower_bound(cursor.ahead.begin(), cursor.ahead.end(), offset);
  cursor.ahead.erase(after, cursor.ahead.end());
}

void CursorGroup::give_up_on(sim::World& world, const Handling& handling) {
  Cursor& cursor = *cursors_[handling.partition];
  cursor.ended = std::max(cursor.ended, handling.offset + 1);
  forget_tries(cursor, handling.offset);
  arm_auto_commit(world, cursor);
  give_up(world, handling.partition, handling.offset);
}

void CursorGroup::ended(sim::World& world, Handling& handling) {
  Cursor& cursor = *cursors_[handling.partition];
  const bool failed = handling.failed;
  if (handling.returned || !is_current(handling)) {
    // A nack has said what becomes of it, or somebody else reads the partition by now.
  } else if (!failed) {
    note_handled(handling);
    cursor.ended = std::max(cursor.ended, handling.offset + 1);
    forget_tries(cursor, handling.offset);
    if (!spec().acknowledges) arm_auto_commit(world, cursor);
  } else if (uncaught() == Uncaught::skip ||
             (uncaught() == Uncaught::redeliver && is_last_try(handling))) {
    give_up_on(world, handling);
  } else {
    read_again_from(cursor, handling.offset);
  }
  sim::Process& by = *handling.process;
  const std::uint32_t partition = handling.partition;
  const char* const why = handling.why;
  forget(handling);
  if (failed && uncaught() == Uncaught::crash) {
    world.fail_process(by, why);
    return;
  }
  change_hands(world, partition);
  refresh(world);
}

void CursorGroup::begin_at_end(sim::World& world, std::uint32_t partition) {
  Cursor& cursor = *cursors_[partition];
  const auto end = static_cast<std::uint32_t>(topic().partitions[partition].messages.size());
  if (!cursor.subscribed) cursor.began = end;
  cursor.subscribed = true;
  cursor.placed = true;
  cursor.committed = cursor.position = cursor.ended = end;
  world.trace(cursor.owner->name(), [&](sim::TraceEntry& trace) {
    trace.text = "group " + spec().name.text + " has no position and begins at " +
                 place_text(partition, end);
    trace.rule = log().profile().name + ": reset " + to_text(log().profile().reset);
  });
  refresh(world, partition);
}

// There is no compare-and-set: an ack always commits the position after its message, unless the
// partition has changed hands since.
bool CursorGroup::is_current(const Handling& handling) const {
  return handling.generation == cursors_[handling.partition]->generation;
}

bool CursorGroup::unfinished(std::uint32_t partition, std::uint32_t offset) const {
  const Cursor& cursor = *cursors_[partition];
  return cursor.subscribed && offset >= cursor.committed;
}

bool CursorGroup::concerns(std::uint32_t partition, std::uint32_t offset) const {
  const Cursor& cursor = *cursors_[partition];
  return cursor.subscribed && offset >= cursor.began;
}

const std::string& CursorGroup::reader_text(std::uint32_t partition) const {
  const sim::Process* owner = cursors_[partition]->owner;
  return owner == nullptr ? spec().name.text : owner->name().text;
}

bool CursorGroup::next_offset(std::uint32_t partition, std::uint32_t& offset) const {
  const Cursor& cursor = *cursors_[partition];
  const bool reads = cursor.owner != nullptr && cursor.owner == cursor.target &&
                     cursor.owner->acts() && cursor.placed;
  if (!reads) return false;
  const std::size_t end = topic().partitions[partition].messages.size();
  for (offset = cursor.position; offset < end; ++offset) {
    if (std::binary_search(cursor.ahead.begin(), cursor.ahead.end(), offset)) continue;
    if (has_room(*cursor.owner, partition, offset)) return true;
    if (concurrency().per != Concurrency::Per::key) return false;
  }
  return false;
}

void CursorGroup::refresh(sim::World& world) {
  for (std::uint32_t i = 0; i < cursors_.size(); ++i) refresh(world, i);
}

void CursorGroup::refresh(sim::World& world, std::uint32_t partition) {
  Cursor& cursor = *cursors_[partition];
  const auto offer = [&](sim::Occurrence& occurrence, const sim::Site& site, bool can) {
    const bool pending = occurrence.phase == sim::Occurrence::Phase::pending;
    if (can == pending) return;
    if (!can) {
      world.cancel(occurrence);
      return;
    }
    occurrence.entry = world.cause();
    world.add(occurrence, cursor.creator, site, log().profile().deliver);
  };
  std::uint32_t offset = 0;
  offer(cursor.next, *spec().site, next_offset(partition, offset));
  const bool acts = cursor.owner != nullptr && cursor.owner->acts();
  offer(cursor.find_end, kFindEnd, acts && !cursor.placed);
}

void CursorGroup::arm_auto_commit(sim::World& world, Cursor& cursor) {
  cursor.commits_later = true;
  const bool pending = cursor.auto_commit.phase == sim::Occurrence::Phase::pending;
  if (pending || !cursor.owner->acts()) return;
  cursor.auto_commit.entry = world.cause();
  world.add(cursor.auto_commit, cursor.creator, kAutoCommit, log().profile().auto_commit);
}

void CursorGroup::fingerprint(sim::Hasher& hasher) const {
  for (const Member* each : members_) hasher.add(each->in_group ? 1 : 0);
  const auto who = [](const sim::Process* process) {
    return process == nullptr ? 0 : std::uint64_t{process->index()} + 1;
  };
  for (const Cursor* cursor : cursors_) {
    hasher.add(who(cursor->owner) << 32 | who(cursor->target));
    hasher.add(cursor->committed);
    hasher.add(cursor->position);
    hasher.add(cursor->ended);
    hasher.add(cursor->began);
    hasher.add((cursor->next.phase == sim::Occurrence::Phase::pending ? 1U : 0U) |
               (cursor->commits_later ? 2U : 0U) | (cursor->placed ? 4U : 0U) |
               (cursor->has_commit ? 8U : 0U) | (cursor->subscribed ? 16U : 0U));
    hasher.add(cursor->ahead.size());
    for (const std::uint32_t offset : cursor->ahead) hasher.add(offset);
    hasher.add(cursor->tries.size());
    for (const Cursor::Tries& each : cursor->tries) {
      hasher.add(std::uint64_t{each.offset} << 32 | std::min(each.deliveries, deliveries_seen()));
    }
  }
  // Which messages they are is known from the tasks that work on them.
  hasher.add(in_work_.size());
  settled_fingerprint(hasher);
}

void OfPartition::fingerprint(sim::Hasher& hasher) const {
  hasher.add(group_.id());
  hasher.add(partition_);
}

void NextMessage::happen(sim::World& world) {
  const sim::Arena::Entered entered(world.arena(), group_.log().owner());
  group_.take(world, partition_, id);
}
std::string NextMessage::describe() const {
  return group_.reader_text(partition_) + ": next message of " + group_.topic().spec->name.text +
         "/" + std::to_string(partition_);
}

void AutoCommit::happen(sim::World& world) {
  const sim::Arena::Entered entered(world.arena(), group_.log().owner());
  group_.commit_by_itself(world, partition_);
}
std::string AutoCommit::describe() const {
  return group_.spec().name.text + ": automatic commit of " + group_.topic().spec->name.text + "/" +
         std::to_string(partition_);
}

void FindEnd::happen(sim::World& world) {
  const sim::Arena::Entered entered(world.arena(), group_.log().owner());
  group_.begin_at_end(world, partition_);
}
std::string FindEnd::describe() const {
  return group_.reader_text(partition_) + ": finds where " + group_.topic().spec->name.text + "/" +
         std::to_string(partition_) + " ends";
}

Group* make_cursor_group(sim::World& world, Log& log, const GroupSpec& spec, std::uint32_t topic) {
  return new CursorGroup(world, log, spec, topic);
}

}  // namespace onceward::models
