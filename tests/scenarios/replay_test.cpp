// Capsules: what was found once is shown again byte for byte, and whatever does not fit is refused.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/scenarios/draft.hpp"
#include "tests/support/command.hpp"

namespace onceward {
namespace {

using Json = nlohmann::ordered_json;
using scenarios::Draft;
using tests::Ran;
using tests::TemporaryFolder;

// The story of a violation without its first line, from the file to the line to see it again.
std::string story_of(const std::string& out) {
  const std::size_t begin = out.find('\n') + 1;
  return out.substr(begin, out.find('\n', out.find("\nAgain ") + 1) - begin);
}

// What to type to see a violation again; without the name of the program.
std::string replay_line(const std::string& out) {
  const std::string label = "\nAgain     onceward ";
  const std::size_t begin = out.find(label);
  REQUIRE(begin != std::string::npos);
  const std::size_t line = begin + label.size();
  return out.substr(line, out.find('\n', line) - line);
}

void check_replays(const TemporaryFolder& folder, const std::string& file) {
  INFO(file);
  const Ran checked = folder.onceward("check " + file);
  CHECK(checked.exit_code == 0);
  REQUIRE(checked.out.substr(0, 8) == "VIOLATED");
  const std::string line = replay_line(checked.out);
  const Ran replayed = folder.onceward(line);
  CHECK(replayed.exit_code == 1);
  CHECK(replayed.err.empty());
  CHECK(story_of(replayed.out) == story_of(checked.out));
  CHECK(replayed.out.find("\nreproduced: ") != std::string::npos);
  const Ran again = folder.onceward(line);
  CHECK(again.exit_code == 1);
  CHECK(again.out == replayed.out);
}

TEST_CASE("what check found, replay shows again byte for byte", "[replay]") {
  const TemporaryFolder folder;
  folder.copy_library();
  check_replays(folder, "scenarios/library/dual-write/commit-then-publish.onceward.json");
  check_replays(folder, "scenarios/library/dual-write/publish-then-commit.onceward.json");
  check_replays(folder, "scenarios/library/relay/crash-before-mark.onceward.json");
  folder.write("in a folder/a b.onceward.json", Draft().text());
  check_replays(folder, "'in a folder/a b.onceward.json'");
}

// A folder with a scenario and the capsule of its violation.
struct Recorded {
  explicit Recorded(const Draft& draft = Draft()) {
    folder.write("a.onceward.json", draft.text());
    CHECK(folder.onceward("check a.onceward.json").exit_code == 0);
    capsule = Json::parse(folder.read("onceward-out/a.capsule.json"));
  }
  // Replays the capsule after `change` was made to it.
  Ran replay(const std::function<void(Json&)>& change = [](Json&) {}) const {
    Json changed = capsule;
    change(changed);
    folder.write("changed.json", changed.dump());
    return folder.onceward("replay changed.json");
  }
  [[nodiscard]] std::size_t entries() const { return capsule.at("tape").size(); }

  TemporaryFolder folder;
  Json capsule;
};

TEST_CASE("what was found at a place where nothing had happened is replayed there", "[replay]") {
  // A relay that looks once in half a minute dies right after it found nothing.
  Draft draft;
  draft.shop = R"({"insert": "db.outbox", "row": {"id": "=request.order", "sent": false}})";
  draft.on_timer = R"("every": "30s")";
  draft.timer =
      R"({"select": "db.outbox", "where": "not row.sent", "as": "found"}, {"for_each": "found", "as": "e", "do": [{"publish": "Placed", "to": "bus.orders", "key": "=e.id"}, {"update": "db.outbox", "where": "row.id == e.id", "set": {"sent": true}}]})";
  draft.worker = R"("ack")";
  draft.workload = R"([{"request": "Buy", "to": "shop", "with": {"order": "o1"}}])";
  draft.faults = R"({"budget": 1, "kinds": [{"crash": "timer"}]})";
  draft.obligations =
      R"([{"each": "db.outbox", "owes": "event Placed", "at_least": 1, "within": "45s"}])";
  draft.expect = R"({"violates": "in-time", "fewest_faults": 1})";
  const Recorded recorded(draft);
  CHECK(recorded.capsule.at("plan").at("at_every_operation") == true);
  CHECK(recorded.replay().exit_code == 1);
  // The plan is a part of what was recorded.
  CHECK(recorded.replay([](Json& capsule) { capsule["plan"].erase("at_every_operation"); })
            .exit_code == 2);
  CHECK_FALSE(Recorded().capsule.at("plan").contains("at_every_operation"));
}

TEST_CASE("what was found without any reduction is replayed as well", "[replay]") {
  const TemporaryFolder folder;
  for (const bool waits : {false, true}) {
    Draft draft;
    if (waits) draft.shop.insert(0, R"({"wait": ["1s", "1s"]}, )");
    folder.write("a.onceward.json", draft.text());
    const Ran checked =
        folder.onceward("check a.onceward.json --strategy exhaustive --reductions none");
    INFO(checked.out);
    CHECK(checked.exit_code == 0);
    const Ran replayed = folder.onceward(replay_line(checked.out));
    CHECK(replayed.exit_code == 1);
    CHECK(story_of(replayed.out) == story_of(checked.out));
  }
}

TEST_CASE("replay says of what nobody expected what check said of it", "[replay]") {
  const TemporaryFolder folder;
  Draft draft;
  for (const char* expect :
       {"{}", R"({"holds": true})", R"({"violates": "no-lost-effect", "fewest_faults": 0})"}) {
    draft.expect = expect;
    folder.write("a.onceward.json", draft.text());
    const Ran checked = folder.onceward("check a.onceward.json");
    INFO(expect << "\n" << checked.out);
    CHECK(checked.exit_code == 1);
    CHECK(checked.out.find("   not as expected\n") != std::string::npos);
    CHECK(checked.out.find("\nExpected  ") != std::string::npos);
    const Ran replayed = folder.onceward(replay_line(checked.out));
    CHECK(replayed.exit_code == 1);
    CHECK(replayed.out.substr(0, replayed.out.find('\n')) ==
          checked.out.substr(0, checked.out.find('\n')));
    CHECK(story_of(replayed.out) == story_of(checked.out));
  }
}

TEST_CASE("a capsule names what it holds", "[replay]") {
  const Recorded recorded;
  CHECK(recorded.capsule.at("schema") == "onceward.capsule/1");
  CHECK(recorded.capsule.at("engine") == ONCEWARD_VERSION);
  CHECK(recorded.capsule.at("scenario") == "a.onceward.json");
  // The expansion, so that it says what was run even where the file is derived from others.
  scenarios::Sources sources(scenarios::Source("a", Draft().text()));
  scenarios::Problems problems;
  CHECK(recorded.capsule.at("text") == scenarios::json_text(*scenarios::expand(sources, problems)));
  CHECK(recorded.capsule.at("invariant") == "no-lost-effect");
  CHECK(recorded.entries() > 2);
  CHECK(recorded.replay().exit_code == 1);
}

TEST_CASE("a tape with an entry removed, added or swapped has diverged", "[replay]") {
  const Recorded recorded;
  for (std::size_t i = 0; i < recorded.entries(); ++i) {
    INFO("entry " << i);
    const Ran removed = recorded.replay([&](Json& capsule) { capsule.at("tape").erase(i); });
    CHECK(removed.exit_code == 4);
    CHECK(removed.out.substr(0, 8) == "DIVERGED");
    const Ran doubled = recorded.replay([&](Json& capsule) {
      Json& tape = capsule.at("tape");
      const Json entry = tape.at(i);
      tape.insert(tape.begin() + static_cast<std::ptrdiff_t>(i), entry);
    });
    CHECK(doubled.exit_code == 4);
    if (i == 0) continue;
    const Ran swapped = recorded.replay(
        [&](Json& capsule) { std::swap(capsule.at("tape").at(i - 1), capsule.at("tape").at(i)); });
    CHECK(swapped.exit_code == 4);
  }
}

TEST_CASE("a tape with an entry changed has diverged", "[replay]") {
  const Recorded recorded;
  const std::string other(32, '7');
  for (std::size_t i = 0; i < recorded.entries(); ++i) {
    INFO("entry " << i);
    const auto changed = [&](const char* field, const Json& value) {
      return recorded.replay([&](Json& capsule) { capsule.at("tape").at(i).at(field) = value; })
          .exit_code;
    };
    const Json& entry = recorded.capsule.at("tape").at(i);
    CHECK(changed("kind", entry.at("kind") == "order" ? "fault" : "order") == 4);
    CHECK(changed("owner", other) == 4);
    CHECK(changed("site", "/nowhere") == 4);
    CHECK(changed("n", 77) == 4);
    CHECK(changed("arity", 77) == 4);
    CHECK(changed("option", other) == 4);
  }
}

TEST_CASE("a capsule that asks for another end has diverged", "[replay]") {
  const Recorded recorded;
  const auto changed = [&](const char* field, const Json& value) {
    return recorded.replay([&](Json& capsule) { capsule.at(field) = value; }).exit_code;
  };
  CHECK(changed("fingerprint", std::string(32, '0')) == 4);
  CHECK(changed("steps", recorded.capsule.at("steps").get<int>() - 1) == 4);
  CHECK(changed("steps", recorded.capsule.at("steps").get<int>() + 1) == 4);
  CHECK(changed("invariant", "no-phantom-effect") == 4);
  CHECK(changed("entity", "o7") == 4);
  CHECK(changed("violates", Json::array({"no-phantom-effect"})) == 4);
}

TEST_CASE("a capsule with another fault plan is never taken for the recorded run", "[replay]") {
  const Recorded recorded;
  const auto changed = [&](const std::function<void(Json&)>& change) {
    const int code = recorded.replay([&](Json& capsule) { change(capsule.at("plan")); }).exit_code;
    return code == 4 || code == 2;
  };
  CHECK(changed([](Json& plan) { plan.at("budget") = 0; }));
  CHECK(changed([](Json& plan) { plan.at("budget") = 2; }));
  CHECK(changed([](Json& plan) { plan.at("budget") = "1"; }));
  CHECK(changed([](Json& plan) { plan.at("rules") = Json::array(); }));
  CHECK(changed([](Json& plan) { plan.at("rules").at(0).at("kind") = "pause"; }));
  CHECK(changed([](Json& plan) { plan.at("rules").at(0).at("kind") = "flood"; }));
  CHECK(changed([](Json& plan) { plan.at("rules").at(0).at("target") = "timer"; }));
  CHECK(changed([](Json& plan) { plan.at("rules").at(0).at("at_most") = 0; }));
}

TEST_CASE("a capsule of another scenario or engine is refused", "[replay]") {
  const Recorded recorded;
  const Ran engine = recorded.replay([](Json& capsule) { capsule.at("engine") = "9.9.9"; });
  CHECK(engine.exit_code == 2);
  CHECK(engine.err ==
        std::string("onceward: changed.json: it was recorded by onceward 9.9.9, this is ") +
            ONCEWARD_VERSION + "\n");
  CHECK(engine.out.empty());

  Draft edited;
  edited.rest = R"(, "about": "now with a word about it")";
  recorded.folder.write("a.onceward.json", edited.text());
  const Ran other = recorded.replay();
  CHECK(other.exit_code == 2);
  CHECK(other.err ==
        "onceward: changed.json: a.onceward.json is not the scenario it was recorded from any "
        "more\n");

  recorded.folder.write("a.onceward.json", "{");
  CHECK(recorded.replay().exit_code == 2);
  std::filesystem::remove(recorded.folder / "a.onceward.json");
  const Ran missing = recorded.replay();
  CHECK(missing.exit_code == 2);
  CHECK(missing.err.substr(0, 48) == "a.onceward.json: error: no such file or folder\no");
}

TEST_CASE("a damaged capsule is refused", "[replay]") {
  const Recorded recorded;
  const TemporaryFolder& folder = recorded.folder;
  const std::string text = folder.read("onceward-out/a.capsule.json");
  for (const std::size_t kept :
       {std::size_t{0}, std::size_t{1}, text.size() / 2, text.size() - 3}) {
    INFO(kept << " bytes kept");
    folder.write("short.json", text.substr(0, kept));
    CHECK(folder.onceward("replay short.json").exit_code == 2);
  }
  CHECK(folder.onceward("replay a.onceward.json").exit_code == 2);
  CHECK(folder.onceward("replay missing.json").exit_code == 2);
  CHECK(folder.onceward("replay .").exit_code == 2);
  CHECK(folder.onceward("replay -", text).exit_code == 1);
  for (const auto& [field, value] : recorded.capsule.items()) {
    INFO(field);
    const std::string name = field;
    CHECK(recorded.replay([&](Json& capsule) { capsule.erase(name); }).exit_code == 2);
    CHECK(recorded.replay([&](Json& capsule) {
                    capsule.at(name) = Json::object({{"x", 1}});
                  })
              .exit_code == 2);
  }
  CHECK(
      recorded.replay([](Json& capsule) { capsule.at("tape").at(0).erase("option"); }).exit_code ==
      2);
  CHECK(recorded.replay([](Json& capsule) { capsule.at("tape").at(0).at("option") = "abc"; })
            .exit_code == 2);
  CHECK(recorded
            .replay([](Json& capsule) {
              capsule.at("left_out") = Json::array({true, true, true, true});
            })
            .exit_code != 1);
}

}  // namespace
}  // namespace onceward
