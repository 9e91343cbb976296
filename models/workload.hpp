// The outside world: clients that send requests, each once, each in its window.
//
// A request reaches a service that is up and starts its handler; with no instance up it is refused.
// A handler that ends well answers its client ("acknowledged"). A client cannot crash.
#pragma once

#include <cstdint>
#include <vector>

#include "models/ledger.hpp"
#include "models/log.hpp"
#include "sim/component.hpp"
#include "sim/process.hpp"

namespace onceward::models {

// One request of a workload. Frozen.
struct RequestOrder {
  const RequestSpec* spec = nullptr;
  const sim::Symbol* process = nullptr;  // whom it is sent to
  const sim::Site* site = nullptr;       // of the workload entry
  const sim::Site* handler_site = nullptr;
  std::uint32_t handler = 0;       // which of the service's handlers
  std::vector<sim::Value> values;  // by field of `spec`
  sim::Window window;
};

class Workload;

// One request in the hands of its handler.
class RequestHandling final : public sim::InArena, public sim::Completion {
 public:
  RequestHandling(Workload& from, std::uint32_t which) : workload(&from), index(which) {}
  [[nodiscard]] const RequestOrder& order() const;
  [[nodiscard]] const Row& row() const;
  void activity_ended(sim::World& world, sim::Activity& activity) override;

  Workload* workload;
  std::uint32_t index;
  bool failed = false;
};

class Workload final : public sim::Component {
 public:
  enum class State : std::uint8_t { unsent, waiting, in_work, done, failed };

  Workload(const sim::Symbol& name, sim::OwnerId owner, sim::World& world,
           const std::vector<const RequestOrder*>& orders, Ledger& ledger);

  void on_start(sim::World& world) override;
  void on_acting(sim::World& world, sim::Process& process) override;
  void on_crash(sim::World& world, sim::Process& process) override;
  void fingerprint(sim::Hasher& hasher) const override;

 private:
  friend class RequestHandling;
  class Arrival;
  void arrive(sim::World& world, std::uint32_t index, const sim::Hash128& id);
  void start(sim::World& world, std::uint32_t index, sim::Process& process, const sim::Hash128& id);

  sim::Vector<const RequestOrder*> orders_;
  sim::Vector<Row> rows_;  // the values of each, in the arena
  sim::Vector<State> states_;
  std::uint32_t first_part_;  // of the world's parts; one a request
  sim::Vector<RequestHandling*> in_work_;
  Ledger* ledger_;
};

}  // namespace onceward::models
