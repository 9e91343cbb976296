// The first file that `onceward new` prints for a design.
#include "scenarios/draft.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "scenarios/loaded.hpp"
#include "scenarios/patterns/pattern.hpp"
#include "tests/support/command.hpp"

namespace onceward::scenarios {
namespace {

TEST_CASE("the first file for any pattern is a scenario without mistakes", "[new]") {
  for (const Pattern& each : pattern_catalogue()) {
    const std::string text = draft_text({each.word});
    const Loaded loaded = load_text("new.onceward.json", text);
    INFO(text << loaded.problems);
    CHECK(loaded.program != nullptr);
    CHECK(text.find("// " + each.help) != std::string::npos);
    for (const FieldShape& field : each.shape.fields) {
      INFO(field.name);
      CHECK((!field.needed || !field.example.empty()));
    }
  }
}

// The text without the comment sign at `at`.
std::string switched_on(const std::string& text, std::size_t at) {
  std::string on = text;
  return on.erase(at, 3);
}

TEST_CASE("what the first file has in comments is switched on by deleting the comment sign alone",
          "[new]") {
  std::vector<std::string> words;
  for (const Pattern& each : pattern_catalogue()) words.push_back(each.word);
  const std::string text = draft_text(words);
  std::set<std::string> shown;
  for (std::size_t at = text.find("// \""); at != text.npos; at = text.find("// \"", at + 1)) {
    const std::string line = text.substr(at, text.find('\n', at) - at);
    const Loaded loaded = load_text("new.onceward.json", switched_on(text, at));
    INFO(line << "\n" << loaded.problems);
    CHECK(loaded.program != nullptr);
    shown.insert(line);
  }
  const auto shows = [&](const FieldShape& field) {
    return std::any_of(shown.begin(), shown.end(), [&](const std::string& line) {
      return line.find("\"" + field.name + "\": ") != line.npos &&
             line.find("// " + field.help) != line.npos;
    });
  };
  for (const Pattern& pattern : pattern_catalogue()) {
    for (const FieldShape& field : pattern.shape.fields) {
      INFO(pattern.word << " " << field.name);
      // Where a service publishes has no part in a design with a relay.
      CHECK((shows(field) || !field.example.empty() || field.name == "topic"));
    }
  }
}

TEST_CASE("what has no part in the design at hand is not offered by its first file", "[new]") {
  CHECK(draft_text({"consumer"}).find("\"calls\"") == std::string::npos);
  CHECK(draft_text({"consumer", "external-api"}).find("// \"calls\": \"payments.charge\",") !=
        std::string::npos);
}

TEST_CASE("the first file for any two patterns has no mistakes and asks something", "[new]") {
  for (const Pattern& first : pattern_catalogue()) {
    for (const Pattern& second : pattern_catalogue()) {
      const Loaded loaded = load_text("new.onceward.json", draft_text({first.word, second.word}));
      INFO(first.word << ", " << second.word << ": " << loaded.problems);
      REQUIRE(loaded.program != nullptr);
      CHECK(!loaded.program->workload.empty());
      CHECK(!loaded.program->obligations.empty());
    }
  }
}

TEST_CASE("the first file for each pattern holds, as far as it is searched", "[new][cli]") {
  const tests::TemporaryFolder folder;
  for (const Pattern& each : pattern_catalogue()) {
    INFO(each.word);
#ifdef __OPTIMIZE__
    const tests::Ran ran = folder.onceward("check -", draft_text({each.word}));
    INFO(ran.out);
    CHECK(ran.exit_code == 0);
#else
    const tests::Ran ran = folder.onceward("check - --states 500", draft_text({each.word}));
    INFO(ran.out);
    CHECK((ran.exit_code == 0 || ran.exit_code == 3));
#endif
  }
}

TEST_CASE("new prints a file that can be checked at once, or the nearest pattern", "[new][cli]") {
  const tests::TemporaryFolder folder;
  const tests::Ran ran = folder.onceward("new service");
  CHECK(ran.exit_code == 0);
  CHECK(ran.out == draft_text({"service"}));
  CHECK(ran.out.find("// \"database\": \"shop-db\",   // the name of its database") !=
        std::string::npos);
  CHECK(folder.onceward("show -", ran.out).exit_code == 0);
  const tests::Ran wrong = folder.onceward("new servise");
  CHECK(wrong.exit_code == 2);
  CHECK(wrong.err.find("did you mean \"service\"?") != std::string::npos);
  CHECK(folder.onceward("new").exit_code == 2);
}

}  // namespace
}  // namespace onceward::scenarios
