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

Fields::Fields(Problems& problems, const Node& node, const ObjectShape& shape)
    : problems_(problems), node_(node), shape_(shape) {
  if (!is_object()) {
    problems_.add(node.span,
                  fmt::format("{} must be an object, this is {}", shape.what, to_text(node.kind)));
    return;
  }
  for (const Member& member : node.members) {
    const FieldShape* field = shape.find(member.key);
    if (field == nullptr) {
      misspelt_.push_back(nearest(member.key, shape.names()));
      problems_.add(member.key_span,
                    fmt::format("unknown field \"{}\" in {}", member.key, shape.what),
                    did_you_mean(member.key, shape.names()));
    } else if (field->shape.kind == Shape::Kind::misplaced) {
      problems_.add(member.value.span, field->help);
    } else {
      check(*field, member.value);
    }
  }
  for (const FieldShape& field : shape.fields) {
    if (!field.needed || meant(field.name)) continue;
    problems_.add(node.span, fmt::format("{} needs a field \"{}\"", shape.what, field.name));
  }
}

namespace {

// The kind of JSON that a shape asks for; nothing where the reader looks for itself.
std::optional<Node::Kind> json_kind(Shape::Kind kind) {
  switch (kind) {
    case Shape::Kind::text:
    case Shape::Kind::word:
      return Node::Kind::text;
    case Shape::Kind::boolean:
      return Node::Kind::boolean;
    case Shape::Kind::integer:
      return Node::Kind::integer;
    case Shape::Kind::steps:
    case Shape::Kind::list:
      return Node::Kind::array;
    case Shape::Kind::object:
    case Shape::Kind::map:
      return Node::Kind::object;
    default:
      return std::nullopt;
  }
}

}  // namespace

void Fields::check(const FieldShape& field, const Node& value) const {
  const std::optional<Node::Kind> kind = json_kind(field.shape.kind);
  if (kind && value.kind != *kind) {
    problems_.add(value.span, fmt::format("\"{}\" must be {}, this is {}", field.name,
                                          to_text(*kind), to_text(value.kind)));
    return;
  }
  switch (field.shape.kind) {
    case Shape::Kind::integer:
      if (value.integer < field.shape.least || value.integer > field.shape.most) {
        problems_.add(value.span, fmt::format("\"{}\" must be from {} to {}", field.name,
                                              field.shape.least, field.shape.most));
      }
      return;
    case Shape::Kind::duration:
      static_cast<void>(read_duration(problems_, value));
      return;
    case Shape::Kind::window:
      static_cast<void>(read_window(problems_, value));
      return;
    default:
      return;
  }
}

bool Fields::meant(std::string_view name) const {
  return has(name) || std::find(misspelt_.begin(), misspelt_.end(), name) != misspelt_.end();
}

const Node* Fields::of_kind(std::string_view name, Node::Kind kind) const {
  const Node* found = node_.find(name);
  return found == nullptr || found->kind != kind ? nullptr : found;
}

const Node* Fields::text(std::string_view name) const { return of_kind(name, Node::Kind::text); }

const Node* Fields::object(std::string_view name) const {
  return of_kind(name, Node::Kind::object);
}

const Node* Fields::array(std::string_view name) const { return of_kind(name, Node::Kind::array); }

bool Fields::flag(std::string_view name) const {
  const Node* found = of_kind(name, Node::Kind::boolean);
  return found != nullptr && found->boolean;
}

std::optional<std::int64_t> Fields::integer(std::string_view name) const {
  const Node* found = of_kind(name, Node::Kind::integer);
  const FieldShape* field = shape_.find(name);
  if (found == nullptr || field == nullptr) return std::nullopt;
  const Shape& asked = field->shape;
  if (found->integer < asked.least || found->integer > asked.most) return std::nullopt;
  return found->integer;
}

std::optional<std::size_t> Fields::word(std::string_view name) const {
  const Node* found = text(name);
  if (found == nullptr) return std::nullopt;
  const std::vector<std::string>& words = shape_.find(name)->shape.words;
  const auto word = std::find(words.begin(), words.end(), found->text);
  if (word != words.end()) return static_cast<std::size_t>(word - words.begin());
  problems_.add(found->span, fmt::format("\"{}\" cannot be \"{}\"", name, found->text),
                did_you_mean(found->text, words));
  return std::nullopt;
}

std::optional<sim::Duration> read_duration(Problems& problems, const Node& node) {
  if (node.kind == Node::Kind::text) {
    if (const auto nanoseconds = parse_duration(node.text)) return sim::Duration(*nanoseconds);
  }
  constexpr const char* kWrite = "write for example \"1500ms\", \"10m\", \"24h\"";
  const std::string& text = node.text;
  if (text.starts_with('-') && parse_duration(text.substr(1))) {
    problems.add(node.span, "a duration cannot be negative", kWrite);
  } else if (const std::size_t digits = text.find_first_not_of("0123456789_");
             digits != std::string::npos && digits > 0 &&
             parse_duration("1" + text.substr(digits))) {
    problems.add(node.span, "this duration is too long", "106751d is the longest");
  } else {
    problems.add(node.span, "this is not a duration", kWrite);
  }
  return std::nullopt;
}

std::optional<sim::Window> read_window(Problems& problems, const Node& node) {
  if (node.kind != Node::Kind::array || node.items.size() != 2) {
    problems.add(node.span, "a window has two ends", "write for example [\"1ms\", \"5s\"]");
    return std::nullopt;
  }
  const auto earliest = read_duration(problems, node.items[0]);
  const auto latest = read_duration(problems, node.items[1]);
  if (!earliest || !latest) return std::nullopt;
  if (*earliest > *latest) {
    problems.add(node.span, "this window ends before it begins");
    return std::nullopt;
  }
  return sim::Window{*earliest, *latest};
}

// What is wrong with them has been said by `check`.
std::optional<sim::Duration> Fields::duration(std::string_view name) const {
  Problems said;
  const Node* found = node_.find(name);
  return found == nullptr ? std::nullopt : read_duration(said, *found);
}

std::optional<sim::Window> Fields::window(std::string_view name) const {
  Problems said;
  const Node* found = node_.find(name);
  return found == nullptr ? std::nullopt : read_window(said, *found);
}

}  // namespace onceward::scenarios
