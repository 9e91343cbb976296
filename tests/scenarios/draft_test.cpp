// The first file that `onceward new` prints for a design.
#include "scenarios/draft.hpp"

#include <catch2/catch.hpp>
#include <string>

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
  CHECK(ran.out.find("// \"database\": \"shop-db\"   the name of its database") !=
        std::string::npos);
  CHECK(folder.onceward("show -", ran.out).exit_code == 0);
  const tests::Ran wrong = folder.onceward("new servise");
  CHECK(wrong.exit_code == 2);
  CHECK(wrong.err.find("did you mean \"service\"?") != std::string::npos);
  CHECK(folder.onceward("new").exit_code == 2);
}

}  // namespace
}  // namespace onceward::scenarios
