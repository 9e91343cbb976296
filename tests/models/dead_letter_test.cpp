// Stories about messages that are returned or given up: nacks, delivery limits, dead letters, and
// the accounts that must balance.
#include <algorithm>
#include <catch2/catch.hpp>

#include "models/effect.hpp"
#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using models::Handling;
using models::Message;
using models::Status;
using models::Uncaught;
using sim::FaultKind;
using sim::Task;

const char* const kKafka = "kafka@4";
const char* const kRabbit = "rabbitmq-classic@3.13";
const char* const kSqs = "sqs-standard@2012-11-05";

const sim::Site kPublish("publish");
const sim::Site kMail("mail");
const sim::Site kThink("think");
const sim::Site kAck("ack");
const sim::Site kNack("nack");
const sim::Symbol kEffect("mail");

Task<> publish_two(Desk* at) {
  static const char* const kIds[] = {"o1", "o2"};
  for (const char* id : kIds) {
    const Message message = placed(id, "k");
    co_await at->log->append(0, message, kPublish);
  }
}

Task<> note_and_acknowledge(Desk* at, Handling* got) {
  at->note(got->message().id);
  co_await got->group->ack(*got, kAck);
}

// Returns o1 the first time this incarnation sees it.
Task<> return_once(Desk* at, Handling* got) {
  at->note(got->message().id);
  if (got->message().id == text("o1") && at->memory++ == 0) {
    const Status status = co_await got->group->nack(*got, true, kNack);
    at->note("nack ", status);
    co_return;
  }
  co_await got->group->ack(*got, kAck);
}

// Gives o1 up.
Task<> give_up(Desk* at, Handling* got) {
  at->note(got->message().id);
  if (got->message().id == text("o1")) {
    co_await got->group->nack(*got, false, kNack);
    co_return;
  }
  co_await got->group->ack(*got, kAck);
}

// Never gets o1 done.
Task<> always_return(Desk* at, Handling* got) {
  at->note(got->message().id);
  if (got->message().id == text("o1")) {
    co_await got->group->nack(*got, true, kNack);
    co_return;
  }
  co_await got->group->ack(*got, kAck);
}

Task<> always_fail(Desk* at, Handling* got) {
  at->note(got->message().id);
  co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
  got->failed = true;
}

void redeliver_uncaught(models::GroupSpec& group) {
  group.has_uncaught = true;
  group.uncaught = Uncaught::redeliver;
}

// ---- nack ------------------------------------------------------------------------------------

TEST_CASE("a message that is returned is handed out again, before those after it",
          "[models][dead-letter]") {
  for (const char* broker : {kKafka, kRabbit}) {
    Flow flow;
    flow.broker(broker);
    flow.process("ann", publish_two);
    flow.consumer("cid", return_once);
    flow.items_owe("ship");
    const Run run = flow.play({"ann", "ann"});
    CHECK(run.notes.at("cid") == Texts{"o1", "nack ok", "o1", "o2"});
    CHECK(run.findings.empty());
    CHECK(run.told("cid: returns o1") == 1);
  }
}

TEST_CASE("a message that is given up is dropped", "[models][dead-letter]") {
  for (const char* broker : {kKafka, kRabbit}) {
    Flow flow;
    flow.broker(broker);
    flow.process("ann", publish_two);
    flow.consumer("cid", give_up);
    flow.items_owe("ship");
    const Run run = flow.play();
    CHECK(run.notes.at("cid") == Texts{"o1", "o2"});
    CHECK(run.dead.empty());
    CHECK(run.findings.empty());  // by declaration
    CHECK(run.told("bus.orders/0@0 is given up by group cid and dropped") == 1);
  }
}

TEST_CASE("a message that is given up goes to the dead-letter topic, if there is one",
          "[models][dead-letter]") {
  for (const char* broker : {kKafka, kRabbit, kSqs}) {
    Flow flow;
    flow.broker(broker);
    flow.dead_letters();
    flow.process("ann", publish_two);
    flow.consumer("cid", give_up);
    flow.items_owe("ship");
    const Run run = flow.play();
    CHECK(run.dead == Texts{"o1"});
    CHECK(run.findings.empty());
  }
}

TEST_CASE(
    "a consumer of a log that crashes before the position has passed a dead letter writes it "
    "once more",
    "[models][dead-letter]") {
  Flow flow;
  flow.dead_letters();
  flow.process("ann", publish_two);
  flow.consumer("cid", give_up);
  flow.allow(1, {FaultKind::crash});
  const Run run = flow.play({"ann", "cid: next message", "cid", "cid: crash"}, {{"nack", "crash"}});
  CHECK(run.dead == Texts{"o1", "o1"});
  Flow queue;
  queue.broker(kRabbit);
  queue.dead_letters();
  queue.process("ann", publish_two);
  queue.consumer("cid", give_up);
  queue.allow(1, {FaultKind::crash});
  CHECK(queue.play({}, {{"nack", "crash"}}).dead == Texts{"o1"});
}

TEST_CASE("a nack after the lease has ended is late, as an ack would be", "[models][dead-letter]") {
  for (const auto late : {models::LateAck::ignore, models::LateAck::error}) {
    Flow flow;
    flow.broker(kSqs);
    flow.broker().late_ack = late;
    flow.process("ann", [](Desk* at) -> Task<> {
      const Message message = placed("o1");
      co_await at->log->append(0, message, kPublish);
    });
    flow.consumer("cid", [](Desk* at, Handling* got) -> Task<> {
      const bool first = got->delivery == 1;
      co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
      if (first) {
        const Status status = co_await got->group->nack(*got, false, kNack);
        at->note("nack ", status);
      } else {
        co_await got->group->ack(*got, kAck);
      }
    });
    flow.items_owe("ship");
    const Run run = flow.play({"ann", "cid: delivery", "cid: end of the lease", "cid"});
    CHECK(run.notes.at("cid") ==
          Texts{late == models::LateAck::ignore ? "nack ok" : "nack refused"});
    CHECK(run.told("given up") == 0);
  }
}

// ---- delivery limits -------------------------------------------------------------------------

TEST_CASE("after so many deliveries a message is given up", "[models][dead-letter]") {
  for (const char* broker : {kKafka, kRabbit}) {
    for (const bool returns : {true, false}) {
      Flow flow;
      flow.broker(broker);
      flow.dead_letters();
      flow.topic().max_deliveries = 3;
      flow.process("ann", [](Desk* at) -> Task<> {
        const Message message = placed("o1");
        co_await at->log->append(0, message, kPublish);
      });
      redeliver_uncaught(flow.consumer("cid", returns ? always_return : always_fail));
      flow.items_owe("ship");
      const Run run = flow.play();
      CHECK(run.notes.at("cid") == Texts{"o1", "o1", "o1"});
      CHECK(run.dead == Texts{"o1"});
      CHECK(run.findings.empty());
    }
  }
}

TEST_CASE("a log's consumer counts anew after a crash, a queue does not", "[models][dead-letter]") {
  for (const bool log : {true, false}) {
    Flow flow;
    flow.broker(log ? kKafka : kRabbit);
    flow.dead_letters();
    flow.topic().max_deliveries = 2;
    flow.process("ann", [](Desk* at) -> Task<> {
      const Message message = placed("o1");
      co_await at->log->append(0, message, kPublish);
    });
    redeliver_uncaught(flow.consumer("cid", always_return));
    flow.allow(1, {FaultKind::crash});
    const Run run = flow.play({}, {{"nack", "crash"}});
    CHECK(run.notes.at("cid").size() == (log ? 3 : 2));
    CHECK(run.dead == Texts{"o1"});
  }
}

TEST_CASE("a handler can know which delivery of its message it has", "[models][dead-letter]") {
  for (const char* broker : {kKafka, kRabbit}) {
    Flow flow;
    flow.broker(broker);
    flow.process("ann", publish_two);
    models::GroupSpec& group = flow.consumer("cid", [](Desk* at, Handling* got) -> Task<> {
      at->note(got->delivery);
      if (got->delivery < 3) {
        co_await got->group->nack(*got, true, kNack);
      } else {
        co_await got->group->ack(*got, kAck);
      }
    });
    group.attempts_seen = 3;
    CHECK(flow.outcomes() == std::set<std::string>{"cid: 1, 2, 3, 1, 2, 3"});
  }
}

TEST_CASE("with several messages in work, one that returns has those after it come again",
          "[models][dead-letter]") {
  Flow flow;
  flow.process("ann", publish_two);
  models::GroupSpec& group = flow.consumer("cid", return_once);
  group.has_concurrency = true;
  group.concurrency = {models::Concurrency::Per::handler, 2};
  const Run run = flow.play({"ann", "ann", "cid: next message", "cid: next message", "cid", "cid"});
  CHECK(run.notes.at("cid") == Texts{"o1", "o2", "nack ok", "o1", "o2"});
}

// ---- accounts --------------------------------------------------------------------------------

TEST_CASE("what a handler fails on and skips is given up", "[models][dead-letter]") {
  for (const char* broker : {kKafka, kRabbit}) {
    Flow flow;
    flow.broker(broker);
    flow.dead_letters();
    flow.process("ann", publish_two);
    models::GroupSpec& group = flow.consumer("cid", always_fail);
    group.has_uncaught = true;
    group.uncaught = Uncaught::skip;
    flow.items_owe("ship");
    const Run run = flow.play();
    CHECK(run.dead == Texts{"o1", "o2"});
    CHECK(run.findings.empty());
  }
}

TEST_CASE("a dead letter that its topic refuses is in nobody's accounts", "[models][dead-letter]") {
  for (const bool refused : {false, true}) {
    Flow flow;
    flow.broker(kRabbit);
    flow.dead_letters();
    if (refused) {
      flow.dead_topic().refuses = [](sim::World&, const Message& message) {
        return message.id == text("o1");
      };
    }
    flow.process("ann", publish_two);
    flow.consumer("cid", give_up);
    flow.items_owe("ship");
    const Run run = flow.play();
    CHECK(run.dead == (refused ? Texts{} : Texts{"o1"}));
    CHECK(run.findings ==
          (refused ? Texts{"dead-letter-accounting o1: expected 1, actual 0"} : Texts{}));
  }
}

// ---- groups that are new ---------------------------------------------------------------------

TEST_CASE("a new group begins where the log ends when it first looks", "[models][new-group]") {
  for (const char* broker : {kKafka, kRabbit}) {
    Flow flow;
    flow.broker(broker);
    flow.process("ann", publish_two);
    flow.consumer("cid", note_and_acknowledge).starts_new = true;
    flow.items_owe("ship");
    CHECK(flow.outcomes() == std::set<std::string>{"", "cid: o2", "cid: o1, o2"});
    CHECK(flow.play({"ann", "ann"}).findings.empty());  // it was never meant for them
  }
}

TEST_CASE("a client whose reset is earliest begins a new group with all there is",
          "[models][new-group]") {
  for (const char* broker : {kKafka, kRabbit}) {
    Flow flow;
    flow.broker(broker);
    flow.broker().reset = models::Reset::earliest;
    flow.process("ann", publish_two);
    flow.consumer("cid", note_and_acknowledge).starts_new = true;
    CHECK(flow.outcomes() == std::set<std::string>{"cid: o1, o2"});
  }
}

TEST_CASE("a group that has not committed yet loses its place with its consumer",
          "[models][new-group]") {
  Flow flow;
  flow.process("ann", publish_two);
  models::GroupSpec& group = flow.consumer("cid", [](Desk* at, Handling* got) -> Task<> {
    const sim::Value to = got->message().id;
    at->note(to);
    co_await models::ImmediateEffect(*at->world, *at->ledger, kEffect, to, kMail,
                                     models::kStatementWindow);
    co_await got->group->ack(*got, kAck);
  });
  group.starts_new = true;
  flow.items_owe("ship");
  flow.allow(1, {FaultKind::crash});
  const Run run = flow.play({"cid: finds where", "ann", "cid: next message", "cid", "cid: crash",
                             "ann", "cid: restart", "cid: finds where"},
                            {{"mail", "crash"}});
  CHECK(run.notes.at("cid") == Texts{"o1"});
  CHECK(run.findings == Texts{"dead-letter-accounting o1: expected 1, actual 0",
                              "dead-letter-accounting o2: expected 1, actual 0"});
}

// ---- what a broker refuses -------------------------------------------------------------------

TEST_CASE("a topic may refuse messages for ever, which is no fault", "[models][refuses]") {
  Flow flow;
  flow.topic().refuses = [](sim::World&, const Message& message) {
    return message.id == text("o1");
  };
  flow.process("ann", [](Desk* at) -> Task<> {
    static const char* const kIds[] = {"o1", "o2", "o1"};
    for (const char* id : kIds) {
      const Message message = placed(id);
      const Status status = co_await at->log->append(0, message, kPublish);
      at->note(status);
    }
  });
  const Run run = flow.play();
  CHECK(run.notes.at("ann") == Texts{"refused", "ok", "refused"});
  CHECK(run.partitions == std::vector<Texts>{{"o2"}});
  CHECK(run.asked.empty());
}

TEST_CASE("a pass that only met a refusal is parked", "[models][refuses]") {
  Flow flow;
  flow.topic().refuses = [](sim::World&, const Message&) { return true; };
  flow.every("ann", std::chrono::seconds(1), [](Desk* at) -> Task<> {
    const Message message = placed("o1");
    const Status status = co_await at->log->append(0, message, kPublish);
    at->note(status);
  });
  const Run run = flow.play();
  CHECK(run.notes.at("ann") == Texts{"refused"});
}

}  // namespace
}  // namespace onceward::tests
