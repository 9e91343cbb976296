// JSON with comments as a tree that knows where everything stands in its file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/source.hpp"

namespace onceward::scenarios {

struct Member;

// One value. `span` covers its text exactly, quotes and brackets included.
struct Node {
  enum class Kind { null, boolean, integer, text, array, object };

  Kind kind = Kind::null;
  Span span;
  bool boolean = false;
  std::int64_t integer = 0;
  std::string text;             // unescaped
  std::vector<Node> items;      // of an array
  std::vector<Member> members;  // of an object, in the order of the file
  // Where a derived file changed a part of this, or took one away; nothing: `span` says it all.
  std::optional<Span> changed;
  // The parameter of a pattern of which this is what it is if nothing is written; often null.
  const char* default_of = nullptr;

  // The value of a member, or null when this has none of that name.
  [[nodiscard]] const Node* find(std::string_view key) const;
  // The member itself, to be changed; null when this has none of that name.
  [[nodiscard]] Member* find_member(std::string_view key);
  // Takes the member out; its value, or nothing when this has none of that name.
  std::optional<Node> take(std::string_view key);
};

struct Member {
  std::string key;
  Span key_span;  // with the quotes
  Node value;
};

// How deep arrays and objects may nest.
inline constexpr std::size_t kDeepestJson = 64;

// Reads the whole file. A syntax error adds one problem and gives no tree. Mistakes that leave
// the syntax whole each add a problem and give a tree, so that a reader finds the others too:
// of two members of one name the first stays; a number that is not a 64-bit integer reads as 1.
[[nodiscard]] std::optional<Node> read_json(const Source& source, Problems& problems);

}  // namespace onceward::scenarios
