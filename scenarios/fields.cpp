#include "scenarios/fields.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "scenarios/expression.hpp"
#include "scenarios/nearest.hpp"

namespace onceward::scenarios {

const char* to_text(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::null:
      return "null";
    case Node::Kind::boolean:
      return "true or false";
    case Node::Kind::integer:
      return "a number";
    case Node::Kind::text:
      return "a text";
    case Node::Kind::array:
      return "a list";
    case Node::Kind::object:
      return "an object";
  }
  return "";
}

Fields::Fields(Problems& problems, const Node& node, std::string what,
               const std::vector<std::string>& allowed)
    : problems_(problems), node_(node), what_(std::move(what)) {
  if (!is_object()) {
    problems_.add(node.span,
                  fmt::format("{} must be an object, this is {}", what_, to_text(node.kind)));
    return;
  }
  for (const Member& member : node.members) {
    if (std::find(allowed.begin(), allowed.end(), member.key) != allowed.end()) continue;
    problems_.add(member.key_span, fmt::format("unknown field \"{}\" in {}", member.key, what_),
                  did_you_mean(member.key, allowed));
  }
}

const Node* Fields::need(std::string_view name) const {
  const Node* found = node_.find(name);
  if (found == nullptr && is_object()) {
    problems_.add(node_.span, fmt::format("{} needs a field \"{}\"", what_, name));
  }
  return found;
}

const Node* Fields::of_kind(std::string_view name, Node::Kind kind) const {
  const Node* found = node_.find(name);
  if (found == nullptr || found->kind == kind) return found;
  problems_.add(found->span, fmt::format("\"{}\" must be {}, this is {}", name, to_text(kind),
                                         to_text(found->kind)));
  return nullptr;
}

const Node* Fields::text(std::string_view name) const { return of_kind(name, Node::Kind::text); }

const Node* Fields::need_text(std::string_view name) const {
  return need(name) == nullptr ? nullptr : text(name);
}

const Node* Fields::object(std::string_view name) const {
  return of_kind(name, Node::Kind::object);
}

const Node* Fields::array(std::string_view name) const { return of_kind(name, Node::Kind::array); }

std::optional<std::int64_t> Fields::integer(std::string_view name, std::int64_t least,
                                            std::int64_t most) const {
  const Node* found = of_kind(name, Node::Kind::integer);
  if (found == nullptr) return std::nullopt;
  if (found->integer < least || found->integer > most) {
    problems_.add(found->span, fmt::format("\"{}\" must be from {} to {}", name, least, most));
    return std::nullopt;
  }
  return found->integer;
}

std::optional<sim::Duration> read_duration(Problems& problems, const Node& node) {
  if (node.kind == Node::Kind::text) {
    if (const auto nanoseconds = parse_duration(node.text)) return sim::Duration(*nanoseconds);
  }
  problems.add(node.span, "this is not a duration",
               "write for example \"1500ms\", \"10m\", \"24h\"");
  return std::nullopt;
}

std::optional<sim::Duration> Fields::duration(std::string_view name) const {
  const Node* found = node_.find(name);
  return found == nullptr ? std::nullopt : read_duration(problems_, *found);
}

std::optional<sim::Window> Fields::window(std::string_view name) const {
  const Node* found = node_.find(name);
  if (found == nullptr) return std::nullopt;
  if (found->kind != Node::Kind::array || found->items.size() != 2) {
    problems_.add(found->span, "a window has two ends", "write for example [\"1ms\", \"5s\"]");
    return std::nullopt;
  }
  const auto earliest = read_duration(problems_, found->items[0]);
  const auto latest = read_duration(problems_, found->items[1]);
  if (!earliest || !latest) return std::nullopt;
  if (*earliest > *latest) {
    problems_.add(found->span, "this window ends before it begins");
    return std::nullopt;
  }
  return sim::Window{*earliest, *latest};
}

}  // namespace onceward::scenarios
