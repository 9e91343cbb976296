#include "scenarios/expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "scenarios/nearest.hpp"
#include "scenarios/precedence.hpp"
#include "scenarios/tokens.hpp"

namespace onceward::scenarios {
namespace {

using Form = Expression::Form;

constexpr std::string_view kKeywords[] = {"and", "or", "not", "in", "true", "false", "null"};

bool is_keyword(std::string_view word) {
  return std::find(std::begin(kKeywords), std::end(kKeywords), word) != std::end(kKeywords);
}

// An expression, the length of its longest branch, and where it stands with its parentheses.
struct Parsed {
  Expression expression;
  int height = 1;
  Span outer;
};

using Result = std::optional<Parsed>;

// Precedence climbing. Every function returns nothing once a problem was added.
class Parser {
 public:
  Parser(std::string_view text, std::uint32_t base_offset, Problems& problems)
      : tokens_(text, base_offset, problems), problems_(problems) {}

  Result parse_all();

 private:
  Result parse(Binding loosest);
  Result parse_conditional(Parsed condition);
  Result parse_operand(Binding loosest);
  Result parse_not(Binding loosest);
  Result parse_minus();
  Result parse_parentheses();
  Result parse_word();
  Result parse_path(const Token& first);
  Result parse_call(const Token& name);
  Result parse_arguments(Parsed call, const Token& open);
  Result literal(Form form, const Token& token, Span span, bool negative);
  Result joined(Form form, const Token& sign, std::vector<Parsed> operands);
  Result too_deep(Span span);
  Result unclosed(const Token& open);
  [[nodiscard]] bool follows_number(const Token& token) const;
  Result misplaced();
  Result missing_operand();
  std::nullopt_t problem(Span span, std::string message, std::string hint = {});

  // Counts the brackets and signs open around the token at hand, for the stack's sake.
  class Nesting {
   public:
    explicit Nesting(Parser& parser) : parser_(parser) { ++parser_.nesting_; }
    ~Nesting() { --parser_.nesting_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    [[nodiscard]] bool too_deep() const { return parser_.nesting_ > kDeepestExpression; }

   private:
    Parser& parser_;
  };

  Tokens tokens_;
  Problems& problems_;
  std::optional<Token> last_;  // the operator, bracket or number read last
  int nesting_ = 0;
};

std::nullopt_t Parser::problem(Span span, std::string message, std::string hint) {
  problems_.add(span, std::move(message), std::move(hint));
  return std::nullopt;
}

Result Parser::too_deep(Span span) {
  return problem(span, fmt::format("the expression nests deeper than {}", kDeepestExpression),
                 "split it into smaller ones");
}

Result Parser::parse_all() {
  if (tokens_.peek().kind == Token::Kind::end) {
    return problem(tokens_.peek().span, "the expression is empty",
                   "write a value, as in 'text', 10 or row.id");
  }
  Result all = parse(Binding::conditional);
  if (!all || tokens_.peek().kind == Token::Kind::end) return all;
  return misplaced();
}

// Whether nothing but blanks stands between the last number and `token`.
bool Parser::follows_number(const Token& token) const {
  if (!last_ || last_->kind != Token::Kind::integer) return false;
  const std::string_view between = tokens_.written({last_->span.end, token.span.begin});
  return between.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// A token that cannot follow a complete operand.
Result Parser::misplaced() {
  const Token& token = tokens_.peek();
  if (token.kind == Token::Kind::mistake) return std::nullopt;
  const std::string found(tokens_.written(token.span));
  if (token.is(")")) return problem(token.span, "`)` closes nothing", "remove it");
  if (token.is(":")) return problem(token.span, "`:` without a `?`", "write c ? a : b");
  if (token.is("not")) return problem(token.span, "`not` after a value", "write not (a in b)");
  std::string hint;
  if (found == "is" || found == "eq" || found == "equals") {
    hint = "write `==`";
  } else if (token.kind == Token::Kind::word && follows_number(token)) {
    hint = "a unit follows its number without a space, as in 10m";
  } else if (token.kind == Token::Kind::word) {
    const std::string near = nearest(found, {"and", "or", "in"});
    if (!near.empty()) hint = fmt::format("did you mean `{}`?", near);
  }
  return problem(token.span, fmt::format("expected an operator, found `{}`", found), hint);
}

// A token that cannot begin an operand.
Result Parser::missing_operand() {
  const Token& token = tokens_.peek();
  if (token.kind == Token::Kind::mistake) return std::nullopt;
  if (token.kind == Token::Kind::end && last_) {
    return problem(last_->span, fmt::format("nothing follows `{}`", last_->text),
                   "a value is missing");
  }
  const std::string found(tokens_.written(token.span));
  return problem(token.span, fmt::format("expected a value, found `{}`", found),
                 last_ ? fmt::format("a value is missing after `{}`", last_->text)
                       : "a value is missing in front of it");
}

Result Parser::joined(Form form, const Token& sign, std::vector<Parsed> operands) {
  Parsed whole;
  whole.outer = {operands.front().outer.begin, operands.back().outer.end};
  if (form == Form::unary) whole.outer.begin = sign.span.begin;
  whole.expression.form = form;
  whole.expression.span = whole.outer;
  if (form != Form::conditional) whole.expression.text = sign.text;
  whole.expression.word_spans.push_back(sign.span);
  for (Parsed& operand : operands) {
    whole.height = std::max(whole.height, operand.height + 1);
    whole.expression.operands.push_back(std::move(operand.expression));
  }
  if (whole.height > kDeepestExpression) return too_deep(sign.span);
  return whole;
}

Result Parser::parse(Binding loosest) {
  Result left = parse_operand(loosest);
  bool compared = false;
  while (left) {
    const Token sign = tokens_.peek();
    const bool binary = sign.kind == Token::Kind::sign || sign.kind == Token::Kind::word;
    const Binding own = binary ? binding_of(sign.text) : Binding::primary;
    if (own == Binding::primary || own < loosest) break;
    if (own == Binding::comparison && compared) {
      return problem(sign.span, "comparisons do not chain",
                     "join two with `and`, or use parentheses");
    }
    compared = own == Binding::comparison;
    last_ = tokens_.take();
    Result right = parse(tighter(own));
    if (!right) return right;
    left = joined(Form::binary, sign, {std::move(*left), std::move(*right)});
  }
  if (left && loosest == Binding::conditional && tokens_.peek().is("?")) {
    return parse_conditional(std::move(*left));
  }
  return left;
}

Result Parser::parse_conditional(Parsed condition) {
  const Nesting nesting(*this);
  const Token question = tokens_.take();
  if (nesting.too_deep()) return too_deep(question.span);
  last_ = question;
  Result yes = parse(Binding::conditional);
  if (!yes) return yes;
  if (!tokens_.peek().is(":")) {
    const bool ends = tokens_.peek().kind == Token::Kind::end || tokens_.peek().is(")");
    if (!ends) return misplaced();
    return problem(question.span, "`?` without its `:`", "write c ? a : b");
  }
  last_ = tokens_.take();
  Result no = parse(Binding::conditional);
  if (!no) return no;
  return joined(Form::conditional, question,
                {std::move(condition), std::move(*yes), std::move(*no)});
}

Result Parser::parse_operand(Binding loosest) {
  const Token& token = tokens_.peek();
  if (token.is("not")) return parse_not(loosest);
  if (token.is("-")) return parse_minus();
  if (token.is("(")) return parse_parentheses();
  switch (token.kind) {
    case Token::Kind::integer:
    case Token::Kind::duration: {
      const Token number = tokens_.take();
      last_ = number;
      const bool whole = number.kind == Token::Kind::integer;
      return literal(whole ? Form::integer : Form::duration, number, number.span, false);
    }
    case Token::Kind::text: {
      const Token text = tokens_.take();
      return literal(Form::text, text, text.span, false);
    }
    case Token::Kind::word:
      return parse_word();
    case Token::Kind::end:
    case Token::Kind::sign:
    case Token::Kind::mistake:
      break;
  }
  return missing_operand();
}

Result Parser::literal(Form form, const Token& token, Span span, bool negative) {
  constexpr auto kLargest = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  if (token.magnitude > kLargest && !negative) {
    return problem(span, "the number does not fit into 64 bits");
  }
  Parsed parsed;
  parsed.outer = span;
  parsed.expression.form = form;
  parsed.expression.span = span;
  parsed.expression.text = token.text;
  const std::uint64_t bits = negative ? std::uint64_t{0} - token.magnitude : token.magnitude;
  parsed.expression.integer = static_cast<std::int64_t>(bits);
  return parsed;
}

Result Parser::parse_not(Binding loosest) {
  const Nesting nesting(*this);
  const Token sign = tokens_.take();
  if (nesting.too_deep()) return too_deep(sign.span);
  if (loosest > Binding::negation) {
    return problem(sign.span, "`not` behind a tighter operator needs parentheses", "write (not a)");
  }
  last_ = sign;
  Result operand = parse(Binding::negation);
  if (!operand) return operand;
  return joined(Form::unary, sign, {std::move(*operand)});
}

Result Parser::parse_minus() {
  const Nesting nesting(*this);
  const Token sign = tokens_.take();
  if (nesting.too_deep()) return too_deep(sign.span);
  last_ = sign;
  // A minus in front of a number is part of it: so the smallest integer can be written.
  const Token::Kind next = tokens_.peek().kind;
  if (next == Token::Kind::integer || next == Token::Kind::duration) {
    const Token number = tokens_.take();
    last_ = number;
    return literal(next == Token::Kind::integer ? Form::integer : Form::duration, number,
                   {sign.span.begin, number.span.end}, true);
  }
  Result operand = parse(Binding::minus);
  if (!operand) return operand;
  return joined(Form::unary, sign, {std::move(*operand)});
}

// An opening parenthesis whose place the token at hand cannot take.
Result Parser::unclosed(const Token& open) {
  if (tokens_.peek().kind != Token::Kind::end) return misplaced();
  return problem(open.span, "`(` is never closed", "a `)` is missing");
}

Result Parser::parse_parentheses() {
  const Nesting nesting(*this);
  const Token open = tokens_.take();
  if (nesting.too_deep()) return too_deep(open.span);
  last_ = open;
  if (tokens_.peek().is(")")) {
    const Span both{open.span.begin, tokens_.peek().span.end};
    return problem(both, "`()` holds no value", "a value is missing");
  }
  Result inner = parse(Binding::conditional);
  if (!inner) return inner;
  if (!tokens_.peek().is(")")) return unclosed(open);
  inner->outer = {open.span.begin, tokens_.take().span.end};
  return inner;
}

Result Parser::parse_word() {
  const Token word = tokens_.peek();
  if (word.is("null") || word.is("true") || word.is("false")) {
    Parsed parsed;
    parsed.outer = word.span;
    parsed.expression.span = tokens_.take().span;
    parsed.expression.form = word.is("null") ? Form::null : Form::boolean;
    parsed.expression.integer = word.is("true") ? 1 : 0;
    return parsed;
  }
  if (is_keyword(word.text)) return missing_operand();
  tokens_.take();
  return tokens_.peek().is("(") ? parse_call(word) : parse_path(word);
}

Result Parser::parse_path(const Token& first) {
  Parsed parsed;
  parsed.outer = first.span;
  parsed.expression.form = Form::path;
  parsed.expression.path.push_back(first.text);
  parsed.expression.word_spans.push_back(first.span);
  while (tokens_.peek().is(".")) {
    const Token dot = tokens_.take();
    // Behind a dot any word is a field, even one like `in` that is an operator elsewhere.
    if (tokens_.peek().kind == Token::Kind::mistake) return std::nullopt;
    if (tokens_.peek().kind != Token::Kind::word) {
      return problem(dot.span, "a field name is missing after `.`", "write row.id");
    }
    const Token field = tokens_.take();
    parsed.expression.path.push_back(field.text);
    parsed.expression.word_spans.push_back(field.span);
    parsed.outer.end = field.span.end;
  }
  parsed.expression.span = parsed.outer;
  if (tokens_.peek().is("(") && parsed.expression.path.size() > 1) {
    return problem(parsed.outer, "functions are not called on a value",
                   fmt::format("write {}(...)", parsed.expression.path.back()));
  }
  return parsed;
}

Result Parser::parse_call(const Token& name) {
  const Nesting nesting(*this);
  const Token open = tokens_.take();
  if (nesting.too_deep()) return too_deep(open.span);
  Parsed call;
  call.expression.form = Form::call;
  call.expression.text = name.text;
  call.expression.word_spans.push_back(name.span);
  call.outer.begin = name.span.begin;
  last_ = open;
  return parse_arguments(std::move(call), open);
}

Result Parser::parse_arguments(Parsed call, const Token& open) {
  while (!tokens_.peek().is(")") || !call.expression.operands.empty()) {
    // An open bracket at the end is the mistake, not the operand that is missing in it.
    if (tokens_.peek().kind == Token::Kind::end && last_->is("(")) return unclosed(open);
    Result argument = parse(Binding::conditional);
    if (!argument) return argument;
    call.height = std::max(call.height, argument->height + 1);
    call.expression.operands.push_back(std::move(argument->expression));
    if (!tokens_.peek().is(",")) break;
    last_ = tokens_.take();
  }
  if (!tokens_.peek().is(")")) return unclosed(open);
  call.outer.end = tokens_.take().span.end;
  call.expression.span = call.outer;
  if (call.height > kDeepestExpression) return too_deep(call.expression.word_spans.front());
  return call;
}

}  // namespace

bool operator==(const Expression& a, const Expression& b) {
  return a.form == b.form && a.text == b.text && a.integer == b.integer && a.path == b.path &&
         a.operands == b.operands;
}

std::optional<Expression> parse_expression(std::string_view text, std::uint32_t base_offset,
                                           Problems& problems) {
  Problems found;
  Parser parser(text, base_offset, found);
  Result parsed = parser.parse_all();
  if (found.empty() && parsed) return std::move(parsed->expression);
  // The next word may have been read, and found wrong, before the mistake in front of it.
  const Problem first = found.sorted().front();
  problems.add(first.span, first.message, first.hint);
  return std::nullopt;
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
  Problems ignored;
  Tokens tokens(text, 0, ignored);
  const Token only = tokens.take();
  if (only.span != Span{0, static_cast<std::uint32_t>(text.size())}) return std::nullopt;
  const bool zero = only.kind == Token::Kind::integer && only.magnitude == 0;
  if (only.kind != Token::Kind::duration && !zero) return std::nullopt;
  if (only.magnitude > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(only.magnitude);
}

}  // namespace onceward::scenarios
