// The shapes of obligations and goals.
#include "scenarios/grammar.hpp"

namespace onceward::scenarios {

using shape::either;
using shape::field;
using shape::integer;
using shape::kCondition;
using shape::kDuration;
using shape::kText;
using shape::kValue;
using shape::list_of;
using shape::map_of;
using shape::needed;
using shape::object;
using Kind = Shape::Kind;

namespace {

const char* const kCauseHelp =
    "the causes: a table, \"request R\", \"acknowledged R\", \"event T\", \"event T in TOPIC\"";

const char* const kOwedHelp = "an effect, \"event TYPE\" or \"event TYPE in TOPIC\"";

FieldShape when_field() {
  return field("when", kCondition, "which rows, requests or events are causes at all");
}
FieldShape of_field() {
  return field("of", kValue, "the key that effects are matched by; else the table's key ...");
}
FieldShape unless_field() {
  return field("unless", either({kText, object(cause_shape)}), "a cause that releases it");
}
FieldShape name_field() { return field("name", kText, "what to call it"); }

}  // namespace

const ObjectShape& cause_shape() {
  static const ObjectShape shape{"\"unless\"",
                                 {needed("each", kText, kCauseHelp), when_field(), of_field()}};
  return shape;
}

const ObjectShape& owes_shape() {
  static const ObjectShape shape{
      "an obligation",
      {needed("each", kText, kCauseHelp), needed("owes", kText, kOwedHelp), when_field(),
       of_field(), field("per", kValue, "what must keep its order, for per-key-order"),
       field("exactly", integer(0, 1'000'000), "how many are owed"),
       field("at_least", integer(0, 1'000'000), "the least that are owed"),
       field("at_most", integer(0, 1'000'000), "the most that may be"),
       field("with", map_of(kValue), "the values that the effect or event must carry"),
       field("within", kDuration, "how soon after its cause"), unless_field(),
       field("net_of", kText, "an effect that takes one back"),
       field("pooled", shape::of(Kind::boolean), "causes may share a key; their debts add up"),
       name_field()}};
  return shape;
}

const ObjectShape& one_of_shape() {
  static const ObjectShape shape{
      "an obligation \"one_of\"",
      {needed("each", kText, kCauseHelp),
       needed("one_of", list_of(kText), "effects or events, as in \"owes\": exactly one of them"),
       when_field(), of_field(), unless_field(), name_field()}};
  return shape;
}

const ObjectShape& order_shape() {
  static const ObjectShape shape{
      "an obligation \"order\"",
      {needed("order", kText, "the effect or event, as in \"owes\", whose first ones are in order"),
       needed("as", kText, kCauseHelp), needed("per", kValue, "what must keep its order"),
       when_field(), of_field(), name_field()}};
  return shape;
}

const ObjectShape& never_together_shape() {
  static const ObjectShape shape{
      "an obligation \"never_together\"",
      {needed("never_together", list_of(kText), "effects that one key never has all"),
       name_field()}};
  return shape;
}

const ObjectShape& attempts_shape() {
  static const ObjectShape shape{
      "an obligation \"attempts\"",
      {needed("attempts", kText, "the operation that is called, \"payments.charge\""),
       needed("at_most", integer(0, 1'000'000), "how often for one key"), name_field()}};
  return shape;
}

const ObjectShape& same_shape() {
  static const ObjectShape shape{
      "an obligation \"same\"",
      {needed("same", list_of(kValue), "two expressions, equal once all is quiet: view and source"),
       name_field()}};
  return shape;
}

const ObjectShape& conserved_shape() {
  static const ObjectShape shape{
      "an obligation \"conserved\"",
      {needed("conserved", kValue, "an expression, once all is quiet as at the start"),
       name_field()}};
  return shape;
}

const ObjectShape& always_shape() {
  static const ObjectShape shape{
      "an obligation \"always\"",
      {needed("always", kCondition, "true after every change of what it reads"), name_field()}};
  return shape;
}

const ObjectShape& eventually_shape() {
  static const ObjectShape shape{
      "an obligation \"eventually\"",
      {needed("eventually", kCondition, "true once all is quiet"), name_field()}};
  return shape;
}

const std::vector<ObligationForm>& obligation_forms() {
  using Form = ObligationForm::Kind;
  static const std::vector<ObligationForm> forms = {
      {"owes", Form::owes, owes_shape},
      {"one_of", Form::one_of, one_of_shape},
      {"order", Form::order, order_shape},
      {"never_together", Form::never_together, never_together_shape},
      {"attempts", Form::attempts, attempts_shape},
      {"same", Form::same, same_shape},
      {"conserved", Form::conserved, conserved_shape},
      {"always", Form::always, always_shape},
      {"eventually", Form::eventually, eventually_shape},
  };
  return forms;
}

// ---- goals --------------------------------------------------------------------------------------

const ObjectShape& fault_goal_shape() {
  static const ObjectShape shape = [] {
    ObjectShape goal = expected_fault_shape();
    goal.what = "a goal";
    goal.fields.push_back(name_field());
    return goal;
  }();
  return shape;
}

const ObjectShape& state_goal_shape() {
  static const ObjectShape shape{
      "a goal \"state\"",
      {needed("state", kCondition, "true at some moment of some run"), name_field()}};
  return shape;
}

const ObjectShape& delivery_goal_shape() {
  static const ObjectShape shape{
      "a goal \"delivered\"",
      {needed("delivered", kText, "a topic: one message of it is handed out to one group"),
       field("times", integer(1, 1000), "how often; else 1"), name_field()}};
  return shape;
}

}  // namespace onceward::scenarios
