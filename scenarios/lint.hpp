// A static look at a scenario for designs that are known to break. A finding is a suspicion: it
// says where, why, and how to let the search decide.
#pragma once

#include <compare>
#include <set>
#include <string>
#include <vector>

#include "scenarios/json.hpp"

namespace onceward::scenarios {

struct LintRule;

struct LintFinding {
  const LintRule* rule = nullptr;
  Span span;
  std::string text;  // one sentence

  friend bool operator==(const LintFinding& a, const LintFinding& b) {
    return a.rule == b.rule && a.span.begin == b.span.begin && a.text == b.text;
  }
};

// What a handler may have done before a step, on any way that leads there; some of these ways may
// be impossible in a run.
struct LintBefore {
  struct Transaction {
    std::string database;
    std::string name;  // of `as`, else the database
    friend auto operator<=>(const Transaction&, const Transaction&) = default;
  };
  std::set<Transaction> open;
  const Node* acked = nullptr;   // the acknowledgement
  const Node* stored = nullptr;  // the last step that made a change of rows final
  std::set<const Node*> published;
  bool told_apart = false;          // a copy of the event may have been found out, and sent away
  bool remembered = false;          // and what finds copies out is final: it outlives a crash
  bool left_early = false;          // the handler may have ended on another way
  std::set<std::string> looked_up;  // keys of stores, each behind its store
  std::set<const Node*> noted;      // what takes copies for handled, in a transaction still open
  std::set<const Node*> recorded;   // the same, final
};

// One step of a handler, in the order in which the handler comes to them. What runs only upon an
// error (`on_error`) is left out.
struct LintStep {
  std::string word;
  const Node* node = nullptr;
  bool guarded = false;  // within an `if` or another choice
  bool acts = false;
  LintBefore before;

  [[nodiscard]] bool in_transaction() const { return !before.open.empty(); }
  [[nodiscard]] bool changes_rows() const;
};

struct LintHandler {
  enum class On { request, topic, every, other };
  On on = On::other;
  std::string service;
  const Node* service_node = nullptr;
  const Node* node = nullptr;
  std::vector<LintStep> steps;
};

// What the rules look at.
struct LintView {
  const Node& root;
  std::vector<LintHandler> handlers;
};

struct LintRule {
  const char* name;
  const char* help;   // what it looks for
  const char* check;  // how the search decides it
  void (*look)(const LintView& view, const LintRule& rule, std::vector<LintFinding>& findings);
};

[[nodiscard]] const std::vector<LintRule>& lint_catalogue();

// Looks at a scenario as it was written out (expand.hpp); findings by their place in the file.
[[nodiscard]] std::vector<LintFinding> lint(const Node& root);

}  // namespace onceward::scenarios
