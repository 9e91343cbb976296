// The JSON Schema of scenario files, judged by a validator that is not ours.
#include "scenarios/schema.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "scenarios/loaded.hpp"
#include "scenarios/patterns/pattern.hpp"
#include "scenarios/step.hpp"
#include "tests/scenarios/draft.hpp"
#include "tests/support/command.hpp"

namespace onceward::scenarios {
namespace {

using nlohmann::json;

class Validator {
 public:
  Validator() {
    const json document = json::parse(schema_text());
    const valijson::adapters::NlohmannJsonAdapter adapter(document);
    valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(adapter, schema_);
  }

  [[nodiscard]] bool accepts(const json& file) const {
    valijson::Validator validator;
    const valijson::adapters::NlohmannJsonAdapter adapter(file);
    return validator.validate(schema_, adapter, nullptr);
  }

 private:
  valijson::Schema schema_;
};

const Validator& validator() {
  static const Validator validator;
  return validator;
}

// A file as people write it, comments and all.
json parsed(const std::string& text) { return json::parse(text, nullptr, true, true); }

bool reads(const json& file) {
  return load_text("a.onceward.json", file.dump()).program != nullptr;
}

std::vector<std::string> shipped(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& each : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = each.path().string();
    if (name.ends_with(".onceward.json")) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST_CASE("every shipped scenario fits the schema, as it was written and written out", "[schema]") {
  const tests::TemporaryFolder folder;
  folder.copy_library();
  const std::vector<std::string> names = shipped(folder.path());
  REQUIRE(names.size() >= 4);
  for (const std::string& name : names) {
    INFO(name);
    CHECK(validator().accepts(parsed(tests::read_file(name))));
    const Loaded loaded = load(name);
    REQUIRE(loaded.program != nullptr);
    CHECK(validator().accepts(json::parse(json_text(loaded.expanded))));
  }
}

TEST_CASE("derived files, patterns and blocks fit the schema before they are written out",
          "[schema]") {
  CHECK(validator().accepts(json::parse(R"({"from": "a.onceward.json", "with": {"sent": null}})")));
  CHECK(validator().accepts(json::parse(R"({"onceward": "1", "title": "t", "patterns": [
    {"service": "shop", "request": "Buy", "event": "Bought", "sends": "first"}]})")));
  CHECK(validator().accepts(json::parse(R"({"onceward": "1", "title": "t",
    "define": {"pay": {"params": ["n"], "do": [{"select": "db.t", "limit": "$n"}]}},
    "services": {"s": {"handlers": [{"every": "1s", "do": [{"use": "pay", "n": 5}]}]}}})")));
  CHECK_FALSE(validator().accepts(json::parse(R"({"onceward": "1", "title": "t"})")));
  CHECK_FALSE(validator().accepts(json::parse(R"({"onceward": "1", "patterns": [
    {"service": "shop", "request": "Buy", "event": "Bought"}]})")));
}

// One mistake: what stands at a place of the draft instead, or that nothing stands there.
struct Mistake {
  const char* place;
  json value;  // discarded: the member is left out
};

const json kLeftOut = json(json::value_t::discarded);

const std::vector<Mistake>& mistakes() {
  static const std::vector<Mistake> all = {
      {"/title", kLeftOut},
      {"/onceward", kLeftOut},
      {"/services", kLeftOut},
      {"/title", 5},
      {"/titel", "t"},
      {"/databases", json::array()},
      {"/databases/db/profile", kLeftOut},
      {"/databases/db/profile", "postgres@9"},
      {"/databases/db/tables/orders/key", 1},
      {"/databases/db/tables/orders/kee", "id"},
      {"/databases/db/tables/orders/unique", "id"},
      {"/brokers/bus/topics/orders/partitions", 0},
      {"/brokers/bus/topics/orders/partitions", 65},
      {"/brokers/bus/topics/orders/partitions", "2"},
      {"/brokers/bus/topics/orders/partitions", 1.5},
      {"/external/bank/idempotency_window", "1 day"},
      {"/external/bank/operations", json::array({5})},
      {"/services/shop/handlers", kLeftOut},
      {"/services/shop/handlers/0/do", kLeftOut},
      {"/services/shop/handlers/0/do", "ack"},
      {"/services/shop/handlers/0/on", "Buy"},
      {"/services/shop/handlers/0/when", true},
      {"/services/worker/handlers/0/uncaught", "retry"},
      {"/services/timer/handlers/0/every", 5},
      {"/services/timer/handlers/0/every", "-1s"},
      {"/services/shop/restart", json::array({"1s"})},
      {"/services/shop/restart", json::array({"1s", "soon"})},
      {"/services/shop/restart", "1s"},
      {"/services/shop/handlers/0/do/0", 5},
      {"/services/shop/handlers/0/do/0", json::object()},
      {"/services/shop/handlers/0/do/0", "insert"},
      {"/services/shop/handlers/0/do/0", json{{"inzert", "db.orders"}}},
      {"/services/shop/handlers/0/do/0/row", kLeftOut},
      {"/services/shop/handlers/0/do/0/row", json::array()},
      {"/services/shop/handlers/0/do/0/row/id", json::array({1})},
      {"/services/shop/handlers/0/do/0/on_conflict", "abort"},
      {"/services/shop/handlers/0/do/0/commit", "db"},
      {"/services/shop/handlers/0/do/1/to", kLeftOut},
      {"/services/shop/handlers/0/do/1/resends", -1},
      {"/services/worker/handlers/0/do/0/on_error", json::array()},
      {"/services/timer/handlers/0/do/0/limit", 0},
      {"/services/worker/handlers/0/do/0", json{{"wait", json::array({"1s", "2s", "3s"})}}},
      {"/services/worker/handlers/0/do/0/of", kLeftOut},
      {"/workload/0/to", kLeftOut},
      {"/workload/0/times", 1001},
      {"/workload/0/with/order", json::object()},
      {"/faults/budget", -1},
      {"/faults/kinds/0/chrash", "any"},
      {"/obligations/0/each", kLeftOut},
      {"/obligations/0/exactly", "one"},
      {"/obligations/0/when", 5},
      {"/invariants", "per-key-order"},
      {"/expect/holds", "always"},
      {"/expect/fewest_faults", 1000},
  };
  return all;
}

TEST_CASE("mistakes that show without knowing names are refused by schema and reader alike",
          "[schema]") {
  const json good = json::parse(Draft().text());
  REQUIRE(validator().accepts(good));
  REQUIRE(reads(good));
  CHECK(mistakes().size() >= 30);
  for (const Mistake& mistake : mistakes()) {
    INFO(mistake.place << " is " << mistake.value.dump());
    const json::json_pointer place(mistake.place);
    json bad = good;
    if (mistake.value.is_discarded()) {
      bad[place.parent_pointer()].erase(place.back());
    } else {
      bad[place] = mistake.value;
    }
    CHECK_FALSE(validator().accepts(bad));
    CHECK_FALSE(reads(bad));
  }
}

TEST_CASE("the schema has a described definition for each step and pattern", "[schema]") {
  const json definitions = json::parse(schema_text()).at("definitions");
  for (const StepHelp& each : step_catalogue()) {
    CHECK(definitions.at("step-" + each.word).at("description") == each.help);
  }
  for (const Pattern& each : pattern_catalogue()) {
    CHECK(definitions.at("pattern-" + each.word).at("description") == each.help);
  }
}

TEST_CASE("the command line prints the schema", "[schema][cli]") {
  const tests::TemporaryFolder folder;
  const tests::Ran ran = folder.onceward("schema");
  CHECK(ran.exit_code == 0);
  CHECK(ran.out == schema_text());
}

}  // namespace
}  // namespace onceward::scenarios
