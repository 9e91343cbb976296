// Each oracle judges a history that breaks its rule and a near miss that does not. Histories are
// told to the ledger directly, and to a log where messages matter.
#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>
#include <set>

#include "models/group.hpp"
#include "models/oracles/oracle.hpp"
#include "sim/search/sources.hpp"
#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using models::CauseKind;
using models::Ledger;
using models::Message;
using models::ObligationSpec;
using models::Oracle;

const sim::Symbol kWhat("charge");
const sim::Symbol kOther("mail");
const sim::Symbol kEvent("Placed");
const sim::Symbol kLedger("ledger");
const sim::Symbol kBus("bus");
const sim::Symbol kWorker("worker");
const sim::Symbol kTells("tells");
const sim::Site kTake("take");
const sim::Site kPublish("publish");

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

// A ledger with one obligation and one oracle, a log with one group, and nobody who tells them
// anything but the test. Trace entries are numbered as they are told.
class History final : public sim::Model {
 public:
  explicit History(const Oracle& oracle)
      : orders_("shop", "orders"), topic_("bus", "orders"), request_("Pay"), oracle_(&oracle) {
    orders_.columns = {"id", "customer"};
    orders_.key = 0;
    request_.fields = {"id"};
    obligation.text = "each order owes a charge";
    obligation.table = &orders_;
    obligation.request = &request_;
    obligation.event = &kEvent;
    obligation.of = [](sim::World&, const models::Row& row) { return row.front(); };
    obligation.owed = &kWhat;
    group_.emplace("workers");
    group_->topic = &topic_;
    group_->process = &kWorker;
    group_->site = &kTake;
    group_->has_uncaught = true;
    group_->uncaught = models::Uncaught::skip;
  }

  ObligationSpec obligation;
  Works worker = Works::acks;
  bool has_group = false;

  void owes_event() {
    obligation.owes_event = true;
    obligation.owed = &kEvent;
  }
  void ordered_by_customer() {
    obligation.per = [](sim::World&, const models::Row& row) { return row[1]; };
  }

  void build(sim::World& world) const override {
    const Ledger::Specs specs = {&obligation};
    const Ledger::Oracles oracles = {oracle_};
    auto& ledger = world.add_component<Ledger>(kLedger, specs, oracles);
    const std::vector<const models::TopicSpec*> topics = {&topic_};
    auto& log = world.add_component<models::Log>(
        kBus, world, *models::find_broker_profile("kafka@4"), topics, ledger);
    world.add_process(kWorker, [this](sim::Process&) { return new Worker(worker); });
    if (has_group) log.add_group(world, *group_);
  }

  // ---- what happens, once the obligation is as it should be ---------------------------------

  void begin() {
    world_.emplace(*this, sim::Reading::any, sim::FaultPlan());
    world_->record(&trace_, nullptr);
    world_->reset(source_);
  }
  std::uint32_t committed(const char* id, const char* customer = "anyone") {
    const sim::Arena::Entered entered(world_->arena(), ledger().owner());
    const models::Row row = {text(id), text(customer)};
    const std::uint32_t entry = tell();
    ledger().row_committed(*world_, orders_, row, entry);
    return entry;
  }
  std::uint32_t requested(const char* id) {
    const sim::Arena::Entered entered(world_->arena(), ledger().owner());
    const models::Row row = {text(id)};
    const std::uint32_t entry = tell();
    ledger().requested(*world_, request_, row, entry);
    return entry;
  }
  void acknowledged(const char* id) {
    const sim::Arena::Entered entered(world_->arena(), ledger().owner());
    const models::Row row = {text(id)};
    ledger().acknowledged(*world_, request_, row, tell());
  }
  std::uint32_t effect(const char* id, const sim::Symbol& what = kWhat) {
    const std::uint32_t entry = tell();
    ledger().effect(*world_, what, text(id), entry);
    return entry;
  }
  // The message `id` about the order `key` is in the log.
  void appended(const char* id, const char* key) {
    const sim::Arena::Entered entered(world_->arena(), log().owner());
    const Message message = placed(id, key);
    log().store(*world_, 0, message, 0, kPublish);
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
      found.push_back(finding.entity.print() + ": expected " + std::to_string(finding.expected) +
                      ", actual " + std::to_string(finding.actual));
    }
    return found;
  }
  // The trace entries that the first finding names.
  [[nodiscard]] std::vector<std::uint32_t> entries() const {
    const auto& entries = world_->findings().front().entries;
    std::vector<std::uint32_t> named(std::begin(entries), std::end(entries));
    named.erase(std::remove(named.begin(), named.end(), 0U), named.end());
    return named;
  }

 private:
  Ledger& ledger() { return static_cast<Ledger&>(*world_->components()[0]); }
  models::Log& log() { return static_cast<models::Log&>(*world_->components()[1]); }
  std::uint32_t tell() {
    return world_->trace(kTells, [](sim::TraceEntry& entry) { entry.text = "something"; });
  }

  models::TableSpec orders_;
  models::TopicSpec topic_;
  models::RequestSpec request_;
  std::optional<models::GroupSpec> group_;
  const Oracle* oracle_;
  sim::ScriptedSource source_;
  sim::Trace trace_;
  std::optional<sim::World> world_;
};

// ---- effects -------------------------------------------------------------------------------

TEST_CASE("no-lost-effect: a committed cause whose effect never came is found at quiet",
          "[models][oracles]") {
  History history(models::no_lost_effect());
  history.begin();
  history.committed("o1");
  const std::uint32_t cause = history.committed("o2");
  history.effect("o1");
  CHECK(history.findings().empty());  // it may still come
  history.ends();
  CHECK(history.findings() == Texts{"o2: expected 1, actual 0"});
  CHECK(history.entries() == std::vector{cause});
}

TEST_CASE("no-lost-effect: an effect that comes last, or before its cause, is not lost",
          "[models][oracles]") {
  History history(models::no_lost_effect());
  history.begin();
  history.effect("o1");
  history.committed("o1");
  history.committed("o2");
  history.effect("o2");
  history.effect("o3");  // without a cause: that is for another oracle
  history.ends();
  CHECK(history.findings().empty());
}

TEST_CASE("no-lost-effect: as many are owed as the obligation says", "[models][oracles]") {
  History history(models::no_lost_effect());
  history.obligation.least = 2;
  history.obligation.most = 3;
  history.begin();
  history.committed("o1");
  history.effect("o1");
  const std::uint32_t cause = history.committed("o2");
  history.effect("o2");
  history.effect("o2");
  history.ends();
  CHECK(history.findings() == Texts{"o1: expected 2, actual 1"});
  CHECK(history.entries() == std::vector<std::uint32_t>{cause - 2, cause - 1});
}

TEST_CASE("no-duplicate-effect: one effect too many is found when it happens",
          "[models][oracles]") {
  History history(models::no_duplicate_effect());
  history.begin();
  history.committed("o1");
  const std::uint32_t first = history.effect("o1");
  CHECK(history.findings().empty());
  const std::uint32_t second = history.effect("o1");
  CHECK(history.findings() == Texts{"o1: expected 1, actual 2"});
  CHECK(history.entries() == std::vector{first, second});
  history.effect("o1");
  history.ends();
  CHECK(history.findings().size() == 1);  // told once
}

TEST_CASE("no-duplicate-effect: two effects are found as soon as their cause commits",
          "[models][oracles]") {
  History history(models::no_duplicate_effect());
  history.begin();
  history.effect("o1");
  history.effect("o1");
  CHECK(history.findings().empty());
  history.committed("o1");
  CHECK(history.findings() == Texts{"o1: expected 1, actual 2"});
}

TEST_CASE("no-duplicate-effect: as many as are owed, and other effects, are no duplicates",
          "[models][oracles]") {
  History history(models::no_duplicate_effect());
  history.obligation.most = 2;
  history.begin();
  history.committed("o1");
  history.committed("o2");
  history.effect("o1");
  history.effect("o1");
  history.effect("o2");
  history.effect("o1", kOther);
  history.committed("o1");  // inserted anew: still one cause
  history.ends();
  CHECK(history.findings().empty());
}

TEST_CASE("no-phantom-effect: an effect without a cause is found at quiet", "[models][oracles]") {
  History history(models::no_phantom_effect());
  history.begin();
  history.effect("o1");
  const std::uint32_t last = history.effect("o1");
  CHECK(history.findings().empty());  // its cause may still commit
  history.ends();
  CHECK(history.findings() == Texts{"o1: expected 0, actual 2"});
  CHECK(history.entries() == std::vector{last});
}

TEST_CASE("no-phantom-effect: an effect ahead of its cause is none", "[models][oracles]") {
  History history(models::no_phantom_effect());
  history.begin();
  history.effect("o1");
  history.effect("o2", kOther);  // nobody is owed that one
  history.committed("o1");
  history.ends();
  CHECK(history.findings().empty());
}

TEST_CASE("a cause that does not meet the condition owes nothing", "[models][oracles]") {
  History history(models::no_lost_effect());
  history.obligation.when = [](sim::World&, const models::Row& row) {
    return row[1] == text("vip");
  };
  history.begin();
  history.committed("o1", "anyone");
  history.committed("o2", "vip");
  history.ends();
  CHECK(history.findings() == Texts{"o2: expected 1, actual 0"});
}

// ---- events --------------------------------------------------------------------------------

TEST_CASE("no-lost-event: a committed cause without its event is found at quiet",
          "[models][oracles]") {
  History history(models::no_lost_event());
  history.owes_event();
  history.begin();
  history.committed("o1");
  history.committed("o2");
  history.appended("e1", "o1");
  CHECK(history.findings().empty());
  history.ends();
  CHECK(history.findings() == Texts{"o2: expected 1, actual 0"});
}

TEST_CASE("no-lost-event: an event that a group never handled is lost to it", "[models][oracles]") {
  const auto findings_with = [](Works works) {
    History history(models::no_lost_event());
    history.owes_event();
    history.has_group = true;
    history.worker = works;
    history.begin();
    history.committed("o1");
    history.appended("e1", "o1");
    history.appended("e1", "o1");  // a copy, which is the same event
    history.appended("e9", "o9");  // nobody owes that one
    history.ends();
    return history.findings();
  };
  CHECK(findings_with(Works::acks).empty());
  CHECK(findings_with(Works::only_ends).empty());                           // ended well: handled
  CHECK(findings_with(Works::fails) == Texts{"o1: expected 1, actual 0"});  // and skipped
}

TEST_CASE("no-phantom-event: an event without its cause is found at quiet", "[models][oracles]") {
  History history(models::no_phantom_event());
  history.owes_event();
  history.begin();
  history.appended("e1", "o1");
  history.appended("e2", "o2");
  history.committed("o2");
  history.appended("e2", "o2");
  history.ends();
  CHECK(history.findings() == Texts{"o1: expected 0, actual 1"});
}

TEST_CASE("no-phantom-event: events count by their ids, copies are the same event",
          "[models][oracles]") {
  History history(models::no_phantom_event());
  history.owes_event();
  history.begin();
  history.appended("e1", "o1");
  history.appended("e1", "o1");
  history.appended("e2", "o1");
  history.ends();
  CHECK(history.findings() == Texts{"o1: expected 0, actual 2"});
}

TEST_CASE("an event can be a cause itself, and a request, and its acknowledgement",
          "[models][oracles]") {
  History events(models::no_lost_effect());
  events.obligation.cause = CauseKind::event;
  events.begin();
  events.appended("e1", "o1");
  events.appended("e1", "o1");
  events.appended("e2", "o2");
  events.effect("o2");
  events.ends();
  CHECK(events.findings() == Texts{"o1: expected 1, actual 0"});

  History requests(models::no_lost_effect());
  requests.obligation.cause = CauseKind::request;
  requests.begin();
  requests.requested("o1");
  requests.requested("o1");  // the client tries again: the same intent
  requests.acknowledged("o2");
  requests.ends();
  CHECK(requests.findings() == Texts{"o1: expected 1, actual 0"});

  History answers(models::no_lost_effect());
  answers.obligation.cause = CauseKind::acknowledged;
  answers.begin();
  answers.requested("o1");
  answers.requested("o2");
  answers.acknowledged("o2");
  answers.ends();
  CHECK(answers.findings() == Texts{"o2: expected 1, actual 0"});
}

// ---- order ---------------------------------------------------------------------------------

TEST_CASE("per-key-order: first effects against the order of their causes are found",
          "[models][oracles]") {
  History history(models::per_key_order());
  history.ordered_by_customer();
  history.begin();
  const std::uint32_t cause_1 = history.committed("o1", "ann");
  const std::uint32_t cause_2 = history.committed("o2", "ann");
  const std::uint32_t effect_2 = history.effect("o2");
  CHECK(history.findings().empty());
  const std::uint32_t effect_1 = history.effect("o1");
  CHECK(history.findings() == Texts{"o1: expected 0, actual 1"});
  CHECK(history.entries() == std::vector{cause_1, cause_2, effect_2, effect_1});
  history.effect("o1");
  history.ends();
  CHECK(history.findings().size() == 1);
}

TEST_CASE("per-key-order: repeated effects and other keys may come in any order",
          "[models][oracles]") {
  History history(models::per_key_order());
  history.ordered_by_customer();
  history.begin();
  history.committed("o1", "ann");
  history.committed("o2", "ann");
  history.committed("o3", "bob");
  history.effect("o3");  // bob's: before ann's, though committed after them
  history.effect("o1");
  history.effect("o2");
  history.effect("o1");  // repeated after o2: only the first counts
  history.ends();
  CHECK(history.findings().empty());
}

TEST_CASE("per-key-order: without a key of its own every cause is alone", "[models][oracles]") {
  History history(models::per_key_order());
  history.begin();
  history.committed("o1");
  history.committed("o2");
  history.effect("o2");
  history.effect("o1");
  history.ends();
  CHECK(history.findings().empty());
}

// ---- messages ------------------------------------------------------------------------------

TEST_CASE("no-stuck-message: a message that nobody finishes is found at quiet",
          "[models][oracles]") {
  History history(models::no_stuck_message());
  history.has_group = true;
  history.worker = Works::only_ends;
  history.begin();
  history.appended("e1", "o1");
  history.appended("e1", "o1");  // a copy: told once
  history.appended("e2", "o2");
  history.ends();
  CHECK(history.findings() == Texts{"e1: expected 1, actual 0", "e2: expected 1, actual 0"});
}

TEST_CASE("no-stuck-message: a message that is finished, or that nobody subscribed to, is not",
          "[models][oracles]") {
  History finished(models::no_stuck_message());
  finished.has_group = true;
  finished.begin();
  finished.appended("e1", "o1");
  finished.ends();
  CHECK(finished.findings().empty());
  History nobodys(models::no_stuck_message());
  nobodys.begin();
  nobodys.appended("e1", "o1");
  nobodys.ends();
  CHECK(nobodys.findings().empty());
}

// ---- the catalogue -------------------------------------------------------------------------

TEST_CASE("every oracle has an id of its own, a help text and words for its findings",
          "[models][oracles]") {
  std::set<std::string> ids;
  for (const Oracle* oracle : models::oracle_catalogue()) {
    const std::string& id = oracle->id().text;
    INFO(id);
    CHECK(ids.insert(id).second);
    CHECK(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos);
    CHECK(models::find_oracle(id) == oracle);
    CHECK(oracle->help().size() > 20);
    CHECK(oracle->help().back() != '.');
    CHECK(oracle->in_short().back() == '.');
    CHECK(oracle->in_short().find("{entity}") != std::string::npos);
    // No other braces than the three that are filled in.
    std::string words = oracle->in_short();
    for (const std::string name : {"{entity}", "{expected}", "{actual}"}) {
      for (std::size_t at = words.find(name); at != std::string::npos; at = words.find(name)) {
        words.erase(at, name.size());
      }
    }
    CHECK(words.find_first_of("{}") == std::string::npos);
  }
  CHECK(ids == std::set<std::string>{"no-duplicate-effect", "no-lost-effect", "no-lost-event",
                                     "no-phantom-effect", "no-phantom-event", "no-stuck-message",
                                     "per-key-order"});
  CHECK(models::find_oracle("no-such-rule") == nullptr);
}

TEST_CASE("oracles of effects are judged for effects, those of events for events",
          "[models][oracles]") {
  ObligationSpec effects;
  ObligationSpec events;
  events.owes_event = true;
  const auto by_default = [](const ObligationSpec& spec) {
    std::set<std::string> ids;
    for (const Oracle* oracle : models::oracle_catalogue()) {
      if (oracle->by_default(spec)) ids.insert(oracle->id().text);
    }
    return ids;
  };
  CHECK(by_default(effects) == std::set<std::string>{"no-duplicate-effect", "no-lost-effect",
                                                     "no-phantom-effect", "no-stuck-message"});
  CHECK(by_default(events) ==
        std::set<std::string>{"no-lost-event", "no-phantom-event", "no-stuck-message"});
}

}  // namespace
}  // namespace onceward::tests
