// Every kind of broken file, as its author meets it at the command line: exit 2, and for each
// mistake one message with the file, the line, the column, the excerpt and what to write instead.
//
// What the reader says about each rule of the language is told in reader_test.cpp and
// json_test.cpp; here it is that no kind of file gets past it, and that a stranger learns what to
// do.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/scenarios/draft.hpp"
#include "tests/support/command.hpp"

namespace onceward::scenarios {
namespace {

using tests::Ran;
using tests::TemporaryFolder;

struct Broken {
  const char* what;
  std::string text;
  const char* place;  // "LINE:COLUMN" of the first mistake
  const char* says;   // part of its message
  const char* hint;   // part of what it says to do; empty: nothing
};

std::string with(std::string Draft::*section, const std::string& text) {
  Draft draft;
  draft.*section = text;
  return draft.text();
}
std::string in_shop(const std::string& steps) { return with(&Draft::shop, steps); }
std::string in_worker(const std::string& steps) { return with(&Draft::worker, steps); }
std::string in_timer(const std::string& steps) { return with(&Draft::timer, steps); }

// A file that defines a block of this step, "pay", and uses the block `used`.
std::string with_block(const std::string& used, const std::string& step) {
  Draft draft;
  draft.head += R"(, "define": {"pay": {"do": [)" + step + "]}}";
  draft.shop = R"({"use": ")" + used + "\"}";
  return draft.text();
}

// A file without the services of the draft.
std::string patterns(const std::string& entries) {
  return R"({"onceward": "1", "title": "t", "patterns": [)" + entries + "]}";
}

std::vector<Broken> no_json() {
  return {
      {"an empty file", "", "1:1", "the file is empty", "expected an object"},
      {"a file of blanks", " \n\t\n ", "3:2", "the file is empty", "expected an object"},
      {"a file of comments", "// later\n/* or never */", "2:15", "the file is empty", ""},
      {"a capsule", R"({"schema": "onceward.capsule/1", "engine": "0.3.0"})", "1:12",
       "this is a capsule", "onceward replay"},
      {"another language", "services:\n  shop:\n", "1:1", "expected a value, found `services`",
       "in double quotes"},
      {"a file that ends early", "{\"onceward\": \"1\",", "1:18", "but the file ends here",
       "the `{` of line 1 is not closed"},
      {"a missing comma", "{\"onceward\": \"1\" \"title\": \"t\"}", "1:18", "expected `,` or `}`",
       "is a comma missing in front of it?"},
      {"a comma too many", "{\"onceward\": \"1\",}", "1:18", "expected a name",
       "remove the comma in front of it"},
      {"a bracket that closes nothing", "{\"onceward\": \"1\"]", "1:17", "found `]`", ""},
      {"names in single quotes", "{'onceward': '1'}", "1:2", "expected a name in double quotes",
       ""},
      {"names without quotes", "{onceward: \"1\"}", "1:2", "found `onceward`",
       "names stand in double quotes"},
      {"a name without a value", "{\"onceward\"}", "1:12", "expected `:` behind the name", ""},
      {"two files in one", "{}\n{}", "2:1", "expected the end of the file", ""},
      {"a text that is not closed", "{\"title\": \"t\n}", "1:11", "the text is never closed",
       "close it with \""},
      {"an escape that JSON does not have", R"({"title": "\q"})", "1:12", "unknown escape",
       "the escapes are"},
      {"half of a surrogate pair", R"({"title": "\ud800"})", "1:12", "is no character", ""},
      {"a zero byte", std::string("{\"title\": \"t\0\"}", 15), "1:13", "a zero byte",
       "is it a text file?"},
      {"a control character in a text", "{\"title\": \"t\x07\"}", "1:13", "a control character",
       "write it as \\u0007"},
      {"bytes that are no UTF-8", "{\"title\": \"t\xff\"}", "1:13", "the file is not UTF-8",
       "save the file as UTF-8"},
      {"UTF-16", std::string("\xff\xfe{\0}\0", 6), "1:1", "the file is not UTF-8",
       "save the file as UTF-8"},
      {"deep nesting", std::string(100, '['), "1:65", "nest deeper than 64", ""},
      {"a number that is not whole", R"({"onceward": "1", "title": "t", "services": {}, "n": 1.5})",
       "1:49", "unknown field", "write durations as text"},
      {"a number with an exponent", in_timer(R"({"select": "db.orders", "limit": 1e3})"), "10:41",
       "numbers are whole numbers", "write durations as text"},
      {"a number of more than 64 bits",
       in_timer(R"({"select": "db.orders", "limit": 9223372036854775808})"), "10:41",
       "the number does not fit into 64 bits", "the largest is 9223372036854775807"},
      {"a number that begins with a zero", "{\"onceward\": 01}", "1:14", "`01` is not a number",
       "leave out the zero"},
      {"not a number", "{\"onceward\": NaN}", "1:14", "expected a value, found `NaN`", ""},
      {"a word of another language", "{\"onceward\": True}", "1:14", "found `True`",
       "did you mean true?"},
      {"a comment that does not end", "{ /* \"onceward\": \"1\" }", "1:3", "never closed",
       "close it with */"},
      {"a comment of another language", "# hello\n{}", "1:1", "found `#`",
       "a comment starts with //"},
      {"a name that stands twice",
       with(&Draft::head, R"("onceward": "1", "title": "t", "title": "u")"), "1:33",
       "the name \"title\" stands here twice", "line 1 has it first"},
      {"a list", "[]", "1:1", "the scenario must be an object, this is a list", ""},
      {"a text", "\"onceward\"", "1:1", "the scenario must be an object, this is a text", ""},
      {"nothing in it", "{}", "1:1", "the scenario needs a field \"onceward\"", "\"services\""},
      {"a line of megabytes", "{\"title\": \"" + std::string(7'000'000, 'x') + "\", }", "1:7000015",
       "expected a name", "remove the comma"},
      // NOLINTNEXTLINE(bugprone-string-constructor)
      {"10 MB", std::string(10'000'000, ' '), "", "the file is larger than 8 MiB", ""},
  };
}

std::vector<Broken> unknown_names() {
  return {
      {"a version to come", with(&Draft::head, R"("onceward": "9", "title": "t")"), "1:14",
       "version \"9\" of the language is not known", "reads version \"1\""},
      {"a misspelt field", with(&Draft::head, R"("onceward": "1", "titel": "t")"), "1:19",
       "unknown field \"titel\"", "did you mean \"title\"?"},
      {"a misspelt profile", with(&Draft::databases, R"({"db": {"profile": "postgre@15"}})"),
       "2:33", "unknown profile \"postgre@15\"", "did you mean \"postgres@15\"?"},
      {"a misspelt table", in_shop(R"({"insert": "db.order", "row": {"id": 1}})"), "6:19",
       "unknown table \"db.order\"", "did you mean \"db.orders\"?"},
      {"a misspelt column", in_timer(R"({"select": "db.orders", "where": "row.idd == 1"})"),
       "10:46", "has no column \"idd\"", "did you mean \"id\"?"},
      {"a misspelt topic", with(&Draft::on_worker, R"("on": {"topic": "bus.order", "group": "w"})"),
       "7:47", "unknown topic \"bus.order\"", "did you mean \"bus.orders\"?"},
      {"a misspelt database", in_shop(R"({"begin": "bd"})"), "6:18", "unknown database \"bd\"",
       "did you mean \"db\"?"},
      {"a misspelt operation", in_shop(R"({"call": "bank.pai", "of": 1})"), "6:17",
       "unknown operation \"bank.pai\"", "did you mean \"bank.pay\"?"},
      {"a misspelt service",
       with(&Draft::workload, R"([{"request": "Buy", "to": "shup", "with": {"order": 1}}])"),
       "12:39", "unknown service \"shup\"", "did you mean \"shop\"?"},
      {"a misspelt step", in_shop(R"({"inzert": "db.orders", "row": {}})"), "6:9",
       "unknown step \"inzert\"", "did you mean \"insert\"?"},
      {"a misspelt step alone", in_worker(R"("akc", {"effect": "ship", "of": 1})"), "8:8",
       "unknown step \"akc\"", "did you mean \"ack\"?"},
      {"a misspelt name in an expression", in_worker(R"({"effect": "ship", "of": "=evnt.key"})"),
       "8:35", "unknown name \"evnt\"", "did you mean \"event\"?"},
      {"a misspelt function", in_shop(R"-({"insert": "db.orders", "row": {"id": "=uid()"}})-"),
       "6:48", "unknown function uid()", "did you mean \"uuid\"?"},
      {"a misspelt fault", with(&Draft::faults, R"({"kinds": [{"chrash": "any"}]})"), "13:23",
       "unknown field \"chrash\"", "did you mean \"crash\"?"},
      {"a fault of nobody", with(&Draft::faults, R"({"kinds": [{"crash": "shup"}]})"), "13:32",
       "there is no \"shup\" to strike", "did you mean \"shop\"?"},
      {"a misspelt invariant", with(&Draft::expect, R"({"violates": "no-lost-efect"})"), "15:24",
       "unknown invariant \"no-lost-efect\"", "did you mean \"no-lost-effect\"?"},
      {"a misspelt effect",
       with(&Draft::obligations, R"([{"each": "db.orders", "owes": "shipp", "exactly": 1}])"),
       "14:47", "no step causes an effect \"shipp\"", "did you mean \"ship\"?"},
      {"a misspelt cause",
       with(&Draft::obligations, R"([{"each": "db.order", "owes": "ship", "exactly": 1}])"),
       "14:26", "unknown table \"db.order\"", "did you mean \"db.orders\"?"},
      {"a misspelt pattern", patterns(R"({"consumr": "c"})"), "1:47", "unknown pattern \"consumr\"",
       "did you mean \"consumer\"?"},
      {"a misspelt block", with_block("pai", R"({"wait": "1s"})"), "6:16", "unknown block \"pai\"",
       "did you mean \"pay\"?"},
  };
}

std::vector<Broken> wrong_values() {
  const auto topics = [](const std::string& orders) {
    return with(&Draft::brokers,
                R"({"bus": {"profile": "kafka@4", "topics": {"orders": )" + orders + "}}}");
  };
  const auto restarts = [](const std::string& window) {
    return with(&Draft::services, R"(, "x": {"restart": )" + window + R"(, "handlers": []})");
  };
  const auto every = [](const std::string& period) {
    return with(&Draft::on_timer, R"("every": )" + period);
  };
  return {
      {"a text for a number", topics(R"({"partitions": "2"})"), "3:79",
       "\"partitions\" must be a number, this is a text", ""},
      {"a text for an object", with(&Draft::faults, R"("many")"), "13:11",
       "\"faults\" must be an object, this is a text", ""},
      {"a number for a text", with(&Draft::head, R"("onceward": "1", "title": 7)"), "1:28",
       "\"title\" must be a text, this is a number", ""},
      {"no partition", topics(R"({"partitions": 0})"), "3:79", "must be from 1 to 64", ""},
      {"too many requests",
       with(&Draft::workload,
            R"([{"request": "Buy", "to": "shop", "times": 100000, "with": {"order": 1}}])"),
       "12:56", "must be from 1 to 1000", ""},
      {"a negative budget", with(&Draft::faults, R"({"budget": -1})"), "13:22",
       "must be from 0 to 20", ""},
      {"a negative window", restarts(R"(["-1s", "5s"])"), "11:24", "a duration cannot be negative",
       "write for example"},
      {"a window that ends before it begins", restarts(R"(["5s", "1s"])"), "11:23",
       "ends before it begins", ""},
      {"a window with one end", restarts(R"(["5s"])"), "11:23", "a window has two ends",
       "[\"1ms\", \"5s\"]"},
      {"a duration without a unit", every(R"("5")"), "9:39", "this is not a duration",
       "write for example"},
      {"a duration as a number", every("5"), "9:39", "this is not a duration", "write for example"},
      {"a duration longer than all time", every(R"("99999999999d")"), "9:39",
       "this duration is too long", "106751d"},
      {"a step without what it needs", in_shop(R"({"insert": "db.orders"})"), "6:8",
       "a step \"insert\" needs a field \"row\"", ""},
      {"a step that does two things", in_shop(R"({"begin": "db", "commit": "db"})"), "6:24",
       "this step is \"begin\" already", "as a step of its own"},
      {"an empty step", in_shop("{}"), "6:8", "an empty step", ""},
      {"a list for a value", in_shop(R"({"insert": "db.orders", "row": {"id": [1]}})"), "6:46",
       "a value is a text, a number, true, false or null, this is a list", ""},
      {"an expression that ends early", in_worker(R"({"effect": "ship", "of": "=event.key +"})"),
       "8:45", "nothing follows `+`", "a value is missing"},
      {"one = for ==", in_timer(R"({"select": "db.orders", "where": "row.id = 1"})"), "10:49",
       "`=` is not an operator", "write `==` to compare"},
      {"&& for and", in_timer(R"({"select": "db.orders", "where": "true && true"})"), "10:47",
       "`&&` is not an operator", "write `and`"},
      {"a condition that is a number", in_timer(R"({"select": "db.orders", "where": "1 + 1"})"),
       "10:41", "a condition must be true or false", ""},
      {"a text taken from a number",
       in_shop(R"({"insert": "db.orders", "row": {"id": "=1 - 'a'"}})"), "6:48",
       "a text cannot be subtracted from a number", ""},
      {"a number in an expression of more than 64 bits",
       in_shop(R"({"insert": "db.orders", "row": {"id": "=99999999999999999999"}})"), "6:48",
       "the number does not fit into 64 bits", ""},
  };
}

std::vector<Broken> wrong_places() {
  return {
      {"an event in a handler of requests", in_shop(R"({"effect": "x", "of": "=event.key"})"),
       "6:32", "unknown name \"event\"", "events are at hand in handlers of a topic"},
      {"an acknowledgement of nothing", in_shop(R"("ack")"), "6:8",
       "only a handler of a topic has something to acknowledge", ""},
      {"a commit of nothing", in_shop(R"({"commit": "db"})"), "6:19",
       "begins a transaction on \"db\"", "write {\"begin\": \"db\"} before it"},
      {"a loop through nothing", in_timer(R"({"for_each": "found", "as": "x", "do": []})"), "10:21",
       "for_each goes through the rows that a select found", "a select names its rows with \"as\""},
      {"a break without a loop", in_timer(R"("break")"), "10:8", "has no loop around it", ""},
      {"a loop without an operation",
       in_timer(R"({"while": "true", "at_most": 3, "do": ["continue"]})"), "10:8",
       "no step of this loop is an operation", "gives nobody a turn"},
      {"an answer to an error that cannot be", in_timer(R"({"wait": "1s", "on_error": []})"),
       "10:35", "\"on_error\" is for steps that can fail", ""},
      {"a handler without what starts it", with(&Draft::on_timer, R"("uncaught": "skip")"), "9:29",
       "what starts this handler?", "\"every\": \"1s\""},
      {"two handlers of one group",
       with(
           &Draft::services,
           R"(, "x": {"handlers": [{"on": {"topic": "bus.orders", "group": "worker"}, "do": []}]})"),
       "11:65", "has a handler already", "another group gets every message too"},
      {"a request that nobody takes",
       with(&Draft::workload, R"([{"request": "Buy", "to": "worker", "with": {"order": 1}}])"),
       "12:39", "worker has no handler on request \"Buy\"", "\"on\": {\"request\": ...}"},
      {"how many are owed is left out",
       with(&Draft::obligations, R"([{"each": "db.orders", "owes": "ship"}])"), "14:17",
       "how many are owed?", "write \"exactly\": 1"},
      {"between steps that are not there",
       with(
           &Draft::expect,
           R"({"violates": "no-lost-effect", "by": {"crash": "shop", "between": ["savd", "sent"]}})"),
       "15:78", "unknown step \"savd\"", "did you mean \"saved\"?"},
      {"a rule that cannot be judged", with(&Draft::expect, R"({"violates": "per-key-order"})"),
       "15:24", "per-key-order is not judged here", "\"invariants\" does not name it"},
      {"the fewest faults of nothing", with(&Draft::expect, R"({"fewest_faults": 1})"), "15:29",
       "is about a violation, and none is expected", "\"violates\" names the invariant"},
      {"a pattern without what it needs", patterns(R"({"service": "shop", "event": "E"})"), "1:46",
       "a pattern \"service\" needs a field \"request\"", ""},
      {"a pattern with a word that it does not know",
       patterns(R"({"service": "s", "event": "E", "request": "R", "sends": "outbux"})"), "1:102",
       "\"sends\" cannot be \"outbux\"", "did you mean \"outbox\"?"},
      {"a block that nobody defined", in_shop(R"({"use": "pay"})"), "6:16", "unknown block \"pay\"",
       "\"define\" names blocks of steps"},
      {"a block that uses itself", with_block("pay", R"({"use": "pay"})"), "1:67",
       "block \"pay\" uses itself", ""},
      {"a file derived from none", R"({"from": "nowhere.onceward.json"})", "1:10",
       "nowhere.onceward.json: no such file or folder", ""},
      {"a file derived from itself", R"({"from": "broken.onceward.json"})", "1:10",
       "a scenario cannot be derived from itself", "broken.onceward.json -> broken.onceward.json"},
      {"changes to nothing", with(&Draft::rest, R"(, "with": {"sent": null})"), "15:51",
       "\"with\" changes what \"from\" names", ""},
  };
}

std::vector<Broken> broken_files() {
  std::vector<Broken> all;
  for (const auto& part : {no_json(), unknown_names(), wrong_values(), wrong_places()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

TEST_CASE("each kind of broken file is exit 2 with its place, excerpt and what to do", "[broken]") {
  const TemporaryFolder folder;
  const std::vector<Broken> all = broken_files();
  CHECK(all.size() >= 60);
  for (const Broken& broken : all) {
    folder.write("broken.onceward.json", broken.text);
    const Ran ran = folder.onceward("check broken.onceward.json");
    INFO(broken.what << "\n" << ran.err);
    CHECK(ran.exit_code == 2);
    const std::string first = ran.err.substr(0, ran.err.find('\n'));
    const std::string file = "broken.onceward.json:";
    const std::string place = *broken.place == '\0' ? file : file + broken.place + ": error: ";
    CHECK(first.find(place) == 0);
    CHECK(first.find(broken.says) != std::string::npos);
    CHECK(ran.err.find(broken.hint) != std::string::npos);
    if (*broken.place != '\0') CHECK(ran.err.find(" | ") != std::string::npos);
    if (*broken.place != '\0') CHECK(ran.err.find('^') != std::string::npos);
    CHECK(ran.err.size() < 4000);  // whatever the size of the file
  }
}

TEST_CASE("all mistakes of a file are told in one go", "[broken]") {
  const TemporaryFolder folder;
  Draft draft;
  draft.head = R"("onceward": "1", "titel": "t")";
  draft.databases = R"({"db": {"profile": "postgre@15"}})";
  draft.shop = R"({"inzert": "db.orders"}, {"publish": "Placed"}, {"wait": "5"})";
  draft.faults = R"({"budget": 21, "kinds": [{"chrash": "any"}]})";
  draft.expect = R"({"holds": "always"})";
  folder.write("broken.onceward.json", draft.text());
  const Ran ran = folder.onceward("check broken.onceward.json");
  INFO(ran.err);
  CHECK(ran.exit_code == 2);
  for (const char* place :
       {"1:19:", "2:33:", "6:9:", "6:33:", "6:65:", "13:22:", "13:37:", "15:21:"}) {
    INFO(place);
    CHECK(ran.err.find(std::string("broken.onceward.json:") + place + " error: ") !=
          std::string::npos);
  }
}

TEST_CASE("a file that cannot be opened is named with the reason", "[broken]") {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "folder.onceward.json");
  for (const char* command : {"check", "show", "run", "lint"}) {
    const Ran missing = folder.onceward(std::string(command) + " nowhere.onceward.json");
    INFO(command << "\n" << missing.err);
    CHECK(missing.exit_code == 2);
    CHECK(missing.err.find("nowhere.onceward.json: error: no such file or folder\n") == 0);
  }
  const Ran directory = folder.onceward("show folder.onceward.json");
  CHECK(directory.exit_code == 2);
  CHECK(directory.err == "folder.onceward.json: error: this is a directory, not a file\n");
}

TEST_CASE("two files derived from each other are refused with their circle", "[broken]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", R"({"from": "b.onceward.json"})");
  folder.write("b.onceward.json", R"({"from": "a.onceward.json"})");
  const Ran ran = folder.onceward("check a.onceward.json");
  CHECK(ran.exit_code == 2);
  CHECK(ran.err.find("a.onceward.json -> b.onceward.json -> a.onceward.json") != std::string::npos);
}

TEST_CASE("a mistake that only a run can meet is exit 2 with the step and a capsule", "[broken]") {
  const TemporaryFolder folder;
  const std::vector<std::pair<std::string, std::string>> all = {
      {R"-({"insert": "db.orders", "row": {"id": "=1 / (request.order == 'o1' ? 0 : 1)"}})-",
       "division by zero"},
      {R"-({"insert": "db.orders", "row": {"id": "=1 % (request.order == 'o1' ? 0 : 1)"}})-",
       "division by zero"},
      {R"-({"select": "db.orders", "as": "x"}, {"effect": "ship", "of": "=x.first.id"})-",
       "there is no first row: nothing was found"},
      {R"-({"effect": "ship", "of": "=9223372036854775807 + (request.order == 'o1' ? 1 : 0)"})-",
       "the result does not fit in 64 bits"},
  };
  for (const auto& [steps, says] : all) {
    Draft draft;
    draft.shop = steps + R"(, {"publish": "Placed", "to": "bus.orders", "name": "sent"})";
    folder.write("broken.onceward.json", draft.text());
    const Ran ran = folder.onceward("check broken.onceward.json");
    INFO(ran.out << ran.err);
    CHECK(ran.exit_code == 2);
    CHECK((ran.out + ran.err).find(says) != std::string::npos);
    CHECK((ran.out + ran.err).find("expected 0") == std::string::npos);
    CHECK((ran.out + ran.err).find("broken.onceward.json:6:") != std::string::npos);
    CHECK((ran.out + ran.err).find("onceward replay onceward-out/broken.capsule.json") !=
          std::string::npos);
  }
}

}  // namespace
}  // namespace onceward::scenarios
