// The outside world: clients that send requests, each in its window, and again if told to.
//
// A request reaches an instance of its service that has its port open and starts a handler there,
// or waits while that instance stands still or is as busy as it may be. With all instances down it
// is refused. A handler that ends well answers its client ("acknowledged"), one that fails tells it
// so. A request in work when its instance crashes is never answered.
//
// Faults, against the service, the instance or the clients: `error` refuses a request on arrival;
// `reply_lost` loses it, or loses its answer while its handler runs (a `data` choice). A client
// that retries sends the same request again after a refusal or a failure, and at any time after
// its answer was lost. It is offered only where somebody notices: where the client retries, or
// where an obligation counts the request.
//
// A client cannot crash.
#pragma once

#include <cstdint>
#include <vector>

#include "models/families.hpp"
#include "models/ledger.hpp"
#include "models/log.hpp"
#include "sim/component.hpp"
#include "sim/process.hpp"

namespace onceward::models {

// One request of a workload. Frozen.
struct RequestOrder {
  const RequestSpec* spec = nullptr;
  const sim::Symbol* process = nullptr;  // the service it is sent to
  const sim::Site* site = nullptr;       // of the workload entry
  const sim::Site* handler_site = nullptr;
  std::uint32_t handler = 0;  // which of the service's handlers
  std::uint32_t at_once = 0;  // runs of that handler in one instance; 0: no limit
  // The handler comes to its first operation without reading or changing what is not its own, and
  // nothing that its service does ends an instance.
  bool starts_alone = false;
  std::vector<sim::Value> values;  // by field of `spec`
  sim::Window window;
  std::uint32_t retries = 0;         // how often it is sent again
  sim::Window pause;                 // before it is
  std::vector<std::uint32_t> after;  // requests that are answered or given up before it is sent
};

class Workload;

// One request in the hands of its handler.
class RequestHandling final : public sim::InArena, public sim::Completion {
 public:
  RequestHandling(Workload& from, std::uint32_t which, sim::Process& by, bool heard_by_client)
      : workload(&from), index(which), process(&by), heard(heard_by_client) {}
  [[nodiscard]] const RequestOrder& order() const;
  [[nodiscard]] const Row& row() const;
  // What tells its request from others.
  [[nodiscard]] sim::Value name() const;
  void activity_ended(sim::World& world, sim::Activity& activity) override;
  [[nodiscard]] std::string describe_run(const sim::Activity& activity) const override;
  void fingerprint(sim::Hasher& hasher) const;

  Workload* workload;
  std::uint32_t index;
  sim::Process* process;
  bool heard;  // its client will get the answer
  bool failed = false;
};

class Workload final : public sim::Component {
 public:
  Workload(const sim::Symbol& name, sim::OwnerId owner, sim::World& world,
           const std::vector<const RequestOrder*>& orders, Ledger& ledger);

  void on_start(sim::World& world) override;
  void on_acting(sim::World& world, sim::Process& process) override;
  void on_crash(sim::World& world, sim::Process& process) override;
  [[nodiscard]] bool minds(const sim::World& world, const sim::Process& process) const override;
  void tell_waiting(sim::World& world) override;
  void fingerprint(sim::Hasher& hasher) const override;

 private:
  friend class RequestHandling;
  class Arrival;

  [[nodiscard]] static sim::Value name_of(std::uint32_t index);
  void add_request(sim::Hasher& hasher, std::uint32_t index) const;

  // How it stands between a client and the answer to its request.
  enum class State : std::uint8_t {
    held,     // it waits for other requests to be settled
    coming,   // an Arrival is pending
    open,     // it was sent, and its client listens
    settled,  // answered, or given up
  };
  struct Sent {
    State state = State::held;
    std::uint32_t tries = 0;
    std::uint32_t entry = 0;  // trace entry of the latest
  };
  // A request that has arrived and whose handler has not begun.
  struct Queued {
    std::uint32_t index;
    sim::Process* process;
    bool heard;
    sim::Hash128 id;
  };
  enum class Failure : std::uint8_t { seen, unseen };

  void send(sim::World& world, std::uint32_t index, const sim::Window& window);
  void arrive(sim::World& world, std::uint32_t index, const sim::Hash128& id);
  [[nodiscard]] sim::Process* choose_instance(sim::World& world, const RequestOrder& order);
  // "PlaceOrder o1": a request and what its first field says, for people.
  [[nodiscard]] std::string title(std::uint32_t index) const;
  void trace_arrival(sim::World& world, std::uint32_t index, const sim::Process* process);
  // What strikes a request on its way; false: it goes no further. `heard`: the answer comes.
  bool survives(sim::World& world, std::uint32_t index, const sim::Process& process, bool& heard);
  void take(sim::World& world, const Queued& request);
  void start(sim::World& world, const Queued& request);
  void start_waiting(sim::World& world, const sim::Process& process);
  [[nodiscard]] bool has_room(const Queued& request) const;
  // A try has come to nothing, and its client knows, or will come to think so at some time.
  void fail(sim::World& world, std::uint32_t index, Failure failure);
  void settle(sim::World& world, std::uint32_t index);
  void send_what_waited(sim::World& world);
  [[nodiscard]] bool is_noticed(const RequestOrder& order) const;
  [[nodiscard]] bool is_awaited(std::uint32_t index) const;

  sim::Vector<const RequestOrder*> orders_;
  sim::Vector<Row> rows_;  // the values of each, in the arena
  sim::Vector<Families::Standing> standings_;
  sim::Vector<Sent> sent_;
  std::uint32_t first_part_;   // of the world's parts; one a request
  sim::Vector<Queued> queue_;  // in the order of arrival
  sim::Vector<RequestHandling*> in_work_;
  Ledger* ledger_;
};

}  // namespace onceward::models
