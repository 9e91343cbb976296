#include "scenarios/draft.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/loaded.hpp"
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

// `"key": "order"`: a parameter that is not written, as it could be, with what it needs beside it.
std::string members_text(const FieldShape& field, const Arguments& arguments) {
  const std::string text =
      field.in_comment.empty() ? "\"" + field.name + "\": " + field.fallback : field.in_comment;
  std::optional<Node> members = parsed("{" + text + "}");
  Problems none;
  substitute(*members, arguments, none);
  std::string all;
  for (const Member& each : members->members) {
    all += fmt::format("{}\"{}\": {}", all.empty() ? "" : ", ", each.key, json_text(each.value));
  }
  return all;
}

std::string help_text(const FieldShape& field) {
  if (field.shape.words.empty()) return field.help;
  return field.help + fmt::format(" ({})", fmt::join(field.shape.words, ", "));
}

// A first file for the patterns `all`.
class Writer {
 public:
  Writer(std::string title, const std::vector<std::string>& all) : title_(std::move(title)) {
    for (const Pattern& each : pattern_catalogue()) {
      if (is_in(all, each.word)) patterns_.push_back(&each);
    }
  }

  // What could be said besides stands in comments, each of which can be switched on by itself.
  [[nodiscard]] std::string text() const {
    return file([&](const FieldShape& field, const std::string& members) {
      const Loaded on = load_text("new", file([&](const FieldShape& other, const std::string&) {
                                    return &other == &field ? members + ",\n" : std::string();
                                  }));
      if (on.program == nullptr) return std::string();
      return "      // " + members + ",   // " + help_text(field) + "\n";
    });
  }

 private:
  // `line` writes what is not said by itself: all but the last thing that is come first.
  template <class Line>
  std::string file(const Line& line) const {
    std::string entries;
    for (const Pattern* each : patterns_) {
      entries += (entries.empty() ? "" : ",\n") + entry(*each, line);
    }
    return fmt::format(R"({{
  "onceward": "1",
  "title": "{}",
  "about": "",
  "patterns": [  // a parameter in a comment holds once the slashes before it are deleted
{}
  ],
  "workload": [
    {{ "request": "PlaceOrder", "to": "shop", "times": 2, "with": {{ "order": "='o' + n" }} }}
  ],
  "faults": {{ "budget": 1, "kinds": [ {{ "crash": "any" }}, {{ "redeliver": "any" }} ] }}
}}
)",
                       title_, entries);
  }

  template <class Line>
  static std::string entry(const Pattern& pattern, const Line& line) {
    const Arguments arguments = examples(pattern);
    std::string first;
    std::string last;
    std::string lines;
    for (const FieldShape& each : pattern.shape.fields) {
      if (!each.example.empty()) {
        if (!last.empty()) first += last + ", ";
        last = fmt::format("\"{}\": {}", each.name, each.example);
      } else if (!each.fallback.empty() || !each.in_comment.empty()) {
        lines += line(each, members_text(each, arguments));
      }
    }
    const std::string help = "    // " + pattern.help + "\n    { ";
    if (lines.empty()) return help + first + last + " }";
    first.erase(first.find_last_not_of(' ') + 1);
    return help + first + "\n" + lines + "      " + last + " }";
  }

  std::string title_;
  std::vector<const Pattern*> patterns_;
};

}  // namespace

std::string draft_text(const std::vector<std::string>& words) {
  return Writer(fmt::format("{}", fmt::join(words, ", ")), whole(words)).text();
}

}  // namespace onceward::scenarios
