// The kinds of fault and the plan that says which may strike (DESIGN 3.5).
//
// A plan is the same for every run of a search. What has been used of it is part of the world, so
// it is in the fingerprint.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace onceward::sim {

enum class FaultKind : std::uint8_t {
  none,
  crash,       // a process loses its tasks and its memory, and restarts later
  redeliver,   // a message that was delivered is delivered once more
  reply_lost,  // an operation's reply is lost; it may or may not have been done
  error,       // an operation is refused and not done
  late,        // an operation is reported as failed and done later all the same
  pause,       // a process stands still for a while and goes on with what it believed
};
inline constexpr std::size_t kFaultKinds = 7;

struct FaultKindHelp {
  FaultKind kind;
  const char* name;
  const char* help;
};
// Every kind that can be asked for, in the order in which a search prefers to use them.
[[nodiscard]] const std::vector<FaultKindHelp>& fault_catalogue();
[[nodiscard]] const char* to_text(FaultKind kind);
[[nodiscard]] FaultKind fault_kind(std::string_view name);  // FaultKind::none for unknown names

// Restricts where a crash may fall: after the operation named `after` was applied and before the
// operation named `before` was, in the same handler run and loop round.
struct Between {
  std::string after;
  std::string before;
};

struct FaultRule {
  FaultKind kind = FaultKind::none;
  std::string target;            // a process, topic or component; empty: any
  std::uint32_t at_most = ~0U;   // strikes by this rule
  std::vector<Between> between;  // at most one entry; empty: anywhere

  // Whether it takes a process out of action.
  [[nodiscard]] bool stops() const { return kind == FaultKind::crash || kind == FaultKind::pause; }
};

struct FaultPlan {
  std::uint32_t budget = 0;  // strikes in all
  std::uint32_t down_at_once = 1;
  std::vector<FaultRule> rules;
  // Crashes are offered after every operation that ends, not only after those that acted (what the
  // reduction `crash-points` leaves out).
  bool at_every_operation = false;
  // With `exact`, a run counts only if every rule struck exactly `at_most` times.
  bool exact = false;

  // Whether it may stop a process for good: crash it.
  [[nodiscard]] bool stops() const;
  // "crash of any, redeliver of any at most 1 time"
  [[nodiscard]] std::string describe() const;
};

}  // namespace onceward::sim
