// The ledger of obligations: which causes became real, what is owed for each, what happened.
//
// "Each CAUSE owes N of EFFECT" is what makes loss, repetition and invention decidable (DESIGN 5
// and 6). Databases report committed rows and effects, logs report appended messages, workloads
// report requests. The ledger folds these into one tally a cause key; the oracles judge tallies.
// All of it is in the fingerprint.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "models/message.hpp"
#include "models/table.hpp"
#include "sim/component.hpp"

namespace onceward::models {

class Log;
class Oracle;

// A request as its client means it: its retries are one.
struct RequestSpec {
  explicit RequestSpec(std::string name) : symbol(std::move(name)) {}
  sim::Symbol symbol;
  std::vector<std::string> fields;  // of the row that carries its values
};

enum class CauseKind : std::uint8_t { row, request, acknowledged, event };

// Frozen. Functions are called within a step and must not allocate outside the arena.
struct ObligationSpec {
  std::string text;  // "each shop.orders owes deduct"
  CauseKind cause = CauseKind::row;
  const TableSpec* table = nullptr;      // CauseKind::row
  const RequestSpec* request = nullptr;  // CauseKind::request, acknowledged
  const sim::Symbol* event = nullptr;    // CauseKind::event: its type
  // On the row of a table or of a request, or on the message of an event. `when`: whether it is a
  // cause at all, null: always. `of`: its key. `per`: what it must keep its order with, null: `of`.
  std::function<bool(sim::World&, const Row&)> when;
  std::function<sim::Value(sim::World&, const Row&)> of;
  std::function<sim::Value(sim::World&, const Row&)> per;
  std::function<sim::Value(sim::World&, const Message&)> of_event;
  bool owes_event = false;
  const sim::Symbol* owed = nullptr;  // the effect, or the type of the event
  std::uint32_t least = 1;
  std::uint32_t most = 1;
};

// What is known of one key of one obligation.
struct Tally {
  sim::Value key;
  sim::Value per;
  bool real = false;             // its cause committed (or was requested, appended ...)
  std::uint32_t rank = 0;        // causes that became real before it
  std::uint32_t count = 0;       // effects, or events with different ids
  std::uint32_t first_rank = 0;  // how many keys had their first effect before it
  sim::Vector<sim::Value> ids;   // of the events
  std::uint32_t cause_entry = 0;
  std::uint32_t first_entry = 0;
  std::uint32_t last_entry = 0;
};

class Ledger final : public sim::Component {
 public:
  using Specs = std::vector<const ObligationSpec*>;
  using Oracles = std::vector<const Oracle*>;

  Ledger(const sim::Symbol& name, sim::OwnerId owner, const Specs& specs, const Oracles& oracles);

  // A log to judge messages of; part of building.
  void watch(const Log& log) { logs_.push_back(&log); }

  void row_committed(sim::World& world, const TableSpec& table, const Row& row,
                     std::uint32_t entry);
  void requested(sim::World& world, const RequestSpec& request, const Row& row,
                 std::uint32_t entry);
  void acknowledged(sim::World& world, const RequestSpec& request, const Row& row,
                    std::uint32_t entry);
  void appended(sim::World& world, const Message& message, std::uint32_t entry);
  void effect(sim::World& world, const sim::Symbol& name, const sim::Value& key,
              std::uint32_t entry);

  [[nodiscard]] std::size_t obligations() const { return tallies_.size(); }
  [[nodiscard]] const ObligationSpec& spec(std::size_t obligation) const {
    return *specs_[obligation];
  }
  [[nodiscard]] const sim::Vector<Tally>& tallies(std::size_t obligation) const {
    return tallies_[obligation];
  }
  [[nodiscard]] const sim::Vector<const Log*>& logs() const { return logs_; }

  void fingerprint(sim::Hasher& hasher) const override;
  void on_quiet(sim::World& world) override;

 private:
  Tally& tally(std::size_t obligation, const sim::Value& key);
  void make_real(sim::World& world, std::size_t obligation, const Row& row, std::uint32_t entry);
  void happened(sim::World& world, std::size_t obligation, Tally& tally, std::uint32_t entry);
  void judge(sim::World& world, std::size_t obligation, const Tally& tally);

  sim::Vector<const ObligationSpec*> specs_;
  sim::Vector<const Oracle*> oracles_;
  sim::Vector<sim::Vector<Tally>> tallies_;  // by obligation
  sim::Vector<const Log*> logs_;
};

}  // namespace onceward::models
