// `onceward threshold`: for shipped scenarios the answer follows from their windows by hand, to the
// nanosecond. Windows that a file does not write are those that `onceward show` prints: a statement
// and a commit 0.1 to 10 ms, a delivery and a publish 1 to 100 ms, a call 1 ms to 10 s, a restart
// 0.5 to 30 s; a process that gives up is gone within 1 s.
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "scenarios/varied.hpp"
#include "tests/scenarios/draft.hpp"
#include "tests/support/command.hpp"
#include "tests/support/golden.hpp"

namespace onceward {
namespace {

using nlohmann::json;
using scenarios::Draft;
using tests::has;
using tests::Ran;
using tests::TemporaryFolder;

const std::string kLibrary = "scenarios/library/";
const std::string kEnding = ".onceward.json";
constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMillisecond;

// The document of a run that ends with this exit code.
json document(const TemporaryFolder& folder, const std::string& arguments, int exit_code = 0) {
  const Ran ran = folder.onceward("threshold " + arguments + " --json -");
  INFO(arguments + "\n" + ran.out + ran.err);
  REQUIRE(ran.exit_code == exit_code);
  return json::parse(ran.out);
}

json shipped(const std::string& file, const std::string& field) {
  const TemporaryFolder folder;
  folder.copy_library();
  return document(folder, kLibrary + file + kEnding + " " + field);
}

// The same where no fault strikes, which is searched sooner.
json without_faults(const std::string& file, const std::string& field) {
  const TemporaryFolder folder;
  folder.copy_library();
  folder.write("a.onceward.json",
               R"({"onceward": "1", "title": "no faults", "from": ")" + kLibrary + file + kEnding +
                   R"(", "with": {"/faults/budget": 0}, "expect": {"holds": true}})");
  return document(folder, "a.onceward.json " + field);
}

// What was found at a value; "untried" if that was not searched.
std::string answer_at(const json& document, std::int64_t value) {
  for (const json& each : document.at("values")) {
    if (each.at("value") == value) return each.at("answer").get<std::string>();
  }
  return "untried";
}

// Exact: the last value of one answer and the first of the other are neighbours, and both were
// tried.
void changes_after(const json& document, std::int64_t value, const char* before,
                   const char* after) {
  CHECK(document.at("monotone") == true);
  CHECK(document.at("exact") == true);
  CHECK(document.at("stretches").size() == 2);
  CHECK(answer_at(document, value) == before);
  CHECK(answer_at(document, value + 1) == after);
}

void breaks_up_to(const json& document, std::int64_t value) {
  changes_after(document, value, "breaks", "holds");
}

void holds_up_to(const json& document, std::int64_t value) {
  changes_after(document, value, "holds", "breaks");
}

// The charge is done and its reply lost. The consumer is gone at most 1 s later and back 30 s after
// that; the event is handed out again within 100 ms, and the second charge is applied within 10 s:
// 41.1 s after the first. A key that is as old as its window is still known, so 41.1 s is enough.
TEST_CASE("how long a provider must know a key: until the slowest second call",
          "[threshold][library]") {
  const std::int64_t slowest = (1 + 30 + 10) * kSecond + 100 * kMillisecond;
  for (const std::string file :
       {"consumer/external-call.short-window", "consumer/external-call.wide-window.fixed"}) {
    const json found = shipped(file, "idempotency_window");
    breaks_up_to(found, slowest - 1);
    CHECK(found.at("answer") == "holds from 41s 100ms on, breaks up to 41s 99ms 999us 999ns");
    CHECK(found.at("values").at(0).at("invariants") == json{"no-duplicate-effect"});
  }
}

// A row carries the instant at which its transaction began. It is there for others after two
// inserts and a commit, 30 ms later, and found by a pass that begins up to a period, 30 s, after
// that and selects within 10 ms. The cleanup must look before: its `now()` is the instant at which
// its delete was sent, at least 0.1 ms before that takes place. What comes at one instant comes in
// any order. (A relay that dies before it publishes finds the row a restart and a period later.)
constexpr std::int64_t kSeenAfterPeriod = 30 * kMillisecond + 10 * kMillisecond - 100'000;

TEST_CASE("how old a row must be before it is removed: older than the relay's slowest look",
          "[threshold][library]") {
  for (const std::string file : {"relay/cleanup.by-age", "relay/cleanup.by-age.fixed"}) {
    const json found = without_faults(file, "removed");
    breaks_up_to(found, 30 * kSecond + kSeenAfterPeriod);
    CHECK(found.at("field") == "/services/cleanup/handlers/0/do/0/where");
    CHECK(found.at("unit") == "ns");
  }
}

TEST_CASE("how seldom a relay may look, if rows are removed after a day", "[threshold][library]") {
  const json found =
      without_faults("relay/cleanup.by-age.fixed", "/services/relay/handlers/0/every");
  const std::int64_t day = 86'400 * kSecond;
  holds_up_to(found, day - kSeenAfterPeriod - 1);
  CHECK(found.at("in_file") == 30 * kSecond);
}

// An attempt that ended in a timeout may have charged. With one attempt the event is dead then, and
// the order has come to both of its ends; with two the second attempt charges under the same key.
TEST_CASE("how many attempts a design needs: a parameter of a pattern", "[threshold][library]") {
  const json found = shipped("design/order-payment.fixed", "/patterns/4/attempts");
  CHECK(found.at("answer") == "holds from 2 on, breaks up to 1");
  CHECK(found.at("unit") == "1");
  CHECK(found.at("values").at(0).at("faults") == json{"reply_lost"});
}

TEST_CASE("how many messages of a partition may be handled at once", "[threshold][library]") {
  CHECK(shipped("consumer/parallel.order", "concurrency").at("answer") ==
        "holds up to 1, breaks from 2 on");
}

// Too short: the other worker finds the job open just before it is committed, 10 s of work and
// three times 10 ms after the lease was put, and comes to the lease 10 ms later. It gets the lease
// if that is over: the key is there as long as its time to live, that instant included.
// Too long: from the commit of the job to the lease 5 s (a pass is just over), 10 ms and 10 ms;
// then a crash; after the lease 5.02 s again; 10.03 s until the work is done: 20.07 s and the
// lease.
// `threshold` itself takes minutes over this file without optimisation, so the ends of what holds
// are checked here, and that such an answer is told as not monotone in
// tests/sim/threshold_test.cpp.
TEST_CASE("a lease can be too short and too long", "[threshold]") {
  const TemporaryFolder folder;
  const std::string files = std::string(ONCEWARD_SOURCE_DIR) + "/tests/scenarios/files/";
  const std::string text = tests::read_file(files + "lease-and-deadline" + kEnding);
  const auto breaks = [&](std::int64_t lease) -> std::string {
    const std::string was = R"("ttl": "30s")";
    std::string other = text;
    other.replace(other.find(was), was.size(), R"("ttl": ")" + std::to_string(lease) + R"(ns")");
    folder.write("a.onceward.json", other);
    const Ran ran = folder.onceward("check a.onceward.json --brief");
    if (ran.exit_code == 0) return "nothing";
    return has(ran.out, "no-duplicate-effect") ? "no-duplicate-effect"
           : has(ran.out, "in-time")           ? "in-time"
                                               : ran.out;
  };
  const std::int64_t least = 10 * kSecond + 40 * kMillisecond;
  const std::int64_t too_long = 120 * kSecond - (20 * kSecond + 70 * kMillisecond);
  CHECK(breaks(least - 1) == "no-duplicate-effect");
  CHECK(breaks(least) == "nothing");
  CHECK(breaks(too_long - 1) == "nothing");
  CHECK(breaks(too_long) == "in-time");
}

TEST_CASE("every value is told with its verdict, then the answer in a sentence",
          "[threshold][library]") {
  const TemporaryFolder folder;
  folder.copy_library();
  const std::string file = kLibrary + "consumer/external-call.short-window" + kEnding;
  const Ran ran = folder.onceward("threshold " + file + " idempotency_window --json t.json");
  CHECK(ran.err.empty());
  CHECK(ran.exit_code == 0);
  tests::check_golden("scenarios/threshold.txt", ran.out);
  // Nothing that is written differs from run to run, and nothing else is written.
  const std::string first = folder.read("t.json");
  static_cast<void>(folder.onceward("threshold " + file + " idempotency_window --json t.json"));
  CHECK(folder.read("t.json") == first);
  CHECK_FALSE(std::filesystem::exists(folder / "onceward-out"));
}

// ---- which value is meant ----------------------------------------------------------------------

Draft with_ttl(const std::string& expect) {
  Draft draft = scenarios::working(
      R"({"put": "redis", "key": "=event.id", "value": "x", "if": "absent", "ttl": "10m", "as": "m", "name": "marked"}, {"if": "m.rows == 1", "then": [{"effect": "ship", "of": "=event.key"}]}, "ack")");
  draft.rest = R"(, "stores": {"redis": {"profile": "redis@7"}})";
  draft.expect = expect;
  return draft;
}

std::string refused(const Draft& draft, const std::string& field) {
  const TemporaryFolder folder;
  folder.write("a" + kEnding, draft.text());
  const Ran ran = folder.onceward("threshold a" + kEnding + " " + field);
  INFO(ran.out);
  CHECK(ran.exit_code == 2);
  CHECK(ran.out.empty());
  return ran.err;
}

TEST_CASE("a value has many names, and a name that is none brings up the nearest", "[threshold]") {
  const Draft draft = with_ttl("{}");
  const std::string pointer = "/services/worker/handlers/0/do/0/ttl";
  const scenarios::Loaded loaded = scenarios::load_text("a.onceward.json", draft.text());
  INFO(loaded.problems);
  std::string mistake;
  const std::string step = pointer.substr(0, pointer.rfind('/'));
  for (const std::string& name :
       {pointer, step, std::string("ttl"), std::string("marked"), std::string("marked/ttl")}) {
    INFO(name);
    const auto varied = scenarios::Varied::find(loaded, name, mistake);
    INFO(mistake);
    REQUIRE(varied);
    CHECK(varied->pointer() == pointer);
    CHECK(varied->value() == 600 * kSecond);
  }
  const auto wrong = [&](const std::string& name) { return refused(draft, name); };
  CHECK(wrong("tll") == "onceward: there is no field \"tll\"; did you mean \"ttl\"?\n");
  CHECK(wrong("markd/ttl") ==
        "onceward: there is no field \"markd/ttl\"; did you mean \"marked/ttl\"?\n");
  CHECK(wrong("/services/worker/handlers/0/do/0/tl") ==
        "onceward: there is no field \"/services/worker/handlers/0/do/0/tl\"; did you mean \"" +
            pointer + "\"?\n");
  CHECK(wrong("title") ==
        "onceward: \"title\" holds neither a duration nor a whole number, such as "
        "\"10m\" or 3\n");
  CHECK(has(wrong("services/nobody"), "there is no field \"services/nobody\"; expected one of "));
  CHECK(has(wrong("handlers"), "\"handlers\" may be one of several; write which: "));
}

TEST_CASE("a duration in an expression is varied, two of them are not told apart", "[threshold]") {
  const auto found = [](const std::string& where) {
    Draft draft;
    draft.timer = R"({"select": "db.orders", "where": ")" + where + R"(", "name": "old"})";
    const scenarios::Loaded loaded = scenarios::load_text("a.onceward.json", draft.text());
    INFO(loaded.problems);
    REQUIRE(loaded.program != nullptr);
    std::string mistake;
    const auto varied = scenarios::Varied::find(loaded, "old", mistake);
    return varied ? scenarios::json_text(varied->with(1'500 * kMillisecond).expanded) : mistake;
  };
  CHECK(has(found("now() - 2m > now()"), "\"now() - 1500ms > now()\""));
  CHECK(has(found("now() - 2m > now() + 3s"), "neither a duration nor a whole number"));
  CHECK(has(found("row.id == '2m'"), "neither a duration nor a whole number"));
}

TEST_CASE("a limit is varied from what the language allows to what it allows", "[threshold]") {
  Draft draft;
  const scenarios::Loaded loaded = scenarios::load_text("a.onceward.json", draft.text());
  const auto range = [&](const std::string& field, std::int64_t most) {
    std::string mistake;
    const auto varied = scenarios::Varied::find(loaded, field, mistake);
    REQUIRE(varied);
    return std::vector<std::int64_t>{varied->least(), varied->most(most)};
  };
  CHECK(range("partitions", 1'000'000) == std::vector<std::int64_t>{1, 64});
  CHECK(range("partitions", 5) == std::vector<std::int64_t>{1, 5});
  CHECK(range("budget", 1'000'000) == std::vector<std::int64_t>{0, 20});
  CHECK(range("times", 10) == std::vector<std::int64_t>{1, 10});
}

TEST_CASE("durations are told in all their units, and exactly", "[threshold]") {
  using scenarios::exact_duration_text;
  CHECK(exact_duration_text(0) == "0s");
  CHECK(exact_duration_text(1) == "1ns");
  CHECK(exact_duration_text(600 * kSecond + 1) == "10m 1ns");
  CHECK(exact_duration_text(90'061 * kSecond + 2'003'004) == "1d 1h 1m 1s 2ms 3us 4ns");
}

// ---- what counts as holding --------------------------------------------------------------------

json answer_to(const Draft& draft, const std::string& arguments, int exit_code = 0) {
  const TemporaryFolder folder;
  folder.write("a" + kEnding, draft.text());
  return document(folder, "a" + kEnding + " " + arguments, exit_code);
}

// Nothing goes wrong with the mark, whatever its time to live.
TEST_CASE("what the file expects changes nothing: a value breaks if any judged rule does",
          "[threshold]") {
  for (const std::string expect :
       {R"({"holds": "exhausted"})", R"({"violates": "no-lost-effect"})",
        R"({"violates": "no-lost-effect", "by": {"crash": "worker"}, "fewest_faults": 1})"}) {
    Draft holds = with_ttl(expect);
    const json held = answer_to(holds, "ttl");
    CHECK(has(held.at("answer").get<std::string>(), "holds for all values tried, from 0s to "));
    CHECK(held.at("exit_code") == 0);
    // With a crash the mark outlives the consumer that put it and did nothing.
    holds.faults = R"({"budget": 1, "kinds": [{"crash": "worker"}]})";
    const json broken = answer_to(holds, "ttl");
    CHECK(answer_at(broken, 600 * kSecond) == "breaks");
  }
}

TEST_CASE("what was not decided is neither: exit 3, and the reason is told", "[threshold]") {
  const TemporaryFolder folder;
  folder.write("a" + kEnding, with_ttl("{}").text());
  const Ran ran =
      folder.onceward("threshold a" + kEnding + " ttl --strategy exhaustive --states 5");
  CHECK(ran.exit_code == 3);
  CHECK(has(ran.out, "10m  BOUND HIT "));
  CHECK(has(ran.out, "Answer    nothing was decided\n"));
  CHECK(has(ran.out, "3 values from 5m to 20m, a search each, 3 of them not decided"));
  const Ran late = folder.onceward("threshold a" + kEnding + " ttl --deadline 1ns");
  CHECK(late.exit_code == 3);
  CHECK(has(late.out, "the deadline of 1ns passed"));
  // A search with room enough is decided.
  CHECK(folder.onceward("threshold a" + kEnding + " ttl --strategy exhaustive --states 5000")
            .exit_code == 0);
}

TEST_CASE("a sample that finds nothing is no proof, and the answer says so", "[threshold]") {
  const std::string doubt = "; what holds was sampled, and may break in runs that were not tried";
  const json sampled = answer_to(with_ttl("{}"), "ttl --strategy random --runs 20");
  CHECK(has(sampled.at("answer").get<std::string>(), doubt));
  CHECK_FALSE(has(answer_to(with_ttl("{}"), "ttl").at("answer").get<std::string>(), doubt));
}

TEST_CASE("a value with which nothing is put to the test is not decided", "[threshold]") {
  Draft draft = scenarios::working(
      R"({"if": "event.key == 'o2'", "then": [{"effect": "ship", "of": "=event.key"}]}, "ack")");
  draft.workload =
      R"([{"request": "Buy", "to": "shop", "times": 2, "with": {"order": "='o' + n"}}])";
  draft.obligations =
      R"([{"each": "db.orders", "when": "row.id == 'o2'", "owes": "ship", "exactly": 1}])";
  const json found = answer_to(draft, "times --states 2000 --strategy exhaustive");
  CHECK(found.at("values").at(0).at("verdict") == "VACUOUS");
  CHECK(answer_at(found, 1) == "undecided");
  CHECK(answer_at(found, 2) == "holds");
  CHECK(found.at("stretches").at(0).at("first") == 2);
}

TEST_CASE("bad usage is told before anything is searched", "[threshold]") {
  const TemporaryFolder folder;
  folder.write("a" + kEnding, with_ttl("{}").text());
  CHECK(folder.onceward("threshold a" + kEnding).exit_code == 2);
  CHECK(folder.onceward("threshold nothing" + kEnding + " ttl").exit_code == 2);
  CHECK(folder.onceward("threshold a" + kEnding + " ttl --json no/such/folder").exit_code == 2);
  CHECK(folder.onceward("threshold a" + kEnding + " ttl --states 0").exit_code == 2);
  const Ran help = folder.onceward("threshold --help");
  CHECK(help.exit_code == 0);
  CHECK(has(help.out, "3 where the\nanswer changes"));
}

}  // namespace
}  // namespace onceward
