#include "scenarios/varied.hpp"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "scenarios/expand.hpp"
#include "scenarios/expression.hpp"
#include "scenarios/nearest.hpp"
#include "scenarios/tokens.hpp"

namespace onceward::scenarios {
namespace {

// What there is to vary in a text.
struct Quantity {
  bool is_duration = false;
  std::int64_t value = 0;
  std::string before;
  std::string behind;
};

// An expression with one duration in it, that alone included.
std::optional<Quantity> quantity_in(const std::string& text) {
  Problems problems;
  const std::size_t start = text.starts_with('=') ? 1 : 0;
  if (!parse_expression(text.substr(start), 0, problems)) return std::nullopt;
  Tokens tokens(std::string_view(text).substr(start), 0, problems);
  std::optional<Quantity> found;
  for (Token token = tokens.take(); token.kind != Token::Kind::end; token = tokens.take()) {
    if (token.kind == Token::Kind::mistake) return std::nullopt;
    if (token.kind != Token::Kind::duration) continue;
    if (found) return std::nullopt;
    found = {true, static_cast<std::int64_t>(token.magnitude),
             text.substr(0, start + token.span.begin), text.substr(start + token.span.end)};
  }
  return found;
}

std::optional<Quantity> quantity_of(const Node& node) {
  if (node.kind == Node::Kind::integer && node.integer >= 0) {
    return Quantity{false, node.integer, "", ""};
  }
  if (node.kind != Node::Kind::text) return std::nullopt;
  return quantity_in(node.text);
}

// A value of a tree and what it can be called.
struct Part {
  const Node* root = nullptr;
  const Node* node = nullptr;
  std::string pointer;
  std::string named;  // "marked/ttl": from the innermost named step or entry on; else empty
};

// Whether a pointer begins with another one, or has a field of this name in it.
bool leads_through(const std::string& pointer, const std::string& name) {
  if (name.starts_with('/')) return (pointer + "/").starts_with(name + "/");
  return (pointer + "/").find("/" + name + "/") != std::string::npos;
}

class Parts {
 public:
  // Leaves out what has a pointer that is there already.
  void gather(const Node& root) {
    const std::size_t known = all_.size();
    gather(root, root, "", "");
    const auto is_known = [&](const Part& part) {
      return std::any_of(all_.begin(), all_.begin() + static_cast<std::ptrdiff_t>(known),
                         [&](const Part& each) { return each.pointer == part.pointer; });
    };
    const auto added = all_.begin() + static_cast<std::ptrdiff_t>(known);
    all_.erase(std::remove_if(added, all_.end(), is_known), all_.end());
  }

  [[nodiscard]] std::vector<const Part*> called(const std::string& name) const {
    std::vector<const Part*> found;
    for (const Part& each : all_) {
      const bool is_it = each.pointer == name || each.named == name;
      if (is_it && each.node->members.empty() && each.node->items.empty()) return {&each};
      const bool within = each.named.starts_with(name + "/") || leads_through(each.pointer, name);
      if (is_it || within) found.push_back(&each);
    }
    return found;
  }

  // Whatever can be varied by a name such as this: a pointer, or a word.
  [[nodiscard]] std::vector<std::string> names_like(const std::string& name) const {
    std::vector<std::string> names;
    for (const Part& each : all_) {
      if (!quantity_of(*each.node)) continue;
      if (name.starts_with('/')) {
        names.push_back(each.pointer);
        continue;
      }
      if (!each.named.empty()) {
        names.push_back(each.named);
        names.push_back(each.named.substr(0, each.named.find('/')));
      }
      names.push_back(each.pointer.substr(each.pointer.rfind('/') + 1));
    }
    return names;
  }

 private:
  void gather(const Node& root, const Node& node, const std::string& pointer,
              const std::string& named) {
    all_.push_back({&root, &node, pointer, named});
    const auto inner = [&](const Node& part, const std::string& token) {
      const Node* name = node.kind == Node::Kind::array ? part.find("name") : nullptr;
      const bool has_name = name != nullptr && name->kind == Node::Kind::text;
      const std::string way = named.empty() ? "" : named + "/" + token;
      gather(root, part, pointer + "/" + token, has_name ? name->text : way);
    };
    for (std::size_t i = 0; i < node.items.size(); ++i) inner(node.items[i], std::to_string(i));
    for (const Member& member : node.members) inner(member.value, member.key);
  }

  std::vector<Part> all_;
};

std::string what_is_wrong(const Parts& parts, const std::vector<const Part*>& called,
                          const std::vector<const Part*>& variable, const std::string& field) {
  if (called.empty()) {
    const std::string hint = did_you_mean(field, parts.names_like(field));
    return fmt::format("there is no field \"{}\"{}{}", field, hint.empty() ? "" : "; ", hint);
  }
  if (variable.empty()) {
    return fmt::format("\"{}\" holds neither a duration nor a whole number, such as \"10m\" or 3",
                       field);
  }
  constexpr std::size_t kShown = 6;
  std::string pointers;
  for (std::size_t i = 0; i < std::min(variable.size(), kShown); ++i) {
    pointers += (i == 0 ? "" : ", ") + variable[i]->pointer;
  }
  if (variable.size() > kShown) pointers += ", ...";
  return fmt::format("\"{}\" may be one of several; write which: {}", field, pointers);
}

}  // namespace

std::optional<Varied> Varied::find(const Loaded& loaded, const std::string& field,
                                   std::string& mistake) {
  Parts parts;
  parts.gather(loaded.expanded);
  // Parameters of patterns stand only in what was written.
  Problems ignored;
  Sources sources(loaded.sources.named());
  const std::optional<Node> written = derive(sources, ignored);
  if (written) parts.gather(*written);
  const std::vector<const Part*> called = parts.called(field);
  std::vector<const Part*> variable;
  for (const Part* each : called) {
    if (quantity_of(*each->node)) variable.push_back(each);
  }
  if (variable.size() != 1) {
    mistake = what_is_wrong(parts, called, variable, field);
    return std::nullopt;
  }
  const Part& part = *variable.front();
  Quantity quantity = *quantity_of(*part.node);
  Varied varied;
  varied.path_ = loaded.sources.named().path();
  varied.tree_ = *part.root;
  varied.tree_.take("expect");
  varied.pointer_ = part.pointer;
  varied.is_duration_ = quantity.is_duration;
  varied.value_ = quantity.value;
  varied.before_ = std::move(quantity.before);
  varied.behind_ = std::move(quantity.behind);
  return varied;
}

Loaded Varied::with(std::int64_t value) const {
  Member member{pointer_, {}, {}};
  if (is_duration_) {
    member.value.kind = Node::Kind::text;
    member.value.text = before_ + duration_text(static_cast<std::uint64_t>(value)) + behind_;
  } else {
    member.value.kind = Node::Kind::integer;
    member.value.integer = value;
  }
  Node tree = tree_;
  Problems none;
  change(tree, member, none);
  return load_text(path_, json_text(tree));
}

std::int64_t Varied::least() const {
  if (allows(0)) return 0;
  std::int64_t refused = 0;
  std::int64_t allowed = value_;
  while (allowed - refused > 1) {
    const std::int64_t middle = refused + (allowed - refused) / 2;
    (allows(middle) ? allowed : refused) = middle;
  }
  return allowed;
}

std::int64_t Varied::most(std::int64_t most) const {
  if (allows(most)) return most;
  std::int64_t allowed = value_;
  std::int64_t refused = most;
  while (refused - allowed > 1) {
    const std::int64_t middle = allowed + (refused - allowed) / 2;
    (allows(middle) ? allowed : refused) = middle;
  }
  return allowed;
}

std::string exact_duration_text(std::int64_t nanoseconds) {
  struct Unit {
    const char* name;
    std::int64_t size;
  };
  static constexpr Unit kUnits[] = {{"d", 86'400'000'000'000},
                                    {"h", 3'600'000'000'000},
                                    {"m", 60'000'000'000},
                                    {"s", 1'000'000'000},
                                    {"ms", 1'000'000},
                                    {"us", 1'000},
                                    {"ns", 1}};
  std::string text;
  for (const Unit& unit : kUnits) {
    const std::int64_t count = nanoseconds / unit.size;
    nanoseconds %= unit.size;
    if (count > 0) text += fmt::format("{}{}{}", text.empty() ? "" : " ", count, unit.name);
  }
  return text.empty() ? "0s" : text;
}

}  // namespace onceward::scenarios
