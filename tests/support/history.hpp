// A history for tests of oracles: a ledger with one obligation (or claims) and one oracle, a log
// with one group, and nobody who tells them anything but the test.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>
#include <set>

#include "models/group.hpp"
#include "models/oracles/oracle.hpp"
#include "sim/search/sources.hpp"
#include "tests/support/flow.hpp"

namespace onceward::tests {

using models::CauseKind;
using models::Fact;
using models::Ledger;
using models::Message;
using models::ObligationRule;
using models::ObligationSpec;
using models::Oracle;

inline const sim::Symbol kWhat("charge");
inline const sim::Symbol kOther("mail");
inline const sim::Symbol kEvent("Placed");
inline const sim::Symbol kAmountField("amount");
inline const sim::Symbol kLedger("ledger");
inline const sim::Symbol kBus("bus");
inline const sim::Symbol kWorker("worker");
inline const sim::Symbol kTells("tells");
inline const sim::Site kTake("take");
inline const sim::Site kPublish("publish");

// What the worker does with a message: acknowledge it, end well without that, or fail.
enum class Works : std::uint8_t { acks, only_ends, fails };

class Worker final : public models::Server {
 public:
  explicit Worker(Works works) : works_(works) {}
  void start(sim::World&, sim::Process&) override {}
  sim::Task<> on_request(models::RequestHandling*) override { co_return; }
  sim::Task<> on_message(models::Handling* handling) override {
    handling->failed = works_ == Works::fails;
    if (works_ == Works::acks) co_await handling->group->ack(*handling, kTake);
  }

 private:
  Works works_;
};

// The first column of a row, the key of a message.
inline sim::Value first_or_key(sim::World&, const Fact& fact) {
  return fact.row != nullptr ? fact.row->front() : fact.message->key;
}

// Trace entries are numbered as they are told.
class History final : public sim::Model {
 public:
  explicit History(const Oracle& oracle)
      : orders_("shop", "orders"),
        topic_("bus", "orders"),
        dead_("bus", "dead"),
        request_("Pay"),
        oracle_(&oracle) {
    orders_.columns = {"id", "customer"};
    orders_.key = 0;
    request_.fields = {"id"};
    obligation.text = "each order owes a charge";
    obligation.cause.table = &orders_;
    obligation.cause.request = &request_;
    obligation.cause.event = &kEvent;
    obligation.cause.of = first_or_key;
    obligation.owed = {{&kWhat}};
    group_.emplace("workers");
    group_->topic = &topic_;
    group_->process = &kWorker;
    group_->site = &kTake;
    group_->has_uncaught = true;
    group_->uncaught = models::Uncaught::skip;
  }

  ObligationSpec obligation;
  std::vector<models::ClaimSpec> claims;  // instead of the obligation
  std::vector<models::CountSpec> counts;
  std::vector<models::DeliveryGoal> deliveries;
  std::uint32_t goals = 0;
  sim::Reading reading = sim::Reading::any;
  Works worker = Works::acks;
  bool has_group = false;

  void owes_event() { obligation.owed = {{&kEvent, true}}; }
  void ordered_by_customer() {
    obligation.ordered = true;
    obligation.per = [](sim::World&, const Fact& fact) { return (*fact.row)[1]; };
  }

  void build(sim::World& world) const override {
    models::LedgerSpec spec;
    if (claims.empty()) spec.obligations = {&obligation};
    for (const models::ClaimSpec& claim : claims) spec.claims.push_back(&claim);
    spec.counts = counts;
    spec.deliveries = deliveries;
    for (std::uint32_t i = 0; i < goals; ++i) world.add_goal();
    const Ledger::Oracles oracles = {oracle_};
    auto& ledger = world.add_component<Ledger>(kLedger, spec, oracles);
    const std::vector<const models::TopicSpec*> topics = {&topic_, &dead_};
    auto& log = world.add_component<models::Log>(
        kBus, world, *models::find_broker_profile("kafka@4"), topics, ledger);
    world.add_process(kWorker, [this](sim::Process&) { return new Worker(worker); });
    if (has_group) log.add_group(world, *group_);
  }

  // ---- what happens, once the obligation is as it should be ---------------------------------

  void begin() {
    world_.emplace(*this, reading, sim::FaultPlan());
    world_->record(&trace_, nullptr);
    world_->reset(source_);
  }
  std::uint32_t committed(const char* id, const char* customer = "anyone", bool fresh = true) {
    const sim::Arena::Entered entered(world_->arena(), ledger().owner());
    const models::Row row = {text(id), text(customer)};
    const std::uint32_t entry = tell();
    ledger().row_committed(*world_, orders_, row, fresh, entry);
    return entry;
  }
  // A later version of a row.
  std::uint32_t updated(const char* id, const char* customer) {
    return committed(id, customer, false);
  }
  // A claim that reads the orders is looked at.
  std::uint32_t changed() {
    const std::uint32_t entry = tell();
    ledger().begin_change();
    ledger().table_changed(orders_, entry);
    ledger().end_change(*world_);
    return entry;
  }
  std::uint32_t requested(const char* id, std::uint32_t number = 0) {
    const sim::Arena::Entered entered(world_->arena(), ledger().owner());
    const models::Row row = {text(id)};
    const std::uint32_t entry = tell();
    ledger().requested(*world_, request_, row, sim::Value::integer(number), entry);
    return entry;
  }
  void acknowledged(const char* id, std::uint32_t number = 0) {
    const sim::Arena::Entered entered(world_->arena(), ledger().owner());
    const models::Row row = {text(id)};
    ledger().acknowledged(*world_, request_, row, sim::Value::integer(number), tell());
  }
  std::uint32_t effect(const char* id, const sim::Symbol& what = kWhat,
                       const models::EffectValues* values = nullptr) {
    const sim::Arena::Entered entered(world_->arena(), ledger().owner());
    const std::uint32_t entry = tell();
    ledger().effect(*world_, what, text(id), values, entry);
    return entry;
  }
  // An effect that carries an amount.
  std::uint32_t effect_of(const char* id, std::int64_t amount) {
    const sim::Arena::Entered entered(world_->arena(), ledger().owner());
    const models::EffectValues values = {{&kAmountField, sim::Value::integer(amount)}};
    return effect(id, kWhat, &values);
  }
  std::uint32_t attempted(const char* id) {
    const std::uint32_t entry = tell();
    ledger().attempted(*world_, kWhat, text(id), entry);
    return entry;
  }
  // The message `id` about the order `key` is in the log.
  void appended(const char* id, const char* key) { appended(placed(id, key)); }
  void appended(const Message& message) {
    const sim::Arena::Entered entered(world_->arena(), log().owner());
    log().store(*world_, 0, message, 0, kPublish);
  }
  // The same in the other topic, "bus.dead".
  void buried(const char* id, const char* key) {
    const sim::Arena::Entered entered(world_->arena(), log().owner());
    log().store(*world_, 1, placed(id, key), 0, kPublish);
  }
  // Nothing more comes: what is pending happens, then the oracles judge.
  void ends() {
    while (world_->step()) {
    }
  }

  [[nodiscard]] Texts findings() const {
    Texts found;
    for (const sim::Finding& finding : world_->findings()) {
      CHECK(finding.invariant == &oracle_->id());
      const bool of_values = finding.of_values;
      const std::string expected =
          of_values ? finding.should_be.print() : std::to_string(finding.expected);
      const std::string actual = of_values ? finding.is.print() : std::to_string(finding.actual);
      found.push_back(finding.entity.print() + ": expected " + expected + ", actual " + actual);
    }
    return found;
  }
  [[nodiscard]] std::uint64_t goals_reached() const { return world_->goals(); }
  [[nodiscard]] const models::TableSpec& orders() const { return orders_; }
  [[nodiscard]] const sim::Symbol& topic() const { return topic_.name; }
  [[nodiscard]] const sim::Symbol& dead() const { return dead_.name; }
  [[nodiscard]] sim::Hash128 state() const { return world_->fingerprint(); }
  Ledger& ledger() { return static_cast<Ledger&>(*world_->components()[0]); }
  sim::World& world() { return *world_; }
  // The trace entries that the first finding names.
  [[nodiscard]] std::vector<std::uint32_t> entries() const {
    const auto& entries = world_->findings().front().entries;
    std::vector<std::uint32_t> named(std::begin(entries), std::end(entries));
    named.erase(std::remove(named.begin(), named.end(), 0U), named.end());
    return named;
  }

 private:
  models::Log& log() { return static_cast<models::Log&>(*world_->components()[1]); }
  std::uint32_t tell() {
    return world_->trace(kTells, [](sim::TraceEntry& entry) { entry.text = "something"; });
  }

  models::TableSpec orders_;
  models::TopicSpec topic_;
  models::TopicSpec dead_;
  models::RequestSpec request_;
  std::optional<models::GroupSpec> group_;
  const Oracle* oracle_;
  sim::ScriptedSource source_;
  sim::Trace trace_;
  std::optional<sim::World> world_;
};

}  // namespace onceward::tests
