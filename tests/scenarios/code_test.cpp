// Handlers as code leave nothing out of what their steps say.
#include "scenarios/code.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "scenarios/loaded.hpp"
#include "scenarios/step.hpp"
#include "tests/support/command.hpp"

namespace onceward::scenarios {
namespace {

using tests::TemporaryFolder;
using Kind = Shape::Kind;

// Steps with all their fields, each with a value of its own that must be told.
class Filled {
 public:
  Node step(const StepHelp& help) { return object(help.shape); }
  std::vector<std::string> tokens;

 private:
  Node object(const ObjectShape& shape) {
    Node node;
    node.kind = Node::Kind::object;
    for (const FieldShape& field : shape.fields) {
      if (field.shape.kind == Kind::misplaced) continue;
      node.members.push_back({field.name, {}, value(field.shape)});
    }
    return node;
  }

  Node text(const std::string& before) {
    Node node;
    node.kind = Node::Kind::text;
    tokens.push_back("token" + std::to_string(++count_));
    node.text = before + tokens.back();
    return node;
  }

  Node list(Node item) {
    Node node;
    node.kind = Node::Kind::array;
    node.items.push_back(std::move(item));
    return node;
  }

  Node steps() {
    Node effect;
    effect.kind = Node::Kind::object;
    effect.members = {{"effect", {}, text("")}, {"of", {}, text("=")}};
    return list(std::move(effect));
  }

  Node value(const Shape& shape) {
    Node node;
    switch (shape.kind) {
      case Kind::steps:
        return steps();
      case Kind::object:
        return object(shape.object());
      case Kind::map:
        node.kind = Node::Kind::object;
        if (shape.parts.empty()) return node;
        node.members.push_back({"column", {}, value(shape.parts.front())});
        return node;
      case Kind::list:
        return list(value(shape.parts.front()));
      case Kind::window:
        node = list(text(""));
        node.items.push_back(text(""));
        return node;
      case Kind::either:
        return value(shape.parts.front());
      case Kind::anything:
      case Kind::boolean:
        node.kind = Node::Kind::boolean;
        node.boolean = true;
        return node;
      case Kind::integer:
        node.kind = Node::Kind::integer;
        node.integer = 900'000 + ++count_;
        tokens.push_back(std::to_string(node.integer));
        return node;
      default:
        return text("");
    }
  }

  int count_ = 0;
};

TEST_CASE("whatever a step of any kind says is told in its code", "[code]") {
  for (const StepHelp& help : step_catalogue()) {
    INFO(help.word);
    Filled filled;
    Problems none;
    Node root = *read_json(
        Source("a", R"({"services": {"s": {"handlers": [{"every": "1s", "do": []}]}}})"), none);
    Node& handler = root.members[0].value.members[0].value.members[0].value.items[0];
    handler.members[1].value.items.push_back(filled.step(help));
    const std::string code = code_text(root);
    INFO(code);
    CHECK(std::count(code.begin(), code.end(), '\n') > 2);
    for (const std::string& token : filled.tokens) {
      INFO(token);
      CHECK(code.find(token) != std::string::npos);
    }
  }
}

void find_names(const Node& node, std::vector<std::string>& names) {
  const Node* name = node.find("name");
  if (name != nullptr) names.push_back(name->text);
  for (const Node& item : node.items) find_names(item, names);
  for (const Member& member : node.members) find_names(member.value, names);
}

TEST_CASE("the code of each shipped scenario has all its named steps", "[code]") {
  const TemporaryFolder folder;
  folder.copy_library();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
    const std::string file = entry.path().string();
    if (!file.ends_with(".onceward.json")) continue;
    INFO(file);
    const Loaded loaded = load(file);
    REQUIRE(loaded.problems.empty());
    std::vector<std::string> names;
    find_names(*loaded.expanded.find("services"), names);
    const std::string code = code_text(loaded.expanded);
    for (const std::string& name : names) {
      INFO(name);
      CHECK(code.find(name) != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace onceward::scenarios
