// A group of consumers: what it was given, what it has done, how it acknowledges.
#pragma once

#include <functional>

#include "models/log.hpp"

namespace onceward::models {

// One message in the hands of one handler run. It outlives a crash of the handler only in the
// group's memory of what was handled.
class Handling final : public sim::InArena, public sim::Completion {
 public:
  Handling(Group& in, sim::Process& by, std::uint32_t partition_index, std::uint32_t offset_index)
      : group(&in), process(&by), partition(partition_index), offset(offset_index) {}

  [[nodiscard]] const Message& message() const;
  void activity_ended(sim::World& world, sim::Activity& activity) override;
  // What the future of its handler depends on: the message, and whether an ack would be in time.
  void fingerprint(sim::Hasher& hasher) const;

  Group* group;
  sim::Process* process;
  std::uint32_t partition;
  std::uint32_t offset;
  std::uint32_t delivery = 0;  // which delivery of the message, from 1
  std::uint32_t entry = 0;     // its trace entry
  bool failed = false;         // set by a handler that ends with an error nobody caught
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

class Group : public sim::InArena {
 public:
  Group(Log& log, const GroupSpec& spec, std::uint32_t topic);
  virtual ~Group() = default;

  Ack ack(Handling& handling, const sim::Site& site) { return {handling, site}; }

  // A message was appended.
  virtual void appended(sim::World& world, std::uint32_t partition) = 0;
  // Its process acts (again), stops acting, has crashed.
  virtual void acting(sim::World& world) = 0;
  virtual void not_acting(sim::World& world) = 0;
  virtual void crashed(sim::World& world) = 0;
  virtual Status acknowledge(sim::World& world, Handling& handling, const sim::Site& site) = 0;
  virtual void ended(sim::World& world, Handling& handling) = 0;

  // Whether an acknowledgement now would not be late.
  [[nodiscard]] virtual bool is_current(const Handling& handling) const = 0;
  [[nodiscard]] virtual bool unfinished(std::uint32_t partition, std::uint32_t offset) const = 0;
  // The group is done with a message: acknowledged, or its handler ended well.
  void note_handled(const Handling& handling);
  [[nodiscard]] bool was_handled(std::uint32_t partition, std::uint32_t offset) const;
  virtual void fingerprint(sim::Hasher& hasher) const = 0;

  [[nodiscard]] const GroupSpec& spec() const { return *spec_; }
  [[nodiscard]] Log& log() const { return *log_; }
  [[nodiscard]] const Topic& topic() const { return log_->topic(topic_); }
  [[nodiscard]] std::uint32_t topic_index() const { return topic_; }
  [[nodiscard]] sim::Process* process(sim::World& world) const;
  [[nodiscard]] Uncaught uncaught() const {
    return spec_->has_uncaught ? spec_->uncaught : log_->profile().uncaught;
  }

 protected:
  // Gives a message to the process; `start` then runs its handler, with a causal id derived from
  // that of the delivery.
  Handling& hand_out(sim::World& world, std::uint32_t partition, std::uint32_t offset,
                     std::uint32_t delivery);
  void start(sim::World& world, Handling& handling, const sim::Hash128& id);
  void handled_fingerprint(sim::Hasher& hasher) const;
  // "bus.orders/0@1"
  [[nodiscard]] std::string place_text(std::uint32_t partition, std::uint32_t offset) const;
  void forget(Handling& handling);

  sim::Vector<Handling*> in_work_;

 private:
  Log* log_;
  const GroupSpec* spec_;
  std::uint32_t topic_;
  struct Place {
    std::uint32_t partition;
    std::uint32_t offset;
  };
  sim::Vector<Place> handled_;  // sorted
};

// The two views.
[[nodiscard]] Group* make_cursor_group(Log& log, const GroupSpec& spec, std::uint32_t topic);
[[nodiscard]] Group* make_lease_group(Log& log, const GroupSpec& spec, std::uint32_t topic);

}  // namespace onceward::models
