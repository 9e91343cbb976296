// What the reader says about a broken scenario: for each rule a text that breaks it, with the line,
// column, message and hint, and a near miss that it accepts.
#include "scenarios/reader.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "sim/search/explore.hpp"
#include "tests/scenarios/draft.hpp"

namespace onceward::scenarios {
namespace {

// The problems of a text, one a line, as `line:column: message; hint`. Empty: there are none.
std::string problems_of(const std::string& text) {
  const Source source("a.onceward.json", text);
  Problems problems;
  const auto program = read_text(source, problems);
  CHECK((program == nullptr) != problems.empty());
  return told(problems, source);
}

// The problems of a draft in which one section was replaced.
std::string problems_with(std::string Draft::*section, const std::string& text) {
  Draft draft;
  draft.*section = text;
  return problems_of(draft.text());
}

std::string in_shop(const std::string& steps) { return problems_with(&Draft::shop, steps); }
std::string in_worker(const std::string& steps) { return problems_with(&Draft::worker, steps); }
std::string in_timer(const std::string& steps) { return problems_with(&Draft::timer, steps); }

TEST_CASE("the draft of these tests has no problems") {
  CHECK(problems_of(Draft().text()).empty());
}

TEST_CASE("unknown fields are told with the nearest valid one") {
  CHECK(problems_with(&Draft::head, R"("onceward": "1", "title": "t", "titel": "t")") ==
        R"(1:33: unknown field "titel" in the scenario; did you mean "title"?)");
  CHECK(
      problems_with(
          &Draft::databases,
          R"({"db": {"profile": "postgres@15", "tables": {"orders": {"kee": "id", "key": "id"}, "outbox": {}}}})") ==
      R"(2:70: unknown field "kee" in a table; did you mean "key"?)");
  CHECK(
      in_shop(R"({"insert": "db.orders", "row": {"id": 1}, "when": 1})") ==
      R"(6:50: unknown field "when" in a step "insert"; expected one of insert, row, on_conflict, in, as, on_error, window, name, at)");
  CHECK(
      problems_with(&Draft::services, R"(, "late": {"handlers": [], "restarts": ["1s", "2s"]})") ==
      R"(11:31: unknown field "restarts" in a service; did you mean "restart"?)");
  CHECK(problems_with(&Draft::obligations,
                      R"([{"each": "db.orders", "owes": "ship", "exactly": 1, "witin": "5s"}])") ==
        R"(14:69: unknown field "witin" in an obligation; did you mean "within"?)");
  CHECK(
      problems_with(&Draft::head,
                    R"("$schema": "s", "covers": "c", "onceward": "1", "title": "t", "about": "a")")
          .empty());
}

TEST_CASE("a misspelt field is told once, and not missed besides") {
  CHECK(problems_with(&Draft::obligations,
                      R"([{"each": "db.orders", "owes": "ship", "exactlie": 1}])") ==
        R"(14:55: unknown field "exactlie" in an obligation; did you mean "exactly"?)");
  CHECK(problems_with(&Draft::on_timer, R"("evry": "1s")") ==
        R"(9:30: unknown field "evry" in a handler; did you mean "every"?)");
  CHECK(problems_with(&Draft::on_worker, R"("on": {"topic": "bus.orders", "grup": "w"})") ==
        R"(7:61: unknown field "grup" in "on"; did you mean "group"?)");
  CHECK(in_timer(R"({"if": "true", "thn": []})") ==
        R"(10:23: unknown field "thn" in a step "if"; did you mean "then"?)");
}

// The draft with one of its lines changed: `was` for `is`.
std::string misspelt(const std::string& was, const std::string& is, const Draft& draft = {}) {
  std::string text = draft.text();
  const std::size_t at = text.find(was);
  REQUIRE(at != std::string::npos);
  return problems_of(text.replace(at, was.size(), is));
}

TEST_CASE("a part under a misspelt name is told once, and nothing that names what is in it") {
  Draft draft;
  draft.obligations =
      R"([{"each": "db.orders", "owes": "ship", "exactly": 1}, {"each": "request Buy", "owes": "ship", "at_least": 0, "of": "=request.order"}, {"each": "request Buy", "owes": "ship", "at_least": 0, "name": "again"}])";
  draft.faults = R"({"kinds": [{"crash": "shop"}, {"error": "db"}]})";
  draft.rest = R"(, "must_reach": [{"state": "count(db.orders) == 2"}])";
  CHECK(misspelt("\"workload\"", "\"workloads\"", draft) ==
        R"(12:1: unknown field "workloads" in the scenario; did you mean "workload"?)");
  CHECK(misspelt("\"services\"", "\"service\"", draft) ==
        R"(5:1: unknown field "service" in the scenario; did you mean "services"?)");
  draft.rest.clear();
  CHECK(misspelt("\"external\"", "\"externals\"", draft) ==
        R"(4:1: unknown field "externals" in the scenario; did you mean "external"?)");
}

TEST_CASE("a misspelt request of the workload is told once, with the nearest that is taken") {
  CHECK(misspelt(R"([{"request": "Buy")", R"([{"request": "Buyy")") ==
        R"(12:26: shop has no handler on request "Buyy"; did you mean "Buy"?)");
  Draft draft;
  draft.obligations = R"([{"each": "request Buy", "owes": "ship", "exactly": 1}])";
  CHECK(misspelt(R"("on": {"request": "Buy"})", R"("on": {"request": "Buys"})", draft) ==
        R"(12:26: shop has no handler on request "Buy"; did you mean "Buys"?)");
}

TEST_CASE("what a misspelt step would have bound, begun or caused is not missed besides") {
  Draft draft;
  draft.timer =
      R"({"select": "db.orders", "as": "due"}, {"if": "due.rows > 0", "then": [{"begin": "db", "as": "tx"}]}, {"for_each": "due", "as": "r", "do": [{"insert": "db.outbox", "row": {"id": "=r.id"}, "in": "tx"}]}, {"commit": "tx"}, {"if": "count(due, row.id == 1) > 0", "then": []}, {"call": "bank.pay", "of": 1})";
  draft.obligations = R"([{"each": "db.orders", "owes": "bank.pay", "exactly": 1}])";
  CHECK(problems_of(draft.text()).empty());
  CHECK(misspelt(R"({"select": "db)", R"({"selct": "db)", draft) ==
        R"(10:9: unknown step "selct"; did you mean "select"?)");
  CHECK(misspelt(R"("as": "due")", R"("sa": "due")", draft) ==
        R"(10:32: unknown field "sa" in a step "select"; did you mean "as"?)");
  CHECK(
      misspelt(R"("as": "due")", R"("as": "row")", draft) ==
      R"(10:38: "row" cannot be the name of a result; it means something of its own in expressions)");
  CHECK(
      misspelt(R"("as": "r")", R"("as": "row")", draft) ==
      R"(10:135: "row" cannot be the name of a result; it means something of its own in expressions)");
  CHECK(misspelt(R"({"begin": "db")", R"({"begn": "db")", draft) ==
        R"(10:79: unknown step "begn"; did you mean "begin"?)");
  CHECK(misspelt(R"({"call": "bank.pay")", R"({"cal": "bank.pay")", draft) ==
        R"(10:280: unknown step "cal"; did you mean "call"?)");
  CHECK(misspelt(R"({"call": "bank.pay")", R"({"call": "bank.pai")", draft) ==
        R"(10:288: unknown operation "bank.pai" of an external service; did you mean "bank.pay"?)");
  CHECK(misspelt("\"external\"", "\"externals\"", draft) ==
        R"(4:1: unknown field "externals" in the scenario; did you mean "external"?)");
}

TEST_CASE("a parameter of a pattern that names what is not there is told once, at the parameter") {
  const auto design = [](const std::string& service, const std::string& relay) {
    return problems_of(R"({"onceward": "1", "title": "t", "patterns": [
{"service": "shop", "request": "PlaceOrder", "event": "OrderPlaced")" +
                       service + R"(},
{"outbox-polling": "relay", "to": "bus.orders", )" +
                       relay + R"(},
{"broker": "bus", "topics": {"orders": 1}}],
"workload": [{"request": "PlaceOrder", "to": "shop", "with": {"order": "o1"}}]})");
  };
  CHECK(design("", R"("of": "shop-db")").empty());
  for (const char* more : {"", R"(, "claim": "skip-locked")", R"(, "claim": "row-lock")"}) {
    const std::string said = design("", R"("of": "shp-db")" + std::string(more));
    INFO(said);
    CHECK(said.starts_with("3:55: unknown "));
    CHECK(said.find('\n') == std::string::npos);
  }
  CHECK(design(R"(, "key": "orderr")", R"("of": "shop-db")") ==
        R"(2:77: no workload entry sends PlaceOrder with a field "orderr"; did you mean "order"?)");
}

TEST_CASE("what a step about an unknown table says besides is checked all the same") {
  const auto shop = [](const std::string& step) { return problems_with(&Draft::shop, step); };
  const std::string insert = shop(R"({"insert": "db.order", "row": {"id": "=request.oder"}})");
  CHECK(tests::has(insert, R"(unknown table "db.order")"));
  CHECK(tests::has(insert, R"(no workload entry sends Buy with a field "oder")"));
  const std::string update =
      shop(R"({"update": "db.order", "where": "row.id == x.id", "set": {"n": "=row.n + y.n"}})");
  CHECK(tests::has(update, R"(unknown name "x")"));
  CHECK(tests::has(update, R"(unknown name "y")"));
  CHECK_FALSE(tests::has(update, R"("row")"));
  CHECK_FALSE(tests::has(update, "column"));
}

TEST_CASE("a mistake in the use of a block is told once, and its steps are not missed besides") {
  Draft draft;
  draft.head +=
      R"(, "define": {"look": {"params": ["table", "key"], "do": [{"select": "$table", "where": "row.id == ${key}", "as": "due"}]}, "send": {"do": [{"effect": "ship", "of": "=event.key"}]}})";
  draft.shop =
      R"({"use": "look", "table": "db.orders", "key": 1}, {"if": "due.rows > 0", "then": []})";
  draft.worker = R"({"use": "send"})";
  draft.expect = R"({"holds": true})";
  CHECK(problems_of(draft.text()).empty());
  CHECK(misspelt(R"("table": "db.orders")", R"("tabel": "db.orders")", draft) ==
        R"(6:24: block "look" has no parameter "tabel"; did you mean "table"?)");
  CHECK(misspelt(R"(, "key": 1)", "", draft) == R"(6:16: block "look" needs a "key")");
  CHECK(misspelt(R"({"use": "look")", R"({"use": "lok")", draft) ==
        R"(6:16: unknown block "lok"; did you mean "look"?)");
  CHECK(misspelt(R"({"use": "send"})", R"({"use": "snd"})", draft) ==
        R"(8:16: unknown block "snd"; did you mean "send"?)");
}

TEST_CASE("an unknown function or topic that is near to none is told where to look") {
  CHECK(in_shop(R"-({"insert": "db.orders", "row": {"id": "=zork()"}})-") ==
        R"(6:48: unknown function zork(); `onceward list functions` names those that there are)");
  CHECK(in_shop(R"({"publish": "Placed", "to": "kafka.things"})") ==
        R"(6:36: unknown topic "kafka.things"; expected bus.orders)");
  CHECK(tests::has(
      problems_with(&Draft::brokers, "{}"),
      R"(unknown topic "bus.orders"; a broker has "topics", which are named BROKER.TOPIC)"));
}

TEST_CASE("missing fields are told where they are missed") {
  CHECK(problems_with(&Draft::head, R"("onceward": "1")") ==
        R"(1:1: the scenario needs a field "title")");
  CHECK(problems_with(&Draft::head, R"("title": "t")") ==
        R"(1:1: the scenario needs a field "onceward")");
  CHECK(problems_with(&Draft::databases,
                      R"({"db": {"tables": {"orders": {"key": "id"}, "outbox": {}}}})") ==
        R"(2:21: a database needs a field "profile")");
  CHECK(problems_with(&Draft::services, R"(, "late": {})") ==
        R"(11:14: a service needs a field "handlers")");
  CHECK(problems_with(&Draft::services, R"(, "late": {"handlers": [{"every": "1s"}]})") ==
        R"(11:28: a handler needs a field "do")");
  CHECK(in_shop(R"({"insert": "db.orders"})") == R"(6:8: a step "insert" needs a field "row")");
  CHECK(in_shop(R"({"publish": "A"})") == R"(6:8: a step "publish" needs a field "to")");
  CHECK(in_shop(R"({"effect": "x"})") == R"(6:8: a step "effect" needs a field "of")");
  CHECK(in_shop(R"({"if": "true"})") == R"(6:8: a step "if" needs a field "then")");
  CHECK(problems_with(&Draft::workload, R"([{"request": "Buy", "with": {"order": 1}}])") ==
        R"(12:14: a workload entry needs a field "to")");
  CHECK(problems_with(&Draft::obligations, R"([{"owes": "ship", "exactly": 1}])") ==
        R"(14:17: an obligation needs a field "each")");
  CHECK(problems_with(&Draft::services, R"(, "late": {"handlers": [{"every": "1s", "do": []}]})")
            .empty());
}

TEST_CASE("values of the wrong kind are told with the kind they should have") {
  CHECK(problems_with(&Draft::head, R"("onceward": "1", "title": 5)") ==
        R"(1:28: "title" must be a text, this is a number)");
  CHECK(problems_with(&Draft::head, R"("onceward": 1, "title": "t")") ==
        R"(1:14: "onceward" must be a text, this is a number)");
  CHECK(problems_with(&Draft::databases, R"([])") ==
        R"(2:14: "databases" must be an object, this is a list)");
  CHECK(problems_with(&Draft::databases, R"({"db": 5})") ==
        R"(2:21: a database must be an object, this is a number)");
  CHECK(problems_with(
            &Draft::brokers,
            R"({"bus": {"profile": "kafka@4", "topics": {"orders": {"partitions": "2"}}}})") ==
        R"(3:79: "partitions" must be a number, this is a text)");
  CHECK(problems_with(&Draft::external, R"({"bank": {"operations": [5]}})") ==
        R"(4:38: this must be the name of an operation)");
  CHECK(problems_with(&Draft::on_shop, R"("on": "Buy")") ==
        R"(5:43: "on" must be an object, this is a text)");
  CHECK(in_shop(R"(5)") == R"(6:8: a step is an object, this is a number)");
  CHECK(in_shop(R"({"insert": "db.orders", "row": {"id": [1]}})") ==
        R"(6:46: a value is a text, a number, true, false or null, this is a list)");
  CHECK(in_shop(R"({"insert": "db.orders", "row": {"id": 1}, "on_error": "skip"})") ==
        R"(6:62: "on_error" must be an object, this is a text)");
  CHECK(in_shop(R"({"insert": "db.orders", "row": {"id": null}, "on_error": []})").empty());
  CHECK(problems_with(&Draft::faults, R"({"budget": 1, "kinds": ["crash"]})") ==
        R"(13:35: a fault must be an object, this is a text)");
  CHECK(problems_with(&Draft::expect, R"({"violates": 5})") ==
        R"(15:24: this must be the name of an invariant)");
}

TEST_CASE("the version of the language has to be known") {
  CHECK(problems_with(&Draft::head, R"("onceward": "2", "title": "t")") ==
        R"(1:14: version "2" of the language is not known; onceward 0.5.0 reads version "1")");
  CHECK(problems_with(&Draft::head, R"("onceward": "1", "title": "t")").empty());
}

TEST_CASE("names are made of letters, digits, underscores and hyphens") {
  CHECK(problems_with(&Draft::databases, R"({"d.b": {"profile": "postgres@15"}})") ==
        R"(2:15: "d.b" cannot be a name; names are made of letters, digits, _ and -)");
  CHECK(problems_with(&Draft::services, R"(, "": {"handlers": []})") ==
        R"(11:6: "" cannot be a name; names are made of letters, digits, _ and -)");
  CHECK(problems_with(&Draft::services, R"(, "la te": {"handlers": []})") ==
        R"(11:6: "la te" cannot be a name; names are made of letters, digits, _ and -)");
  CHECK(problems_with(&Draft::services, R"(, "Late-2_b": {"handlers": []})").empty());
}

TEST_CASE("an unknown database, table, topic, service or operation comes with the nearest one") {
  CHECK(in_shop(R"({"begin": "bd"}, {"commit": "db"})") ==
        R"(6:18: unknown database "bd"; did you mean "db"?)");
  CHECK(
      in_shop(
          R"({"insert": "db.order", "row": {"id": 1}, "as": "x"}, {"if": "x.rows == 1", "then": []})") ==
      R"(6:19: unknown table "db.order"; did you mean "db.orders"?)");
  CHECK(in_shop(R"({"insert": "outbox", "row": {"id": 1}})") ==
        R"(6:19: unknown table "outbox"; expected one of db.orders, db.outbox)");
  CHECK(in_shop(R"({"publish": "A", "to": "bus.order"})") ==
        R"(6:31: unknown topic "bus.order"; did you mean "bus.orders"?)");
  CHECK(problems_with(&Draft::brokers,
                      R"({"bus": {"profile": "kafka@4", "topics": {"Orders": {}}}})") ==
        R"(6:111: unknown topic "bus.orders"; did you mean "bus.Orders"?)"
        "\n"
        R"(7:47: unknown topic "bus.orders"; did you mean "bus.Orders"?)");
  CHECK(problems_with(&Draft::on_worker, R"("on": {"topic": "bus.order", "group": "worker"})") ==
        R"(7:47: unknown topic "bus.order"; did you mean "bus.orders"?)");
  CHECK(in_shop(R"({"call": "bank.pey", "of": 1})") ==
        R"(6:17: unknown operation "bank.pey" of an external service; did you mean "bank.pay"?)");
  CHECK(in_shop(R"({"call": 5, "of": 1})") == R"(6:17: "call" must be a text, this is a number)");
  CHECK(problems_with(&Draft::workload,
                      R"([{"request": "Buy", "to": "shops", "with": {"order": 1}}])") ==
        R"(12:39: unknown service "shops"; did you mean "shop"?)");
  CHECK(
      in_shop(
          R"({"begin": "db"}, {"insert": "db.outbox", "row": {}}, {"commit": "db"}, {"call": "bank.pay", "of": 1})")
          .empty());
}

TEST_CASE("an unknown profile comes with those there are") {
  CHECK(
      problems_with(
          &Draft::databases,
          R"({"db": {"profile": "postgres@16", "tables": {"orders": {"key": "id"}, "outbox": {}}}})") ==
      R"(2:33: unknown profile "postgres@16" of a database; did you mean "postgres@15"?)");
  CHECK(
      problems_with(&Draft::brokers,
                    R"({"bus": {"profile": "kafka", "topics": {"orders": {}}}})") ==
      R"(3:32: unknown profile "kafka" of a broker; expected one of kafka@4, rabbitmq-classic@3.13, sqs-standard@2012-11-05)");
  CHECK(problems_with(
            &Draft::databases,
            R"({"db": {"profile": "mysql@8", "tables": {"orders": {"key": "id"}, "outbox": {}}}})")
            .empty());
}

TEST_CASE("an unknown column comes with the nearest one") {
  CHECK(in_shop(R"({"update": "db.orders", "set": {"paid": true}})") ==
        R"(6:40: db.orders has no column "paid"; expected id)");
  CHECK(in_shop(R"({"update": "db.orders", "where": "row.ident == 1", "set": {"id": 2}})") ==
        R"(6:46: db.orders has no column "ident"; expected id)");
  CHECK(in_shop(R"({"select": "db.outbox", "as": "x", "order_by": "sec desc"})") ==
        R"(6:55: db.outbox has no column "sec"; did you mean "seq"?)");
  CHECK(in_shop(R"({"select": "db.orders", "as": "x"}, {"effect": "y", "of": "=x.first.ident"})") ==
        R"(6:76: db.orders has no column "ident"; expected id)");
  CHECK(
      problems_with(&Draft::obligations,
                    R"([{"each": "db.orders", "owes": "ship", "of": "=row.idd", "exactly": 1}])") ==
      R"(14:67: db.orders has no column "idd"; did you mean "id"?)");
  CHECK(
      in_shop(
          R"({"insert": "db.outbox", "row": {"id": 1, "paid": false}}, {"update": "db.outbox", "set": {"paid": true}})")
          .empty());
}

TEST_CASE("the database fills its sequence by itself") {
  CHECK(in_shop(R"({"insert": "db.outbox", "row": {"id": 1, "seq": 5}})") ==
        R"(6:49: the database fills db.outbox.seq from its sequence; leave it out)");
  CHECK(in_shop(R"({"update": "db.outbox", "set": {"seq": 5}})") ==
        R"(6:40: the database fills db.outbox.seq from its sequence; leave it out)");
  CHECK(in_shop(R"({"select": "db.outbox", "order_by": "seq", "as": "x"})").empty());
}

TEST_CASE("an unknown step comes with the nearest one") {
  CHECK(in_shop(R"({"insrt": "db.orders"})") ==
        R"(6:9: unknown step "insrt"; did you mean "insert"?)");
  CHECK(in_shop(R"({})") == R"(6:8: an empty step)");
  CHECK(in_shop(R"("acks")") == R"(6:8: unknown step "acks"; did you mean "ack"?)");
  CHECK(in_shop(R"("insert")") == R"(6:8: "insert" needs to say on what; write {"insert": ...})");
  CHECK(in_shop(R"("return")").empty());
  CHECK(in_worker(R"({"effect": "ship", "of": 1}, "return", "fail", {"ack": true})").empty());
}

TEST_CASE("a step does one thing") {
  CHECK(
      in_shop(R"({"insert": "db.orders", "row": {"id": 1}, "publish": "A", "to": "bus.orders"})") ==
      R"(6:50: this step is "insert" already; write "publish" as a step of its own)");
  CHECK(
      in_shop(R"({"insert": "db.orders", "row": {"id": 1}}, {"publish": "A", "to": "bus.orders"})")
          .empty());
}

TEST_CASE("unknown names in expressions are corrected, and names of elsewhere explained") {
  CHECK(in_shop(R"({"insert": "db.orders", "row": {"id": "=requst.order"}})") ==
        R"(6:48: unknown name "requst"; did you mean "request"?)");
  CHECK(in_shop(R"({"insert": "db.orders", "row": {"id": "=request.oder"}})") ==
        R"(6:56: no workload entry sends Buy with a field "oder"; did you mean "order"?)");
  CHECK(in_shop(R"({"insert": "db.orders", "row": {"id": "=event.key"}})") ==
        R"(6:48: unknown name "event"; events are at hand in handlers of a topic)");
  CHECK(in_shop(R"({"insert": "db.orders", "row": {"id": "=row.id"}})") ==
        R"(6:48: unknown name "row"; rows are at hand in "where", "set" and obligations)");
  CHECK(in_shop(R"({"insert": "db.orders", "row": {"id": "=n"}})") ==
        R"(6:48: unknown name "n"; n is at hand in the workload)");
  CHECK(in_shop(R"-({"insert": "db.orders", "row": {"id": "=uid()"}})-") ==
        R"(6:48: unknown function uid(); did you mean "uuid"?)");
  CHECK(in_worker(R"({"effect": "ship", "of": "=event.kee"})") ==
        R"(8:41: an event has no "kee"; did you mean "key"?)");
  CHECK(in_worker(R"({"effect": "ship", "of": "=request.order"})") ==
        R"(8:35: unknown name "request"; requests are at hand in their handlers and obligations)");
  CHECK(problems_with(&Draft::workload,
                      R"([{"request": "Buy", "to": "shop", "with": {"order": "='o' + m"}}])") ==
        R"(12:73: unknown name "m"; expected n)");
  CHECK(in_worker(
            R"({"effect": "ship", "of": "=event.data.order"}, {"effect": "x", "of": "=event.id"})")
            .empty());
}

TEST_CASE("a name stands for one value, not for a whole row, list, event or result") {
  CHECK(in_shop(R"({"update": "db.orders", "where": "row == 1", "set": {"id": 2}})") ==
        R"(6:42: row is a row: name one column of it; expected id)");
  CHECK(in_shop(R"({"select": "db.orders", "as": "x"}, {"effect": "y", "of": "=x.id"})") ==
        R"(6:68: x is a list of rows; x.rows is how many, x.first.COLUMN is of the first)");
  CHECK(in_shop(R"({"select": "db.orders", "as": "x"}, {"effect": "y", "of": "=x.first"})") ==
        R"(6:68: x.first is a row: name one column of it; expected id)");
  CHECK(
      in_shop(
          R"({"insert": "db.orders", "row": {"id": 1}, "as": "saved"}, {"if": "saved.state == 'ok'", "then": []})") ==
      R"(6:74: saved is the result of an operation; saved.status is ok, refused, timeout ...; saved.rows is how many)");
  CHECK(
      in_worker(R"({"effect": "ship", "of": "=event"})") ==
      R"(8:35: name one part of the event; event.id, event.type, event.key, event.data.FIELD, event.attempt, event.correlation or event.causation)");
  CHECK(
      in_worker(R"({"effect": "ship", "of": "=event.data"})") ==
      R"(8:35: name one part of the event; event.id, event.type, event.key, event.data.FIELD, event.attempt, event.correlation or event.causation)");
  CHECK(
      in_worker(R"({"effect": "ship", "of": "=event.id.x"})") ==
      R"(8:35: name one part of the event; event.id, event.type, event.key, event.data.FIELD, event.attempt, event.correlation or event.causation)");
  CHECK(problems_with(&Draft::workload,
                      R"([{"request": "Buy", "to": "shop", "with": {"order": "=n.x"}}])") ==
        R"(12:67: n is a number and has no parts)");
  CHECK(
      in_shop(
          R"({"select": "db.orders", "as": "x"}, {"effect": "y", "of": "=x.first.id"}, {"effect": "z", "of": "=x.rows"})")
          .empty());
}

TEST_CASE("functions say what they take and where they make sense") {
  CHECK(in_shop(R"-({"insert": "db.orders", "row": {"id": "=uuid(1)"}})-") ==
        R"(6:48: uuid() takes nothing)");
  CHECK(in_shop(R"-({"select": "db.orders", "as": "x"}, {"effect": "y", "of": "=count()"})-") ==
        R"(6:68: count() takes rows, and a condition or none; write count(ROWS, CONDITION))");
  CHECK(
      in_shop(
          R"-({"insert": "db.orders", "row": {"id": 1}, "as": "x"}, {"effect": "y", "of": "=count(x)"})-") ==
      R"(6:92: count() takes the rows that a select found)");
  CHECK(problems_with(&Draft::workload,
                      R"-([{"request": "Buy", "to": "shop", "with": {"order": "=uuid()"}}])-") ==
        R"(12:67: uuid() is for handlers)");
  CHECK(
      problems_with(&Draft::obligations,
                    R"-([{"each": "db.orders", "owes": "ship", "of": "=now()", "exactly": 1}])-") ==
      R"(14:63: now() is for handlers)");
  CHECK(
      in_shop(
          R"({"select": "db.orders", "as": "x"}, {"if": "exists(x) and count(x) < 5", "then": []})")
          .empty());
}

TEST_CASE("expressions whose types cannot fit are mistakes") {
  CHECK(in_shop(R"({"insert": "db.orders", "row": {"id": "=1 + true"}})") ==
        R"(6:48: a number and true or false cannot be added)");
  CHECK(in_shop(R"({"insert": "db.orders", "row": {"id": "=5m - 1"}})") ==
        R"(6:48: a number cannot be subtracted from a duration)");
  CHECK(in_shop(R"({"insert": "db.orders", "row": {"id": "=1 + null"}})") ==
        R"(6:48: null cannot be calculated with)");
  CHECK(in_shop(R"({"insert": "db.orders", "row": {"id": "='a' * 2"}})") ==
        R"(6:48: * / % work on whole numbers)");
  CHECK(in_shop(R"({"insert": "db.orders", "row": {"id": "=-'a'"}})") ==
        R"(6:48: a text has no negative)");
  CHECK(in_shop(R"-({"insert": "db.orders", "row": {"id": "=uuid() < uuid()"}})-") ==
        R"(6:48: ids are in no order)");
  CHECK(in_shop(R"-({"insert": "db.orders", "row": {"id": "=now() - now()"}})-") ==
        R"(6:48: an instant cannot be subtracted from an instant)");
  CHECK(in_shop(R"({"insert": "db.orders", "row": {"id": "=1 == '1'"}})") ==
        R"(6:48: a number and a text are never equal)");
  CHECK(in_shop(R"({"insert": "db.orders", "row": {"id": "=10 ? 1 : 2"}})") ==
        R"(6:48: before `?` stands what is true or false, this is a number)");
  CHECK(
      in_shop(
          R"-({"insert": "db.orders", "row": {"id": "=request.order == 1 or not (uuid() == uuid() and now() + 5m > now())"}})-")
          .empty());
}

TEST_CASE("a condition is true or false") {
  CHECK(in_shop(R"({"if": 5, "then": []})") ==
        R"(6:15: a condition is an expression in a text, this is a number)");
  CHECK(in_shop(R"({"if": "1 + 1", "then": []})") ==
        R"(6:15: a condition must be true or false, this is a number)");
  CHECK(in_shop(R"({"if": "not 5", "then": []})") ==
        R"(6:16: `not` is for what is true or false, this is a number)");
  CHECK(in_shop(R"({"if": "true and 5", "then": []})") ==
        R"(6:16: `and` is for what is true or false, this is a number)");
  CHECK(
      in_shop(
          R"({"insert": "db.orders", "row": {"id": 1}, "as": "x"}, {"if": "x.rows", "then": []})") ==
      R"(6:69: a condition must be true or false, this is a number)");
  CHECK(problems_with(&Draft::obligations,
                      R"([{"each": "db.orders", "when": "5", "owes": "ship", "exactly": 1}])") ==
        R"(14:47: a condition must be true or false, this is a number)");
  CHECK(
      in_shop(R"({"if": true, "then": []}, {"if": "=request.order == 'o1'", "else": []})").empty());
}

TEST_CASE("a duration is a text with a unit") {
  CHECK(problems_with(&Draft::external,
                      R"({"bank": {"operations": ["pay"], "idempotency_window": "24 hours"}})") ==
        R"(4:68: this is not a duration; write for example "1500ms", "10m", "24h")");
  CHECK(problems_with(&Draft::external,
                      R"({"bank": {"operations": ["pay"], "idempotency_window": 24}})") ==
        R"(4:68: this is not a duration; write for example "1500ms", "10m", "24h")");
  CHECK(problems_with(&Draft::external,
                      R"({"bank": {"operations": ["pay"], "idempotency_window": "-1h"}})") ==
        R"(4:68: a duration cannot be negative; write for example "1500ms", "10m", "24h")");
  CHECK(in_shop(R"({"wait": "soon"})") ==
        R"(6:17: this is not a duration; write for example "1500ms", "10m", "24h")");
  CHECK(problems_with(&Draft::on_timer, R"("every": "1.5s")") ==
        R"(9:39: this is not a duration; write for example "1500ms", "10m", "24h")");
  CHECK(problems_with(&Draft::external,
                      R"({"bank": {"operations": ["pay"], "idempotency_window": "24h"}})")
            .empty());
}

TEST_CASE("a window has two ends and does not end before it begins") {
  CHECK(in_shop(R"({"wait": ["2s", "1s"]})") == R"(6:17: this window ends before it begins)");
  CHECK(in_shop(R"({"wait": ["1s"]})") ==
        R"(6:17: a window has two ends; write for example ["1ms", "5s"])");
  CHECK(problems_with(&Draft::services, R"(, "late": {"handlers": [], "restart": "5s"})") ==
        R"(11:42: "restart" cannot be "5s"; write a window as ["1s", "30s"], or "never")");
  CHECK(problems_with(&Draft::services, R"(, "late": {"handlers": [], "restart": ["5s", "1s"]})") ==
        R"(11:42: this window ends before it begins)");
  CHECK(
      problems_with(
          &Draft::workload,
          R"([{"request": "Buy", "to": "shop", "window": ["2s", "1s"], "with": {"order": 1}}])") ==
      R"(12:57: this window ends before it begins)");
  CHECK(in_shop(R"({"wait": ["1s", "1s"]})").empty());
}

TEST_CASE("numbers have bounds") {
  CHECK(problems_with(
            &Draft::brokers,
            R"({"bus": {"profile": "kafka@4", "topics": {"orders": {"partitions": -1}}}})") ==
        R"(3:79: "partitions" must be from 1 to 64)");
  CHECK(problems_with(
            &Draft::brokers,
            R"({"bus": {"profile": "kafka@4", "topics": {"orders": {"partitions": 65}}}})") ==
        R"(3:79: "partitions" must be from 1 to 64)");
  CHECK(in_shop(R"({"select": "db.orders", "as": "x", "limit": 0})") ==
        R"(6:52: "limit" must be from 1 to 1000000)");
  CHECK(problems_with(&Draft::workload,
                      R"([{"request": "Buy", "to": "shop", "times": -1, "with": {"order": 1}}])") ==
        R"(12:56: "times" must be from 1 to 1000)");
  CHECK(problems_with(&Draft::faults, R"({"budget": -1})") ==
        R"(13:22: "budget" must be from 0 to 20)");
  CHECK(problems_with(&Draft::faults,
                      R"({"budget": 1, "kinds": [{"crash": "any", "at_most": 0}]})") ==
        R"(13:63: "at_most" must be from 1 to 1000)");
  CHECK(problems_with(&Draft::obligations,
                      R"([{"each": "db.orders", "owes": "ship", "exactly": -1}])") ==
        R"(14:66: "exactly" must be from 0 to 1000000)");
  CHECK(problems_with(&Draft::expect, R"({"violates": "no-lost-effect", "fewest_faults": 21})") ==
        R"(15:59: "fewest_faults" must be from 0 to 20)");
  CHECK(problems_with(
            &Draft::faults,
            R"({"budget": 20, "kinds": [{"crash": "any", "at_most": 1}], "down_at_once": 2})")
            .empty());
}

TEST_CASE("a handler says in one way what starts it") {
  CHECK(problems_with(&Draft::on_shop, R"("on": {"request": "Buy"}, "every": "1s")") ==
        R"(5:72: a handler has "on" or "every", not both)");
  CHECK(problems_with(&Draft::on_shop, R"("uncaught": "skip")") ==
        R"(5:36: what starts this handler?; write "on": {...} or "every": "1s")");
  CHECK(
      problems_with(&Draft::on_shop, R"("on": {})") ==
      R"(5:43: what is this handler for?; write {"request": NAME}, {"topic": NAME, "group": NAME}, {"timer": NAME} or {"start": true})");
  CHECK(problems_with(&Draft::on_shop, R"("on": {"requst": "Buy"})") ==
        R"(5:44: unknown field "requst" in "on"; did you mean "request"?)");
  CHECK(
      problems_with(&Draft::on_shop,
                    R"("on": {"request": "Buy", "topic": "bus.orders", "group": "g"})") ==
      R"(5:43: a handler is for one thing, not for both; write {"request": NAME}, {"topic": NAME, "group": NAME}, {"timer": NAME} or {"start": true})");
  CHECK(problems_with(&Draft::on_worker, R"("on": {"topic": "bus.orders"})") ==
        R"(7:37: "on" needs a field "group")");
  CHECK(problems_with(&Draft::on_timer, R"("every": "0s")") ==
        R"(9:39: a period must be longer than 0)");
  CHECK(problems_with(&Draft::on_timer, R"("every": "1ns")").empty());
}

TEST_CASE("a group has one handler, and so has a request of a service") {
  CHECK(
      problems_with(
          &Draft::services,
          R"(, "late": {"handlers": [{"on": {"topic": "bus.orders", "group": "worker"}, "do": []}]})") ==
      R"(11:68: group "worker" of bus.orders has a handler already; a group is served by one handler; another group gets every message too)");
  CHECK(
      problems_with(
          &Draft::services,
          R"(, "late": {"handlers": [{"on": {"request": "Buy"}, "do": []}, {"on": {"request": "Buy"}, "do": []}]})") ==
      R"(11:85: late has a handler on request "Buy" already)");
  CHECK(
      problems_with(
          &Draft::services,
          R"(, "late": {"handlers": [{"on": {"topic": "bus.orders", "group": "late"}, "do": []}, {"on": {"request": "Buy"}, "do": []}]})")
          .empty());
}

TEST_CASE("uncaught is one of the words it knows") {
  CHECK(problems_with(&Draft::on_worker,
                      R"("on": {"topic": "bus.orders", "group": "worker"}, "uncaught": "skipp")") ==
        R"(7:93: "uncaught" cannot be "skipp"; did you mean "skip"?)");
  CHECK(problems_with(&Draft::on_worker,
                      R"("on": {"topic": "bus.orders", "group": "worker"}, "uncaught": 1)") ==
        R"(7:93: "uncaught" must be a text, this is a number)");
  CHECK(
      problems_with(&Draft::on_worker,
                    R"("on": {"topic": "bus.orders", "group": "worker"}, "uncaught": "redeliver")")
          .empty());
}

TEST_CASE("only a handler of a topic acknowledges") {
  CHECK(in_shop(R"("ack")") == R"(6:8: only a handler of a topic has something to acknowledge)");
  CHECK(in_timer(R"({"ack": true})") ==
        R"(10:8: only a handler of a topic has something to acknowledge)");
  CHECK(
      in_worker(
          R"({"effect": "ship", "of": 1}, {"ack": true, "as": "acked", "on_error": []}, {"if": "acked.status == 'ok'", "then": []})")
          .empty());
}

TEST_CASE("on_error is for steps that can fail") {
  CHECK(in_shop(R"({"select": "db.orders", "as": "x", "on_error": []})").empty());
  CHECK(in_shop(R"({"prepared": "db", "as": "x", "on_error": []})") ==
        R"(6:50: "on_error" is for steps that can fail, this one cannot)");
  CHECK(in_shop(R"({"begin": "db", "on_error": []})") ==
        R"(6:36: "on_error" is for steps that can fail, this one cannot)");
  CHECK(
      in_shop(
          R"({"begin": "db"}, {"commit": "db", "as": "c", "on_error": ["fail"]}, {"if": "c.status == 'timeout'", "then": []})")
          .empty());
}

TEST_CASE("a transaction is begun before it ends or carries an effect") {
  CHECK(
      in_shop(R"({"commit": "db"})") ==
      R"(6:19: no step before this begins a transaction on "db"; write {"begin": "db"} before it)");
  CHECK(
      in_shop(R"({"rollback": "db"})") ==
      R"(6:21: no step before this begins a transaction on "db"; write {"begin": "db"} before it)");
  CHECK(
      in_shop(R"({"effect": "x", "of": 1, "in": "db"})") ==
      R"(6:39: no step before this begins a transaction on "db"; write {"begin": "db"} before it)");
  CHECK(
      in_shop(
          R"({"if": "true", "then": [{"begin": "db"}]}, {"effect": "x", "of": 1, "in": "db"}, {"commit": "db"})")
          .empty());
}

TEST_CASE("for_each goes through rows that a select found") {
  CHECK(
      in_shop(
          R"({"select": "db.orders", "as": "found"}, {"for_each": "fund", "as": "e", "do": []})") ==
      R"(6:61: for_each goes through the rows that a select found; did you mean "found"?)");
  CHECK(
      in_shop(
          R"({"insert": "db.orders", "row": {"id": 1}, "as": "x"}, {"for_each": "x", "as": "e", "do": []})") ==
      R"(6:75: for_each goes through the rows that a select found, and no select before this one names them; a select names its rows with "as")");
  CHECK(in_shop(R"({"for_each": 5, "as": "e", "do": []})") ==
        R"(6:21: "for_each" must be a text, this is a number)");
  CHECK(in_shop(R"({"select": "db.orders", "as": "x"}, {"for_each": "x", "do": []})") ==
        R"(6:44: a step "for_each" needs a field "as")");
  CHECK(
      in_shop(
          R"({"select": "db.orders", "as": "x"}, {"for_each": "x", "as": "e", "do": [{"effect": "y", "of": "=e.id"}]})")
          .empty());
}

TEST_CASE("a name of a result is a word and keeps its meaning") {
  CHECK(
      in_shop(R"({"insert": "db.orders", "row": {"id": 1}, "as": "my-row"})") ==
      R"(6:56: "my-row" cannot be the name of a result; a name is made of letters, digits and _)");
  CHECK(
      in_shop(R"({"insert": "db.orders", "row": {"id": 1}, "as": "request"})") ==
      R"(6:56: "request" cannot be the name of a result; it means something of its own in expressions)");
  CHECK(
      in_shop(
          R"({"select": "db.orders", "as": "x"}, {"insert": "db.orders", "row": {"id": 1}, "as": "x"})") ==
      R"(6:92: "x" is the name of something else here; a name may be used again for the same kind of result only)");
  CHECK(
      in_shop(
          R"({"select": "db.orders", "as": "x"}, {"for_each": "x", "as": "e", "do": [{"select": "db.orders", "as": "x"}]})") ==
      R"(6:110: the loop around this step still needs "x"; take another name)");
  CHECK(
      in_shop(
          R"({"select": "db.orders", "as": "x"}, {"for_each": "x", "as": "e", "do": [{"for_each": "x", "as": "e", "do": []}]})") ==
      R"(6:104: the loop around this step still needs "e"; take another name)");
  CHECK(
      in_shop(
          R"({"select": "db.orders", "as": "x"}, {"for_each": "x", "as": "e", "do": []}, {"for_each": "x", "as": "e", "do": [{"for_each": "x", "as": "f", "do": []}]})")
          .empty());
}

TEST_CASE("the type of an event is a text, and so is the name of an effect") {
  CHECK(in_shop(R"({"publish": 5, "to": "bus.orders"})") ==
        R"(6:20: the type of an event is a text)");
  CHECK(in_shop(R"({"publish": "=5", "to": "bus.orders"})") ==
        R"(6:20: the type of an event is a text)");
  CHECK(in_shop(R"({"effect": 5, "of": 1})") ==
        R"(6:19: "effect" must be a text, this is a number)");
  CHECK(in_shop(R"({"publish": "=request.order", "to": "bus.orders"})").empty());
}

TEST_CASE("an answer to a conflict is one of three words") {
  CHECK(in_shop(R"({"insert": "db.orders", "row": {"id": 1}, "on_conflict": "ignor"})") ==
        R"(6:65: "on_conflict" cannot be "ignor"; did you mean "ignore"?)");
  CHECK(in_shop(R"({"insert": "db.orders", "row": {"id": 1}, "on_conflict": "update"})").empty());
}

TEST_CASE("the type of an event that a step calculates is a text that stands in the file") {
  Draft draft;
  draft.databases =
      R"({"db": {"profile": "postgres@15", "tables": {"orders": {"key": "id"}, "outbox": {"key": "id", "columns": ["type"]}}}})";
  draft.shop =
      R"({"insert": "db.outbox", "row": {"id": "=request.order", "type": "Placed"}}, {"insert": "db.orders", "row": {"id": "=request.order"}})";
  draft.timer =
      R"({"select": "db.outbox", "as": "found"}, {"for_each": "found", "as": "e", "do": [{"publish": "=e.type", "to": "bus.orders", "key": "=e.id", "data": {"what": "=e.type"}}]})";
  draft.worker = R"({"publish": "=event.type", "to": "bus.orders", "id": "=event.id"}, "ack")";
  const auto owed = [&](const std::string& event) {
    draft.obligations =
        R"([{"each": "db.orders", "owes": "event )" + event + R"(", "exactly": 1}])";
    return problems_of(draft.text());
  };
  draft.expect = R"({"holds": true})";
  CHECK(owed("Placed").empty());
  CHECK(owed("Placed in bus.orders").empty());
  CHECK(owed("Placd in bus.orders") ==
        R"(14:47: no step publishes an event "Placd"; did you mean "Placed"?)");
  CHECK(owed("Nope") == R"(14:47: no step publishes an event "Nope"; expected Placed)");
  CHECK(owed(R"(Placed", "with": {"what": "Placed"}, "name": "n)").empty());
  CHECK(owed(R"(Placed", "with": {"wat": "Placed"}, "name": "n)") ==
        R"(14:72: no step gives Placed a value "wat"; did you mean "what"?)");
  // A type that is put together, or comes from outside of the file's texts, may be any.
  const std::string shop = draft.shop;
  for (const char* type : {R"("='Pla' + 'ced'")", R"-("=uuid()")-"}) {
    draft.shop =
        R"({"insert": "db.outbox", "row": {"id": 1, "type": )" + std::string(type) + "}}, " + shop;
    CHECK(owed("Nope").empty());
  }
  // A request or a choice may bring it along.
  draft.shop =
      R"({"insert": "db.outbox", "row": {"id": "=request.order", "type": "=request.kind == 1 ? 'Placed' : request.kind"}}, {"insert": "db.orders", "row": {"id": "=request.order"}})";
  draft.workload =
      R"([{"request": "Buy", "to": "shop", "with": {"order": "='o' + n", "kind": "Cancelled"}}])";
  CHECK(owed("Placed").empty());
  CHECK(owed("Cancelled").empty());
  CHECK(owed("Canceled") ==
        R"(14:47: no step publishes an event "Canceled"; did you mean "Cancelled"?)");
}

TEST_CASE("a request is sent to a service that takes it, with values that can be calculated") {
  CHECK(
      problems_with(&Draft::workload,
                    R"([{"request": "Buy", "to": "worker", "with": {"order": 1}}])") ==
      R"(12:39: worker has no handler on request "Buy"; its handler starts with "on": {"request": ...})");
  CHECK(
      problems_with(
          &Draft::workload,
          R"([{"request": "Bye", "to": "shop"}, {"request": "Buy", "to": "shop", "with": {"order": 1}}])") ==
      R"(12:39: shop has no handler on request "Bye"; its handler starts with "on": {"request": ...})");
  CHECK(
      problems_with(&Draft::workload,
                    R"-([{"request": "Buy", "to": "shop", "with": {"order": "=1 / (n - 1)"}}])-") ==
      R"(12:65: division by zero)");
  CHECK(problems_with(&Draft::workload,
                      R"([{"request": "Buy", "to": "shop", "with": {"order": {"id": 1}}}])") ==
        R"(12:65: a value is a text, a number, true, false or null, this is an object)");
  CHECK(problems_with(&Draft::workload, R"({"request": "Buy"})") ==
        R"(12:13: "workload" must be a list, this is an object)");
  CHECK(
      problems_with(
          &Draft::workload,
          R"([{"request": "Buy", "to": "shop", "with": {"order": 1}}, {"request": "Buy", "to": "shop", "with": {"sum": 2}}])")
          .empty());
}

TEST_CASE("a fault has one kind and strikes what it can strike") {
  CHECK(problems_with(&Draft::faults, R"({"budget": 1, "kinds": [{"crsh": "any"}]})") ==
        R"(13:36: unknown field "crsh" in a fault; did you mean "crash"?)");
  CHECK(
      problems_with(&Draft::faults, R"({"budget": 1, "kinds": [{}]})") ==
      R"(13:35: a fault needs a kind; expected one of crash, redeliver, reply_lost, error, late, pause)");
  CHECK(
      problems_with(&Draft::faults, R"({"budget": 1, "kinds": [{"at_most": 1}]})") ==
      R"(13:35: a fault needs a kind; expected one of crash, redeliver, reply_lost, error, late, pause)");
  CHECK(problems_with(&Draft::faults,
                      R"({"budget": 1, "kinds": [{"crash": "any", "redeliver": "any"}]})") ==
        R"(13:52: a fault has one kind; write an entry of its own for each kind)");
  CHECK(problems_with(&Draft::faults, R"({"budget": 1, "kinds": [{"crash": "shpo"}]})") ==
        R"(13:45: there is no "shpo" to strike; did you mean "shop"?)");
  CHECK(problems_with(&Draft::faults, R"({"budget": 1, "kinds": [{"crash": "db"}]})") ==
        R"(13:45: "crash" cannot strike "db"; expected one of shop, worker, timer)");
  CHECK(
      problems_with(&Draft::faults, R"({"budget": 1, "kinds": [{"error": "bus.orders"}]})") ==
      R"(13:45: "error" cannot strike "bus.orders"; expected one of shop, worker, timer, db, bank, bus, client)");
  CHECK(problems_with(&Draft::faults, R"({"budget": 1, "kinds": [{"crash": 5}]})") ==
        R"(13:45: "crash" must be a text, this is a number)");
  CHECK(
      problems_with(
          &Draft::faults,
          R"({"budget": 1, "kinds": [{"redeliver": "worker"}, {"redeliver": "bus.orders"}, {"error": "db"}, {"reply_lost": "bank"}]})")
          .empty());
}

TEST_CASE("an obligation names a cause, what it owes, and how many") {
  CHECK(problems_with(&Draft::obligations,
                      R"([{"each": "db.order", "owes": "ship", "exactly": 1}])") ==
        R"(14:26: unknown table "db.order"; did you mean "db.orders"?)");
  CHECK(problems_with(&Draft::obligations,
                      R"([{"each": "request Bye", "owes": "ship", "exactly": 1}])") ==
        R"(14:26: unknown request "Bye"; did you mean "request Buy"?)");
  CHECK(problems_with(&Draft::obligations,
                      R"([{"each": "event Plaecd", "owes": "ship", "exactly": 1}])") ==
        R"(14:26: no step publishes an event "Plaecd"; did you mean "Placed"?)");
  CHECK(problems_with(&Draft::obligations,
                      R"([{"each": "db.orders", "owes": "shipp", "exactly": 1}])") ==
        R"(14:47: no step causes an effect "shipp"; did you mean "ship"?)");
  CHECK(problems_with(&Draft::obligations,
                      R"([{"each": "db.orders", "owes": "Placed", "exactly": 1}])") ==
        R"(14:47: Placed is an event, no effect; write "event Placed")");
  CHECK(problems_with(&Draft::obligations,
                      R"([{"each": "db.orders", "owes": "event Plased", "exactly": 1}])") ==
        R"(14:47: no step publishes an event "Plased"; did you mean "Placed"?)");
  CHECK(problems_with(
            &Draft::obligations,
            R"([{"each": "db.orders", "owes": "event Placed in bus.ordres", "exactly": 1}])") ==
        R"(14:47: unknown topic "bus.ordres"; did you mean "bus.orders"?)");
  CHECK(
      problems_with(
          &Draft::obligations,
          R"([{"each": "event Placed in bus.orders", "owes": "event Plased in bus.orders", "exactly": 1}])") ==
      R"(14:64: no step publishes an event "Plased"; did you mean "Placed"?)");
  CHECK(
      problems_with(
          &Draft::obligations,
          R"([{"each": "db.orders", "one_of": ["event Placed", "event Placed in bus.orders"]}])") ==
      R"(14:66: "event Placed in bus.orders" is named twice)");
  CHECK(problems_with(&Draft::obligations, R"([{"each": "db.orders", "owes": "ship"}])") ==
        R"(14:17: how many are owed?; write "exactly": 1, "at_least" or "at_most")");
  CHECK(problems_with(&Draft::obligations,
                      R"([{"each": "db.orders", "owes": "ship", "exactly": 1, "at_least": 1}])") ==
        R"(14:66: "exactly" leaves no room for the other bounds)");
  CHECK(problems_with(&Draft::obligations,
                      R"([{"each": "db.orders", "owes": "ship", "at_least": 2, "at_most": 1}])") ==
        R"(14:67: "at_least" is more than "at_most")");
  CHECK(
      problems_with(
          &Draft::obligations,
          R"([{"each": "event Placed", "owes": "ship", "exactly": 1, "per": "=event.key", "when": "true"}])")
          .empty());
  CHECK(
      problems_with(
          &Draft::obligations,
          R"([{"each": "event Placed", "owes": "ship", "of": "=event.key", "at_least": 1, "at_most": 1}])")
          .empty());
}

TEST_CASE("an obligation says what its effects are matched by") {
  CHECK(
      problems_with(
          &Draft::databases,
          R"({"db": {"profile": "postgres@15", "tables": {"orders": {}, "outbox": {}}}})") ==
      R"(14:17: this obligation needs "of": what its effects are matched by; the table has no key)");
  CHECK(
      problems_with(
          &Draft::workload,
          R"([{"request": "Ask", "to": "shop"}, {"request": "Buy", "to": "shop", "with": {"order": 1}}])") ==
      R"(12:39: shop has no handler on request "Ask"; its handler starts with "on": {"request": ...})");
  CHECK(problems_with(&Draft::obligations,
                      R"([{"each": "db.outbox", "owes": "ship", "of": "=row.seq", "exactly": 1}])")
            .empty());
  CHECK(problems_with(&Draft::obligations,
                      R"([{"each": "request Buy", "owes": "ship", "exactly": 1}])")
            .empty());
}

TEST_CASE(
    "invariants are those that are known, and judged here if a violation of them is expected") {
  CHECK(problems_with(&Draft::rest, R"(, "invariants": ["per-key-ordr"])") ==
        R"(15:58: unknown invariant "per-key-ordr"; did you mean "per-key-order"?)");
  CHECK(problems_with(&Draft::rest, R"(, "invariants": [5])") ==
        R"(15:58: this must be the name of an invariant)");
  CHECK(problems_with(&Draft::expect, R"({"violates": "no-lost-efect"})") ==
        R"(15:24: unknown invariant "no-lost-efect"; did you mean "no-lost-effect"?)");
  CHECK(
      problems_with(&Draft::expect, R"({"violates": "no-lost-event"})") ==
      R"(15:24: no-lost-event is not judged here; no obligation makes it decidable, and "invariants" does not name it)");
  CHECK(
      problems_with(&Draft::expect, R"({"violates": ["no-lost-effect", "per-key-order"]})") ==
      R"(15:43: per-key-order is not judged here; no obligation makes it decidable, and "invariants" does not name it)");
  CHECK(problems_with(&Draft::rest, R"(, "invariants": ["per-key-order"])").empty());
}

TEST_CASE("a scenario holds or violates something") {
  CHECK(problems_with(&Draft::expect, R"({"violates": "no-lost-effect", "holds": true})") ==
        R"(15:51: a scenario holds or violates something, not both)");
  CHECK(problems_with(&Draft::expect, R"({"violates": []})") ==
        R"(15:24: name at least one invariant; or write "holds": true)");
  CHECK(problems_with(&Draft::expect, R"({"holds": false})") ==
        R"(15:21: "holds" is true or "exhausted"; what breaks is named by "violates")");
  CHECK(
      problems_with(&Draft::expect, R"({"holds": true, "fewest_faults": 1})") ==
      R"(15:44: "fewest_faults" is about a violation, and none is expected; "violates" names the invariant)");
  CHECK(
      problems_with(&Draft::expect, R"({"by": {"crash": "shop"}})") ==
      R"(15:18: "by" is about a violation, and none is expected; "violates" names the invariant)");
  CHECK(problems_with(&Draft::expect, R"({"holds": "exhausted"})").empty());
}

TEST_CASE("the fault of an expected violation falls between two steps of one handler") {
  CHECK(
      problems_with(
          &Draft::expect,
          R"({"violates": "no-lost-effect", "by": {"crash": "shop", "between": ["saved", "snet"]}})") ==
      R"(15:87: unknown step "snet"; did you mean "sent"?)");
  CHECK(
      problems_with(
          &Draft::expect,
          R"({"violates": "no-lost-effect", "by": {"crash": "shop", "between": ["saved", "shipped"]}})") ==
      R"(15:77: nothing lies between "saved" and "shipped"; name two steps of one handler)");
  CHECK(
      problems_with(
          &Draft::expect,
          R"({"violates": "no-lost-effect", "by": {"crash": "shop", "between": ["saved", "saved"]}})") ==
      R"(15:77: nothing lies between "saved" and "saved"; name two steps of one handler)");
  // What a name stands for has to be clear where it is referred to, and there alone.
  Draft twice;
  twice.timer = R"({"select": "db.orders", "as": "found", "name": "saved"})";
  CHECK(problems_of(twice.text()).empty());
  const std::string between = R"({"crash": "shop", "between": ["saved", "sent"]})";
  twice.rest = R"(, "must_reach": [)" + between + "]";
  CHECK(problems_of(twice.text()) ==
        R"(15:88: several steps are called "saved"; give the one that is meant a name of its own)");
  twice.rest.clear();
  twice.expect = R"({"violates": "no-lost-effect", "by": )" + between + "}";
  CHECK(problems_of(twice.text()) ==
        R"(15:78: several steps are called "saved"; give the one that is meant a name of its own)");
  // In several handlers it is clear if each that comes to the first comes to the second.
  twice.head += R"(, "define": {"look": {"do": [{"select": "db.orders", "name": "looked"}]}})";
  twice.shop += R"(, {"use": "look"})";
  twice.timer = R"({"use": "look"})";
  twice.expect =
      R"({"violates": "no-lost-effect", "by": {"crash": "shop", "between": ["saved", "looked"]}})";
  CHECK(problems_of(twice.text()).empty());
  twice.expect =
      R"({"violates": "no-lost-effect", "by": {"crash": "shop", "between": ["looked", "sent"]}})";
  CHECK(tests::has(problems_of(twice.text()), R"(several steps are called "looked")"));
  twice.timer = R"({"use": "look"}, {"select": "db.orders", "name": "sent"})";
  CHECK(problems_of(twice.text()).empty());
  twice.timer = R"({"use": "look"}, {"select": "db.orders", "name": "sent"}, {"use": "look"})";
  CHECK(tests::has(problems_of(twice.text()), R"(several steps are called "looked")"));
  CHECK(
      problems_with(
          &Draft::expect,
          R"({"violates": "no-lost-effect", "by": {"crash": "worker", "between": ["saved", "sent"]}})") ==
      R"(15:79: worker has no steps "saved" and "sent"; they are steps of shop)");
  CHECK(problems_with(
            &Draft::expect,
            R"({"violates": "no-lost-effect", "by": {"crash": "shop", "between": "saved"}})") ==
        R"(15:77: "between" must be a list, this is a text)");
  CHECK(
      problems_with(&Draft::expect,
                    R"({"violates": "no-lost-effect", "by": {"crash": "shop", "at_most": 1}})") ==
      R"(15:66: unknown field "at_most" in a fault; expected one of crash, redeliver, reply_lost, error, late, pause, between)");
  CHECK(
      problems_with(
          &Draft::expect,
          R"({"violates": "no-lost-effect", "by": [{"crash": "shop", "between": ["saved", "sent"]}, {"redeliver": "any"}]})")
          .empty());
}

TEST_CASE("all mistakes of a file are told at once, in the order of the file") {
  Draft draft;
  draft.head = R"("onceward": "3", "titel": "t")";
  draft.brokers = R"({"bus": {"profile": "kafka@4", "topics": {"orders": {"partitions": 0}}}})";
  draft.on_shop = R"("on": {"request": "Buy"}, "uncaught": "skip")";
  draft.shop = R"({"insert": "db.orders", "row": {"id": "=request.oder"}}, {"commit": "db"})";
  draft.worker = R"({"effect": "ship", "of": "=event.key", "in": "bd"}, {"wait": "soon"})";
  draft.timer =
      R"({"select": "db.order", "as": "found"}, {"for_each": "found", "as": "e", "do": ["ack"]})";
  draft.workload = R"([{"request": "Buy", "to": "shpo", "with": {"order": "=m"}}])";
  draft.faults = R"({"budget": -1, "kinds": [{"crash": "shpo"}, {"flood": "any"}]})";
  draft.obligations = R"([{"each": "db.orders", "owes": "shipp"}])";
  draft.expect = R"({"violates": "no-lost-efect", "by": {"crash": "shop", "between": ["a", "b"]}})";
  CHECK(problems_of(draft.text()) ==
        R"(1:14: version "3" of the language is not known; onceward 0.5.0 reads version "1"
1:19: unknown field "titel" in the scenario; did you mean "title"?
3:79: "partitions" must be from 1 to 64
5:75: "skip" is not for handlers of a request; expected one of reply-error, crash
6:56: no workload entry sends Buy with a field "oder"; did you mean "order"?
6:76: no step before this begins a transaction on "db"; write {"begin": "db"} before it
8:53: unknown database "bd"; did you mean "db"?
8:69: this is not a duration; write for example "1500ms", "10m", "24h"
10:19: unknown table "db.order"; did you mean "db.orders"?
10:87: only a handler of a topic has something to acknowledge
12:39: unknown service "shpo"; did you mean "shop"?
12:67: unknown name "m"; expected n
13:22: "budget" must be from 0 to 20
13:46: there is no "shpo" to strike; did you mean "shop"?
13:56: unknown field "flood" in a fault; expected one of crash, redeliver, reply_lost, error, late, pause, at_most
14:17: how many are owed?; write "exactly": 1, "at_least" or "at_most"
14:47: no step causes an effect "shipp"; did you mean "ship"?
15:24: unknown invariant "no-lost-efect"; did you mean "no-lost-effect"?
15:76: no step has a name; a step is named by its field "name")");
}

TEST_CASE("mistakes of the syntax and of the language come together, unless nothing can be read") {
  CHECK(
      problems_with(
          &Draft::workload,
          R"([{"request": "Buy", "to": "shop", "times": 1.5, "with": {"order": 1, "order": 2}}])") ==
      R"(12:56: numbers are whole numbers; write durations as text like "1500ms")"
      "\n"
      R"(12:82: the name "order" stands here twice; line 12 has it first)");
  CHECK(problems_with(&Draft::workload, R"([{"request": "Buy", "to": "shop",}])") ==
        "12:46: expected a name in double quotes, found `}`; remove the comma in front of it");
  CHECK(problems_of("[]") == "1:1: the scenario must be an object, this is a list");
  CHECK(problems_of("") == "1:1: the file is empty; expected an object: { ... }");
}

TEST_CASE("a problem is shown with its line, carets below it, and what to write instead") {
  Draft draft;
  draft.brokers = R"({"bus": {"profile": "kafka@4", "topics": {"orders": {"partitons": 1}}}})";
  const Source source("flow.onceward.json", draft.text());
  Problems problems;
  CHECK(read_text(source, problems) == nullptr);
  CHECK(problems.render(source) ==
        "flow.onceward.json:3:65: error: unknown field \"partitons\" in a topic\n"
        "    3 | \"brokers\": {\"bus\": {\"profile\": \"kafka@4\", \"topics\": {\"orders\": "
        "{\"partitons\": 1}}}},\n"
        "      |                                                                 "
        "^^^^^^^^^^^ did you mean \"partitions\"?\n");
}

// What a search says about a text that is strange and has no mistake.
sim::Verdict verdict_of(const Draft& draft) {
  const Source source("a.onceward.json", draft.text());
  Problems problems;
  const auto program = read_text(source, problems);
  INFO(problems.render(source));
  REQUIRE(program != nullptr);
  sim::SearchOptions options;
  options.states_max = 30'000;
  return sim::explore(*program, program->plan, options).verdict;
}

sim::Verdict verdict_with(std::string Draft::*section, const std::string& text) {
  Draft draft;
  draft.expect = R"({"holds": true})";
  draft.obligations = "[]";
  draft.*section = text;
  return verdict_of(draft);
}

TEST_CASE("strange but legal content is searched like any other") {
  constexpr auto kExhausted = sim::Verdict::exhausted;
  CHECK(verdict_with(&Draft::shop, "") == kExhausted);
  CHECK(verdict_with(&Draft::worker, "") == kExhausted);
  CHECK(verdict_with(&Draft::timer, R"("return", "fail", "return")") == kExhausted);
  CHECK(verdict_with(&Draft::timer, R"({"if": true, "then": []}, {"if": false, "else": []})") ==
        kExhausted);
  CHECK(verdict_with(
            &Draft::timer,
            R"({"select": "db.outbox", "as": "x"}, {"for_each": "x", "as": "e", "do": []})") ==
        kExhausted);
  CHECK(verdict_with(&Draft::timer, R"({"delete": "db.orders"}, {"delete": "db.outbox"})") ==
        kExhausted);
  CHECK(
      verdict_with(
          &Draft::shop,
          R"({"insert": "db.orders", "row": {}}, {"insert": "db.outbox", "row": {"id": null}})") ==
      kExhausted);
  CHECK(verdict_with(&Draft::shop,
                     R"({"publish": "", "to": "bus.orders", "id": null, "key": null})") ==
        kExhausted);
  CHECK(
      verdict_with(
          &Draft::shop,
          R"({"insert": "db.orders", "row": {"id": 9223372036854775807}, "on_conflict": "update"})") ==
      kExhausted);
  CHECK(
      verdict_with(&Draft::shop,
                   R"({"wait": "0s"}, {"begin": "db"}, {"rollback": "db"}, {"rollback": "db"})") ==
      kExhausted);
  CHECK(verdict_with(&Draft::shop, R"({"begin": "db"})") == kExhausted);
  CHECK(verdict_with(&Draft::on_timer, R"("every": "1ns")") == kExhausted);
  CHECK(verdict_with(&Draft::faults, R"({"budget": 20, "kinds": []})") == kExhausted);
  CHECK(verdict_with(&Draft::services, R"(, "idle": {"handlers": [], "restart": ["0s", "0s"]})") ==
        kExhausted);
}

TEST_CASE("requests of one name may be sent with different fields") {
  Draft draft;
  draft.workload = R"([{"request": "Buy", "to": "shop", "with": {"order": 1}},
                       {"request": "Buy", "to": "shop", "with": {"sum": 2, "order": 2}}])";
  draft.shop = R"({"insert": "db.orders", "row": {"id": "=request.order"}},
                  {"if": "request.sum == 2", "then": [{"effect": "ship", "of": "=request.order"}]})";
  draft.worker = R"("ack")";
  draft.obligations = R"([{"each": "db.orders", "owes": "ship", "exactly": 1}])";
  CHECK(verdict_of(draft) == sim::Verdict::violated);  // order 1 ships nothing
}

TEST_CASE("services, databases and brokers may share their names") {
  Draft draft;
  draft.databases = R"({"shop": {"profile": "postgres@15", "tables": {"orders": {"key": "id"}}}})";
  draft.brokers = R"({"shop": {"profile": "kafka@4", "topics": {"orders": {}}}})";
  draft.shop = R"({"insert": "shop.orders", "row": {"id": "=request.order"}},
                  {"publish": "Placed", "to": "shop.orders", "key": "=request.order"})";
  draft.on_worker = R"("on": {"topic": "shop.orders", "group": "worker"})";
  draft.timer = R"({"select": "shop.orders", "as": "found"})";
  draft.obligations = R"([{"each": "shop.orders", "owes": "event Placed", "exactly": 1}])";
  draft.expect = R"({"violates": "no-lost-event", "by": {"crash": "shop"}})";
  CHECK(verdict_of(draft) == sim::Verdict::violated);
}

}  // namespace
}  // namespace onceward::scenarios
