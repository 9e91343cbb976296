#include "scenarios/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "scenarios/json_syntax.hpp"

namespace onceward::scenarios {
namespace {

// Walks over a text and counts, for all its copies together, how many bytes were read.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::uint32_t* count) : at_(at), count_(count) {}

  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*count_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const CountingIterator& a, const CountingIterator& b) {
    return a.at_ == b.at_;
  }

 private:
  const char* at_;
  std::uint32_t* count_;
};

// Builds the tree from the parser's events. When an event comes, the parser has read just to
// the end of its token, or one byte further if that is a number.
class Builder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  Builder(const Source& source, const std::uint32_t& count, Problems& problems)
      : source_(source), text_(source.text()), count_(count), problems_(problems) {}

  bool null() { return add(value(Node::Kind::null, next_token())); }
  bool boolean(bool boolean);
  bool number_integer(number_integer_t number) { return add(integer(number)); }
  bool number_unsigned(number_unsigned_t number);
  bool number_float(number_float_t, const string_t& written);
  bool string(string_t& text);
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Node::Kind::object); }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(Node::Kind::array); }
  bool end_array() { return close(); }
  bool key(string_t& name);
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&);

  [[nodiscard]] std::optional<Node> take_root() { return std::move(root_); }

 private:
  // An array or object whose end was not read yet.
  struct Open {
    Node node;
    std::string key;  // of the member whose value comes next
    Span key_span;
    bool repeated = false;                                // that member has an elder namesake
    std::unordered_map<std::string, std::uint32_t> keys;  // where each name was first used
  };

  std::uint32_t next_begin();
  Span next_token();
  Span next_number();
  void refuse_zero(const std::string& text, Span span);
  static Node value(Node::Kind kind, Span span);
  Node integer(std::int64_t number);
  bool open(Node::Kind kind);
  bool close();
  bool add(Node node);

  const Source& source_;
  std::string_view text_;
  const std::uint32_t& count_;
  Problems& problems_;
  std::vector<Open> open_;
  std::optional<Node> root_;
  Standing standing_;
};

// Moves to the begin of the next token and returns it.
std::uint32_t Builder::next_begin() {
  std::uint32_t at = skip_blank(text_, standing_.at);
  while (at < text_.size() && (text_[at] == ',' || text_[at] == ':')) {
    at = skip_blank(text_, at + 1);
  }
  return at;
}

Span Builder::next_token() {
  const std::uint32_t begin = next_begin();
  standing_.at = count_;
  return {begin, count_};
}

// The parser has read one byte behind a number, unless the file ends there: so not its count
// but the number itself tells where it ends.
Span Builder::next_number() {
  const std::uint32_t begin = next_begin();
  std::uint32_t end = begin;
  const auto pass = [&](std::string_view any) {
    if (end == text_.size() || any.find(text_[end]) == std::string_view::npos) return false;
    ++end;
    return true;
  };
  const auto pass_digits = [&] {
    while (pass("0123456789")) continue;
  };
  pass("-");
  if (!pass("0")) pass_digits();  // behind a leading zero no digit belongs to the number
  if (pass(".")) pass_digits();
  if (pass("eE")) {
    pass("+-");
    pass_digits();
  }
  standing_.at = end;
  return {begin, end};
}

Node Builder::value(Node::Kind kind, Span span) {
  Node node;
  node.kind = kind;
  node.span = span;
  return node;
}

Node Builder::integer(std::int64_t number) {
  Node node = value(Node::Kind::integer, next_number());
  node.integer = number;
  return node;
}

// A zero byte in a name or text would end it early in every C interface behind us.
void Builder::refuse_zero(const std::string& text, Span span) {
  if (text.find('\0') == std::string::npos) return;
  problems_.add(span, "a text may not hold the character \\u0000", "leave it out");
}

bool Builder::add(Node node) {
  if (open_.empty()) {
    root_ = std::move(node);
    standing_.awaited = Awaited::end_of_file;
    return true;
  }
  Open& parent = open_.back();
  if (parent.node.kind == Node::Kind::array) {
    parent.node.items.push_back(std::move(node));
    standing_.awaited = Awaited::next_item;
    return true;
  }
  if (!parent.repeated) {
    parent.node.members.push_back({std::move(parent.key), parent.key_span, std::move(node)});
  }
  standing_.awaited = Awaited::next_member;
  return true;
}

bool Builder::boolean(bool boolean) {
  Node node = value(Node::Kind::boolean, next_token());
  node.boolean = boolean;
  return add(std::move(node));
}

bool Builder::number_unsigned(number_unsigned_t number) {
  constexpr auto kLargest = number_unsigned_t{std::numeric_limits<std::int64_t>::max()};
  if (number <= kLargest) return add(integer(static_cast<std::int64_t>(number)));
  Node node = integer(1);
  problems_.add(node.span, "the number does not fit into 64 bits",
                "the largest is 9223372036854775807");
  return add(std::move(node));
}

bool Builder::number_float(number_float_t, const string_t& written) {
  Node node = integer(1);
  if (written.find_first_of(".eE") == string_t::npos) {
    problems_.add(node.span, "the number does not fit into 64 bits",
                  written.front() == '-' ? "the smallest is -9223372036854775808"
                                         : "the largest is 9223372036854775807");
  } else {
    problems_.add(node.span, "numbers are whole numbers",
                  "write durations as text like \"1500ms\"");
  }
  return add(std::move(node));
}

bool Builder::string(string_t& text) {
  Node node = value(Node::Kind::text, next_token());
  refuse_zero(text, node.span);
  node.text = std::move(text);
  return add(std::move(node));
}

bool Builder::key(string_t& name) {
  Open& parent = open_.back();
  parent.key_span = next_token();
  refuse_zero(name, parent.key_span);
  const auto [elder, added] = parent.keys.try_emplace(name, parent.key_span.begin);
  parent.repeated = !added;
  if (!added) {
    problems_.add(parent.key_span, fmt::format("the name \"{}\" stands here twice", name),
                  fmt::format("line {} has it first", source_.line_number(elder->second)));
  }
  parent.key = std::move(name);
  standing_.awaited = Awaited::colon;
  return true;
}

bool Builder::open(Node::Kind kind) {
  const Span bracket = next_token();
  if (open_.size() == kDeepestJson) {
    problems_.add(bracket, fmt::format("arrays and objects nest deeper than {}", kDeepestJson));
    return false;
  }
  open_.emplace_back();
  open_.back().node = value(kind, bracket);
  standing_.awaited = kind == Node::Kind::array ? Awaited::first_item : Awaited::first_member;
  standing_.open = bracket.begin;
  return true;
}

bool Builder::close() {
  Node node = std::move(open_.back().node);
  node.span.end = next_token().end;
  open_.pop_back();
  standing_.open.reset();
  if (!open_.empty()) standing_.open = open_.back().node.span.begin;
  return add(std::move(node));
}

bool Builder::parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) {
  Problem problem = syntax_problem(source_, standing_);
  problems_.add(problem.span, std::move(problem.message), std::move(problem.hint));
  return false;
}

}  // namespace

namespace {

template <class Members>
auto* member_of(Members& members, std::string_view key) {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [key](const Member& member) { return member.key == key; });
  return found == members.end() ? nullptr : &*found;
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  const Member* found = member_of(members, key);
  return found == nullptr ? nullptr : &found->value;
}

Member* Node::find_member(std::string_view key) { return member_of(members, key); }

std::optional<Node> Node::take(std::string_view key) {
  Member* found = find_member(key);
  if (found == nullptr) return std::nullopt;
  std::optional<Node> value = std::move(found->value);
  members.erase(members.begin() + (found - members.data()));
  return value;
}

std::optional<Node> read_json(const Source& source, Problems& problems) {
  const std::string& text = source.text();
  // The parser takes a zero byte for the end of the file and would not look behind it.
  if (const std::size_t zero = text.find('\0'); zero != std::string::npos) {
    const auto at = static_cast<std::uint32_t>(zero);
    problems.add({at, at + 1}, "the file holds a zero byte", "is it a text file?");
    return std::nullopt;
  }
  std::uint32_t count = 0;
  Builder builder(source, count, problems);
  const bool whole = nlohmann::json::sax_parse(
      CountingIterator(text.data(), &count), CountingIterator(text.data() + text.size(), &count),
      &builder, nlohmann::json::input_format_t::json, /*strict=*/true, /*ignore_comments=*/true);
  if (!whole) return std::nullopt;
  return builder.take_root();
}

}  // namespace onceward::scenarios
