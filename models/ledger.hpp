// The ledger of obligations: which causes became real, what is owed for each, what happened.
//
// "Each CAUSE owes N of EFFECT" is what makes loss, repetition and invention decidable (DESIGN 5
// and 6). Databases report committed rows and effects, logs report appended messages, workloads
// report requests. The ledger folds these into one tally a cause key; the oracles judge tallies.
// Claims are judged on what is committed, done and appended, never on the inside of a transaction.
// All of it is in the fingerprint.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/obligation.hpp"
#include "sim/component.hpp"

namespace onceward::models {

class Database;
class Log;
class Oracle;

// What an effect carries besides its key.
using EffectValues = sim::Vector<Field>;
// " amount=10, currency=EUR"; null: nothing.
[[nodiscard]] std::string describe_values(const EffectValues* values);

// An event by its id, and which of several owed ones it is.
struct EventId {
  std::uint32_t owed;
  sim::Value id;
};

// What is known of one key of one obligation.
struct Tally {
  sim::Value key;
  sim::Value per;
  bool real = false;             // its cause committed (or was requested, appended ...)
  bool released = false;         // by `unless`: nothing is owed any more
  bool late = false;             // the effect that was due came after its time
  bool early = false;            // an effect came before its cause
  std::uint32_t causes = 0;      // that share the key; at most 1 unless pooled
  std::uint32_t rank = 0;        // keys that became real before it
  std::uint32_t first_rank = 0;  // keys that had their first effect before it
  // Effects less what was undone, events with different ids, or calls tried; not more than one
  // more than enough, where no more can matter.
  std::int64_t count = 0;
  sim::Vector<std::int64_t> each;   // the same for each of several owed effects
  sim::Vector<EventId> events;      // that are counted
  sim::Vector<sim::Value> sharing;  // pooled: the identities of the causes
  sim::Value since;                 // instant of its cause, until what is due within a time came
  sim::Vector<sim::Value> owed;     // what the effect's values must be
  sim::Vector<sim::Value> seen;     // values of effects that came before the cause, in a row
  std::uint32_t cause_entry = 0;
  std::uint32_t first_entry = 0;
  std::uint32_t last_entry = 0;
};

class Ledger final : public sim::Component {
 public:
  using Oracles = std::vector<const Oracle*>;

  Ledger(const sim::Symbol& name, sim::OwnerId owner, const LedgerSpec& spec,
         const Oracles& oracles);

  // A log to judge messages of, a database whose tables claims read; part of building.
  void watch(const Log& log) { logs_.push_back(&log); }
  void watch(const Database& database) { databases_.push_back(&database); }

  // ---- what is told it -------------------------------------------------------------------------

  // What is told between these two is one change: claims see its end only.
  void begin_change() { ++changing_; }
  void end_change(sim::World& world);

  // A version of a row was committed; `fresh`: the first one.
  void row_committed(sim::World& world, const TableSpec& table, const Row& row, bool fresh,
                     std::uint32_t entry);
  // Rows of `table` were committed, changed or deleted.
  void table_changed(const TableSpec& table, std::uint32_t entry);
  // A transaction of `database` was prepared, or a prepared one was decided.
  void prepared_changed(const sim::Symbol& database, std::uint32_t entry);
  // `name` tells requests apart; the retries of one have the same.
  void requested(sim::World& world, const RequestSpec& request, const Row& row,
                 const sim::Value& name, std::uint32_t entry);
  void acknowledged(sim::World& world, const RequestSpec& request, const Row& row,
                    const sim::Value& name, std::uint32_t entry);
  void appended(sim::World& world, const sim::Symbol& topic, const Message& message,
                std::uint32_t entry);
  void effect(sim::World& world, const sim::Symbol& name, const sim::Value& key,
              const EffectValues* values, std::uint32_t entry);
  // A call that would have this effect was tried, whatever came of it.
  void attempted(sim::World& world, const sim::Symbol& name, const sim::Value& key,
                 std::uint32_t entry);
  [[nodiscard]] bool counts_attempts(const sim::Symbol& name) const;
  // A message was handed out to a group.
  void delivered(sim::World& world, const sim::Symbol& topic, const sim::Symbol& group,
                 const Message& message);

  // ---- what it knows ---------------------------------------------------------------------------

  [[nodiscard]] std::size_t obligations() const { return tallies_.size(); }
  [[nodiscard]] const ObligationSpec& spec(std::size_t obligation) const {
    return *specs_[obligation];
  }
  [[nodiscard]] const sim::Vector<Tally>& tallies(std::size_t obligation) const {
    return tallies_[obligation];
  }
  // How many its causes owe at least and at most; causes that were released owe nothing.
  [[nodiscard]] std::int64_t least(std::size_t obligation, const Tally& tally) const;
  [[nodiscard]] std::int64_t most(std::size_t obligation, const Tally& tally) const;
  [[nodiscard]] const sim::Vector<const Log*>& logs() const { return logs_; }
  [[nodiscard]] const sim::Vector<const Database*>& databases() const { return databases_; }
  // How often the effect or event was done, for one key or (null) for all.
  // REQUIRES: one of the counts of its description.
  [[nodiscard]] std::int64_t count(std::string_view name, bool is_event,
                                   const sim::Value* key) const;

  void fingerprint(sim::Hasher& hasher) const override;
  [[nodiscard]] bool minds(const sim::World&, const sim::Process&) const override { return false; }
  void on_start(sim::World& world) override;
  void on_quiet(sim::World& world) override;

 private:
  struct Claim {
    const ClaimSpec* spec;
    sim::Value start;      // conserved
    bool changed = false;  // something it reads did, in the change that is going on
    ClaimChanges changes;  // of what it reads

    void change(std::uint32_t entry) {
      changed = true;
      changes.add(entry);
      spec->had_occasion = true;
    }
  };
  struct Count {
    CountSpec spec;
    struct Of {
      sim::Value key;
      std::int64_t times = 0;
      sim::Vector<sim::Value> ids;  // of events
    };
    sim::Vector<Of> of;
  };
  struct Delivered {
    std::uint32_t goal;
    sim::Hash128 group;
    sim::Value message;
    std::uint32_t times = 0;
  };

  Tally& tally(std::size_t obligation, const sim::Value& key);
  // Something that may be a cause became real; `what` is its table, request or type of event.
  void became_real(sim::World& world, CauseKind kind, std::string_view what, const Fact& fact,
                   bool fresh, std::uint32_t entry);
  void make_real(sim::World& world, std::size_t obligation, const Fact& fact, std::uint32_t entry);
  void happened(sim::World& world, std::size_t obligation, std::size_t owed, Tally& tally,
                std::uint32_t entry);
  void undone(sim::World& world, std::size_t obligation, Tally& tally, std::uint32_t entry);
  void look_at_time(sim::World& world, std::size_t obligation, Tally& tally);
  void look_at_values(sim::World& world, std::size_t obligation, Tally& tally,
                      const EffectValues* values, std::uint32_t entry);
  void compare_seen(sim::World& world, std::size_t obligation, Tally& tally, std::uint32_t entry);
  void judge(sim::World& world, std::size_t obligation, const Tally& tally);
  void judge_claim(sim::World& world, Claim& claim, bool quiet);
  template <class T>
  void note_change(std::vector<const T*> ClaimSpec::*reads, const T& what, std::uint32_t entry);
  void count_one(std::string_view name, bool is_event, const sim::Value& key, const sim::Value& id,
                 std::uint32_t entry);
  void tally_fingerprint(sim::Hasher& hasher, const ObligationSpec& spec, const Tally& tally) const;

  sim::Vector<const ObligationSpec*> specs_;
  sim::Vector<const Oracle*> oracles_;
  sim::Vector<sim::Vector<Tally>> tallies_;  // by obligation; those with plain keys sorted
  sim::Vector<Claim> claims_;
  sim::Vector<Count> counts_;
  sim::Vector<DeliveryGoal> delivery_goals_;
  sim::Vector<Delivered> delivered_;  // for goals; not beyond what they ask for
  sim::Vector<const Log*> logs_;
  sim::Vector<const Database*> databases_;
  std::uint32_t changing_ = 0;  // 0 between steps
};

}  // namespace onceward::models
