#include "scenarios/text_sources.hpp"

#include <algorithm>

namespace onceward::scenarios {

void TextSources::gather(const Node& node) {
  for (const Node& item : node.items) gather(item);
  for (const Member& member : node.members) {
    gather(member.value);
    constexpr std::string_view kGive[] = {"row", "set", "data", "with"};
    if (std::find(std::begin(kGive), std::end(kGive), member.key) == std::end(kGive)) continue;
    for (const Member& each : member.value.members) given_[each.key].push_back(&each.value);
  }
}

TextSources::Texts TextSources::texts_of(const Node& value) const {
  std::set<std::string> seen;
  return texts_of(value, seen);
}

TextSources::Texts TextSources::texts_of(const Node& value, std::set<std::string>& seen) const {
  if (value.kind != Node::Kind::text) return Texts(std::in_place);
  if (!value.text.starts_with('=')) return {{value.text}};
  Problems said_elsewhere;
  const auto expression =
      parse_expression(std::string_view(value.text).substr(1), 0, said_elsewhere);
  if (!expression) return std::nullopt;
  return texts_of(*expression, seen);
}

TextSources::Texts TextSources::texts_of(const Expression& value,
                                         std::set<std::string>& seen) const {
  using Form = Expression::Form;
  if (value.form == Form::text) return {{value.text}};
  if (value.form == Form::conditional) {
    Texts texts = texts_of(value.operands[1], seen);
    const Texts others = texts_of(value.operands[2], seen);
    if (!texts || !others) return std::nullopt;
    texts->insert(others->begin(), others->end());
    return texts;
  }
  if (value.form != Form::path || value.path.size() < 2 || value.path.size() > 3) {
    return std::nullopt;
  }
  const std::vector<std::string>& path = value.path;
  const bool of_event = path[0] == "event";
  if (of_event && path[1] == "type") return Texts(std::in_place);
  if (path.size() == 3) {
    const bool known = path[1] == (of_event ? "data" : "first");
    return known ? given(path[2], seen) : std::nullopt;
  }
  constexpr std::string_view kNoColumns[] = {"value", "rows", "status"};  // of results
  const bool other =
      of_event || path[0] == "memory" || path[0] == "timer" ||
      std::find(std::begin(kNoColumns), std::end(kNoColumns), path[1]) != std::end(kNoColumns);
  return other ? std::nullopt : given(path[1], seen);
}

TextSources::Texts TextSources::given(const std::string& name, std::set<std::string>& seen) const {
  const auto found = given_.find(name);
  if (found == given_.end()) return std::nullopt;
  Texts texts(std::in_place);
  if (!seen.insert(name).second) return texts;
  for (const Node* value : found->second) {
    const Texts more = texts_of(*value, seen);
    if (!more) return std::nullopt;
    texts->insert(more->begin(), more->end());
  }
  return texts;
}

}  // namespace onceward::scenarios
