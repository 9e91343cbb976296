// Stories about the database: what others see of a transaction, who waits for whom, and what an
// error, a crash or a lost reply leaves behind. C01 and the like are the facts they reproduce.
#include <catch2/catch.hpp>

#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using namespace std::chrono_literals;
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
const sim::Site kSecond("second");
const sim::Site kUpdate("update");
const sim::Site kDelete("delete");
const sim::Site kSelect("select");
const sim::Site kCommit("commit");
const sim::Site kThink("think");
const sim::Symbol kCharge("charge");

// The name of the process, which many of the rows here are named after.
const char* own(const Desk* at) { return at->process->name().text.c_str(); }

// Inserts an item of its own and commits it.
Task<> place(Desk* at) {
  const Tx tx = co_await at->db->begin(kBegin);
  const Row row = item(own(at));
  co_await at->db->insert(tx, kItems, row, OnConflict::error, kInsert);
  const Status status = co_await at->db->commit(tx, kCommit);
  at->note("commit ", status);
}

// The same with the unique code "k", which only one of them can have.
Task<> claim(Desk* at) {
  const Tx tx = co_await at->db->begin(kBegin);
  const Row row = item(own(at), 0, "k");
  const StatementResult inserted =
      co_await at->db->insert(tx, kItems, row, OnConflict::error, kInsert);
  at->note(inserted);
  const Status status = co_await at->db->commit(tx, kCommit);
  at->note("commit ", status);
}

Task<> claim_and_undo(Desk* at) {
  const Tx tx = co_await at->db->begin(kBegin);
  const Row row = item(own(at), 0, "k");
  co_await at->db->insert(tx, kItems, row, OnConflict::error, kInsert);
  co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
  at->db->rollback(*at->world, tx);
}

// Notes the ids of all committed items, by sequence.
Task<> list(Desk* at) {
  Rows found;
  Query query;
  query.order_by = kSeq;
  co_await at->db->select(kAlone, query, found, kSelect);
  at->note(found);
}

// ---- visibility ------------------------------------------------------------------------------

TEST_CASE("an id cursor misses a row whose transaction commits after a later one (C01)",
          "[models][database]") {
  Flow flow;
  flow.process("ann", place);
  flow.process("bob", place);
  flow.process("poller", [](Desk* at) -> Task<> {
    Rows found;
    std::int64_t last = 0;
    for (int poll = 0; poll < 2; ++poll) {
      const Above newer(kSeq, last);
      Query query;
      query.where = &newer;
      query.order_by = kSeq;
      co_await at->db->select(kAlone, query, found, kSelect);
      at->note(found);
      if (!found.empty()) last = found.back()[kSeq].number();
    }
  });
  const Run run =
      flow.play({"ann until INSERT", "bob until COMMIT", "poller", "ann until COMMIT", "poller"});
  CHECK(run.rows.at("items") == Texts{"id=ann seq=1 amount=0", "id=bob seq=2 amount=0"});
  CHECK(run.notes.at("poller") == Texts{"bob", "nothing"});
}

TEST_CASE("a status column finds the row that an id cursor misses (C01)", "[models][database]") {
  Flow flow;
  flow.process("ann", place);
  flow.process("bob", place);
  flow.process("poller", [](Desk* at) -> Task<> {
    Rows found;
    const Is unsent(kAmount, sim::Value::integer(0));
    const Put sent(kAmount, sim::Value::integer(1));
    for (int poll = 0; poll < 2; ++poll) {
      Query query;
      query.where = &unsent;
      query.order_by = kSeq;
      co_await at->db->select(kAlone, query, found, kSelect);
      at->note(found);
      co_await at->db->update(kAlone, kItems, unsent, sent, kUpdate);
    }
  });
  const Run run = flow.play({"ann until INSERT", "bob until COMMIT", "poller until UPDATE",
                             "ann until COMMIT", "poller until UPDATE"});
  CHECK(run.notes.at("poller") == Texts{"bob", "ann"});
}

TEST_CASE("a transaction's now() is the instant of its begin (C02)", "[models][database]") {
  Flow flow;
  const Routine stamp = [](Desk* at) -> Task<> {
    const Tx tx = co_await at->db->begin(kBegin);
    Row row = item(own(at));
    row[kAt] = at->db->began(tx);
    co_await at->db->insert(tx, kItems, row, OnConflict::error, kInsert);
    co_await at->db->commit(tx, kCommit);
  };
  flow.process("ann", stamp);
  flow.process("bob", stamp);
  flow.process("reader", [](Desk* at) -> Task<> {
    Rows found;
    Query query;
    query.order_by = kSeq;
    co_await at->db->select(kAlone, query, found, kSelect);
    at->note("by sequence ", found);
    query.order_by = kAt;
    co_await at->db->select(kAlone, query, found, kSelect);
    at->note("by time ", found);
  });
  const Run run = flow.play({"ann", "bob until COMMIT", "ann until COMMIT", "reader", "reader"});
  CHECK(run.notes.at("reader") == Texts{"by sequence bob ann", "by time ann bob"});
}

TEST_CASE("a transaction sees its own changes and nobody else's before they commit",
          "[models][database]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    const Tx tx = co_await at->db->begin(kBegin);
    const Row row = item("mine");
    co_await at->db->insert(tx, kItems, row, OnConflict::error, kInsert);
    Rows found;
    const Query query;
    co_await at->db->select(tx, query, found, kSelect);
    at->note("inserted: ", found);
    const Is mine(kId, text("mine"));
    co_await at->db->erase(tx, kItems, mine, kDelete);
    co_await at->db->select(tx, query, found, kSelect);
    at->note("deleted: ", found);
    const Row again = item("mine", 7);
    const StatementResult inserted =
        co_await at->db->insert(tx, kItems, again, OnConflict::error, kSecond);
    at->note("inserted anew: ", inserted);
    co_await at->db->commit(tx, kCommit);
  });
  flow.process("bob", list);
  const Run run = flow.play({"ann until INSERT", "bob", "ann until COMMIT"});
  CHECK(run.notes.at("ann") == Texts{"inserted: mine", "deleted: nothing", "inserted anew: ok 1"});
  CHECK(run.notes.at("bob") == Texts{"nothing"});
  CHECK(run.rows.at("items") == Texts{"id=mine seq=2 amount=7"});
}

TEST_CASE("a sequence value that was drawn is never given back", "[models][database]") {
  Flow flow;
  flow.process("ann", claim_and_undo);
  flow.process("bob", place);
  const Run run = flow.play({"ann until sleep", "bob until COMMIT"});
  CHECK(run.rows.at("items") == Texts{"id=bob seq=2 amount=0"});
}

// ---- unique keys -----------------------------------------------------------------------------

TEST_CASE("the second writer of a unique key waits, and loses if the first commits (C03)",
          "[models][database]") {
  Flow flow;
  flow.process("ann", claim);
  flow.process("bob", claim);
  const Run run = flow.play({"ann until INSERT", "bob until INSERT", "ann until COMMIT",
                             "bob until INSERT", "bob until COMMIT"});
  CHECK(run.notes.at("ann") == Texts{"ok 1", "commit ok"});
  CHECK(run.notes.at("bob") == Texts{"duplicate 0", "commit refused"});
  CHECK(run.rows.at("items") == Texts{"id=ann seq=1 code=k amount=0"});
}

TEST_CASE("the second writer of a unique key gets in if the first rolls back (C03)",
          "[models][database]") {
  Flow flow;
  flow.process("ann", claim_and_undo);
  flow.process("bob", claim);
  const Run run = flow.play({"ann until INSERT", "bob until INSERT", "ann until sleep"});
  CHECK(run.notes.at("bob") == Texts{"ok 1", "commit ok"});
  CHECK(run.rows.at("items").size() == 1);
}

TEST_CASE("on_conflict ignore waits too, and then changes nothing (C03)", "[models][database]") {
  Flow flow;
  flow.process("ann", claim);
  flow.process("bob", [](Desk* at) -> Task<> {
    const Tx tx = co_await at->db->begin(kBegin);
    const Row row = item("bob", 0, "k");
    const StatementResult inserted =
        co_await at->db->insert(tx, kItems, row, OnConflict::ignore, kInsert);
    at->note(inserted);
    const Status status = co_await at->db->commit(tx, kCommit);
    at->note("commit ", status);
  });
  const Run run = flow.play({"ann until INSERT", "bob until INSERT", "ann until COMMIT"});
  CHECK(run.notes.at("bob") == Texts{"ok 0", "commit ok"});
}

TEST_CASE("whatever the order, exactly one of two gets a unique key", "[models][database]") {
  Flow flow;
  flow.process("ann", claim);
  flow.process("bob", claim);
  CHECK(flow.outcomes() ==
        std::set<std::string>{"ann: ok 1, commit ok | bob: duplicate 0, commit refused",
                              "ann: duplicate 0, commit refused | bob: ok 1, commit ok"});
}

TEST_CASE("on_conflict update changes the row that is there and leaves it its sequence value",
          "[models][database]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    const Row first = item("o1", 1);
    co_await at->db->insert(kAlone, kItems, first, OnConflict::update, kInsert);
    const Row second = item("o1", 2);
    const StatementResult result =
        co_await at->db->insert(kAlone, kItems, second, OnConflict::update, kSecond);
    at->note(result);
  });
  const Run run = flow.play();
  CHECK(run.notes.at("ann") == Texts{"ok 1"});
  CHECK(run.rows.at("items") == Texts{"id=o1 seq=1 amount=2"});
}

TEST_CASE("a key that its own transaction has given away is free for it", "[models][database]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    const Row row = account("a", 1);
    co_await at->db->insert(kAlone, kAccounts, row, OnConflict::error, kInsert);
    const Tx tx = co_await at->db->begin(kBegin);
    const Is old(kId, text("a"));
    const Put renamed(kId, text("b"));
    co_await at->db->update(tx, kAccounts, old, renamed, kUpdate);
    const StatementResult again =
        co_await at->db->insert(tx, kAccounts, row, OnConflict::error, kSecond);
    at->note(again);
    co_await at->db->commit(tx, kCommit);
  });
  const Run run = flow.play();
  CHECK(run.notes.at("ann") == Texts{"ok 1"});
  CHECK(run.rows.at("accounts") == Texts{"id=b balance=1", "id=a balance=1"});
}

// Two items, the second of which asks for the code of the first.
Task<> give_code_of_first_to_second(Desk* at) {
  const Row first = item("o1", 0, "k");
  co_await at->db->insert(kAlone, kItems, first, OnConflict::ignore, kInsert);
  const Row second = item("o2", 0, "other");
  co_await at->db->insert(kAlone, kItems, second, OnConflict::ignore, kInsert);
  const Is o2(kId, text("o2"));
  const Put same_code(kCode, text("k"));
  const StatementResult updated = co_await at->db->update(kAlone, kItems, o2, same_code, kUpdate);
  at->note(updated);
}

TEST_CASE("an update into a unique key that is taken is a duplicate and changes nothing",
          "[models][database]") {
  Flow flow;
  flow.process("ann", give_code_of_first_to_second);
  const Run run = flow.play();
  CHECK(run.notes.at("ann") == Texts{"duplicate 0"});
  CHECK(run.rows.at("items") ==
        Texts{"id=o1 seq=1 code=k amount=0", "id=o2 seq=2 code=other amount=0"});
}

TEST_CASE("an update into a unique key waits for whoever may be giving it away",
          "[models][database]") {
  Flow flow;
  flow.process("bob", give_code_of_first_to_second);
  flow.process("ann", [](Desk* at) -> Task<> {
    const Tx tx = co_await at->db->begin(kBegin);
    const Is o1(kId, text("o1"));
    const StatementResult deleted = co_await at->db->erase(tx, kItems, o1, kDelete);
    at->note(deleted);
    co_await at->db->commit(tx, kCommit);
  });
  const Run run = flow.play({"bob", "bob", "ann until DELETE", "bob until UPDATE",
                             "ann until COMMIT", "bob until UPDATE"});
  CHECK(run.notes.at("ann") == Texts{"ok 1"});
  CHECK(run.notes.at("bob") == Texts{"ok 1"});
  CHECK(run.rows.at("items") == Texts{"id=o2 seq=2 code=k amount=0"});
}

TEST_CASE("one update cannot give two rows the same unique key", "[models][database]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    co_await give_code_of_first_to_second(at);
    const All all;
    const Put new_code(kCode, text("new"));
    const StatementResult updated = co_await at->db->update(kAlone, kItems, all, new_code, kUpdate);
    at->note(updated);
  });
  CHECK(flow.play().notes.at("ann") == Texts{"duplicate 0", "duplicate 0"});
}

TEST_CASE("rows without a value in a unique column do not stand in each other's way",
          "[models][database]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    const Row first = item("o1");
    co_await at->db->insert(kAlone, kItems, first, OnConflict::error, kInsert);
    const Row second = item("o2", 0, "k");
    co_await at->db->insert(kAlone, kItems, second, OnConflict::error, kInsert);
    const All all;
    const Put nothing(kCode, sim::Value());
    const StatementResult updated = co_await at->db->update(kAlone, kItems, all, nothing, kUpdate);
    at->note(updated);
  });
  CHECK(flow.play().notes.at("ann") == Texts{"ok 2"});
}

// ---- isolation -------------------------------------------------------------------------------

// Adds one to the account "stock", which it opens unless it is there.
Task<> read_then_write(Desk* at) {
  const Row opened = account("stock", 0);
  co_await at->db->insert(kAlone, kAccounts, opened, OnConflict::ignore, kInsert);
  const Tx tx = co_await at->db->begin(kBegin);
  Rows found;
  Query query;
  query.table = kAccounts;
  co_await at->db->select(tx, query, found, kSelect);
  const Put sum(kBalance, sim::Value::integer(found.front()[kBalance].number() + 1));
  const Is stock(kId, text("stock"));
  co_await at->db->update(tx, kAccounts, stock, sum, kUpdate);
  co_await at->db->commit(tx, kCommit);
}

Task<> write_only(Desk* at) {
  const Row opened = account("stock", 0);
  co_await at->db->insert(kAlone, kAccounts, opened, OnConflict::ignore, kInsert);
  const Tx tx = co_await at->db->begin(kBegin);
  const Add one(kBalance, 1);
  const Is stock(kId, text("stock"));
  co_await at->db->update(tx, kAccounts, stock, one, kUpdate);
  co_await at->db->commit(tx, kCommit);
}

std::string balance(const Sight& sight) { return sight.rows.at("accounts").front(); }

TEST_CASE("at read committed an update computed from an earlier read can be lost (C04)",
          "[models][database]") {
  Flow flow;
  flow.process("ann", read_then_write);
  flow.process("bob", read_then_write);
  CHECK(flow.outcomes(balance) ==
        std::set<std::string>{"id=stock balance=1", "id=stock balance=2"});
}

TEST_CASE("an update that reads what it changes in one statement is never lost",
          "[models][database]") {
  Flow flow;
  flow.process("ann", write_only);
  flow.process("bob", write_only);
  CHECK(flow.outcomes(balance) == std::set<std::string>{"id=stock balance=2"});
}

// ---- errors ----------------------------------------------------------------------------------

// Inserts, hits a duplicate, goes on as if nothing had happened, and commits.
Task<> carry_on_after_error(Desk* at) {
  const Tx tx = co_await at->db->begin(kBegin);
  const Row row = item("o1");
  co_await at->db->insert(tx, kItems, row, OnConflict::error, kInsert);
  const StatementResult again =
      co_await at->db->insert(tx, kItems, row, OnConflict::error, kSecond);
  at->note("again ", again);
  const Row other = item("o2");
  const StatementResult more =
      co_await at->db->insert(tx, kItems, other, OnConflict::error, kInsert);
  at->note("more ", more);
  Rows found;
  Query query;
  query.order_by = kId;
  const StatementResult read = co_await at->db->select(tx, query, found, kSelect);
  at->note("read ", read);
  const Status status = co_await at->db->commit(tx, kCommit);
  at->note("commit ", status);
}

TEST_CASE("an error aborts the transaction: statements are refused and commit rolls back (C05)",
          "[models][database]") {
  Flow flow;
  flow.process("ann", carry_on_after_error);
  const Run run = flow.play();
  CHECK(run.notes.at("ann") ==
        Texts{"again duplicate 0", "more refused 0", "read refused 0", "commit refused"});
  CHECK(run.rows.at("items").empty());
}

TEST_CASE("with mysql@8 an error undoes only its statement (C05)", "[models][database]") {
  Flow flow;
  flow.database("mysql@8");
  flow.process("ann", carry_on_after_error);
  const Run run = flow.play();
  CHECK(run.notes.at("ann") == Texts{"again duplicate 0", "more ok 1", "read ok 2", "commit ok"});
  CHECK(run.rows.at("items").size() == 2);
}

TEST_CASE("a statement that fails for no reason of its own does as any error does",
          "[models][database]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    const Tx tx = co_await at->db->begin(kBegin);
    const Row first = item("o1");
    co_await at->db->insert(tx, kItems, first, OnConflict::error, kInsert);
    const Row second = item("o2");
    const StatementResult result =
        co_await at->db->insert(tx, kItems, second, OnConflict::error, kSecond);
    at->note(result);
    const Status status = co_await at->db->commit(tx, kCommit);
    at->note("commit ", status);
  });
  flow.allow(1, {FaultKind::error});
  const std::vector<Wish> fails = {{"second", "error"}};
  const Run aborted = flow.play({}, fails);
  CHECK(aborted.notes.at("ann") == Texts{"refused 0", "commit refused"});
  CHECK(aborted.rows.at("items").empty());
  flow.database("mysql@8");
  const Run undone = flow.play({}, fails);
  CHECK(undone.notes.at("ann") == Texts{"refused 0", "commit ok"});
  CHECK(undone.rows.at("items") == Texts{"id=o1 seq=1 amount=0"});
}

TEST_CASE("an aborted transaction holds no lock any more", "[models][database]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    const Tx tx = co_await at->db->begin(kBegin);
    const Row row = item("ann", 0, "k");
    co_await at->db->insert(tx, kItems, row, OnConflict::error, kInsert);
    co_await at->db->insert(tx, kItems, row, OnConflict::error, kSecond);
    co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
    at->db->rollback(*at->world, tx);
  });
  flow.process("bob", claim);
  const Run run = flow.play({"ann", "ann until INSERT", "bob until INSERT", "ann until INSERT",
                             "bob until COMMIT", "ann until sleep"});
  CHECK(run.notes.at("bob") == Texts{"ok 1", "commit ok"});
}

TEST_CASE("a commit whose reply is lost was done or was not (C08)", "[models][database]") {
  Flow flow;
  flow.process("ann", place);
  flow.allow(1, {FaultKind::reply_lost});
  const Run done = flow.play({}, {{"commit", "reply_lost"}, {"commit", "done"}});
  CHECK(done.notes.at("ann") == Texts{"commit timeout"});
  CHECK(done.rows.at("items").size() == 1);
  const Run not_done = flow.play({}, {{"commit", "reply_lost"}, {"commit", "not done"}});
  CHECK(not_done.notes.at("ann") == Texts{"commit timeout"});
  CHECK(not_done.rows.at("items").empty());
}

TEST_CASE("the handle of a transaction that has ended touches no other one", "[models][database]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    const Tx tx = co_await at->db->begin(kBegin);
    co_await at->db->commit(tx, kCommit);
    co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
    const Row row = item("ann");
    const StatementResult inserted =
        co_await at->db->insert(tx, kItems, row, OnConflict::error, kSecond);
    const Status status = co_await at->db->commit(tx, kCommit);
    at->note(inserted, ", commit ", status);
    at->db->carry_effect(*at->world, tx, kCharge, text("ann"), kSecond);
    at->db->rollback(*at->world, tx);
  });
  flow.process("bob", place);
  const Run run = flow.play({"ann until COMMIT", "bob until INSERT", "ann until sleep",
                             "ann until INSERT", "ann until COMMIT", "bob until COMMIT"});
  CHECK(run.notes.at("ann") == Texts{"refused 0, commit refused"});
  CHECK(run.notes.at("bob") == Texts{"commit ok"});
  CHECK(run.rows.at("items") == Texts{"id=bob seq=1 amount=0"});
  CHECK(run.effects.empty());
}

TEST_CASE("a commit that fails leaves nothing behind", "[models][database]") {
  Flow flow;
  flow.process("ann", claim);
  flow.process("bob", claim);
  flow.allow(1, {FaultKind::error});
  const Run run = flow.play({"ann until INSERT", "bob until INSERT", "ann until COMMIT"},
                            {{"commit", "error"}});
  CHECK(run.notes.at("ann") == Texts{"ok 1", "commit refused"});
  CHECK(run.notes.at("bob") == Texts{"ok 1", "commit ok"});
}

TEST_CASE("effects become real with their transaction and vanish with it", "[models][database]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    const Tx kept = co_await at->db->begin(kBegin);
    at->db->carry_effect(*at->world, kept, kCharge, text("kept"), kInsert);
    co_await at->db->commit(kept, kCommit);
    const Tx undone = co_await at->db->begin(kBegin);
    at->db->carry_effect(*at->world, undone, kCharge, text("undone"), kInsert);
    at->db->rollback(*at->world, undone);
  });
  CHECK(flow.play().effects == Texts{"charge kept"});
}

// ---- locks -----------------------------------------------------------------------------------

TEST_CASE("writers of one row wait for its transaction and go on in the order they came",
          "[models][database]") {
  Flow flow;
  const Routine put_own = [](Desk* at) -> Task<> {
    const Tx tx = co_await at->db->begin(kBegin);
    const Is stock(kId, text("stock"));
    const Add one(kBalance, 1);
    const StatementResult result = co_await at->db->update(tx, kAccounts, stock, one, kUpdate);
    at->note(result);
    co_await at->db->commit(tx, kCommit);
  };
  flow.process("opener", [](Desk* at) -> Task<> {
    const Row row = account("stock", 0);
    co_await at->db->insert(kAlone, kAccounts, row, OnConflict::error, kInsert);
  });
  flow.process("ann", put_own);
  flow.process("bob", put_own);
  flow.process("cid", put_own);
  const Run run = flow.play({"opener", "ann until UPDATE", "cid until UPDATE", "bob until UPDATE",
                             "ann until COMMIT", "cid until COMMIT", "bob until COMMIT"});
  CHECK(run.rows.at("accounts") == Texts{"id=stock balance=3"});
  // By default, too: cid came before bob.
  const Run by_default = flow.play(
      {"opener", "ann until UPDATE", "cid until UPDATE", "bob until UPDATE", "ann until COMMIT"});
  CHECK(by_default.rows.at("accounts") == Texts{"id=stock balance=3"});
  CHECK(by_default.timing.feasible);
}

TEST_CASE("a row that was deleted while an update waited for it is not there any more",
          "[models][database]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    const Row row = account("stock", 0);
    co_await at->db->insert(kAlone, kAccounts, row, OnConflict::error, kInsert);
    const Tx tx = co_await at->db->begin(kBegin);
    const Is stock(kId, text("stock"));
    const StatementResult deleted = co_await at->db->erase(tx, kAccounts, stock, kDelete);
    at->note(deleted);
    co_await at->db->commit(tx, kCommit);
  });
  flow.process("bob", [](Desk* at) -> Task<> {
    const Is stock(kId, text("stock"));
    const Add one(kBalance, 1);
    const StatementResult updated = co_await at->db->update(kAlone, kAccounts, stock, one, kUpdate);
    at->note(updated);
  });
  const Run run = flow.play({"ann until DELETE", "bob", "ann until COMMIT", "bob"});
  CHECK(run.notes.at("ann") == Texts{"ok 1"});
  CHECK(run.notes.at("bob") == Texts{"ok 0"});
  CHECK(run.rows.at("accounts").empty());
}

// Moves one from account `first` to account `second`, which it updates in this order.
Task<> move(Desk* at, const char* first, const char* second) {
  const Tx tx = co_await at->db->begin(kBegin);
  const Is from(kId, text(first));
  const Add one(kBalance, 1);
  co_await at->db->update(tx, kAccounts, from, one, kUpdate);
  const Is to(kId, text(second));
  const StatementResult result = co_await at->db->update(tx, kAccounts, to, one, kSecond);
  at->note(result);
  co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
  const Status status = co_await at->db->commit(tx, kCommit);
  at->note("commit ", status);
}

void add_two_that_cross(Flow& flow) {
  flow.process("opener", [](Desk* at) -> Task<> {
    const Row a = account("a", 0);
    co_await at->db->insert(kAlone, kAccounts, a, OnConflict::error, kInsert);
    const Row b = account("b", 0);
    co_await at->db->insert(kAlone, kAccounts, b, OnConflict::error, kInsert);
  });
  flow.process("ann", [](Desk* at) -> Task<> { co_await move(at, "a", "b"); });
  flow.process("bob", [](Desk* at) -> Task<> { co_await move(at, "b", "a"); });
}

TEST_CASE("a deadlock ends with conflict for the one who closed the cycle, the other goes on",
          "[models][database]") {
  Flow flow;
  add_two_that_cross(flow);
  const Texts crossing = {"opener", "opener", "ann until UPDATE", "bob until UPDATE"};
  Texts script = crossing;
  script.insert(script.end(), {"ann", "bob", "ann until COMMIT"});
  const Run run = flow.play(script);
  CHECK(run.notes.at("ann") == Texts{"ok 1", "commit ok"});
  CHECK(run.notes.at("bob") == Texts{"conflict 0", "commit refused"});
  CHECK(run.rows.at("accounts") == Texts{"id=a balance=1", "id=b balance=1"});
  script = crossing;
  script.insert(script.end(), {"bob", "ann", "bob until COMMIT"});
  const Run other = flow.play(script);
  CHECK(other.notes.at("ann") == Texts{"conflict 0", "commit refused"});
  CHECK(other.notes.at("bob") == Texts{"ok 1", "commit ok"});
}

TEST_CASE("two that cross end in one of three ways after their rows are there",
          "[models][database]") {
  Flow flow;
  add_two_that_cross(flow);
  const auto told = [](const Sight& sight) {
    return sight.rows.at("accounts").front() + ", " + Flow::all_notes(sight);
  };
  std::set<std::string> conflicts;
  for (const std::string& outcome : flow.outcomes(told)) {
    if (outcome.find("conflict") != std::string::npos) conflicts.insert(outcome);
  }
  CHECK(conflicts == std::set<std::string>{
                         "id=a balance=1, ann: ok 1, commit ok | bob: conflict 0, commit refused",
                         "id=a balance=1, ann: conflict 0, commit refused | bob: ok 1, commit ok"});
}

// ---- crashes ---------------------------------------------------------------------------------

TEST_CASE("a crash rolls back what its process had open and lets in who waited",
          "[models][database]") {
  Flow flow;
  flow.once("ann", claim);
  flow.process("bob", [](Desk* at) -> Task<> {
    const Row row = item("bob", 0, "k");
    const StatementResult result =
        co_await at->db->insert(kAlone, kItems, row, OnConflict::error, kSecond);
    at->note(result);
  });
  flow.allow(1, {FaultKind::crash});
  const Run run =
      flow.play({"ann until INSERT", "bob", "ann: crash", "bob"}, {{"insert", "crash"}});
  CHECK(run.notes.at("bob") == Texts{"ok 1"});
  CHECK(run.rows.at("items") == Texts{"id=bob seq=2 code=k amount=0"});
}

TEST_CASE("a crash while waiting for a lock leaves nobody waiting", "[models][database]") {
  Flow flow;
  flow.process("ann", claim);
  flow.once("bob", [](Desk* at) -> Task<> {
    const Tx tx = co_await at->db->begin(kBegin);
    const Row first = item("bob");
    co_await at->db->insert(tx, kItems, first, OnConflict::error, kSecond);
    const Row second = item("bob too", 0, "k");
    co_await at->db->insert(tx, kItems, second, OnConflict::error, kInsert);
    co_await at->db->commit(tx, kCommit);
  });
  flow.once("bob", [](Desk* at) -> Task<> {
    const Row row = item("bob beside");
    co_await at->db->insert(kAlone, kItems, row, OnConflict::error, kThink);
  });
  flow.allow(1, {FaultKind::crash});
  const Run run =
      flow.play({"ann until INSERT", "BEGIN", "INSERT shop.items id=bob amount=0",
                 "INSERT shop.items id=bob too", "bob", "bob: crash", "ann until COMMIT"},
                {{"think", "crash"}});
  CHECK(run.rows.at("items") ==
        Texts{"id=ann seq=1 code=k amount=0", "id=bob beside seq=3 amount=0"});
}

TEST_CASE("a crash after the commit keeps all, and the commit is not answered",
          "[models][database]") {
  Flow flow;
  flow.once("ann", place);
  flow.allow(1, {FaultKind::crash});
  const Run run = flow.play({}, {{"commit", "crash"}});
  CHECK(run.rows.at("items").size() == 1);
  CHECK(run.notes.at("ann").empty());
}

// ---- queries ---------------------------------------------------------------------------------

// Three items, two of which are worth the same.
Task<> stock_up(Desk* at) {
  const Row a = item("a", 1);
  co_await at->db->insert(kAlone, kItems, a, OnConflict::error, kInsert);
  const Row b = item("b", 2);
  co_await at->db->insert(kAlone, kItems, b, OnConflict::error, kInsert);
  const Row c = item("c", 1);
  co_await at->db->insert(kAlone, kItems, c, OnConflict::error, kInsert);
}

TEST_CASE("rows of a select without order_by come in any order", "[models][database]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    co_await stock_up(at);
    Rows found;
    const Query query;
    co_await at->db->select(kAlone, query, found, kSelect);
    at->note(found);
  });
  CHECK(flow.outcomes() == std::set<std::string>{"ann: a b c", "ann: a c b", "ann: b a c",
                                                 "ann: b c a", "ann: c a b", "ann: c b a"});
  const Run run = flow.play();
  CHECK(run.asked == Texts{"data select", "data select"});
  CHECK(run.options == std::vector<std::size_t>{3, 2});
}

TEST_CASE("rows that order_by leaves equal come in any order", "[models][database]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    co_await stock_up(at);
    Rows found;
    Query query;
    query.order_by = kAmount;
    co_await at->db->select(kAlone, query, found, kSelect);
    at->note(found);
    query.descending = true;
    query.limit = 2;
    const StatementResult result = co_await at->db->select(kAlone, query, found, kSecond);
    at->note(result, ": ", found);
  });
  CHECK(flow.outcomes() == std::set<std::string>{"ann: a c b, ok 2: b a", "ann: a c b, ok 2: b c",
                                                 "ann: c a b, ok 2: b a", "ann: c a b, ok 2: b c"});
}

TEST_CASE("a limit takes the first rows, and a select that finds nothing leaves nothing",
          "[models][database]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    co_await stock_up(at);
    Rows found;
    Query query;
    query.order_by = kSeq;
    query.limit = 2;
    co_await at->db->select(kAlone, query, found, kSelect);
    at->note(found);
    query.limit = 0;
    co_await at->db->select(kAlone, query, found, kSelect);
    at->note(found);
    const Is none(kId, text("none"));
    query.limit = 5;
    query.where = &none;
    const StatementResult result = co_await at->db->select(kAlone, query, found, kSelect);
    at->note(result, " ", found);
  });
  CHECK(flow.play().notes.at("ann") == Texts{"a b", "nothing", "ok 0 nothing"});
}

TEST_CASE("statements outside a transaction commit alone, one by one", "[models][database]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    co_await stock_up(at);
    const Is worth_one(kAmount, sim::Value::integer(1));
    const Add ten(kAmount, 10);
    const StatementResult updated =
        co_await at->db->update(kAlone, kItems, worth_one, ten, kUpdate);
    at->note("updated ", updated);
    const Is b(kId, text("b"));
    const StatementResult deleted = co_await at->db->erase(kAlone, kItems, b, kDelete);
    at->note("deleted ", deleted);
    const Row again = item("a");
    const StatementResult inserted =
        co_await at->db->insert(kAlone, kItems, again, OnConflict::error, kInsert);
    at->note("inserted ", inserted);
  });
  const Run run = flow.play();
  CHECK(run.notes.at("ann") == Texts{"updated ok 2", "deleted ok 1", "inserted duplicate 0"});
  CHECK(run.rows.at("items") == Texts{"id=a seq=1 amount=11", "id=c seq=3 amount=11"});
  CHECK(run.told("COMMIT") == 0);
}

TEST_CASE("a statement alone that waits for a lock holds none and closes no cycle",
          "[models][database]") {
  Flow flow;
  flow.process("ann", claim);
  flow.process("bob", [](Desk* at) -> Task<> {
    const Row row = item("bob", 0, "k");
    const StatementResult result =
        co_await at->db->insert(kAlone, kItems, row, OnConflict::ignore, kInsert);
    at->note(result);
  });
  CHECK(flow.outcomes() == std::set<std::string>{"ann: ok 1, commit ok | bob: ok 0",
                                                 "ann: duplicate 0, commit refused | bob: ok 1"});
}

TEST_CASE("a statement alone whose reply is lost was done or was not", "[models][database]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    const Row row = item("o1");
    const StatementResult result =
        co_await at->db->insert(kAlone, kItems, row, OnConflict::error, kInsert);
    at->note(result);
  });
  flow.allow(1, {FaultKind::reply_lost});
  const auto told = [](const Sight& sight) {
    return Flow::all_notes(sight) + ", rows: " + std::to_string(sight.rows.at("items").size());
  };
  CHECK(flow.outcomes(told) == std::set<std::string>{"ann: ok 1, rows: 1",
                                                     "ann: timeout 0, rows: 0",
                                                     "ann: timeout 0, rows: 1"});
}

TEST_CASE("a poll that found nothing new is parked until the table changes", "[models][database]") {
  Flow flow;
  flow.every("poller", 1s, [](Desk* at) -> Task<> {
    Rows found;
    Query query;
    query.order_by = kSeq;
    co_await at->db->select(kAlone, query, found, kSelect);
    if (at->memory == found.size()) co_return;
    at->memory = found.size();
    at->note(found);
  });
  flow.process("ann", place);
  const Run run = flow.play({"poller: pass", "poller", "ann until COMMIT"});
  CHECK(run.notes.at("poller") == Texts{"ann"});
  // The pass that found a row changed its memory, so one more comes and finds nothing new.
  CHECK(run.told("SELECT") == 3);
}

}  // namespace
}  // namespace onceward::tests
