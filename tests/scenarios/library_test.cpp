// What `check` says about each shipped scenario, byte for byte, on every compiler and build.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "scenarios/expand.hpp"
#include "tests/support/command.hpp"
#include "tests/support/golden.hpp"

namespace onceward {
namespace {

namespace fs = std::filesystem;
using tests::Ran;
using tests::TemporaryFolder;

const std::string kEnding = ".onceward.json";

// "relay/crash-before-mark.fixed", sorted.
std::vector<std::string> names() {
  const fs::path library = fs::path(ONCEWARD_SOURCE_DIR) / "scenarios" / "library";
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(library)) {
    std::string name = entry.path().lexically_relative(library).generic_string();
    if (!name.ends_with(kEnding)) continue;
    name.resize(name.size() - kEnding.size());
    names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Without the summary, whose seconds differ from run to run.
std::string story_of(const std::string& out) { return out.substr(0, out.rfind("\n1 as expected")); }

// Whether the program searches a scenario within a second or two, going by the states that its
// approved text names: no more digits than `most`. `./dev check` has an optimised program check all
// of them (ONCEWARD_UNDER_TEST).
bool is_small_enough(const std::string& golden, const std::string& most = " 9,999") {
  if (std::getenv("ONCEWARD_UNDER_TEST") != nullptr) return true;
  const std::string text =
      tests::read_file(std::string(ONCEWARD_SOURCE_DIR) + "/tests/golden/" + golden);
  const std::size_t end = text.find(" distinct states");
  if (end == std::string::npos) return true;
  return end - text.rfind(' ', end - 1) <= most.size();
}

TEST_CASE("each shipped scenario does what it says, in these words", "[library]") {
  const TemporaryFolder folder;
  folder.copy_library();
  std::size_t checked = 0;
  const std::vector<std::string> all = names();
  for (const std::string& name : all) {
    INFO(name);
    std::string golden = name;
    std::replace(golden.begin(), golden.end(), '/', '.');
    golden = "library/" + golden + ".txt";
    if (!is_small_enough(golden)) continue;
    ++checked;
    const Ran ran = folder.onceward("check scenarios/library/" + name + kEnding);
    CHECK(ran.exit_code == 0);
    CHECK(ran.err.empty());
    tests::check_golden(golden, story_of(ran.out));
  }
  if (checked < all.size()) {
    WARN(checked << " of " << all.size() << " checked: the others want an optimised program");
  }
}

TEST_CASE("the result document of four shipped scenarios is the same everywhere", "[library]") {
  const TemporaryFolder folder;
  folder.copy_library();
  std::string files;
  for (const char* name : {"dual-write/commit-then-publish", "dual-write/publish-then-commit",
                           "relay/crash-before-mark", "relay/crash-before-mark.fixed"}) {
    files += std::string(" scenarios/library/") + name + kEnding;
  }
  const Ran ran = folder.onceward("check" + files + " --no-timing --json -");
  CHECK(ran.exit_code == 0);
  tests::check_golden("library/result.json", ran.out);
}

TEST_CASE("no golden transcript is left of a scenario that is gone", "[library]") {
  std::vector<std::string> expected = {"result.json"};
  for (std::string name : names()) {
    std::replace(name.begin(), name.end(), '/', '.');
    expected.push_back(name + ".txt");
  }
  for (const auto& entry :
       fs::directory_iterator(fs::path(ONCEWARD_SOURCE_DIR) / "tests/golden/library")) {
    const std::string file = entry.path().filename().string();
    INFO(file);
    CHECK(std::find(expected.begin(), expected.end(), file) != expected.end());
  }
}

// ---- Designs and their repairs
// -------------------------------------------------------------------

// What a shipped scenario comes to.
scenarios::Node expanded(const std::string& name) {
  scenarios::Problems problems;
  scenarios::Sources sources(scenarios::Source::read(
      std::string(ONCEWARD_SOURCE_DIR) + "/scenarios/library/" + name + kEnding, problems));
  const std::optional<scenarios::Node> root = scenarios::expand(sources, problems);
  INFO(name << sources.render(problems));
  REQUIRE(root);
  return *root;
}

std::string text_of(const scenarios::Node& scenario, const std::string& section) {
  const scenarios::Node* found = scenario.find(section);
  return found == nullptr ? std::string() : scenarios::json_text(*found);
}

// What a search is asked: with which requests, against which faults, for what.
std::string question(const scenarios::Node& scenario) {
  return text_of(scenario, "workload") + text_of(scenario, "faults") +
         text_of(scenario, "obligations");
}

bool breaks(const scenarios::Node& scenario) {
  const scenarios::Node* expect = scenario.find("expect");
  return expect != nullptr && expect->find("violates") != nullptr;
}

// The first line of a verdict without what the ids of the workload are a part of.
std::string verdict_of(const std::string& out) {
  static const std::regex digest("runs of [0-9a-f]+");
  // The spelling moves the ends of lines, and windows are told with the ids of what came in them.
  std::string text = std::regex_replace(out, std::regex("\\s+"), " ");
  text = std::regex_replace(text.substr(0, text.find("as expected")), digest, "");
  static const std::regex windows("(keeps [0-9]+ windows?) \\(.*\\), all orders");
  text = std::regex_replace(text, windows, "$1, all orders");
  static const std::regex keys(" \\(alike: [^)]*\\)");
  return std::regex_replace(text, keys, "");
}

TEST_CASE("how the ids of a workload are spelt changes no verdict", "[library]") {
  const TemporaryFolder folder;
  static const std::regex id("([\"'])o([0-9]+)\\1");
  static const std::regex beginning("'o'");  // "='o' + n"; "o" may be a name
  std::size_t respelt = 0;
  for (const std::string& name : names()) {
    std::string golden = name;
    std::replace(golden.begin(), golden.end(), '/', '.');
    if (!is_small_enough("library/" + golden + ".txt", " 999")) continue;
    const std::string text = scenarios::json_text(expanded(name));
    const std::string other =
        std::regex_replace(std::regex_replace(text, id, "$1x-17$2$1"), beginning, "'x-17'");
    if (other == text) continue;
    INFO(name);
    ++respelt;
    folder.write("a.onceward.json", text);
    folder.write("b.onceward.json", other);
    const Ran ran = folder.onceward("check a.onceward.json");
    CHECK(ran.exit_code == 0);
    CHECK(verdict_of(folder.onceward("check b.onceward.json").out) == verdict_of(ran.out));
  }
  CHECK(respelt > 40);
}

TEST_CASE("a repaired design is asked what a broken one was asked", "[library]") {
  std::set<std::string> asked;
  std::map<std::string, std::string> repairs;
  for (const std::string& name : names()) {
    const scenarios::Node scenario = expanded(name);
    if (breaks(scenario)) asked.insert(question(scenario));
    if (name.ends_with(".fixed")) repairs.emplace(name, question(scenario));
  }
  for (const auto& [name, question] : repairs) {
    INFO(name << " has a workload, faults or obligations that no broken design has");
    CHECK(asked.contains(question));
    CHECK(question.find("\"crash\"") != std::string::npos);
  }
}

TEST_CASE("what is covered is shown broken and shown to hold in all runs", "[library]") {
  std::set<std::string> broken;
  std::set<std::string> held;
  for (const std::string& name : names()) {
    const scenarios::Node scenario = expanded(name);
    const std::string covers = text_of(scenario, "covers");
    INFO(name);
    CHECK_FALSE(covers.empty());
    if (breaks(scenario)) broken.insert(covers);
    if (text_of(scenario, "expect").find("\"exhausted\"") != std::string::npos) held.insert(covers);
  }
  CHECK(broken == held);
}

}  // namespace
}  // namespace onceward
