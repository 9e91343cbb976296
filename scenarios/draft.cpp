#include "scenarios/draft.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/patterns/pattern.hpp"

namespace onceward::scenarios {
namespace {

bool is_in(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The words asked for and all that belong beside them.
std::vector<std::string> whole(std::vector<std::string> words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (const Pattern& each : pattern_catalogue()) {
      if (each.word != words[i]) continue;
      for (const std::string& beside : each.beside) {
        if (!is_in(words, beside)) words.push_back(beside);
      }
    }
  }
  return words;
}

std::optional<Node> parsed(const std::string& text) {
  Problems none;
  return read_json(Source("a parameter", text), none);
}

// The examples of a pattern, as what its other parameters may be made of.
Arguments examples(const Pattern& pattern) {
  Arguments arguments;
  for (const FieldShape& each : pattern.shape.fields) {
    const std::string& text = each.example.empty() ? each.fallback : each.example;
    std::optional<Node> value = text.empty() ? std::nullopt : parsed(text);
    if (value) arguments.emplace(each.name, std::move(*value));
  }
  return arguments;
}

std::string fallback_text(const FieldShape& field, const Arguments& arguments) {
  std::optional<Node> value = field.fallback.empty() ? std::nullopt : parsed(field.fallback);
  if (!value) return "...";
  Problems none;
  substitute(*value, arguments, none);
  return json_text(*value);
}

std::string in_comment(const FieldShape& field, const Arguments& arguments) {
  std::string text = "      // \"" + field.name + "\": " + fallback_text(field, arguments);
  text += "   " + field.help;
  if (!field.shape.words.empty()) {
    text += fmt::format(" ({})", fmt::join(field.shape.words, ", "));
  }
  return text + "\n";
}

std::string entry(const Pattern& pattern) {
  std::string fields;
  std::string comments;
  const Arguments arguments = examples(pattern);
  for (const FieldShape& each : pattern.shape.fields) {
    if (each.example.empty()) {
      comments += in_comment(each, arguments);
    } else {
      fields += fmt::format("{}\"{}\": {}", fields.empty() ? "" : ", ", each.name, each.example);
    }
  }
  std::string text = "    // " + pattern.help + "\n    { " + fields;
  if (!comments.empty()) text += "\n" + comments + "    ";
  return text + (comments.empty() ? " }" : "}");
}

}  // namespace

std::string draft_text(const std::vector<std::string>& words) {
  const std::vector<std::string> all = whole(words);
  std::string entries;
  for (const Pattern& each : pattern_catalogue()) {
    if (is_in(all, each.word)) entries += (entries.empty() ? "" : ",\n") + entry(each);
  }
  return fmt::format(R"({{
  "onceward": "1",
  "title": "{}",
  "about": "",
  "patterns": [
{}
  ],
  "workload": [
    {{ "request": "PlaceOrder", "to": "shop", "times": 2, "with": {{ "order": "='o' + n" }} }}
  ],
  "faults": {{ "budget": 1, "kinds": [ {{ "crash": "any" }}, {{ "redeliver": "any" }} ] }}
}}
)",
                     fmt::join(words, ", "), entries);
}

}  // namespace onceward::scenarios
