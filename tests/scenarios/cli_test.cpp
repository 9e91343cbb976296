// The command line as its users meet it: exit codes, and what goes to which stream.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
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

// A scenario that holds, and one whose shop loses an order when it crashes.
std::string holding() {
  Draft draft;
  draft.expect = R"({"holds": true})";
  draft.obligations = R"([{"each": "db.orders", "owes": "ship", "at_least": 0}])";
  return draft.text();
}
std::string breaking() { return Draft().text(); }
std::string surprising() {
  Draft draft;
  draft.expect = R"({"holds": true})";
  return draft.text();
}

TEST_CASE("help and version answer on standard output", "[cli]") {
  const TemporaryFolder folder;
  for (const char* arguments : {"--help", "check --help", "replay --help", "list --help"}) {
    const Ran ran = folder.onceward(arguments);
    INFO(arguments);
    CHECK(ran.exit_code == 0);
    CHECK(has(ran.out, "Usage"));
    CHECK(ran.err.empty());
  }
  CHECK(has(folder.onceward("--help").out, "Exit codes: 0 as expected"));
  CHECK(has(folder.onceward("replay --help").out, "run it in the folder in which check ran"));
  const Ran version = folder.onceward("version");
  CHECK(version.exit_code == 0);
  CHECK(version.out == std::string("onceward ") + ONCEWARD_VERSION + "\n");
}

// What the help of `command` gives as examples, each without the way to the program.
std::vector<std::string> examples_of(const std::string& command) {
  const std::string help = TemporaryFolder().onceward(command + " --help").out;
  const std::string start = "\n  ./dev ";
  std::vector<std::string> examples;
  for (std::size_t at = help.find(start); at != help.npos; at = help.find(start, at + 1)) {
    const std::size_t begin = at + start.size();
    examples.push_back(help.substr(begin, help.find('\n', begin) - begin));
  }
  return examples;
}

TEST_CASE("the examples of the help run as they are printed, from the root", "[cli]") {
  const TemporaryFolder root;
  root.copy_library();
  for (const char* command : {"", "check"}) {
    const std::vector<std::string> examples = examples_of(command);
    CHECK(examples.size() >= 3);
    for (const std::string& example : examples) {
      INFO(example);
      const std::string other = " | ./dev ";
      const std::size_t pipe = example.find(other);
      REQUIRE(example.starts_with("onceward "));
      Ran ran = root.onceward(example.substr(9, std::min(pipe, example.size()) - 9));
      if (pipe != example.npos) {
        ran = root.onceward(example.substr(pipe + other.size() + 9), ran.out);
      }
      CHECK(ran.exit_code == 0);
      CHECK_FALSE(ran.out.empty());
    }
  }
  CHECK(examples_of("list").empty());
}

TEST_CASE("bad usage is exit 2 with a message on standard error", "[cli]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", holding());
  for (const char* arguments : {"",
                                "chekc",
                                "--verison",
                                "check",
                                "check a.onceward.json --sead 1",
                                "check a.onceward.json --seed x",
                                "check a.onceward.json --strategy best",
                                "check a.onceward.json --runs many",
                                "check a.onceward.json --runs -1",
                                "check a.onceward.json --states 0",
                                "check a.onceward.json --width -5",
                                "check a.onceward.json --require proof",
                                "run",
                                "run a.onceward.json --seed 1.5",
                                "replay",
                                "show",
                                "show a.onceward.json --as yaml",
                                "list",
                                "list nonsense",
                                "list fault",
                                "version now"}) {
    const Ran ran = folder.onceward(arguments);
    INFO(arguments);
    CHECK(ran.exit_code == 2);
    CHECK(ran.out.empty());
    CHECK_FALSE(ran.err.empty());
  }
  CHECK(has(folder.onceward("list fault").err, "did you mean \"faults\"?"));
}

TEST_CASE("a misspelt command, strategy or number is told in a sentence", "[cli]") {
  const TemporaryFolder folder;
  const auto says = [&](const std::string& arguments, const std::string& message) {
    const Ran ran = folder.onceward(arguments);
    INFO(ran.err);
    CHECK(ran.exit_code == 2);
    CHECK(has(ran.err, message));
  };
  says("chekc a.onceward.json", "there is no command \"chekc\"; did you mean \"check\"?");
  says("check a --strategy exaustive", "did you mean \"exhaustive\"?");
  says("check a --states abc", "takes a whole number from 1, not \"abc\"");
  says("check a --runs 0", "takes a whole number from 1, not \"0\"");
  says("check a --deadlin 5s",
       "onceward: there is no option \"--deadlin\"; did you mean \"--deadline\"?\n");
  says("check a --deadlin=5s", "\"--deadlin\"; did you mean \"--deadline\"?\n");
  says("lint --strct a", "onceward: there is no option \"--strct\"; did you mean \"--strict\"?\n");
  says("--verison", "onceward: there is no option \"--verison\"; did you mean \"--version\"?\n");
  says("check", "onceward: path is required\n");
  says("check a --width 3", "takes a number from 40 to 9999, not \"3\"");
  says("check nowhere", "nowhere: error: no such file or folder\n");
}

TEST_CASE("a document that cannot be written is told before the search, and in the code printed",
          "[cli]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", holding());
  const Ran nowhere = folder.onceward("check a.onceward.json --json nowhere/a.json");
  CHECK(nowhere.exit_code == 2);
  CHECK(nowhere.out.empty());
  CHECK(nowhere.err == "onceward: cannot write nowhere/a.json\n");
  // Some paths refuse only what is written to them.
  const Ran full = folder.onceward("check a.onceward.json --json /dev/full");
  CHECK(full.exit_code == 2);
  CHECK(has(full.err, "onceward: cannot write /dev/full\n"));
  CHECK(has(full.out, "1 as expected, 0 not, 0 inconclusive   exit 2   "));
}

TEST_CASE("list prints each of its tables", "[cli]") {
  const TemporaryFolder folder;
  const auto lists = [&](const std::string& kind, const std::string& entry) {
    const Ran ran = folder.onceward("list " + kind);
    CHECK(ran.exit_code == 0);
    CHECK(ran.err.empty());
    CHECK(has(ran.out, "\n" + entry + " "));
  };
  lists("faults", "redeliver");
  lists("invariants", "no-lost-effect");
  lists("profiles", "kafka@4");
  lists("steps", "for_each");
  lists("functions", "now()");
  lists("strategies", "exhaustive");
  lists("timings", "windows");
}

TEST_CASE("check exits by what it found", "[cli]") {
  const TemporaryFolder folder;
  folder.write("holds.onceward.json", holding());
  folder.write("breaks.onceward.json", breaking());
  folder.write("surprises.onceward.json", surprising());
  folder.write("nonsense.onceward.json", "{ this is no scenario");
  folder.write("empty/readme.txt", "nothing to check here");

  CHECK(folder.onceward("check holds.onceward.json").exit_code == 0);
  CHECK(folder.onceward("check breaks.onceward.json").exit_code == 0);
  CHECK(folder.onceward("check surprises.onceward.json").exit_code == 1);
  CHECK(folder.onceward("check holds.onceward.json surprises.onceward.json").exit_code == 1);
  CHECK(folder.onceward("check holds.onceward.json --states 5 --strategy exhaustive").exit_code ==
        3);
  CHECK(folder.onceward("check holds.onceward.json --strategy random --runs 5").exit_code == 0);
  CHECK(folder.onceward("check holds.onceward.json --strategy random --runs 5 --require exhausted")
            .exit_code == 1);
  CHECK(folder.onceward("check .").exit_code == 2);
  const Ran nothing = folder.onceward("check empty");
  CHECK(nothing.exit_code == 3);
  CHECK(nothing.err == "onceward: nothing to check: no file ends in .onceward.json\n");
  const Ran missing = folder.onceward("check missing.onceward.json");
  CHECK(missing.exit_code == 2);
  CHECK(missing.err == "missing.onceward.json: error: no such file or folder\n");
}

TEST_CASE("a brief check tells what is as expected in a line each, the rest in full", "[cli]") {
  const TemporaryFolder folder;
  folder.write("breaks.onceward.json", breaking());
  folder.write("holds.onceward.json", holding());
  folder.write("surprises.onceward.json", surprising());
  const Ran ran = folder.onceward("check . --brief --json brief.json --no-timing");
  INFO(ran.out);
  CHECK(ran.exit_code == 1);
  CHECK(has(ran.out, "VIOLATED  no-lost-effect, 1 fault (crash)"));
  CHECK(has(ran.out, "./breaks.onceward.json\nHOLDS     at most 1 fault, "));
  CHECK(has(ran.out, "Expected  holds"));
  CHECK(has(ran.out, "\n2 as expected, 1 not, 0 inconclusive   exit 1 "));
  CHECK(folder.onceward("check . --json full.json --no-timing").exit_code == 1);
  CHECK(folder.read("brief.json") == folder.read("full.json"));
}

TEST_CASE("a search that is interrupted or terminated says what was done so far", "[cli]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", holding());
  for (const char* signal : {"INT", "TERM"}) {
    const Ran ran = folder.onceward(
        std::string("check a.onceward.json --strategy random --runs 1000000000 >out.txt 2>err.txt "
                    "& sleep 2; kill -") +
        signal + " $!; wait $!");
    const std::string out = folder.read("out.txt");
    const std::string err = folder.read("err.txt");
    INFO(signal << out << err);
    CHECK(ran.exit_code == 130);
    CHECK(has(out, "UNKNOWN"));
    CHECK(has(out, "Reason    interrupted"));
    CHECK(has(err, "onceward: interrupted, 1 of 1 scenarios were checked"));
    // No line of progress where nobody sits before a terminal.
    CHECK_FALSE(has(err, "\r"));
  }
}

TEST_CASE("stories go to standard output and mistakes to standard error", "[cli]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", "{ this is no scenario");
  folder.write("b.onceward.json", breaking());
  const Ran ran = folder.onceward("check a.onceward.json b.onceward.json --json result.json");
  CHECK(ran.exit_code == 2);
  CHECK(ran.out.substr(0, 24) == "VIOLATED  no-lost-effect");
  CHECK(has(ran.err, "a.onceward.json:1:3: error: "));
  CHECK_FALSE(has(ran.err, "VIOLATED"));
  const json document = json::parse(folder.read("result.json"));
  CHECK(has(document.at("scenarios").at(0).dump(), "a.onceward.json:1:3: error: "));
  CHECK(document.at("summary").at("exit_code") == 2);
}

TEST_CASE("a scenario may come from standard input", "[cli]") {
  const TemporaryFolder folder;
  const Ran ran = folder.onceward("check -", breaking());
  CHECK(ran.exit_code == 0);
  CHECK(ran.out.substr(0, 24) == "VIOLATED  no-lost-effect");
  CHECK(folder.onceward("check -", "").exit_code == 2);
  CHECK(folder.onceward("show -", breaking()).exit_code == 0);
}

TEST_CASE("a mistake met only when running is exit 2, with the step and a capsule", "[cli]") {
  const TemporaryFolder folder;
  Draft draft;
  draft.worker = R"({"effect": "ship", "of": "=event.key", "name": "shipped"}, "ack",
    {"if": "1 / (event.key == 'o1' ? 0 : 1) == 1", "then": []})";
  folder.write("a.onceward.json", draft.text());
  const Ran ran = folder.onceward("check a.onceward.json");
  CHECK(ran.exit_code == 2);
  CHECK(has(ran.out,
            "Reason    the scenario has a mistake that only a run can meet: division by zero\n"
            "          a.onceward.json:9:5: {\"if\": \"1 / (event.key == 'o1' ? 0 : 1) == 1\""));
  CHECK(has(ran.out, "Again     onceward replay onceward-out/a.capsule.json"));
  const Ran again = folder.onceward("replay onceward-out/a.capsule.json");
  CHECK(again.exit_code == 2);
  CHECK(has(again.out, "division by zero"));
  CHECK(folder.onceward("run a.onceward.json").exit_code == 2);
}

TEST_CASE("show fills in defaults, and what it prints checks to the same verdict", "[cli]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", "// a comment\n" + breaking());
  const auto result = [&](const std::string& file) {
    const Ran ran = folder.onceward("check " + file + " --no-timing --json " + file + ".result");
    CHECK(ran.exit_code == 0);
    json scenario = json::parse(folder.read(file + ".result")).at("scenarios").at(0);
    for (const char* part : {"file", "digest", "violations"}) scenario.erase(part);
    return scenario;
  };
  const json expected = result("a.onceward.json");
  const Ran text = folder.onceward("show a.onceward.json");
  CHECK(text.exit_code == 0);
  CHECK(has(text.out, "// database db: postgres@15"));
  CHECK(has(text.out, "// service worker: restarts within [500ms, 30s]"));
  folder.write("text.onceward.json", text.out);
  CHECK(result("text.onceward.json") == expected);
  const Ran plain = folder.onceward("show a.onceward.json --as json");
  CHECK(plain.exit_code == 0);
  CHECK(json::accept(plain.out));
  folder.write("plain.onceward.json", plain.out);
  CHECK(result("plain.onceward.json") == expected);
  CHECK(folder.onceward("show missing.onceward.json").exit_code == 2);
}

TEST_CASE("run makes the same run of the same seed", "[cli]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", holding());
  const Ran first = folder.onceward("run a.onceward.json --seed 7");
  CHECK(first.exit_code == 0);
  CHECK(has(first.out, "Quiet after "));
  CHECK(first.out == folder.onceward("run a.onceward.json --seed 7").out);
  CHECK(first.out != folder.onceward("run a.onceward.json --seed 8").out);
  CHECK(has(folder.onceward("run a.onceward.json --seed random").err, "seed "));
  CHECK(folder.onceward("run missing.onceward.json").exit_code == 2);
}

TEST_CASE("the result document goes where it is asked to, and the story out of its way", "[cli]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", breaking());
  const Ran ran = folder.onceward("check a.onceward.json --json -");
  CHECK(ran.exit_code == 0);
  const json document = json::parse(ran.out);
  CHECK(document.at("schema") == "onceward.result/1");
  CHECK(document.at("scenarios").at(0).at("verdict") == "VIOLATED");
  CHECK(document.contains("timing"));
  CHECK(has(ran.err, "VIOLATED  no-lost-effect"));

  CHECK(folder.onceward("check a.onceward.json --json one.json --no-timing").exit_code == 0);
  CHECK(folder.onceward("check a.onceward.json --json two.json --no-timing").exit_code == 0);
  CHECK(folder.read("one.json") == folder.read("two.json"));
  CHECK_FALSE(json::parse(folder.read("one.json")).contains("timing"));
  const Ran failed = folder.onceward("check a.onceward.json --json missing/one.json");
  CHECK(failed.exit_code == 2);
  CHECK(has(failed.err, "cannot write missing/one.json"));
}

TEST_CASE("capsules go to the folder asked for", "[cli]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", breaking());
  CHECK(folder.onceward("check a.onceward.json").exit_code == 0);
  CHECK(std::filesystem::exists(folder / "onceward-out/a.capsule.json"));
  CHECK(folder.onceward("check a.onceward.json --out here/and/there").exit_code == 0);
  CHECK(folder.read("here/and/there/a.capsule.json") == folder.read("onceward-out/a.capsule.json"));
  folder.write("file", "in the way");
  const Ran ran = folder.onceward("check a.onceward.json --out file/x");
  CHECK(ran.exit_code == 0);
  CHECK(has(ran.out, "Warning   the capsule could not be written to file/x/a.capsule.json"));
}

TEST_CASE("a file whose name is no UTF-8 is checked as any other", "[cli]") {
  const TemporaryFolder folder;
  folder.write("a\xff.onceward.json", breaking());
  const Ran ran = folder.onceward("check . --json a.json");
  CHECK(ran.exit_code == 0);
  CHECK(has(ran.out, "VIOLATED  no-lost-effect"));
  CHECK(json::accept(folder.read("a.json")));
}

TEST_CASE("help and the version are answered whichever way one asks", "[cli]") {
  const TemporaryFolder folder;
  const auto says = [&](const std::string& arguments) {
    const Ran ran = folder.onceward(arguments);
    CHECK(ran.exit_code == 0);
    CHECK(ran.err.empty());
    return ran.out;
  };
  CHECK(says("--version") == says("version"));
  CHECK(says("help") == says("--help"));
  CHECK(has(says("help"), "check"));
  CHECK(has(says("check --help"), "--deadline"));
}

TEST_CASE("the times of a story are the same whatever of it is shown", "[cli]") {
  const TemporaryFolder folder;
  folder.copy_library();
  for (const char* name : {"dual-write/commit-then-publish", "relay/cleanup", "consumer/ack-first",
                           "outbox/no-key-no-sequence"}) {
    const std::string check = std::string("check scenarios/library/") + name + ".onceward.json";
    // By the numbers of their steps.
    const auto times = [](const std::string& out) {
      std::map<std::string, std::string> all;
      std::istringstream lines(out.substr(0, out.find("\nBroken ")));
      for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line.substr(std::min<std::size_t>(line.size(), 2)));
        std::string step, time;
        const bool two = static_cast<bool>(words >> step >> time);
        const bool numbers = two && std::isdigit(step[0]) != 0 && std::isdigit(time[0]) != 0;
        if (numbers && time.back() == 's') all[step] = time;
      }
      return all;
    };
    const auto shown = times(folder.onceward(check).out);
    const auto all = times(folder.onceward(check + " --events all").out);
    INFO(name);
    CHECK(shown.size() > 3);
    CHECK(all.size() >= shown.size());
    for (const auto& [step, time] : shown) {
      INFO(step);
      REQUIRE(all.contains(step));
      CHECK(all.at(step) == time);
    }
  }
}

TEST_CASE("options of the text change the text only", "[cli]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", breaking());
  for (const char* option : {"--width 40", "--width 300", "--events all", "--events story"}) {
    INFO(option);
    const Ran ran = folder.onceward(std::string("check a.onceward.json ") + option);
    CHECK(ran.exit_code == 0);
    CHECK(has(ran.out, "Again     onceward replay onceward-out/a.capsule.json"));
  }
}

}  // namespace
}  // namespace onceward
