// The objects of the language, their fields, and what each field looks like: one table for the
// reader, for `onceward list` and `schema`, and for the documentation.
//
// The reader learns from it which fields there are, which are needed and what kind of value each
// holds; what a value means (whether a name is known, say) it finds out by itself. A field that
// stands here and is not read, or is read and does not stand here, is a mistake of ours that
// tests/scenarios/grammar_test.cpp finds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace onceward::scenarios {

struct ObjectShape;

// What a value looks like.
struct Shape {
  enum class Kind : std::uint8_t {
    anything,
    text,
    word,  // one of `words`
    boolean,
    integer,    // from `least` to `most`
    duration,   // "10m"
    window,     // ["1ms", "5s"]
    value,      // a text, number, true, false or null; "=..." is an expression
    condition,  // an expression, or true or false
    steps,      // a list of steps
    pattern,    // an entry of the catalogue of patterns
    object,     // with the fields of `object`
    map,        // an object whose keys are names, and whose values look like `parts[0]`
    list,       // of what looks like `parts[0]`
    either,     // one of `parts`; the reader tells which
    misplaced,  // must not stand here, and the help says why
  };

  Kind kind = Kind::anything;
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::vector<std::string> words;
  const ObjectShape& (*object)() = nullptr;
  std::vector<Shape> parts;
};

struct FieldShape {
  std::string name;
  Shape shape;
  std::string help;
  bool needed = false;
  std::string fallback = {};  // as JSON, what it is if it is not written; empty: nothing
  std::string example = {};   // as JSON, what `onceward new` writes; empty: it writes a comment
  // The members in that comment, where name and fallback alone would not do.
  std::string in_comment = {};
};

struct ObjectShape {
  std::string what;  // for messages: "a topic", "the scenario"
  std::vector<FieldShape> fields;

  // Null where there is none of that name.
  [[nodiscard]] const FieldShape* find(std::string_view name) const;
  // Those that may stand in it.
  [[nodiscard]] std::vector<std::string> names() const;
};

// Short names for the tables below.
namespace shape {

[[nodiscard]] Shape of(Shape::Kind kind);
inline const Shape kText = of(Shape::Kind::text);
inline const Shape kDuration = of(Shape::Kind::duration);
inline const Shape kWindow = of(Shape::Kind::window);
inline const Shape kValue = of(Shape::Kind::value);
inline const Shape kCondition = of(Shape::Kind::condition);
inline const Shape kSteps = of(Shape::Kind::steps);
[[nodiscard]] Shape integer(std::int64_t least, std::int64_t most);
[[nodiscard]] Shape word(std::vector<std::string> words);
[[nodiscard]] Shape object(const ObjectShape& (*of)());
[[nodiscard]] Shape map_of(Shape part);
[[nodiscard]] Shape list_of(Shape part);
[[nodiscard]] Shape either(std::vector<Shape> parts);
[[nodiscard]] FieldShape needed(std::string name, Shape shape, std::string help);
[[nodiscard]] FieldShape field(std::string name, Shape shape, std::string help,
                               std::string fallback = {});
[[nodiscard]] FieldShape with_example(FieldShape field, std::string example);
[[nodiscard]] FieldShape in_comment(FieldShape field, std::string members);

}  // namespace shape

[[nodiscard]] const ObjectShape& scenario_shape();
[[nodiscard]] const ObjectShape& database_shape();
[[nodiscard]] const ObjectShape& table_shape();
[[nodiscard]] const ObjectShape& broker_shape();
[[nodiscard]] const ObjectShape& topic_shape();
[[nodiscard]] const ObjectShape& store_shape();
[[nodiscard]] const ObjectShape& external_shape();
[[nodiscard]] const ObjectShape& service_shape();
[[nodiscard]] const ObjectShape& cell_shape();
[[nodiscard]] const ObjectShape& timer_shape();
[[nodiscard]] const ObjectShape& handler_shape();
[[nodiscard]] const ObjectShape& trigger_shape();
[[nodiscard]] const ObjectShape& concurrency_shape();
[[nodiscard]] const ObjectShape& workload_shape();
[[nodiscard]] const ObjectShape& retry_shape();
[[nodiscard]] const ObjectShape& faults_shape();
[[nodiscard]] const ObjectShape& fault_shape();
[[nodiscard]] const ObjectShape& expected_fault_shape();
[[nodiscard]] const ObjectShape& cause_shape();
[[nodiscard]] const ObjectShape& owes_shape();
[[nodiscard]] const ObjectShape& one_of_shape();
[[nodiscard]] const ObjectShape& order_shape();
[[nodiscard]] const ObjectShape& never_together_shape();
[[nodiscard]] const ObjectShape& attempts_shape();
[[nodiscard]] const ObjectShape& same_shape();
[[nodiscard]] const ObjectShape& conserved_shape();
[[nodiscard]] const ObjectShape& always_shape();
[[nodiscard]] const ObjectShape& eventually_shape();
[[nodiscard]] const ObjectShape& fault_goal_shape();
[[nodiscard]] const ObjectShape& state_goal_shape();
[[nodiscard]] const ObjectShape& delivery_goal_shape();
[[nodiscard]] const ObjectShape& expectation_shape();
[[nodiscard]] const ObjectShape& block_shape();
[[nodiscard]] const ObjectShape& alternative_shape();
[[nodiscard]] const ObjectShape& on_error_shape();

// The forms of an obligation: an object is of the first one whose word it has.
struct ObligationForm {
  enum class Kind : std::uint8_t {
    owes,
    one_of,
    order,
    never_together,
    attempts,
    same,
    conserved,
    always,
    eventually,
  };
  const char* word;
  Kind kind;
  const ObjectShape& (*shape)();
};
[[nodiscard]] const std::vector<ObligationForm>& obligation_forms();

// All of them, with their names in the schema: "database", "table", ...
struct NamedShape {
  const char* name;
  const ObjectShape& (*shape)();
};
[[nodiscard]] const std::vector<NamedShape>& object_catalogue();

}  // namespace onceward::scenarios
