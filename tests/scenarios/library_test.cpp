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

// Whether this build can search a scenario in a few seconds, going by the states that its approved
// text names. `./dev test` lets an optimised build check all of them.
bool is_small_enough(const std::string& golden) {
#ifdef __OPTIMIZE__
  return true;
#else
  const std::string text =
      tests::read_file(std::string(ONCEWARD_SOURCE_DIR) + "/tests/golden/" + golden);
  const std::size_t end = text.find(" distinct states");
  if (end == std::string::npos) return true;
  return end - text.rfind(' ', end - 1) <= std::string(" 99,999").size();
#endif
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
    WARN(checked << " of " << all.size() << " checked: the others want an optimised build");
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

}  // namespace
}  // namespace onceward
