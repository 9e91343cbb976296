#include "scenarios/step.hpp"

namespace onceward::scenarios {

const std::vector<StepHelp>& step_catalogue() {
  static const std::vector<StepHelp> catalogue = {
      {StepKind::begin, "begin", "opens a transaction on a database", {}},
      {StepKind::insert, "insert", "inserts one row", {"row", "on_conflict", "as"}},
      {StepKind::select, "select", "reads rows", {"where", "order_by", "limit", "as"}},
      {StepKind::update, "update", "changes the rows that match", {"where", "set", "as"}},
      {StepKind::erase, "delete", "deletes the rows that match", {"where", "as"}},
      {StepKind::commit, "commit", "commits the transaction on a database", {"as"}},
      {StepKind::rollback, "rollback", "undoes the transaction on a database", {}},
      {StepKind::publish,
       "publish",
       "appends an event to a topic",
       {"to", "key", "id", "data", "resends", "as"}},
      {StepKind::ack, "ack", "acknowledges the event at hand", {"as"}},
      {StepKind::effect, "effect", "a business effect, in a transaction or at once", {"of", "in"}},
      {StepKind::call, "call", "calls an external service", {"of", "idempotency_key", "as"}},
      {StepKind::wait, "wait", "waits for a duration or within a window", {}},
      {StepKind::when, "if", "runs `then` or `else`", {"then", "else"}},
      {StepKind::for_each, "for_each", "runs `do` for each row that a select found", {"as", "do"}},
      {StepKind::leave, "return", "ends the handler well", {}},
      {StepKind::fail, "fail", "ends the handler with an error nobody catches", {}},
  };
  return catalogue;
}

bool can_fail(StepKind kind) {
  switch (kind) {
    case StepKind::insert:
    case StepKind::update:
    case StepKind::erase:
    case StepKind::commit:
    case StepKind::publish:
    case StepKind::ack:
    case StepKind::call:
      return true;
    default:
      return false;
  }
}

bool acts(StepKind kind) {
  switch (kind) {
    case StepKind::when:
    case StepKind::for_each:
    case StepKind::leave:
    case StepKind::fail:
      return false;
    default:
      return true;
  }
}

}  // namespace onceward::scenarios
