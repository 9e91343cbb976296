// What a flow owes, frozen: obligations on causes ("each order owes a deduction") and claims on
// states ("stock is never negative").
//
// Functions are called within a step and must not allocate outside the arena.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "models/message.hpp"
#include "models/table.hpp"

namespace onceward::models {

class Ledger;

// A request as its client means it: its retries are one.
struct RequestSpec {
  explicit RequestSpec(std::string name) : symbol(std::move(name)) {}
  sim::Symbol symbol;
  std::vector<std::string> fields;  // of the row that carries its values
};

// Something that became real: a row of a table or of a request's values, or a message in the log.
struct Fact {
  const Row* row = nullptr;
  const Message* message = nullptr;
  const sim::Symbol* topic = nullptr;  // that the message was appended to
  sim::Value identity;  // equal facts are one: a row's key, a request's number; null: unknown
};
using OfFact = std::function<sim::Value(sim::World&, const Fact&)>;

enum class CauseKind : std::uint8_t { row, request, acknowledged, event };

// Which things are causes, and what tells them apart.
struct CauseSpec {
  CauseKind kind = CauseKind::row;
  const TableSpec* table = nullptr;      // row: ever committed in it
  const RequestSpec* request = nullptr;  // request, acknowledged
  const sim::Symbol* event = nullptr;    // event: its type
  const sim::Symbol* topic = nullptr;    // event: appended there; null: anywhere
  OfFact when;  // whether it is a cause; null: always. Of a row: in any version that was committed
  OfFact of;    // its key; null: the key of an event
};

// The effect or the type of events that is owed.
struct Owed {
  const sim::Symbol* name = nullptr;
  bool is_event = false;
  const sim::Symbol* topic = nullptr;  // of events: appended there; null: anywhere
};

struct OwedValue {
  const sim::Symbol* field = nullptr;
  OfFact value;
};

// What an obligation says of the causes and effects of one key.
enum class ObligationRule : std::uint8_t {
  owes,            // each cause owes `least` to `most` of the one effect
  one_of,          // each cause owes exactly one of the effects
  order,           // first effects of one `per` follow the order of their causes
  never_together,  // one key never has both effects; without a cause
  attempts,        // at most `most` calls are tried for one key; without a cause
};

struct ObligationSpec {
  std::string text;  // "each shop.orders owes deduct"
  std::string name;  // as its author calls it; often empty
  std::string site;  // where it stands in the file: its JSON pointer
  // Whether any run gave it a cause (without causes: what it limits). Runs write it and never read
  // it, so no run depends on it.
  mutable bool had_occasion = false;
  ObligationRule rule = ObligationRule::owes;
  CauseSpec cause;
  std::vector<Owed> owed;             // one; several of one_of and never_together
  const sim::Symbol* undo = nullptr;  // an effect that takes one back
  bool releasable = false;            // a cause whose key `unless` has too is owed nothing
  CauseSpec unless;
  OfFact per;                   // what must keep its order; null: the key
  std::vector<OwedValue> with;  // what the effect's values, or the event's data, must be
  std::uint32_t least = 1;
  std::uint32_t most = 1;
  sim::Duration within = sim::kForever;  // from the cause to the effect that makes it `least`
  bool pooled = false;                   // causes may share a key: what they owe is added up
  bool ordered = false;                  // per-key-order is judged for it
  bool no_earlier = false;               // no-early-effect is judged for it

  [[nodiscard]] bool has_cause() const { return rule <= ObligationRule::order; }
  [[nodiscard]] bool owes_effect() const {
    return rule == ObligationRule::owes && !owed.front().is_event;
  }
  [[nodiscard]] bool owes_event() const {
    return rule == ObligationRule::owes && owed.front().is_event;
  }
};

// What a claim says of its value.
enum class ClaimRule : std::uint8_t {
  always,      // true whenever something it reads has changed, never inside a transaction
  eventually,  // true once all is quiet
  conserved,   // once all is quiet as it was at the start
  same,        // once all is quiet the same as `other`
  goal,        // no claim: some run should make it true
};

// A claim on what is committed, done and appended.
struct ClaimSpec {
  using OfWorld = std::function<sim::Value(sim::World&, const Ledger&)>;
  sim::Value label;                   // a frozen text: its name, or how it was written
  std::string site;                   // where it stands in the file: its JSON pointer
  mutable bool had_occasion = false;  // some run changed what it reads; as in ObligationSpec
  ClaimRule rule = ClaimRule::always;
  OfWorld value;
  OfWorld other;                             // same
  std::vector<const TableSpec*> tables;      // what it reads
  bool reads_counts = false;                 // of effects or events
  std::vector<const sim::Symbol*> prepared;  // databases of which it reads what is prepared
  std::uint32_t goal = 0;                    // of the world
};

// The trace entries of the last two changes of what a claim reads.
struct ClaimChanges {
  std::uint32_t before = 0;
  std::uint32_t latest = 0;
  void add(std::uint32_t entry) {
    if (entry != latest) before = std::exchange(latest, entry);
  }
};

// Effects or events that claims count, whether they are owed or not.
struct CountSpec {
  const sim::Symbol* name = nullptr;
  bool is_event = false;
};

// A goal: one message of `topic` is handed out to one group `times` times.
struct DeliveryGoal {
  const sim::Symbol* topic = nullptr;
  std::uint32_t times = 1;
  std::uint32_t goal = 0;
};

// All that a ledger keeps. Everything it points to outlives it.
struct LedgerSpec {
  std::vector<const ObligationSpec*> obligations;
  std::vector<const ClaimSpec*> claims;
  std::vector<CountSpec> counts;
  std::vector<DeliveryGoal> deliveries;
};

}  // namespace onceward::models
