// What `show` prints is the scenario: checked in its place it gives the same verdict, states and
// story. Only where things stand in the file differs.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "scenarios/draft.hpp"
#include "scenarios/patterns/pattern.hpp"
#include "tests/support/command.hpp"

namespace onceward {
namespace {

using nlohmann::json;
using tests::Ran;
using tests::TemporaryFolder;

// Far enough that the runs of both would part if they could. A slow build compares every third
// file.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__)
const std::string kOptions = " --states 2000 --no-timing --json result.json";
constexpr std::size_t kEach = 1;
#else
const std::string kOptions = " --states 200 --no-timing --json result.json";
constexpr std::size_t kEach = 3;
#endif

json without_places(json document) {
  for (json& scenario : document.at("scenarios")) {
    for (const char* part : {"file", "digest"}) scenario.erase(part);
    for (json& violation : scenario.at("violations")) {
      for (const char* part : {"capsule", "fault_site", "fault_line", "fault_step"})
        violation.erase(part);
    }
  }
  return document;
}

// From what happened on, without the place in the file and the summary.
std::string without_places(const std::string& story) {
  std::string kept;
  std::istringstream lines(story.substr(std::min(story.find("\n\n"), story.size())));
  for (std::string line; std::getline(lines, line);) {
    const bool place = line.find(".onceward.json:") != line.npos ||
                       line.starts_with("          it is step ") ||
                       line.find("          -:") == 0 || line.find("          <stdin>:") == 0;
    const bool excerpt = line.find(" | {") != line.npos || line.find(" | \"") != line.npos;
    if (place || excerpt || line.starts_with("Again") || line.find(" as expected, ") != line.npos) {
      continue;
    }
    kept += line + "\n";
  }
  return kept;
}

// Whether the file has no mistakes; compares then.
bool same_when_shown(const TemporaryFolder& folder, const std::string& file) {
  INFO(file);
  const Ran shown = folder.onceward("show " + file);
  if (shown.exit_code != 0) return false;
  const Ran first = folder.onceward("check " + file + kOptions);
  const json expected = without_places(json::parse(folder.read("result.json")));
  const Ran second = folder.onceward("check -" + kOptions, shown.out);
  const json actual = without_places(json::parse(folder.read("result.json")));
  CHECK(first.exit_code == second.exit_code);
  CHECK(actual == expected);
  CHECK(without_places(second.out) == without_places(first.out));
  return true;
}

TEST_CASE("each shipped scenario is what show prints of it", "[roundtrip]") {
  const TemporaryFolder folder;
  folder.copy_library();
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
    const std::string file = entry.path().lexically_relative(folder.path()).generic_string();
    if (file.ends_with(".onceward.json")) files.push_back(file);
  }
  std::sort(files.begin(), files.end());
  CHECK(!files.empty());
  for (std::size_t i = 0; i < files.size(); i += kEach) CHECK(same_when_shown(folder, files[i]));
}

// A file of a pattern and what it needs, with one more parameter.
std::string changed(const std::string& word, const std::string& more) {
  const std::string text = scenarios::draft_text({word});
  const std::size_t begin = text.find("{ \"" + word + "\":") + 2;
  return text.substr(0, begin) + more + ", " + text.substr(begin);
}

TEST_CASE("each pattern, however it is set, is what show prints of it", "[roundtrip]") {
  const TemporaryFolder folder;
  std::size_t compared = 0;
  std::vector<std::string> all;
  for (const scenarios::Pattern& each : scenarios::pattern_catalogue()) all.push_back(each.word);
  folder.write("all.onceward.json", scenarios::draft_text(all));
  CHECK(same_when_shown(folder, "all.onceward.json"));
  for (const scenarios::Pattern& pattern : scenarios::pattern_catalogue()) {
    for (const scenarios::FieldShape& field : pattern.shape.fields) {
      for (const std::string& word : field.shape.words) {
        const std::string more = "\"" + field.name + "\": \"" + word + "\"";
        const std::string text = changed(pattern.word, more);
        INFO(text);
        folder.write("p.onceward.json", text);
        if (same_when_shown(folder, "p.onceward.json")) ++compared;
      }
    }
  }
  CHECK(compared >= 10);
}

}  // namespace
}  // namespace onceward
