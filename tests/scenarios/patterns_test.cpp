// Whole flows made of nothing but patterns, searched to their end: what each parameter is worth.
#include <catch2/catch.hpp>
#include <string>

#include "tests/support/command.hpp"

namespace onceward::scenarios {
namespace {

using tests::has;
using tests::Ran;
using tests::TemporaryFolder;

// The parts of a flow, an entry each; a test changes one and leaves the others.
struct Parts {
  std::string service = R"({"service": "orders", "request": "PlaceOrder", "event": "OrderPlaced"})";
  std::string relay = R"({"outbox-polling": "relay", "of": "orders-db", "to": "bus.orders"})";
  std::string broker = R"({"broker": "bus", "topics": {"orders": 1, "again": 1, "dead": 1}})";
  std::string consumer = R"("dedup": "inbox")";  // what it has besides its name, topic and owner
  std::string workload = R"([{"request": "PlaceOrder", "to": "orders", "with": {"order": "o1"}}])";
  std::string owed_by = R"("owed_by": "orders-db.orders", )";
  std::string obligations = "[]";
  std::string faults = R"({"budget": 1, "kinds": [{"crash": "any"}]})";

  [[nodiscard]] std::string text() const {
    std::string text = R"({"onceward": "1", "title": "Patterns", "patterns": [)" + service + ",\n";
    if (!relay.empty()) text += relay + ",\n";
    return text + broker + R"(,
      {"external-api": "bank", "operations": ["pay"]},
      {"consumer": "stock", "topic": "bus.orders", )" +
           owed_by + consumer + R"(}],
      "workload": )" +
           workload + R"(,
      "faults": )" +
           faults + R"(, "obligations": )" + obligations + "}\n";
  }
};

Ran checked(const Parts& parts) {
  const TemporaryFolder folder;
  return folder.onceward("check " + folder.write("flow.onceward.json", parts.text()));
}

void check_holds(const Parts& parts) {
  const Ran ran = checked(parts);
  INFO(parts.text() + ran.out + ran.err);
  CHECK(ran.exit_code == 0);
  CHECK(has(ran.out, "HOLDS (EXHAUSTED"));
}

// `faults`: "1 fault (crash), the fewest", as the first line of a report says it.
void check_breaks(const Parts& parts, const std::string& invariant, const std::string& faults) {
  const Ran ran = checked(parts);
  INFO(parts.text() + ran.out + ran.err);
  CHECK(ran.exit_code == 1);
  CHECK(has(ran.out, "VIOLATED  " + invariant + "   " + faults));
}

const std::string kOneCrash = "1 fault (crash), the fewest";

TEST_CASE("service, relay, broker and consumer as they come survive a crash", "[patterns]") {
  check_holds({});
}

TEST_CASE("a name that is what a parameter is if it is not written is told as that", "[patterns]") {
  Parts parts;
  parts.relay = "";
  parts.broker = R"({"broker": "log", "topics": {"orders": 1}})";
  parts.service =
      R"({"service": "orders", "request": "PlaceOrder", "event": "OrderPlaced", "sends": "after-commit"})";
  const std::string unknown = "unknown topic \"bus.orders\"";
  const std::string as_default = unknown + ", the default of \"topic\", which is not written here";
  CHECK(has(checked(parts).err, as_default));
  parts.service.back() = ',';
  parts.service += R"("topic": "bus.orders"})";
  const Ran written = checked(parts);
  CHECK(has(written.err, unknown));
  CHECK_FALSE(has(written.err, as_default));
}

TEST_CASE("a service that publishes beside its transaction is a dual write", "[patterns]") {
  const auto sends = [](const std::string& when) {
    Parts parts;
    parts.service = R"({"service": "orders", "request": "PlaceOrder", "event": "OrderPlaced",
                        "sends": ")" +
                    when + R"("})";
    parts.relay = "";
    return parts;
  };
  check_breaks(sends("after-commit"), "no-lost-event", kOneCrash);
  check_breaks(sends("before-commit"), "no-phantom-event", kOneCrash);
  check_breaks(sends("first"), "no-phantom-event", kOneCrash);
}

TEST_CASE("a relay loses a row that it marks first, not one that it marks or deletes last",
          "[patterns]") {
  const auto marks = [](const std::string& when) {
    Parts parts;
    parts.relay = R"({"outbox-polling": "relay", "of": "orders-db", "to": "bus.orders",
                      "mark": ")" +
                  when + R"("})";
    return parts;
  };
  check_breaks(marks("before"), "no-lost-event", kOneCrash);
  check_holds(marks("after"));
  check_holds(marks("delete"));
}

TEST_CASE("a consumer is as good as its dedup and its acknowledgement", "[patterns]") {
  const auto consumer = [](const std::string& parameters) {
    Parts parts;
    parts.consumer = parameters;
    return parts;
  };
  check_breaks(consumer(R"("dedup": "none")"), "no-duplicate-effect", kOneCrash);
  check_breaks(consumer(R"("dedup": "record-first")"), "no-lost-effect", kOneCrash);
  check_breaks(consumer(R"("dedup": "inbox", "ack": "before")"), "no-lost-effect", kOneCrash);
  check_holds(consumer(R"("dedup": "inbox", "ack": "after")"));
}

TEST_CASE("a key in a store is no part of the transaction, before it or after it", "[patterns]") {
  Parts parts;
  parts.consumer = R"("dedup": "store-after")";
  check_breaks(parts, "no-duplicate-effect", kOneCrash);
  parts.consumer = R"("dedup": "store-before")";
  check_breaks(parts, "no-lost-effect", kOneCrash);
  // After the work it only spares calls, which the idempotency key makes harmless.
  parts.consumer = R"("dedup": "store-after", "calls": "bank.pay")";
  check_holds(parts);
}

TEST_CASE("an external service acts once an event if the consumer sends a key along",
          "[patterns]") {
  const auto calls = [](const std::string& parameters) {
    Parts parts;
    parts.consumer = R"("calls": "bank.pay", )" + parameters;
    return parts;
  };
  check_holds(calls(R"("dedup": "none")"));
  check_holds(calls(R"("dedup": "none", "idempotency_key": "key")"));
  check_holds(calls(R"("dedup": "inbox")"));
  check_breaks(calls(R"("dedup": "none", "idempotency_key": "none")"), "no-duplicate-effect",
               kOneCrash);
  // An inbox is no help: the call is not in its transaction.
  check_breaks(calls(R"("dedup": "inbox", "idempotency_key": "none")"), "no-duplicate-effect",
               kOneCrash);
  check_breaks(calls(R"("dedup": "record-first")"), "no-lost-effect", kOneCrash);
}

TEST_CASE("an event whose call fails is tried again and then buried", "[patterns]") {
  Parts parts;
  const std::string calls = R"("calls": "bank.pay", "dedup": "none", )";
  parts.consumer = calls + R"("retry": "bus.again", "attempts": 2, "dead_letter": "bus.dead")";
  parts.faults = R"({"budget": 1, "kinds": [{"error": "bank"}, {"crash": "any"}]})";
  check_holds(parts);

  parts.faults = R"({"budget": 2, "kinds": [{"error": "bank"}]})";
  check_breaks(parts, "no-lost-effect", "2 faults (2 x error), the fewest");
  CHECK(has(checked(parts).out, "publish OrderPlaced #1 -> bus.dead/0@0"));

  parts.consumer = calls + R"("dead_letter": "bus.dead")";
  parts.faults = R"({"budget": 1, "kinds": [{"error": "bank"}]})";
  check_breaks(parts, "no-lost-effect", "1 fault (error), the fewest");

  parts.consumer = calls + R"("retry": "bus.again")";
  check_holds(parts);
}

TEST_CASE("that an event ends charged or among the dead letters can be owed", "[patterns]") {
  Parts parts;
  parts.owed_by = "";
  parts.obligations =
      R"([{"each": "orders-db.orders", "one_of": ["bank.pay", "event OrderPlaced in bus.dead"]}])";
  parts.consumer =
      R"("calls": "bank.pay", "dedup": "none", "retry": "bus.again", "attempts": 2, "dead_letter": "bus.dead")";
  parts.faults = R"({"budget": 2, "kinds": [{"error": "bank"}]})";
  check_holds(parts);
  // A call that has timed out may have been done, and is buried all the same.
  parts.consumer = R"("calls": "bank.pay", "dedup": "none", "dead_letter": "bus.dead")";
  parts.faults = R"({"budget": 1, "kinds": [{"reply_lost": "bank"}]})";
  check_breaks(parts, "one-of", "1 fault (reply_lost), the fewest");
  // A consumer that gives up without a word comes to neither end.
  parts.consumer = R"("calls": "bank.pay", "dedup": "none", "ack": "before")";
  parts.faults = R"({"budget": 1, "kinds": [{"crash": "stock"}]})";
  parts.obligations =
      R"([{"each": "orders-db.orders", "one_of": ["bank.pay", "event OrderPlaced in bus.again"]}])";
  check_breaks(parts, "one-of", kOneCrash);
}

TEST_CASE("the same flow holds over a broker that hands out message by message", "[patterns]") {
  Parts parts;
  parts.broker =
      R"({"broker": "bus", "topics": {"orders": 1}, "profile": "rabbitmq-classic@3.13"})";
  check_holds(parts);
  parts.consumer = R"("dedup": "none")";
  check_breaks(parts, "no-duplicate-effect", kOneCrash);
}

TEST_CASE("two relays without a claim send a row twice, two consumers share its copies",
          "[patterns]") {
  Parts parts;
  parts.relay = R"({"outbox-polling": "relay", "of": "orders-db", "to": "bus.orders",
                    "replicas": 2})";
  parts.consumer = R"("dedup": "none")";
  parts.faults = R"({"budget": 0})";
  check_breaks(parts, "no-duplicate-effect", "no fault needed");
  parts.consumer = R"("dedup": "inbox", "count": 2)";
  check_holds(parts);
}

// The relay with these parameters besides.
Parts relaying(const std::string& parameters, const std::string& requests) {
  Parts parts;
  parts.relay =
      R"({"outbox-polling": "relay", "of": "orders-db", "to": "bus.orders", )" + parameters + "}";
  parts.workload = requests;
  return parts;
}

const std::string kOne = R"([{"request": "PlaceOrder", "to": "orders", "with": {"order": "o1"}}])";
const std::string kTwo =
    R"([{"request": "PlaceOrder", "to": "orders", "times": 2, "with": {"order": "='o' + n"}}])";

TEST_CASE("relays that leave out each other's rows send each row once, and none is forgotten",
          "[patterns]") {
  for (const char* claim : {"none", "skip-locked"}) {
    Parts parts = relaying(R"("replicas": 2, "claim": ")" + std::string(claim) + "\"", kOne);
    parts.consumer = R"("dedup": "none")";
    parts.faults = R"({"budget": 0})";
    if (std::string(claim) == "none") {
      check_breaks(parts, "no-duplicate-effect", "no fault needed");
    } else {
      check_holds(parts);
    }
  }
  // A claim is no memory: what was sent and not marked is sent again.
  Parts parts = relaying(R"("claim": "skip-locked")", kOne);
  check_holds(parts);
  parts.consumer = R"("dedup": "none")";
  check_breaks(parts, "no-duplicate-effect", kOneCrash);
}

TEST_CASE("rows that are held can be deleted instead of marked", "[patterns]") {
  check_holds(relaying(R"("claim": "skip-locked", "mark": "delete")", kOne));
}

TEST_CASE("of a batch only what the broker has taken is marked, and the rest sent again",
          "[patterns]") {
  Parts parts = relaying(R"("send": "batch")", kTwo);
  parts.faults = R"({"budget": 1, "kinds": [{"error": "bus"}]})";
  check_holds(parts);
  // Marked before it is sent, what the broker refuses is lost.
  parts = relaying(R"("send": "batch", "mark": "before")", kTwo);
  parts.faults = R"({"budget": 1, "kinds": [{"error": "bus"}]})";
  check_breaks(parts, "no-lost-event", "1 fault (error), the fewest");
}

TEST_CASE("a batch may be claimed as well", "[patterns]") {
  check_holds(relaying(R"("send": "batch", "claim": "skip-locked", "replicas": 2)", kOne));
}

}  // namespace
}  // namespace onceward::scenarios
