// Derivation: a file that is another one but for what it says itself, so that a broken design and
// its repair differ by the line that matters.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "scenarios/expand.hpp"
#include "scenarios/nearest.hpp"

namespace onceward::scenarios {
namespace {

// A list of steps and a step in it, by the step's name.
struct Found {
  std::vector<Node>* list = nullptr;
  std::size_t index = 0;
};

class Changes {
 public:
  Changes(Node& root, Problems& problems) : root_(root), problems_(problems) {}

  void apply(const Member& change) {
    if (change.key.starts_with('/')) {
      at_pointer(change);
    } else {
      at_step(change);
    }
  }

 private:
  void refuse(const Member& change, std::string message, std::string hint = {}) {
    problems_.add(change.key_span, std::move(message), std::move(hint));
  }

  // "before NAME", "after NAME" add steps; NAME replaces one, by null with nothing.
  void at_step(const Member& change) {
    std::string name = change.key;
    const bool before = name.starts_with("before ");
    const bool after = name.starts_with("after ");
    if (before || after) name = name.substr(name.find(' ') + 1);
    Found found;
    std::vector<std::string> known;
    find_step(root_, name, found, known);
    if (found.list == nullptr && comes_from_pattern(name)) {
      refuse(change, fmt::format("step \"{}\" comes from a pattern, not from a file", name),
             "change the pattern's parameters, as \"/patterns/0/dedup\"; or have `onceward show "
             "--as json` write the patterns out, and derive from that");
      return;
    }
    if (found.list == nullptr) {
      refuse(change, fmt::format("no step is named \"{}\"", name),
             known.empty() ? "a step is named by its field \"name\"; a JSON pointer starts with /"
                           : did_you_mean(name, known));
      return;
    }
    if (std::count(known.begin(), known.end(), name) > 1) {
      refuse(change, fmt::format("several steps are called \"{}\"", name),
             "give the one that is meant a name of its own, or write its JSON pointer");
      return;
    }
    std::vector<Node> steps;
    if (change.value.kind == Node::Kind::array) {
      steps = change.value.items;
    } else if (change.value.kind != Node::Kind::null) {
      steps.push_back(change.value);
    }
    auto at = found.list->begin() + static_cast<std::ptrdiff_t>(found.index + (after ? 1 : 0));
    if (!before && !after) at = found.list->erase(at);
    found.list->insert(at, steps.begin(), steps.end());
  }

  [[nodiscard]] bool comes_from_pattern(const std::string& name) const {
    Node written_out = root_;
    Problems ignored;
    expand_patterns(written_out, ignored);
    Found found;
    std::vector<std::string> known;
    find_step(written_out, name, found, known);
    return found.list != nullptr;
  }

  static void find_step(Node& node, const std::string& name, Found& found,
                        std::vector<std::string>& known) {
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const Node* its_name = node.items[i].find("name");
      if (its_name != nullptr && its_name->kind == Node::Kind::text) {
        known.push_back(its_name->text);
        if (found.list == nullptr && its_name->text == name) found = {&node.items, i};
      }
      find_step(node.items[i], name, found, known);
    }
    for (Member& member : node.members) find_step(member.value, name, found, known);
  }

  // RFC 6901; "-" as the last token of a list appends; null takes away.
  void at_pointer(const Member& change) {
    Node* node = &root_;
    std::string_view left = std::string_view(change.key).substr(1);
    for (std::size_t slash = left.find('/'); slash != std::string_view::npos;
         slash = left.find('/')) {
      node = inner(*node, left.substr(0, slash), change);
      if (node == nullptr) return;
      left = left.substr(slash + 1);
    }
    // Of the whole file nobody could tell what was changed.
    if (node != &root_) node->changed = change.key_span;
    if (node->kind == Node::Kind::array) {
      in_list(*node, left, change);
      return;
    }
    if (node->kind != Node::Kind::object) {
      refuse(change, fmt::format("\"{}\" leads into a value that has no parts", change.key));
      return;
    }
    if (change.value.kind == Node::Kind::null) {
      if (!node->take(left)) refuse_part(*node, left, change);
    } else if (Member* member = node->find_member(left); member != nullptr) {
      member->value = change.value;
    } else {
      node->members.push_back({std::string(left), change.key_span, change.value});
    }
  }

  void in_list(Node& list, std::string_view token, const Member& change) {
    if (token == "-") {
      list.items.push_back(change.value);
      return;
    }
    Node* item = inner(list, token, change);
    if (item == nullptr) return;
    if (change.value.kind == Node::Kind::null) {
      list.items.erase(list.items.begin() + (item - list.items.data()));
    } else {
      *item = change.value;
    }
  }

  Node* inner(Node& node, std::string_view token, const Member& change) {
    if (Member* member = node.find_member(token); member != nullptr) return &member->value;
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
    const bool whole = error == std::errc() && end == token.data() + token.size();
    if (node.kind == Node::Kind::array && whole && index < node.items.size()) {
      return &node.items[index];
    }
    refuse_part(node, token, change);
    return nullptr;
  }

  void refuse_part(const Node& node, std::string_view token, const Member& change) {
    std::vector<std::string> known;
    for (const Member& member : node.members) known.push_back(member.key);
    refuse(change, fmt::format("there is no \"{}\" where \"{}\" leads", token, change.key),
           node.kind == Node::Kind::array ? fmt::format("the list has {} items", node.items.size())
                                          : did_you_mean(token, known));
  }

  Node& root_;
  Problems& problems_;
};

class Derivation {
 public:
  Derivation(Sources& sources, Problems& problems) : sources_(sources), problems_(problems) {}

  // `chain`: the files on the way to this one, itself last.
  std::optional<Node> read(const Source& source, std::uint32_t base,
                           std::vector<std::filesystem::path> chain) {
    Problems own;
    std::optional<Node> root = read_json(source, own);
    for (const Problem& problem : own.sorted()) {
      problems_.add({problem.span.begin + base, problem.span.end + base}, problem.message,
                    problem.hint);
    }
    if (!root) return std::nullopt;
    shift(*root, base);
    const Node* from = root->find("from");
    if (from == nullptr) {
      if (const Node* with = root->find("with"); with != nullptr) {
        problems_.add(with->span, "\"with\" changes what \"from\" names, and there is no \"from\"");
      }
      return root;
    }
    return derived(*root, *from, std::move(chain));
  }

 private:
  std::optional<Node> derived(const Node& own, const Node& from,
                              std::vector<std::filesystem::path> chain) {
    if (from.kind != Node::Kind::text) {
      problems_.add(from.span, "\"from\" is the path of a scenario file");
      return std::nullopt;
    }
    const std::filesystem::path path = (chain.back().parent_path() / from.text).lexically_normal();
    if (std::find(chain.begin(), chain.end(), path) != chain.end()) {
      std::string circle;
      for (const auto& each : chain) circle += each.filename().string() + " -> ";
      problems_.add(from.span, "a scenario cannot be derived from itself",
                    circle + path.filename().string());
      return std::nullopt;
    }
    Problems opening;
    Source source = Source::read(path.string(), opening);
    if (!opening.empty()) {
      problems_.add(from.span,
                    fmt::format("{}: {}", path.string(), opening.sorted().front().message));
      return std::nullopt;
    }
    const std::uint32_t base = sources_.add(std::move(source));
    chain.push_back(path);
    std::optional<Node> result = read(sources_.at(base).source, base, chain);
    if (!result) return std::nullopt;
    change(*result, own);
    return result;
  }

  void change(Node& result, const Node& own) {
    for (const Member& member : own.members) {
      if (member.key == "from" || member.key == "with") continue;
      Member* old = result.find_member(member.key);
      if (old == nullptr) {
        result.members.push_back(member);
      } else {
        *old = member;
      }
    }
    const Node* with = own.find("with");
    if (with == nullptr) return;
    if (with->kind != Node::Kind::object) {
      problems_.add(with->span, "\"with\" is an object: what is changed, and to what",
                    R"(write for example {"published": null})");
      return;
    }
    Changes changes(result, problems_);
    for (const Member& member : with->members) changes.apply(member);
  }

  Sources& sources_;
  Problems& problems_;
};

}  // namespace

std::optional<Node> derive(Sources& sources, Problems& problems) {
  const Source& named = sources.named();
  return Derivation(sources, problems)
      .read(named, 0, {std::filesystem::path(named.path()).lexically_normal()});
}

void change(Node& root, const Member& change, Problems& problems) {
  Changes(root, problems).apply(change);
}

}  // namespace onceward::scenarios
