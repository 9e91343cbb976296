// What the parts of the reader share: the program so far, the problems so far, and names.
//
// Order of reading: what can be named (databases, brokers, external services, requests) before what
// names it (handlers, obligations, expectations).
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "scenarios/fields.hpp"
#include "scenarios/names.hpp"
#include "scenarios/program.hpp"
#include "scenarios/text_sources.hpp"

namespace onceward::scenarios {

class Reading {
 public:
  Reading(Program& in, Problems& with) : program(in), problems(with) {}

  void read(const Node& root);

  Program& program;
  Problems& problems;

 private:
  friend class ObligationReader;
  friend class StepReader;

  // flow (read_flow.cpp)
  void read_databases(const Node& node);
  void read_tables(DatabaseDescription& database, const Node& node);
  void read_brokers(const Node& node);
  void read_topics(BrokerDescription& broker, const Node& node);
  void read_dead_letter(const BrokerDescription& broker, const Node& node,
                        models::TopicSpec& topic);
  void read_refusal(const Node& node, const std::string& at, models::TopicSpec& topic);
  void read_externals(const Node& node);

  // memory, timers, stores (read_process.cpp)
  void read_stores(const Node& node);
  void read_memory(ServiceDescription& service, const Node& node);
  void read_cell(models::CellSpec& cell, const Node& node);
  void read_pools(ServiceDescription& service, const Node& node);
  void read_pool(const ServiceDescription& service, Handler& handler, const Node& name);
  void read_timers(ServiceDescription& service, const Node& node);
  [[nodiscard]] std::uint32_t find_timer(const ServiceDescription& service, const Node& name);
  void read_timer_trigger(const ServiceDescription& service, Handler& handler, const Node& name);
  // Complains of timers without a handler.
  void check_timers(const ServiceDescription& service, const Node* node);
  // A table without a list of columns has those that inserts fill.
  void gather_columns(const Node& node);
  // Whether `name` can stand in an expression and before a dot; complains if not.
  bool check_name(const std::string& name, Span span);

  // services (read_handlers.cpp)
  void declare_services(const Node& node);
  void read_services(const Node& node);
  void read_handler(ServiceDescription& service, const Node& node, const std::string& at);
  bool read_trigger(ServiceDescription& service, Handler& handler, const Fields& fields);
  bool read_on(ServiceDescription& service, Handler& handler, const Node& on);
  void read_topic_trigger(ServiceDescription& service, Handler& handler, const Node& topic,
                          const Node& group);
  void check_begins(const Handler& handler);
  void read_restart(ServiceDescription& service, const Fields& fields);
  void name_instances(ServiceDescription& service, const Member& member, std::int64_t count);
  void read_uncaught(Handler& handler, const Fields& fields);
  void read_limits(Handler& handler, const Fields& fields);
  void read_concurrency(Handler& handler, const Node& node);
  void connect_workload();

  // faults (read_faults.cpp)
  void read_faults(const Node& node);
  void default_faults();
  // {"crash": "relay", ...}: the kind, and whom it strikes.
  [[nodiscard]] bool read_fault(const Node& node, sim::FaultRule& rule, const ObjectShape& shape);
  [[nodiscard]] bool read_target(const Node& node, sim::FaultRule& rule);
  [[nodiscard]] bool read_between(const Node& node, sim::FaultRule& rule);
  [[nodiscard]] std::vector<std::string> fault_targets(sim::FaultKind kind) const;

  // claims (read_claims.cpp, read_obligations.hpp)
  void read_workload(const Node& node);
  void read_request(const Node& node, const std::string& at);
  void read_obligations(const Node& node);
  void read_goals(const Node& node);
  // Complains if no step can publish an event of this type.
  void check_published(const Node& node, const std::string& type);
  void read_invariants(const Node& node);
  void choose_oracles();
  // Whether the obligations of the file make it decidable.
  [[nodiscard]] bool is_decidable(const models::Oracle& oracle) const;
  void read_expectation(const Node& node);
  void read_violates(const Node& node);
  // The names of a list, or the one name that is no list, as far as they are `valid`.
  [[nodiscard]] std::vector<const Node*> read_names(const Node& node, const char* noun,
                                                    const std::vector<std::string>& valid);

  // names
  SymbolPtr symbol(const std::string& text);
  [[nodiscard]] std::shared_ptr<const sim::Site> site(const std::string& pointer, Span span);
  [[nodiscard]] models::TableSpec* find_table(const Node& node, std::uint32_t& database,
                                              std::uint32_t& table);
  [[nodiscard]] bool find_topic(const Node& node, std::uint32_t& broker, std::uint32_t& topic);
  [[nodiscard]] std::uint32_t find_database(const Node& node);
  [[nodiscard]] std::uint32_t find_service(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> service_names() const;

  // One workload entry, until it is known who takes it.
  struct Sent {
    const models::RequestSpec* request;
    std::uint32_t service;
    Span to;    // where it names the service
    Span what;  // and the request
    std::vector<std::shared_ptr<models::RequestOrder>> orders;
    std::uint32_t first = 0;         // of `orders` in the workload
    std::string name;                // empty: none
    std::vector<const Node*> after;  // names of others
  };
  // clients (read_clients.cpp)
  void read_client(const Fields& fields, models::RequestOrder& like, Sent& sent);
  void connect_after();
  [[nodiscard]] bool comes_after(const Sent& sent, const Sent& other) const;

  // What a name of steps stands for.
  struct StepName {
    bool acts = false;                              // an operation, which a fault can come after
    std::map<std::string, std::uint32_t> handlers;  // by JSON pointer: how many steps of each
    std::set<std::string> services;
  };

  std::map<std::string, models::TableSpec*> open_tables_;  // without a list of columns
  std::map<std::string, SymbolPtr> symbols_;
  std::map<std::string, std::shared_ptr<models::RequestSpec>> requests_;
  std::set<std::uint32_t> unknown_at_;  // where an unknown database or table was complained of
  std::set<std::string> taken_;         // requests that handlers are on
  std::vector<Sent> sent_;
  std::set<std::string> entry_names_;  // of the workload
  std::map<std::string, StepName> step_names_;
  std::set<std::string> effects_;    // that steps cause
  std::set<std::string> published_;  // types of events, as far as they stand in the file
  // The values that steps give an effect, or ("event T") the data of an event; ("event ") of events
  // whose type a step calculates.
  std::map<std::string, std::set<std::string>> carried_;
  TextSources texts_;
  bool publishes_any_ = false;    // a step calculates the type of its event, from what nobody knows
  bool parts_left_out_ = false;   // mistakes may have kept databases or brokers from being read
  bool blocks_left_out_ = false;  // mistakes kept blocks from being written out
  bool steps_left_out_ = false;   // mistakes kept steps from being read
  bool sent_left_out_ = false;    // mistakes kept requests from being sent, or from their handlers
  bool claims_left_out_ = false;  // mistakes kept obligations or invariants from being read
  std::vector<const models::Oracle*> asked_for_;
};

}  // namespace onceward::scenarios
