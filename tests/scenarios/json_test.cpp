#include "scenarios/json.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "tests/scenarios/draft.hpp"

namespace onceward::scenarios {
namespace {

// The problems of a text, one a line, as `line:column: message; hint`.
std::string problems_of(const std::string& text) {
  const Source source("a.json", text);
  Problems problems;
  const auto tree = read_json(source, problems);
  CHECK((tree || !problems.empty()));
  return told(problems, source);
}

Node tree_of(const std::string& text) {
  Problems problems;
  auto tree = read_json(Source("a.json", text), problems);
  REQUIRE(problems.empty());
  REQUIRE(tree);
  return *tree;
}

bool gives_tree(const std::string& text) {
  Problems problems;
  return read_json(Source("a.json", text), problems).has_value();
}

// Checks that the span of every node covers the text of one value, by its first and last byte.
void check_spans(const std::string& text, const Node& node) {
  const std::string written = text.substr(node.span.begin, node.span.end - node.span.begin);
  REQUIRE_FALSE(written.empty());
  const char first = written.front();
  const char last = written.back();
  switch (node.kind) {
    case Node::Kind::null:
      CHECK(written == "null");
      break;
    case Node::Kind::boolean:
      CHECK(written == (node.boolean ? "true" : "false"));
      break;
    case Node::Kind::integer:
      if (written != "-0") CHECK(written == std::to_string(node.integer));
      break;
    case Node::Kind::text:
      CHECK((first == '"' && last == '"'));
      break;
    case Node::Kind::array:
      CHECK((first == '[' && last == ']'));
      break;
    case Node::Kind::object:
      CHECK((first == '{' && last == '}'));
      break;
  }
  for (const Node& item : node.items) check_spans(text, item);
  for (const Member& member : node.members) {
    CHECK(text[member.key_span.begin] == '"');
    CHECK(text[member.key_span.end - 1] == '"');
    check_spans(text, member.value);
  }
}

const std::string kScenario = R"(// a comment, with "quotes": {1}
{
  "onceward": "1", /* , : */ "empty": {}, "none": [],
  "list":[1,-2 , 3/**/,true,false,null,"x\"y",[[0]],{"a":-9223372036854775808}],
  "deep" : // between
     { "\u00e9\ud83d\ude00" : 9223372036854775807 }
}
// the end)";

TEST_CASE("every value of a file knows exactly where it stands") {
  const Node root = tree_of(kScenario);
  check_spans(kScenario, root);
  REQUIRE(root.members.size() == 5);
  const Node* const list = root.find("list");
  REQUIRE(list != nullptr);
  REQUIRE(list->items.size() == 9);
  CHECK(list->items[6].text == "x\"y");
  CHECK(list->items[6].span.end - list->items[6].span.begin == 6);
  const Node* const deep = root.find("deep");
  REQUIRE(deep != nullptr);
  CHECK(deep->members[0].key == "\xC3\xA9\xF0\x9F\x98\x80");
  CHECK(deep->members[0].value.integer == 9223372036854775807);
  CHECK(root.find("lists") == nullptr);
}

TEST_CASE("a file may be any one value, number and all") {
  CHECK(tree_of("12").span == Span{0, 2});
  CHECK(tree_of(" 12 ").span == Span{1, 3});
  CHECK(tree_of("-0").integer == 0);
  CHECK(tree_of("\"a\"").span == Span{0, 3});
}

TEST_CASE("an empty file is a problem, also when it holds only comments") {
  CHECK(problems_of("") == "1:1: the file is empty; expected an object: { ... }");
  CHECK(problems_of(" \n// x") == "2:5: the file is empty; expected an object: { ... }");
  CHECK(problems_of("{}").empty());
}

TEST_CASE("nothing may follow the value of the file") {
  CHECK(problems_of("{}\n {}") == "2:2: expected the end of the file, found `{`");
  CHECK(problems_of("{} x1") == "1:4: expected the end of the file, found `x1`");
  CHECK(problems_of("{}\n // x").empty());
}

TEST_CASE("a file that ends early names the bracket that is open") {
  CHECK(problems_of("{\n\"a\": [1") ==
        "2:8: expected `,` or `]`, but the file ends here; the `[` of line 2 is not closed");
  CHECK(problems_of("{\n\"a\": [1],\n") ==
        "3:1: expected a name in double quotes, but the file ends here; "
        "the `{` of line 1 is not closed");
  CHECK(problems_of("{\"a\"") ==
        "1:5: expected `:` behind the name, but the file ends here; "
        "the `{` of line 1 is not closed");
  CHECK(problems_of("{\"a\":") ==
        "1:6: expected a value, but the file ends here; the `{` of line 1 is not closed");
  CHECK(problems_of("{\n\"a\": [1]}").empty());
}

TEST_CASE("a missing or surplus comma is found where it is") {
  CHECK(problems_of("{\"a\": 1\n \"b\": 2}") ==
        "2:2: expected `,` or `}`, found `\"b\"`; is a comma missing in front of it?");
  CHECK(problems_of("[1 2]") ==
        "1:4: expected `,` or `]`, found `2`; is a comma missing in front of it?");
  CHECK(problems_of("{\"a\": 1,}") ==
        "1:9: expected a name in double quotes, found `}`; remove the comma in front of it");
  CHECK(problems_of("[1,]") == "1:4: expected a value, found `]`; remove the comma in front of it");
  CHECK(problems_of("[1,,2]") == "1:4: expected a value, found `,`");
  CHECK(problems_of("[,1]") == "1:2: expected a value or `]`, found `,`");
  CHECK(problems_of("[1,2]").empty());
}

TEST_CASE("brackets must match") {
  CHECK(problems_of("[1}") == "1:3: expected `,` or `]`, found `}`");
  CHECK(problems_of("{\"a\": ]}") == "1:7: expected a value, found `]`");
  CHECK(problems_of("}") == "1:1: expected a value, found `}`");
}

TEST_CASE("names stand in double quotes and are followed by a colon") {
  CHECK(problems_of("{a: 1}") ==
        "1:2: expected a name in double quotes or `}`, found `a`; names stand in double quotes");
  CHECK(problems_of("{\"a\": 1, 'b': 1}") ==
        "1:10: expected a name in double quotes, found `'`; names stand in double quotes");
  CHECK(problems_of("{1: 1}") == "1:2: expected a name in double quotes or `}`, found `1`");
  CHECK(problems_of("{\"a\" = 1}") == "1:6: expected `:` behind the name, found `=`; write `:`");
  CHECK(problems_of("{\"a\" 1}") == "1:6: expected `:` behind the name, found `1`");
  CHECK(problems_of("{\"a\" : 1}").empty());
}

TEST_CASE("unknown words are no values") {
  CHECK(problems_of("[True]") == "1:2: expected a value, found `True`; did you mean true?");
  CHECK(problems_of("[nul]") == "1:2: expected a value, found `nul`; did you mean null?");
  CHECK(problems_of("[undefined]") ==
        "1:2: expected a value, found `undefined`; a text stands in double quotes");
  CHECK(problems_of("['a']") ==
        "1:2: expected a value or `]`, found `'`; "
        "a text stands in double quotes");
  CHECK(problems_of("[true]").empty());
}

TEST_CASE("texts are closed on their line") {
  CHECK(problems_of("[\"a\n\"]") ==
        "1:2: the text is never closed; close it with \" on the same line");
  CHECK(problems_of("{\"a") == "1:2: the text is never closed; close it with \" on the same line");
  CHECK(problems_of("[\"a\\") ==
        "1:2: the text is never closed; close it with \" on the same line");
  CHECK(problems_of("[\"a\\n\"]").empty());
}

TEST_CASE("escapes and control characters in texts are checked") {
  CHECK(problems_of(R"(["a\q"])") ==
        "1:4: unknown escape in a text; "
        R"(the escapes are \" \\ \/ \b \f \n \r \t \u1234)");
  CHECK(problems_of(R"(["\u12g4"])") == "1:3: `\\u` needs four hexadecimal digits; as in \\u00e9");
  CHECK(problems_of("[\"a\tb\"]") ==
        "1:4: a control character stands in a text; write it as \\u0009");
  CHECK(problems_of(R"(["\u12a4\t"])").empty());
}

TEST_CASE("half of a surrogate pair is an error") {
  const std::string message =
      "half of a surrogate pair is no character; "
      "write the character itself";
  CHECK(problems_of(R"(["\ud83d"])") == "1:3: " + message);
  CHECK(problems_of(R"(["x\ude00"])") == "1:4: " + message);
  CHECK(problems_of(R"(["\ud83d\u0041"])") == "1:3: " + message);
  CHECK(problems_of(R"(["\ud83dabcdefgh"])") == "1:3: " + message);
  CHECK(problems_of(R"(["\ud83d\ude00"])").empty());
}

TEST_CASE("zero bytes are errors, raw and escaped") {
  CHECK(problems_of(std::string("{}\0{", 4)) ==
        "1:3: the file holds a zero byte; is it a text file?");
  CHECK(problems_of(R"([1, "a\u0000"])") ==
        "1:5: a text may not hold the character \\u0000; leave it out");
  CHECK(problems_of(R"({"\u0000": 1})") ==
        "1:2: a text may not hold the character \\u0000; leave it out");
  CHECK(problems_of(R"(["\u0001"])").empty());
}

TEST_CASE("bytes that are not UTF-8 are errors in texts") {
  CHECK(problems_of("[\"a\xFF\"]") == "1:4: the file is not UTF-8 here");
  CHECK(problems_of("[\xFF]") == "1:2: expected a value or `]`, found `\xFF`");
}

TEST_CASE("a number that is not whole keeps the tree, so that other mistakes are found") {
  CHECK(problems_of("[1.5]") ==
        "1:2: numbers are whole numbers; write durations as text like \"1500ms\"");
  CHECK(problems_of("[1e3,\n 2.0]") ==
        "1:2: numbers are whole numbers; write durations as text like \"1500ms\"\n"
        "2:2: numbers are whole numbers; write durations as text like \"1500ms\"");
  CHECK(problems_of("[15]").empty());
  CHECK(gives_tree("[1.5]"));
}

TEST_CASE("a number must fit into 64 bits") {
  CHECK(problems_of("[9223372036854775808]") ==
        "1:2: the number does not fit into 64 bits; the largest is 9223372036854775807");
  CHECK(problems_of("[-9223372036854775809]") ==
        "1:2: the number does not fit into 64 bits; the smallest is -9223372036854775808");
  CHECK(problems_of("[99999999999999999999999999]") ==
        "1:2: the number does not fit into 64 bits; the largest is 9223372036854775807");
  CHECK(problems_of("[9223372036854775807, -9223372036854775808]").empty());
  CHECK(gives_tree("[9223372036854775808]"));
}

TEST_CASE("malformed numbers are explained") {
  CHECK(problems_of("[01]") == "1:2: `01` is not a number; leave out the zero");
  CHECK(problems_of("{\"a\": 10s}") ==
        "1:7: `10s` is not a number; write durations as text like \"1500ms\"");
  CHECK(problems_of("[1-2]") ==
        "1:3: expected `,` or `]`, found `-`; "
        "is a comma missing in front of it?");
  CHECK(problems_of("[+1]") == "1:2: `+1` is not a number; leave out the `+`");
  CHECK(problems_of("[-]") == "1:2: `-` is not a number; write it as in 10 or -10");
  CHECK(problems_of("[1.]") == "1:2: `1.` is not a number; write it as in 10 or -10");
  CHECK(problems_of("[.5]") == "1:2: `.5` is not a number; write it as in 10 or -10");
  CHECK(problems_of("[1e999]") == "1:2: numbers are whole numbers; write it as in 10 or -10");
  CHECK(problems_of("[0, -1, 10]").empty());
}

TEST_CASE("a name may stand only once in an object") {
  CHECK(problems_of("{\"a\": 1,\n \"b\": 2,\n \"a\": 3}") ==
        "3:2: the name \"a\" stands here twice; line 1 has it first");
  CHECK(problems_of("{\"a\": {\"a\": 1}, \"A\": [{\"a\": 1}, {\"a\": 1}]}").empty());
  Problems problems;
  const auto tree = read_json(Source("a.json", "{\"a\": 1, \"a\": [2]}"), problems);
  REQUIRE(tree);
  REQUIRE(tree->members.size() == 1);
  CHECK(tree->find("a")->integer == 1);
}

TEST_CASE("a line of megabytes full of repeated names is read quickly") {
  std::string text = "{\"a\":0";
  for (int i = 0; i < 300'000; ++i) text += ",\"a\":0";
  CHECK(gives_tree(text + "}"));
}

TEST_CASE("nesting is limited") {
  const std::string open(kDeepestJson, '[');
  const std::string close(kDeepestJson, ']');
  CHECK(problems_of(open + close).empty());
  CHECK(problems_of(open + "[]" + close) == "1:65: arrays and objects nest deeper than 64");
  CHECK_FALSE(problems_of(std::string(1'000'000, '[')).empty());
}

TEST_CASE("comments are closed and start with two signs") {
  CHECK(problems_of("{} /* x") == "1:4: the comment is never closed; close it with */");
  CHECK(problems_of("[/*/]") == "1:2: the comment is never closed; close it with */");
  CHECK(problems_of("[1, / 2]") == "1:5: unexpected `/`; a comment starts with // or /*");
  CHECK(problems_of("# x\n{}") ==
        "1:1: expected a value, found `#`; a comment starts with // or /*");
  CHECK(problems_of("[1, /**/ 2 // x\r]").empty());
}

TEST_CASE("after a syntax error there is no tree") {
  CHECK_FALSE(gives_tree("{\"a\": 1,}"));
  CHECK_FALSE(gives_tree(""));
  CHECK(gives_tree("{\"a\": 1}"));
}

TEST_CASE("every damage to a file is explained by a mistake inside it") {
  std::mt19937 random(2);
  const std::string alphabet = "{}[],:\"'\\/*0123456789.eE+-truefalsn \n\t\r\xC3\xA9\xFF";
  for (int round = 0; round < 20'000; ++round) {
    std::string text = kScenario;
    for (auto edits = random() % 3 + 1; edits > 0; --edits) {
      const std::size_t at = random() % text.size();
      const char c = alphabet[random() % alphabet.size()];
      const auto kind = random() % 3;
      if (kind == 0) text.erase(at, 1 + random() % 5);
      if (kind == 1) text.insert(at, 1, c);
      if (kind == 2) text[at] = c;
    }
    Problems problems;
    const auto tree = read_json(Source("a.json", text), problems);
    if (tree && problems.empty()) check_spans(text, *tree);
    if (!tree) REQUIRE_FALSE(problems.empty());
    for (const Problem& problem : problems.sorted()) {
      INFO(text);
      REQUIRE(problem.span.begin <= problem.span.end);
      REQUIRE(problem.span.end <= text.size());
      REQUIRE(problem.message.find("other JSON") == std::string::npos);
    }
  }
}

TEST_CASE("random bytes never crash the reader") {
  std::mt19937 random(3);
  for (int round = 0; round < 2'000; ++round) {
    std::string bytes(random() % 300, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % 256);
    Problems problems;
    const auto tree = read_json(Source("a.json", bytes), problems);
    CHECK(tree.has_value() == problems.empty());
  }
}

}  // namespace
}  // namespace onceward::scenarios
