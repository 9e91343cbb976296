// What the steps about transactions mean, told as small scenarios and what a search finds in each
// of them; and the mistakes one can make with them.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

#include "scenarios/loaded.hpp"
#include "sim/search/explore.hpp"
#include "tests/scenarios/answer.hpp"

namespace onceward::scenarios {
namespace {

// One request "Buy", which owes one effect "ship" of its order "o1", and no faults. Tests write
// what the shop does with it.
Draft one_request(const std::string& steps) {
  Draft draft;
  draft.databases = R"({"db": {"profile": "postgres@15", "tables": {
    "orders": {"key": "id", "columns": ["at", "count"]},
    "outbox": {"key": "id", "sequence": "seq"}}},
    "other": {"profile": "mysql@8", "tables": {"copies": {"key": "id"}}}})";
  draft.shop = steps;
  draft.worker = R"("ack")";
  draft.timer = R"({"if": false, "then": [{"effect": "ship", "of": 0}]})";
  draft.workload = R"([{"request": "Buy", "to": "shop", "with": {"order": "o1"}}])";
  draft.faults = R"({"budget": 0})";
  draft.obligations = R"([{"each": "request Buy", "owes": "ship", "exactly": 1}])";
  draft.expect = R"({"holds": true})";
  return draft;
}

std::string after_buying(const std::string& steps) { return answer_to(one_request(steps)); }

// The first mistake that reading finds in these steps of the shop; empty: none.
std::string mistake_in(const std::string& steps) {
  return load_text("story.onceward.json", one_request(steps).text()).problems;
}

bool tells(const std::string& problems, const std::string& words) {
  INFO(problems);
  CHECK(problems.find(words) != std::string::npos);
  return problems.find(words) != std::string::npos;
}

const std::string kShip = R"({"effect": "ship", "of": "=request.order"})";
const std::string kHolds = "EXHAUSTED";
const std::string kLost = "no-lost-effect of o1: 0 instead of 1";
const std::string kBegin = R"({"begin": "db"}, )";
const std::string kInsert = R"({"insert": "db.orders", "row": {"id": "=request.order"}}, )";
const std::string kSaved = R"({"select": "db.orders", "as": "saved", "in": "none"}, )";

std::string ship_if(const std::string& condition) {
  return R"({"if": ")" + condition + R"(", "then": [)" + kShip + "]}";
}

// ---- several at once -------------------------------------------------------------------------

TEST_CASE("two transactions with names are open at once, and statements say which is theirs",
          "[transactions]") {
  const std::string both =
      R"({"begin": "db", "as": "first"}, {"begin": "db", "as": "second"},
         {"insert": "db.orders", "row": {"id": "a"}, "in": "first"},
         {"insert": "db.orders", "row": {"id": "b"}, "in": "second"}, )";
  CHECK(after_buying(both + R"({"commit": "second"}, )" + kSaved +
                     ship_if("saved.rows == 1 and saved.first.id == 'b'")) == kHolds);
  CHECK(after_buying(both + R"({"commit": "db"})") ==
        "several transactions are open on this database: say by its name which one is meant");
  CHECK(after_buying(both + R"({"commit": "first"}, {"commit": "db"}, )" + kSaved +
                     ship_if("saved.rows == 2")) == kHolds);
  CHECK(after_buying(both + R"({"commit": "first"}, {"commit": "first"})") ==
        "no transaction of this name is open");
}

TEST_CASE("a statement in none commits by itself beside an open transaction", "[transactions]") {
  const std::string outside =
      kBegin +
      R"({"insert": "db.orders", "row": {"id": "a"}, "in": "none"}, {"rollback": "db"}, )" + kSaved;
  CHECK(after_buying(outside + ship_if("saved.rows == 1")) == kHolds);
  CHECK(after_buying(kBegin + kInsert + R"({"rollback": "db"}, )" + kSaved +
                     ship_if("saved.rows == 1")) == kLost);
}

TEST_CASE("names of transactions and where steps belong are checked", "[transactions]") {
  tells(mistake_in(R"({"begin": "db", "as": "other"})"),
        R"("other" is the name of something else)");
  tells(mistake_in(R"({"begin": "db", "as": "no-name"})"),
        R"("no-name" cannot be the name of a transaction)");
  tells(mistake_in(R"({"begin": "db", "as": "first"}, {"commit": "fist"})"),
        R"(unknown transaction or database "fist")");
  tells(
      mistake_in(
          R"({"begin": "other", "as": "t"}, {"insert": "db.orders", "row": {"id": 1}, "in": "t"})"),
      R"(the transaction "t" is on other, and this table is in db)");
  tells(mistake_in(R"({"insert": "db.orders", "row": {"id": 1}, "in": "db"})"),
        R"(no step before this begins a transaction on "db")");
  tells(mistake_in(R"({"begin": "db", "as": "t"}, {"select": "db.orders", "as": "t"})"),
        R"("t" is the name of a transaction here)");
  CHECK(
      mistake_in(
          R"({"begin": "db", "as": "t"}, {"insert": "db.orders", "row": {"id": 1}, "in": "t"}, {"commit": "t"})")
          .empty());
}

TEST_CASE("a transaction that is open on every way is not begun again", "[transactions]") {
  const std::string here = "open already, on every way that leads here";
  const auto fine = [](const std::string& steps) {
    const std::string mistakes = mistake_in(steps);
    INFO(mistakes);
    CHECK(mistakes.empty());
  };
  const std::string a = R"({"begin": "db", "as": "a"}, )";
  const std::string again = R"({"begin": "db", "as": "a"})";
  tells(mistake_in(kBegin + R"({"begin": "db"})"),
        "this database has an open transaction " + here.substr(5));
  tells(mistake_in(a + again), "a transaction of this name is " + here);
  tells(
      mistake_in(R"({"if": true, "then": [)" + again + R"(], "else": [)" + again + "]}, " + again),
      here);
  tells(mistake_in(a + R"({"if": true, "then": [{"commit": "a"}, "return"]}, )" + again), here);
  tells(mistake_in(a + kInsert.substr(0, kInsert.size() - 3) + R"(, "in": "a", "on_error": []}, )" +
                   again),
        here);
  tells(mistake_in(a + R"({"savepoint": "s", "in": "a"}, {"rollback": "a", "to": "s"}, )" + again),
        here);

  fine(a + R"({"begin": "db", "as": "b"})");
  fine(a + R"({"commit": "a"}, )" + again);
  fine(a + R"({"rollback": "db"}, )" + again);
  fine(R"({"if": true, "then": [)" + again + "]}, " + again);
  fine(a + R"({"if": true, "then": [{"commit": "a"}]}, )" + again);
  fine(a + R"({"while": true, "at_most": 2, "do": [{"commit": "a"}, "break"]}, )" + again);
  fine(R"({"while": true, "at_most": 2, "do": [)" + a + R"({"commit": "a"}]}, )" + again);
  fine(a + R"({"commit": "a", "on_error": [)" + again + R"(, "return"]}, )" + again);
  fine(a + R"({"all": [{"name": "x", "do": [)" + again +
       R"(]}, {"name": "y", "do": ["return"]}]})");
}

// ---- isolation, locks ------------------------------------------------------------------------

TEST_CASE("a transaction at repeatable read does not see what commits beside it",
          "[transactions]") {
  const auto read_twice = [](const std::string& level) {
    return R"({"begin": "db", "as": "t", "isolation": ")" + level + R"("},
      {"select": "db.orders", "as": "before", "in": "t"},
      {"insert": "db.orders", "row": {"id": "=request.order"}, "in": "none"},
      {"select": "db.orders", "as": "after", "in": "t"}, {"commit": "t"}, )" +
           ship_if("after.rows == 0");
  };
  CHECK(after_buying(read_twice("repeatable-read")) == kHolds);
  CHECK(after_buying(read_twice("serializable")) == kHolds);
  CHECK(after_buying(read_twice("read-committed")) == kLost);
}

TEST_CASE("mysql@8 is known at read committed only", "[transactions]") {
  tells(mistake_in(R"({"begin": "other", "isolation": "serializable"})"),
        "mysql@8 is known here at read-committed only");
  CHECK(mistake_in(R"({"begin": "other", "isolation": "read-committed"})").empty());
  tells(mistake_in(R"({"begin": "db", "isolation": "repeatable"})"), "repeatable-read");
}

TEST_CASE("a select that locks keeps others from what it found, as each of them asked",
          "[transactions]") {
  const auto beside = [](const std::string& lock) {
    return R"({"insert": "db.orders", "row": {"id": "=request.order"}},
      {"begin": "db", "as": "first"}, {"begin": "db", "as": "second"},
      {"select": "db.orders", "as": "mine", "lock": "update", "in": "first"},
      {"select": "db.orders", "as": "theirs", "lock": ")" +
           lock + R"(", "in": "second", "on_error": []}, )";
  };
  CHECK(after_buying(beside("skip_locked") + ship_if("theirs.rows == 0 and mine.rows == 1")) ==
        kHolds);
  CHECK(after_buying(beside("nowait") + kShip) == kHolds);
  CHECK(after_buying(beside("update") + kShip) != kHolds);  // waits for its own handler for ever
}

TEST_CASE("a lock needs a transaction that it lasts as long as", "[transactions]") {
  tells(mistake_in(R"({"select": "db.orders", "as": "x", "lock": "update"})"),
        "a lock lasts as long as its transaction, and this select has none");
  tells(
      mistake_in(kBegin + R"({"select": "db.orders", "as": "x", "lock": "update", "in": "none"})"),
      "a lock lasts as long as its transaction, and this select has none");
  CHECK(mistake_in(kBegin + R"({"select": "db.orders", "as": "x", "lock": "nowait"})").empty());
  CHECK(after_buying(kBegin + R"({"commit": "db"}, {"select": "db.orders", "lock": "update"})") ==
        "no transaction is open on this database");
}

// ---- savepoints ------------------------------------------------------------------------------

TEST_CASE("a rollback to a savepoint rescues the transaction from a duplicate", "[transactions]") {
  const std::string twice = kBegin + kInsert + R"({"savepoint": "before", "in": "db"},
        {"insert": "db.orders", "row": {"id": "=request.order"}, "on_error": )";
  const std::string commit =
      R"({"effect": "ship", "of": "=request.order", "in": "db"}, {"commit": "db"})";
  CHECK(after_buying(twice + R"([{"rollback": "db", "to": "before"}]}, )" + commit) == kHolds);
  CHECK(after_buying(twice + "[]}, " + commit) == kLost);
}

TEST_CASE("a savepoint has to be set before a rollback goes back to it", "[transactions]") {
  tells(mistake_in(kBegin + R"({"rollback": "db", "to": "before"})"),
        R"(no step before this sets a savepoint "before" on db)");
  tells(mistake_in(kBegin +
                   R"({"savepoint": "before", "in": "db"}, {"rollback": "db", "to": "befor"})"),
        "before");
  tells(mistake_in(R"({"savepoint": "before", "in": "db"})"),
        R"(no step before this begins a transaction on "db")");
  CHECK(
      after_buying(
          kBegin +
          R"({"if": "false", "then": [{"savepoint": "p", "in": "db"}]}, {"rollback": "db", "to": "p"})") ==
      "this transaction has set no savepoint of this name");
}

// ---- hooks -----------------------------------------------------------------------------------

TEST_CASE("what is to run after a commit runs once it has answered well, and not otherwise",
          "[transactions]") {
  const std::string hook = kBegin + R"({"after_commit": "db", "do": [)" + kShip + "]}, " + kInsert;
  CHECK(after_buying(hook + R"({"commit": "db"})") == kHolds);
  CHECK(after_buying(hook + R"({"rollback": "db"})") == kLost);
  CHECK(after_buying(hook + R"("return")") == kLost);
  Draft lost = one_request(hook + R"({"commit": "db", "on_error": []})");
  lost.faults = R"({"budget": 1, "kinds": [{"reply_lost": "db"}]})";
  CHECK(answer_to(lost) == kLost);
}

TEST_CASE("what is to run after a rollback runs when the transaction is undone, for any reason",
          "[transactions]") {
  const std::string hook =
      kBegin + R"({"after_rollback": "db", "do": [)" + kShip + "]}, " + kInsert;
  CHECK(after_buying(hook + R"({"rollback": "db"})") == kHolds);
  CHECK(after_buying(hook + R"("return")") == kHolds);
  CHECK(after_buying(hook + R"("fail")") == kHolds);
  CHECK(after_buying(hook + kInsert + R"({"commit": "db"})") == kHolds);  // a duplicate
  CHECK(after_buying(hook + R"({"commit": "db"})") == kLost);
}

TEST_CASE("what runs after a transaction is no part of the loop it stands in", "[transactions]") {
  tells(
      mistake_in(
          kBegin +
          R"({"while": "true", "at_most": 2, "do": [{"after_commit": "db", "do": ["break"]}, {"commit": "db"}]})"),
      "break");
  tells(mistake_in(R"({"after_commit": "db", "do": []})"),
        R"(no step before this begins a transaction on "db")");
  CHECK(after_buying(kBegin + R"({"commit": "db"}, {"after_commit": "db", "do": []})") ==
        "no transaction is open on this database");
}

// ---- two phases ------------------------------------------------------------------------------

TEST_CASE("a prepared transaction is decided by its id, once", "[transactions]") {
  const std::string prepare = kBegin + kInsert + R"({"prepare": "db", "id": "=request.order"},
        {"prepared": "db", "as": "open"}, )";
  const std::string decide = R"({"commit_prepared": "db", "id": "=open.first.id"}, )";
  CHECK(after_buying(prepare + decide + kSaved + ship_if("saved.rows == 1")) == kHolds);
  CHECK(after_buying(prepare + R"({"rollback_prepared": "db", "id": "o1"}, )" + kSaved +
                     ship_if("saved.rows == 0")) == kHolds);
  CHECK(after_buying(prepare + decide +
                     R"({"commit_prepared": "db", "id": "o1", "as": "again", "on_error": []}, )" +
                     ship_if("again.status == 'refused'")) == kHolds);
  CHECK(after_buying(prepare + R"({"commit": "db"})") == "no transaction is open on this database");
}

TEST_CASE("what a handler leaves prepared is there for another to find", "[transactions]") {
  Draft draft = one_request(
      kBegin +
      R"({"effect": "ship", "of": "=request.order", "in": "db"}, {"prepare": "db", "id": "=request.order"})");
  draft.timer =
      R"({"prepared": "db", "as": "left"}, {"for_each": "left", "as": "each", "do": [{"commit_prepared": "db", "id": "=each.id", "on_error": []}]})";
  CHECK(answer_to(draft) == kHolds);
  draft.timer = R"({"prepared": "db"})";
  CHECK(answer_to(draft) == kLost);
}

TEST_CASE("that everything prepared is decided can be owed", "[transactions]") {
  const auto owing = [](const std::string& claim, const std::string& steps) {
    Draft draft = one_request(steps + kShip);
    draft.obligations = R"([{"each": "request Buy", "owes": "ship", "exactly": 1}, )" + claim + "]";
    return draft;
  };
  const std::string prepare = kBegin + kInsert + R"({"prepare": "db", "id": "=request.order"}, )";
  const std::string commit = R"({"commit_prepared": "db", "id": "=request.order"}, )";
  const std::string roll_back = R"({"rollback_prepared": "db", "id": "=request.order"}, )";
  const std::string decided = R"j({"eventually": "prepared(db) == 0"})j";
  const std::string undecided = "eventually of prepared(db) == 0: 0 instead of 1";
  CHECK(answer_to(owing(decided, prepare)) == undecided);
  CHECK(answer_to(owing(decided, prepare + commit)) == kHolds);
  CHECK(answer_to(owing(decided, prepare + roll_back)) == kHolds);
  // What one database has prepared is none of another's.
  CHECK(answer_to(owing(R"j({"eventually": "prepared(other) == 0"})j", prepare)) == kHolds);
  // A crash on the way leaves it as it is, and an open transaction goes.
  Draft dies = owing(decided, prepare + commit);
  dies.faults = R"({"budget": 1, "kinds": [{"crash": "shop"}]})";
  dies.expect = R"({"violates": "eventually"})";
  CHECK(answer_to(dies) == undecided);
  dies = owing(decided, kBegin + kInsert);
  dies.faults = R"({"budget": 1, "kinds": [{"crash": "shop"}]})";
  dies.expect = R"({"violates": "eventually"})";
  CHECK(answer_to(dies) == kHolds);
}

TEST_CASE("what is prepared is looked at whenever it changes, with what its decision changes",
          "[transactions]") {
  const auto claimed = [](const std::string& claim) {
    Draft draft =
        one_request(kBegin + kInsert +
                    R"({"prepare": "db", "id": 1}, {"commit_prepared": "db", "id": 1}, )" + kShip);
    draft.obligations = R"([{"always": ")" + claim + R"("}])";
    return answer_to(draft);
  };
  CHECK(claimed("prepared(db) == 0") == "always of prepared(db) == 0: 1 instead of 0");
  CHECK(claimed("prepared(db) + count(db.orders) <= 1") == kHolds);
}

TEST_CASE("prepared() is of a database, and not for handlers", "[transactions]") {
  const auto mistake = [](const std::string& claim) {
    Draft draft = one_request(kShip);
    draft.obligations = R"([{"eventually": ")" + claim + R"("}])";
    return load_text("story.onceward.json", draft.text()).problems;
  };
  tells(mistake("prepared(dp) == 0"), R"(unknown database "dp")");
  tells(mistake("prepared() == 0"), "prepared() takes a database");
  tells(mistake("prepared(db.orders) == 0"), "prepared() takes a database");
  CHECK(mistake("prepared('other') == 0").empty());
  tells(mistake_in(ship_if("prepared(db) == 0")), "prepared() is for obligations and goals");
}

// ---- questions to a database -----------------------------------------------------------------

TEST_CASE("now of a database is when its transaction began, now of a process is now",
          "[transactions]") {
  const auto times = [](const std::string& steps, const std::string& condition) {
    return after_buying(steps + R"j({"insert": "db.orders", "row": {"id": "a", "at": "=now(db)"}},
      {"wait": "5s"}, {"insert": "db.orders", "row": {"id": "b", "at": "=now()"}},
      {"select": "db.orders", "as": "rows", "order_by": "id"}, )j" +
                        ship_if(condition));
  };
  CHECK(times(kBegin, "rows.first.at == now(db)") == kHolds);
  CHECK(times(kBegin, "rows.first.at == now()") == kLost);
  tells(mistake_in(R"j({"insert": "db.orders", "row": {"id": "=now(db)"}})j"),
        R"(no step before this begins a transaction "db")");
  CHECK(after_buying(kBegin + R"({"commit": "db"}, )" + ship_if("now(db) == now()")) ==
        "now() is about a transaction that is not open");
}

TEST_CASE("the oldest open value of a table is null, or the first that may yet appear",
          "[transactions]") {
  const std::string insert = R"({"insert": "db.outbox", "row": {"id": 1}}, )";
  CHECK(after_buying(kBegin + insert + ship_if("oldest_open(db.outbox) == 1")) == kHolds);
  CHECK(after_buying(kBegin + insert + R"({"commit": "db"}, )" +
                     ship_if("oldest_open('db.outbox') == null")) == kHolds);
  tells(mistake_in(ship_if("oldest_open(db.orders) == null")),
        R"(no table "db.orders" has a sequence)");
  tells(mistake_in(ship_if("oldest_open() == null")), "oldest_open() takes one table");
}

}  // namespace
}  // namespace onceward::scenarios
