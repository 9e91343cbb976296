// Stories about services of several instances: who of them gets a partition, a message, a request,
// and what becomes of it when one of them is gone.
#include <algorithm>
#include <catch2/catch.hpp>

#include "models/effect.hpp"
#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using namespace std::chrono_literals;
using models::Handling;
using models::Message;
using models::RequestHandling;
using sim::FaultKind;
using sim::Task;

const char* const kRabbit = "rabbitmq-classic@3.13";

const sim::Site kMail("mail");
const sim::Site kAck("ack");
const sim::Site kThink("think");
const sim::Symbol kEffect("mail");

Task<> publish_one(Desk* at) { return publish(at, 1); }
Task<> publish_two(Desk* at) { return publish(at, 2); }

Task<> mail_then_ack(Desk* at, Handling* got) {
  const sim::Value to = got->message().id;
  at->note(to);
  co_await models::ImmediateEffect(*at->world, *at->ledger, kEffect, to, kMail,
                                   models::kStatementWindow);
  co_await got->group->ack(*got, kAck);
}

Task<> only_ack(Desk* at, Handling* got) {
  at->note(got->message().id);
  co_await got->group->ack(*got, kAck);
}

// How often each message was handled, by whomever: "o1 o1 o2".
std::string handled(const Sight& sight) {
  Texts all;
  for (const auto& [process, notes] : sight.notes)
    all.insert(all.end(), notes.begin(), notes.end());
  std::sort(all.begin(), all.end());
  std::string told;
  for (const std::string& id : all) told += (told.empty() ? "" : " ") + id;
  return told;
}

const Wish kSecondPartition = {"publish", "partition 1 for key o2"};

// ---- the cursor view -------------------------------------------------------------------------

TEST_CASE("partitions are shared out among the instances of a service", "[models][instances]") {
  Flow flow;
  flow.partitions(2);
  flow.process("ann", publish_two);
  flow.consumer("cid", only_ack);
  flow.instances("cid", 2);
  const Run run = flow.play({}, {kSecondPartition});
  CHECK(run.notes.at("cid-1") == Texts{"o1"});
  CHECK(run.notes.at("cid-2") == Texts{"o2"});
  CHECK(flow.outcomes(handled) == std::set<std::string>{"o1 o2"});
}

TEST_CASE("an instance without a partition has nothing to do", "[models][instances]") {
  Flow flow;
  flow.process("ann", publish_two);
  flow.consumer("cid", only_ack);
  flow.instances("cid", 2);
  CHECK(flow.outcomes() == std::set<std::string>{"cid-1: o1, o2"});
}

TEST_CASE("which partition a key gets is tried as far as instances share them out differently",
          "[models][instances]") {
  Flow flow;
  flow.partitions(4);
  flow.process("ann", publish_one);
  flow.consumer("cid", only_ack);
  CHECK(flow.play().options.empty());
  flow.instances("cid", 2);
  CHECK(flow.play().options == std::vector<std::size_t>{2});
  CHECK(flow.outcomes() == std::set<std::string>{"cid-1: o1", "cid-2: o1"});
}

TEST_CASE("the partitions of an instance that is back before its session ends wait for it",
          "[models][instances]") {
  Flow flow;
  flow.partitions(2);
  flow.process("ann", publish_two);
  flow.consumer("cid", mail_then_ack);
  flow.instances("cid", 2);
  flow.allow(1, {FaultKind::crash});
  const Run run = flow.play({"ann", "ann", "cid-2: next message", "cid-2", "cid-2",
                             "cid-1: next message", "cid-1", "cid-1: crash", "cid-1: restart"},
                            {kSecondPartition, {"mail", "none"}, {"mail", "crash"}});
  CHECK(run.notes.at("cid-1") == Texts{"o1", "o1"});
  CHECK(run.notes.at("cid-2") == Texts{"o2"});
  CHECK(run.told("session of cid-1") == 0);
  CHECK(run.timing.feasible);
}

TEST_CASE(
    "when the session of a crashed instance ends, others read its partitions on from what "
    "was committed",
    "[models][instances]") {
  Flow flow;
  flow.partitions(2);
  flow.process("ann", publish_two);
  flow.consumer("cid", mail_then_ack);
  flow.instances("cid", 2);
  flow.stays_down("cid");
  flow.allow(1, {FaultKind::crash});
  const Run before = flow.play({"ann", "ann", "cid-1: next message", "cid-1", "cid-1: crash"},
                               {kSecondPartition, {"mail", "crash"}});
  CHECK(before.notes.at("cid-2") == Texts{"o2", "o1"});
  CHECK(before.told("the session of cid-1 in group cid ends, its partitions move") == 1);
  CHECK(before.timing.feasible);
  const Run after = flow.play({"ann", "ann", "cid-1: next message", "cid-1", "cid-1"},
                              {kSecondPartition, {"ack", "crash"}});
  CHECK(after.notes.at("cid-2") == Texts{"o2"});  // o1 was committed
}

TEST_CASE("an instance that comes back after its session gets partitions again",
          "[models][instances]") {
  Flow flow;
  flow.partitions(2);
  flow.process("ann", publish_two);
  flow.consumer("cid", mail_then_ack);
  flow.instances("cid", 2);
  flow.allow(1, {FaultKind::crash});
  // Cid-2 works on o1 while cid-1 joins: the partition changes hands when it is done with it.
  const Run run = flow.play(
      {"ann", "cid-1: next message", "cid-1", "cid-1: crash", "cid-1: end of its session",
       "cid-2: next message", "cid-1: restart", "ann", "cid-2", "cid-2", "cid-1: next message"},
      {{"publish", "partition 0 for key o2"}, {"mail", "crash"}});
  CHECK(run.notes.at("cid-1") == Texts{"o1", "o2"});
  CHECK(run.notes.at("cid-2") == Texts{"o1"});
  CHECK(run.told("cid-1 joins group cid") == 1);
  CHECK_FALSE(run.timing.feasible);  // a restart takes at most 30 s, a session 45 s
}

TEST_CASE("however instances come and go, each message is handled", "[models][instances]") {
  Flow flow;
  flow.partitions(2);
  flow.process("ann", publish_two);
  flow.consumer("cid", only_ack);
  flow.instances("cid", 2);
  flow.faults.budget = 1;
  flow.faults.rules = {{FaultKind::crash, "cid", ~0U, {}}};
  CHECK(flow.outcomes(handled) == std::set<std::string>{"o1 o2"});  // crashes come after the ack
  Flow mailing;
  mailing.partitions(2);
  mailing.process("ann", publish_two);
  mailing.consumer("cid", mail_then_ack);
  mailing.instances("cid", 2);
  mailing.faults = flow.faults;
  CHECK(mailing.outcomes(handled) == std::set<std::string>{"o1 o2", "o1 o1 o2", "o1 o2 o2"});
}

TEST_CASE("with all its instances gone for good, nobody reads the partitions",
          "[models][instances]") {
  Flow flow;
  flow.process("ann", publish_one);
  flow.consumer("cid", mail_then_ack);
  flow.stays_down("cid");
  flow.items_owe("ship");
  flow.allow(1, {FaultKind::crash});
  const Run run = flow.play({}, {{"mail", "crash"}});
  CHECK(run.notes.at("cid") == Texts{"o1"});
  CHECK(run.findings == Texts{"no-stuck-message o1: expected 1, actual 0"});
}

// ---- the lease view --------------------------------------------------------------------------

TEST_CASE("any instance with room takes the next message of a queue", "[models][instances]") {
  Flow flow;
  flow.broker(kRabbit);
  flow.process("ann", publish_one);
  flow.consumer("cid", only_ack);
  flow.instances("cid", 2);
  CHECK(flow.outcomes() == std::set<std::string>{"cid-1: o1", "cid-2: o1"});
}

TEST_CASE("instances of a queue's consumer work side by side", "[models][instances]") {
  Flow flow;
  flow.broker(kRabbit);
  flow.process("ann", publish_two);
  flow.consumer("cid", only_ack);
  flow.instances("cid", 2);
  const Run run = flow.play({"ann", "ann", "cid: delivery", "cid: delivery", "cid-2"});
  CHECK(run.notes.at("cid-1") == Texts{"o1"});
  CHECK(run.notes.at("cid-2") == Texts{"o2"});
}

TEST_CASE("a crash returns the messages of its instance and no other's", "[models][instances]") {
  Flow flow;
  flow.broker(kRabbit);
  flow.process("ann", publish_two);
  flow.consumer("cid", mail_then_ack);
  flow.instances("cid", 2);
  flow.allow(1, {FaultKind::crash});
  const Run run = flow.play({"ann", "ann", "cid: delivery", "cid: delivery", "cid-1",
                             "cid-1: crash", "cid-2", "cid-2", "cid: delivery"},
                            {{"mail", "crash"}});
  CHECK(run.notes.at("cid-1") == Texts{"o1"});
  CHECK(run.notes.at("cid-2") == Texts{"o2", "o1"});
}

TEST_CASE("redeliveries can be confined to an instance", "[models][instances]") {
  Flow flow;
  flow.broker(kRabbit);
  flow.process("ann", publish_one);
  flow.consumer("cid", only_ack);
  flow.instances("cid", 2);
  flow.faults.budget = 1;
  flow.faults.rules = {{FaultKind::redeliver, "cid-2", ~0U, {}}};
  // What cid-2 had been given may come again, to either.
  CHECK(flow.outcomes() ==
        std::set<std::string>{"cid-1: o1", "cid-2: o1", "cid-2: o1, o1", "cid-1: o1 | cid-2: o1"});
}

// ---- requests --------------------------------------------------------------------------------

Task<> note_request(Desk* at, RequestHandling* request) {
  at->note(request->row().front());
  co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
}

TEST_CASE("a request reaches any instance that is up", "[models][instances]") {
  Flow flow;
  flow.server("shop", note_request);
  flow.instances("shop", 2);
  flow.request("shop", "o1");
  CHECK(flow.outcomes() == std::set<std::string>{"shop-1: o1", "shop-2: o1"});
  CHECK(flow.play().told("PlaceOrder of=o1 -> shop-1") == 1);
}

TEST_CASE("a request is refused only when all instances are down", "[models][instances]") {
  for (const bool both : {false, true}) {
    Flow flow;
    flow.server("shop", note_request);
    flow.instances("shop", 2);
    flow.stays_down("shop");
    flow.request("shop", "o1");
    flow.request("shop", "o2");
    flow.request("shop", "o3");
    flow.allow(2, {FaultKind::crash});
    flow.faults.down_at_once = 2;
    std::vector<Wish> wishes = {{"request", "to shop-1"}, {"request", "crash"}};
    Texts script = {"request PlaceOrder", "shop-1: crash", "request PlaceOrder"};
    if (both) {
      wishes.push_back({"request", "crash"});
      script.emplace_back("shop-2: crash");
    }
    script.emplace_back("request PlaceOrder");
    const Run run = flow.play(script, wishes);
    CHECK(run.told("-> shop  (refused: it is down)") == (both ? 1 : 0));
    CHECK(run.notes.at("shop-2") == (both ? Texts{} : Texts{"o2", "o3"}));
  }
}

}  // namespace
}  // namespace onceward::tests
