// The cursor view: one committed position a partition (Kafka's design, 4.6 to 4.8).
//
// Partitions are shared out among the processes that are members of the group, partition p to
// member p modulo their number. A process that crashes stays a member until its session ends or it
// is back: nobody reads its partitions meanwhile. When members change, partitions change hands: one
// whose owner still works on something of it does so when that is done, as a consumer takes part in
// a rebalance between two polls. Whoever gets a partition, or comes back to it, reads on from the
// committed position.
#pragma once

#include "models/group.hpp"

namespace onceward::models {

class CursorGroup;

// Something pending of one partition.
class OfPartition : public sim::Occurrence {
 public:
  OfPartition(CursorGroup& in, std::uint32_t partition) : group_(in), partition_(partition) {}
  void fingerprint(sim::Hasher& hasher) const final;

 protected:
  ~OfPartition() = default;
  CursorGroup& group_;
  std::uint32_t partition_;
};

// The next message of a partition comes to the consumer.
class NextMessage final : public OfPartition {
 public:
  using OfPartition::OfPartition;
  void happen(sim::World& world) override;
  [[nodiscard]] std::string describe() const override;
};

// The client commits, by itself, the position after what its handler has ended with.
class AutoCommit final : public OfPartition {
 public:
  using OfPartition::OfPartition;
  void happen(sim::World& world) override;
  [[nodiscard]] std::string describe() const override;
};

// A group without a position looks where the partition ends and begins there.
class FindEnd final : public OfPartition {
 public:
  using OfPartition::OfPartition;
  void happen(sim::World& world) override;
  [[nodiscard]] std::string describe() const override;
};

// The session of a process that is gone ends.
class Eviction final : public sim::Occurrence {
 public:
  Eviction(CursorGroup& in, sim::Process& process) : group_(in), process_(process) {}
  void happen(sim::World& world) override;
  void fingerprint(sim::Hasher& hasher) const override;
  [[nodiscard]] std::string describe() const override;

 private:
  CursorGroup& group_;
  sim::Process& process_;
};

struct Cursor : sim::InArena {
  Cursor(CursorGroup& group, std::uint32_t partition, const sim::Hash128& id)
      : creator(id),
        next(group, partition),
        auto_commit(group, partition),
        find_end(group, partition) {}

  struct Tries {
    std::uint32_t offset;
    std::uint32_t deliveries;
  };

  sim::Creator creator;
  sim::Process* owner = nullptr;   // who reads it
  sim::Process* target = nullptr;  // who will, once the owner is done with what it works on
  std::uint32_t generation = 0;    // grows whenever someone begins to read it
  bool placed = true;              // it has a position
  bool has_commit = true;          // a position was committed, or there was one before the run
  bool subscribed = true;          // it had a position at some time; the first was `began`
  std::uint32_t began = 0;
  std::uint32_t committed = 0;
  std::uint32_t position = 0;        // all before it are taken
  sim::Vector<std::uint32_t> ahead;  // those after it that are taken already; sorted
  std::uint32_t ended = 0;           // position after the last message whose handler ended well
  bool commits_later = false;        // its client will commit `ended` by itself
  sim::Vector<Tries> tries;          // by the owner since it took the partition, where counted
  NextMessage next;
  AutoCommit auto_commit;
  FindEnd find_end;
};

class CursorGroup final : public Group {
 public:
  CursorGroup(sim::World& world, Log& log, const GroupSpec& spec, std::uint32_t topic);

  void appended(sim::World& world, std::uint32_t partition) override;
  void acting(sim::World& world, sim::Process& process) override;
  void not_acting(sim::World& world, sim::Process& process) override;
  void crashed(sim::World& world, sim::Process& process) override;
  Status acknowledge(sim::World& world, Handling& handling, const sim::Site& site) override;
  Status reject(sim::World& world, Handling& handling, bool requeue) override;
  void ended(sim::World& world, Handling& handling) override;
  [[nodiscard]] bool is_current(const Handling& handling) const override;
  [[nodiscard]] bool unfinished(std::uint32_t partition, std::uint32_t offset) const override;
  [[nodiscard]] bool concerns(std::uint32_t partition, std::uint32_t offset) const override;
  void fingerprint(sim::Hasher& hasher) const override;

  // ---- what occurs -----------------------------------------------------------------------------

  void take(sim::World& world, std::uint32_t partition, const sim::Hash128& id);
  void commit_by_itself(sim::World& world, std::uint32_t partition);
  void fall_back(sim::World& world, std::uint32_t partition, std::uint32_t to);
  void begin_at_end(sim::World& world, std::uint32_t partition);
  void evict(sim::World& world, sim::Process& process);

  // "cid" or, where nobody owns it, the name of the group.
  [[nodiscard]] const std::string& reader_text(std::uint32_t partition) const;

 private:
  struct Member : sim::InArena {
    Member(CursorGroup& group, sim::Process& of) : process(&of), eviction(group, of) {}
    sim::Process* process;
    bool in_group = true;
    Eviction eviction;
  };

  // members (cursor_members.cpp)
  Member& member(const sim::Process& process);
  void share_out(sim::World& world);
  void change_hands(sim::World& world, std::uint32_t partition);
  void begin_reading(Cursor& cursor);

  // positions
  void commit(sim::World& world, std::uint32_t partition, std::uint32_t position,
              const sim::Site& site);
  void read_again_from(Cursor& cursor, std::uint32_t offset);
  // The message goes another way than through its handler, and the position passes it.
  void give_up_on(sim::World& world, const Handling& handling);
  [[nodiscard]] bool is_last_try(const Handling& handling) const;
  void arm_auto_commit(sim::World& world, Cursor& cursor);

  // The next message that the owner can take; false: none.
  [[nodiscard]] bool next_offset(std::uint32_t partition, std::uint32_t& offset) const;
  // Makes pending what can come next and nothing else.
  void refresh(sim::World& world);
  void refresh(sim::World& world, std::uint32_t partition);
  std::uint32_t count_try(Cursor& cursor, std::uint32_t offset);
  static void forget_tries(Cursor& cursor, std::uint32_t offset);

  sim::Vector<Cursor*> cursors_;  // by partition
  sim::Vector<Member*> members_;  // by instance
};

}  // namespace onceward::models
