// One value of a scenario, to be varied while all else stays as it is: a window, a time to live, a
// limit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "scenarios/loaded.hpp"

namespace onceward::scenarios {

class Varied {
 public:
  // The value that a person means by `field`:
  //
  // - by a JSON pointer into what the file comes to (`onceward show`), or into the file as it was
  //   written, where parameters of patterns stand;
  // - by the name of a step or entry, alone or with the rest of a pointer behind it (`marked/ttl`);
  // - by the name of a field (`ttl`).
  //
  // Either may lead to something larger in which there is one value to vary.
  // A whole number, a duration, or an expression with one duration in it can be varied. Nothing:
  // `mistake` says in a line what was wrong, and what could have been meant.
  // REQUIRES: `loaded` has a program.
  [[nodiscard]] static std::optional<Varied> find(const Loaded& loaded, const std::string& field,
                                                  std::string& mistake);

  [[nodiscard]] const std::string& pointer() const { return pointer_; }
  [[nodiscard]] bool is_duration() const { return is_duration_; }
  // What it is in the file: a number, or nanoseconds.
  [[nodiscard]] std::int64_t value() const { return value_; }

  // The scenario with another value there. What the file expects is no part of it: that was said
  // of one value. No program: the language does not allow this value.
  // REQUIRES: `value` is not negative.
  [[nodiscard]] Loaded with(std::int64_t value) const;

  // The least value that the language allows, and the greatest not above `most`; found by asking
  // it, as if all between two that it allows were allowed.
  // REQUIRES: `most` is not below value().
  [[nodiscard]] std::int64_t least() const;
  [[nodiscard]] std::int64_t most(std::int64_t most) const;

 private:
  Varied() = default;

  [[nodiscard]] bool allows(std::int64_t value) const { return with(value).program != nullptr; }

  std::string path_;  // of the file, for messages
  Node tree_;         // that the pointer leads into
  std::string pointer_;
  bool is_duration_ = false;
  std::int64_t value_ = 0;
  std::string before_;  // of an expression: what stands before the duration, and behind it
  std::string behind_;
};

// A duration in all the units it takes: "10m 1ns".
// REQUIRES: it is not negative.
[[nodiscard]] std::string exact_duration_text(std::int64_t nanoseconds);

}  // namespace onceward::scenarios
