// What `check` says about each shipped scenario, byte for byte, on every compiler and build.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

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

TEST_CASE("each shipped scenario does what it says, in these words", "[library]") {
  const TemporaryFolder folder;
  folder.copy_library();
  for (const std::string& name : names()) {
    INFO(name);
    const Ran ran = folder.onceward("check scenarios/library/" + name + kEnding);
    CHECK(ran.exit_code == 0);
    CHECK(ran.err.empty());
    std::string golden = name;
    std::replace(golden.begin(), golden.end(), '/', '.');
    tests::check_golden("library/" + golden + ".txt", story_of(ran.out));
  }
}

TEST_CASE("the result document of the shipped scenarios is the same everywhere", "[library]") {
  const TemporaryFolder folder;
  folder.copy_library();
  const Ran ran = folder.onceward("check scenarios/library --no-timing --json -");
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

}  // namespace
}  // namespace onceward
