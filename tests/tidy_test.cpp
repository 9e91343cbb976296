// The house rules that no compiler checks, enforced over the whole tree. A rule is a function from
// a file's path and text to findings. It has two test cases: one applies it to every file below the
// root, the other shows that it fires on a planted text and stays silent on a near miss.

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using Text = std::string_view;

struct Finding {
  int line;
  std::string rule;
};
using Findings = std::vector<Finding>;
using Rule = Findings (*)(Text path, Text text);

// ---- Text
// -----------------------------------------------------------------------------------------

enum class Kind { word, number, mark, literal, comment };

// A piece of C++ text. Marks are single characters, except `::`. A `directive` token belongs to a
// preprocessor line.
struct Token {
  Kind kind;
  Text text;
  int line;
  bool directive;

  bool is(Text mark_or_word) const {
    return (kind == Kind::mark || kind == Kind::word) && text == mark_or_word;
  }
  template <std::size_t size>
  bool is_one_of(const std::array<Text, size>& words) const {
    return kind == Kind::word && std::find(words.begin(), words.end(), text) != words.end();
  }
};
using Tokens = std::vector<Token>;

bool is_word_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

class Lexer {
 public:
  explicit Lexer(Text text) : text_(text) {}

  Tokens run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') {
        directive_ = directive_ && at_ > 0 && text_[at_ - 1] == '\\';
        ++line_;
        ++at_;
      } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
        ++at_;
      } else {
        directive_ = directive_ || (c == '#' && starts_line());
        const auto [kind, end] = piece(c);
        take(kind, end);
      }
    }
    return std::move(tokens_);
  }

 private:
  std::pair<Kind, std::size_t> piece(char c) const {
    if (looking_at("//")) return {Kind::comment, text_.find('\n', at_)};
    if (looking_at("/*")) return {Kind::comment, after("*/", at_ + 2)};
    if (c == '"' || c == '\'') return {Kind::literal, end_of_literal(at_, c)};
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) return {Kind::number, end_of_number()};
    if (looking_at("::")) return {Kind::mark, at_ + 2};
    if (!is_word_char(c)) return {Kind::mark, at_ + 1};
    std::size_t end = at_;
    while (end < text_.size() && is_word_char(text_[end])) ++end;
    const Text word = text_.substr(at_, end - at_);
    if (end == text_.size() || text_[end] != '"') return {Kind::word, end};
    if (word.back() != 'R') return {Kind::literal, end_of_literal(end, '"')};
    const std::size_t open = std::min(text_.find('(', end), text_.size() - 1);
    const std::string close = ")" + std::string(text_.substr(end + 1, open - end - 1)) + "\"";
    return {Kind::literal, after(close, open)};
  }

  bool looking_at(Text what) const { return text_.substr(at_, what.size()) == what; }

  bool starts_line() const { return tokens_.empty() || tokens_.back().line < line_; }

  std::size_t after(Text what, std::size_t from) const {
    const std::size_t found = text_.find(what, from);
    return found == Text::npos ? found : found + what.size();
  }

  std::size_t end_of_literal(std::size_t quote, char mark) const {
    std::size_t end = quote + 1;
    while (end < text_.size() && text_[end] != mark) end += text_[end] == '\\' ? 2 : 1;
    return end + 1;
  }

  std::size_t end_of_number() const {
    std::size_t end = at_;
    const auto belongs = [](char c) { return is_word_char(c) || c == '\'' || c == '.'; };
    while (end < text_.size() && belongs(text_[end])) ++end;
    return end;
  }

  void take(Kind kind, std::size_t end) {
    const Text piece = text_.substr(at_, std::min(end, text_.size()) - at_);
    tokens_.push_back({kind, piece, line_, directive_});
    line_ += static_cast<int>(std::count(piece.begin(), piece.end(), '\n'));
    at_ += piece.size();
  }

  Text text_;
  std::size_t at_ = 0;
  int line_ = 1;
  bool directive_ = false;
  Tokens tokens_;
};

Tokens tokens_of(Text text) { return Lexer(text).run(); }

// What the compiler sees after preprocessing, roughly.
Tokens code_of(Text text) {
  Tokens tokens = tokens_of(text);
  std::erase_if(tokens, [](const Token& t) { return t.directive || t.kind == Kind::comment; });
  return tokens;
}

struct Include {
  std::string path;
  bool quoted;
  int line;
};

std::vector<Include> includes_of(Text text) {
  std::vector<Include> includes;
  const Tokens tokens = tokens_of(text);
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (!tokens[i].is("#") || !tokens[i].directive || !tokens[i + 1].is("include")) continue;
    const Token& first = tokens[i + 2];
    Include include{"", first.kind == Kind::literal, first.line};
    if (include.quoted) {
      include.path = first.text.substr(1, first.text.size() - 2);
    } else {
      for (std::size_t j = i + 3; j < tokens.size() && !tokens[j].is(">"); ++j)
        include.path += tokens[j].text;
    }
    includes.push_back(include);
  }
  return includes;
}

// ---- Paths
// ----------------------------------------------------------------------------------------

bool is_cpp(Text path) { return path.ends_with(".cpp") || path.ends_with(".hpp"); }

constexpr std::array<Text, 6> layers = {"scenarios/cli", "scenarios", "models",
                                        "reports",       "sim",       "tests"};

// The layer that a path below the root belongs to; empty if none.
Text layer_of(Text path) {
  for (const Text layer : layers)
    if (path.starts_with(layer) && path.substr(layer.size()).starts_with('/')) return layer;
  return "";
}

bool is_product(Text path) { return !layer_of(path).empty() && layer_of(path) != "tests"; }

bool is_world(Text path) { return layer_of(path) == "sim" || layer_of(path) == "models"; }

// ---- The rules
// ------------------------------------------------------------------------------------

Findings include_direction(Text path, Text text) {
  static const std::map<Text, std::vector<Text>> allowed = {
      {"sim", {"sim"}},
      {"models", {"models", "sim"}},
      {"reports", {"reports", "sim"}},
      {"scenarios", {"scenarios", "models", "sim"}},
      {"scenarios/cli", {"scenarios/cli", "scenarios", "reports", "models", "sim"}}};
  Findings findings;
  if (!is_cpp(path) || !is_product(path)) return findings;
  const std::vector<Text>& targets = allowed.at(layer_of(path));
  for (const Include& include : includes_of(text)) {
    const Text target = layer_of(include.path);
    if (target.empty() && include.quoted)
      findings.push_back({include.line, "name the path from the root in \"" + include.path + '"'});
    if (!target.empty() && std::find(targets.begin(), targets.end(), target) == targets.end())
      findings.push_back({include.line, std::string(layer_of(path)) + " may not include " +
                                            std::string(target) + " (" + include.path + ")"});
  }
  return findings;
}

Findings heavy_headers(Text path, Text text) {
  Findings findings;
  if (!is_cpp(path)) return findings;
  for (const Include& include : includes_of(text)) {
    const bool json = include.path == "nlohmann/json.hpp";
    const bool cli = include.path.starts_with("CLI/");
    const bool graph = include.path.starts_with("boost/graph/");
    if ((json || cli || graph) && !path.ends_with(".cpp"))
      findings.push_back({include.line, include.path + " is heavy: include it in .cpp files only"});
    if (cli && layer_of(path) != "scenarios/cli")
      findings.push_back({include.line, "CLI11 belongs to scenarios/cli only"});
    if (include.path.starts_with("nlohmann/") && is_world(path))
      findings.push_back({include.line, "sim and models know no JSON"});
  }
  return findings;
}

Findings file_length(Text path, Text text) {
  const auto lines = std::count(text.begin(), text.end(), '\n');
  if (!is_cpp(path) || !is_product(path) || lines <= 400) return {};
  return {{401, "a file has at most 400 lines, this one has " + std::to_string(lines)}};
}

using Head = std::vector<Token>;  // what stands before a brace, back to the previous statement

std::size_t after_template_prefix(const Head& head) {
  std::size_t at = 0;
  while (at + 1 < head.size() && head[at].is("template") && head[at + 1].is("<")) {
    int depth = 0;
    for (++at; at < head.size(); ++at) {
      if (head[at].is("<")) ++depth;
      if (head[at].is(">") && --depth == 0) break;
    }
    ++at;
  }
  return at;
}

enum class Brace { function, scope, value };

// What a brace after `head` opens, outside of functions.
Brace brace_after(const Head& head) {
  constexpr std::array<Text, 5> scopes = {"class", "struct", "union", "enum", "namespace"};
  bool call = false, lambda = false, value = false, initializers = false;
  int depth = 0;
  const std::size_t begin = after_template_prefix(head);
  for (std::size_t i = begin; i < head.size(); ++i) {
    const Token& token = head[i];
    if (token.is(")")) --depth;
    if (depth == 0) {
      if (!call && !value && token.is_one_of(scopes)) return Brace::scope;
      const bool named = (i > 0 && head[i - 1].is("operator")) ||
                         (i > 1 && head[i - 2].is("operator") && !head[i - 1].is("("));
      if (token.is("=") && !named) value = true, lambda = false;
      if (token.is("]")) lambda = value || i + 1 == head.size();
      if (token.is(":") && call) initializers = true;
      if (token.is("(")) call = true;
    }
    if (token.is("(")) ++depth;
  }
  if (head.size() == begin) return Brace::scope;
  if (head[begin].is("extern") && !call) return Brace::scope;
  if (lambda) return Brace::function;
  const bool member = initializers && !head.back().is(")") && !head.back().is("}");
  return call && !value && !member ? Brace::function : Brace::value;
}

Findings function_length(Text path, Text text) {
  struct Scope {
    Brace brace = Brace::scope;
    bool in_function = false;
    int first_line = 0;
    int parens = 0;
    Head head = {};
  };
  constexpr std::array<Text, 3> access = {"public", "protected", "private"};
  Findings findings;
  if (!is_cpp(path) || layer_of(path).empty()) return findings;
  std::vector<Scope> scopes(1);
  for (const Token& token : code_of(text)) {
    Head& head = scopes.back().head;
    if (token.is("{")) {
      const bool inside = scopes.back().in_function;
      const Brace brace = inside ? Brace::scope : brace_after(head);
      const int first = head.empty() ? token.line : head.front().line;
      scopes.push_back({brace, inside || brace == Brace::function, first});
    } else if (token.is("}") && scopes.size() > 1) {
      const Scope closed = scopes.back();
      scopes.pop_back();
      const int lines = token.line - closed.first_line + 1;
      if (closed.brace == Brace::function && lines > 70)
        findings.push_back({closed.first_line, "a function has at most 70 lines, this one has " +
                                                   std::to_string(lines)});
      Scope& outer = scopes.back();
      if (closed.brace == Brace::value || outer.parens > 0)
        outer.head.push_back(token);
      else
        outer.head.clear();
    } else {
      scopes.back().parens += token.is("(") ? 1 : token.is(")") ? -1 : 0;
      const bool ends = token.is(";") && scopes.back().parens <= 0;
      const bool label = token.is(":") && head.size() == 1 && head.front().is_one_of(access);
      if (ends || label)
        head.clear();
      else
        head.push_back(token);
    }
  }
  return findings;
}

// Whether `tokens[i]` names a source of nondeterminism or a number that depends on the machine.
bool is_banned(const Tokens& tokens, std::size_t i) {
  constexpr std::array<Text, 9> everywhere = {
      "random_device", "system_clock",  "steady_clock", "high_resolution_clock",
      "getenv",        "secure_getenv", "float",        "double",
      "locale"};
  constexpr std::array<Text, 3> of_std = {"shuffle", "thread", "jthread"};
  const Token& token = tokens[i];
  if (token.kind != Kind::word) return false;
  if (token.is_one_of(everywhere) || token.text.starts_with("unordered_")) return true;
  if (token.is("rand") || token.is("srand")) return i + 1 < tokens.size() && tokens[i + 1].is("(");
  const bool in_std =
      i >= 2 && tokens[i - 1].is("::") && (tokens[i - 2].is("std") || tokens[i - 2].is("ranges"));
  return in_std && (token.is_one_of(of_std) || token.text.ends_with("_distribution"));
}

Findings banned_names(Text path, Text text) {
  Findings findings;
  if (!is_cpp(path) || !is_world(path)) return findings;
  const Tokens tokens = tokens_of(text);
  const auto is_the_current_world = [&](int line) {
    return std::any_of(tokens.begin(), tokens.end(), [&](const Token& t) {
      return t.kind == Kind::comment && t.line == line &&
             t.text.starts_with("// the current world");
    });
  };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (is_banned(tokens, i) || (token.is("thread_local") && !is_the_current_world(token.line)))
      findings.push_back({token.line, std::string(token.text) + " has no place in sim and models"});
  }
  return findings;
}

Findings file_names(Text path, Text) {
  constexpr std::array<Text, 7> drawers = {"util",   "utils",   "helper", "helpers",
                                           "common", "manager", "misc"};
  if (!is_cpp(path)) return {};
  std::string words(path);
  std::replace_if(
      words.begin(), words.end(), [](char c) { return !is_word_char(c) || c == '_'; }, ' ');
  std::istringstream in(words);
  for (std::string word; in >> word;)
    if (std::find(drawers.begin(), drawers.end(), word) != drawers.end())
      return {{1, "'" + word + "' names a drawer: name the file after the concept it serves"}};
  return {};
}

// Drops `else`, `if (...)`, `for (...)`, `case ...:` and the like from the front of a statement.
std::size_t after_control(const Tokens& tokens, std::size_t begin, std::size_t end) {
  constexpr std::array<Text, 3> conditions = {"if", "while", "for"};
  while (begin < end) {
    std::size_t at = begin + 1;
    if (tokens[begin].is_one_of(conditions)) {
      int depth = 0;
      for (; at < end; ++at) {
        if (tokens[at].is("(")) ++depth;
        if (tokens[at].is(")") && --depth == 0) break;
      }
      ++at;
    } else if (tokens[begin].is("case") || tokens[begin].is("default")) {
      while (at < end && !tokens[at].is(":")) ++at;
      ++at;
    } else if (!tokens[begin].is("else") && !tokens[begin].is("do")) {
      return begin;
    }
    if (at > end) return begin;
    begin = at;
  }
  return begin;
}

// Whether [begin, end), which stands before a co_await, is empty, `co_return` or `... name =`.
bool may_precede_await(const Tokens& tokens, std::size_t begin, std::size_t end) {
  if (begin == end || (begin + 1 == end && tokens[begin].is("co_return"))) return true;
  if (end - begin < 2 || !tokens[end - 1].is("=") || tokens[end - 2].kind != Kind::word)
    return false;
  return std::none_of(tokens.begin() + static_cast<std::ptrdiff_t>(begin),
                      tokens.begin() + static_cast<std::ptrdiff_t>(end - 1), [](const Token& t) {
                        return t.is("(") || t.is("[") || t.is("?") || t.is("=");
                      });
}

// Whether the tokens from `begin` up to the next `;` are one call without a brace.
bool is_plain_call(const Tokens& tokens, std::size_t begin) {
  if (begin >= tokens.size() || tokens[begin].kind != Kind::word) return false;
  int depth = 0;
  for (std::size_t i = begin; i + 1 < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.is("{") || token.is("co_await")) return false;
    if (token.is(";") && depth == 0) return tokens[i - 1].is(")");
    if (token.is("(")) ++depth;
    if (token.is(")") && --depth < 0) return false;
    const bool arrow = token.is("-") && tokens[i + 1].is(">");
    const bool joins = Text("::.,<>[]()").find(token.text) != Text::npos || arrow;
    if (depth == 0 && token.kind == Kind::mark && !joins) return false;
  }
  return tokens.back().is(";") && tokens[tokens.size() - 2].is(")");
}

bool is_macro_name(const Token& token) {
  const auto fits = [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
  };
  return token.kind == Kind::word && token.text.size() > 1 &&
         std::all_of(token.text.begin(), token.text.end(), fits);
}

Findings await_shapes(Text path, Text text) {
  Findings findings;
  const bool exempt = layer_of(path) == "reports" || path.ends_with("coroutine_probe_test.cpp");
  if (!is_cpp(path) || layer_of(path).empty() || exempt) return findings;
  for (const Token& token : tokens_of(text))
    if (token.directive && token.is("co_await"))
      findings.push_back({token.line, "no co_await in a macro"});

  struct Bracket {
    bool paren;
    bool macro;
  };
  std::vector<Bracket> open;
  std::size_t statement = 0;
  const Tokens tokens = code_of(text);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    const bool in_parens = !open.empty() && open.back().paren;
    if (token.is("(") || token.is("{"))
      open.push_back({token.is("("), token.is("(") && i > 0 && is_macro_name(tokens[i - 1])});
    if ((token.is(")") || token.is("}")) && !open.empty()) open.pop_back();
    if (token.is("{") || token.is("}") || (token.is(";") && !in_parens)) statement = i + 1;
    if (!token.is("co_await") || (i > 0 && tokens[i - 1].is("operator"))) continue;
    if (std::any_of(open.begin(), open.end(), [](const Bracket& b) { return b.macro; }))
      findings.push_back({token.line, "no co_await inside a macro: it may be evaluated twice"});
    else if (!may_precede_await(tokens, after_control(tokens, statement, i), i) ||
             !is_plain_call(tokens, i + 1))
      findings.push_back({token.line,
                          "co_await has three shapes: `co_await f(args);`, `[const T] x = co_await "
                          "f(args);`, `co_return co_await f(args);`, without braces in the call"});
  }
  return findings;
}

// ctest splits a title at a semicolon, and then runs neither half.
Findings titles(Text path, Text text) {
  Findings findings;
  if (!is_cpp(path)) return findings;
  const Tokens tokens = code_of(text);
  for (std::size_t i = 2; i < tokens.size(); ++i) {
    const Token& title = tokens[i];
    if (!tokens[i - 2].is("TEST_CASE") || title.kind != Kind::literal) continue;
    if (title.text.find(';') != Text::npos)
      findings.push_back({title.line, "a title has no semicolon"});
  }
  return findings;
}

Findings leftovers(Text path, Text text) {
  constexpr std::array<Text, 2> marks = {"TODO", "FIXME"};
  Findings findings;
  const Tokens tokens = is_cpp(path) ? tokens_of(text) : Tokens{{Kind::comment, text, 1, false}};
  for (const Token& token : tokens) {
    if (token.kind == Kind::literal) continue;
    for (const Text mark : marks) {
      const std::size_t at = token.text.find(mark);
      if (at == Text::npos) continue;
      const auto lines =
          std::count(token.text.begin(), token.text.begin() + static_cast<long>(at), '\n');
      findings.push_back({token.line + static_cast<int>(lines),
                          "do it, or write an issue: no " + std::string(mark) + " in the tree"});
    }
  }
  return findings;
}

// ---- Applying them
// ----------------------------------------------------------------------------------

// All texts below the folders of the layers, by their path from the root.
const std::map<std::string, std::string>& tree() {
  static const std::map<std::string, std::string> texts = [] {
    namespace fs = std::filesystem;
    constexpr std::array<Text, 8> suffixes = {".cpp", ".hpp", ".json", ".md",
                                              ".js",  ".css", ".html", ".cmake"};
    const fs::path root = ONCEWARD_SOURCE_DIR;
    std::map<std::string, std::string> found;
    for (const Text layer : layers) {
      if (!fs::is_directory(root / layer)) continue;
      for (const auto& entry : fs::recursive_directory_iterator(root / layer)) {
        const std::string suffix = entry.path().extension().string();
        if (std::find(suffixes.begin(), suffixes.end(), suffix) == suffixes.end()) continue;
        std::ostringstream text;
        text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        found.emplace(entry.path().lexically_relative(root).generic_string(), text.str());
      }
    }
    return found;
  }();
  return texts;
}

void enforce(Rule rule) {
  CHECK(tree().contains("tests/tidy_test.cpp"));
  for (const auto& [path, text] : tree())
    for (const Finding& finding : rule(path, text))
      FAIL_CHECK(path << ':' << finding.line << ": " << finding.rule);
}

// The lines of `text` that `rule` complains about, were it the file `path`.
std::vector<int> lines(Rule rule, Text path, Text text) {
  std::vector<int> lines;
  for (const Finding& finding : rule(path, text)) lines.push_back(finding.line);
  return lines;
}

const std::vector<int> none;

std::string statements(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "  work();\n";
  return text;
}

TEST_CASE("includes point one way: sim, models, scenarios, and reports beside them", "[tidy]") {
  enforce(include_direction);
}

TEST_CASE("an include against the direction is found", "[tidy]") {
  const Text upwards = "#include \"sim/time.hpp\"\n#include \"models/log.hpp\"\n";
  CHECK(lines(include_direction, "sim/x.cpp", upwards) == std::vector{2});
  CHECK(lines(include_direction, "reports/x.cpp", upwards) == std::vector{2});
  CHECK(lines(include_direction, "models/x.cpp", upwards) == none);
  CHECK(lines(include_direction, "tests/x_test.cpp", upwards) == none);
  const Text cli = "#include \"scenarios/cli/run.hpp\"\n";
  CHECK(lines(include_direction, "scenarios/x.cpp", cli) == std::vector{1});
  CHECK(lines(include_direction, "scenarios/cli/x.cpp", cli) == none);
  CHECK(lines(include_direction, "sim/x.cpp", "#include <models/log.hpp>\n") == std::vector{1});
  CHECK(lines(include_direction, "sim/x.cpp", "#include \"../models/log.hpp\"\n") ==
        std::vector{1});
  CHECK(lines(include_direction, "sim/x.cpp", "// #include \"models/log.hpp\"\n") == none);
}

TEST_CASE("heavy headers stay in .cpp files, and CLI11 in scenarios/cli", "[tidy]") {
  enforce(heavy_headers);
}

TEST_CASE("a heavy header in the wrong place is found", "[tidy]") {
  const Text json = "#include <nlohmann/json.hpp>\n";
  CHECK(lines(heavy_headers, "scenarios/x.hpp", json) == std::vector{1});
  CHECK(lines(heavy_headers, "scenarios/x.cpp", json) == none);
  CHECK(lines(heavy_headers, "models/x.cpp", json) == std::vector{1});
  CHECK(lines(heavy_headers, "scenarios/x.hpp", "#include <nlohmann/json_fwd.hpp>\n") == none);
  const Text graph = "\n#include <boost/graph/bellman_ford_shortest_paths.hpp>\n";
  CHECK(lines(heavy_headers, "sim/x.hpp", graph) == std::vector{2});
  CHECK(lines(heavy_headers, "sim/x.cpp", graph) == none);
  CHECK(lines(heavy_headers, "scenarios/x.cpp", "#include <CLI/CLI.hpp>\n") == std::vector{1});
  CHECK(lines(heavy_headers, "scenarios/cli/x.cpp", "#include <CLI/CLI.hpp>\n") == none);
}

TEST_CASE("a file of the product has at most 400 lines", "[tidy]") { enforce(file_length); }

TEST_CASE("a file that is too long is found", "[tidy]") {
  CHECK(lines(file_length, "sim/x.cpp", std::string(401, '\n')) == std::vector{401});
  CHECK(lines(file_length, "sim/x.cpp", std::string(400, '\n')) == none);
  CHECK(lines(file_length, "tests/x_test.cpp", std::string(401, '\n')) == none);
}

TEST_CASE("a function has at most 70 lines", "[tidy]") { enforce(function_length); }

TEST_CASE("a function that is too long is found, a long class is not", "[tidy]") {
  const auto found = [](const std::string& text) {
    return lines(function_length, "sim/x.cpp", text);
  };
  const std::string fits = statements(68) + "}\n";
  const std::string too_long = statements(69) + "}\n";
  for (const char* head : {"int f() {\n", "template <class T = int> T f(T x = {}) {\n",
                           "X::X(int a) : a_{a}, b_(a) {\n", "bool operator==(const X& x) {\n",
                           "const auto f = [](int a) {\n", "TEST_CASE(\"t\") {\n",
                           "auto f() const -> std::vector<int> {\n", "X::~X() noexcept {\n"}) {
    INFO(head);
    CHECK(found(head + too_long) == std::vector{1});
    CHECK(found(head + fits) == none);
    CHECK(found(std::string("class X {\n public:\n") + head + too_long + "};\n") == std::vector{3});
  }
  for (const char* head :
       {"class alignas(8) X : public Y {\n", "namespace a::b {\n", "enum class E {\n",
        "extern \"C\" {\n", "const Row table[] = {\n", "struct X {\n"})
    CHECK(found(head + too_long) == none);
  CHECK(found("void f() {\n  g(\"{\"); // {\n  g('{', 1'000);\n}\n" + too_long) == none);
  CHECK(found("X::X() : a_{1} {}\n\n\nvoid f(int a,\n int b) {\n" + fits) == std::vector{4});
}

TEST_CASE("sim and models name no clock, no entropy, no hash order and no floating point",
          "[tidy]") {
  enforce(banned_names);
}

TEST_CASE("a banned name is found, and its namesakes are not", "[tidy]") {
  for (const char* line :
       {"std::random_device r;", "int x = rand();", "std::uniform_int_distribution<int> d;",
        "std::shuffle(a, b, g);", "std::ranges::shuffle(a, g);", "auto t = steady_clock::now();",
        "std::getenv(\"HOME\");", "std::thread t;", "#include <unordered_map>", "float x;",
        "double d = 1;", "std::locale l;", "thread_local int depth;",
        "thread_local int depth;  // of the stack"}) {
    INFO(line);
    CHECK(lines(banned_names, "sim/x.cpp", line) == std::vector{1});
    CHECK(lines(banned_names, "models/x.hpp", line) == std::vector{1});
    CHECK(lines(banned_names, "reports/x.cpp", line) == none);
  }
  for (const char* line : {"int operand(int brand);", "shuffle(tape);", "void thread(int needle);",
                           "int doubled;", "// a double spend", "say(\"double\");",
                           "thread_local World* world;  // the current world"}) {
    INFO(line);
    CHECK(lines(banned_names, "sim/x.cpp", line) == none);
  }
}

TEST_CASE("no file is named after a drawer", "[tidy]") { enforce(file_names); }

TEST_CASE("a file named after a drawer is found", "[tidy]") {
  CHECK(lines(file_names, "sim/string_utils.cpp", "") == std::vector{1});
  CHECK(lines(file_names, "models/common/log.hpp", "") == std::vector{1});
  CHECK(lines(file_names, "models/utility_price.hpp", "") == none);
}

TEST_CASE("co_await stands in one of three shapes", "[tidy]") { enforce(await_shapes); }

TEST_CASE("a co_await in another shape is found", "[tidy]") {
  for (const char* text :
       {"co_await f(a, 50ms);", "const Reply r = co_await db_->commit(tx);",
        "auto r = co_await f();", "r = co_await f();", "this->r_ = co_await f();",
        "co_return co_await f();", "std::map<int, X> m = co_await a.b[1].f<int>(x);",
        "if (a) co_await f(); else co_await g();", "for (int i = 0; i < 3; ++i) co_await f(i);",
        "switch (a) { case K::b: co_await f(); }", "co_await std::move(task)(x);",
        "auto operator co_await() { return Awaiter{}; }", "// {co_await x}",
        "spawn([] { return [](int a) -> Task<> { co_await f(a); }(1); });"}) {
    INFO(text);
    CHECK(lines(await_shapes, "sim/x.cpp", text) == none);
  }
  for (const char* text :
       {"co_await f({1, 2});", "co_await Wait{1};", "co_await task;", "if (co_await f()) g();",
        "g(co_await f());", "x += co_await f();", "const int a = 1 + co_await f();",
        "auto [a, b] = co_await f();", "const auto n = c ? co_await f() : 0;", "co_await f() + 1;",
        "REQUIRE(co_await f() == 1);", "REQUIRE_NOTHROW(go([] { co_await f(); }));",
        "#define WAIT(x) co_await x()", "co_return 1 + co_await f();",
        "co_await g(co_await h());"}) {
    INFO(text);
    CHECK(!lines(await_shapes, "sim/x.cpp", text).empty());
    CHECK(lines(await_shapes, "tests/sim/coroutine_probe_test.cpp", text) == none);
  }
}

TEST_CASE("a title has no semicolon, at which ctest would split it", "[tidy]") { enforce(titles); }

TEST_CASE("a title with a semicolon is found", "[tidy]") {
  CHECK(lines(titles, "tests/sim/a_test.cpp", "TEST_CASE(\"one; two\") {\n") ==
        std::vector<int>{1});
  CHECK(lines(titles, "tests/sim/a_test.cpp", "TEST_CASE(\"one, two\") { a = \";\"; }\n") == none);
}

TEST_CASE("nothing is left for later in the tree", "[tidy]") { enforce(leftovers); }

TEST_CASE("a note for later is found", "[tidy]") {
  CHECK(lines(leftovers, "sim/x.cpp", "\nint a;  // TODO: more\n") == std::vector{2});
  CHECK(lines(leftovers, "sim/x.cpp", "/* one\n FIXME two */\n") == std::vector{2});
  CHECK(lines(leftovers, "scenarios/library/x.onceward.json", "{}\n// TODO\n") == std::vector{2});
  CHECK(lines(leftovers, "sim/x.cpp", "say(\"TODO\");\n") == none);
}

}  // namespace
