#include "scenarios/schema.hpp"

#include <nlohmann/json.hpp>

#include "scenarios/grammar.hpp"
#include "scenarios/patterns/pattern.hpp"
#include "scenarios/step.hpp"

namespace onceward::scenarios {
namespace {

using Json = nlohmann::ordered_json;
using Kind = Shape::Kind;

Json reference(const std::string& definition) { return {{"$ref", "#/definitions/" + definition}}; }

Json texts(const std::vector<std::string>& words) {
  Json all = Json::array();
  for (const std::string& each : words) all.push_back(each);
  return all;
}

std::string name_of(const ObjectShape& (*shape)()) {
  for (const NamedShape& each : object_catalogue()) {
    if (each.shape == shape) return each.name;
  }
  return {};
}

Json object_schema(const ObjectShape& shape);

// An object that no catalogue names is written out where it stands.
Json part_schema(const ObjectShape& (*shape)()) {
  const std::string name = name_of(shape);
  return name.empty() ? object_schema(shape()) : reference(name);
}

Json schema_of(const Shape& shape) {
  switch (shape.kind) {
    case Kind::text:
      return {{"type", "string"}};
    case Kind::word:
      return {{"enum", texts(shape.words)}};
    case Kind::boolean:
      return {{"type", "boolean"}};
    case Kind::integer:
      return {{"type", "integer"}, {"minimum", shape.least}, {"maximum", shape.most}};
    case Kind::duration:
      return reference("duration");
    case Kind::window:
      return reference("window");
    case Kind::value:
      return reference("value");
    case Kind::condition:
      return reference("condition");
    case Kind::steps:
      return reference("steps");
    case Kind::pattern:
      return reference("pattern");
    case Kind::object:
      return part_schema(shape.object);
    case Kind::map: {
      Json map{{"type", "object"}};
      if (!shape.parts.empty()) map["additionalProperties"] = schema_of(shape.parts.front());
      return map;
    }
    case Kind::list: {
      Json list{{"type", "array"}};
      if (!shape.parts.empty()) list["items"] = schema_of(shape.parts.front());
      return list;
    }
    case Kind::either: {
      Json all = Json::array();
      for (const Shape& part : shape.parts) all.push_back(schema_of(part));
      return {{"anyOf", std::move(all)}};
    }
    case Kind::anything:
    case Kind::misplaced:
      break;
  }
  return Json::object();
}

Json field_schema(const FieldShape& field) {
  Json schema{{"description", field.help}};
  schema.update(schema_of(field.shape));
  if (!field.fallback.empty()) schema["default"] = Json::parse(field.fallback);
  return schema;
}

Json object_schema(const ObjectShape& shape) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const FieldShape& field : shape.fields) {
    if (field.shape.kind == Kind::misplaced) continue;
    properties[field.name] = field_schema(field);
    if (field.needed) required.push_back(field.name);
  }
  Json schema{
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

Json needs(const std::string& field) {
  Json schema = Json::object();
  schema["required"] = Json::array({field});
  return schema;
}

// What a file needs may also come from the file that it is derived from, and whole parts of it from
// its patterns.
void relax(Json& scenario) {
  scenario.erase("required");
  Json rules = Json::array();
  for (const FieldShape& field : scenario_shape().fields) {
    if (!field.needed) continue;
    Json ways = Json::array({needs(field.name), needs("from")});
    if (field.shape.kind == Kind::map) ways.push_back(needs("patterns"));
    Json rule = Json::object();
    rule["anyOf"] = std::move(ways);
    rules.push_back(std::move(rule));
  }
  scenario["allOf"] = std::move(rules);
}

// Adds a definition for each entry and gives a reference to each.
template <class Entry>
Json define_all(const std::vector<Entry>& catalogue, const char* noun, Json& definitions) {
  Json all = Json::array();
  for (const Entry& each : catalogue) {
    const std::string name = noun + ("-" + each.word);
    Json schema{{"description", each.help}};
    schema.update(object_schema(each.shape));
    definitions[name] = std::move(schema);
    all.push_back(reference(name));
  }
  return all;
}

void define_steps(Json& definitions) {
  Json ways = define_all(step_catalogue(), "step", definitions);
  Json alone = Json::array();
  for (const StepHelp& each : step_catalogue()) {
    if (each.alone) alone.push_back(each.word);
  }
  ways.push_back({{"enum", std::move(alone)}});
  // The parameters of a block are fields of their own making.
  definitions["step-use"] = {{"description", "the steps of a block that \"define\" names"},
                             {"type", "object"},
                             {"properties", {{"use", {{"type", "string"}}}}},
                             {"required", Json::array({"use"})}};
  ways.push_back(reference("step-use"));
  definitions["step"] = {{"oneOf", std::move(ways)}};
  definitions["steps"] = {{"type", "array"}, {"items", reference("step")}};
}

void define_values(Json& definitions) {
  const char* const duration = R"(^([0-9][0-9_]*(ns|us|ms|s|m|h|d)|0[0_]*)$)";
  definitions["value"] = {
      {"description", "a text, a number, true, false or null; \"=...\" is an expression"},
      {"type", Json::array({"string", "integer", "boolean", "null"})}};
  definitions["condition"] = {{"description", "an expression"},
                              {"type", Json::array({"string", "boolean"})}};
  definitions["duration"] = {
      {"description", "for example 1500ms, 10m or 24h"}, {"type", "string"}, {"pattern", duration}};
  definitions["window"] = {{"description", "from the earliest to the latest: [\"1ms\", \"5s\"]"},
                           {"type", "array"},
                           {"items", reference("duration")},
                           {"minItems", 2},
                           {"maxItems", 2}};
}

}  // namespace

std::string schema_text() {
  Json definitions = Json::object();
  for (const NamedShape& each : object_catalogue()) {
    definitions[each.name] = object_schema(each.shape());
  }
  relax(definitions["scenario"]);
  // Parameters (`$name`) may stand anywhere in a block: what it comes to is for the reader to say.
  definitions["block"]["properties"]["do"] = {{"type", "array"}};
  define_values(definitions);
  define_steps(definitions);
  definitions["pattern"] = {{"oneOf", define_all(pattern_catalogue(), "pattern", definitions)}};
  const Json schema{{"$schema", "http://json-schema.org/draft-07/schema#"},
                    {"title", "A scenario of onceward, version 1 of the language"},
                    {"allOf", Json::array({reference("scenario")})},
                    {"definitions", std::move(definitions)}};
  return schema.dump(2) + "\n";
}

}  // namespace onceward::scenarios
