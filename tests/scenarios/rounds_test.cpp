// Scenarios that never get quiet, from the command line: what they leave undone, what a deadline
// ends, and that a capsule of one is replayed strictly.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/command.hpp"

namespace onceward {
namespace {

using Json = nlohmann::ordered_json;
using tests::Ran;
using tests::TemporaryFolder;

// A worker that tries once a second, in vain, and raises an alarm when it has tried for so long.
std::string retries(const std::string& at_last) {
  return R"json({ "onceward": "1", "title": "tries until a deadline",
    "services": { "worker": {
      "memory": { "since": { "map": {} }, "open": 0, "tries": 0 },
      "handlers": [
        { "on": { "request": "Do" }, "do": [
          { "set": "since", "key": "='at'", "to": "=now()" }, { "set": "open", "to": "=1" } ]
}
, { "every": "1s", "do": [ { "if": "memory.open == 1", "then": [
          { "if": "get(memory.since, 'at') + 10s < now()",
            "then": [ )json" +
         at_last + R"json( { "set": "open", "to": "=0" } ],
            "else": [ { "set": "tries", "to": "=1 - memory.tries" } ] } ] } ] } ] } },
    "workload": [ { "request": "Do", "to": "worker", "with": { "order": "='o' + n" } } ],
    "faults": { "budget": 0, "kinds": [] },
    "obligations": [ { "each": "request Do", "owes": "alarm", "of": "=request.order", "exactly": 1 } ] }
)json";
}

TEST_CASE("trying for ever before a deadline is no violation, for the deadline comes", "[rounds]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", retries(R"({ "effect": "alarm", "of": "='o1'" },)"));
  const Ran checked = folder.onceward("check a.onceward.json");
  INFO(checked.out);
  CHECK(checked.exit_code == 0);
  CHECK(checked.out.find("comparisons of instants") != std::string::npos);
  // Nor does it hide what is missing afterwards.
  folder.write("a.onceward.json", retries(
                                      R"({ "if": "memory.tries == 7", "then": [
                                          { "effect": "alarm", "of": "='o1'" } ] },)"));
  CHECK(folder.onceward("check a.onceward.json").out.find("VIOLATED  no-lost-effect") == 0);
}

TEST_CASE("a capsule of a run that goes round for ever is replayed strictly", "[rounds][replay]") {
  const TemporaryFolder folder;
  folder.write("a.onceward.json", R"json({ "onceward": "1", "title": "refused for ever",
    "brokers": { "bus": { "profile": "rabbitmq-classic@3.13", "topics": { "orders": {} } } },
    "services": {
      "shop": { "handlers": [ { "on": { "request": "Place" }, "do": [
        { "publish": "Placed", "to": "bus.orders", "key": "=request.order" } ] } ] },
      "mail": { "handlers": [ { "on": { "topic": "bus.orders", "group": "mail" }, "do": [
        { "if": "event.key == 'o1'", "then": [ "fail" ] },
        { "effect": "mail", "of": "=event.key" }, "ack" ] } ] } },
    "workload": [ { "request": "Place", "to": "shop", "times": 2, "with": { "order": "='o' + n" } } ],
    "obligations": [ { "each": "request Place", "owes": "mail", "exactly": 1 } ],
    "expect": { "violates": "no-lost-effect", "fewest_faults": 0 } }
)json");
  const Ran checked = folder.onceward("check a.onceward.json");
  INFO(checked.out);
  CHECK(checked.exit_code == 0);
  CHECK(checked.out.find("the same again, for ever: step 4") != std::string::npos);
  CHECK(checked.out.find("The flow goes") != std::string::npos);
  const Json capsule = Json::parse(folder.read("onceward-out/a.capsule.json"));
  CHECK(capsule.at("round") == 1);
  const auto replay = [&](std::uint32_t round) {
    Json changed = capsule;
    changed["round"] = round;
    folder.write("changed.json", changed.dump());
    return folder.onceward("replay changed.json").exit_code;
  };
  CHECK(replay(1) == 1);
  CHECK(replay(0) == 4);
  CHECK(replay(3) == 4);
}

}  // namespace
}  // namespace onceward
