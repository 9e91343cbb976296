// Stories about the lease view: each message is handed out by itself and hidden until it is
// acknowledged, its lease ends or its consumer's connection breaks (RabbitMQ, SQS).
#include <algorithm>
#include <catch2/catch.hpp>

#include "models/effect.hpp"
#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using namespace std::chrono_literals;
using models::Handling;
using models::LateAck;
using models::Message;
using models::Status;
using models::Uncaught;
using sim::FaultKind;
using sim::Task;

const char* const kRabbit = "rabbitmq-classic@3.13";
const char* const kSqs = "sqs-standard@2012-11-05";

const sim::Site kMail("mail");
const sim::Site kThink("think");
const sim::Site kAck("ack");
const sim::Symbol kEffect("mail");

Task<> publish_one(Desk* at) { return publish(at, 1); }
Task<> publish_three(Desk* at) { return publish(at, 3); }

Task<> mail_then_ack(Desk* at, Handling* got) {
  const sim::Value to = got->message().id;
  at->note(to);
  co_await models::ImmediateEffect(*at->world, *at->ledger, kEffect, to, kMail,
                                   models::kStatementWindow);
  const Status status = co_await got->group->ack(*got, kAck);
  at->note("ack ", status);
}

// Takes its time before the ack: between ten seconds and an hour.
Task<> think_then_ack(Desk* at, Handling* got) {
  at->note(got->message().id);
  const sim::Window window = sim::Window{10s, 1h};
  co_await sim::Sleep(*at->world, kThink, window);
  const Status status = co_await got->group->ack(*got, kAck);
  at->note("ack ", status);
}

Task<> always_fail(Desk* at, Handling* got) {
  at->note(got->message().id);
  co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
  got->failed = true;
}

// ---- the order of deliveries -----------------------------------------------------------------

TEST_CASE("an ordered queue hands out the oldest message, one at a time", "[models][lease]") {
  Flow flow;
  flow.broker(kRabbit);
  flow.process("ann", publish_three);
  flow.consumer("cid", mail_then_ack);
  CHECK(flow.outcomes() == std::set<std::string>{"cid: o1, ack ok, o2, ack ok, o3, ack ok"});
}

TEST_CASE("an unordered queue hands out its messages in any order", "[models][lease]") {
  Flow flow;
  flow.broker(kSqs);
  flow.broker().visibility = sim::kForever;
  flow.process("ann", publish_three);
  flow.consumer("cid", [](Desk* at, Handling* got) -> Task<> {
    at->note(got->message().id);
    co_await got->group->ack(*got, kAck);
  });
  CHECK(flow.outcomes() == std::set<std::string>{"cid: o1, o2, o3", "cid: o1, o3, o2",
                                                 "cid: o2, o1, o3", "cid: o2, o3, o1",
                                                 "cid: o3, o1, o2", "cid: o3, o2, o1"});
}

TEST_CASE("prefetch limits how many messages are in work at once", "[models][lease]") {
  for (const std::uint32_t prefetch : {1U, 2U, 3U}) {
    Flow flow;
    flow.broker(kRabbit);
    flow.broker().prefetch = prefetch;
    flow.process("ann", publish_three);
    flow.consumer("cid", [](Desk* at, Handling* got) -> Task<> {
      at->note(++at->memory);
      co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
      co_await got->group->ack(*got, kAck);
      --at->memory;
    });
    std::string most;
    for (const std::string& outcome : flow.outcomes()) {
      most = std::max(most, std::string(1, *std::max_element(outcome.begin() + 4, outcome.end())));
    }
    CHECK(most == std::to_string(prefetch));
  }
}

TEST_CASE("an ordered queue with prefetch hands out in order, whatever ends first",
          "[models][lease]") {
  Flow flow;
  flow.broker(kRabbit);
  flow.broker().prefetch = 2;
  flow.process("ann", publish_three);
  flow.consumer("cid", [](Desk* at, Handling* got) -> Task<> {
    at->note(got->message().id);
    co_await got->group->ack(*got, kAck);
  });
  CHECK(flow.outcomes() == std::set<std::string>{"cid: o1, o2, o3"});
}

TEST_CASE("a message that returns is handed out before those that came after it",
          "[models][lease]") {
  Flow flow;
  flow.broker(kRabbit);
  flow.process("ann", publish_three);
  flow.once("cid", [](Desk*) -> Task<> { co_return; });
  flow.consumer("cid", mail_then_ack);
  flow.allow(1, {FaultKind::crash});
  const Run run = flow.play({"ann", "ann", "ann"}, {{"mail", "crash"}});
  CHECK(run.notes.at("cid") == Texts{"o1", "o1", "ack ok", "o2", "ack ok", "o3", "ack ok"});
}

// ---- the end of a lease ----------------------------------------------------------------------

TEST_CASE("a message is hidden for its visibility and comes back after it", "[models][lease]") {
  Flow flow;
  flow.broker(kSqs);
  flow.process("ann", publish_one);
  flow.consumer("cid", think_then_ack);
  const Run run = flow.play({"ann", "cid: delivery", "cid: end of the lease", "cid: delivery"});
  CHECK(run.notes.at("cid") == Texts{"o1", "o1", "ack ok", "ack ok"});
  CHECK(run.told("(delivered again)") == 1);
  REQUIRE(run.timing.feasible);
  // Published after 1 ms, delivered after 1 ms, hidden for 30 s.
  CHECK(run.timing.earliest[3] == sim::Instant{30'002'000'000});
}

TEST_CASE("a lease cannot end before its time: the run has no timing", "[models][lease]") {
  Flow flow;
  flow.broker(kSqs);
  flow.process("ann", publish_one);
  flow.consumer("cid", mail_then_ack);
  // The mail and the ack take 110 ms at most, so the lease outlives them.
  const Run run = flow.play({"ann", "cid: delivery", "cid: end of the lease"});
  CHECK_FALSE(run.timing.feasible);
  CHECK(run.timing.early == "cid: end of the lease of bus.orders/0@0 [30s, 30s]");
}

TEST_CASE("an ack in time ends the lease", "[models][lease]") {
  Flow flow;
  flow.broker(kSqs);
  flow.process("ann", publish_one);
  flow.consumer("cid", mail_then_ack);
  const Run run = flow.play({"ann", "cid: delivery", "cid", "cid"});
  CHECK(run.notes.at("cid") == Texts{"o1", "ack ok"});
  CHECK(run.steps == 4);  // nothing is left to end
}

TEST_CASE("an ack after the lease does as the profile says", "[models][lease]") {
  Flow flow;
  flow.broker(kSqs);
  flow.process("ann", publish_one);
  flow.consumer("cid", think_then_ack);
  const Texts late_before_next = {"ann", "cid: delivery", "cid: end of the lease", "cid", "cid"};
  const Texts late_after_next = {"ann",           "cid: delivery", "cid: end of the lease",
                                 "cid: delivery", "cid",           "cid"};
  flow.broker().late_ack = LateAck::accept;
  CHECK(flow.play(late_before_next).notes.at("cid") == Texts{"o1", "ack ok"});
  CHECK(flow.play(late_after_next).notes.at("cid") == Texts{"o1", "o1", "ack ok", "ack ok"});
  flow.broker().late_ack = LateAck::ignore;
  CHECK(flow.play(late_before_next).notes.at("cid") == Texts{"o1", "ack ok", "o1", "ack ok"});
  CHECK(flow.play(late_after_next).notes.at("cid") == Texts{"o1", "o1", "ack ok", "ack ok"});
  flow.broker().late_ack = LateAck::error;
  CHECK(flow.play(late_before_next).notes.at("cid") == Texts{"o1", "ack refused", "o1", "ack ok"});
  CHECK(flow.play(late_after_next).notes.at("cid") == Texts{"o1", "o1", "ack refused", "ack ok"});
}

TEST_CASE("an accepted late ack closes the message, and the newer delivery ends with it",
          "[models][lease]") {
  Flow flow;
  flow.broker(kSqs);
  flow.broker().late_ack = LateAck::accept;
  flow.process("ann", publish_one);
  flow.consumer("cid", think_then_ack);
  // The first ack closes it, so the second lease ends no more and no third delivery comes.
  const Run run =
      flow.play({"ann", "cid: delivery", "cid: end of the lease", "cid: delivery", "cid", "cid"});
  CHECK(run.told("ends unacknowledged") == 1);
  CHECK(run.told("takes Placed o1") == 2);
}

TEST_CASE("an ignored late ack does not touch the newer delivery", "[models][lease]") {
  Flow flow;
  flow.broker(kSqs);
  flow.process("ann", publish_one);
  flow.consumer("cid", think_then_ack);
  const Run run = flow.play({"ann", "cid: delivery", "cid: end of the lease", "cid: delivery",
                             "cid", "cid", "cid: end of the lease", "cid: delivery"});
  CHECK(run.told("ends unacknowledged") == 2);
  CHECK(run.told("takes Placed o1") == 3);
}

TEST_CASE("a lease that belongs to the connection ends with it", "[models][lease]") {
  Flow flow;
  flow.broker(kRabbit);
  flow.process("ann", publish_one);
  flow.consumer("cid", mail_then_ack);
  flow.allow(1, {FaultKind::crash});
  const Run run = flow.play({}, {{"mail", "crash"}});
  CHECK(run.notes.at("cid") == Texts{"o1", "o1", "ack ok"});
  CHECK(run.told("ends unacknowledged") == 0);
  const Run after = flow.play({}, {{"ack", "crash"}});
  CHECK(after.notes.at("cid") == Texts{"o1"});
}

TEST_CASE("a lease for a time outlives a crash of its consumer", "[models][lease]") {
  Flow flow;
  flow.broker(kSqs);
  flow.process("ann", publish_one);
  flow.consumer("cid", mail_then_ack);
  flow.allow(1, {FaultKind::crash});
  const Run run = flow.play({}, {{"mail", "crash"}});
  CHECK(run.notes.at("cid") == Texts{"o1", "o1", "ack ok"});
  CHECK(run.told("ends unacknowledged") == 1);
  CHECK(run.told_before("restart", "ends unacknowledged"));
}

TEST_CASE("a consumer may crash when it has taken a message and done nothing yet",
          "[models][lease]") {
  Flow flow;
  flow.broker(kRabbit);
  flow.process("ann", publish_one);
  flow.consumer("cid", mail_then_ack);
  flow.allow(1, {FaultKind::crash});
  const Run run = flow.play({}, {{"take", "crash"}});
  CHECK(run.notes.at("cid") == Texts{"o1", "ack ok"});
  CHECK(run.effects == Texts{"mail o1"});
}

TEST_CASE("a message that is never acked stays hidden while its consumer is connected",
          "[models][lease]") {
  Flow flow;
  flow.broker(kRabbit);
  flow.process("ann", publish_three);
  flow.consumer("cid", [](Desk* at, Handling* got) -> Task<> {
    at->note(got->message().id);
    co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
  });
  flow.items_owe("ship");
  const Run run = flow.play();
  CHECK(run.notes.at("cid") == Texts{"o1", "o2", "o3"});
  CHECK(run.findings.size() == 3);
}

TEST_CASE("without acks of its own a handler that ends well is done with its message",
          "[models][lease]") {
  Flow flow;
  flow.broker(kRabbit);
  flow.process("ann", publish_three);
  flow.consumer("cid",
                [](Desk* at, Handling* got) -> Task<> {
                  at->note(got->message().id);
                  co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
                })
      .acknowledges = false;
  flow.items_owe("ship");
  CHECK(flow.play().findings.empty());
  CHECK(flow.outcomes() == std::set<std::string>{"cid: o1, o2, o3"});
}

// ---- errors and limits -----------------------------------------------------------------------

TEST_CASE("a message that fails for ever is parked after its last delivery", "[models][lease]") {
  for (const models::Exceeded exceeded : {models::Exceeded::park, models::Exceeded::drop}) {
    Flow flow;
    flow.broker(kRabbit);
    flow.broker().deliveries_max = 3;
    flow.broker().exceeded = exceeded;
    flow.process("ann", publish_one);
    flow.consumer("cid", always_fail);
    flow.items_owe("ship");
    const Run run = flow.play();
    CHECK(run.notes.at("cid") == Texts{"o1", "o1", "o1"});
    CHECK(run.findings.empty());  // it is accounted for
  }
}

TEST_CASE("crashes and ended leases count as deliveries, too", "[models][lease]") {
  Flow flow;
  flow.broker(kSqs);
  flow.broker().deliveries_max = 2;
  flow.process("ann", publish_one);
  flow.consumer("cid", mail_then_ack);
  flow.allow(2, {FaultKind::crash});
  const Run run = flow.play({}, {{"mail", "crash"}, {"mail", "crash"}});
  CHECK(run.notes.at("cid") == Texts{"o1", "o1"});
  flow.broker().visibility = sim::kForever;
  const Run connection = flow.play({}, {{"mail", "crash"}, {"mail", "crash"}});
  CHECK(connection.notes.at("cid") == Texts{"o1", "o1"});
}

TEST_CASE("an error nobody caught returns the message, skips it, or ends the consumer",
          "[models][lease]") {
  const auto fail_once = [](Desk* at, Handling* got) -> Task<> {
    at->note(got->message().id);
    co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
    if (at->process->incarnation() == 1 && at->memory++ == 0) {
      got->failed = true;
      co_return;
    }
    co_await got->group->ack(*got, kAck);
  };
  const auto notes_with = [&](Uncaught uncaught) {
    Flow flow;
    flow.broker(kRabbit);
    flow.process("ann", publish_three);
    models::GroupSpec& group = flow.consumer("cid", fail_once);
    group.has_uncaught = true;
    group.uncaught = uncaught;
    const Run run = flow.play({"ann", "ann", "ann"});
    CHECK(run.told("stops: uncaught error") == (uncaught == Uncaught::crash ? 1 : 0));
    return run.notes.at("cid");
  };
  CHECK(notes_with(Uncaught::redeliver) == Texts{"o1", "o1", "o2", "o3"});
  CHECK(notes_with(Uncaught::skip) == Texts{"o1", "o2", "o3"});
  CHECK(notes_with(Uncaught::crash) == Texts{"o1", "o1", "o2", "o3"});
}

// ---- the fault redeliver ---------------------------------------------------------------------

TEST_CASE("a redelivery hands a message out once more, before or after its ack",
          "[models][lease]") {
  Flow flow;
  flow.broker(kSqs);
  flow.broker().visibility = sim::kForever;
  flow.process("ann", publish_one);
  flow.consumer("cid", mail_then_ack);
  flow.allow(1, {FaultKind::redeliver});
  const std::vector<Wish> once_more = {{"take", "redeliver"}};
  const Run after = flow.play({"ann", "cid: delivery", "cid", "cid", "cid: redelivery"}, once_more);
  CHECK(after.notes.at("cid") == Texts{"o1", "ack ok", "o1", "ack ok"});
  CHECK(after.told("(delivered again)") == 1);
  const Run before = flow.play(
      {"ann", "cid: delivery", "cid: redelivery", "cid: delivery", "cid", "cid", "cid", "cid"},
      once_more);
  CHECK(before.notes.at("cid") == Texts{"o1", "o1", "ack ok", "ack ok"});
}

TEST_CASE("every run with one redelivery mails once or twice, never three times",
          "[models][lease]") {
  Flow flow;
  flow.broker(kRabbit);
  flow.process("ann", publish_one);
  flow.consumer("cid", [](Desk* at, Handling* got) -> Task<> {
    at->note(got->message().id);
    co_await got->group->ack(*got, kAck);
  });
  flow.allow(1, {FaultKind::redeliver});
  CHECK(flow.outcomes() == std::set<std::string>{"cid: o1", "cid: o1, o1"});
}

TEST_CASE("a message that was parked stays parked when it is redelivered", "[models][lease]") {
  Flow flow;
  flow.broker(kRabbit);
  flow.broker().deliveries_max = 1;
  flow.process("ann", publish_one);
  flow.consumer("cid", always_fail);
  flow.allow(1, {FaultKind::redeliver});
  const Run run =
      flow.play({"ann", "cid: delivery", "cid", "cid: redelivery"}, {{"take", "redeliver"}});
  CHECK(run.notes.at("cid") == Texts{"o1"});
}

TEST_CASE("a paused consumer keeps its lease until that ends", "[models][lease]") {
  Flow flow;
  flow.broker(kSqs);
  flow.broker().late_ack = LateAck::error;
  flow.process("ann", publish_one);
  flow.consumer("cid", mail_then_ack);
  flow.allow(1, {FaultKind::pause});
  const Run run =
      flow.play({"ann", "cid: delivery", "cid", "cid: end of the lease", "cid: end of the pause"},
                {{"mail", "pause"}});
  CHECK(run.notes.at("cid") == Texts{"o1", "o1", "ack refused", "ack ok"});
  CHECK(run.timing.feasible);
}

}  // namespace
}  // namespace onceward::tests
