// What obligations may say besides "exactly one": values, times, releases, undoing, sharing, ends.
#include "tests/support/history.hpp"

namespace onceward::tests {
namespace {

using namespace std::chrono_literals;

// ---- events ----------------------------------------------------------------------------------

TEST_CASE("no-duplicate-event: two events with ids of their own are one too many",
          "[models][oracles]") {
  History history(models::no_duplicate_event());
  history.owes_event();
  history.begin();
  history.committed("o1");
  history.appended("e1", "o1");
  history.appended("e1", "o1");  // a copy: the same event
  CHECK(history.findings().empty());
  history.appended("e2", "o1");
  CHECK(history.findings() == Texts{"o1: expected 1, actual 2"});
}

TEST_CASE("no-duplicate-event: as many as are owed, or events of no cause, are no duplicates",
          "[models][oracles]") {
  History history(models::no_duplicate_event());
  history.owes_event();
  history.obligation.most = 2;
  history.begin();
  history.committed("o1");
  history.appended("e1", "o1");
  history.appended("e2", "o1");
  for (const char* id : {"e3", "e4", "e5"}) history.appended(id, "o2");
  history.ends();
  CHECK(history.findings().empty());
}

TEST_CASE("an event that is copied to another topic is the same event, not an invented one",
          "[models][oracles]") {
  for (const Oracle* oracle :
       {&models::no_duplicate_event(), &models::no_lost_event(), &models::no_phantom_event()}) {
    History history(*oracle);
    history.owes_event();
    history.begin();
    history.committed("o1");
    history.appended("e1", "o1");
    history.buried("e1", "o1");
    history.ends();
    CHECK(history.findings().empty());
  }
  // Under an id of its own it is another one.
  History history(models::no_duplicate_event());
  history.owes_event();
  history.begin();
  history.committed("o1");
  history.appended("e1", "o1");
  history.buried("e2", "o1");
  CHECK(history.findings() == Texts{"o1: expected 1, actual 2"});
}

TEST_CASE("an event that is owed in a topic is looked for there", "[models][oracles]") {
  History history(models::no_lost_event());
  history.obligation.owed = {{&kEvent, true, &history.dead()}};
  history.begin();
  history.committed("o1");
  history.committed("o2");
  history.appended("e1", "o1");
  history.buried("e2", "o2");
  history.ends();
  CHECK(history.findings() == Texts{"o1: expected 1, actual 0"});
}

TEST_CASE("whether a group has handled an event counts in the topic in which it is owed",
          "[models][oracles]") {
  const auto findings_in = [](bool dead) {
    History history(models::no_lost_event());
    history.obligation.owed = {{&kEvent, true, dead ? &history.dead() : &history.topic()}};
    history.has_group = true;  // of the other topic
    history.worker = Works::fails;
    history.begin();
    history.committed("o1");
    history.appended("e1", "o1");
    history.buried("e1", "o1");
    history.ends();
    return history.findings();
  };
  CHECK(findings_in(true).empty());
  CHECK(findings_in(false) == Texts{"o1: expected 1, actual 0"});
}

TEST_CASE("an event in a topic can be a cause, or release one", "[models][oracles]") {
  History history(models::no_lost_effect());
  history.obligation.cause.kind = CauseKind::event;
  history.obligation.cause.topic = &history.topic();
  history.obligation.releasable = true;
  history.obligation.unless.kind = CauseKind::event;
  history.obligation.unless.event = &kEvent;
  history.obligation.unless.topic = &history.dead();
  history.begin();
  history.appended("e1", "o1");
  history.appended("e2", "o2");
  history.buried("e2", "o2");
  history.buried("e3", "o3");
  history.ends();
  CHECK(history.findings() == Texts{"o1: expected 1, actual 0"});
}

// ---- values ----------------------------------------------------------------------------------

// Orders owe a charge of 7.
void owes_seven(History& history) {
  history.obligation.with.push_back(
      {&kAmountField, [](sim::World&, const Fact&) { return sim::Value::integer(7); }});
}

TEST_CASE("effect-as-owed: an effect with another value than owed is found when it happens",
          "[models][oracles]") {
  History history(models::effect_as_owed());
  owes_seven(history);
  history.begin();
  const std::uint32_t cause = history.committed("o1");
  const std::uint32_t wrong = history.effect_of("o1", 9);
  CHECK(history.findings() == Texts{"o1: expected 7, actual 9"});
  CHECK(history.entries() == std::vector{cause, wrong});
}

TEST_CASE("effect-as-owed: an effect ahead of its cause is compared when that commits",
          "[models][oracles]") {
  History history(models::effect_as_owed());
  owes_seven(history);
  history.begin();
  history.effect_of("o1", 7);
  history.effect_of("o2", 9);
  CHECK(history.findings().empty());
  history.committed("o1");
  CHECK(history.findings().empty());
  history.committed("o2");
  CHECK(history.findings() == Texts{"o2: expected 7, actual 9"});
}

TEST_CASE("effect-as-owed: a value that is left out is none", "[models][oracles]") {
  History history(models::effect_as_owed());
  owes_seven(history);
  history.begin();
  history.committed("o1");
  history.effect_of("o1", 7);
  history.effect("o2");  // without a cause: nobody says what it should be
  CHECK(history.findings().empty());
  history.effect("o1");
  CHECK(history.findings() == Texts{"o1: expected 7, actual null"});
}

TEST_CASE("effect-as-owed: the data of an event must be what its cause owes", "[models][oracles]") {
  const auto findings_with = [](std::int64_t amount) {
    History history(models::effect_as_owed());
    history.owes_event();
    owes_seven(history);
    history.begin();
    history.committed("o1");
    const sim::Arena::Entered entered(history.world().arena(), history.ledger().owner());
    Message message = placed("e1", "o1");
    message.data.push_back({&kAmountField, sim::Value::integer(amount)});
    history.appended(message);
    return history.findings();
  };
  CHECK(findings_with(7).empty());
  CHECK(findings_with(8) == Texts{"o1: expected 7, actual 8"});
}

// ---- released, undone, shared ------------------------------------------------------------------

TEST_CASE("unless: a cause that was released owes nothing, whichever came first",
          "[models][oracles]") {
  History history(models::no_lost_effect());
  history.obligation.releasable = true;
  history.obligation.unless.kind = CauseKind::request;
  history.obligation.unless.request = history.obligation.cause.request;
  history.obligation.unless.of = first_or_key;
  history.begin();
  history.committed("o1");
  history.requested("o1");
  history.requested("o2");
  history.committed("o2");
  history.committed("o3");
  history.ends();
  CHECK(history.findings() == Texts{"o3: expected 1, actual 0"});
}

TEST_CASE("unless: what was done for a released cause may still not be too much",
          "[models][oracles]") {
  History history(models::no_duplicate_effect());
  history.obligation.releasable = true;
  history.obligation.unless = history.obligation.cause;
  history.obligation.unless.kind = CauseKind::acknowledged;
  history.begin();
  history.committed("o1");
  history.acknowledged("o1");
  history.effect("o1");
  CHECK(history.findings().empty());
  history.effect("o1");
  CHECK(history.findings() == Texts{"o1: expected 1, actual 2"});
}

TEST_CASE("net_of: what was undone does not count, neither as done nor as too much",
          "[models][oracles]") {
  History lost(models::no_lost_effect());
  lost.obligation.undo = &kOther;
  lost.begin();
  lost.committed("o1");
  lost.committed("o2");
  lost.effect("o1");
  lost.effect("o1", kOther);
  lost.effect("o2");
  lost.effect("o2", kOther);
  lost.effect("o2");
  lost.ends();
  CHECK(lost.findings() == Texts{"o1: expected 1, actual 0"});

  History twice(models::no_duplicate_effect());
  twice.obligation.undo = &kOther;
  twice.begin();
  twice.committed("o1");
  twice.effect("o1");
  twice.effect("o1", kOther);
  twice.effect("o1");
  CHECK(twice.findings().empty());
  twice.effect("o1");
  CHECK(twice.findings() == Texts{"o1: expected 1, actual 2"});
}

TEST_CASE("pooled: causes that share a key add up what they owe", "[models][oracles]") {
  const auto shared_by_customer = [](const Oracle& oracle, bool pooled) {
    History history(oracle);
    history.obligation.cause.of = [](sim::World&, const Fact& fact) { return (*fact.row)[1]; };
    history.obligation.pooled = pooled;
    history.begin();
    history.committed("o1", "ann");
    history.committed("o2", "ann");
    history.committed("o2", "ann");  // inserted anew: still one cause
    history.effect("ann");
    const Texts early = history.findings();
    history.effect("ann");
    const Texts middle = history.findings();
    history.effect("ann");
    history.ends();
    return std::vector<Texts>{early, middle, history.findings()};
  };
  const Texts none;
  CHECK(shared_by_customer(models::no_duplicate_effect(), true) ==
        std::vector<Texts>{none, none, {"ann: expected 2, actual 3"}});
  CHECK(shared_by_customer(models::no_duplicate_effect(), false)[1] ==
        Texts{"ann: expected 1, actual 2"});
}

TEST_CASE("pooled: fewer effects than causes are a loss", "[models][oracles]") {
  History history(models::no_lost_effect());
  history.obligation.cause.of = [](sim::World&, const Fact& fact) { return (*fact.row)[1]; };
  history.obligation.pooled = true;
  history.begin();
  history.committed("o1", "ann");
  history.committed("o2", "ann");
  history.effect("ann");
  history.ends();
  CHECK(history.findings() == Texts{"ann: expected 2, actual 1"});
}

// ---- when and how often ------------------------------------------------------------------------

TEST_CASE("a later version of a row can become a cause, and is one only once",
          "[models][oracles]") {
  History history(models::no_lost_effect());
  history.obligation.cause.when = [](sim::World&, const Fact& fact) {
    return sim::Value::boolean((*fact.row)[1] == text("vip"));
  };
  history.begin();
  history.committed("o1", "anyone");
  history.updated("o1", "vip");
  history.updated("o1", "anyone");
  history.updated("o1", "vip");
  history.committed("o2", "anyone");
  history.ends();
  CHECK(history.findings() == Texts{"o1: expected 1, actual 0"});
}

TEST_CASE("without a condition a later version of a row is no cause", "[models][oracles]") {
  History history(models::no_lost_effect());
  history.begin();
  history.updated("o1", "vip");
  history.ends();
  CHECK(history.findings().empty());
}

TEST_CASE("no-early-effect: an effect ahead of its cause is found when the cause commits",
          "[models][oracles]") {
  History history(models::no_early_effect());
  history.obligation.no_earlier = true;
  history.begin();
  const std::uint32_t early = history.effect("o1");
  history.effect("o3");  // its cause never comes: a phantom, for another oracle
  CHECK(history.findings().empty());
  const std::uint32_t cause = history.committed("o1");
  CHECK(history.findings() == Texts{"o1: expected 0, actual 1"});
  CHECK(history.entries() == std::vector{cause, early});
  history.committed("o2");
  history.effect("o2");
  history.ends();
  CHECK(history.findings().size() == 1);
}

TEST_CASE("one-of: two ends are found when the second comes, no end at quiet",
          "[models][oracles]") {
  History history(models::one_of());
  history.obligation.rule = ObligationRule::one_of;
  history.obligation.owed = {{&kWhat}, {&kOther}};
  history.begin();
  for (const char* id : {"o1", "o2", "o3", "o4"}) history.committed(id);
  history.effect("o1");
  history.effect("o2", kOther);
  CHECK(history.findings().empty());
  history.effect("o3", kOther);
  history.effect("o3");
  CHECK(history.findings() == Texts{"o3: expected 1, actual 2"});
  history.ends();
  CHECK(history.findings() == Texts{"o3: expected 1, actual 2", "o4: expected 1, actual 0"});
}

TEST_CASE("one-of: one end each, and effects of no cause, are as they should be",
          "[models][oracles]") {
  History history(models::one_of());
  history.obligation.rule = ObligationRule::one_of;
  history.obligation.owed = {{&kWhat}, {&kOther}};
  history.begin();
  history.effect("o1");
  history.committed("o1");
  history.effect("o9");
  history.effect("o9", kOther);
  history.ends();
  CHECK(history.findings().empty());
}

TEST_CASE("one-of: an end may be an event in a topic, counted once whatever its copies",
          "[models][oracles]") {
  History history(models::one_of());
  history.obligation.rule = ObligationRule::one_of;
  history.obligation.owed = {{&kWhat}, {&kEvent, true, &history.dead()}};
  history.begin();
  for (const char* id : {"o1", "o2", "o3", "o4"}) history.committed(id);
  history.appended("e1", "o1");  // not there
  history.effect("o1");
  history.buried("e2", "o2");
  history.buried("e2", "o2");
  CHECK(history.findings().empty());
  history.effect("o3");
  history.buried("e3", "o3");
  CHECK(history.findings() == Texts{"o3: expected 1, actual 2"});
  history.appended("e4", "o4");
  history.ends();
  CHECK(history.findings() == Texts{"o3: expected 1, actual 2", "o4: expected 1, actual 0"});
}

TEST_CASE("one-of: one event in two topics is two ends", "[models][oracles]") {
  History history(models::one_of());
  history.obligation.rule = ObligationRule::one_of;
  history.obligation.owed = {{&kEvent, true, &history.topic()}, {&kEvent, true, &history.dead()}};
  history.begin();
  history.committed("o1");
  history.appended("e1", "o1");
  CHECK(history.findings().empty());
  history.buried("e1", "o1");
  CHECK(history.findings() == Texts{"o1: expected 1, actual 2"});
}

TEST_CASE("never-together: both effects of one key are found, whatever their order",
          "[models][oracles]") {
  History history(models::never_together());
  history.obligation.rule = ObligationRule::never_together;
  history.obligation.owed = {{&kWhat}, {&kOther}};
  history.begin();
  history.effect("o1");
  history.effect("o1");
  history.effect("o2", kOther);
  CHECK(history.findings().empty());
  history.effect("o2");
  CHECK(history.findings() == Texts{"o2: expected 1, actual 2"});
}

TEST_CASE("attempts: one call too many is found, whatever came of it", "[models][oracles]") {
  History history(models::attempts());
  history.obligation.rule = ObligationRule::attempts;
  history.obligation.most = 2;
  history.begin();
  history.attempted("o1");
  history.attempted("o1");
  history.attempted("o2");
  history.effect("o1");  // what a call did is no call
  CHECK(history.findings().empty());
  history.attempted("o1");
  CHECK(history.findings() == Texts{"o1: expected 2, actual 3"});
}

TEST_CASE("order: only an obligation that asks for an order is judged for it",
          "[models][oracles]") {
  const auto findings_when = [](bool asked) {
    History history(models::per_key_order());
    history.ordered_by_customer();
    history.obligation.ordered = asked;
    history.begin();
    history.committed("o1", "ann");
    history.committed("o2", "ann");
    history.effect("o2");
    history.effect("o1");
    history.ends();
    return history.findings();
  };
  CHECK(findings_when(true) == Texts{"o1: expected 0, actual 1"});
  CHECK(findings_when(false).empty());
}

// ---- tracing -----------------------------------------------------------------------------------

TEST_CASE("correlation-unbroken: an event without a correlation, or with another, is found",
          "[models][oracles]") {
  const auto findings_with = [](const char* correlation, const char* chain) {
    History history(models::correlation_unbroken());
    history.begin();
    const sim::Arena::Entered entered(history.world().arena(), history.ledger().owner());
    Message message = placed("e1", "o1");
    if (correlation != nullptr) message.correlation = text(correlation);
    if (chain != nullptr) message.chain = text(chain);
    history.appended(message);
    history.ends();
    return history.findings();
  };
  CHECK(findings_with("c1", nullptr).empty());
  CHECK(findings_with("c1", "c1").empty());
  CHECK(findings_with(nullptr, nullptr) == Texts{"e1: expected null, actual null"});
  CHECK(findings_with(nullptr, "c1") == Texts{"e1: expected c1, actual null"});
  CHECK(findings_with("c2", "c1") == Texts{"e1: expected c1, actual c2"});
}

// ---- the state ---------------------------------------------------------------------------------

TEST_CASE("the order in which causes of unordered obligations commit is no part of the state",
          "[models][oracles]") {
  const auto state_after = [](const Texts& ids, bool ordered) {
    History history(models::no_lost_effect());
    history.obligation.ordered = ordered;
    history.begin();
    for (const std::string& id : ids) history.committed(id.c_str());
    return history.state();
  };
  CHECK(state_after({"o1", "o2"}, false) == state_after({"o2", "o1"}, false));
  CHECK_FALSE(state_after({"o1", "o2"}, true) == state_after({"o2", "o1"}, true));
  CHECK_FALSE(state_after({"o1"}, false) == state_after({"o2"}, false));
}

TEST_CASE("two effects too many are the same state as one, unless they can be undone",
          "[models][oracles]") {
  const auto state_after = [](int effects, bool undoable) {
    History history(models::no_lost_effect());
    if (undoable) history.obligation.undo = &kOther;
    history.begin();
    history.committed("o1");
    for (int i = 0; i < effects; ++i) history.effect("o1");
    return history.state();
  };
  CHECK(state_after(2, false) == state_after(3, false));
  CHECK_FALSE(state_after(1, false) == state_after(2, false));
  CHECK_FALSE(state_after(2, true) == state_after(3, true));
}

}  // namespace
}  // namespace onceward::tests
