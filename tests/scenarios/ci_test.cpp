// What a CI job has of a check: the JUnit document, what GitHub Actions is told, and a page of the
// docs whose jobs may be pasted as they are.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>

#include "tests/scenarios/draft.hpp"
#include "tests/support/command.hpp"

namespace onceward {
namespace {

using scenarios::Draft;
using tests::has;
using tests::Ran;
using tests::TemporaryFolder;

// Loses an order when the shop crashes, as it should, or to its author's surprise.
std::string breaking() { return Draft().text(); }
std::string surprising() {
  Draft draft;
  draft.expect = R"({"holds": true})";
  return draft.text();
}

// As a job of GitHub has it, in a folder of its repository.
std::string job(const TemporaryFolder& folder) {
  return "GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=summary.md GITHUB_WORKSPACE='" +
         folder.path().parent_path().string() + "'";
}

std::string name_of(const TemporaryFolder& folder) { return folder.path().filename().string(); }

TEST_CASE("the JUnit document goes where it is asked to, and says what the story says", "[ci]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", surprising());
  const Ran ran = folder.onceward("check a.onceward.json --junit a.xml --json a.json");
  CHECK(ran.exit_code == 1);
  CHECK(has(ran.out, "VIOLATED  no-lost-effect"));
  const std::string document = folder.read("a.xml");
  CHECK(
      has(document, "<testcase classname=\"a\" name=\"no-lost-effect\" file=\"a.onceward.json\""));
  CHECK(has(document, "<failure type=\"violated\" message=\""));
  CHECK(has(document, "Again     onceward replay onceward-out/a.capsule.json\n</failure>"));
  CHECK_FALSE(folder.read("a.json").empty());

  const Ran printed = folder.onceward("check a.onceward.json --junit -");
  CHECK(printed.exit_code == 1);
  CHECK(printed.out.starts_with("<?xml"));
  CHECK(printed.out.ends_with("</testsuites>\n"));
  CHECK(has(printed.err, "VIOLATED  no-lost-effect"));
}

TEST_CASE("without durations equal checks give equal documents, however many run at a time",
          "[ci]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", breaking());
  folder.write("b/a.onceward.json", surprising());
  const auto document = [&](const std::string& options) {
    CHECK(folder.onceward("check . --junit a.xml " + options).exit_code == 1);
    return folder.read("a.xml");
  };
  CHECK(document("--no-timing") == document("--no-timing --jobs 2"));
  CHECK_FALSE(has(document("--no-timing"), " time="));
  CHECK(has(document(""), " time="));
}

TEST_CASE("a document that was asked for still carries the mistakes", "[ci]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", "{ this is no scenario");
  CHECK(folder.onceward("check . missing.onceward.json --junit a.xml").exit_code == 2);
  const std::string document = folder.read("a.xml");
  CHECK(has(document, "tests=\"2\" failures=\"0\" errors=\"2\""));
  CHECK(has(document, "./a.onceward.json:1:3: error: "));
  CHECK(has(document, "missing.onceward.json: error: no such file or folder"));
}

TEST_CASE("a JUnit document that cannot be written, or not there, is refused before the search",
          "[ci]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", breaking());
  const Ran nowhere = folder.onceward("check a.onceward.json --junit nowhere/a.xml");
  CHECK(nowhere.exit_code == 2);
  CHECK(nowhere.out.empty());
  CHECK(nowhere.err == "onceward: cannot write nowhere/a.xml\n");
  for (const std::string path : {"-", "a.xml"}) {
    const Ran both = folder.onceward("check a.onceward.json --junit " + path + " --json " + path);
    CHECK(both.exit_code == 2);
    CHECK(both.out.empty());
    CHECK(both.err == "onceward: --json and --junit cannot both go to " + path + "\n");
  }
  CHECK(folder.onceward("check a.onceward.json --junit /dev/full").exit_code == 2);
}

TEST_CASE("a job of GitHub gets annotations at the lines at fault, and a summary", "[ci]") {
  const TemporaryFolder folder;
  folder.write("bad.onceward.json", "{ this is no scenario");
  folder.write("breaks.onceward.json", breaking());
  folder.write("surprises.onceward.json", surprising());
  const Ran ran = folder.onceward("check . --brief", "", job(folder));
  INFO(ran.out);
  CHECK(ran.exit_code == 2);
  const std::string file = "::error file=" + name_of(folder);
  CHECK(has(ran.out, "\n" + file + "/bad.onceward.json,line=1,col=3,title=mistake::"));
  CHECK(has(ran.out, "\n" + file + "/surprises.onceward.json,line="));
  CHECK(has(ran.out, ",title=violated%3A no-lost-effect::"));
  CHECK(has(ran.out, "%0AAgain: onceward replay onceward-out/surprises.capsule.json\n"));
  CHECK_FALSE(has(ran.out, file + "/breaks"));
  const std::string once = folder.read("summary.md");
  CHECK(has(once, "| ./breaks.onceward.json | VIOLATED  no-lost-effect"));
  CHECK(has(once, "<details><summary>./surprises.onceward.json: VIOLATED"));
  // What an earlier command of the step has written stays.
  folder.write("summary.md", "before\n");
  CHECK(folder.onceward("check breaks.onceward.json", "", job(folder)).exit_code == 0);
  CHECK(folder.read("summary.md").starts_with("before\n### onceward\n"));
}

TEST_CASE("nobody else gets annotations or a summary", "[ci]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", surprising());
  for (const char* environment : {"", "GITHUB_STEP_SUMMARY=summary.md",
                                  "GITHUB_ACTIONS=false GITHUB_STEP_SUMMARY=summary.md"}) {
    INFO(environment);
    const Ran ran = folder.onceward("check a.onceward.json", "", environment);
    CHECK(ran.exit_code == 1);
    CHECK_FALSE(has(ran.out + ran.err, "::error"));
    CHECK_FALSE(std::filesystem::exists(folder / "summary.md"));
  }
}

TEST_CASE("a job of GitHub keeps its documents clean and its exit code", "[ci]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", surprising());
  const Ran ran = folder.onceward("check a.onceward.json --junit -", "", job(folder));
  CHECK(ran.exit_code == 1);
  CHECK_FALSE(has(ran.out, "::error"));
  CHECK(has(ran.err, "::error file="));
  const Ran full = folder.onceward("check a.onceward.json", "",
                                   "GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=nowhere/summary.md");
  CHECK(full.exit_code == 1);
  CHECK(full.err == "onceward: cannot write nowhere/summary.md\n");
  // Without a workspace, paths are as they were given.
  CHECK(has(full.out, "::error file=a.onceward.json,"));
}

// The words of `text` that look like long options.
std::set<std::string> options_in(const std::string& text) {
  std::set<std::string> options;
  const std::string letters = "abcdefghijklmnopqrstuvwxyz-";
  for (std::size_t at = text.find("--"); at != text.npos;) {
    const std::size_t end = std::min(text.find_first_not_of(letters, at), text.size());
    if (at > 0 && letters.find(text[at - 1]) == letters.npos && end > at + 3) {
      options.insert(text.substr(at, end - at));
    }
    at = text.find("--", end);
  }
  return options;
}

TEST_CASE("the page about CI names only options that check has, and its jobs use them", "[docs]") {
  std::istringstream lines(tests::read_file(std::string(ONCEWARD_SOURCE_DIR) + "/docs/ci.md"));
  std::string page;
  for (std::string line; std::getline(lines, line);) {
    const bool other = has(line, "apt-get ") || has(line, "git clone ");
    if (!other) page += line + "\n";
  }
  const std::string help = TemporaryFolder().onceward("check --help").out;
  const std::set<std::string> named = options_in(page);
  CHECK(named.size() > 4);
  const std::set<std::string> known = options_in(help);
  for (const std::string& option : named) {
    INFO(option);
    CHECK(known.contains(option));
  }
  CHECK_FALSE(known.contains("--sarif"));
}

}  // namespace
}  // namespace onceward
