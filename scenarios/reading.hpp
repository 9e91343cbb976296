// What the parts of the reader share: the program so far, the problems so far, and names.
//
// Order of reading: what can be named (databases, brokers, external services, requests) before what
// names it (handlers, obligations, expectations).
#pragma once

#include <map>
#include <memory>
#include <string>

#include "scenarios/fields.hpp"
#include "scenarios/names.hpp"
#include "scenarios/program.hpp"

namespace onceward::scenarios {

class Reading {
 public:
  Reading(Program& in, Problems& with) : program(in), problems(with) {}

  void read(const Node& root);

  Program& program;
  Problems& problems;

 private:
  friend class StepReader;

  // flow (read_flow.cpp)
  void read_databases(const Node& node);
  void read_tables(DatabaseDescription& database, const Node& node);
  void read_brokers(const Node& node);
  void read_externals(const Node& node);
  void declare_services(const Node& node);
  // A table without a list of columns has those that inserts fill.
  void gather_columns(const Node& node);
  void read_services(const Node& node);
  void read_handler(ServiceDescription& service, const Node& node, const std::string& at);
  bool read_trigger(ServiceDescription& service, Handler& handler, const Node& on,
                    const std::string& at);
  void read_topic_trigger(ServiceDescription& service, Handler& handler, const Node& topic,
                          const Node& group);
  void connect_workload();

  // claims (read_claims.cpp)
  void read_workload(const Node& node);
  void read_request(const Node& node, const std::string& at);
  void read_faults(const Node& node);
  void default_faults();
  [[nodiscard]] bool read_fault(const Node& node, sim::FaultRule& rule,
                                const std::vector<std::string>& extra);
  void read_obligations(const Node& node);
  void read_obligation(const Node& node);
  [[nodiscard]] bool read_cause(const Node& each, models::ObligationSpec& spec);
  void read_keys(const Fields& fields, models::ObligationSpec& spec);
  void read_amounts(const Fields& fields, models::ObligationSpec& spec);
  void read_invariants(const Node& node);
  void choose_oracles();
  void read_expectation(const Node& node);
  [[nodiscard]] std::vector<std::string> read_names(const Node& node, const char* what,
                                                    const std::vector<std::string>& valid);

  [[nodiscard]] std::vector<std::string> fault_targets() const;

  // names
  SymbolPtr symbol(const std::string& text);
  [[nodiscard]] std::shared_ptr<const sim::Site> site(const std::string& pointer, Span span);
  [[nodiscard]] models::TableSpec* find_table(const Node& node, std::uint32_t& database,
                                              std::uint32_t& table);
  [[nodiscard]] bool find_topic(const Node& node, std::uint32_t& broker, std::uint32_t& topic);
  [[nodiscard]] std::uint32_t find_database(const Node& node);
  [[nodiscard]] std::uint32_t find_service(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> service_names() const;

  std::map<std::string, models::TableSpec*> open_tables_;  // without a list of columns
  std::map<std::string, SymbolPtr> symbols_;
  std::map<std::string, std::shared_ptr<models::RequestSpec>> requests_;
  std::map<const models::RequestOrder*, Span> sent_to_;  // where a workload entry names its service
  std::map<std::string, Span> step_names_;
  std::map<std::string, Span> effects_;      // that steps cause
  std::vector<const models::Oracle*> asked_for_;
};

}  // namespace onceward::scenarios
