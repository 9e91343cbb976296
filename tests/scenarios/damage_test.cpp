// Scenarios in which one value was replaced or left out: each is either explained or runs.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "scenarios/loaded.hpp"
#include "sim/search/runs.hpp"
#include "tests/support/command.hpp"

namespace onceward::scenarios {
namespace {

using Json = nlohmann::ordered_json;

// Reads a text; where it has no mistake, lets it run a while. True: it had none.
bool survives(const std::string& text) {
  const Loaded loaded = load_text("damaged.onceward.json", text);
  if (loaded.program == nullptr) {
    CHECK(loaded.problems.find("damaged.onceward.json:") == 0);
    return false;
  }
  sim::World world(*loaded.program, sim::Reading::sampled, loaded.program->plan);
  sim::SearchOptions options;
  options.steps_max = 200;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    sim::SeededSource source(seed);
    world.reset(source);
    static_cast<void>(sim::run_to_end(world, options));
  }
  return true;
}

void gather(const Json& node, const Json::json_pointer& at, std::vector<Json::json_pointer>& all) {
  all.push_back(at);
  if (node.is_object()) {
    for (const auto& [key, value] : node.items()) gather(value, at / key, all);
  }
  if (node.is_array()) {
    for (std::size_t i = 0; i < node.size(); ++i) gather(node[i], at / i, all);
  }
}

std::size_t damaged_every_way(const Json& whole) {
  std::vector<Json::json_pointer> places;
  gather(whole, Json::json_pointer(), places);
  const std::vector<Json> values = {nullptr,
                                    true,
                                    -1,
                                    "",
                                    "=",
                                    "any",
                                    "=row.id",
                                    Json::array(),
                                    Json::object(),
                                    Json::array({"1s", "0s"})};
  std::size_t without_mistake = 0;
  for (const auto& place : places) {
    INFO(place.to_string());
    for (const Json& value : values) {
      Json damaged = whole;
      damaged[place] = value;
      if (survives(damaged.dump())) ++without_mistake;
    }
    if (place.empty()) continue;
    Json damaged = whole;
    Json& parent = damaged[place.parent_pointer()];
    if (parent.is_object()) {
      parent.erase(place.back());
    } else {
      parent.erase(std::stoul(place.back()));
    }
    if (survives(damaged.dump())) ++without_mistake;
  }
  return without_mistake;
}

TEST_CASE("a scenario with any one value replaced or left out is explained or runs") {
  const std::string library = std::string(ONCEWARD_SOURCE_DIR) + "/scenarios/library/";
  for (const char* name : {"dual-write/commit-then-publish", "relay/crash-before-mark.fixed"}) {
    const std::string text = tests::read_file(library + name + ".onceward.json");
    REQUIRE(survives(text));
    CHECK(damaged_every_way(Json::parse(text)) > 50);
  }
}

}  // namespace
}  // namespace onceward::scenarios
