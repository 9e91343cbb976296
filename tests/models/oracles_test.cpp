// Each oracle judges a history that breaks its rule and a near miss that does not. Histories are
// told to the ledger directly, and to a log where messages matter.
#include "tests/support/history.hpp"

namespace onceward::tests {
namespace {

using namespace std::chrono_literals;

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
  history.obligation.cause.when = [](sim::World&, const Fact& fact) {
    return sim::Value::boolean((*fact.row)[1] == text("vip"));
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
  events.obligation.cause.kind = CauseKind::event;
  events.begin();
  events.appended("e1", "o1");
  events.appended("e1", "o1");
  events.appended("e2", "o2");
  events.effect("o2");
  events.ends();
  CHECK(events.findings() == Texts{"o1: expected 1, actual 0"});

  History requests(models::no_lost_effect());
  requests.obligation.cause.kind = CauseKind::request;
  requests.begin();
  requests.requested("o1");
  requests.requested("o1");  // the client tries again: the same intent
  requests.acknowledged("o2");
  requests.ends();
  CHECK(requests.findings() == Texts{"o1: expected 1, actual 0"});

  History answers(models::no_lost_effect());
  answers.obligation.cause.kind = CauseKind::acknowledged;
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
  CHECK(ids.size() == 20);
  CHECK(models::find_oracle("no-such-rule") == nullptr);
}

TEST_CASE("oracles of effects are judged for effects, those of events for events",
          "[models][oracles]") {
  ObligationSpec effects;
  effects.owed = {{&kWhat}};
  ObligationSpec events;
  events.owed = {{&kEvent, true}};
  const auto by_default = [](const ObligationSpec& spec) {
    std::set<std::string> ids;
    for (const Oracle* oracle : models::oracle_catalogue()) {
      if (oracle->by_default(spec)) ids.insert(oracle->id().text);
    }
    return ids;
  };
  using Ids = std::set<std::string>;
  CHECK(by_default(effects) == Ids{"dead-letter-accounting", "no-duplicate-effect",
                                   "no-lost-effect", "no-phantom-effect", "no-stuck-message"});
  CHECK(by_default(events) == Ids{"dead-letter-accounting", "no-duplicate-event", "no-lost-event",
                                  "no-phantom-event", "no-stuck-message"});
  events.most = ~0U;
  CHECK(by_default(events) ==
        Ids{"dead-letter-accounting", "no-lost-event", "no-phantom-event", "no-stuck-message"});
  effects.within = 10s;
  effects.with.push_back({&kAmountField, first_or_key});
  CHECK(by_default(effects) == Ids{"dead-letter-accounting", "no-duplicate-effect",
                                   "no-lost-effect", "no-phantom-effect", "no-stuck-message",
                                   "in-time", "effect-as-owed"});
  ObligationSpec ends;
  ends.rule = ObligationRule::one_of;
  ends.owed = {{&kWhat}, {&kOther}};
  CHECK(by_default(ends) ==
        Ids{"dead-letter-accounting", "one-of", "no-phantom-effect", "no-stuck-message"});
}

}  // namespace
}  // namespace onceward::tests
