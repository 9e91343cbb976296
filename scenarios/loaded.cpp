#include "scenarios/loaded.hpp"

#include "scenarios/expand.hpp"
#include "scenarios/reader.hpp"

namespace onceward::scenarios {
namespace {

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

std::string Loaded::code_of(const std::string& site) const {
  const auto found = program->code.find(site);
  return found == program->code.end() ? std::string() : found->second;
}

}  // namespace onceward::scenarios
