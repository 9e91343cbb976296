// Each rule of `onceward lint` with a scenario that it speaks of and one that it leaves alone.
#include "scenarios/lint.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "scenarios/loaded.hpp"
#include "scenarios/step.hpp"
#include "tests/scenarios/draft.hpp"
#include "tests/support/command.hpp"

namespace onceward::scenarios {
namespace {

// The names of the rules that speak of a text; it may use what this reader does not know yet.
std::multiset<std::string> rules_of(const std::string& text) {
  Problems problems;
  const Source source("a.onceward.json", text);
  const std::optional<Node> root = read_json(source, problems);
  REQUIRE(root.has_value());
  std::multiset<std::string> names;
  for (const LintFinding& each : lint(*root)) names.insert(each.rule->name);
  return names;
}

// A flow that no rule speaks of: an outbox, a relay, a consumer with an inbox.
Draft clean() {
  Draft draft;
  draft.shop = R"-({"begin": "db"}, {"insert": "db.orders", "row": {"id": "=request.order"}},
    {"insert": "db.outbox", "row": {"id": "=uuid()", "key": "=request.order"}},
    {"commit": "db"})-";
  draft.timer = R"({"select": "db.outbox", "order_by": "seq", "limit": 5, "as": "found"},
    {"for_each": "found", "as": "e", "do": [
      {"publish": "Placed", "to": "bus.orders", "key": "=e.key", "id": "=e.id"},
      {"delete": "db.outbox", "where": "row.id == e.id"}]})";
  draft.worker = R"({"begin": "db"}, {"insert": "db.inbox", "row": {"event": "=event.id"},
    "on_conflict": "ignore", "as": "seen"}, {"if": "seen.rows == 1", "then": [
      {"effect": "ship", "of": "=event.key", "in": "db"}]}, {"commit": "db"}, "ack")";
  return draft;
}

// How often a rule speaks of the clean flow with one section replaced.
std::size_t speaks(const char* rule, std::string Draft::*section, const std::string& text) {
  Draft draft = clean();
  draft.*section = text;
  return rules_of(draft.text()).count(rule);
}

TEST_CASE("lint has nothing to say about an outbox, a relay and an inbox", "[lint]") {
  CHECK(rules_of(clean().text()).empty());
}

TEST_CASE("lint of a derived file speaks of the place where what it minds is written", "[lint]") {
  const tests::TemporaryFolder folder;
  folder.write("base.onceward.json", R"({"onceward": "1", "title": "t", "patterns": [
    {"service": "shop", "request": "Buy", "event": "Placed"},
    {"outbox-polling": "relay", "of": "shop-db", "to": "bus.orders"},
    {"broker": "bus", "topics": {"orders": 1}},
    {"external-api": "bank", "operations": ["pay"]},
    {"consumer": "till", "topic": "bus.orders", "calls": "bank.pay", "dedup": "none",
     "idempotency_key": "event"}],
    "workload": [{"request": "Buy", "to": "shop", "with": {"order": "o1"}}],
    "faults": {"budget": 1}})");
  const auto said = [&](const std::string& own) {
    folder.write("own.onceward.json", "{\"from\": \"base.onceward.json\",\n" + own + "}");
    const tests::Ran ran = folder.onceward("lint own.onceward.json");
    CHECK(ran.err.empty());
    return ran.out;
  };
  const std::string key = said(R"("with": {"/patterns/4/idempotency_key": "none"})");
  CHECK(tests::has(key, "own.onceward.json:2:10: call-without-key: "));
  CHECK_FALSE(tests::has(key, "base.onceward.json"));
  CHECK_FALSE(tests::has(said(R"("title": "the same")"), "call-without-key"));
  // A step that is written out, of which a part is taken away or replaced.
  Draft draft = clean();
  draft.obligations = R"([{"each": "db.orders", "owes": "bank.pay", "exactly": 1}])";
  draft.expect = R"({"holds": true})";
  draft.worker =
      R"({"call": "bank.pay", "of": "=event.key", "idempotency_key": "=event.id"}, "ack")";
  folder.write("base.onceward.json", draft.text());
  CHECK(tests::has(said(R"("with": {"/services/worker/handlers/0/do/0/idempotency_key": null})"),
                   "own.onceward.json:2:10: call-without-key: "));
  // What a derived file leaves as it is stands where it stood.
  draft.worker = R"({"call": "bank.pay", "of": "=event.key"}, "ack")";
  folder.write("base.onceward.json", draft.text());
  const std::string left = said(R"("with": {"/faults/budget": 2, "/title": "t"})");
  CHECK(tests::has(left, "call-without-key: "));
  CHECK(tests::has(left, "base.onceward.json:"));
  CHECK_FALSE(tests::has(left, "own.onceward.json"));
}

TEST_CASE("lint: publish-after-commit", "[lint]") {
  const char* const rule = "publish-after-commit";
  const std::string publish = R"({"publish": "A", "to": "bus.orders", "key": "=request.order"})";
  const std::string insert = R"({"insert": "db.orders", "row": {"id": "=request.order"}})";
  CHECK(speaks(rule, &Draft::shop,
               R"({"begin": "db"}, )" + insert + R"(, {"commit": "db"}, )" + publish) == 1);
  CHECK(speaks(rule, &Draft::shop, insert + ", " + publish) == 1);
  CHECK(speaks(rule, &Draft::shop, publish) == 0);
  CHECK(speaks(rule, &Draft::worker, R"({"begin": "db"}, {"commit": "db"},
    {"publish": "A", "to": "bus.orders", "key": "=event.key"}, "ack")") == 0);
}

TEST_CASE("lint: publish-before-commit", "[lint]") {
  const char* const rule = "publish-before-commit";
  const std::string publish = R"({"publish": "A", "to": "bus.orders", "key": "=request.order"})";
  const std::string insert = R"({"insert": "db.orders", "row": {"id": "=request.order"}})";
  CHECK(speaks(rule, &Draft::shop,
               R"({"begin": "db"}, )" + insert + ", " + publish + R"(, {"commit": "db"})") == 1);
  CHECK(speaks(rule, &Draft::shop, publish + ", " + insert) == 1);
  CHECK(speaks(rule, &Draft::shop, insert + ", " + publish) == 0);
  CHECK(speaks(rule, &Draft::shop,
               R"({"begin": "db"}, )" + insert + R"(, {"after_commit": "db", "do": [)" + publish +
                   R"(]}, {"commit": "db"})") == 0);
}

TEST_CASE("lint: call-in-transaction", "[lint]") {
  const char* const rule = "call-in-transaction";
  const std::string call = R"({"call": "bank.pay", "of": 1, "idempotency_key": 1})";
  CHECK(speaks(rule, &Draft::shop, R"({"begin": "db"}, )" + call + R"(, {"commit": "db"})") == 1);
  CHECK(speaks(rule, &Draft::shop, R"({"begin": "db"}, {"commit": "db"}, )" + call) == 0);
}

TEST_CASE("lint: half-stored", "[lint]") {
  const char* const rule = "half-stored";
  const std::string one = R"({"insert": "db.orders", "row": {"id": "=request.order"}})";
  const std::string two = R"-({"insert": "db.outbox", "row": {"id": "=uuid()"}})-";
  CHECK(speaks(rule, &Draft::shop, one + ", " + two) == 1);
  CHECK(speaks(rule, &Draft::shop, one) == 0);
}

TEST_CASE("lint: ack-before-effect", "[lint]") {
  const char* const rule = "ack-before-effect";
  const std::string effect = R"({"effect": "ship", "of": "=event.key"})";
  CHECK(speaks(rule, &Draft::worker, R"("ack", )" + effect) == 1);
  CHECK(speaks(rule, &Draft::worker, effect + R"(, {"ack": true})") == 0);
}

TEST_CASE("lint: record-before-effect", "[lint]") {
  const char* const rule = "record-before-effect";
  const std::string call = R"({"call": "bank.pay", "of": "=event.key"})";
  const std::string insert =
      R"({"insert": "db.inbox", "row": {"event": "=event.id"}, "on_conflict": "ignore", "as": "seen"})";
  const std::string put =
      R"({"put": "keys", "key": "=event.id", "value": 1, "if": "absent", "as": "seen"})";
  const auto if_new = [](const std::string& steps) {
    return R"(, {"if": "seen.rows == 1", "then": [)" + steps + "]}";
  };
  CHECK(speaks(rule, &Draft::worker, put + if_new(call)) == 1);
  CHECK(speaks(rule, &Draft::worker, insert + if_new(call)) == 1);
  CHECK(speaks(rule, &Draft::worker,
               put + R"(, {"if": "seen.rows == 0", "then": ["ack", "return"]}, )" + call) == 1);
  CHECK(speaks(rule, &Draft::worker,
               R"({"begin": "db"}, )" + insert + R"(, {"commit": "db"})" + if_new(call)) == 1);
  CHECK(speaks(rule, &Draft::worker,
               R"({"insert": "db.inbox", "row": {"event": 1}, "on_error": ["return"]}, )" + call) ==
        1);
  // Looked up, recorded, done.
  const std::string get = R"({"get": "keys", "key": "=event.id", "as": "seen"})";
  const std::string record = R"({"put": "keys", "key": "=event.id", "value": 1})";
  const auto if_none = [](const std::string& steps) {
    return R"(, {"if": "seen.value == null", "then": [)" + steps + "]}";
  };
  CHECK(speaks(rule, &Draft::worker, get + if_none(record + ", " + call)) == 1);
  CHECK(speaks(rule, &Draft::worker, get + if_none(call + ", " + record)) == 0);
  // In the transaction of the effect, or of something else that is put first.
  CHECK(speaks(rule, &Draft::worker,
               R"({"begin": "db"}, )" + insert +
                   if_new(R"({"effect": "ship", "of": "=event.key", "in": "db"})") +
                   R"(, {"commit": "db"})") == 0);
  CHECK(speaks(rule, &Draft::worker,
               R"({"put": "keys", "key": "last", "value": "=event.id"}, )" + call) == 0);
  // A row that is there already makes no difference.
  CHECK(speaks(rule, &Draft::worker, insert + ", " + call) == 0);
}

TEST_CASE("lint speaks of the shipped designs that record first, and not of their repairs",
          "[lint][cli]") {
  const tests::TemporaryFolder folder;
  folder.copy_library();
  const auto told = [&](const std::string& name) {
    const tests::Ran ran =
        folder.onceward("lint scenarios/library/dedup/" + name + ".onceward.json");
    return tests::has(ran.out, ": record-before-effect: ");
  };
  CHECK(told("record-then-handle"));
  CHECK(told("redis-forgets.mark-first"));
  CHECK_FALSE(told("record-then-handle.fixed"));
  CHECK_FALSE(told("redis-forgets.mark-first.fixed"));
  CHECK_FALSE(told("handle-then-record"));
}

TEST_CASE("lint: no-dedup", "[lint]") {
  const char* const rule = "no-dedup";
  CHECK(speaks(rule, &Draft::worker, R"({"effect": "ship", "of": "=event.key"}, "ack")") == 1);
  CHECK(speaks(rule, &Draft::shop, R"({"effect": "ship", "of": "=request.order"})") == 0);
}

TEST_CASE("lint: call-without-key", "[lint]") {
  const char* const rule = "call-without-key";
  const std::string call = R"({"call": "bank.pay", "of": "=event.key"})";
  const std::string insert =
      R"({"insert": "db.inbox", "row": {"event": "=event.id"}, "on_conflict": "ignore", "as": "seen"})";
  const std::string if_new = R"({"if": "seen.rows == 1", "then": [)" + call + "]}";
  CHECK(speaks(rule, &Draft::worker, call + R"(, "ack")") == 1);
  CHECK(speaks(rule, &Draft::worker,
               R"({"call": "bank.pay", "of": 1, "idempotency_key": "=event.id"}, "ack")") == 0);
  // A row in the transaction of the handler goes with it when it dies.
  CHECK(speaks(rule, &Draft::worker,
               R"({"begin": "db"}, )" + insert + ", " + if_new + R"(, {"commit": "db"}, "ack")") ==
        1);
  CHECK(speaks(rule, &Draft::worker,
               R"({"select": "db.orders", "as": "seen"}, {"if": "seen.rows == 0", "then": [)" +
                   call + R"(]}, "ack")") == 1);
  // What is remembered or acknowledged first may be lost, but not done twice.
  CHECK(speaks(rule, &Draft::worker, insert + ", " + if_new + R"(, "ack")") == 0);
  CHECK(speaks(rule, &Draft::worker, R"("ack", )" + call) == 0);
  CHECK(speaks(rule, &Draft::shop, R"({"call": "bank.pay", "of": 1})") == 0);
}

TEST_CASE("lint tells of an entry of a pattern once, however many handlers it comes to",
          "[lint][cli]") {
  const tests::TemporaryFolder folder;
  folder.write("a.onceward.json", R"({"onceward": "1", "title": "t", "patterns": [
    {"service": "shop", "request": "PlaceOrder", "event": "OrderPlaced"},
    {"outbox-polling": "relay", "of": "shop-db", "to": "bus.orders"},
    {"broker": "bus", "topics": {"orders": 1, "again": 1}},
    {"external-api": "bank", "operations": ["pay"]},
    {"consumer": "payments", "topic": "bus.orders", "calls": "bank.pay", "dedup": "none",
     "idempotency_key": "none", "retry": "bus.again"}],
  "workload": [{"request": "PlaceOrder", "to": "shop", "with": {"order": "o1"}}],
  "faults": {"budget": 1}})");
  const tests::Ran ran = folder.onceward("lint a.onceward.json");
  INFO(ran.out + ran.err);
  CHECK(ran.out.find("call-without-key") != std::string::npos);
  CHECK(ran.out.find("call-without-key") == ran.out.rfind("call-without-key"));
  CHECK(ran.out.find("1 finding in 1 scenario") != std::string::npos);
}

TEST_CASE("lint: unconsumed-topic", "[lint]") {
  const char* const rule = "unconsumed-topic";
  CHECK(speaks(rule, &Draft::on_worker, R"("on": {"topic": "bus.other", "group": "worker"})") == 1);
  CHECK(speaks(rule, &Draft::on_worker, R"("on": {"topic": "bus.orders", "group": "x"})") == 0);
}

TEST_CASE("lint: publish-without-key", "[lint]") {
  const char* const rule = "publish-without-key";
  CHECK(speaks(rule, &Draft::shop, R"({"publish": "A", "to": "bus.orders"})") == 1);
  CHECK(speaks(rule, &Draft::shop, R"({"publish": "A", "to": "bus.orders", "key": 1})") == 0);
}

TEST_CASE("lint: limit-without-order", "[lint]") {
  const char* const rule = "limit-without-order";
  CHECK(speaks(rule, &Draft::timer, R"({"select": "db.orders", "limit": 1, "as": "x"})") == 1);
  CHECK(speaks(rule, &Draft::timer, R"({"select": "db.orders", "as": "x"})") == 0);
}

TEST_CASE("lint: overlapping-passes", "[lint]") {
  const char* const rule = "overlapping-passes";
  const std::string one = R"("every": "1s")";
  CHECK(speaks(rule, &Draft::on_timer, one + R"(, "overlap": 2)") == 1);
  CHECK(speaks(rule, &Draft::on_timer, one + R"(, "overlap": 1)") == 0);
  const std::string twice = R"(, "more": {"count": 2, "handlers": [{"every": "1s", "do": [
    {"select": "db.orders", LOCK"as": "x"}, {"effect": "ship", "of": 1}]}]})";
  const auto with = [&](const std::string& lock) {
    std::string text = twice;
    return text.replace(text.find("LOCK"), 4, lock);
  };
  CHECK(speaks(rule, &Draft::services, with("")) == 1);
  CHECK(speaks(rule, &Draft::services, with(R"("lock": "skip_locked", )")) == 0);
}

TEST_CASE("lint: error-ignored", "[lint]") {
  const char* const rule = "error-ignored";
  const std::string ack = R"({"ack": true, "on_error": [])";
  CHECK(speaks(rule, &Draft::worker, ack + "}") == 1);
  CHECK(speaks(rule, &Draft::worker, ack + R"(, "as": "x"})") == 0);
}

TEST_CASE("lint: short-idempotency-window", "[lint]") {
  const char* const rule = "short-idempotency-window";
  const auto kept_for = [&](const std::string& window) {
    Draft draft = clean();
    draft.worker = R"({"call": "bank.pay", "of": 1, "idempotency_key": "=event.id"}, "ack")";
    draft.external =
        R"({"bank": {"operations": ["pay"], "idempotency_window": ")" + window + "\"}}";
    return rules_of(draft.text()).count(rule);
  };
  CHECK(kept_for("30s") == 1);
  CHECK(kept_for("31s") == 0);
}

TEST_CASE("lint: no-obligations, no-workload and no-budget", "[lint]") {
  CHECK(speaks("no-workload", &Draft::workload, "[]") == 1);
  CHECK(speaks("no-workload", &Draft::workload, "[1]") == 0);
  Draft without = clean();
  without.workload = "[]";
  without.on_shop = R"("every": "1s")";
  CHECK(rules_of(without.text()).count("no-workload") == 0);
  CHECK(speaks("no-obligations", &Draft::obligations, "[]") == 1);
  CHECK(speaks("no-obligations", &Draft::obligations, "[1]") == 0);
  CHECK(speaks("no-budget", &Draft::faults, "{}") == 1);
  CHECK(speaks("no-budget", &Draft::faults, R"({"budget": 0})") == 1);
  CHECK(speaks("no-budget", &Draft::faults, R"({"budget": 1})") == 0);
}

// ---- ways through a handler ---------------------------------------------------------------------

TEST_CASE("lint follows the ways of a handler and sees where they end", "[lint]") {
  const std::string insert = R"({"insert": "db.orders", "row": {"id": 1}})";
  const std::string publish = R"({"publish": "A", "to": "bus.orders", "key": 1})";
  const std::string choose = R"({"if": "request.order == 1", "then": [)" + insert;
  const char* rule = "publish-after-commit";
  CHECK(speaks(rule, &Draft::shop, choose + "]}, " + publish) == 1);
  CHECK(speaks(rule, &Draft::shop, choose + R"(, "return"]}, )" + publish) == 0);
  CHECK(speaks(rule, &Draft::shop, choose + R"(], "else": [)" + publish + "]}") == 0);
  rule = "publish-before-commit";
  CHECK(speaks(rule, &Draft::shop,
               R"({"if": true, "then": [)" + publish + R"(], "else": [)" + insert + "]}") == 0);
}

TEST_CASE("lint: an acknowledgement of a copy is not early if the handler ends with it", "[lint]") {
  const char* const rule = "ack-before-effect";
  const std::string effect = R"({"effect": "ship", "of": "=event.key"})";
  const std::string copy = R"({"if": "event.attempt > 1", "then": ["ack")";
  CHECK(speaks(rule, &Draft::worker, copy + "]}, " + effect) == 1);
  CHECK(speaks(rule, &Draft::worker, copy + R"(, "return"]}, )" + effect + R"(, "ack")") == 0);
  CHECK(speaks(rule, &Draft::worker, copy + R"(], "else": [)" + effect + "]}") == 0);
  // What is said of a loop's round is said of the way behind it too.
  CHECK(speaks(rule, &Draft::worker,
               R"({"while": true, "at_most": 2, "do": ["ack", "break"]}, )" + effect) == 1);
}

TEST_CASE("lint: a copy that is sent away early is kept out", "[lint]") {
  const char* const rule = "no-dedup";
  const std::string effect = R"({"effect": "ship", "of": "=event.key"})";
  const std::string look =
      R"({"select": "db.orders", "as": "seen"}, {"if": "seen.rows > 0", "then": )";
  CHECK(speaks(rule, &Draft::worker, look + R"(["ack", "return"]}, )" + effect) == 0);
  CHECK(speaks(rule, &Draft::worker, look + R"([{"wait": "1s"}]}, )" + effect) == 1);
}

TEST_CASE("lint: a transaction is over when it is, by whichever name", "[lint]") {
  const char* const rule = "call-in-transaction";
  const std::string call = R"({"call": "bank.pay", "of": 1, "idempotency_key": 1})";
  const std::string either =
      R"({"if": true, "then": [{"commit": "db"}], "else": [{"rollback": "db"}]}, )";
  CHECK(speaks(rule, &Draft::shop, R"({"begin": "db"}, )" + either + call) == 0);
  CHECK(speaks(rule, &Draft::shop,
               R"({"begin": "db"}, {"if": true, "then": [{"commit": "db"}]}, )" + call) == 1);
  const bool named = help_of(StepKind::begin).shape.find("as") != nullptr;
  if (!named) return;
  CHECK(speaks(rule, &Draft::shop, R"({"begin": "db", "as": "t"}, {"commit": "t"}, )" + call) == 0);
  CHECK(speaks(rule, &Draft::shop, R"({"begin": "db", "as": "t"}, )" + call) == 1);
}

TEST_CASE("every rule has a name of its own, a help and a way to be decided", "[lint]") {
  std::set<std::string> names;
  for (const LintRule& each : lint_catalogue()) {
    CHECK(names.insert(each.name).second);
    CHECK_FALSE(std::string(each.help).empty());
    CHECK_FALSE(std::string(each.check).empty());
  }
}

TEST_CASE("lint tells places, and fails only where it is asked to", "[lint][cli]") {
  const tests::TemporaryFolder folder;
  folder.write("bad.onceward.json", Draft().text());
  folder.write("broken/a.onceward.json", "{");
  const tests::Ran ran = folder.onceward("lint bad.onceward.json");
  CHECK(ran.exit_code == 0);
  CHECK(ran.out.find("bad.onceward.json:6:83: publish-after-commit: shop stores first and "
                     "publishes after") == 0);
  CHECK(ran.out.find("the search decides\n") != std::string::npos);
  CHECK(folder.onceward("lint --strict bad.onceward.json").exit_code == 1);
  CHECK(folder.onceward("lint --strict broken").exit_code == 2);
  Draft draft = clean();
  draft.databases =
      R"({"db": {"profile": "postgres@15", "tables": {"orders": {"key": "id"}, "outbox": {"key": "id", "sequence": "seq"}, "inbox": {"key": "event"}}}})";
  folder.write("good.onceward.json", draft.text());
  const tests::Ran good = folder.onceward("lint --strict good.onceward.json");
  INFO(good.err);
  CHECK(good.exit_code == 0);
  CHECK(good.out == "0 findings in 1 scenario\n");
}

}  // namespace
}  // namespace onceward::scenarios
