// What a file comes to: derivation, patterns, blocks; and what is said where they are mistaken.
#include "scenarios/expand.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "scenarios/patterns/pattern.hpp"
#include "tests/scenarios/draft.hpp"
#include "tests/support/command.hpp"

namespace onceward::scenarios {
namespace {

using tests::has;
using tests::Ran;
using tests::TemporaryFolder;

// What a text comes to, as JSON without blanks and line ends; or what is wrong with it.
std::string expanded(const std::string& text) {
  Sources sources(Source("a.onceward.json", text));
  Problems problems;
  const std::optional<Node> root = expand(sources, problems);
  if (!problems.empty()) return sources.render(problems);
  std::string result;
  for (const char c : json_text(*root)) {
    if (c != ' ' && c != '\n') result += c;
  }
  return result;
}

// ---- blocks -------------------------------------------------------------------------------------

TEST_CASE("a block stands for its steps wherever it is used", "[expand]") {
  CHECK(expanded(R"({"define": {"twice": {"do": ["ack", "ack"]}},
                     "do": ["return", {"use": "twice"}, {"if": true, "then": [{"use": "twice"}]}]})") ==
        R"({"do":["return","ack","ack",{"if":true,"then":["ack","ack"]}]})");
}

TEST_CASE("the parameters of a block stand for values, for keys and within texts", "[expand]") {
  const std::string define =
      R"({"define": {"keep": {"params": ["table", "column", "value"], "do": [
        {"insert": "db.${table}", "row": {"$column": "$value"}, "if": "row.id == ${value}"}]}}, "do": )";
  CHECK(expanded(define +
                 R"([{"use": "keep", "table": "t", "column": "id", "value": "=event.key"}]})") ==
        R"({"do":[{"insert":"db.t","row":{"id":"=event.key"},"if":"row.id==event.key"}]})");
  CHECK(expanded(define + R"([{"use": "keep", "table": "t", "column": "id", "value": 7}]})") ==
        R"({"do":[{"insert":"db.t","row":{"id":7},"if":"row.id==7"}]})");
  CHECK(has(expanded(define + R"([{"use": "keep", "table": "t", "column": "id"}]})"),
            "block \"keep\" needs a \"value\""));
  CHECK(has(expanded(define +
                     R"([{"use": "keep", "table": "t", "column": "id", "value": 1, "tabel": 2}]})"),
            "block \"keep\" has no parameter \"tabel\""));
  CHECK(has(expanded(R"({"define": {"b": {"params": ["id"], "do": [{"wait": "$di"}]}},
                         "do": [{"use": "b", "id": 1}]})"),
            "did you mean \"id\"?"));
}

TEST_CASE("a block may use others but not itself", "[expand]") {
  CHECK(expanded(R"({"define": {"a": {"do": [{"use": "b"}]}, "b": {"do": ["ack"]}},
                     "do": [{"use": "a"}]})") == R"({"do":["ack"]})");
  CHECK(has(expanded(R"({"define": {"a": {"do": [{"use": "b"}]}, "b": {"do": [{"use": "a"}]}},
                         "do": [{"use": "a"}]})"),
            "block \"a\" uses itself"));
  CHECK(has(expanded(R"({"define": {"inbox": {"do": []}}, "do": [{"use": "inbx"}]})"),
            "unknown block \"inbx\""));
  CHECK(has(expanded(R"({"do": [{"use": "inbox"}]})"), "\"define\" names blocks of steps"));
}

// ---- derivation ---------------------------------------------------------------------------------

// What a file comes to that is derived from `base`.
Ran derived(const std::string& base, const std::string& own) {
  const TemporaryFolder folder;
  folder.write("base.onceward.json", base);
  folder.write("own.onceward.json", own);
  return folder.onceward("check own.onceward.json");
}

TEST_CASE("a derived file differs from its base by the lines that it changes", "[expand]") {
  const std::string base = Draft{}.text();
  // As it stands the shop may crash between storing and publishing.
  CHECK(derived(base, R"({"from": "base.onceward.json", "title": "the same"})").exit_code == 0);
  const Ran fixed = derived(base, R"({"from": "base.onceward.json", "title": "one step less",
      "with": {"/faults/budget": 0}, "expect": {"holds": true}})");
  INFO(fixed.out + fixed.err);
  CHECK(fixed.exit_code == 0);
  CHECK(has(fixed.out, "one step less"));
  // Without its publish the shop loses every order; a step may be taken away, replaced and added
  // to.
  CHECK(has(derived(base, R"({"from": "base.onceward.json", "with": {"sent": null}})").out,
            "VIOLATED"));
  const Ran twice = derived(base, R"({"from": "base.onceward.json", "with": {
      "after shipped": {"effect": "ship", "of": "=event.key"}},
      "expect": {"violates": "no-duplicate-effect", "fewest_faults": 0}})");
  INFO(twice.out + twice.err);
  CHECK(twice.exit_code == 0);
}

TEST_CASE("what a derivation names must be there", "[expand]") {
  const std::string base = Draft{}.text();
  const auto said = [&](const std::string& with) {
    return derived(base, R"({"from": "base.onceward.json", "with": )" + with + "}").err;
  };
  CHECK(has(said(R"({"snt": null})"), "no step is named \"snt\""));
  CHECK(has(said(R"({"snt": null})"), "did you mean \"sent\"?"));
  CHECK(has(
      said(
          R"({"after sent": [{"wait": "1s", "name": "w"}], "before sent": {"wait": "1s", "name": "w"}, "w": null})"),
      "several steps are called \"w\""));
  CHECK(has(said(R"({"/services/shpo": null})"), "there is no \"shpo\""));
  CHECK(has(said(R"({"/workload/7": null})"), "the list has 1 items"));
  CHECK(has(said("5"), "\"with\" is an object"));
  CHECK(has(derived(base, R"({"from": "bse.onceward.json"})").err, "no such file"));
  CHECK(has(derived(base, R"({"from": 5})").err, "\"from\" is the path of a scenario file"));
  CHECK(has(derived(base, R"({"with": {}})").err, "there is no \"from\""));
}

TEST_CASE("a step that a pattern makes is no step of the file that one derives from", "[expand]") {
  const std::string base = R"({"onceward": "1", "title": "t", "patterns": [
      {"service": "shop", "request": "Buy", "event": "Placed"},
      {"outbox-polling": "relay", "of": "shop-db", "to": "bus.orders"},
      {"broker": "bus", "topics": {"orders": 1}},
      {"consumer": "stock", "topic": "bus.orders", "effect": "deduct", "dedup": "inbox",
       "owed_by": "shop-db.orders"}],
      "workload": [{"request": "Buy", "to": "shop", "with": {"order": "o1"}}]})";
  const auto said = [&](const std::string& with) {
    return derived(base, R"({"from": "base.onceward.json", "with": )" + with + "}").err;
  };
  const std::string taken = said(R"({"done": null})");
  CHECK(has(taken, "own.onceward.json:1:41: error: step \"done\" comes from a pattern"));
  CHECK(has(taken, "onceward show --as json"));
  CHECK(has(said(R"({"after done": "ack"})"), "step \"done\" comes from a pattern"));
  CHECK(has(said(R"({"dun": null})"), "no step is named \"dun\""));
  // What a file says itself beside its patterns can be changed.
  CHECK(said(R"({"/patterns/3/dedup": "none"})").empty());
}

TEST_CASE("a circle of derivations is refused with its files", "[expand]") {
  const Ran ran = derived(R"({"from": "own.onceward.json"})", R"({"from": "base.onceward.json"})");
  CHECK(ran.exit_code == 2);
  CHECK(has(ran.err, "own.onceward.json -> base.onceward.json -> own.onceward.json"));
}

TEST_CASE("a mistake is shown in the file that holds it", "[expand]") {
  Draft draft;
  draft.brokers = R"({"bus": {"profile": "kafak@4", "topics": {"orders": {}}}})";
  const Ran ran = derived(draft.text(), R"({"from": "base.onceward.json", "titel": "t"})");
  CHECK(ran.exit_code == 2);
  CHECK(has(ran.err, "base.onceward.json:3:"));
  CHECK(has(ran.err, "own.onceward.json:1:32: error: unknown field \"titel\""));
}

// ---- patterns -----------------------------------------------------------------------------------

TEST_CASE("patterns are written out beside what the file says itself", "[expand]") {
  CHECK(expanded(R"({"patterns": [{"broker": "bus", "topics": {"orders": 6}}]})") ==
        R"({"brokers":{"bus":{"profile":"kafka@4","topics":{"orders":{"partitions":6}}}}})");
  CHECK(
      expanded(R"({"brokers": {"bus": {"profile": "rabbitmq-classic@3.13"}},
                     "patterns": [{"broker": "bus", "topics": {"orders": 1}}]})") ==
      R"({"brokers":{"bus":{"profile":"rabbitmq-classic@3.13","topics":{"orders":{"partitions":1}}}}})");
  CHECK(expanded(R"({"patterns": [{"external-api": "bank", "operations": ["pay"]},
                                  {"external-api": "post", "operations": ["send"],
                                   "idempotency_window": "1h"}]})") ==
        R"({"external":{"bank":{"operations":["pay"]},)"
        R"("post":{"operations":["send"],"idempotency_window":"1h"}}})");
}

TEST_CASE("mistakes in a pattern are told at its entry", "[expand]") {
  CHECK(has(expanded(R"({"patterns": [{"brokr": "bus", "topics": {}}]})"),
            "unknown pattern \"brokr\""));
  CHECK(has(expanded(R"({"patterns": [{"broker": "bus"}]})"),
            "a pattern \"broker\" needs a field \"topics\""));
  CHECK(has(
      expanded(R"({"patterns": [{"outbox-polling": "r", "of": "d", "to": "t", "claim": "skip"}]})"),
      "\"claim\" cannot be \"skip\""));
  CHECK(has(expanded(R"({"patterns": [{"broker": "bus", "topics": {"a": 1}},
                                      {"broker": "bus", "topics": {"a": 2}}]})"),
            "two patterns give \"partitions\" different values: 1 and 2"));
  CHECK(has(expanded(R"({"patterns": [5]})"), "this must be a pattern"));
}

TEST_CASE("parameters that contradict each other are told at one of them", "[expand]") {
  const auto consumer = [](const std::string& parameters) {
    return expanded(R"({"patterns": [{"consumer": "c", "topic": "b.t", )" + parameters + "}]}");
  };
  CHECK(has(consumer(R"("calls": "bank.pay", "effect": "pay")"),
            "a consumer has an \"effect\" of its own or \"calls\" a service"));
  CHECK(has(consumer(R"("idempotency_key": "key")"), "\"idempotency_key\" is for a call"));
  CHECK(has(consumer(R"("retry": "b.r")"), "\"retry\" is for a call"));
  CHECK(has(consumer(R"("dead_letter": "b.d")"), "\"dead_letter\" is for a call"));
  CHECK(has(consumer(R"("calls": "bank.pay", "retry": "b.r", "attempts": 2)"),
            "\"attempts\" is for a consumer that tries again and then gives up"));
  CHECK(has(consumer(R"("dedup": "inbox", "store": "keys")"),
            "\"store\" is for a dedup by keys in a store; this is \"inbox\""));
  CHECK(has(consumer(R"("ttl": "1h")"), "\"ttl\" is for a dedup by keys in a store"));
  CHECK(has(consumer(R"("calls": "bank.pay", "dedup": "none", "database": "d")"),
            "\"database\" is for an effect or an inbox"));
  CHECK(has(consumer(R"("calls": "bank.pay", "retry": "b.t")"),
            "\"retry\" is the topic that the consumer reads anyway"));
  CHECK(has(consumer(R"("calls": "bank.pay", "retry": "b.r", "dead_letter": "b.r")"),
            "\"dead_letter\" is the topic of \"retry\""));
  for (const char* count : {"65", "0", R"("two")"}) {
    const std::string topics = R"({"fine": 1, "orders": )" + std::string(count) + "}";
    CHECK(has(expanded(R"({"patterns": [{"broker": "bus", "topics": )" + topics + "}]}"),
              "topic \"orders\" has from 1 to 64 partitions, not " + std::string(count)));
  }
  const auto relay = [](const std::string& parameters) {
    return expanded(R"({"patterns": [{"outbox-polling": "r", "of": "d", "to": "b.t", )" +
                    parameters + "}]}");
  };
  CHECK(has(relay(R"("claim": "row-lock", "send": "batch")"), "takes one row at a time"));
  CHECK(has(relay(R"("claim": "row-lock", "mark": "delete")"), "marks a row by taking it"));
  CHECK(has(relay(R"("claim": "skip-locked", "mark": "before")"),
            "rows that are claimed are marked when the claim ends"));
  CHECK(has(expanded(R"({"patterns": [{"service": "s", "request": "R", "event": "E",
                                       "topic": "b.t"}]})"),
            "\"topic\" is for a service that publishes itself"));

  for (const char* fine :
       {R"("effect": "pay", "database": "d")",
        R"("dedup": "store-after", "store": "k", "ttl": "1h")",
        R"("calls": "bank.pay", "idempotency_key": "key", "database": "d")",
        R"("calls": "bank.pay", "retry": "b.r", "attempts": 2, "dead_letter": "b.d")"}) {
    CHECK(has(consumer(fine), R"("services":)"));
  }
  CHECK(has(relay(R"("claim": "skip-locked", "mark": "delete", "send": "batch")"),
            R"("lock":"skip_locked")"));
}

TEST_CASE("patterns of two kinds have names of their own", "[expand]") {
  const auto named = [](const std::string& consumer) {
    return expanded(R"({"patterns": [{"outbox-polling": "relay", "of": "d", "to": "b.t"},
        {"consumer": ")" +
                    consumer + R"(", "topic": "b.t"}, {"consumer": ")" + consumer +
                    R"(", "topic": "b.u"}]})");
  };
  CHECK(has(named("relay"), "\"relay\" is the name of the outbox-polling already"));
  CHECK(has(named("relay"), "give the consumer a name of its own"));
  CHECK(has(named("stock"), R"("services":)"));
}

// Every pattern with its needed parameters alone, as people will first write it.
TEST_CASE("every pattern has its word first and says what its parameters are", "[expand]") {
  for (const Pattern& each : pattern_catalogue()) {
    INFO(each.word);
    CHECK(each.shape.fields.front().name == each.word);
    CHECK(each.shape.fields.front().needed);
    for (const FieldShape& field : each.shape.fields) {
      INFO(field.name);
      CHECK(!field.help.empty());
    }
  }
}

}  // namespace
}  // namespace onceward::scenarios
