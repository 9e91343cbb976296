// The broker: a partitioned log, and the two ways to read it.
//
// Guarantees: an append is atomic and durable; messages of one partition keep their order; a key
// always goes to one partition. Which keys share a partition is a `data` choice up to symmetry,
// made when a key first appears.
//
// Views (one a group; `profiles.hpp` has the settings):
// - cursor: a group has a committed position a partition, and each partition belongs to one of the
//   group's processes. It takes the next message, works on one a partition at a time unless told
//   otherwise, and its acknowledgement moves the committed position to behind the message, whatever
//   becomes of those before it. A crash falls back to that position. The fault `redeliver` lets the
//   position fall back to the one committed before, and everything after it is delivered again, in
//   order.
// - lease: each message is handed out on its own, to any process of the group that has room, and
//   hidden until acknowledged, until the lease ends, or until its consumer's connection breaks. The
//   fault `redeliver` hands one delivered message out once more, before or after its
//   acknowledgement.
#pragma once

#include <cstdint>
#include <functional>
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
class Timer;
class Server : public sim::Service {
 public:
  virtual sim::Task<> on_request(RequestHandling* handling) = 0;
  virtual sim::Task<> on_message(Handling* handling) = 0;
  virtual sim::Task<> on_timer(Timer*) { co_return; }
  // How long at most until a run of this handler does something, once it has begun. kForever: it
  // may never.
  [[nodiscard]] virtual sim::Duration first_action_within(std::uint32_t /*handler*/) const {
    return sim::kForever;
  }
  // Whether its process keeps anything of a run that has ended: memory, a timer, a task. If not, a
  // crash takes nothing back once what the run was for is done with.
  [[nodiscard]] virtual bool remembers() const { return true; }
};

// What a run in `process` was for is done with, as others can tell: a request is answered, a
// message acknowledged by itself. Offers a crash where that would lose what the process remembers.
void offer_crash_after_run(sim::World& world, sim::Process& process, const sim::Site& site);

struct TopicSpec {
  TopicSpec(const std::string& broker, const std::string& topic) : name(broker + "." + topic) {}
  sim::Symbol name;  // "bus.orders"
  std::uint32_t partitions = 1;
  // How often a message is handed out to a group before the group gives it up; 0: as the profile
  // says. What is given up goes to the topic `dead_letter` of the same broker, if there is one.
  std::uint32_t max_deliveries = 0;
  const TopicSpec* dead_letter = nullptr;
  // What the broker never stores, whoever sends it; null: nothing. It is no fault, and the same
  // for equal messages.
  std::function<bool(sim::World&, const Message&)> refuses;
};

// How many messages of one handler, key or partition a process works on at once; others wait.
// Messages without a key do not wait for each other.
struct Concurrency {
  enum class Per : std::uint8_t { handler, key, partition };
  Per per = Per::handler;
  std::uint32_t at_most = 1;
};

// A group of consumers of one topic: the instances of one service. `site` is its handler's.
struct GroupSpec {
  explicit GroupSpec(std::string group) : name(std::move(group)) {}
  sim::Symbol name;
  const TopicSpec* topic = nullptr;
  const sim::Symbol* process = nullptr;  // the name of the service
  const sim::Site* site = nullptr;
  std::uint32_t handler = 0;  // which of the service's handlers
  bool acknowledges = true;   // its handler acks itself; automatic commit is off
  bool has_uncaught = false;  // `uncaught` overrides the profile
  Uncaught uncaught = Uncaught::redeliver;
  // Without one: cursor one a partition, lease the profile's prefetch.
  bool has_concurrency = false;
  Concurrency concurrency;
  bool starts_new = false;  // it has no position yet: the profile's reset says where it begins
  // Its handler tells deliveries of a message apart up to this one; 0: it does not look.
  std::uint32_t attempts_seen = 0;
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
  // Partitions whose numbers differ by a multiple of it are alike: the groups' processes share them
  // out in the same way, however many of them there are.
  std::uint32_t period = 1;
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

  // Part of building. REQUIRES: the processes of its service are there already.
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

  // Whether `topic` refuses the message, whenever it comes.
  [[nodiscard]] bool refuses(std::uint32_t topic, const Message& message) const;
  // The contrary, and tells of a refusal; `site` is the publish.
  [[nodiscard]] bool takes(sim::World& world, std::uint32_t topic, const Message& message,
                           const sim::Site& site) const;
  // "publish OrderPlaced #1 to bus.orders"
  [[nodiscard]] std::string describe_publish(std::uint32_t topic, const Message& message) const;

  [[nodiscard]] std::uint32_t topic(std::string_view name) const;
  [[nodiscard]] const Topic& topic(std::uint32_t index) const { return topics_[index]; }
  [[nodiscard]] const BrokerProfile& profile() const { return *profile_; }
  [[nodiscard]] Ledger& ledger() { return *ledger_; }
  [[nodiscard]] sim::World& world() const { return *world_; }

  // Whether some group never handled a message that is this event of this key; `entry` is its
  // trace entry.
  [[nodiscard]] bool unhandled(const Owed& event, const sim::Value& key,
                               std::uint32_t& entry) const;
  // The messages that some group has neither done nor given up.
  [[nodiscard]] sim::Vector<const Message*> unfinished() const;
  // The messages that some group has neither done nor given up nor still to do, and those it gave
  // up that are not where dead letters should be.
  [[nodiscard]] sim::Vector<const Message*> unaccounted() const;

  void fingerprint(sim::Hasher& hasher) const override;
  void on_acting(sim::World& world, sim::Process& process) override;
  void on_not_acting(sim::World& world, sim::Process& process) override;
  void on_crash(sim::World& world, sim::Process& process) override;
  [[nodiscard]] bool minds(const sim::World& world, const sim::Process& process) const override;
  void tell_waiting(sim::World& world) override;

 private:
  friend class Append;
  template <class Tell>
  void tell_groups(sim::Process& process, const Tell& tell);
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
