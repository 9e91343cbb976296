// Stories about the log: where messages are stored, in which order, and who is given them.
#include <catch2/catch.hpp>

#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using models::Handling;
using models::Message;
using models::Status;
using sim::FaultKind;
using sim::Task;

const sim::Site kPublish("publish");
const sim::Site kAck("ack");

// Publishes one message named after its process, under the key that all of them share.
Task<> publish_same_key(Desk* at) {
  const Message message = placed(at->process->name().text.c_str(), "key");
  const Status status = co_await at->log->append(0, message, kPublish);
  at->note(status);
}

Task<> publish_o1(Desk* at) {
  const Message message = placed("o1");
  const Status status = co_await at->log->append(0, message, kPublish);
  at->note(status);
}

Task<> publish_three(Desk* at) { return publish(at, 3); }
Task<> publish_four(Desk* at) { return publish(at, 4); }

Task<> note_and_ack(Desk* at, Handling* got) {
  at->note(got->message().id);
  co_await got->group->ack(*got, kAck);
}

// "o1 o2 | o3"
std::string placement(const Sight& sight) {
  std::string told;
  for (const Texts& partition : sight.partitions) {
    if (!told.empty()) told += " |";
    for (const std::string& id : partition) told += (told.empty() ? "" : " ") + id;
  }
  return told;
}

TEST_CASE("messages of one partition keep the order in which they were appended", "[models][log]") {
  Flow flow;
  flow.process("ann", publish_same_key);
  flow.process("bob", publish_same_key);
  flow.consumer("cid", note_and_ack);
  const auto told = [](const Sight& sight) {
    return placement(sight) + " -> " + Flow::all_notes(sight);
  };
  CHECK(flow.outcomes(told) ==
        std::set<std::string>{"ann bob -> ann: ok | bob: ok | cid: ann, bob",
                              "bob ann -> ann: ok | bob: ok | cid: bob, ann"});
}

TEST_CASE("a key keeps its partition", "[models][log]") {
  Flow flow;
  flow.partitions(3);
  flow.process("ann", publish_same_key);
  flow.process("bob", publish_same_key);
  CHECK(flow.outcomes(placement) == std::set<std::string>{"ann bob | |", "bob ann | |"});
}

TEST_CASE("keys share partitions in every way there is, up to the partitions' names",
          "[models][log]") {
  Flow flow;
  flow.process("ann", publish_three);
  CHECK(flow.outcomes(placement) == std::set<std::string>{"o1 o2 o3"});
  CHECK(flow.play().asked.empty());
  flow.partitions(2);
  CHECK(flow.outcomes(placement) ==
        std::set<std::string>{"o1 o2 o3 |", "o1 o2 | o3", "o1 o3 | o2", "o1 | o2 o3"});
  flow.partitions(3);
  CHECK(flow.outcomes(placement) == std::set<std::string>{"o1 o2 o3 | |", "o1 o2 | o3 |",
                                                          "o1 o3 | o2 |", "o1 | o2 o3 |",
                                                          "o1 | o2 | o3"});
}

TEST_CASE("four keys share partitions in as many ways as a set of four can be parted",
          "[models][log]") {
  Flow flow;
  flow.process("ann", publish_four);
  flow.partitions(2);
  CHECK(flow.outcomes(placement).size() == 8);
  flow.partitions(3);
  CHECK(flow.outcomes(placement).size() == 14);
  flow.partitions(4);
  CHECK(flow.outcomes(placement).size() == 15);
}

TEST_CASE("messages without a key go anywhere, each by itself", "[models][log]") {
  Flow flow;
  flow.partitions(2);
  flow.process("ann", [](Desk* at) -> Task<> {
    Message message = placed("m1");
    message.key = sim::Value();
    co_await at->log->append(0, message, kPublish);
    message.id = text("m2");
    co_await at->log->append(0, message, kPublish);
    message.id = text("m3");
    co_await at->log->append(0, message, kPublish);
  });
  CHECK(flow.outcomes(placement) ==
        std::set<std::string>{"m1 m2 m3 |", "m1 m2 | m3", "m1 m3 | m2", "m1 | m2 m3"});
}

TEST_CASE("each group sees every message once, in its own time", "[models][log]") {
  Flow flow;
  flow.process("ann", publish_three);
  flow.consumer("cid", note_and_ack);
  flow.consumer("dot", note_and_ack);
  CHECK(flow.outcomes() == std::set<std::string>{"cid: o1, o2, o3 | dot: o1, o2, o3"});
}

TEST_CASE("a publish whose reply is lost is stored or is not", "[models][log]") {
  Flow flow;
  flow.process("ann", publish_o1);
  flow.allow(1, {FaultKind::reply_lost, FaultKind::error});
  const auto told = [](const Sight& sight) {
    return Flow::all_notes(sight) + ", log: " + placement(sight);
  };
  CHECK(flow.outcomes(told) == std::set<std::string>{"ann: ok, log: o1", "ann: timeout, log: o1",
                                                     "ann: timeout, log: ", "ann: refused, log: "});
}

TEST_CASE("a second publish of one message is a copy", "[models][log]") {
  Flow flow;
  flow.process("ann", publish_o1);
  flow.process("bob", publish_o1);
  flow.consumer("cid", note_and_ack);
  const Run run = flow.play();
  CHECK(run.partitions == std::vector<Texts>{{"o1", "o1"}});
  CHECK(run.notes.at("cid") == Texts{"o1", "o1"});
  CHECK(run.told("(a copy)") == 1);
}

TEST_CASE("what a dead process has sent still arrives", "[models][log]") {
  Flow flow;
  flow.once("ann", [](Desk* at) -> Task<> {
    const Message lost = placed("o1");
    const Status status = co_await at->log->append(0, lost, kPublish);
    at->note(status);
    const Message second = placed("o2");
    co_await at->log->append(0, second, kAck);
  });
  flow.allow(2, {FaultKind::late, FaultKind::crash});
  const Run run = flow.play({"ann", "ann", "ann: crash", "ann: restart", "publish Placed o1"},
                            {{"publish", "late"}, {"ack", "crash"}});
  CHECK(run.notes.at("ann") == Texts{"refused"});
  CHECK(run.partitions == std::vector<Texts>{{"o2", "o1"}});
}

}  // namespace
}  // namespace onceward::tests
