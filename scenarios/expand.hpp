// From what a scenario file says to what it comes to: the steps, rows and faults that `onceward
// show` prints and the reader reads. Three things are written out, one after the other:
//
// - derivation: `"from": FILE` takes another file over, `"with"` changes it (derive.cpp);
// - patterns: `{"outbox-polling": "relay", ...}` become databases, services and the like
// (patterns/);
// - blocks: `{"use": NAME}` becomes the steps that `"define"` gives that name (blocks.cpp).
//
// Every value of the result knows where in the files it, or the pattern it came from, was written.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "scenarios/json.hpp"
#include "scenarios/sources.hpp"

namespace onceward::scenarios {

// The whole: reads the file that `sources` names, and adds to them the files it is derived from.
// Nothing, with problems added, if there is no tree to go on with.
[[nodiscard]] std::optional<Node> expand(Sources& sources, Problems& problems);

// Its parts.
[[nodiscard]] std::optional<Node> derive(Sources& sources, Problems& problems);
void expand_patterns(Node& root, Problems& problems);
void expand_blocks(Node& root, Problems& problems);

// One change of a tree as `"with"` of a derived file makes it: the key says where.
void change(Node& root, const Member& change, Problems& problems);

// Puts `arguments` in for the parameters that a tree names: a text or a key `$name` becomes the
// argument itself; in a longer text `${name}` becomes its text, without the `=` of an expression.
using Arguments = std::map<std::string, Node>;
void substitute(Node& node, const Arguments& arguments, Problems& problems);
// The same for a tree that stands nowhere in the file: a text made with one argument that does is
// where that argument is.
void substitute_made(Node& node, const Arguments& arguments, Problems& problems);

// Plain JSON, indented by two. Reading it again gives an equal tree, but for where things stand.
[[nodiscard]] std::string json_text(const Node& node);

}  // namespace onceward::scenarios
