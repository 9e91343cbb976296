// A scenario as it runs: names resolved, windows and profiles filled in, frozen. It is a
// sim::Model, so every search works on it as on a model written in C++.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/ledger.hpp"
#include "models/log.hpp"
#include "models/oracles/oracle.hpp"
#include "models/profiles.hpp"
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

struct ExternalDescription {
  SymbolPtr name;
  sim::Duration key_window = sim::kForever;
  std::vector<std::string> operations;
};

struct Handler {
  enum class On : std::uint8_t { request, topic, every };
  On on = On::request;
  std::shared_ptr<const sim::Site> site;
  std::shared_ptr<models::RequestSpec> request;
  std::shared_ptr<models::GroupSpec> group;
  sim::Duration period{0};
  Block steps;
  std::uint32_t slots = 0;
};

struct ServiceDescription {
  SymbolPtr name;
  sim::Window restart = sim::kRestartWindow;
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

class Program final : public sim::Model {
 public:
  void build(sim::World& world) const override;

  std::string title;
  std::string about;
  std::vector<DatabaseDescription> databases;
  std::vector<BrokerDescription> brokers;
  std::vector<ExternalDescription> externals;
  std::vector<ServiceDescription> services;
  std::vector<std::shared_ptr<models::RequestOrder>> workload;
  std::string workload_text;  // "2 x PlaceOrder"
  std::vector<std::shared_ptr<models::ObligationSpec>> obligations;
  std::vector<const models::Oracle*> oracles;  // judged
  std::vector<std::string> not_judged;         // known invariants that are not
  sim::FaultPlan plan;
  bool budget_written = false;
  std::vector<bool> rule_written;  // by rule of the plan: it stands in the file
  Expectation expectation;
  std::map<std::string, Span> places;  // of steps, by site
  // Everything that the parts above point to by address lives as long as the program.
  std::vector<SymbolPtr> symbols;
  std::vector<std::shared_ptr<models::RequestSpec>> requests;
};

}  // namespace onceward::scenarios
