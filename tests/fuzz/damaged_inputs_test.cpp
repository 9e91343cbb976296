// What the fuzz targets try, with a fixed number of damaged inputs.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/scenarios/draft.hpp"
#include "tests/support/command.hpp"
#include "tests/support/fuzz_targets.hpp"

namespace onceward::tests {
namespace {

namespace fs = std::filesystem;

// The shipped scenarios, and two that use what they do not.
std::vector<std::string> scenarios_to_damage() {
  const TemporaryFolder folder;
  folder.copy_library();
  std::vector<fs::path> paths;
  for (const auto& each : fs::recursive_directory_iterator(folder.path())) {
    if (each.path().extension() == ".json") paths.push_back(each.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts = {scenarios::Draft().text(), R"({"onceward": "1", "title": "t",
    "define": {"pay": {"params": ["n"], "do": [{"wait": "$n"}]}},
    "patterns": [{"service": "shop", "request": "Buy", "event": "Bought", "sends": "first"},
                 {"broker": "bus", "topics": {"orders": 1}}],
    "services": {"s": {"handlers": [{"every": "1s", "do": [{"use": "pay", "n": "5s"}]}]}}})"};
  for (const fs::path& each : paths) texts.push_back(read_file(each));
  return texts;
}

TEST_CASE("no damage to a scenario does worse than a message", "[fuzz]") {
  constexpr std::uint64_t kTries = 30;
  for (const std::string& text : scenarios_to_damage()) {
    for (std::uint64_t seed = 1; seed <= kTries; ++seed) {
      const std::string bad = damaged(text, seed);
      INFO(bad);
      CHECK(try_scenario(bad).empty());
    }
  }
}

TEST_CASE("no damage to an expression does worse than a message", "[fuzz]") {
  for (const char* text :
       {"row.id == e.id and not row.published", "count(batch) > 0 ? 'a' + n : null",
        "now() - row.at < 10m or -(1 + 2) * 3 % 4 != -5", "memory.seen", "'it\\'s' <= x.status"}) {
    for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
      const std::string bad = damaged(text, seed);
      INFO(bad);
      CHECK(try_expression(bad).empty());
    }
  }
}

TEST_CASE("equal seeds damage equally, and others otherwise", "[fuzz]") {
  const std::string text = scenarios::Draft().text();
  CHECK(damaged(text, 7) == damaged(text, 7));
  CHECK(damaged(text, 7) != damaged(text, 8));
  CHECK_FALSE(damaged("", 7).size() > 1000);
}

}  // namespace
}  // namespace onceward::tests
