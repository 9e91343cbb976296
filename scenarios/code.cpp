#include "scenarios/code.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/expression.hpp"
#include "scenarios/grammar.hpp"
#include "scenarios/step_words.hpp"

namespace onceward::scenarios {
namespace {

using Kind = Shape::Kind;

// "for_each" as people say it.
std::string spoken(std::string word) {
  for (char& c : word) {
    if (c == '_') c = ' ';
  }
  return word;
}

std::string expression(const std::string& text) {
  Problems ignored;
  const std::string bare = text.starts_with('=') ? text.substr(1) : text;
  const auto parsed = parse_expression(bare, 0, ignored);
  return parsed ? to_text(*parsed) : bare;
}

// Names stand as they are; values stand in quotes, and what is calculated without.
std::string value_text(const Node& node, const Shape& shape) {
  switch (node.kind) {
    case Node::Kind::null:
      return "null";
    case Node::Kind::boolean:
      return node.boolean ? "true" : "false";
    case Node::Kind::integer:
      return std::to_string(node.integer);
    case Node::Kind::text:
      if (shape.kind == Kind::condition || node.text.starts_with('=')) {
        return expression(node.text);
      }
      return shape.kind == Kind::value ? fmt::format("'{}'", node.text) : node.text;
    case Node::Kind::array:
    case Node::Kind::object:
      break;
  }
  const bool list = node.kind == Node::Kind::array;
  const Shape part = !shape.parts.empty() ? shape.parts.front() : Shape{};
  std::string text;
  const auto add = [&](const std::string& next) { text += (text.empty() ? "" : ", ") + next; };
  for (const Node& item : node.items) add(value_text(item, part));
  for (const Member& member : node.members) {
    add(fmt::format("{} = {}", member.key, value_text(member.value, part)));
  }
  return list ? "[" + text + "]" : "{" + text + "}";
}

// Whether steps are in it: then it is a block of lines below, else it is part of the line.
bool holds_steps(const Shape& shape) {
  if (shape.kind == Kind::steps) return true;
  if (shape.kind == Kind::object && shape.object != nullptr) {
    for (const FieldShape& each : shape.object().fields) {
      if (each.shape.kind == Kind::steps) return true;
    }
  }
  for (const Shape& part : shape.parts) {
    if (holds_steps(part)) return true;
  }
  return false;
}

class Code {
 public:
  void service(const Member& service) {
    const Node* handlers = service.value.find("handlers");
    line(0, "service " + service.key + rest(service.value, service_shape(), {"handlers"}));
    if (handlers != nullptr) {
      for (const Node& each : handlers->items) handler(each);
    }
    text_ += "\n";
  }

  // Without the empty line behind the last service.
  [[nodiscard]] std::string text() const {
    return text_.empty() ? text_ : text_.substr(0, text_.size() - 1);
  }

 private:
  void line(int depth, const std::string& text) {
    text_ += std::string(static_cast<std::size_t>(depth) * 2, ' ') + text + "\n";
  }

  // "on request Buy:", "every 1s overlap 2:", with all else in brackets.
  void handler(const Node& node) {
    std::string head;
    const Node* on = node.find("on");
    if (on != nullptr) {
      head = "on";
      for (const Member& member : on->members) {
        head += " " + spoken(member.key);
        if (member.value.kind != Node::Kind::boolean) head += " " + value_text(member.value, {});
      }
    } else if (const Node* every = node.find("every"); every != nullptr) {
      head = "every " + value_text(*every, {});
    }
    line(1, head + rest(node, handler_shape(), {"on", "every", "do"}) + ":");
    const Node* steps = node.find("do");
    if (steps != nullptr) block(*steps, 2);
  }

  static std::string rest(const Node& node, const ObjectShape& shape,
                          const std::vector<std::string>& without) {
    std::string text;
    for (const Member& member : node.members) {
      if (std::find(without.begin(), without.end(), member.key) != without.end()) continue;
      const FieldShape* field = shape.find(member.key);
      const Shape value = field == nullptr ? Shape{} : field->shape;
      text += fmt::format("{}{} {}", text.empty() ? " (" : ", ", spoken(member.key),
                          value_text(member.value, value));
    }
    return text.empty() ? text : text + ")";
  }

  void block(const Node& steps, int depth) {
    if (steps.items.empty()) line(depth, "nothing");
    for (const Node& each : steps.items) step(each, depth);
  }

  void step(const Node& node, int depth) {
    const StepHelp* help = node.kind == Node::Kind::object ? find_step(node) : nullptr;
    if (help == nullptr) {
      line(depth, spoken(node.text));
      return;
    }
    std::string head;
    const Node* as = node.find("as");
    const bool binds = as != nullptr && !is_loop(*help);
    if (binds) head = as->text + " = ";
    head += words(node, *help);
    bool first = true;
    const std::string comment = comment_of(node);
    for (const FieldShape& field : help->shape.fields) {
      const Node* value = node.find(field.name);
      if (value == nullptr || !holds_steps(field.shape)) continue;
      const bool own = first && field.name != "on_error" && field.name != "else";
      if (first) line(depth, own ? head + ":" + comment : head + comment);
      first = false;
      if (!own) line(depth, spoken(field.name) + ":");
      nested(*value, depth + 1);
    }
    if (first) line(depth, head + comment);
  }

  // A loop says what it goes through by what each one is called.
  static bool is_loop(const StepHelp& help) { return help.kind == StepKind::for_each; }

  static std::string words(const Node& node, const StepHelp& help) {
    std::string text;
    for (const FieldShape& field : help.shape.fields) {
      const Node* value = node.find(field.name);
      const bool word = field.name == help.word;
      if (value == nullptr || field.name == "name" || field.name == "at") continue;
      if (holds_steps(field.shape)) {
        if (word) text += spoken(field.name);
        continue;
      }
      if (field.name == "as") continue;
      if (!text.empty()) text += " ";
      text += spoken(field.name);
      if (is_loop(help) && word) text += fmt::format(" {} in", as_of(node));
      if (word && help.alone) continue;
      text += " " + value_text(*value, field.shape);
    }
    return text;
  }

  static std::string as_of(const Node& node) {
    const Node* as = node.find("as");
    return as == nullptr ? std::string() : as->text;
  }

  static std::string comment_of(const Node& node) {
    std::string text;
    for (const char* field : {"name", "at"}) {
      const Node* value = node.find(field);
      if (value != nullptr) text += (text.empty() ? "  # " : ", ") + value->text;
    }
    return text;
  }

  // A list of steps, of lists of steps, or of alternatives with a name and steps each; or an object
  // of such lists.
  void nested(const Node& value, int depth) {
    for (const Member& member : value.members) {
      line(depth, spoken(member.key) + ":");
      nested(member.value, depth + 1);
    }
    if (value.kind == Node::Kind::object) return;
    const bool lists = !value.items.empty() && value.items.front().kind == Node::Kind::array;
    const bool named = !value.items.empty() && find_step(value.items.front()) == nullptr &&
                       value.items.front().find("do") != nullptr;
    if (!lists && !named) {
      block(value, depth);
      return;
    }
    int number = 0;
    for (const Node& each : value.items) {
      const Node* name = each.find("name");
      const Node* steps = lists ? &each : each.find("do");
      line(depth, (name == nullptr ? std::to_string(number) : name->text) + ":");
      ++number;
      if (steps != nullptr) block(*steps, depth + 1);
    }
  }

  std::string text_;
};

}  // namespace

std::string code_text(const Node& root) {
  Code code;
  const Node* services = root.find("services");
  if (services == nullptr) return {};
  for (const Member& each : services->members) code.service(each);
  return code.text();
}

}  // namespace onceward::scenarios
