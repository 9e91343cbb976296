// A scenario as it runs: names resolved, windows and profiles filled in, frozen. It is a
// sim::Model, so every search works on it as on a model written in C++.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/ledger.hpp"
#include "models/log.hpp"
#include "models/memory.hpp"
#include "models/oracles/oracle.hpp"
#include "models/pool.hpp"
#include "models/profiles.hpp"
#include "models/timers.hpp"
#include "models/workload.hpp"
#include "scenarios/source.hpp"
#include "scenarios/step.hpp"
#include "sim/faults.hpp"
#include "sim/world.hpp"

namespace onceward::scenarios {

using SymbolPtr = std::shared_ptr<const sim::Symbol>;

struct DatabaseDescription {
  SymbolPtr name;
  const models::DatabaseProfile* profile = nullptr;
  std::vector<std::shared_ptr<models::TableSpec>> tables;
};

struct BrokerDescription {
  SymbolPtr name;
  const models::BrokerProfile* profile = nullptr;
  std::vector<std::shared_ptr<models::TopicSpec>> topics;
};

struct StoreDescription {
  SymbolPtr name;
  const models::StoreProfile* profile = nullptr;
};

struct ExternalDescription {
  SymbolPtr name;
  sim::Duration key_window = sim::kForever;
  std::vector<std::string> operations;
};

struct Handler {
  enum class On : std::uint8_t { request, topic, every, timer, start };
  On on = On::request;
  std::shared_ptr<const sim::Site> site;
  std::shared_ptr<models::RequestSpec> request;
  std::shared_ptr<models::GroupSpec> group;
  std::shared_ptr<models::TimerSpec> timer;
  sim::Duration period{0};
  std::uint32_t overlap = 1;   // passes at once
  std::uint32_t at_once = 0;   // requests at once in an instance; 0: no limit
  std::uint32_t pool = kNone;  // of its service: each run holds a slot of it
  // An error that nobody caught ends the process; for a topic the group says so.
  bool fatal = false;
  Block steps;
  std::uint32_t slots = 0;
  // Its transactions by number, with their databases: first one for each database, begun without a
  // name, then those with names.
  std::vector<std::uint32_t> transactions;
  bool asks_when = false;  // some expression asks when a transaction began
  // It begins with an operation, and what is worked out until then is the run's own.
  bool starts_alone = false;
};

struct ServiceDescription {
  SymbolPtr name;
  sim::Window restart = sim::kRestartWindow;
  bool restarts = true;
  bool starts_alone = false;         // its handlers of the start do
  bool remembers = false;            // models::Server::remembers
  std::vector<SymbolPtr> instances;  // their names; one: that of the service
  std::vector<models::CellSpec> memory;
  std::vector<models::PoolSpec> pools;  // each instance has its own
  SymbolPtr timers_name;
  std::vector<std::shared_ptr<models::TimerSpec>> timers;
  std::vector<Handler> handlers;
};

// What the author expects a check to find.
struct Expectation {
  bool written = false;
  std::vector<std::string> violates;  // empty: holds
  bool holds_exhausted = false;
  std::vector<sim::FaultRule> by;  // faults of the counterexample, exactly these
  int fewest_faults = -1;          // -1: not said
};

// What some run should do, or the file shows nothing (`must_reach`).
struct Goal {
  std::string name;
  std::optional<sim::FaultRule> fault;  // nothing: a claim or a delivery reaches it
};
inline constexpr std::size_t kGoalsMax = 64;

class Program final : public sim::Model {
 public:
  void build(sim::World& world) const override;

  [[nodiscard]] models::LedgerSpec owed() const;

  std::string title;
  std::string about;
  std::vector<DatabaseDescription> databases;
  std::vector<BrokerDescription> brokers;
  std::vector<StoreDescription> stores;
  std::vector<ExternalDescription> externals;
  std::vector<ServiceDescription> services;
  std::vector<std::shared_ptr<models::RequestOrder>> workload;
  std::string workload_text;  // "2 x PlaceOrder"
  std::vector<std::shared_ptr<models::ObligationSpec>> obligations;
  std::vector<std::shared_ptr<models::ClaimSpec>> claims;    // obligations and goals on states
  std::map<std::pair<std::string, bool>, SymbolPtr> counts;  // that claims read; true: events
  std::vector<Goal> goals;                                   // by the world's number
  std::vector<models::DeliveryGoal> delivery_goals;
  std::vector<const models::Oracle*> oracles;  // judged
  std::vector<std::string> not_judged;         // known invariants that are not
  sim::FaultPlan plan;
  bool budget_written = false;
  std::vector<bool> rule_written;  // by rule of the plan: it stands in the file
  std::uint32_t steps = 0;         // of all handlers
  // By number: those that some run has come to. Runs write it and never read it, so no run depends
  // on it.
  mutable std::vector<char> reached;
  Expectation expectation;
  std::map<std::string, Span> places;       // of steps, by site
  std::map<std::string, std::string> code;  // what their `at` says, by site
  // Everything that the parts above point to by address lives as long as the program.
  std::vector<SymbolPtr> symbols;
  std::vector<std::shared_ptr<models::RequestSpec>> requests;
};

}  // namespace onceward::scenarios
