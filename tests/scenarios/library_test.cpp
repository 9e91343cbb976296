// The shipped scenarios as a user meets them: checked by the binary, their stories compared byte for
// byte, every replay line run in a new process, every tampered tape refused.
#include <sys/wait.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/golden.hpp"

namespace onceward::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

struct Ran {
  std::string out;
  int code = 0;
};

// Runs the binary from the root of the sources, where the paths in stories begin.
Ran run(const std::string& arguments) {
  const std::string command = std::string("cd '") + ONCEWARD_SOURCE_DIR + "' && NO_COLOR=1 '" +
                              ONCEWARD_BINARY + "' " + arguments + " 2>&1";
  Ran ran;
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer{};
  for (std::size_t n = 0; (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    ran.out.append(buffer.data(), n);
  }
  const int status = pclose(pipe);
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

// A folder of its own for each test case, gone afterwards.
class Folder {
 public:
  explicit Folder(const std::string& name)
      : path_(fs::temp_directory_path() / ("onceward-" + name + "-" + std::to_string(getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// The story without its first line, which says whether it was expected or reproduced, and without
// the lines that name the capsule or close a command.
std::string story_of(const std::string& out) {
  std::istringstream lines(out.substr(out.find('\n') + 1));
  std::string story;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("Again", 0) == 0) break;
    if (line.rfind("Also", 0) != 0) story += line + "\n";
  }
  return story;
}

const std::array<const char*, 3> kBroken = {"dual-write/commit-then-publish",
                                            "dual-write/publish-then-commit",
                                            "relay/crash-before-mark"};

std::string library(const std::string& name) {
  return "scenarios/library/" + name + ".onceward.json";
}

std::string dotted(std::string name) {
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

}  // namespace

TEST_CASE("every shipped scenario ends as its author expects, with the story on record") {
  const Folder folder("stories");
  for (const auto& entry : fs::recursive_directory_iterator(ONCEWARD_SOURCE_DIR "/scenarios/library")) {
    if (!entry.is_regular_file()) continue;
    const std::string path = fs::relative(entry.path(), ONCEWARD_SOURCE_DIR).generic_string();
    const Ran ran = run("check " + path + " --out '" + folder.path() + "'");
    INFO(ran.out);
    CHECK(ran.code == 0);
    std::string text = ran.out.substr(0, ran.out.rfind("\n1 as expected"));
    for (std::size_t at = 0; (at = text.find(folder.path())) != std::string::npos;) {
      text.replace(at, folder.path().size(), "onceward-out");
    }
    const std::string name = path.substr(18, path.size() - 18 - 14);  // library/ ... .onceward.json
    check_golden("library/" + dotted(name) + ".txt", text);
  }
}

TEST_CASE("the result document of the library is the same on every build") {
  const Folder folder("document");
  const Ran ran = run("check scenarios/library --no-timing --out '' --json '" +
                      folder.file("result.json") + "'");
  CHECK(ran.code == 0);
  check_golden("library/result.json", read(folder.file("result.json")));
}

TEST_CASE("each replay line shows the same story in a new process, byte for byte") {
  const Folder folder("replay");
  for (const std::string name : kBroken) {
    const Ran checked = run("check " + library(name) + " --out '" + folder.path() + "'");
    const std::string capsule = "'" + folder.file(dotted(name) + ".capsule.json") + "'";
    const Ran first = run("replay " + capsule);
    const Ran second = run("replay " + capsule);
    INFO(first.out);
    CHECK(first.code == 1);
    CHECK(first.out == second.out);
    CHECK(story_of(first.out) == story_of(checked.out));
  }
}

TEST_CASE("a tape with an entry removed, changed, added or swapped is refused") {
  const Folder folder("tape");
  const std::string name = dotted(kBroken[2]);
  static_cast<void>(run("check " + library(kBroken[2]) + " --out '" + folder.path() + "'"));
  const ordered_json good = ordered_json::parse(read(folder.file(name + ".capsule.json")));
  const std::string bad = folder.file("bad.json");
  const std::size_t entries = good["tape"].size();
  REQUIRE(entries > 3);
  const auto refused = [&](const ordered_json& capsule, const std::string& how) {
    write(bad, capsule.dump());
    const Ran ran = run("replay '" + bad + "'");
    INFO(how << "\n" << ran.out);
    CHECK(ran.code == 4);
  };
  for (std::size_t i = 0; i < entries; ++i) {
    ordered_json changed = good;
    changed["tape"].erase(i);
    refused(changed, "removed " + std::to_string(i));
    changed = good;
    changed["tape"][i]["arity"] = changed["tape"][i]["arity"].get<int>() + 1;
    refused(changed, "changed " + std::to_string(i));
    changed = good;
    changed["tape"].insert(changed["tape"].begin() + static_cast<std::ptrdiff_t>(i),
                           good["tape"][i]);
    refused(changed, "added " + std::to_string(i));
  }
  ordered_json swapped = good;
  std::swap(swapped["tape"][0], swapped["tape"][1]);
  refused(swapped, "swapped");
  ordered_json other_end = good;
  other_end["fingerprint"] = std::string(32, '0');
  refused(other_end, "another final state");
}

TEST_CASE("a scenario that was edited or is gone, and another engine's capsule, are bad input") {
  const Folder folder("edited");
  const std::string scenario = folder.file("mine.onceward.json");
  const std::string text = read(std::string(ONCEWARD_SOURCE_DIR) + "/" + library(kBroken[0]));
  write(scenario, text);
  const Ran checked = run("check '" + scenario + "' --out '" + folder.path() + "'");
  REQUIRE(checked.code == 0);
  std::string capsule;
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    if (entry.path().string().ends_with(".capsule.json")) capsule = entry.path().string();
  }
  REQUIRE_FALSE(capsule.empty());
  CHECK(run("replay '" + capsule + "'").code == 1);
  write(scenario, text + "\n");
  CHECK(run("replay '" + capsule + "'").code == 2);
  fs::remove(scenario);
  CHECK(run("replay '" + capsule + "'").code == 2);
  write(scenario, text);
  ordered_json other = ordered_json::parse(read(capsule));
  other["engine"] = "0.0.0";
  write(capsule, other.dump());
  CHECK(run("replay '" + capsule + "'").code == 2);
  write(capsule, "{");
  CHECK(run("replay '" + capsule + "'").code == 2);
}

}  // namespace onceward::tests
