// Small event flows for tests of the models, written as a C++ user writes them: coroutines that
// await operations of one database, one broker and one external service.
//
//   Flow flow;
//   flow.process("ann", [](Desk* at) -> sim::Task<> {
//     const Tx tx = co_await at->db->begin(kBegin);
//     const Status status = co_await at->db->commit(tx, kCommit);
//     at->note("commit ", status);
//   });
//   const Run run = flow.play({"ann until COMMIT", "bob"});
//   CHECK(run.notes.at("ann") == Texts{"commit ok"});
//
// A script names what happens next: a process ("ann": its next operation), a process and how far
// it gets ("ann until COMMIT": up to its first operation so described), or an occurrence by the
// beginning of its description ("ann: crash"). After the script the default order goes on. A wish
// answers the first choice at its site that has the option, and those of one site come in their
// order. A script that cannot be followed and a wish that is never granted fail the test.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/database.hpp"
#include "models/external_service.hpp"
#include "models/group.hpp"
#include "models/key_value_store.hpp"
#include "models/log.hpp"
#include "models/memory.hpp"
#include "models/oracles/oracle.hpp"
#include "models/timers.hpp"
#include "models/workload.hpp"
#include "sim/search/explore.hpp"
#include "sim/world.hpp"

namespace onceward::tests {

using Texts = std::vector<std::string>;

// The table every flow has: items, with a key, a sequence, a unique code and two free columns.
inline constexpr std::uint32_t kItems = 0;
inline constexpr std::uint32_t kAccounts = 1;  // id (the key) and amount only
inline constexpr int kId = 0;
inline constexpr int kSeq = 1;
inline constexpr int kCode = 2;
inline constexpr int kAmount = 3;
inline constexpr int kAt = 4;
inline constexpr int kBalance = 1;  // of an account

inline constexpr models::Tx kAlone;  // outside a transaction

[[nodiscard]] sim::Value text(const char* words);
[[nodiscard]] models::Row item(const char* id, std::int64_t amount = 0, const char* code = nullptr);
[[nodiscard]] models::Row account(const char* id, std::int64_t balance);
// A message of type "Placed" whose id and key are these; no key: its id.
[[nodiscard]] models::Message placed(const char* id, const char* key = nullptr);

// column == value
class Is final : public models::Where {
 public:
  Is(int column, const sim::Value& value) : column_(column), value_(value) {}
  [[nodiscard]] bool matches(sim::World&, const models::Row& row) const override {
    return row[static_cast<std::size_t>(column_)] == value_;
  }

 private:
  int column_;
  sim::Value value_;
};

// column > number
class Above final : public models::Where {
 public:
  Above(int column, std::int64_t number) : column_(column), number_(number) {}
  [[nodiscard]] bool matches(sim::World&, const models::Row& row) const override {
    return row[static_cast<std::size_t>(column_)].number() > number_;
  }

 private:
  int column_;
  std::int64_t number_;
};

class All final : public models::Where {
 public:
  [[nodiscard]] bool matches(sim::World&, const models::Row&) const override { return true; }
};

// column = value
class Put final : public models::Change {
 public:
  Put(int column, const sim::Value& value) : column_(column), value_(value) {}
  void apply(sim::World&, models::Row& row) const override {
    row[static_cast<std::size_t>(column_)] = value_;
  }

 private:
  int column_;
  sim::Value value_;
};

// column = column + amount
class Add final : public models::Change {
 public:
  Add(int column, std::int64_t amount) : column_(column), amount_(amount) {}
  void apply(sim::World&, models::Row& row) const override {
    sim::Value& value = row[static_cast<std::size_t>(column_)];
    value = sim::Value::integer(value.number() + amount_);
  }

 private:
  int column_;
  std::int64_t amount_;
};

class Flow;
class Notebook;

[[nodiscard]] std::string say(const char* words);
[[nodiscard]] std::string say(std::int64_t number);
[[nodiscard]] std::string say(models::Status status);
[[nodiscard]] std::string say(const models::StatementResult& result);  // "ok 1"
[[nodiscard]] std::string say(const sim::Value& value);
[[nodiscard]] std::string say(const models::Rows& rows);  // "o1 o2", by their first columns

// The service a flow's coroutines work for: what they reach, and where they note what they saw.
class Desk final : public models::Server {
 public:
  Desk(const Flow& flow, sim::World& world, sim::Process& process);
  ~Desk() override;
  void start(sim::World& in, sim::Process& as) override;
  sim::Task<> on_request(models::RequestHandling* handling) override;
  sim::Task<> on_message(models::Handling* handling) override;
  sim::Task<> on_timer(models::Timer* timer) override;
  void fingerprint(sim::Hasher& hasher) const override;

  // Notes are kept whatever crashes, and are part of the state.
  template <class... Parts>
  void note(const Parts&... parts) {
    const sim::OutsideStep gate;
    write((std::string() + ... + say(parts)));
  }

  models::Database* db;
  models::Log* log;
  models::ExternalService* api;
  models::KeyValueStore* store;
  models::Timers* timers;  // of the process that has any
  models::Memory* cells;   // volatile
  models::Ledger* ledger;
  sim::World* world;
  sim::Process* process;
  std::uint64_t memory = 0;  // volatile

 private:
  void write(const std::string& note) const;
  const Flow* flow_;
  sim::Vector<sim::Periodic*> periodics_;
};

// Publishes `count` of o1 to o4 to the first topic, one after the other, each under its own key.
[[nodiscard]] sim::Task<> publish(Desk* at, std::size_t count);

using Routine = sim::Task<> (*)(Desk* at);
using OnMessage = sim::Task<> (*)(Desk* at, models::Handling* got);
using OnRequest = sim::Task<> (*)(Desk* at, models::RequestHandling* got);
using OnTimer = sim::Task<> (*)(Desk* at, models::Timer* fired);

// What can be seen of a world.
struct Sight {
  std::map<std::string, Texts> notes;  // by process, in the order noted
  std::map<std::string, Texts> rows;   // committed, by table: "id=o1 seq=1"
  std::vector<Texts> partitions;       // the ids of the messages in each
  Texts dead;                          // the ids of the dead letters
  Texts findings;                      // "no-lost-effect o1: expected 1, actual 0"
};

// One run to its end.
struct Run : Sight {
  Texts trace;    // "ann: takes Placed o1 ...", one an entry
  Texts effects;  // "charge o1"
  Texts asked;    // "fault commit", "data items": every choice but those of order
  std::vector<std::size_t> options;  // how many options each of `asked` had
  sim::Timing timing;
  std::uint32_t steps = 0;

  // How many entries of the trace contain `words`.
  [[nodiscard]] std::size_t told(const std::string& words) const;
  // Whether an entry that contains `first` comes before every one that contains `second`.
  [[nodiscard]] bool told_before(const std::string& first, const std::string& second) const;
};

struct Wish {
  std::string site;
  std::string option;
};

class Flow final : public sim::Model {
 public:
  Flow();

  // ---- what there is ---------------------------------------------------------------------------

  void database(const char* profile);
  void broker(const char* profile);
  models::BrokerProfile& broker() { return broker_; }
  void partitions(std::uint32_t count) { topic_.partitions = count; }
  models::TopicSpec& topic() { return topic_; }
  // What groups give up goes to a topic of its own, "bus.dead".
  void dead_letters() { topic_.dead_letter = &dead_; }
  models::TopicSpec& dead_topic() { return dead_; }
  void key_window(sim::Duration window) { key_window_ = window; }

  // Every incarnation of `name` runs the routine, or only the first one does.
  void process(const char* name, Routine routine);
  void once(const char* name, Routine routine);
  void every(const char* name, sim::Duration period, Routine routine);
  // `name` is a service of `count` processes, name-1, name-2 ...
  void instances(const char* name, std::uint32_t count);
  void stays_down(const char* name) { crew(name).restarts = false; }
  // A group of its own name, served by the process of that name.
  models::GroupSpec& consumer(const char* name, OnMessage handler);
  // `name` serves requests; the workload sends it one with this `of`.
  void server(const char* name, OnRequest handler);
  models::RequestOrder& request(const char* server, const char* of,
                                const sim::Window& window = sim::kAnyTime);
  // An item is there at the start.
  void starts_with(const char* id);
  // A timer of the process `name`, the only one that has any; the first of them is number 0.
  void timer(const char* name, const char* timer, bool durable, OnTimer handler);
  // A cell in the memory of every process; the first of them is number 0.
  void cell(const char* name, models::CellKind kind, const sim::Value& initial = {});
  // Each committed item owes `effect` once, under its id.
  models::ObligationSpec& items_owe(const char* effect);
  // Each request owes `effect` once, under its `of`.
  models::ObligationSpec& requests_owe(const char* effect);

  void allow(std::uint32_t budget, const std::vector<sim::FaultKind>& kinds);
  sim::FaultPlan faults;

  // ---- running ---------------------------------------------------------------------------------

  [[nodiscard]] Run play(const Texts& script = {}, const std::vector<Wish>& wishes = {}) const;

  // What is seen at the end of every run there is, told by `tell`: all orders, values and faults,
  // equal states merged. Where there are few runs they are tried without merging, too, and must
  // tell the same.
  using Tell = std::function<std::string(const Sight&)>;
  [[nodiscard]] std::set<std::string> outcomes(const Tell& tell = all_notes) const;
  // The same without merging, for flows with few runs.
  [[nodiscard]] std::set<std::string> outcomes_unmerged(const Tell& tell = all_notes) const;
  // "ann: commit ok, read 2 | bob: ..."
  [[nodiscard]] static std::string all_notes(const Sight& sight);

  [[nodiscard]] sim::Result explore(const sim::SearchOptions& options = {}) const;

  void build(sim::World& world) const override;

 private:
  friend class Desk;
  enum class When : std::uint8_t { every_incarnation, first_incarnation, periodic };
  struct Work {
    When when;
    sim::Duration period;
    Routine routine;
    const sim::Site* site;
  };
  struct Crew {
    const sim::Symbol* name;
    std::vector<Work> work;
    OnRequest on_request = nullptr;
    std::vector<const sim::Symbol*> processes;  // its own name, or its instances'
    bool restarts = true;
  };
  [[nodiscard]] const Crew& crew_of(const sim::Process& process) const;
  const sim::Symbol& symbol(const std::string& name);
  Crew& crew(const char* name);

  std::deque<sim::Symbol> symbols_;
  models::TableSpec items_;
  models::TableSpec accounts_;
  models::TopicSpec topic_;
  models::TopicSpec dead_;
  models::RequestSpec request_;
  const models::DatabaseProfile* database_;
  models::BrokerProfile broker_;
  sim::Duration key_window_ = sim::kForever;
  std::deque<Crew> crews_;
  std::deque<models::GroupSpec> groups_;
  std::vector<OnMessage> on_message_;  // by handler of a group
  std::deque<models::TimerSpec> timers_;
  const sim::Symbol* timed_ = nullptr;  // whose they are
  std::vector<OnTimer> on_timer_;
  std::vector<models::CellSpec> cells_;
  mutable std::uint32_t first_cell_ = 0;  // its resource; the same in every world
  std::deque<models::RequestOrder> orders_;
  std::deque<models::ObligationSpec> obligations_;
};

}  // namespace onceward::tests
