// All patterns, and how their entries become parts of a scenario.
#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "scenarios/fields.hpp"
#include "scenarios/nearest.hpp"
#include "scenarios/patterns/pattern.hpp"
#include "sim/assert.hpp"

namespace onceward::scenarios {

const std::vector<Pattern>& pattern_catalogue() {
  static const std::vector<Pattern> catalogue = {service_pattern(), broker_pattern(),
                                                 outbox_polling_pattern(), consumer_pattern(),
                                                 external_api_pattern()};
  return catalogue;
}

std::string Parameters::text(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string() : found->second.text;
}

bool Parameters::is(const std::string& name, std::string_view text) const {
  return this->text(name) == text;
}

std::int64_t Parameters::number(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? 0 : found->second.integer;
}

namespace {

bool equal(const Node& a, const Node& b) { return json_text(a) == json_text(b); }

// Where a derived file changed something in it.
std::optional<Span> change_in(const Node& node) {
  std::optional<Span> changed = node.changed;
  for (const Node& item : node.items) {
    if (const auto inner = change_in(item)) changed = inner;
  }
  for (const Member& member : node.members) {
    if (const auto inner = change_in(member.value)) changed = inner;
  }
  return changed;
}

void place_at(Node& node, Span span, const std::optional<Span>& changed) {
  node.span = span;
  node.changed = changed;
  for (Node& item : node.items) place_at(item, span, changed);
  for (Member& member : node.members) {
    member.key_span = span;
    place_at(member.value, span, changed);
  }
}

// What of the reader's JSON is made by us is never wrong. It stands where `entry` does.
Node parsed(const std::string& text, const Node& entry) {
  Problems none;
  std::optional<Node> node = read_json(Source("a pattern", text), none);
  if (!node || !none.empty()) {
    sim::fail_internal("a pattern expands to JSON", __FILE__, __LINE__, text.c_str());
  }
  place_at(*node, entry.span, change_in(entry));
  return std::move(*node);
}

// Adds the members of `part`: objects are joined member by member, lists one behind the other. Of
// any other value that is there already `clash` is told.
template <class Clash>
void join(Node& into, const Node& part, const Clash& clash) {
  for (const Member& member : part.members) {
    Member* there = into.find_member(member.key);
    if (there == nullptr) {
      into.members.push_back(member);
      continue;
    }
    Node& old = there->value;
    const bool alike = old.kind == member.value.kind;
    if (alike && old.kind == Node::Kind::object) {
      join(old, member.value, clash);
    } else if (alike && old.kind == Node::Kind::array) {
      old.items.insert(old.items.end(), member.value.items.begin(), member.value.items.end());
    } else {
      clash(member, *there);
    }
  }
}

class Patterns {
 public:
  explicit Patterns(Problems& problems) : problems_(problems) {}

  // Adds what one entry comes to.
  void expand(const Node& entry) {
    const Pattern* pattern = pattern_of(entry);
    if (pattern == nullptr) return;
    const std::size_t before = problems_.size();
    const Fields fields(problems_, entry, pattern->shape);
    check_words(*pattern, fields);
    if (problems_.size() > before) return;
    if (!has_own_name(*pattern, entry)) return;
    const Parameters parameters(values(*pattern, entry), written(entry));
    if (pattern->contradiction != nullptr) {
      if (const auto wrong = pattern->contradiction(parameters)) {
        problems_.add(entry.find(wrong->parameter)->span, wrong->message, wrong->hint);
        return;
      }
    }
    Node made = parsed(pattern->expansion(parameters), entry);
    substitute_made(made, parameters.all(), problems_);
    all_.kind = Node::Kind::object;
    join(all_, made, [&](const Member& member, const Member& there) {
      if (equal(there.value, member.value)) return;
      problems_.add(entry.span,
                    fmt::format("two patterns give \"{}\" different values: {} and {}", member.key,
                                json_text(there.value), json_text(member.value)),
                    "give one of them another name, or write it in both");
    });
  }

  [[nodiscard]] const Node& all() const { return all_; }

 private:
  const Pattern* pattern_of(const Node& entry) {
    std::vector<std::string> words;
    for (const Pattern& each : pattern_catalogue()) {
      if (entry.find(each.word) != nullptr) return &each;
      words.push_back(each.word);
    }
    const bool empty = entry.members.empty();
    problems_.add(empty ? entry.span : entry.members.front().key_span,
                  empty ? "this must be a pattern: an object"
                        : fmt::format("unknown pattern \"{}\"", entry.members.front().key),
                  did_you_mean(empty ? "" : entry.members.front().key, words));
    return nullptr;
  }

  static void check_words(const Pattern& pattern, const Fields& fields) {
    for (const FieldShape& each : pattern.shape.fields) {
      if (each.shape.kind == Shape::Kind::word) static_cast<void>(fields.word(each.name));
    }
  }

  // Two entries of one kind with one name are one part of the design; of two kinds, a mistake.
  bool has_own_name(const Pattern& pattern, const Node& entry) {
    const Node& name = *entry.find(pattern.word);
    const auto [other, is_new] = names_.emplace(name.text, &pattern);
    if (is_new || other->second == &pattern) return true;
    problems_.add(
        name.span,
        fmt::format("\"{}\" is the name of the {} already", name.text, other->second->word),
        fmt::format("give the {} a name of its own", pattern.word));
    return false;
  }

  static std::set<std::string> written(const Node& entry) {
    std::set<std::string> names;
    for (const Member& member : entry.members) names.insert(member.key);
    return names;
  }

  // Later defaults may be made of earlier parameters.
  Arguments values(const Pattern& pattern, const Node& entry) {
    Arguments values;
    for (const FieldShape& each : pattern.shape.fields) {
      if (const Node* written = entry.find(each.name); written != nullptr) {
        values.emplace(each.name, *written);
      } else if (!each.fallback.empty()) {
        Node node = parsed(each.fallback, entry);
        substitute(node, values, problems_);
        node.default_of = each.name.c_str();
        values.emplace(each.name, std::move(node));
      }
    }
    return values;
  }

  Problems& problems_;
  Node all_;
  std::map<std::string, const Pattern*> names_;  // of what the entries make
};

}  // namespace

void expand_patterns(Node& root, Problems& problems) {
  const std::optional<Node> entries = root.take("patterns");
  if (!entries) return;
  if (entries->kind != Node::Kind::array) {
    problems.add(entries->span, "\"patterns\" is a list");
    return;
  }
  Patterns patterns(problems);
  for (const Node& entry : entries->items) patterns.expand(entry);
  // What a file says itself goes before what its patterns say.
  join(root, patterns.all(), [](const Member&, const Member&) {});
}

}  // namespace onceward::scenarios
