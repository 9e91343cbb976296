// Stories about the producer client: what it makes of an append whose outcome it does not know.
#include "models/producer.hpp"

#include <catch2/catch.hpp>

#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using models::Message;
using models::ProducerSettings;
using models::Status;
using sim::FaultKind;
using sim::Task;

const sim::Site kPublish("publish");
const sim::Site kMark("mark");

Task<> send(Desk* at, ProducerSettings settings) {
  const Message message = placed("o1");
  const Status status = co_await models::produce(at->log, 0, &message, settings, &kPublish);
  at->note(status);
}
Task<> send_once(Desk* at) { return send(at, ProducerSettings()); }
Task<> send_idempotent(Desk* at) {
  ProducerSettings settings;
  settings.resends = 1;
  return send(at, settings);
}
Task<> send_plain(Desk* at) {
  ProducerSettings settings;
  settings.resends = 1;
  settings.idempotent = false;
  return send(at, settings);
}

std::string told(const Sight& sight) {
  return Flow::all_notes(sight) + ", stored " + std::to_string(sight.partitions[0].size());
}

TEST_CASE("without resends a lost reply leaves the producer in doubt", "[models][producer]") {
  Flow flow;
  flow.process("ann", send_once);
  flow.allow(1, {FaultKind::reply_lost});
  CHECK(flow.outcomes(told) == std::set<std::string>{"ann: ok, stored 1", "ann: timeout, stored 0",
                                                     "ann: timeout, stored 1"});
}

TEST_CASE("an idempotent resend is stored if the first try was not, and only then",
          "[models][producer]") {
  Flow flow;
  flow.process("ann", send_idempotent);
  flow.allow(1, {FaultKind::reply_lost, FaultKind::error, FaultKind::late});
  CHECK(flow.outcomes(told) == std::set<std::string>{"ann: ok, stored 1"});
}

TEST_CASE("an idempotent resend drops the first try that comes after it", "[models][producer]") {
  Flow flow;
  flow.process("ann", send_idempotent);
  flow.allow(1, {FaultKind::late});
  const Run run = flow.play({"ann", "ann", "publish"}, {{"publish", "late"}});
  CHECK(run.notes.at("ann") == Texts{"ok"});
  CHECK(run.partitions == std::vector<Texts>{{"o1"}});
}

TEST_CASE("a plain resend stores a copy if the first try was done", "[models][producer]") {
  Flow flow;
  flow.process("ann", send_plain);
  flow.allow(1, {FaultKind::reply_lost, FaultKind::late});
  CHECK(flow.outcomes(told) == std::set<std::string>{"ann: ok, stored 1", "ann: ok, stored 2"});
}

TEST_CASE("a producer gives up after its resends", "[models][producer]") {
  Flow flow;
  flow.process("ann", send_idempotent);
  flow.allow(2, {FaultKind::reply_lost, FaultKind::error});
  const Run run = flow.play({}, {{"publish", "error"}, {"publish", "error"}});
  CHECK(run.notes.at("ann") == Texts{"refused"});
  CHECK(run.partitions == std::vector<Texts>{{}});
  CHECK(flow.outcomes(told) == std::set<std::string>{"ann: ok, stored 1", "ann: refused, stored 0",
                                                     "ann: refused, stored 1",
                                                     "ann: timeout, stored 0",
                                                     "ann: timeout, stored 1"});
}

TEST_CASE("idempotence ends with the producer: what a restarted one sends again is a copy",
          "[models][producer]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    co_await send_idempotent(at);
    const Message done = placed("done");
    co_await at->log->append(0, done, kMark);
  });
  flow.allow(2, {FaultKind::crash, FaultKind::reply_lost});
  const Run run = flow.play({}, {{"publish", "crash"}});
  CHECK(run.partitions == std::vector<Texts>{{"o1", "o1", "done"}});
  // Its own lost try does not make the copy of its predecessor count as its own.
  const Run lost =
      flow.play({"ann", "ann: crash", "ann: restart", "ann", "ann", "ann"},
                {{"publish", "crash"}, {"publish", "reply_lost"}, {"publish", "not done"}});
  CHECK(lost.partitions == std::vector<Texts>{{"o1", "o1", "done"}});
}

}  // namespace
}  // namespace onceward::tests
