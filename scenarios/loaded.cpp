#include "scenarios/loaded.hpp"

#include <fmt/core.h>

#include "scenarios/reader.hpp"

namespace onceward::scenarios {
namespace {

Loaded read(Source source, Problems& problems) {
  Loaded loaded{std::move(source), nullptr, {}, {}};
  if (problems.empty()) loaded.program = read_program(loaded.source, problems);
  loaded.problems = problems.render(loaded.source);
  loaded.digest = to_text(sim::hash_bytes(loaded.source.text()));
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
  if (found == program->places.end()) return {};
  const Place place = source.place(found->second.begin);
  return fmt::format("{}:{}:{}", source.path(), place.line, place.column);
}

std::string Loaded::line_of(const std::string& site) const {
  const auto found = program->places.find(site);
  if (found == program->places.end()) return {};
  const std::string line(source.line(source.line_number(found->second.begin)));
  const std::size_t begin = line.find_first_not_of(" \t");
  return begin == std::string::npos ? std::string() : line.substr(begin);
}

}  // namespace onceward::scenarios
