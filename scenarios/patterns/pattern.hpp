// A pattern: a part of a design as people name it (an outbox with a polling relay, a consumer with
// an inbox), written out as databases, services and steps.
//
// An expansion is JSON text made of what the parameters ask for; `$name` and `${name}` in it stand
// for them (expand.hpp). A new pattern is a file of its own and a line in catalogue.cpp.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/expand.hpp"
#include "scenarios/grammar.hpp"

namespace onceward::scenarios {

// The parameters of one entry: those written, and the others as they are if they are not written.
class Parameters {
 public:
  Parameters(Arguments values, std::set<std::string> written)
      : values_(std::move(values)), written_(std::move(written)) {}

  [[nodiscard]] const Arguments& all() const { return values_; }
  // Whether the entry itself says it.
  [[nodiscard]] bool writes(const std::string& name) const { return written_.contains(name); }
  [[nodiscard]] bool has(const std::string& name) const { return values_.contains(name); }
  // The text of a parameter; empty without it.
  [[nodiscard]] std::string text(const std::string& name) const;
  [[nodiscard]] bool is(const std::string& name, std::string_view text) const;
  [[nodiscard]] std::int64_t number(const std::string& name) const;

 private:
  Arguments values_;
  std::set<std::string> written_;
};

// What cannot be meant, although each parameter of the entry alone can; told at one of them.
struct Contradiction {
  std::string parameter;
  std::string message;
  std::string hint;
};

struct Pattern {
  std::string word;  // starts the entry; its value is the name of what is made
  std::string help;
  ObjectShape shape;  // its word first
  std::string (*expansion)(const Parameters& parameters);
  // The patterns without which it is no whole design: `onceward new` writes them too.
  std::vector<std::string> beside = {};
  // Nothing: all parameters have a part in the expansion.
  std::optional<Contradiction> (*contradiction)(const Parameters& parameters) = nullptr;
};

[[nodiscard]] const std::vector<Pattern>& pattern_catalogue();

// One a file.
[[nodiscard]] Pattern service_pattern();
[[nodiscard]] Pattern broker_pattern();
[[nodiscard]] Pattern outbox_polling_pattern();
[[nodiscard]] Pattern consumer_pattern();
[[nodiscard]] Pattern external_api_pattern();

}  // namespace onceward::scenarios
