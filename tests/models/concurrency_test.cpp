// Stories about how much a consumer or a server does at once, and what that does to positions.
#include <algorithm>
#include <catch2/catch.hpp>

#include "models/effect.hpp"
#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using models::Concurrency;
using models::Handling;
using models::Message;
using models::RequestHandling;
using sim::FaultKind;
using sim::Task;

const char* const kRabbit = "rabbitmq-classic@3.13";

const sim::Site kPublish("publish");
const sim::Site kMail("mail");
const sim::Site kThink("think");
const sim::Site kAcks[] = {sim::Site("ack 0"), sim::Site("ack 1"), sim::Site("ack 2")};
const sim::Symbol kEffect("mail");

// o1 and o3 are of one key.
Task<> publish_three(Desk* at) {
  static const char* const kIds[] = {"o1", "o2", "o3"};
  static const char* const kKeys[] = {"k", "l", "k"};
  for (std::size_t i = 0; i < 3; ++i) {
    const Message message = placed(kIds[i], kKeys[i]);
    co_await at->log->append(0, message, kPublish);
  }
}

Task<> mail_then_ack(Desk* at, Handling* got) {
  const sim::Value to = got->message().id;
  at->note(to);
  co_await models::ImmediateEffect(*at->world, *at->ledger, kEffect, to, kMail,
                                   models::kStatementWindow);
  co_await got->group->ack(*got, kAcks[got->offset]);
}

Task<> count_at_once(Desk* at, Handling* got) {
  at->note(++at->memory);
  co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
  --at->memory;
  co_await got->group->ack(*got, kAcks[got->offset]);
}

void limit(models::GroupSpec& group, Concurrency::Per per, std::uint32_t at_most) {
  group.has_concurrency = true;
  group.concurrency = {per, at_most};
}

// The most messages that were in work at once in any run.
std::string most_at_once(const Flow& flow) {
  std::string most;
  for (const std::string& outcome : flow.outcomes()) {
    most = std::max(most, std::string(1, *std::max_element(outcome.begin() + 4, outcome.end())));
  }
  return most;
}

TEST_CASE("a consumer works on as many messages at once as its handler may",
          "[models][concurrency]") {
  for (const char* broker : {"kafka@4", kRabbit}) {
    for (const std::uint32_t at_most : {1U, 2U, 3U}) {
      Flow flow;
      flow.broker(broker);
      flow.process("ann", publish_three);
      limit(flow.consumer("cid", count_at_once), Concurrency::Per::handler, at_most);
      CHECK(most_at_once(flow) == std::to_string(at_most));
    }
  }
}

TEST_CASE("a limit of the handler is one for all its partitions, one of partitions is not",
          "[models][concurrency]") {
  for (const bool per_partition : {false, true}) {
    Flow flow;
    flow.partitions(2);
    flow.process("ann", publish_three);
    limit(flow.consumer("cid", count_at_once),
          per_partition ? Concurrency::Per::partition : Concurrency::Per::handler, 1);
    CHECK(most_at_once(flow) == (per_partition ? "2" : "1"));
  }
}

TEST_CASE("with a limit per key messages of other keys go on, those of the same key wait",
          "[models][concurrency]") {
  for (const char* broker : {"kafka@4", kRabbit}) {
    Flow flow;
    flow.broker(broker);
    flow.process("ann", publish_three);
    limit(flow.consumer("cid", mail_then_ack), Concurrency::Per::key, 1);
    const std::set<std::string> outcomes = flow.outcomes();
    CHECK(outcomes.count("cid: o1, o2, o3") == 1);
    for (const std::string& outcome : outcomes) CHECK(outcome.find("o1") < outcome.find("o3"));
    Flow counting;
    counting.broker(broker);
    counting.process("ann", publish_three);
    limit(counting.consumer("cid", count_at_once), Concurrency::Per::key, 1);
    CHECK(most_at_once(counting) == "2");
  }
}

TEST_CASE("a worker per key passes over a message whose key is busy", "[models][concurrency]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    static const char* const kKeys[] = {"k", "k", "l"};
    static const char* const kIds[] = {"o1", "o2", "o3"};
    for (std::size_t i = 0; i < 3; ++i) {
      const Message message = placed(kIds[i], kKeys[i]);
      co_await at->log->append(0, message, kPublish);
    }
  });
  limit(flow.consumer("cid", mail_then_ack), Concurrency::Per::key, 1);
  const Run run = flow.play({"ann", "ann", "ann", "cid: next message", "cid: next message"});
  CHECK(run.notes.at("cid") == Texts{"o1", "o3", "o2"});
  CHECK(run.findings.empty());
}

TEST_CASE("messages without a key do not wait for each other", "[models][concurrency]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    static const char* const kIds[] = {"o1", "o2"};
    for (const char* id : kIds) {
      Message message = placed(id);
      message.key = sim::Value();
      co_await at->log->append(0, message, kPublish);
    }
  });
  limit(flow.consumer("cid", count_at_once), Concurrency::Per::key, 1);
  CHECK(most_at_once(flow) == "2");
}

TEST_CASE("with several messages in work a position may be committed past an unfinished one",
          "[models][concurrency]") {
  Flow flow;
  flow.process("ann", publish_three);
  limit(flow.consumer("cid", mail_then_ack), Concurrency::Per::handler, 3);
  flow.items_owe("ship");
  flow.faults.budget = 1;
  flow.faults.rules = {{FaultKind::crash, "cid", ~0U, {}}};
  // o1 and o2 are taken, o2 is done first: its ack commits the position after both.
  const Run run = flow.play({"ann", "ann", "ann", "cid: next message", "cid: next message",
                             "EFFECT mail o2", "ack", "cid: crash"},
                            {{"ack 1", "crash"}});
  CHECK(run.effects == Texts{"mail o2", "mail o3"});
  CHECK(run.findings == Texts{"dead-letter-accounting o1: expected 1, actual 0"});
}

TEST_CASE("one message at a time commits nothing unfinished", "[models][concurrency]") {
  Flow flow;
  flow.process("ann", publish_three);
  flow.consumer("cid", mail_then_ack);
  flow.items_owe("ship");
  flow.faults.budget = 1;
  flow.faults.rules = {{FaultKind::crash, "cid", ~0U, {}}};
  const auto findings = [](const Sight& sight) {
    return sight.findings.empty() ? std::string("none") : sight.findings.front();
  };
  CHECK(flow.outcomes(findings) == std::set<std::string>{"none"});
}

TEST_CASE("a server runs as many handlers at once as it may, and the others wait their turn",
          "[models][concurrency]") {
  for (const std::uint32_t at_once : {1U, 2U, 0U}) {
    Flow flow;
    flow.server("cid", [](Desk* at, RequestHandling*) -> Task<> {
      at->note(++at->memory);
      co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
      --at->memory;
    });
    for (const char* of : {"o1", "o2", "o3"}) flow.request("cid", of).at_once = at_once;
    CHECK(most_at_once(flow) == (at_once == 0 ? "3" : std::to_string(at_once)));
  }
}

TEST_CASE("requests that wait for a busy server are lost with it", "[models][concurrency]") {
  Flow flow;
  flow.server("cid", [](Desk* at, RequestHandling* request) -> Task<> {
    const sim::Value of = request->row().front();
    at->note(of);
    co_await models::ImmediateEffect(*at->world, *at->ledger, kEffect, of, kMail,
                                     models::kStatementWindow);
  });
  flow.request("cid", "o1").at_once = 1;
  flow.request("cid", "o2").at_once = 1;
  flow.allow(1, {FaultKind::crash});
  const Run run = flow.play({"request PlaceOrder", "request PlaceOrder", "cid", "cid: crash"},
                            {{"mail", "crash"}});
  CHECK(run.notes.at("cid") == Texts{"o1"});
  CHECK(run.told("is answered") == 0);
}

}  // namespace
}  // namespace onceward::tests
