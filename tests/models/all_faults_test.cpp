// One flow that uses every model, run at random with every kind of fault: whatever strikes, the
// models keep their own rules, and runs end.
#include <catch2/catch.hpp>

#include "models/producer.hpp"
#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using models::CallSpec;
using models::Handling;
using models::Message;
using models::OnConflict;
using models::Query;
using models::RequestHandling;
using models::Row;
using models::Rows;
using models::Status;
using models::Tx;
using sim::FaultKind;
using sim::Task;

const sim::Site kBegin("begin");
const sim::Site kInsert("insert");
const sim::Site kSelect("select");
const sim::Site kUpdate("update");
const sim::Site kCommit("commit");
const sim::Site kPublish("publish");
const sim::Site kCall("call");
const sim::Site kAck("ack");
const sim::Symbol kShip("ship");
const sim::Symbol kCharge("charge");

// Stores the order and one more unit sold, in one transaction.
Task<> take_order(Desk* at, RequestHandling* request) {
  const Tx tx = co_await at->db->begin(kBegin);
  Row row = item("");
  row[kId] = request->row().front();
  co_await at->db->insert(tx, kItems, row, OnConflict::ignore, kInsert);
  const Row sold = account("sold", 1);
  co_await at->db->insert(tx, kAccounts, sold, OnConflict::update, kUpdate);
  const Status status = co_await at->db->commit(tx, kCommit);
  at->note(status);
  request->failed = status != Status::ok;
  at->db->rollback(*at->world, tx);
}

// Publishes what was not published yet, and marks it.
Task<> relay(Desk* at) {
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
    models::ProducerSettings settings;
    settings.resends = 1;
    const Status status = co_await models::produce(at->log, 0, &message, settings, &kPublish);
    if (status != Status::ok) co_return;
    const Is sent_one(kId, row.front());
    const Put sent(kAmount, sim::Value::integer(1));
    co_await at->db->update(kAlone, kItems, sent_one, sent, kUpdate);
  }
}

// Ships once, by a row that only one delivery can insert, and has the order paid.
Task<> ship(Desk* at, Handling* got) {
  const Tx tx = co_await at->db->begin(kBegin);
  Row row = account("", 0);
  row[kId] = got->message().id;
  const models::StatementResult inserted =
      co_await at->db->insert(tx, kAccounts, row, OnConflict::ignore, kInsert);
  if (inserted.rows == 1) at->db->carry_effect(*at->world, tx, kShip, row[kId], kInsert);
  if (inserted.status != Status::ok) {  // with mysql@8 the commit would go through without it
    at->db->rollback(*at->world, tx);
    got->failed = true;
    co_return;
  }
  const Status status = co_await at->db->commit(tx, kCommit);
  CallSpec call;
  call.operation = &kCharge;
  call.of = row[kId];
  call.idempotency_key = row[kId];
  const Status paid = co_await at->api->call(call, kCall);
  if (status != Status::ok || paid != Status::ok) {
    at->db->rollback(*at->world, tx);
    got->failed = true;
    co_return;
  }
  co_await got->group->ack(*got, kAck);
}

void describe(Flow& flow) {
  flow.partitions(2);
  flow.server("shop", take_order);
  flow.request("shop", "o1");
  flow.request("shop", "o2");
  flow.every("relay", std::chrono::seconds(1), relay);
  flow.consumer("stock", ship);
  flow.consumer("audit",
                [](Desk* at, Handling* got) -> Task<> {
                  at->note(got->message().id);
                  co_return;
                })
      .acknowledges = false;
  flow.items_owe("ship");
  flow.allow(3, {FaultKind::crash, FaultKind::redeliver, FaultKind::reply_lost, FaultKind::error,
                 FaultKind::late, FaultKind::pause});
  flow.faults.down_at_once = 3;
}

TEST_CASE("a careful flow ships each order once whatever strikes it", "[models][faults]") {
  for (const models::DatabaseProfile& database : models::database_profiles()) {
    for (const models::BrokerProfile& broker : models::broker_profiles()) {
      INFO(database.name << " and " << broker.name);
      Flow flow;
      flow.database(database.name.c_str());
      flow.broker(broker.name.c_str());
      describe(flow);
      sim::SearchOptions options;
      options.strategy = sim::Strategy::random;
      options.runs = 2'000;
      const sim::Result result = flow.explore(options);
      CHECK(result.figures.runs == options.runs);
      CHECK(result.verdict == sim::Verdict::sampled);
      for (const std::uint64_t strikes : result.strikes) CHECK(strikes > 1);
      for (const sim::Violation& violation : result.violations) {
        std::string story = violation.invariant + " " + violation.entity;
        for (const sim::TraceEntry& entry : violation.trace) {
          story += "\n  " + entry.lane + ": " + entry.text;
        }
        FAIL_CHECK(story);
      }
      for (const std::string& reason : result.reasons) FAIL_CHECK(reason);
    }
  }
}

TEST_CASE("the same flow without its key for shipping ships twice", "[models][faults]") {
  Flow flow;
  describe(flow);
  flow.consumer("careless", [](Desk* at, Handling* got) -> Task<> {
    const Tx tx = co_await at->db->begin(kBegin);
    at->db->carry_effect(*at->world, tx, kShip, got->message().id, kInsert);
    co_await at->db->commit(tx, kCommit);
    co_await got->group->ack(*got, kAck);
  });
  const sim::Result result = flow.explore();
  CHECK(result.verdict == sim::Verdict::violated);
  REQUIRE(!result.violations.empty());
  CHECK(result.violations.front().invariant == "no-duplicate-effect");
  CHECK(result.violations.front().faults.empty());  // two groups ship: no fault is needed
}

}  // namespace
}  // namespace onceward::tests
