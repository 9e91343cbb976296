// Scenarios searched side by side, and the deadline of a check.
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/scenarios/draft.hpp"
#include "tests/support/command.hpp"

namespace onceward {
namespace {

using nlohmann::json;
using scenarios::Draft;
using tests::has;
using tests::Ran;
using tests::TemporaryFolder;

std::string holding(int requests) {
  Draft draft;
  draft.expect = R"({"holds": true})";
  draft.obligations = R"([{"each": "db.orders", "owes": "ship", "at_least": 0}])";
  draft.workload = fmt::format(
      R"([{{"request": "Buy", "to": "shop", "times": {}, "with": {{"order": "='o' + n"}}}}])",
      requests);
  return draft.text();
}

std::string breaking(const std::string& title) {
  Draft draft;
  draft.head = R"("onceward": "1", "title": ")" + title + "\"";
  return draft.text();
}

std::string surprising() {
  Draft draft;
  draft.expect = R"({"holds": true})";
  return draft.text();
}

std::string divided_by_zero() {
  Draft draft;
  draft.worker = R"({"effect": "ship", "of": "=event.key"}, "ack",
    {"if": "1 / (event.key == 'o1' ? 0 : 1) == 1", "then": []})";
  return draft.text();
}

// Far too much to be searched in the time that a test has.
std::string endless() {
  Draft draft;
  draft.expect = R"({"holds": true})";
  draft.obligations = R"([{"each": "db.orders", "owes": "ship", "at_least": 0}])";
  draft.workload =
      R"([{"request": "Buy", "to": "shop", "times": 9, "with": {"order": "='o' + n"}}])";
  draft.faults = R"({"budget": 3, "kinds": [{"crash": "any"}, {"redeliver": "any"}]})";
  return draft.text();
}

// What a check wrote: its streams, its document and its capsules, by name.
std::map<std::string, std::string> written(const TemporaryFolder& folder,
                                           const std::string& arguments,
                                           const std::string& input = "") {
  std::filesystem::remove_all(folder / "onceward-out");
  const Ran ran = folder.onceward("check --no-timing --json result.json " + arguments, input);
  std::map<std::string, std::string> all = {{"exit code", std::to_string(ran.exit_code)},
                                            {"standard output", ran.out},
                                            {"standard error", ran.err},
                                            {"document", folder.read("result.json")}};
  for (const auto& entry : std::filesystem::directory_iterator(folder / "onceward-out")) {
    all[entry.path().filename().string()] = tests::read_file(entry.path());
  }
  std::filesystem::remove(folder / "result.json");
  return all;
}

TEST_CASE("any number of jobs says and writes the same", "[cli][jobs]") {
  const TemporaryFolder folder;
  folder.write("all/a-holds.onceward.json", holding(2));
  folder.write("all/b-breaks.onceward.json", breaking("one"));
  folder.write("all/c-nonsense.onceward.json", "{ this is no scenario");
  folder.write("all/d-surprises.onceward.json", surprising());
  folder.write("all/e-mistaken.onceward.json", divided_by_zero());
  folder.write("all/f-holds.onceward.json", holding(1));
  // Two capsules of one name: the later file has the last word.
  folder.write("all/g/same/x.onceward.json", breaking("first"));
  folder.write("all/h/same/x.onceward.json", breaking("second"));
  const std::string files = "all - missing.onceward.json --states 2000";
  const auto alone = written(folder, files, breaking("from standard input"));
  CHECK(alone.at("exit code") == "2");
  CHECK(has(alone.at("document"), "from standard input"));
  CHECK(has(alone.at("same.x.capsule.json"), "second"));
  CHECK(has(alone.at("standard error"), "c-nonsense.onceward.json:1:3: error: "));
  for (const char* jobs : {"1", "2", "3", "40", "all"}) {
    INFO(jobs);
    CHECK(written(folder, files + " --jobs " + jobs, breaking("from standard input")) == alone);
  }
}

TEST_CASE("sampled runs do not depend on the number of jobs either", "[cli][jobs]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", holding(2));
  folder.write("b.onceward.json", breaking("b"));
  const std::string files = "a.onceward.json b.onceward.json --strategy random --runs 300 --jobs ";
  CHECK(written(folder, files + "1") == written(folder, files + "2"));
}

TEST_CASE("results of later files wait for those before, and none is lost", "[cli][jobs]") {
  const TemporaryFolder folder;
  std::string files;
  for (int i = 0; i < 12; ++i) {
    const std::string name = fmt::format("{:02}.onceward.json", i);
    folder.write(name, i == 0 ? holding(2) : breaking(fmt::format("number {}", i)));
    files += " " + name;
  }
  const Ran ran = folder.onceward("check --jobs 4 --brief" + files);
  CHECK(ran.exit_code == 0);
  std::size_t at = 0;
  for (int i = 0; i < 12; ++i) {
    const std::size_t found = ran.out.find(fmt::format("{:02}.onceward.json", i), at);
    REQUIRE(found != std::string::npos);
    at = found;
  }
  CHECK(has(ran.out, "12 as expected, 0 not, 0 inconclusive   exit 0 "));
}

TEST_CASE("after an interruption no search is begun, and all that run say so", "[cli][jobs]") {
  const TemporaryFolder folder;
  std::string files;
  for (const char* name : {"a", "b", "c", "d"}) {
    files += " " + folder.write(std::string(name) + ".onceward.json", holding(1));
  }
  const Ran ran =
      folder.onceward("check --jobs 2 --strategy random --runs 1000000000" + files +
                      " --json result.json >out.txt 2>err.txt & sleep 2; kill -INT $!; wait $!");
  const std::string out = folder.read("out.txt");
  INFO(out << folder.read("err.txt"));
  CHECK(ran.exit_code == 130);
  CHECK(has(folder.read("err.txt"), "onceward: interrupted, 2 of 4 scenarios were checked"));
  const json scenarios = json::parse(folder.read("result.json")).at("scenarios");
  REQUIRE(scenarios.size() == 2);
  for (const json& scenario : scenarios) {
    CHECK(scenario.at("verdict") == "UNKNOWN");
    CHECK(scenario.at("reasons") == json{"interrupted"});
    CHECK(scenario.at("search").at("runs") > 0);
  }
}

TEST_CASE("when the deadline passes, what is not decided is UNKNOWN and exit 3", "[cli][jobs]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", breaking("a"));
  folder.write("b.onceward.json", endless());
  folder.write("c.onceward.json", holding(1));
  folder.write("d.onceward.json", "{ this is no scenario");
  const std::string options =
      "check --deadline 2s --states 1000000000 --transitions 1000000000000 --json result.json ";
  const Ran ran = folder.onceward(options + "a.onceward.json b.onceward.json c.onceward.json");
  INFO(ran.out);
  CHECK(ran.exit_code == 3);
  CHECK(ran.err.empty());
  CHECK(has(ran.out, "Reason    the deadline of 2s passed\n"));
  CHECK(has(ran.out, "Reason    the search was not begun: the deadline of 2s passed\n"));
  CHECK(has(ran.out, "UNKNOWN   nothing was searched   inconclusive\n"));
  CHECK(has(ran.out, "\nSearched  "));
  CHECK(has(ran.out, "\nTry       fewer requests"));
  CHECK(has(ran.out, "1 as expected, 0 not, 2 inconclusive   exit 3 "));
  const json scenarios = json::parse(folder.read("result.json")).at("scenarios");
  REQUIRE(scenarios.size() == 3);
  CHECK(scenarios.at(0).at("verdict") == "VIOLATED");
  CHECK(scenarios.at(1).at("verdict") == "UNKNOWN");
  CHECK(scenarios.at(1).at("search").at("states") > 0);
  CHECK(scenarios.at(1).at("search").at("visited_bytes") > 0);
  CHECK(scenarios.at(2).at("verdict") == "UNKNOWN");
  CHECK(scenarios.at(2).at("search").at("transitions") == 0);
  for (const json& rule : scenarios.at(2).at("invariants"))
    CHECK(rule.at("status") == "not-judged");
  // A mistake in a file is told even so.
  CHECK(folder.onceward("check --deadline 1ns d.onceward.json").exit_code == 2);
}

TEST_CASE("a deadline stops the searches of all jobs", "[cli][jobs]") {
  const TemporaryFolder folder;
  for (const char* name : {"a", "b", "c"}) {
    folder.write(std::string(name) + ".onceward.json", holding(1));
  }
  const Ran ran = folder.onceward(
      "check . --jobs 3 --strategy random --runs 1000000000 --deadline 500ms --json result.json");
  CHECK(ran.exit_code == 3);
  const json result = json::parse(folder.read("result.json"));
  CHECK(result.at("scenarios").size() == 3);
  for (const json& scenario : result.at("scenarios")) {
    CHECK(scenario.at("verdict") == "UNKNOWN");
    CHECK(scenario.at("reasons") == json{"the deadline of 500ms passed"});
  }
}

TEST_CASE("a deadline that does not pass changes nothing", "[cli][jobs]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", breaking("a"));
  folder.write("b.onceward.json", holding(1));
  CHECK(written(folder, "a.onceward.json b.onceward.json --deadline 100d") ==
        written(folder, "a.onceward.json b.onceward.json"));
}

TEST_CASE("a number of jobs or a deadline that is none is told in a sentence", "[cli][jobs]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", holding(1));
  const auto says = [&](const std::string& arguments, const std::string& message) {
    const Ran ran = folder.onceward("check a.onceward.json " + arguments);
    INFO(arguments << "\n" << ran.err);
    CHECK(ran.exit_code == 2);
    CHECK(ran.out.empty());
    CHECK(has(ran.err, message));
  };
  for (const char* jobs : {"0", "-1", "1025", "99999999999999999999", "2.5", "many", "''"}) {
    says(std::string("--jobs ") + jobs, "--jobs: takes a number from 1 to 1024 or \"all\", not \"");
  }
  for (const char* deadline :
       {"30", "0", "0s", "-1s", "1.5s", "1 s", "soon", "9999999999d", "''"}) {
    says(std::string("--deadline ") + deadline,
         "--deadline: takes a duration such as 30s or 5m, not \"");
  }
}

}  // namespace
}  // namespace onceward
