// Results written by hand, as a search would give them, for the tests of the reports.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "reports/report.hpp"

namespace onceward::tests {

using namespace std::chrono_literals;
using sim::FaultKind;
using sim::Mark;

// An entry at `step`, `at` after the start, that follows from the entries `causes`.
inline sim::TraceEntry happened(std::uint32_t step, sim::Duration at, std::string lane,
                                std::string text, std::vector<std::uint32_t> causes = {},
                                Mark mark = Mark::plain) {
  sim::TraceEntry entry;
  entry.step = step;
  entry.at = {at.count()};
  entry.lane = std::move(lane);
  entry.text = std::move(text);
  entry.causes = std::move(causes);
  entry.mark = mark;
  return entry;
}

inline sim::TraceEntry about(std::string entity, sim::TraceEntry entry) {
  entry.entity = std::move(entity);
  return entry;
}

inline sim::TraceEntry because(std::string why, sim::TraceEntry entry) {
  entry.why = std::move(why);
  return entry;
}

inline sim::TraceEntry by_rule(std::string rule, sim::TraceEntry entry) {
  entry.rule = std::move(rule);
  return entry;
}

inline reports::ScenarioReport scenario(const std::string& name, std::string title) {
  reports::ScenarioReport report;
  report.file = "scenarios/library/" + name + ".onceward.json";
  report.title = std::move(title);
  report.digest = "3f2a91c45e0d7b8841c6a2f09d3e5b17";
  report.workload = "2 x PlaceOrder";
  report.faults = "crash (any)";
  report.fault_rules = {"crash (any)"};
  report.budget = 1;
  report.expected = "holds";
  report.as_expected = true;
  report.result.strategy = sim::Strategy::exhaustive;
  report.result.faults_max = 1;
  report.result.strikes = {1};
  return report;
}

// The service commits an order and dies before it publishes: nobody will ever hear of the order.
inline reports::ScenarioReport lost_event() {
  reports::ScenarioReport report =
      scenario("dual-write.commit-then-publish", "Commit the order, then publish the event");
  report.expected = "violates no-lost-event";
  report.workload = "1 x PlaceOrder";
  report.capsule = "onceward-out/dual-write.commit-then-publish.capsule.json";
  report.fault_site = report.file + ":19:9";
  report.fault_line = R"(        {"commit": "shop-db"},)";
  report.in_short =
      "The order is in the database for good, and nobody will ever be told: the only thing that "
      "remembered to publish the event was the memory of the process that died.";
  report.invariants = {{"no-lost-event", "violated",
                        "each committed cause has the event it owes, once all is quiet"},
                       {"no-phantom-event", "held", "no event is left without its cause"}};
  report.result.verdict = sim::Verdict::violated;
  report.result.strategy = sim::Strategy::sweep;
  report.result.figures.runs = 3;
  report.result.figures.transitions = 21;
  report.result.figures.depth = 7;
  report.result.figures.shrink_runs = 2;

  sim::Violation violation;
  violation.invariant = "no-lost-event";
  violation.entity = "o1";
  violation.expected = 1;
  violation.actual = 0;
  violation.faults = {FaultKind::crash};
  violation.budget = 1;
  violation.fewest_faults = true;
  violation.steps = 6;
  violation.fingerprint = {0x1122334455667788, 0x99aabbccddeeff00};
  violation.trace = {
      about("o1", happened(1, 0ms, "client", "PlaceOrder o1")),
      about("o1", happened(2, 100us, "shop-db", "INSERT orders id=o1", {1})),
      because("order o1 is committed",
              about("o1", happened(3, 200us, "shop-db", "COMMIT", {2}, Mark::commit))),
      because("shop died before it came to publish the event of o1",
              happened(4, 200us, "shop", "CRASH", {3}, Mark::crash)),
      happened(5, 500200us, "shop", "restart", {4}, Mark::restart),
      happened(6, 500300us, "mailer", "nothing to send"),
  };
  violation.entries = {3};
  violation.timing.feasible = true;
  violation.timing.earliest = {{0}, {0}, {100000}, {200000}, {200000}, {500200000}, {500300000}};
  report.result.violations = {violation};
  return report;
}

// The same, where nobody expects it.
inline reports::ScenarioReport surprise() {
  reports::ScenarioReport report = lost_event();
  report.expected = "holds";
  report.as_expected = false;
  report.not_as_expected = {"it is expected to hold"};
  report.look_at = report.fault_site;
  return report;
}

// The relay dies between publishing and marking the row, so it publishes again, and the consumer
// keeps no record of what it has seen.
inline reports::ScenarioReport duplicate() {
  reports::ScenarioReport report =
      scenario("relay.crash-before-mark", "Outbox with a polling relay, consumer without dedup");
  report.expected = "violates no-duplicate-effect";
  report.capsule = "onceward-out/relay.crash-before-mark.capsule.json";
  report.fault_site = report.file + ":31:9";
  report.fault_line = R"(         {"publish": "=e.type", "to": "bus.orders", "key": "=e.key"},)";
  report.in_short =
      "The stock of o1 was deducted twice: an outbox delivers at least once, so the "
      "consumer has to know what it has done before.";
  report.invariants = {
      {"no-duplicate-effect", "violated", "no cause has more effects than it owes, at any time"},
      {"no-lost-effect", "not-judged",
       "each committed cause has at least the effects it owes, once all is quiet"}};
  report.goals = {{"relay crashed between published and marked", true}};
  report.warnings = {"no handler can be struck by `pause`: it has one operation only"};
  report.not_modelled = {"the time a partition takes to move to another consumer"};
  report.result.verdict = sim::Verdict::violated;
  report.result.also = {"per-key-order"};

  sim::Violation violation;
  violation.invariant = "no-duplicate-effect";
  violation.entity = "o1";
  violation.expected = 1;
  violation.actual = 2;
  violation.faults = {FaultKind::crash};
  violation.budget = 1;
  violation.steps = 14;
  const std::string rule = "kafka-java@4: a position is committed after the poll";
  violation.trace = {
      about("o1", happened(1, 0ms, "client", "PlaceOrder o1")),
      about("o1", happened(2, 100us, "shop-db", "INSERT orders id=o1", {1})),
      about("o1", happened(3, 200us, "shop-db", "INSERT outbox id=e1 key=o1", {2})),
      about("o1", happened(4, 300us, "shop-db", "COMMIT", {3}, Mark::commit)),
      about("o2", happened(5, 300us, "client", "PlaceOrder o2")),
      about("o1", happened(6, 1s, "shop-db", "SELECT outbox -> e1", {4})),
      about("o1", happened(7, 1001ms, "bus", "publish OrderPlaced e1 -> orders/0@0", {6})),
      happened(8, 1001ms, "relay", "CRASH", {7}, Mark::crash),
      happened(9, 1501ms, "relay", "restart", {8}, Mark::restart),
      because("row e1 still looked unsent",
              about("o1", happened(10, 2501ms, "shop-db", "SELECT outbox -> e1", {9, 4}))),
      because("relay published e1 a second time",
              about("o1", happened(11, 2502ms, "bus", "publish OrderPlaced e1 -> orders/0@1", {10},
                                   Mark::copy))),
      by_rule(rule, about("o1", happened(12, 2503ms, "warehouse",
                                         "takes OrderPlaced e1 from orders/0@0", {7}))),
      about("o1", happened(13, 2504ms, "stock", "EFFECT deduct o1", {12}, Mark::effect)),
      by_rule(rule, about("o1", happened(14, 2505ms, "warehouse",
                                         "takes OrderPlaced e1 from orders/0@1", {11}))),
      because("stock was deducted again for o1",
              about("o1", happened(14, 2505ms, "stock", "EFFECT deduct o1", {14}, Mark::effect))),
  };
  violation.entries = {13, 15};
  violation.timing.feasible = true;
  report.result.violations = {violation};
  return report;
}

inline reports::ScenarioReport exhausted() {
  reports::ScenarioReport report = scenario("dedup.inbox", "Inbox row in the effect's transaction");
  report.result.verdict = sim::Verdict::exhausted;
  report.result.figures.states = 12'345;
  report.result.figures.transitions = 45'678;
  report.result.figures.depth = 67;
  report.result.figures.digest = {0xdeadbeef, 0x12345678};
  report.goals = {{"a copy was delivered", true}};
  report.invariants = {{"no-duplicate-effect", "held", "no cause has more effects than it owes"}};
  return report;
}

inline reports::ScenarioReport sampled() {
  reports::ScenarioReport report = scenario("saga.large", "A saga of twelve steps");
  report.result.verdict = sim::Verdict::sampled;
  report.result.strategy = sim::Strategy::random;
  report.result.figures.runs = 10'000;
  report.result.figures.transitions = 812'345;
  report.result.figures.depth = 141;
  return report;
}

inline reports::ScenarioReport unknown() {
  reports::ScenarioReport report =
      scenario("dedup.window", "Dedup entries live longer than any redelivery");
  report.as_expected = false;
  report.not_as_expected = {"nothing was decided: the search ended UNKNOWN"};
  report.result.verdict = sim::Verdict::unknown;
  report.result.figures.states = 812;
  report.result.figures.transitions = 3'001;
  report.result.reasons = {
      "no-duplicate-effect is broken for o1 only by a run that has no timing: expiry of dedup e1 "
      "comes too early",
      "  expiry of dedup e1 [24h, 24h]: not before its earliest instant",
      "  redelivery of orders/0@0 [0s, 12h]: not after its latest instant"};
  return report;
}

inline reports::ScenarioReport mistaken() {
  reports::ScenarioReport report;
  report.file = "bad.onceward.json";
  report.problems = {
      "bad.onceward.json:14:17: error: unknown fault \"crsh\", did you mean \"crash\"?\n"
      "   14 |   \"faults\": [\"crsh\"],\n"
      "      |              ^^^^^^",
      "bad.onceward.json:20:3: error: \"expect\" is given twice"};
  return report;
}

}  // namespace onceward::tests
