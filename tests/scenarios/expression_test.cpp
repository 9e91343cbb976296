#include "scenarios/expression.hpp"

#include <fmt/format.h>
#include <rapidcheck/catch.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <random>

namespace onceward::scenarios {
namespace {

using Form = Expression::Form;

// The one problem of an expression as `line:column+width: message; hint`, empty when it has
// none. The expression stands in a file, on line 2 from column 4 on.
std::string problem_of(const std::string& text) {
  const Source source("a.json", "[\n \"=" + text + "\"]");
  Problems problems;
  const auto expression = parse_expression(text, 5, problems);
  CHECK(expression.has_value() == problems.empty());
  if (problems.empty()) return {};
  REQUIRE(problems.sorted().size() == 1);
  const Problem problem = problems.sorted().front();
  const Place place = source.place(problem.span.begin);
  const auto width = problem.span.end - problem.span.begin;
  return fmt::format("{}:{}+{}: {}{}{}", place.line, place.column, width, problem.message,
                     problem.hint.empty() ? "" : "; ", problem.hint);
}

Expression parsed(const std::string& text) {
  Problems problems;
  auto expression = parse_expression(text, 0, problems);
  INFO(text << "\n" << problems.render(Source("a", text)));
  REQUIRE(expression);
  return *expression;
}

std::string canonical(const std::string& text) { return to_text(parsed(text)); }

// An expression of the shape the dice say: any bytes give one, fewer give a smaller one.
class Dice {
 public:
  explicit Dice(std::vector<std::uint8_t> dice) : dice_(std::move(dice)) {}

  Expression expression(int depth) {
    Expression made;
    const int form = depth == 0 ? roll() % 6 : roll() % 10;
    made.form = static_cast<Form>(form);
    switch (made.form) {
      case Form::null:
        break;
      case Form::boolean:
        made.integer = roll() % 2;
        break;
      case Form::integer:
      case Form::duration:
        made.integer = number();
        break;
      case Form::text:
        made.text = text();
        break;
      case Form::path:
        made.path = path();
        break;
      case Form::call:
        made.text = word();
        add_operands(made, roll() % 4, depth);
        break;
      case Form::unary:
        made.text = roll() % 2 == 0 ? "not" : "-";
        add_operands(made, 1, depth);
        break;
      case Form::binary:
        made.text = kBinary[roll() % std::size(kBinary)];
        add_operands(made, 2, depth);
        break;
      case Form::conditional:
        add_operands(made, 3, depth);
        break;
    }
    return made;
  }

 private:
  static constexpr const char* kBinary[] = {"or", "and", "==", "!=", "<", "<=", ">",
                                            ">=", "in",  "+",  "-",  "*", "/",  "%"};

  int roll() { return next_ < dice_.size() ? dice_[next_++] : 0; }

  void add_operands(Expression& made, int count, int depth) {
    for (int i = 0; i < count; ++i) made.operands.push_back(expression(depth - 1));
  }

  std::int64_t number() {
    switch (roll() % 8) {
      case 0:
        return std::numeric_limits<std::int64_t>::min();
      case 1:
        return std::numeric_limits<std::int64_t>::max();
      case 2:
        return -1 - roll();
      case 3:
        return std::int64_t{roll()} * 60'000'000'000;
      case 4:
        return std::int64_t{roll()} * 1'000'000;
      default:
        return roll();
    }
  }

  std::string text() {
    std::string made;
    for (int left = roll() % 6; left > 0; --left) made += static_cast<char>(roll());
    return made;
  }

  std::string word() {
    const std::string first = "abcdfgXYZ_";
    const std::string all = first + "0129";
    std::string made(1, first[static_cast<std::size_t>(roll()) % first.size()]);
    while (roll() % 3 != 0) made += all[static_cast<std::size_t>(roll()) % all.size()];
    return made;
  }

  std::vector<std::string> path() {
    std::vector<std::string> made = {word()};
    const char* const fields[] = {"in", "not", "null", "id"};
    while (roll() % 3 != 0) made.emplace_back(fields[roll() % 4]);
    return made;
  }

  std::vector<std::uint8_t> dice_;
  std::size_t next_ = 0;
};

TEST_CASE("operators bind as a reader expects") {
  const std::pair<const char*, const char*> cases[] = {
      {"((a or b)) and c", "(a or b) and c"},
      {"a or (b and c)", "a or b and c"},
      {"(not a) and b", "not a and b"},
      {"not (a == b)", "not a == b"},
      {"(not a) == b", "(not a) == b"},
      {"(a + b) + c", "a + b + c"},
      {"a + (b + c)", "a + (b + c)"},
      {"a - (b * c)", "a - b * c"},
      {"(a - b) * c", "(a - b) * c"},
      {"(a < b) == (c < d)", "(a < b) == (c < d)"},
      {"(a + 1) in b.c", "a + 1 in b.c"},
      {"-(a) * b", "-a * b"},
      {"-(a * b)", "-(a * b)"},
      {"(a ? b : c) ? d : (e ? f : g)", "(a ? b : c) ? d : e ? f : g"},
      {"a ? (b ? c : d) : e", "a ? b ? c : d : e"},
      {"(a or b) ? (c or d) : e", "a or b ? c or d : e"},
      {"f( (a) , (b ? c : d) )", "f(a, b ? c : d)"},
      {"row . id", "row.id"},
  };
  for (const auto& [written, expected] : cases) CHECK(canonical(written) == expected);
}

TEST_CASE("literals mean what they say") {
  CHECK(parsed("1_000").integer == 1000);
  CHECK(parsed("-9223372036854775808").integer == std::numeric_limits<std::int64_t>::min());
  CHECK(parsed("- 5").form == Form::integer);
  CHECK(parsed("-(5)").form == Form::unary);
  CHECK(parsed("true").integer == 1);
  CHECK(parsed("null").form == Form::null);
  CHECK(parsed(R"('it\'s\n\\')").text == "it's\n\\");
  CHECK(parsed("1500ms").form == Form::duration);
  CHECK(parsed("-5m").integer == -300'000'000'000);
  CHECK(canonical("1500ms") == "1500ms");
  CHECK(canonical("120s") == "2m");
  CHECK(canonical("0ms") == "0s");
}

TEST_CASE("every node knows where it stands in the file") {
  Problems problems;
  const auto sum = parse_expression("(row.id + 1) == max(a)", 100, problems);
  REQUIRE(sum);
  CHECK(sum->span == Span{100, 122});
  CHECK(sum->word_spans.front() == Span{113, 115});
  const Expression& left = sum->operands[0];
  CHECK(left.span == Span{101, 111});
  CHECK(left.operands[0].path == std::vector<std::string>{"row", "id"});
  CHECK(left.operands[0].word_spans == std::vector<Span>{{101, 104}, {105, 107}});
  CHECK(sum->operands[1].span == Span{116, 122});
  CHECK(sum->operands[1].word_spans.front() == Span{116, 119});
}

TEST_CASE("operators of other languages are named with ours") {
  CHECK(problem_of("a = b") == "2:6+1: `=` is not an operator; write `==` to compare");
  CHECK(problem_of("a && b") == "2:6+2: `&&` is not an operator; write `and`");
  CHECK(problem_of("a || b") == "2:6+2: `||` is not an operator; write `or`");
  CHECK(problem_of("!a") == "2:4+1: `!` is not an operator; write `not`");
  CHECK(problem_of("a === b") == "2:6+3: `===` is not an operator; write `==`");
  CHECK(problem_of("a <> b") == "2:6+2: `<>` is not an operator; write `!=`");
  CHECK(problem_of("a => b") == "2:6+2: `=>` is not an operator; write `>=`");
  CHECK(problem_of("a is b") == "2:6+2: expected an operator, found `is`; write `==`");
  CHECK(problem_of("a AND b") == "2:6+3: expected an operator, found `AND`; did you mean `and`?");
  CHECK(problem_of("a == b and not c or d != e").empty());
}

TEST_CASE("texts stand in single quotes and are closed") {
  CHECK(problem_of("\"a\"") == "2:4+1: a text stands in single quotes; write 'text'");
  CHECK(problem_of("a == 'b") == "2:9+2: the text is never closed; close it with '");
  CHECK(problem_of("'b\\") == "2:4+3: the text is never closed; close it with '");
  CHECK(problem_of(R"('a\q')") ==
        R"(2:6+2: unknown escape in a text; the escapes are \', \\ and \n)");
  CHECK(problem_of("`a`") == "2:4+1: unknown character ```; write '");
  CHECK(problem_of("a == 'b'").empty());
}

TEST_CASE("unknown characters are shown whole") {
  CHECK(problem_of("a # b") == "2:6+1: unknown character `#`");
  CHECK(problem_of("a + \xC3\xA9") == "2:8+2: unknown character `\xC3\xA9`");
  CHECK(problem_of("a in [1]") ==
        "2:9+1: unknown character `[`; expressions have no lists; use `or` or a path");
  CHECK(problem_of("a == '#\xC3\xA9['").empty());
}

TEST_CASE("comparisons do not chain") {
  const std::string message = "comparisons do not chain; join two with `and`, or use parentheses";
  CHECK(problem_of("a < b < c") == "2:10+1: " + message);
  CHECK(problem_of("a == b in c") == "2:11+2: " + message);
  CHECK(problem_of("not a < b <= c") == "2:14+2: " + message);
  CHECK(problem_of("(a < b) == c and d < e").empty());
}

TEST_CASE("a missing operand is asked for") {
  CHECK(problem_of("") ==
        "2:4+0: the expression is empty; "
        "write a value, as in 'text', 10 or row.id");
  CHECK(problem_of("a +") == "2:6+1: nothing follows `+`; a value is missing");
  CHECK(problem_of("not") == "2:4+3: nothing follows `not`; a value is missing");
  CHECK(problem_of("* a") ==
        "2:4+1: expected a value, found `*`; "
        "a value is missing in front of it");
  CHECK(problem_of("a + * b") ==
        "2:8+1: expected a value, found `*`; "
        "a value is missing after `+`");
  CHECK(problem_of("a and or b") ==
        "2:10+2: expected a value, found `or`; "
        "a value is missing after `and`");
  CHECK(problem_of("f(a, )") ==
        "2:9+1: expected a value, found `)`; "
        "a value is missing after `,`");
  CHECK(problem_of("f(, a)") ==
        "2:6+1: expected a value, found `,`; "
        "a value is missing after `(`");
  CHECK(problem_of("()") == "2:4+2: `()` holds no value; a value is missing");
  CHECK(problem_of("a.") == "2:5+1: a field name is missing after `.`; write row.id");
  CHECK(problem_of("f() + (a)").empty());
}

TEST_CASE("a missing operator is asked for") {
  CHECK(problem_of("a b") == "2:6+1: expected an operator, found `b`");
  CHECK(problem_of("a 'b'") == "2:6+3: expected an operator, found `'b'`");
  CHECK(problem_of("10 m") ==
        "2:7+1: expected an operator, found `m`; "
        "a unit follows its number without a space, as in 10m");
  CHECK(problem_of("a not in b") == "2:6+3: `not` after a value; write not (a in b)");
  CHECK(problem_of("a + not b") ==
        "2:8+3: `not` behind a tighter operator needs parentheses; "
        "write (not a)");
  CHECK(problem_of("10m + (not b)").empty());
}

TEST_CASE("brackets are closed once") {
  CHECK(problem_of("(a + b") == "2:4+1: `(` is never closed; a `)` is missing");
  CHECK(problem_of("f(a, b") == "2:5+1: `(` is never closed; a `)` is missing");
  CHECK(problem_of("f(") == "2:5+1: `(` is never closed; a `)` is missing");
  CHECK(problem_of("(a b)") == "2:7+1: expected an operator, found `b`");
  CHECK(problem_of("a)") == "2:5+1: `)` closes nothing; remove it");
  CHECK(problem_of("(a, b)") == "2:6+1: expected an operator, found `,`");
  CHECK(problem_of("a.b(c)") == "2:4+3: functions are not called on a value; write b(...)");
  CHECK(problem_of("((a)) + b(c)").empty());
}

TEST_CASE("a choice has both its branches") {
  CHECK(problem_of("a ? b") == "2:6+1: `?` without its `:`; write c ? a : b");
  CHECK(problem_of("(a ? b)") == "2:7+1: `?` without its `:`; write c ? a : b");
  CHECK(problem_of("a : b") == "2:6+1: `:` without a `?`; write c ? a : b");
  CHECK(problem_of("a ? : b") ==
        "2:8+1: expected a value, found `:`; "
        "a value is missing after `?`");
  CHECK(problem_of("a ? b c") == "2:10+1: expected an operator, found `c`");
  CHECK(problem_of("a ? b : c").empty());
}

TEST_CASE("numbers and durations are whole and fit into 64 bits") {
  CHECK(problem_of("9223372036854775808") == "2:4+19: the number does not fit into 64 bits");
  CHECK(problem_of("a - -9223372036854775809") == "2:9+19: the number does not fit into 64 bits");
  CHECK(problem_of("1.5s") ==
        "2:4+4: numbers are whole numbers; "
        "use a smaller unit, as in 1500ms");
  CHECK(problem_of("1_") == "2:4+2: `_` in a number stands between two digits; write 1_000");
  CHECK(problem_of("1__0") == "2:4+4: `_` in a number stands between two digits; write 1_000");
  CHECK(problem_of("10min") ==
        "2:6+3: unknown unit `min`; "
        "the units are ns, us, ms, s, m, h and d, one in a duration");
  CHECK(problem_of("1h30m") ==
        "2:5+4: unknown unit `h30m`; "
        "the units are ns, us, ms, s, m, h and d, one in a duration");
  CHECK(problem_of("106752d") ==
        "2:4+7: the duration does not fit into 64 bits of nanoseconds; "
        "the longest is 106751d");
  CHECK(problem_of("9223372036854775807 - 9_2 + 106751d").empty());
}

TEST_CASE("nesting is limited, in brackets, signs and length") {
  const auto repeated = [](const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
  };
  const std::string message = "the expression nests deeper than 64; split it into smaller ones";
  for (const char* const sign : {"-", "not ", "(", "f(", "a ? b : "}) {
    const std::string problem = problem_of(repeated(sign, 100'000) + "a");
    CHECK(problem.find(message) != std::string::npos);
  }
  CHECK(problem_of("a" + repeated(" + a", 64)) == "2:258+1: " + message);
  CHECK(problem_of("a" + repeated(" + a", 63)).empty());
  CHECK(problem_of(repeated("(", 64) + "a" + repeated(")", 64)).empty());
  CHECK(problem_of(repeated("(", 65) + "a" + repeated(")", 65)) == "2:68+1: " + message);
}

TEST_CASE("durations in files are read to the nanosecond") {
  CHECK(parse_duration("0") == 0);
  CHECK(parse_duration("0s") == 0);
  CHECK(parse_duration("5ns") == 5);
  CHECK(parse_duration("2us") == 2'000);
  CHECK(parse_duration("1500ms") == 1'500'000'000);
  CHECK(parse_duration("30s") == 30'000'000'000);
  CHECK(parse_duration("10m") == 600'000'000'000);
  CHECK(parse_duration("24h") == parse_duration("1d"));
  CHECK(parse_duration("7d") == 604'800'000'000'000);
  CHECK(parse_duration("9223372036854775807ns") == 9223372036854775807);
}

TEST_CASE("other texts are no durations") {
  for (const char* const text : {"", " ", "-1s", "1", "s", "1 s", " 1s", "1s ", "1.5s", "1x",
                                 "1s1s", "9223372036854775808ns", "106752d", "'1s'", "a"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("what is printed reads back as the same expression") {
  rc::prop("for every expression", [](const std::vector<std::uint8_t>& dice) {
    const Expression made = Dice(dice).expression(5);
    const std::string text = to_text(made);
    Problems problems;
    const auto again = parse_expression(text, 0, problems);
    RC_LOG() << text << "\n" << problems.render(Source("a", text));
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == made);
    RC_ASSERT(to_text(*again) == text);
  });
}

TEST_CASE("a deep dice roll reads back too") {
  std::mt19937 random(4);
  for (int round = 0; round < 5'000; ++round) {
    std::vector<std::uint8_t> dice(random() % 300);
    for (auto& die : dice) die = static_cast<std::uint8_t>(random() % 256);
    const Expression made = Dice(dice).expression(7);
    CHECK(parsed(to_text(made)) == made);
  }
}

TEST_CASE("printing never adds parentheses to random words and signs") {
  const char* const words[] = {"a", "b.c", "f(",  "(",   ")",  ")",   "+",  "-",
                               "*", "==",  "<",   "and", "or", "not", "in", "?",
                               ":", "1",   "10m", "'x'", ",",  "null"};
  std::mt19937 random(5);
  int valid = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text;
    for (auto left = random() % 9 + 1; left > 0; --left) {
      text += std::string(words[random() % std::size(words)]) + " ";
    }
    Problems problems;
    const auto expression = parse_expression(text, 7, problems);
    REQUIRE(expression.has_value() == problems.empty());
    if (!expression) {
      const auto sorted = problems.sorted();
      REQUIRE(sorted.size() == 1);
      REQUIRE(sorted[0].span.begin >= 7);
      REQUIRE(sorted[0].span.begin <= sorted[0].span.end);
      REQUIRE(sorted[0].span.end <= 7 + text.size());
      continue;
    }
    ++valid;
    const std::string printed = to_text(*expression);
    REQUIRE(parsed(printed) == *expression);
    REQUIRE(std::count(printed.begin(), printed.end(), '(') <=
            std::count(text.begin(), text.end(), '('));
  }
  CHECK(valid > 1'000);
}

TEST_CASE("random bytes never crash the parser") {
  std::mt19937 random(6);
  for (int round = 0; round < 5'000; ++round) {
    std::string bytes(random() % 200, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % 256);
    Problems problems;
    const auto expression = parse_expression(bytes, 0, problems);
    CHECK(expression.has_value() == problems.empty());
    if (!problems.empty()) CHECK_FALSE(problems.render(Source("a", bytes)).empty());
    (void)parse_duration(bytes);
  }
}

}  // namespace
}  // namespace onceward::scenarios
