// The cursor view: one committed position a partition (Kafka's design, 4.6 to 4.8).
#include <algorithm>

#include "models/group.hpp"

namespace onceward::models {
namespace {

const sim::Site kFallBack("position falls back");
const sim::Site kAutoCommit("automatic commit");

class CursorGroup;

// The next message of a partition comes to the consumer.
class NextMessage final : public sim::Occurrence {
 public:
  NextMessage(CursorGroup& in, std::uint32_t partition) : group_(in), partition_(partition) {}
  void happen(sim::World& world) override;
  void fingerprint(sim::Hasher& hasher) const override;
  [[nodiscard]] std::string describe() const override;

 private:
  CursorGroup& group_;
  std::uint32_t partition_;
};

// The client commits, by itself, the position after what its handler has ended with.
class AutoCommit final : public sim::Occurrence {
 public:
  AutoCommit(CursorGroup& in, std::uint32_t partition) : group_(in), partition_(partition) {}
  void happen(sim::World& world) override;
  void fingerprint(sim::Hasher& hasher) const override;
  [[nodiscard]] std::string describe() const override;

 private:
  CursorGroup& group_;
  std::uint32_t partition_;
};

// The fault `redeliver`, chosen at a commit and striking at any time after it.
class FallBack final : public sim::Occurrence {
 public:
  FallBack(CursorGroup& in, std::uint32_t partition, std::uint32_t to)
      : group_(in), partition_(partition), to_(to) {}
  void happen(sim::World& world) override;
  void fingerprint(sim::Hasher& hasher) const override;
  [[nodiscard]] std::string describe() const override;
  void dispose() override { delete this; }

 private:
  CursorGroup& group_;
  std::uint32_t partition_;
  std::uint32_t to_;
};

struct Cursor : sim::InArena {
  Cursor(CursorGroup& group, std::uint32_t partition, const sim::Hash128& id)
      : creator(id), next(group, partition), auto_commit(group, partition) {}
  sim::Creator creator;
  std::uint32_t committed = 0;
  std::uint32_t position = 0;  // of the next message to take
  std::uint32_t ended = 0;     // position after the last message whose handler ended well
  bool busy = false;
  bool commits_later = false;  // its client will commit `ended` by itself
  NextMessage next;
  AutoCommit auto_commit;
};

class CursorGroup final : public Group {
 public:
  CursorGroup(Log& log, const GroupSpec& spec, std::uint32_t topic) : Group(log, spec, topic) {
    const std::size_t partitions = this->topic().partitions.size();
    const sim::Hash128 id = derive(log.name().hash, spec.name.hash, topic);
    for (std::uint32_t i = 0; i < partitions; ++i) {
      cursors_.push_back(new Cursor(*this, i, derive(id, spec.name.hash, i)));
    }
  }

  void appended(sim::World& world, std::uint32_t partition) override { offer(world, partition); }
  void acting(sim::World& world) override {
    for (std::uint32_t i = 0; i < cursors_.size(); ++i) {
      offer(world, i);
      if (cursors_[i]->commits_later) arm_auto_commit(world, i);
    }
  }
  void not_acting(sim::World& world) override {
    for (Cursor* cursor : cursors_) {
      world.cancel(cursor->next);
      world.cancel(cursor->auto_commit);
    }
  }

  void crashed(sim::World&) override {
    for (Cursor* cursor : cursors_) {
      cursor->commits_later = false;
      cursor->position = cursor->committed;
      cursor->ended = cursor->committed;
      cursor->busy = false;
    }
    while (!in_work_.empty()) forget(*in_work_.back());
  }

  void take(sim::World& world, std::uint32_t partition, const sim::Hash128& id) {
    Cursor& cursor = *cursors_[partition];
    cursor.busy = true;
    Handling& handling = hand_out(world, partition, cursor.position++, 1);
    start(world, handling, id);
  }

  Status acknowledge(sim::World& world, Handling& handling, const sim::Site& site) override {
    commit(world, handling.partition, handling.offset + 1, site);
    return Status::ok;
  }

  void commit(sim::World& world, std::uint32_t partition, std::uint32_t position,
              const sim::Site& site) {
    Cursor& cursor = *cursors_[partition];
    const std::uint32_t before = cursor.committed;
    cursor.committed = position;
    if (before >= position) return;
    const sim::FaultKind fault = world.offer_fault(
        site, {sim::FaultKind::redeliver}, {&topic().spec->name, &spec().name, spec().process});
    if (fault == sim::FaultKind::none) return;
    world.schedule<FallBack>(log().owner(), cursor.creator, kFallBack, sim::kAnyTime, *this,
                             partition, before);
  }

  void auto_commit(sim::World& world, std::uint32_t partition) {
    Cursor& cursor = *cursors_[partition];
    cursor.commits_later = false;
    commit(world, partition, cursor.ended, kAutoCommit);
  }

  void fall_back(sim::World& world, std::uint32_t partition, std::uint32_t to) {
    Cursor& cursor = *cursors_[partition];
    const std::uint32_t entry = world.trace(log().name(), [&](sim::TraceEntry& trace) {
      trace.text = "REDELIVERY: group " + spec().name.text + " falls back to " +
                   place_text(partition, to) + " and reads on from there";
      trace.mark = sim::Mark::fault;
      if (world.cause() != 0) trace.causes.push_back(world.cause());
    });
    if (entry != 0) world.set_cause(entry);
    cursor.committed = std::min(cursor.committed, to);
    cursor.position = std::min(cursor.position, to);
    cursor.ended = std::min(cursor.ended, to);
    offer(world, partition);
  }

  void ended(sim::World& world, Handling& handling) override {
    Cursor& cursor = *cursors_[handling.partition];
    const std::uint32_t partition = handling.partition;
    const bool failed = handling.failed;
    cursor.busy = false;
    if (!failed || uncaught() == Uncaught::skip) {
      if (!failed) note_handled(handling);
      cursor.ended = std::max(cursor.ended, handling.offset + 1);
      if (!spec().acknowledges || failed) arm_auto_commit(world, partition);
    } else {
      cursor.position = std::min(cursor.position, handling.offset);
    }
    sim::Process& by = *handling.process;
    forget(handling);
    if (failed && uncaught() == Uncaught::crash) {
      world.fail_process(by);
      return;
    }
    offer(world, partition);
  }

  // There is no compare-and-set: an ack always commits the position after its message.
  [[nodiscard]] bool is_current(const Handling&) const override { return true; }

  [[nodiscard]] bool unfinished(std::uint32_t partition, std::uint32_t offset) const override {
    return offset >= cursors_[partition]->committed;
  }

  void fingerprint(sim::Hasher& hasher) const override {
    for (const Cursor* cursor : cursors_) {
      hasher.add(cursor->committed);
      hasher.add(cursor->position);
      hasher.add(cursor->ended);
      hasher.add((cursor->busy ? 1U : 0U) |
                 (cursor->next.phase == sim::Occurrence::Phase::pending ? 2U : 0U) |
                 (cursor->commits_later ? 4U : 0U));
    }
    handled_fingerprint(hasher);
  }

 private:
  // Makes the next message pending if it can be taken.
  void offer(sim::World& world, std::uint32_t partition) {
    Cursor& cursor = *cursors_[partition];
    const auto& messages = topic().partitions[partition].messages;
    const sim::Process* by = process(world);
    const bool can = by->acts() && !cursor.busy && cursor.position < messages.size();
    if (!can || cursor.next.phase == sim::Occurrence::Phase::pending) return;
    cursor.next.entry = world.cause();
    world.add(cursor.next, cursor.creator, *spec().site, log().profile().deliver);
  }

  void arm_auto_commit(sim::World& world, std::uint32_t partition) {
    Cursor& cursor = *cursors_[partition];
    cursor.commits_later = true;
    const bool pending = cursor.auto_commit.phase == sim::Occurrence::Phase::pending;
    if (pending || !process(world)->acts()) return;
    cursor.auto_commit.entry = world.cause();
    world.add(cursor.auto_commit, cursor.creator, kAutoCommit, log().profile().auto_commit);
  }

  sim::Vector<Cursor*> cursors_;  // by partition
};

void NextMessage::happen(sim::World& world) {
  const sim::Arena::Entered entered(world.arena(), group_.log().owner());
  group_.take(world, partition_, id);
}
void NextMessage::fingerprint(sim::Hasher& hasher) const {
  hasher.add(group_.spec().name.hash);
  hasher.add(partition_);
}
std::string NextMessage::describe() const {
  return group_.spec().process->text + ": next message of " + group_.topic().spec->name.text + "/" +
         std::to_string(partition_);
}

void AutoCommit::happen(sim::World& world) {
  const sim::Arena::Entered entered(world.arena(), group_.log().owner());
  group_.auto_commit(world, partition_);
}
void AutoCommit::fingerprint(sim::Hasher& hasher) const {
  hasher.add(group_.spec().name.hash);
  hasher.add(partition_);
}
std::string AutoCommit::describe() const {
  return group_.spec().name.text + ": automatic commit of " + group_.topic().spec->name.text + "/" +
         std::to_string(partition_);
}

void FallBack::happen(sim::World& world) {
  const sim::Arena::Entered entered(world.arena(), group_.log().owner());
  group_.fall_back(world, partition_, to_);
}
void FallBack::fingerprint(sim::Hasher& hasher) const {
  hasher.add(group_.spec().name.hash);
  hasher.add(std::uint64_t{partition_} << 32 | to_);
}
std::string FallBack::describe() const {
  return group_.spec().name.text + ": redelivery from " + group_.topic().spec->name.text + "/" +
         std::to_string(partition_) + "@" + std::to_string(to_);
}

}  // namespace

Group* make_cursor_group(Log& log, const GroupSpec& spec, std::uint32_t topic) {
  return new CursorGroup(log, spec, topic);
}

}  // namespace onceward::models
