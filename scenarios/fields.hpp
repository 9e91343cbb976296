// Reading one JSON object: which members it may have, and one message for each mistake.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/json.hpp"
#include "scenarios/source.hpp"
#include "sim/time.hpp"

namespace onceward::scenarios {

class Fields {
 public:
  // Complains if `node` is not an object, or has a member that `allowed` does not list. `what` is
  // for messages: "a topic", "the scenario".
  Fields(Problems& problems, const Node& node, std::string what,
         const std::vector<std::string>& allowed);

  [[nodiscard]] const Node& node() const { return node_; }
  [[nodiscard]] bool is_object() const { return node_.kind == Node::Kind::object; }
  [[nodiscard]] bool has(std::string_view name) const { return node_.find(name) != nullptr; }

  // The member, or null. `need` complains if it is missing; each complains if the kind is wrong.
  [[nodiscard]] const Node* find(std::string_view name) const { return node_.find(name); }
  [[nodiscard]] const Node* need(std::string_view name) const;
  [[nodiscard]] const Node* text(std::string_view name) const;
  [[nodiscard]] const Node* need_text(std::string_view name) const;
  [[nodiscard]] const Node* object(std::string_view name) const;
  [[nodiscard]] const Node* array(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name, std::int64_t least,
                                                    std::int64_t most) const;
  [[nodiscard]] std::optional<sim::Duration> duration(std::string_view name) const;
  [[nodiscard]] std::optional<sim::Window> window(std::string_view name) const;

 private:
  [[nodiscard]] const Node* of_kind(std::string_view name, Node::Kind kind) const;

  Problems& problems_;
  const Node& node_;
  std::string what_;
};

[[nodiscard]] const char* to_text(Node::Kind kind);

// "10m" as a duration; a complaint otherwise.
[[nodiscard]] std::optional<sim::Duration> read_duration(Problems& problems, const Node& node);

}  // namespace onceward::scenarios
