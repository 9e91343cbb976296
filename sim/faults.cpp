#include "sim/faults.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace onceward::sim {

const std::vector<FaultKindHelp>& fault_catalogue() {
  static const std::vector<FaultKindHelp> catalogue = {
      {FaultKind::crash, "crash",
       "a process loses its tasks and its memory after an acting operation, and restarts later"},
      {FaultKind::redeliver, "redeliver", "a delivered message is delivered once more"},
      {FaultKind::reply_lost, "reply_lost",
       "an operation's reply is lost: the caller sees a timeout, done or not done"},
      {FaultKind::error, "error", "an operation is refused: the caller sees it, nothing was done"},
      {FaultKind::late, "late",
       "an operation looks failed to its caller and is done later all the same"},
      {FaultKind::pause, "pause",
       "a process stands still after an acting operation and goes on with what it believed"},
  };
  return catalogue;
}

const char* to_text(FaultKind kind) {
  for (const FaultKindHelp& entry : fault_catalogue()) {
    if (entry.kind == kind) return entry.name;
  }
  return "none";
}

FaultKind fault_kind(std::string_view name) {
  for (const FaultKindHelp& entry : fault_catalogue()) {
    if (entry.name == name) return entry.kind;
  }
  return FaultKind::none;
}

bool FaultPlan::stops() const {
  return budget > 0 && std::any_of(rules.begin(), rules.end(), [](const FaultRule& rule) {
           return rule.kind == FaultKind::crash;
         });
}

std::string FaultPlan::describe() const {
  std::string text;
  for (const FaultRule& rule : rules) {
    if (!text.empty()) text += ", ";
    text += to_text(rule.kind);
    text += rule.target.empty() ? " (any)" : " (" + rule.target + ")";
    if (rule.at_most != ~0U) text += fmt::format(" at most {}", rule.at_most);
    for (const Between& span : rule.between) {
      text += fmt::format(" between {} and {}", span.after, span.before);
    }
  }
  return text.empty() ? "none" : text;
}

}  // namespace onceward::sim
