// The broker: a partitioned log, and the two ways to read it.
//
// Guarantees: an append is atomic and durable; messages of one partition keep their order; a key
// always goes to one partition. Which keys share a partition is a `data` choice up to symmetry,
// made when a key first appears.
//
// Views (one a group; `profiles.hpp` has the settings):
// - cursor: a group has a committed position a partition. A consumer takes the next message, works
//   on one a partition at a time, and its acknowledgement moves the committed position. A crash
//   falls back to it. The fault `redeliver` lets the position fall back to the one committed
//   before, and everything after it is delivered again, in order.
// - lease: each message is handed out on its own and hidden until acknowledged, until the lease
//   ends, or until its consumer's connection breaks. The fault `redeliver` hands one delivered
//   message out once more, before or after its acknowledgement.
#pragma once

#include <cstdint>
#include <vector>

#include "models/ledger.hpp"
#include "models/message.hpp"
#include "models/profiles.hpp"
#include "models/status.hpp"
#include "sim/operation.hpp"

namespace onceward::models {

class Group;
class Handling;
class Log;

// A service that handles what is brought to it, one coroutine each. What it is brought is passed by
// pointer and stays alive until the coroutine ends.
class RequestHandling;
class Server : public sim::Service {
 public:
  virtual sim::Task<> on_request(RequestHandling* handling) = 0;
  virtual sim::Task<> on_message(Handling* handling) = 0;
};

struct TopicSpec {
  TopicSpec(const std::string& broker, const std::string& topic) : name(broker + "." + topic) {}
  sim::Symbol name;  // "bus.orders"
  std::uint32_t partitions = 1;
};

// A group of consumers of one topic, served by one process. `site` is its handler's.
struct GroupSpec {
  explicit GroupSpec(std::string group) : name(std::move(group)) {}
  sim::Symbol name;
  const TopicSpec* topic = nullptr;
  const sim::Symbol* process = nullptr;
  const sim::Site* site = nullptr;
  std::uint32_t handler = 0;  // which of the service's handlers
  bool acknowledges = true;   // its handler acks itself; automatic commit is off
  bool has_uncaught = false;  // `uncaught` overrides the profile
  Uncaught uncaught = Uncaught::redeliver;
};

struct Partition {
  sim::Vector<Message> messages;
};

struct Topic {
  explicit Topic(const TopicSpec& description) : spec(&description) {}
  struct Place {
    sim::Value key;
    std::uint32_t partition;
  };
  const TopicSpec* spec;
  sim::Vector<Partition> partitions;
  sim::Vector<Place> places;  // of the keys seen so far
};

class Append final : public sim::Operation {
 public:
  // `message` must stay alive while the operation waits.
  // What was stored as the same `sending` before is answered and not stored again; 0: always new.
  Append(Log& log, std::uint32_t topic, const Message& message, std::uint64_t sending,
         const sim::Site& site);
  Status await_resume() const;
  [[nodiscard]] std::string describe() const override;

 private:
  [[nodiscard]] sim::Fallible fallible() const override { return sim::Fallible::sent; }
  sim::Applied apply(sim::World& world) override;
  void refused(sim::World&) override { result_ = Status::refused; }
  void timed_out(sim::World&, bool) override { result_ = Status::timeout; }
  [[nodiscard]] sim::Operation* copy() const override;
  void dispose() override;

  Log* log_;
  std::uint32_t topic_;
  const Message* message_;
  std::uint64_t sending_;
  bool owns_message_ = false;  // a copy that outlives its caller
  Status result_ = Status::ok;
};

class Log final : public sim::Component {
 public:
  Log(const sim::Symbol& name, sim::OwnerId owner, sim::World& world, const BrokerProfile& profile,
      const std::vector<const TopicSpec*>& topics, Ledger& ledger);

  // Part of building; every group starts at the log's start.
  Group& add_group(sim::World& world, const GroupSpec& spec);

  Append append(std::uint32_t topic, const Message& message, const sim::Site& site) {
    return {*this, topic, message, 0, site};
  }
  // One try of a sending that may be tried again (producer.hpp).
  Append append_once(std::uint32_t topic, const Message& message, std::uint64_t sending,
                     const sim::Site& site) {
    return {*this, topic, message, sending, site};
  }
  // Stores a message at the end of its key's partition; part of the operation `append`.
  void store(sim::World& world, std::uint32_t topic, const Message& message, std::uint64_t sending,
             const sim::Site& site);

  [[nodiscard]] std::uint32_t topic(std::string_view name) const;
  [[nodiscard]] const Topic& topic(std::uint32_t index) const { return topics_[index]; }
  [[nodiscard]] const BrokerProfile& profile() const { return *profile_; }
  [[nodiscard]] Ledger& ledger() { return *ledger_; }
  [[nodiscard]] sim::World& world() const { return *world_; }

  // Whether some group never handled a message of this type and key; `entry` is its trace entry.
  [[nodiscard]] bool unhandled(const sim::Symbol& type, const sim::Value& key,
                               std::uint32_t& entry) const;
  // The messages that some group has neither done nor parked nor dropped.
  [[nodiscard]] sim::Vector<const Message*> unfinished() const;

  void fingerprint(sim::Hasher& hasher) const override;
  void on_acting(sim::World& world, sim::Process& process) override;
  void on_not_acting(sim::World& world, sim::Process& process) override;
  void on_crash(sim::World& world, sim::Process& process) override;

 private:
  friend class Append;
  [[nodiscard]] bool has_sending(std::uint32_t topic, std::uint64_t sending) const;
  std::uint32_t partition_of(sim::World& world, Topic& topic, const sim::Value& key,
                             const sim::Site& site);

  sim::World* world_;
  const BrokerProfile* profile_;
  Ledger* ledger_;
  sim::Vector<Topic> topics_;
  sim::Vector<Group*> groups_;
};

}  // namespace onceward::models
