#include "scenarios/expand.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <tuple>

#include "scenarios/nearest.hpp"

namespace onceward::scenarios {

std::optional<Node> expand(Sources& sources, Problems& problems) {
  std::optional<Node> root = derive(sources, problems);
  if (!root || root->kind != Node::Kind::object) return root;
  if (const Node* schema = root->find("schema");
      schema != nullptr && schema->text.starts_with("onceward.capsule/")) {
    problems.add(schema->span, "this is a capsule, a recorded run, and no scenario",
                 "`onceward replay` repeats it");
    return std::nullopt;
  }
  const std::size_t before = problems.size();
  expand_patterns(*root, problems);
  // What else is wrong cannot be told as long as whole parts of the design are missing.
  if (problems.size() > before) return std::nullopt;
  expand_blocks(*root, problems);
  return root;
}

// ---- parameters ---------------------------------------------------------------------------------

namespace {

bool is_name(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  for (const char c : text) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '-';
    if (!fits) return false;
  }
  return true;
}

// What stands for an argument within a longer text.
std::string spliced(const Node& argument) {
  if (argument.kind == Node::Kind::integer) return std::to_string(argument.integer);
  if (argument.kind == Node::Kind::boolean) return argument.boolean ? "true" : "false";
  if (argument.kind == Node::Kind::null) return "null";
  return argument.text.starts_with('=') ? argument.text.substr(1) : argument.text;
}

class Substitution {
 public:
  Substitution(const Arguments& arguments, Problems& problems, bool made)
      : arguments_(arguments), problems_(problems), made_(made) {}

  void apply(Node& node) {
    if (node.kind == Node::Kind::text) {
      replace(node);
      return;
    }
    for (Node& item : node.items) apply(item);
    for (Member& member : node.members) {
      std::tie(member.key, member.key_span) = written(member.key, member.key_span);
      apply(member.value);
    }
  }

 private:
  void replace(Node& node) {
    if (node.text.starts_with('$') && is_name(std::string_view(node.text).substr(1))) {
      if (const Node* argument = find(node.text.substr(1), node.span)) node = *argument;
      return;
    }
    std::tie(node.text, node.span) = written(node.text, node.span);
  }

  std::pair<std::string, Span> written(const std::string& text, Span span) {
    std::vector<Span> at;  // of the arguments in it
    const auto put = [&](const std::string& name, const std::string& otherwise) {
      const Node* argument = find(name, span);
      if (argument == nullptr) return otherwise;
      if (argument->span != span) at.push_back(argument->span);
      return spliced(*argument);
    };
    std::string result;
    if (text.starts_with('$') && is_name(std::string_view(text).substr(1))) {
      result = put(text.substr(1), text);
    } else {
      std::size_t from = 0;
      for (std::size_t next = text.find("${"); next != std::string::npos;
           next = text.find("${", from)) {
        const std::size_t end = text.find('}', next);
        if (end == std::string::npos) break;
        result += text.substr(from, next - from);
        result += put(text.substr(next + 2, end - next - 2), "");
        from = end + 1;
      }
      result += text.substr(from);
    }
    return {result, made_ && at.size() == 1 ? at.front() : span};
  }

  const Node* find(const std::string& name, Span span) {
    const auto found = arguments_.find(name);
    if (found != arguments_.end()) return &found->second;
    std::vector<std::string> known;
    for (const auto& [each, value] : arguments_) known.push_back(each);
    problems_.add(span, fmt::format("unknown parameter \"{}\"", name), did_you_mean(name, known));
    return nullptr;
  }

  const Arguments& arguments_;
  Problems& problems_;
  bool made_;
};

}  // namespace

void substitute(Node& node, const Arguments& arguments, Problems& problems) {
  Substitution(arguments, problems, false).apply(node);
}

void substitute_made(Node& node, const Arguments& arguments, Problems& problems) {
  Substitution(arguments, problems, true).apply(node);
}

// ---- plain JSON ---------------------------------------------------------------------------------

namespace {

nlohmann::ordered_json plain(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return nullptr;
    case Node::Kind::boolean:
      return node.boolean;
    case Node::Kind::integer:
      return node.integer;
    case Node::Kind::text:
      return node.text;
    case Node::Kind::array: {
      auto items = nlohmann::ordered_json::array();
      for (const Node& item : node.items) items.push_back(plain(item));
      return items;
    }
    case Node::Kind::object:
      break;
  }
  auto members = nlohmann::ordered_json::object();
  for (const Member& member : node.members) members[member.key] = plain(member.value);
  return members;
}

}  // namespace

std::string json_text(const Node& node) { return plain(node).dump(2); }

}  // namespace onceward::scenarios
