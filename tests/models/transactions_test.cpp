// Stories about transactions beyond read committed: locks in a select, snapshots, serializable
// ones, savepoints, and what is prepared.
#include <catch2/catch.hpp>
#include <set>

#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using models::BeginOptions;
using models::Isolation;
using models::OnConflict;
using models::Query;
using models::Row;
using models::RowLock;
using models::Rows;
using models::StatementResult;
using models::Status;
using models::Tx;
using sim::FaultKind;
using sim::Task;

const sim::Site kBegin("begin");
const sim::Site kInsert("insert");
const sim::Site kSecond("second");
const sim::Site kUpdate("update");
const sim::Site kSelect("select");
const sim::Site kCommit("commit");
const sim::Site kPrepare("prepare");
const sim::Site kDecide("decide");
const sim::Site kThink("think");
const sim::Symbol kCharge("charge");
const sim::Symbol kPoint("point");
const sim::Symbol kInner("inner");

const BeginOptions kRepeatable{Isolation::repeatable_read, true};
const BeginOptions kSerializable{Isolation::serializable, true};

const char* own(const Desk* at) { return at->process->name().text.c_str(); }

// The accounts "a" and "b", unless they are there.
Task<> open_accounts(Desk* at) {
  const Row a = account("a", 1);
  co_await at->db->insert(kAlone, kAccounts, a, OnConflict::ignore, kInsert);
  const Row b = account("b", 1);
  co_await at->db->insert(kAlone, kAccounts, b, OnConflict::ignore, kInsert);
}

Query accounts(RowLock lock = RowLock::none) {
  Query query;
  query.table = kAccounts;
  query.order_by = kId;
  query.lock = lock;
  return query;
}

// "a=1 b=2"
std::string balances(const Rows& rows) {
  std::string told;
  for (const Row& row : rows) {
    told += (told.empty() ? "" : " ") + row[kId].print() + "=" + row[kBalance].print();
  }
  return told.empty() ? "nothing" : told;
}

// ---- locks -----------------------------------------------------------------------------------

// Holds account "a" until it has thought.
Task<> hold_a(Desk* at) {
  co_await open_accounts(at);
  const Tx tx = co_await at->db->begin(kBegin);
  const Is a(kId, text("a"));
  Query query = accounts(RowLock::update);
  query.where = &a;
  Rows found;
  co_await at->db->select(tx, query, found, kSelect);
  co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
  at->db->rollback(*at->world, tx);
}

template <RowLock lock>
Task<> take_all(Desk* at) {
  const Tx tx = co_await at->db->begin(kBegin);
  const Query query = accounts(lock);
  Rows found;
  const StatementResult result = co_await at->db->select(tx, query, found, kSelect);
  at->note(result.status, " ", balances(found).c_str());
  const Status status = co_await at->db->commit(tx, kCommit);
  at->note("commit ", status);
}

TEST_CASE("a select for update waits for the row that another holds", "[models][transactions]") {
  Flow flow;
  flow.process("ann", hold_a);
  flow.process("bob", take_all<RowLock::update>);
  const Run run = flow.play({"ann until SELECT", "bob", "bob", "ann until sleep", "bob", "bob"});
  CHECK(run.notes.at("bob") == Texts{"ok a=1 b=1", "commit ok"});
}

TEST_CASE("a select that skips what is locked finds the rest", "[models][transactions]") {
  Flow flow;
  flow.process("ann", hold_a);
  flow.process("bob", take_all<RowLock::skip_locked>);
  const Run held = flow.play({"ann until SELECT", "bob until COMMIT"});
  CHECK(held.notes.at("bob") == Texts{"ok b=1", "commit ok"});
  const Run free = flow.play({"ann until sleep", "bob until COMMIT"});
  CHECK(free.notes.at("bob") == Texts{"ok a=1 b=1", "commit ok"});
}

TEST_CASE("a select that will not wait is told of the conflict and its transaction is aborted",
          "[models][transactions]") {
  Flow flow;
  flow.process("ann", hold_a);
  flow.process("bob", take_all<RowLock::nowait>);
  const Run held = flow.play({"ann until SELECT", "bob until COMMIT"});
  CHECK(held.notes.at("bob") == Texts{"conflict nothing", "commit refused"});
  const Run free = flow.play({"ann until sleep", "bob until COMMIT"});
  CHECK(free.notes.at("bob") == Texts{"ok a=1 b=1", "commit ok"});
}

TEST_CASE("a plain select neither waits for a lock nor takes one", "[models][transactions]") {
  Flow flow;
  flow.process("ann", hold_a);
  flow.process("bob", take_all<RowLock::none>);
  const Run run = flow.play({"ann until SELECT", "bob until COMMIT"});
  CHECK(run.notes.at("bob") == Texts{"ok a=1 b=1", "commit ok"});
}

TEST_CASE("an insert beside a locked row is a duplicate at once", "[models][transactions]") {
  Flow flow;
  flow.process("ann", hold_a);
  flow.process("bob", [](Desk* at) -> Task<> {
    const Row a = account("a", 9);
    const StatementResult result =
        co_await at->db->insert(kAlone, kAccounts, a, OnConflict::error, kSecond);
    at->note(result);
  });
  const Run run = flow.play({"ann until SELECT", "bob"});
  CHECK(run.notes.at("bob") == Texts{"duplicate 0"});
}

TEST_CASE("two selects for update in opposite order end with one conflict, whatever the order",
          "[models][transactions]") {
  Flow flow;
  const Routine cross = [](Desk* at) -> Task<> {
    co_await open_accounts(at);
    const bool up = at->process->name().text == "ann";
    const Tx tx = co_await at->db->begin(kBegin);
    const Is first(kId, text(up ? "a" : "b"));
    Query query = accounts(RowLock::update);
    query.where = &first;
    Rows found;
    co_await at->db->select(tx, query, found, kSelect);
    const Is second(kId, text(up ? "b" : "a"));
    query.where = &second;
    const StatementResult result = co_await at->db->select(tx, query, found, kSecond);
    const Status status = co_await at->db->commit(tx, kCommit);
    at->note(result.status, " ", status);
  };
  flow.process("ann", cross);
  flow.process("bob", cross);
  CHECK(flow.outcomes() == std::set<std::string>{"ann: ok ok | bob: ok ok",
                                                 "ann: conflict refused | bob: ok ok",
                                                 "ann: ok ok | bob: conflict refused"});
}

TEST_CASE("workers that skip what is locked never do one row twice", "[models][transactions]") {
  Flow flow;
  const Routine work = [](Desk* at) -> Task<> {
    const Row row = item("o1");
    co_await at->db->insert(kAlone, kItems, row, OnConflict::ignore, kInsert);
    const Tx tx = co_await at->db->begin(kBegin);
    const Is unsent(kAmount, sim::Value::integer(0));
    Query query;
    query.where = &unsent;
    query.lock = at->process->name().text == "careless" ? RowLock::none : RowLock::skip_locked;
    Rows found;
    co_await at->db->select(tx, query, found, kSelect);
    const Put sent(kAmount, sim::Value::integer(1));
    const Is mine(kId, text("o1"));
    if (!found.empty()) {
      at->db->carry_effect(*at->world, tx, kCharge, text("o1"), kUpdate);
      co_await at->db->update(tx, kItems, mine, sent, kUpdate);
    }
    co_await at->db->commit(tx, kCommit);
    at->note(found.empty() ? "leaves it" : "does it");
  };
  flow.process("ann", work);
  flow.process("bob", work);
  CHECK(flow.outcomes() ==
        std::set<std::string>{"ann: does it | bob: leaves it", "ann: leaves it | bob: does it"});
  Flow without;
  without.process("ann", work);
  without.process("careless", work);
  CHECK(without.outcomes().contains("ann: does it | careless: does it"));
}

// ---- snapshots -------------------------------------------------------------------------------

Task<> spend(Desk* at, BeginOptions options) {
  co_await open_accounts(at);
  const Tx tx = co_await at->db->begin(options, kBegin);
  const Query query = accounts();
  Rows found;
  co_await at->db->select(tx, query, found, kSelect);
  const Put sum(kBalance, sim::Value::integer(found.front()[kBalance].number() + 1));
  const Is a(kId, text("a"));
  const StatementResult result = co_await at->db->update(tx, kAccounts, a, sum, kUpdate);
  const Status status = co_await at->db->commit(tx, kCommit);
  at->note(result.status, " ", status);
}

TEST_CASE(
    "at repeatable read the second writer of a row conflicts instead of losing an update (C04)",
    "[models][transactions]") {
  Flow flow;
  const Routine routine = [](Desk* at) -> Task<> { co_await spend(at, kRepeatable); };
  flow.process("ann", routine);
  flow.process("bob", routine);
  CHECK(flow.outcomes() == std::set<std::string>{"ann: ok ok | bob: ok ok",
                                                 "ann: conflict refused | bob: ok ok",
                                                 "ann: ok ok | bob: conflict refused"});
}

TEST_CASE("a snapshot is taken by the first statement and sees nothing that commits later",
          "[models][transactions]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    const Tx tx = co_await at->db->begin(kRepeatable, kBegin);
    const Query query = accounts();
    Rows found;
    co_await at->db->select(tx, query, found, kSelect);
    at->note(balances(found).c_str());
    co_await at->db->select(tx, query, found, kSelect);
    at->note(balances(found).c_str());
    co_await at->db->commit(tx, kCommit);
    co_await at->db->select(kAlone, query, found, kSelect);
    at->note(balances(found).c_str());
  });
  flow.process("bob", [](Desk* at) -> Task<> {
    const Row a = account("a", 1);
    co_await at->db->insert(kAlone, kAccounts, a, OnConflict::error, kInsert);
    const All all;
    const Put two(kBalance, sim::Value::integer(2));
    co_await at->db->update(kAlone, kAccounts, all, two, kUpdate);
    co_await at->db->erase(kAlone, kAccounts, all, kSecond);
    const Row b = account("b", 7);
    co_await at->db->insert(kAlone, kAccounts, b, OnConflict::error, kInsert);
  });
  const Run run = flow.play({"ann until BEGIN", "bob", "ann", "bob", "bob", "bob", "ann"});
  CHECK(run.notes.at("ann") == Texts{"a=1", "a=1", "b=7"});
}

TEST_CASE("on_conflict ignore conflicts with a row that the snapshot does not have (C03)",
          "[models][transactions]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    const Tx tx = co_await at->db->begin(kRepeatable, kBegin);
    const Query query = accounts();
    Rows found;
    co_await at->db->select(tx, query, found, kSelect);
    const Row a = account("a", 1);
    const StatementResult result =
        co_await at->db->insert(tx, kAccounts, a, OnConflict::ignore, kInsert);
    at->note(result);
  });
  flow.process("bob", open_accounts);
  CHECK(flow.play({"ann until SELECT", "bob", "ann"}).notes.at("ann") == Texts{"conflict 0"});
  CHECK(flow.play({"bob", "ann until INSERT"}).notes.at("ann") == Texts{"ok 0"});
}

// ---- serializable ----------------------------------------------------------------------------

// Takes one from its own account if both together hold two: one of two must find less.
Task<> withdraw(Desk* at, BeginOptions options) {
  co_await open_accounts(at);
  const Tx tx = co_await at->db->begin(options, kBegin);
  const Query query = accounts();
  Rows found;
  co_await at->db->select(tx, query, found, kSelect);
  const bool enough = found[0][kBalance].number() + found[1][kBalance].number() == 2;
  const Is mine(kId, text(at->process->name().text == "ann" ? "a" : "b"));
  const Add less(kBalance, -1);
  if (enough) co_await at->db->update(tx, kAccounts, mine, less, kUpdate);
  const Status status = co_await at->db->commit(tx, kCommit);
  at->note(enough ? "takes " : "leaves ", status);
}

TEST_CASE("write skew happens at repeatable read and not at serializable",
          "[models][transactions]") {
  const std::set<std::string> one_after_the_other = {"ann: takes ok | bob: leaves ok",
                                                     "ann: leaves ok | bob: takes ok"};
  Flow skew;
  const Routine repeatable = [](Desk* at) -> Task<> { co_await withdraw(at, kRepeatable); };
  skew.process("ann", repeatable);
  skew.process("bob", repeatable);
  CHECK(skew.outcomes().contains("ann: takes ok | bob: takes ok"));
  Flow safe;
  const Routine serializable = [](Desk* at) -> Task<> { co_await withdraw(at, kSerializable); };
  safe.process("ann", serializable);
  safe.process("bob", serializable);
  std::set<std::string> expected = one_after_the_other;
  expected.insert("ann: takes ok | bob: takes conflict");
  expected.insert("ann: takes conflict | bob: takes ok");
  CHECK(safe.outcomes() == expected);
}

// ---- savepoints ------------------------------------------------------------------------------

TEST_CASE("a rollback to a savepoint keeps what was done before it and frees what came after",
          "[models][transactions]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    const Tx tx = co_await at->db->begin(kBegin);
    const Row before = account("a", 1);
    co_await at->db->insert(tx, kAccounts, before, OnConflict::error, kInsert);
    at->db->carry_effect(*at->world, tx, kCharge, text("before"), kInsert);
    const Status set = at->db->savepoint(*at->world, tx, kPoint);
    const Is a(kId, text("a"));
    const Put nine(kBalance, sim::Value::integer(9));
    co_await at->db->update(tx, kAccounts, a, nine, kUpdate);
    const Row after = account("b", 1);
    co_await at->db->insert(tx, kAccounts, after, OnConflict::error, kSecond);
    at->db->carry_effect(*at->world, tx, kCharge, text("after"), kInsert);
    const Status inner = at->db->savepoint(*at->world, tx, kInner);
    const Status undone = at->db->rollback_to(*at->world, tx, kPoint);
    const Status gone = at->db->rollback_to(*at->world, tx, kInner);
    at->note(set, " ", inner, " ", undone, " ", gone);
    co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
    const Status status = co_await at->db->commit(tx, kCommit);
    at->note("commit ", status);
  });
  flow.process("bob", [](Desk* at) -> Task<> {
    const Row b = account("b", 5);
    const StatementResult result =
        co_await at->db->insert(kAlone, kAccounts, b, OnConflict::error, kInsert);
    at->note(result);
  });
  const Run run = flow.play(
      {"ann until INSERT", "ann until INSERT", "bob", "ann until sleep", "ann until COMMIT"});
  CHECK(run.notes.at("ann") == Texts{"ok ok ok refused", "commit ok"});
  CHECK(run.notes.at("bob") == Texts{"ok 1"});
  CHECK(run.rows.at("accounts") == Texts{"id=a balance=1", "id=b balance=5"});
  CHECK(run.effects == Texts{"charge before"});
}

TEST_CASE("a savepoint rescues a transaction from an error (C03)", "[models][transactions]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    const Tx tx = co_await at->db->begin(kBegin);
    const Row row = account("a", 1);
    co_await at->db->insert(tx, kAccounts, row, OnConflict::error, kInsert);
    const Status set = at->db->savepoint(*at->world, tx, kPoint);
    const StatementResult again =
        co_await at->db->insert(tx, kAccounts, row, OnConflict::error, kSecond);
    const Status aborted = at->db->savepoint(*at->world, tx, kInner);
    const Status rescued = at->db->rollback_to(*at->world, tx, kPoint);
    at->note(set, " ", again, " ", aborted, " ", rescued);
    const Status status = co_await at->db->commit(tx, kCommit);
    at->note("commit ", status);
  });
  const Run run = flow.play();
  CHECK(run.notes.at("ann") == Texts{"ok duplicate 0 refused ok", "commit ok"});
  CHECK(run.rows.at("accounts") == Texts{"id=a balance=1"});
}

// ---- two phases ------------------------------------------------------------------------------

Task<> prepare_item(Desk* at) {
  const Tx tx = co_await at->db->begin(kBegin);
  const Row row = account("a", 1);
  co_await at->db->insert(tx, kAccounts, row, OnConflict::error, kInsert);
  at->db->carry_effect(*at->world, tx, kCharge, text("a"), kInsert);
  const sim::Value id = text("order-1");
  const Status status = co_await at->db->prepare(tx, id, kPrepare);
  at->note("prepare ", status);
  const StatementResult left =
      co_await at->db->insert(tx, kAccounts, row, OnConflict::error, kSecond);
  at->note("then ", left.status);
}

template <bool commits>
Task<> decide(Desk* at) {
  const sim::Value id = text("order-1");
  Rows found;
  const StatementResult listed = co_await at->db->prepared(found, kSelect);
  Status status = Status::ok;
  if (commits) {
    status = co_await at->db->commit_prepared(id, kDecide);
  } else {
    status = co_await at->db->rollback_prepared(id, kDecide);
  }
  at->note(std::to_string(listed.rows).c_str(), " ", status);
}

TEST_CASE("a prepared transaction survives its process, keeps its rows and is decided by its id",
          "[models][transactions]") {
  Flow flow;
  flow.once("ann", prepare_item);
  flow.once("bob", [](Desk* at) -> Task<> {
    const Row row = account("a", 2);
    const StatementResult result =
        co_await at->db->insert(kAlone, kAccounts, row, OnConflict::error, kInsert);
    at->note(result);
  });
  flow.once("coordinator", decide<true>);
  flow.faults.budget = 1;
  flow.faults.rules = {{FaultKind::crash, "ann", ~0U, {}}};
  const Run run = flow.play({"ann until PREPARE", "bob", "ann: crash", "coordinator until PREPARED",
                             "coordinator until COMMIT", "bob"},
                            {{"prepare", "crash"}});
  CHECK(run.notes.at("coordinator") == Texts{"1 ok"});
  CHECK(run.notes.at("bob") == Texts{"duplicate 0"});
  CHECK(run.rows.at("accounts") == Texts{"id=a balance=1"});
  CHECK(run.effects == Texts{"charge a"});
}

TEST_CASE("a crash before it is prepared rolls a transaction back and its id stays unknown",
          "[models][transactions]") {
  Flow flow;
  flow.once("ann", prepare_item);
  flow.once("coordinator", decide<true>);
  flow.allow(1, {FaultKind::reply_lost});
  const Run run = flow.play({"ann until PREPARE", "coordinator until COMMIT"},
                            {{"prepare", "reply_lost"}, {"prepare", "not done"}});
  CHECK(run.notes.at("ann") == Texts{"prepare timeout", "then refused"});
  CHECK(run.notes.at("coordinator") == Texts{"0 refused"});
  CHECK(run.rows.at("accounts").empty());
}

TEST_CASE("a prepared transaction that is rolled back leaves nothing and frees its rows",
          "[models][transactions]") {
  Flow flow;
  flow.once("ann", prepare_item);
  flow.once("coordinator", decide<false>);
  flow.once("bob", open_accounts);
  const Run run = flow.play({"ann until PREPARE", "bob", "coordinator until ROLLBACK", "bob"});
  CHECK(run.notes.at("ann") == Texts{"prepare ok", "then refused"});
  CHECK(run.notes.at("coordinator") == Texts{"1 ok"});
  CHECK(run.rows.at("accounts") == Texts{"id=a balance=1", "id=b balance=1"});
  CHECK(run.effects.empty());
}

TEST_CASE("an id under which something is prepared is refused to others",
          "[models][transactions]") {
  Flow flow;
  const Routine prepare = [](Desk* at) -> Task<> {
    const Tx tx = co_await at->db->begin(kBegin);
    const Row row = account(own(at), 1);
    co_await at->db->insert(tx, kAccounts, row, OnConflict::error, kInsert);
    const sim::Value id = text("order-1");
    const Status status = co_await at->db->prepare(tx, id, kPrepare);
    at->note(status);
  };
  flow.once("ann", prepare);
  flow.once("bob", prepare);
  CHECK(flow.outcomes() ==
        std::set<std::string>{"ann: ok | bob: refused", "ann: refused | bob: ok"});
}

// ---- sequence values of open transactions ----------------------------------------------------

TEST_CASE("the oldest open sequence value is that of the first row that may yet appear (C01)",
          "[models][transactions]") {
  Flow flow;
  const Routine place = [](Desk* at) -> Task<> {
    const Tx tx = co_await at->db->begin(kBegin);
    const Row row = item(own(at));
    co_await at->db->insert(tx, kItems, row, OnConflict::error, kInsert);
    co_await at->db->commit(tx, kCommit);
  };
  flow.process("ann", place);
  flow.process("bob", place);
  flow.process("poller", [](Desk* at) -> Task<> {
    for (int poll = 0; poll < 4; ++poll) {
      co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
      at->note(at->db->oldest_open(*at->world, kItems));
    }
  });
  const Run run = flow.play({"poller", "ann until INSERT", "bob until INSERT", "poller",
                             "ann until COMMIT", "poller", "bob until COMMIT", "poller"});
  CHECK(run.notes.at("poller") == Texts{"null", "1", "2", "null"});
}

// ---- merging ---------------------------------------------------------------------------------

// Nobody can see in which order the rows of a table lie.
std::string everything(const Sight& sight) {
  std::string told = Flow::all_notes(sight);
  for (const auto& [table, rows] : sight.rows) {
    for (const std::string& row : std::multiset<std::string>(rows.begin(), rows.end())) {
      told += " " + row;
    }
  }
  return told;
}

TEST_CASE("merging locks, snapshots, savepoints and prepared transactions loses nothing",
          "[models][merging]") {
  Flow flow;
  flow.once("ann", [](Desk* at) -> Task<> {
    co_await open_accounts(at);
    const Tx tx = co_await at->db->begin(kRepeatable, kBegin);
    const Query query = accounts(RowLock::skip_locked);
    Rows found;
    co_await at->db->select(tx, query, found, kSelect);
    const Status status = co_await at->db->commit(tx, kCommit);
    at->note(balances(found).c_str(), " ", status);
  });
  flow.once("bob", [](Desk* at) -> Task<> {
    const Tx tx = co_await at->db->begin(kBegin);
    const Row row = account("a", 5);
    co_await at->db->insert(tx, kAccounts, row, OnConflict::update, kInsert);
    at->db->savepoint(*at->world, tx, kPoint);
    const Row other = account("b", 5);
    co_await at->db->insert(tx, kAccounts, other, OnConflict::update, kSecond);
    at->db->rollback_to(*at->world, tx, kPoint);
    const Status status = co_await at->db->prepare(tx, text("p"), kPrepare);
    const Status decided = co_await at->db->commit_prepared(text("p"), kDecide);
    at->note(status, " ", decided);
  });
  flow.allow(1, {FaultKind::crash, FaultKind::reply_lost});
  const std::set<std::string> merged = flow.outcomes(everything);
  CHECK(merged == flow.outcomes_unmerged(everything));
  CHECK(merged.size() > 4);
}

}  // namespace
}  // namespace onceward::tests
