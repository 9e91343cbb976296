// Stories about the cursor view: one committed position a partition, which acknowledgements move
// and crashes fall back to (Kafka's design).
#include <algorithm>
#include <catch2/catch.hpp>

#include "models/effect.hpp"
#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using namespace std::chrono_literals;
using models::Handling;
using models::Message;
using models::Uncaught;
using sim::FaultKind;
using sim::Task;

const sim::Site kPublish("publish");
const sim::Site kMail("mail");
const sim::Site kThink("think");
const sim::Site kAcks[] = {sim::Site("ack 0"), sim::Site("ack 1"), sim::Site("ack 2")};
const sim::Symbol kEffect("mail");

Task<> publish_three(Desk* at) {
  static const char* const kIds[] = {"o1", "o2", "o3"};
  for (const char* id : kIds) {
    const Message message = placed(id);
    co_await at->log->append(0, message, kPublish);
  }
}

// Sends a mail, which a crash may follow at once.
Task<> mail(Desk* at, Handling* got) {
  at->note(got->message().id);
  const sim::Value to = got->message().id;
  co_await models::ImmediateEffect(*at->world, *at->ledger, kEffect, to, kMail,
                                   models::kStatementWindow);
}

Task<> mail_then_ack(Desk* at, Handling* got) {
  co_await mail(at, got);
  co_await got->group->ack(*got, kAcks[got->offset]);
}

// All three are in the log, and the first `count` of them are handled and acknowledged.
Texts after_handling(std::size_t count) {
  Texts script = {"ann", "ann", "ann"};
  for (std::size_t i = 0; i < count; ++i) {
    script.insert(script.end(), {"cid: next message", "cid", "cid"});
  }
  return script;
}

Texts operator+(Texts script, const Texts& more) {
  script.insert(script.end(), more.begin(), more.end());
  return script;
}

TEST_CASE("a consumer takes one message after the other", "[models][cursor]") {
  Flow flow;
  flow.process("ann", publish_three);
  flow.consumer("cid", mail_then_ack);
  CHECK(flow.outcomes() == std::set<std::string>{"cid: o1, o2, o3"});
  const Run run = flow.play(after_handling(3));
  CHECK(run.effects == Texts{"mail o1", "mail o2", "mail o3"});
  CHECK(run.timing.feasible);
}

TEST_CASE("a crash before the ack has the message delivered again, one after it has not",
          "[models][cursor]") {
  Flow flow;
  flow.process("ann", publish_three);
  flow.consumer("cid", mail_then_ack);
  flow.allow(1, {FaultKind::crash});
  const Run before = flow.play({}, {{"mail", "crash"}});
  CHECK(before.notes.at("cid") == Texts{"o1", "o1", "o2", "o3"});
  CHECK(before.told("(delivered again)") == 0);  // the first delivery was never finished
  const Run after = flow.play({}, {{"ack 0", "crash"}});
  CHECK(after.notes.at("cid") == Texts{"o1", "o2", "o3"});
}

TEST_CASE("a crash at any point repeats at most the message in work", "[models][cursor]") {
  Flow flow;
  flow.process("ann", publish_three);
  flow.consumer("cid", mail_then_ack);
  flow.faults.budget = 1;
  flow.faults.rules = {{FaultKind::crash, "cid", ~0U, {}}};
  CHECK(flow.outcomes() == std::set<std::string>{"cid: o1, o2, o3", "cid: o1, o1, o2, o3",
                                                 "cid: o1, o2, o2, o3", "cid: o1, o2, o3, o3"});
}

TEST_CASE("a redelivery falls back to the position committed before and goes on from there",
          "[models][cursor]") {
  Flow flow;
  flow.process("ann", publish_three);
  flow.consumer("cid", mail_then_ack);
  flow.allow(1, {FaultKind::redeliver});
  const Run first =
      flow.play(after_handling(3) + Texts{"cid: redelivery"}, {{"ack 0", "redeliver"}});
  CHECK(first.notes.at("cid") == Texts{"o1", "o2", "o3", "o1", "o2", "o3"});
  CHECK(first.told("(delivered again)") == 3);
  CHECK(first.told("REDELIVERY: group cid falls back to bus.orders/0@0") == 1);
  const Run second =
      flow.play(after_handling(3) + Texts{"cid: redelivery"}, {{"ack 1", "redeliver"}});
  CHECK(second.notes.at("cid") == Texts{"o1", "o2", "o3", "o2", "o3"});
}

TEST_CASE("a redelivery while a message is in work comes after it", "[models][cursor]") {
  Flow flow;
  flow.process("ann", publish_three);
  flow.consumer("cid", mail_then_ack);
  flow.allow(1, {FaultKind::redeliver});
  const Run run = flow.play(after_handling(1) + Texts{"cid: next message", "cid: redelivery"},
                            {{"ack 0", "redeliver"}});
  CHECK(run.notes.at("cid") == Texts{"o1", "o2", "o1", "o2", "o3"});
}

TEST_CASE("redeliveries can be confined to a topic, a group or a process", "[models][cursor]") {
  for (const char* target : {"bus.orders", "cid"}) {
    Flow flow;
    flow.process("ann", publish_three);
    flow.consumer("cid", mail_then_ack);
    flow.consumer("dot", mail_then_ack);
    flow.faults.budget = 1;
    flow.faults.rules = {{FaultKind::redeliver, target, ~0U, {}}};
    const Run run = flow.play({}, {{"ack 2", "redeliver"}});
    CHECK(run.notes.at("cid").size() + run.notes.at("dot").size() == 7);
    if (std::string(target) == "cid") CHECK(run.notes.at("cid").size() == 4);
  }
}

TEST_CASE("without a fault or a crash nothing is delivered twice", "[models][cursor]") {
  Flow flow;
  flow.partitions(2);
  flow.process("ann", publish_three);
  flow.consumer("cid", mail_then_ack);
  const auto sorted = [](const Sight& sight) {
    Texts notes = sight.notes.at("cid");
    std::sort(notes.begin(), notes.end());
    std::string told;
    for (const std::string& note : notes) told += note + " ";
    return told;
  };
  CHECK(flow.outcomes(sorted) == std::set<std::string>{"o1 o2 o3 "});
}

TEST_CASE("partitions are handled side by side, messages of one partition are not",
          "[models][cursor]") {
  Flow flow;
  flow.partitions(2);
  flow.process("ann", publish_three);
  flow.consumer("cid", mail_then_ack);
  const Run run = flow.play({"ann", "ann", "ann", "cid: next message of bus.orders/1",
                             "cid: next message of bus.orders/0", "cid", "cid", "cid", "cid"},
                            {{"publish", "partition 1 for key o2"}});
  CHECK(run.partitions == std::vector<Texts>{{"o1", "o3"}, {"o2"}});
  CHECK(run.notes.at("cid") == Texts{"o2", "o1", "o3"});
}

// ---- automatic commit ------------------------------------------------------------------------

TEST_CASE("with automatic commit a crash repeats what was handled and not committed yet",
          "[models][cursor]") {
  Flow flow;
  flow.process("ann", publish_three);
  flow.consumer("cid", mail).acknowledges = false;
  flow.allow(1, {FaultKind::crash});
  flow.faults.rules.front().target = "cid";
  const Texts two_in_a_row = {"ann", "ann",
                              "ann", "cid: next message",
                              "cid", "cid: next message",
                              "cid", "cid: next message",
                              "cid"};
  const Run run = flow.play(two_in_a_row + Texts{"cid: automatic commit"});
  CHECK(run.notes.at("cid") == Texts{"o1", "o2", "o3"});
  // The crash falls after the third mail: by then nothing was committed.
  Flow careless;
  careless.process("ann", publish_three);
  careless
      .consumer("cid",
                [](Desk* at, Handling* got) -> Task<> {
                  at->note(got->message().id);
                  const sim::Value to = got->message().id;
                  co_await models::ImmediateEffect(*at->world, *at->ledger, kEffect, to,
                                                   kAcks[got->offset], models::kStatementWindow);
                })
      .acknowledges = false;
  careless.allow(1, {FaultKind::crash});
  const Run repeated = careless.play(two_in_a_row + Texts{"cid: crash"}, {{"ack 2", "crash"}});
  CHECK(repeated.notes.at("cid") == Texts{"o1", "o2", "o3", "o1", "o2", "o3"});
  const Run committed =
      careless.play({"ann", "ann", "ann", "cid: next message", "cid", "cid: next message", "cid",
                     "cid: automatic commit", "cid: next message", "cid", "cid: crash"},
                    {{"ack 2", "crash"}});
  CHECK(committed.notes.at("cid") == Texts{"o1", "o2", "o3", "o3"});
}

TEST_CASE("an automatic commit leaves out the message in work", "[models][cursor]") {
  Flow flow;
  flow.process("ann", publish_three);
  flow.consumer("cid",
                [](Desk* at, Handling* got) -> Task<> {
                  co_await mail(at, got);
                  co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
                  const Message answer = placed("answer", "o1");
                  if (got->offset == 1) co_await at->log->append(0, answer, kAcks[1]);
                })
      .acknowledges = false;
  flow.allow(1, {FaultKind::crash});
  const Run run =
      flow.play({"ann", "ann", "ann", "cid: next message", "cid", "cid", "cid: next message", "cid",
                 "cid: automatic commit", "cid", "cid", "cid: crash"},
                {{"ack 1", "crash"}});
  CHECK(run.notes.at("cid") == Texts{"o1", "o2", "o2", "o3", "answer", "answer"});
}

TEST_CASE("a client that stands still commits nothing until it goes on", "[models][cursor]") {
  Flow flow;
  flow.process("ann", publish_three);
  flow.consumer("cid", mail).acknowledges = false;
  flow.faults.budget = 1;
  flow.faults.rules = {{FaultKind::pause, "cid", ~0U, {}}};
  flow.process("clock", [](Desk* at) -> Task<> {
    const sim::Window window = sim::Window{10s, 10s};
    co_await sim::Sleep(*at->world, kThink, window);
  });
  const Run run = flow.play({"ann", "ann", "ann", "cid: next message", "cid", "cid: next message",
                             "cid", "clock", "cid: end of the pause", "cid: automatic commit"},
                            {{"mail", "none"}, {"mail", "pause"}});
  CHECK(run.notes.at("cid") == Texts{"o1", "o2", "o3"});
  // Were the commit of o1 still pending, it would come within five seconds.
  CHECK(run.timing.feasible);
}

// ---- errors nobody caught --------------------------------------------------------------------

// Fails for o1, the first time this incarnation sees it.
Task<> fail_once(Desk* at, Handling* got) {
  const sim::Value id = got->message().id;
  at->note(id);
  co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
  if (id == text("o1") && at->process->incarnation() == 1 && at->memory++ == 0) {
    got->failed = true;
    co_return;
  }
  co_await got->group->ack(*got, kAcks[got->offset]);
}

TEST_CASE("an error nobody caught ends the consumer, and its restart begins anew",
          "[models][cursor]") {
  Flow flow;
  flow.process("ann", publish_three);
  flow.consumer("cid", fail_once);
  const Run run = flow.play();
  CHECK(run.notes.at("cid") == Texts{"o1", "o1", "o2", "o3"});
  CHECK(run.told("stops: uncaught error") == 1);
  CHECK(run.asked.empty());  // it is no fault
}

TEST_CASE("a consumer may be given again what it failed on, without a crash", "[models][cursor]") {
  Flow flow;
  flow.process("ann", publish_three);
  models::GroupSpec& group = flow.consumer("cid", fail_once);
  group.has_uncaught = true;
  group.uncaught = Uncaught::redeliver;
  const Run run = flow.play();
  CHECK(run.notes.at("cid") == Texts{"o1", "o1", "o2", "o3"});
  CHECK(run.told("CRASH") == 0);
}

TEST_CASE("a consumer may skip what it failed on, for good", "[models][cursor]") {
  Flow flow;
  flow.process("ann", publish_three);
  models::GroupSpec& group = flow.consumer("cid", fail_once);
  group.has_uncaught = true;
  group.uncaught = Uncaught::skip;
  flow.items_owe("mail");
  const Run run = flow.play();
  CHECK(run.notes.at("cid") == Texts{"o1", "o2", "o3"});
  CHECK(run.findings.empty());  // skipped by declaration: not stuck
}

TEST_CASE("a handler that never acks leaves its messages stuck", "[models][cursor]") {
  Flow flow;
  flow.process("ann", publish_three);
  flow.consumer("cid", mail);
  flow.items_owe("ship");
  const Run run = flow.play();
  CHECK(run.notes.at("cid") == Texts{"o1", "o2", "o3"});
  CHECK(run.findings == Texts{"no-stuck-message o1: expected 1, actual 0",
                              "no-stuck-message o2: expected 1, actual 0",
                              "no-stuck-message o3: expected 1, actual 0"});
}

TEST_CASE("an ack may move the committed position back, there is no compare-and-set",
          "[models][cursor]") {
  Flow flow;
  flow.process("ann", publish_three);
  flow.consumer("cid", [](Desk* at, Handling* got) -> Task<> {
    at->note(got->message().id);
    const bool again = at->memory++ == 3;
    co_await got->group->ack(*got, again ? kThink : kAcks[got->offset]);
  });
  flow.allow(2, {FaultKind::redeliver, FaultKind::crash});
  // It falls back while o3 is in work. The ack of o3 commits the end all the same, and the one of
  // o1 that follows commits the beginning: from there the next incarnation goes on.
  const Run run = flow.play(
      {"ann", "ann", "ann", "cid: next message", "cid", "cid: next message", "cid",
       "cid: next message", "cid: redelivery", "cid", "cid: next message", "cid", "cid: crash"},
      {{"ack 0", "redeliver"}, {"think", "crash"}});
  CHECK(run.notes.at("cid") == Texts{"o1", "o2", "o3", "o1", "o2", "o3"});
}

TEST_CASE("a paused consumer is given nothing and goes on later", "[models][cursor]") {
  Flow flow;
  flow.process("ann", publish_three);
  flow.consumer("cid", mail_then_ack);
  flow.allow(1, {FaultKind::pause});
  const Run run = flow.play({"ann", "cid: next message", "cid", "ann", "ann"}, {{"mail", "pause"}});
  CHECK(run.notes.at("cid") == Texts{"o1", "o2", "o3"});
  CHECK(run.told_before("goes on after the pause", "takes Placed o2"));
}

}  // namespace
}  // namespace onceward::tests
