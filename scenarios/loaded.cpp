#include "scenarios/loaded.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "scenarios/expand.hpp"
#include "scenarios/reader.hpp"
#include "scenarios/step_words.hpp"

namespace onceward::scenarios {
namespace {

// Null where the pointer leads nowhere. Names hold none of the characters that a pointer escapes.
const Node* node_at(const Node& root, std::string_view pointer) {
  const Node* node = &root;
  while (!pointer.empty()) {
    if (pointer.front() != '/') return nullptr;
    const std::size_t end = std::min(pointer.find('/', 1), pointer.size());
    const std::string token(pointer.substr(1, end - 1));
    pointer.remove_prefix(end);
    if (node->kind != Node::Kind::array) {
      node = node->find(token);
    } else {
      std::size_t index = node->items.size();
      std::from_chars(token.data(), token.data() + token.size(), index);
      node = index < node->items.size() ? &node->items[index] : nullptr;
    }
    if (node == nullptr) return nullptr;
  }
  return node;
}

Loaded read(Source source, Problems& problems) {
  Loaded loaded{Sources(std::move(source)), {}, nullptr, {}, {}};
  if (problems.empty()) {
    if (std::optional<Node> root = expand(loaded.sources, problems)) {
      loaded.program = read_program(*root, problems);
      loaded.expanded = std::move(*root);
    }
  }
  loaded.problems = loaded.sources.render(problems);
  loaded.digest = to_text(sim::hash_bytes(loaded.sources.texts()));
  return loaded;
}

}  // namespace

Loaded load(const std::string& path) {
  Problems problems;
  Source source = Source::read(path, problems);
  return read(std::move(source), problems);
}

Loaded load_text(const std::string& path, const std::string& text) {
  Problems problems;
  return read(Source(path, text), problems);
}

std::string Loaded::place_of(const std::string& site) const {
  const auto found = program->places.find(site);
  return found == program->places.end() ? std::string() : sources.place_text(found->second);
}

std::string Loaded::line_of(const std::string& site) const {
  const auto found = program->places.find(site);
  return found == program->places.end() ? std::string() : sources.line_text(found->second);
}

std::string Loaded::hidden_step_of(const std::string& site) const {
  const Node* node = node_at(expanded, site);
  const StepHelp* help = node == nullptr ? nullptr : find_step(*node);
  if (help == nullptr) return {};
  const std::string word = std::string("\"") + help->word + "\"";
  if (line_of(site).find(word) != std::string::npos) return {};
  if (const Node* name = node->find("name")) return "step \"" + name->text + "\"";
  const Node* subject = node->find(help->word);
  return "step " + word + (subject == nullptr ? "" : ": " + json_text(*subject));
}

std::string Loaded::code_of(const std::string& site) const {
  const auto found = program->code.find(site);
  return found == program->code.end() ? std::string() : found->second;
}

}  // namespace onceward::scenarios
