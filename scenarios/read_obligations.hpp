// Reads obligations and goals: on causes in read_obligations.cpp and read_causes.cpp, on states in
// read_states.cpp.
#pragma once

#include <optional>

#include "scenarios/reading.hpp"

namespace onceward::scenarios {

class ObligationReader {
 public:
  explicit ObligationReader(Reading& in) : in_(in), problems_(in.problems) {}

  // One obligation, of whatever form.
  void read(const Node& node, const std::string& at);
  // One entry of "must_reach".
  void read_goal(const Node& node, const std::string& at);

 private:
  using Spec = std::shared_ptr<models::ObligationSpec>;

  // forms (read_obligations.cpp)
  void read_owes(const Fields& fields, const std::string& at);
  void read_one_of(const Fields& fields, const std::string& at);
  void read_order(const Fields& fields, const std::string& at);
  void read_never_together(const Fields& fields, const std::string& at);
  void read_attempts(const Fields& fields, const std::string& at);
  void read_amounts(const Fields& fields, models::ObligationSpec& spec);
  void read_pooled(const Fields& fields, models::ObligationSpec& spec);
  void read_with(const Fields& fields, const std::string& at, models::ObligationSpec& spec);
  // An effect, or "event TYPE" or "event TYPE in TOPIC", that some step causes or publishes.
  std::optional<models::Owed> read_owed(const Node& node);
  // "TYPE", or "TYPE in TOPIC".
  std::optional<models::Owed> read_event(const Node& node, const std::string& what);
  std::vector<models::Owed> read_several(const Node& list);
  void add(const Fields& fields, const std::string& at, Spec spec, const std::string& text);

  // causes (read_causes.cpp)
  // "each" (or whatever `each` is) with "when" and "of" of `fields`; false: it has a mistake.
  bool read_cause(const Node& each, const Fields& fields, const std::string& at, bool pooled,
                  models::CauseSpec& cause);
  bool read_kind(const Node& each, models::CauseSpec& cause);
  std::optional<Formula> read_key(const Fields& fields, const models::CauseSpec& cause);
  void read_unless(const Fields& fields, const std::string& at, models::ObligationSpec& spec);
  // Complains if two causes may have one key, as far as reading can tell.
  void look_for_sharing(const Node& place, const models::CauseSpec& cause, const Formula& key,
                        const std::optional<Formula>& condition);
  void look_for_equal_requests(const Node& place, const models::CauseSpec& cause,
                               const Formula& key, const std::optional<Formula>& condition);
  // What may be named in a value that is about a cause.
  [[nodiscard]] Names names_of(const models::CauseSpec& cause) const;
  std::optional<models::OfFact> read_of_cause(const Node& node, const models::CauseSpec& cause,
                                              const std::string& at);

  // states (read_states.cpp)
  void read_claim(const Fields& fields, const std::string& word, models::ClaimRule rule,
                  const std::string& at);
  // An expression over tables, effects and events; what it reads is noted in `claim`.
  std::optional<models::ClaimSpec::OfWorld> read_state(const Node& node, bool condition,
                                                       const std::string& at,
                                                       models::ClaimSpec& claim);
  void read_fault_goal(const Node& node);
  void read_state_goal(const Fields& fields, const std::string& at);
  void read_delivery_goal(const Fields& fields);
  std::uint32_t add_goal(const Fields& fields, const std::string& text);

  Reading& in_;
  Problems& problems_;
};

}  // namespace onceward::scenarios
