// Equal fingerprints of the models' states mean equal futures: for flows in which everything that a
// model remembers matters, a search that visits each state once sees what one that merges nothing
// sees.
#include <catch2/catch.hpp>

#include "models/effect.hpp"
#include "models/producer.hpp"
#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using models::CallSpec;
using models::Handling;
using models::Message;
using models::OnConflict;
using models::Query;
using models::Row;
using models::Rows;
using models::StatementResult;
using models::Status;
using models::Tx;
using sim::FaultKind;
using sim::Task;

const sim::Site kBegin("begin");
const sim::Site kInsert("insert");
const sim::Site kUpdate("update");
const sim::Site kSelect("select");
const sim::Site kCommit("commit");
const sim::Site kPublish("publish");
const sim::Site kAck("ack");
const sim::Site kCall("call");
const sim::Symbol kCharge("charge");

std::string rows_and_log(const Sight& sight) {
  std::string told = Flow::all_notes(sight);
  for (const auto& [table, rows] : sight.rows) {
    for (const std::string& row : rows) told += " " + row;
  }
  for (const Texts& partition : sight.partitions) {
    told += " /";
    for (const std::string& id : partition) told += " " + id;
  }
  for (const std::string& finding : sight.findings) told += " " + finding;
  return told;
}

// How many outcomes there are, merged or not.
std::size_t same_outcomes(const Flow& flow) {
  const std::set<std::string> merged = flow.outcomes(rows_and_log);
  CHECK(merged == flow.outcomes_unmerged(rows_and_log));
  return merged.size();
}

Task<> publish_two(Desk* at) {
  const Message first = placed("o1");
  co_await at->log->append(0, first, kPublish);
  const Message second = placed("o2");
  co_await at->log->append(0, second, kPublish);
}

Task<> note_and_ack(Desk* at, Handling* got) {
  at->note(got->message().id);
  co_await got->group->ack(*got, kAck);
}

TEST_CASE("merging transactions that wait for each other loses nothing", "[models][merging]") {
  Flow flow;
  const Routine claim = [](Desk* at) -> Task<> {
    const Tx tx = co_await at->db->begin(kBegin);
    const Row row = item(at->process->name().text.c_str(), 0, "k");
    const StatementResult result =
        co_await at->db->insert(tx, kItems, row, OnConflict::error, kInsert);
    const Status status = co_await at->db->commit(tx, kCommit);
    at->note(result, " ", status);
  };
  flow.once("ann", claim);
  flow.once("bob", claim);
  flow.allow(2, {FaultKind::crash, FaultKind::reply_lost, FaultKind::error});
  CHECK(same_outcomes(flow) > 4);
}

TEST_CASE("merging deliveries of a cursor loses nothing", "[models][merging]") {
  Flow flow;
  flow.once("ann", publish_two);
  flow.consumer("cid", note_and_ack);
  flow.allow(2, {FaultKind::crash, FaultKind::redeliver, FaultKind::late});
  CHECK(same_outcomes(flow) > 4);
}

TEST_CASE("merging deliveries of a cursor with automatic commit loses nothing",
          "[models][merging]") {
  Flow flow;
  flow.once("ann", publish_two);
  flow.consumer("cid",
                [](Desk* at, Handling* got) -> Task<> {
                  const sim::Value to = got->message().id;
                  co_await models::ImmediateEffect(*at->world, *at->ledger, kCharge, to, kAck,
                                                   models::kStatementWindow);
                  at->note(to);
                })
      .acknowledges = false;
  flow.faults.budget = 2;
  flow.faults.rules = {{FaultKind::crash, "cid", ~0U, {}}, {FaultKind::redeliver, "", ~0U, {}}};
  CHECK(same_outcomes(flow) > 4);
}

TEST_CASE("merging deliveries of a lease loses nothing", "[models][merging]") {
  for (const std::uint32_t deliveries_max : {0U, 2U}) {
    Flow flow;
    flow.broker("rabbitmq-classic@3.13");
    flow.broker().deliveries_max = deliveries_max;
    flow.broker().prefetch = 2;
    flow.once("ann", publish_two);
    flow.consumer("cid", note_and_ack);
    flow.faults.budget = 2;
    flow.faults.rules = {{FaultKind::crash, "cid", ~0U, {}}, {FaultKind::redeliver, "", ~0U, {}}};
    CHECK(same_outcomes(flow) > 4);
  }
}

TEST_CASE("merging leases that end loses nothing", "[models][merging]") {
  for (const models::LateAck late :
       {models::LateAck::accept, models::LateAck::ignore, models::LateAck::error}) {
    Flow flow;
    flow.broker("sqs-standard@2012-11-05");
    flow.broker().late_ack = late;
    flow.broker().deliveries_max = 2;
    flow.once("ann", [](Desk* at) -> Task<> {
      const Message message = placed("o1");
      co_await at->log->append(0, message, kPublish);
    });
    flow.consumer("cid", [](Desk* at, Handling* got) -> Task<> {
      at->note("takes");
      const Status status = co_await got->group->ack(*got, kAck);
      at->note("ack ", status);
    });
    flow.allow(2, {FaultKind::crash, FaultKind::redeliver});
    CHECK(same_outcomes(flow) > 2);
  }
}

TEST_CASE("merging retries of a producer loses nothing", "[models][merging]") {
  Flow flow;
  const Routine send = [](Desk* at) -> Task<> {
    const Message message = placed("o1");
    models::ProducerSettings settings;
    settings.resends = 1;
    const Status status = co_await models::produce(at->log, 0, &message, settings, &kPublish);
    at->note(status);
  };
  flow.process("ann", send);
  flow.once("bob", send);
  flow.allow(2, {FaultKind::crash, FaultKind::late, FaultKind::reply_lost});
  CHECK(same_outcomes(flow) > 2);
}

TEST_CASE("merging calls with keys that are forgotten loses nothing", "[models][merging]") {
  Flow flow;
  flow.key_window(std::chrono::hours(24));
  const Routine pay = [](Desk* at) -> Task<> {
    CallSpec call;
    call.operation = &kCharge;
    call.of = text("o1");
    call.idempotency_key = text("key");
    Status status = co_await at->api->call(call, kCall);
    if (status != Status::ok) status = co_await at->api->call(call, kCall);
    at->note(status);
    const Row row = item(at->process->name().text.c_str());
    co_await at->db->insert(kAlone, kItems, row, OnConflict::ignore, kInsert);
  };
  flow.once("ann", pay);
  flow.once("bob", pay);
  flow.items_owe("charge");
  flow.allow(2, {FaultKind::late, FaultKind::reply_lost});
  CHECK(same_outcomes(flow) > 2);
}

TEST_CASE("merging the passes of a relay loses nothing", "[models][merging]") {
  Flow flow;
  flow.once("ann", [](Desk* at) -> Task<> {
    const Row row = item("o1");
    co_await at->db->insert(kAlone, kItems, row, OnConflict::error, kInsert);
  });
  flow.every("relay", std::chrono::seconds(1), [](Desk* at) -> Task<> {
    Rows found;
    const Is unsent(kAmount, sim::Value::integer(0));
    Query query;
    query.where = &unsent;
    query.order_by = kSeq;
    co_await at->db->select(kAlone, query, found, kSelect);
    for (const Row& row : found) {
      Message message = placed("");
      message.id = row.front();
      message.key = row.front();
      co_await at->log->append(0, message, kPublish);
      const Is sent_one(kId, row.front());
      const Put sent(kAmount, sim::Value::integer(1));
      co_await at->db->update(kAlone, kItems, sent_one, sent, kUpdate);
    }
  });
  flow.consumer("cid", note_and_ack);
  flow.allow(1, {FaultKind::crash, FaultKind::reply_lost});
  CHECK(same_outcomes(flow) > 1);
}

}  // namespace
}  // namespace onceward::tests
