// A group of consumers: what it was given, what it has done, how it acknowledges.
#pragma once

#include "models/log.hpp"

namespace onceward::models {

// One message in the hands of one handler run. It outlives a crash of the handler only in the
// group's memory of what was settled.
class Handling final : public sim::InArena, public sim::Completion {
 public:
  Handling(Group& in, sim::Process& by, std::uint32_t partition_index, std::uint32_t offset_index)
      : group(&in), process(&by), partition(partition_index), offset(offset_index) {}

  [[nodiscard]] const Message& message() const;
  void activity_ended(sim::World& world, sim::Activity& activity) override;
  // "bus.orders/0@3", or "delivery 2 of bus.orders/0@3".
  [[nodiscard]] std::string describe_run(const sim::Activity& activity) const override;
  // What the future of its handler depends on: the message, and whether an ack would be in time.
  void fingerprint(sim::Hasher& hasher) const;

  Group* group;
  sim::Process* process;  // the instance that works on it
  std::uint32_t partition;
  std::uint32_t offset;
  // Which delivery of the message it is, from 1, as far as the consumer can know. Lease: of all;
  // cursor: of those since its process took the partition (GroupSpec::attempts_seen).
  std::uint32_t delivery = 0;
  std::uint32_t generation = 0;  // cursor: which taking of the partition it belongs to
  std::uint32_t entry = 0;       // its trace entry
  bool failed = false;           // set by a handler that ends with an error nobody caught
  const char* why = "stops: uncaught error";  // what its process does if that ends it, for people
  bool returned = false;                      // by a nack: how its handler ends tells no more
};

// The acknowledgement of one message.
class Ack final : public sim::Operation {
 public:
  Ack(Handling& handling, const sim::Site& site);
  Status await_resume() const;
  [[nodiscard]] std::string describe() const override { return "ack"; }

 private:
  sim::Applied apply(sim::World& world) override;
  Handling* handling_;
  Status result_ = Status::ok;
};

// The contrary: the message is to be handed out again, or it is given up.
class Nack final : public sim::Operation {
 public:
  Nack(Handling& handling, bool requeue, const sim::Site& site);
  Status await_resume() const;
  [[nodiscard]] std::string describe() const override { return "nack"; }

 private:
  sim::Applied apply(sim::World& world) override;
  Handling* handling_;
  bool requeue_;
  Status result_ = Status::ok;
};

class Group : public sim::InArena {
 public:
  Group(sim::World& world, Log& log, const GroupSpec& spec, std::uint32_t topic);
  virtual ~Group() = default;

  Ack ack(Handling& handling, const sim::Site& site) { return {handling, site}; }
  Nack nack(Handling& handling, bool requeue, const sim::Site& site) {
    return {handling, requeue, site};
  }

  // A message was appended.
  virtual void appended(sim::World& world, std::uint32_t partition) = 0;
  // One of its processes acts (again), stops acting, has crashed.
  virtual void acting(sim::World& world, sim::Process& process) = 0;
  virtual void not_acting(sim::World& world, sim::Process& process) = 0;
  virtual void crashed(sim::World& world, sim::Process& process) = 0;
  virtual Status acknowledge(sim::World& world, Handling& handling, const sim::Site& site) = 0;
  virtual Status reject(sim::World& world, Handling& handling, bool requeue) = 0;
  virtual void ended(sim::World& world, Handling& handling) = 0;

  // Whether an acknowledgement now would not be late.
  [[nodiscard]] virtual bool is_current(const Handling& handling) const = 0;
  // Whether a message is still to be done; whether it was ever for this group.
  [[nodiscard]] virtual bool unfinished(std::uint32_t partition, std::uint32_t offset) const = 0;
  [[nodiscard]] virtual bool concerns(std::uint32_t partition, std::uint32_t offset) const = 0;
  // The group is done with a message: acknowledged, or its handler ended well.
  void note_handled(const Handling& handling);
  [[nodiscard]] bool was_handled(std::uint32_t partition, std::uint32_t offset) const;
  [[nodiscard]] bool was_given_up(std::uint32_t partition, std::uint32_t offset) const;
  // Tells of the messages that nobody has taken up to its end or is about to.
  void tell_waiting(sim::World& world) const;
  virtual void fingerprint(sim::Hasher& hasher) const = 0;

  [[nodiscard]] const GroupSpec& spec() const { return *spec_; }
  [[nodiscard]] Log& log() const { return *log_; }
  [[nodiscard]] const Topic& topic() const { return log_->topic(topic_); }
  [[nodiscard]] std::uint32_t topic_index() const { return topic_; }
  // Which group of which topic: one name may stand for several.
  [[nodiscard]] sim::Hash128 id() const {
    return derive(log_->name().hash, spec_->name.hash, topic_);
  }
  [[nodiscard]] const sim::Vector<sim::Process*>& instances() const { return instances_; }
  [[nodiscard]] Uncaught uncaught() const {
    return spec_->has_uncaught ? spec_->uncaught : log_->profile().uncaught;
  }
  // "bus.orders/0@1"
  [[nodiscard]] std::string place_text(std::uint32_t partition, std::uint32_t offset) const;

 protected:
  [[nodiscard]] const Message& message(std::uint32_t partition, std::uint32_t offset) const {
    return topic().partitions[partition].messages[offset];
  }
  // It has no position, and its client then begins at the end.
  [[nodiscard]] bool begins_at_end() const {
    return spec_->starts_new && log_->profile().reset == Reset::latest;
  }
  // How often a message is handed out before it is given up; 0: no limit.
  [[nodiscard]] std::uint32_t deliveries_max() const;
  // Up to which number deliveries of a message are told apart by anything.
  [[nodiscard]] std::uint32_t deliveries_seen() const;
  // Whether `process` can take this message in addition to those it works on.
  [[nodiscard]] bool has_room(const sim::Process& process, std::uint32_t partition,
                              std::uint32_t offset) const;
  [[nodiscard]] const Concurrency& concurrency() const { return concurrency_; }

  // Gives a message to a process; `start` then runs its handler, with a causal id derived from
  // that of the delivery.
  Handling& hand_out(sim::World& world, sim::Process& by, std::uint32_t partition,
                     std::uint32_t offset, std::uint32_t delivery);
  void start(sim::World& world, Handling& handling, const sim::Hash128& id);
  // The group will not try a message again: dead-letters it, or drops it.
  void give_up(sim::World& world, std::uint32_t partition, std::uint32_t offset);
  void settled_fingerprint(sim::Hasher& hasher) const;
  void forget(Handling& handling);
  void forget_work_of(const sim::Process& process);

  sim::Vector<Handling*> in_work_;

 private:
  // What became of a message in the end.
  struct Settled {
    std::uint32_t partition;
    std::uint32_t offset;
    bool given_up;
  };
  [[nodiscard]] const Settled* find(std::uint32_t partition, std::uint32_t offset) const;
  void settle(const Settled& settled);

  Log* log_;
  const GroupSpec* spec_;
  std::uint32_t topic_;
  Concurrency concurrency_;
  sim::Vector<sim::Process*> instances_;
  sim::Vector<Settled> settled_;  // sorted
};

// The two views.
[[nodiscard]] Group* make_cursor_group(sim::World& world, Log& log, const GroupSpec& spec,
                                       std::uint32_t topic);
[[nodiscard]] Group* make_lease_group(sim::World& world, Log& log, const GroupSpec& spec,
                                      std::uint32_t topic);

}  // namespace onceward::models
