// The tables of the language against the code that reads them and the page that explains them.
#include "scenarios/grammar.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <set>
#include <string>

#include "models/status.hpp"
#include "scenarios/patterns/pattern.hpp"
#include "scenarios/step.hpp"
#include "sim/faults.hpp"
#include "tests/support/command.hpp"

namespace onceward::scenarios {
namespace {

using tests::has;

// All sources of the reader in one, without the tables themselves.
const std::string& reader_sources() {
  static const std::string all = [] {
    const std::filesystem::path folder = std::string(ONCEWARD_SOURCE_DIR) + "/scenarios";
    std::string text;
    for (const auto& each : std::filesystem::directory_iterator(folder)) {
      const std::string name = each.path().filename().string();
      if (!name.ends_with(".cpp") || name == "grammar.cpp" || name == "step.cpp") continue;
      text += tests::read_file(each.path());
    }
    return text;
  }();
  return all;
}

const std::string& documentation() {
  static const std::string text =
      tests::read_file(std::string(ONCEWARD_SOURCE_DIR) + "/docs/scenario-language.md");
  return text;
}

// Whether the page has the word in code: `word`, "word" or `word: ...`.
bool documented(const std::string& word) {
  for (const std::string& form : {"`" + word + "`", "\"" + word + "\"", "`" + word + ":"}) {
    if (has(documentation(), form)) return true;
  }
  return false;
}

// Whether some code of the reader asks for a field of this name. Kinds of faults and of errors are
// read by their catalogues, and some texts are for people and editors only.
bool is_read(const std::string& field) {
  using models::Status;
  for (const Status each :
       {Status::refused, Status::conflict, Status::duplicate, Status::partial, Status::timeout}) {
    if (models::to_text(each) == field) return true;
  }
  static const std::set<std::string> for_people = {"$schema", "covers"};
  if (for_people.contains(field)) return true;
  for (const sim::FaultKindHelp& each : sim::fault_catalogue()) {
    if (each.name == field) return true;
  }
  return has(reader_sources(), "\"" + field + "\"");
}

std::string missing(const ObjectShape& shape, bool (*test)(const std::string&)) {
  std::string words;
  for (const FieldShape& field : shape.fields) {
    if (field.shape.kind != Shape::Kind::misplaced && !test(field.name)) words += " " + field.name;
  }
  return words;
}

TEST_CASE("the reader asks for every field of its tables", "[grammar]") {
  for (const NamedShape& each : object_catalogue()) {
    INFO(each.name);
    CHECK(missing(each.shape(), is_read).empty());
  }
  for (const StepHelp& each : step_catalogue()) {
    INFO(each.word);
    ObjectShape shape = each.shape;
    shape.fields.erase(shape.fields.begin());  // its word is found by the catalogue
    CHECK(missing(shape, is_read).empty());
  }
  CHECK_FALSE(is_read("no field is called like this"));
}

TEST_CASE("every field of an object, every step and its fields are documented", "[grammar]") {
  for (const NamedShape& each : object_catalogue()) {
    INFO(each.name);
    CHECK(missing(each.shape(), documented).empty());
  }
  for (const StepHelp& each : step_catalogue()) {
    INFO(each.word);
    CHECK(missing(each.shape, documented).empty());
  }
  CHECK_FALSE(documented("no field is called like this"));
}

TEST_CASE("every object and field has a help, and a name of its own", "[grammar]") {
  std::set<std::string> objects;
  for (const NamedShape& each : object_catalogue()) {
    INFO(each.name);
    CHECK(objects.insert(each.name).second);
    std::set<std::string> fields;
    for (const FieldShape& field : each.shape().fields) {
      INFO(field.name);
      CHECK(fields.insert(field.name).second);
      CHECK_FALSE(field.help.empty());
    }
  }
}

}  // namespace
}  // namespace onceward::scenarios
