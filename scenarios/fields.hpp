// Reading one JSON object of the language: one message for each mistake of form, and its members.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/grammar.hpp"
#include "scenarios/json.hpp"
#include "scenarios/source.hpp"
#include "sim/time.hpp"

namespace onceward::scenarios {

class Fields {
 public:
  // Complains if `node` is not an object, has a member that `shape` does not list, lacks one that
  // is needed, or has one of another kind than listed.
  Fields(Problems& problems, const Node& node, const ObjectShape& shape);

  [[nodiscard]] const Node& node() const { return node_; }
  [[nodiscard]] bool is_object() const { return node_.kind == Node::Kind::object; }
  [[nodiscard]] bool has(std::string_view name) const { return node_.find(name) != nullptr; }

  // Whether it is there, or a member that is not known is nearest to it: then it is not missed.
  [[nodiscard]] bool meant(std::string_view name) const;

  // The member; null or nothing if it is not there or has been complained of.
  // REQUIRES: its shape is of the kind that is asked for.
  [[nodiscard]] const Node* find(std::string_view name) const { return node_.find(name); }
  [[nodiscard]] const Node* text(std::string_view name) const;
  [[nodiscard]] const Node* object(std::string_view name) const;
  [[nodiscard]] const Node* array(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const;  // false without it
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name) const;
  [[nodiscard]] std::optional<sim::Duration> duration(std::string_view name) const;
  [[nodiscard]] std::optional<sim::Window> window(std::string_view name) const;
  // Which of the words of its shape it is; complains if it is none, naming the nearest.
  [[nodiscard]] std::optional<std::size_t> word(std::string_view name) const;

 private:
  [[nodiscard]] const Node* of_kind(std::string_view name, Node::Kind kind) const;
  void check(const FieldShape& field, const Node& value) const;

  Problems& problems_;
  const Node& node_;
  const ObjectShape& shape_;
  std::vector<std::string> misspelt_;  // what those members meant that are not known
};

[[nodiscard]] const char* to_text(Node::Kind kind);

// "10m" as a duration, ["1ms", "5s"] as a window; a complaint otherwise.
[[nodiscard]] std::optional<sim::Duration> read_duration(Problems& problems, const Node& node);
[[nodiscard]] std::optional<sim::Window> read_window(Problems& problems, const Node& node);

}  // namespace onceward::scenarios
