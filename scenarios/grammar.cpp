#include "scenarios/grammar.hpp"

#include "models/profiles.hpp"
#include "sim/faults.hpp"

namespace onceward::scenarios {

const FieldShape* ObjectShape::find(std::string_view name) const {
  for (const FieldShape& each : fields) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

std::vector<std::string> ObjectShape::names() const {
  std::vector<std::string> all;
  for (const FieldShape& each : fields) {
    if (each.shape.kind != Shape::Kind::misplaced) all.push_back(each.name);
  }
  return all;
}

namespace shape {

Shape of(Shape::Kind kind) {
  Shape made;
  made.kind = kind;
  return made;
}

Shape integer(std::int64_t least, std::int64_t most) {
  Shape made = of(Shape::Kind::integer);
  made.least = least;
  made.most = most;
  return made;
}

Shape word(std::vector<std::string> words) {
  Shape made = of(Shape::Kind::word);
  made.words = std::move(words);
  return made;
}

Shape object(const ObjectShape& (*of_object)()) {
  Shape made = of(Shape::Kind::object);
  made.object = of_object;
  return made;
}

Shape map_of(Shape part) {
  Shape made = of(Shape::Kind::map);
  made.parts.push_back(std::move(part));
  return made;
}

Shape list_of(Shape part) {
  Shape made = of(Shape::Kind::list);
  made.parts.push_back(std::move(part));
  return made;
}

Shape either(std::vector<Shape> parts) {
  Shape made = of(Shape::Kind::either);
  made.parts = std::move(parts);
  return made;
}

FieldShape needed(std::string name, Shape shape, std::string help) {
  return {std::move(name), std::move(shape), std::move(help), true, {}, {}};
}

FieldShape field(std::string name, Shape shape, std::string help, std::string fallback) {
  return {std::move(name), std::move(shape), std::move(help), false, std::move(fallback), {}};
}

FieldShape with_example(FieldShape field, std::string example) {
  field.example = std::move(example);
  return field;
}

FieldShape in_comment(FieldShape field, std::string members) {
  field.in_comment = std::move(members);
  return field;
}

}  // namespace shape

namespace {

using shape::either;
using shape::field;
using shape::integer;
using shape::kCondition;
using shape::kDuration;
using shape::kSteps;
using shape::kText;
using shape::kValue;
using shape::kWindow;
using shape::list_of;
using shape::map_of;
using shape::needed;
using shape::object;
using shape::word;
using Kind = Shape::Kind;

template <class Profile>
std::vector<std::string> profile_names(const std::vector<Profile>& profiles) {
  std::vector<std::string> names;
  for (const Profile& each : profiles) names.push_back(each.name);
  return names;
}

// One field a kind: whom it strikes.
std::vector<FieldShape> fault_fields() {
  std::vector<FieldShape> fields;
  for (const sim::FaultKindHelp& each : sim::fault_catalogue()) {
    fields.push_back(field(each.name, kText, each.help));
  }
  return fields;
}

ObjectShape fault_with(FieldShape extra) {
  ObjectShape fault{"a fault", fault_fields()};
  fault.fields.push_back(std::move(extra));
  return fault;
}

}  // namespace

namespace {

Shape any_obligation() {
  std::vector<Shape> forms;
  for (const ObligationForm& each : obligation_forms()) forms.push_back(object(each.shape));
  return either(std::move(forms));
}

}  // namespace

// ---- the file -----------------------------------------------------------------------------------

const ObjectShape& scenario_shape() {
  static const ObjectShape shape{
      "the scenario",
      {needed("onceward", kText, "the version of the language: \"1\""),
       field("$schema", kText, "for editors; not read"),
       needed("title", kText, "one line"),
       field("about", kText, "why the flow holds or breaks"),
       field("covers", kText, "the row of the catalogue of failures that this file shows"),
       field("from", kText, "the file that this one is, but for what it says itself"),
       field("with", shape::of(Kind::map),
             "what is changed in it: a step by its name, \"before NAME\", \"after NAME\", or "
             "anything by its JSON pointer"),
       field("patterns", list_of(shape::of(Kind::pattern)), "parts of a design by their names"),
       field("define", map_of(object(block_shape)), "blocks of steps by name"),
       field("databases", map_of(object(database_shape)), "databases by name"),
       field("brokers", map_of(object(broker_shape)), "brokers by name"),
       field("stores", map_of(object(store_shape)), "stores of values by key, by name"),
       field("external", map_of(object(external_shape)), "services that are not ours, by name"),
       needed("services", map_of(object(service_shape)), "what runs and crashes, by name"),
       field("workload", list_of(object(workload_shape)), "the requests of the clients"),
       field("faults", object(faults_shape), "which faults may strike, and how many"),
       field("obligations", list_of(any_obligation()), "what the flow owes"),
       field("must_reach",
             list_of(either({object(fault_goal_shape), object(state_goal_shape),
                             object(delivery_goal_shape)})),
             "what some run must do, or the file shows nothing"),
       field("invariants", list_of(kText), "rules to judge besides"),
       field("expect", object(expectation_shape), "what a search should find")}};
  return shape;
}

// ---- parts that survive crashes -----------------------------------------------------------------

const ObjectShape& database_shape() {
  static const ObjectShape shape{
      "a database",
      {needed("profile", word(profile_names(models::database_profiles())), "how it behaves"),
       field("tables", map_of(object(table_shape)), "tables by name")}};
  return shape;
}

const ObjectShape& table_shape() {
  static const ObjectShape shape{
      "a table",
      {field("key", kText, "the column of the primary key"),
       field("sequence", kText, "a column that the database fills at insert, counting"),
       field("unique", list_of(kText), "columns with a unique index each"),
       field("columns", list_of(kText), "all columns; without it those that inserts fill")}};
  return shape;
}

const ObjectShape& broker_shape() {
  static const ObjectShape shape{
      "a broker",
      {needed("profile", word(profile_names(models::broker_profiles())), "how it behaves"),
       field("topics", map_of(object(topic_shape)), "topics or queues by name")}};
  return shape;
}

const ObjectShape& topic_shape() {
  static const ObjectShape shape{
      "a topic",
      {field("partitions", integer(1, 64), "how many partitions; else 1"),
       field("max_deliveries", integer(1, 1000),
             "how often a group gets a message before it gives it up; else as the profile says"),
       field("dead_letter", kText, "the topic of this broker for messages that are given up"),
       field("refuses", kCondition, "which messages the broker never stores")}};
  return shape;
}

const ObjectShape& external_shape() {
  static const ObjectShape shape{
      "an external service",
      {field("operations", list_of(kText), "what can be called"),
       field("idempotency_window", kDuration, "how long keys are kept; else for ever")}};
  return shape;
}

// ---- services -----------------------------------------------------------------------------------

const ObjectShape& service_shape() {
  static const ObjectShape shape{
      "a service",
      {needed("handlers", list_of(object(handler_shape)), "what it does, and upon what"),
       field("restart", either({kWindow, word({"never"})}),
             "how long it stays down after it ended; \"never\": for good"),
       field("count", integer(1, 20), "how many instances it has; else 1"),
       field("memory", map_of(either({kValue, object(cell_shape)})),
             "what each incarnation starts with: a value, or a list, set or map"),
       field("pools", map_of(integer(1, 1000)),
             "slots that its handlers share, as workers or connections: how many"),
       field("timers", map_of(object(timer_shape)), "timers by name")}};
  return shape;
}

const ObjectShape& handler_shape() {
  static const ObjectShape shape{
      "a handler",
      {field("on", object(trigger_shape), "what it is run for"),
       field("every", kDuration, "how often a pass begins"),
       field("overlap", integer(1, 20), "how many passes may be under way at once; else 1"),
       needed("do", kSteps, "what it does"),
       field("uncaught", word({"redeliver", "skip", "crash", "end-pass", "reply-error"}),
             "what an error that nobody caught leads to"),
       field("concurrency", either({integer(1, 1000), object(concurrency_shape)}),
             "how much of it an instance does at once"),
       field("pool", kText, "a pool of the service: each run holds one of its slots"),
       field("group_starts", word({"earliest", "new"}),
             "where its group begins: with all there is, or where its client begins without a "
             "position")}};
  return shape;
}

const ObjectShape& concurrency_shape() {
  static const ObjectShape shape{
      "\"concurrency\"",
      {needed("per", word({"handler", "key", "partition"}), "of what"),
       needed("at_most", integer(1, 1000), "how many at once; others wait")}};
  return shape;
}

const ObjectShape& trigger_shape() {
  static const ObjectShape shape{
      "\"on\"",
      {field("request", kText, "each request of this name"),
       field("topic", kText, "each message of this topic"),
       field("group", kText, "as a member of this group"),
       field("timer", kText, "each time this timer fires"),
       field("start", shape::of(Kind::boolean), "true: once in each incarnation, as it begins")}};
  return shape;
}

// ---- what is asked of the flow ------------------------------------------------------------------

const ObjectShape& workload_shape() {
  static const ObjectShape shape{
      "a workload entry",
      {needed("request", kText, "the name of the request"),
       needed("to", kText, "the service it is sent to"),
       field("times", integer(1, 1000), "how many of them; else 1"),
       field("with", map_of(kValue), "its fields; n counts from 1"),
       field("window", kWindow, "when it arrives, from the start"),
       field("name", kText, "for \"after\" of other entries"),
       field("after", either({kText, list_of(kText)}),
             "entries that are answered or given up before it is sent"),
       field("retry", object(retry_shape), "its client sends it again if it fails")}};
  return shape;
}

const ObjectShape& retry_shape() {
  static const ObjectShape shape{
      "\"retry\"",
      {needed("times", integer(1, 20), "how often it is sent again"),
       field("pause", kWindow, "how long its client waits before; else [\"1s\", \"30s\"]")}};
  return shape;
}

const ObjectShape& faults_shape() {
  static const ObjectShape shape{
      "\"faults\"",
      {field("budget", integer(0, 20), "how many strikes one run may have; else 1"),
       field("kinds", list_of(object(fault_shape)), "which kinds, and whom they strike"),
       field("down_at_once", integer(1, 20), "how many processes may be down together; else 1")}};
  return shape;
}

const ObjectShape& fault_shape() {
  static const ObjectShape shape =
      fault_with(field("at_most", integer(1, 1000), "how many strikes by this entry"));
  return shape;
}

const ObjectShape& expected_fault_shape() {
  static const ObjectShape shape = fault_with(
      field("between", list_of(kText), "after the first of two named steps, before the second"));
  return shape;
}

const ObjectShape& expectation_shape() {
  static const ObjectShape shape{
      "\"expect\"",
      {field("violates", either({kText, list_of(kText)}), "one of these rules must be broken"),
       field("fewest_faults", integer(0, 20), "and with fewer faults none of them"),
       field("by", either({object(expected_fault_shape), list_of(object(expected_fault_shape))}),
             "by exactly these faults"),
       field("holds", either({shape::of(Kind::boolean), word({"exhausted"})}),
             "nothing is broken; \"exhausted\": and a sample is not enough")}};
  return shape;
}

const ObjectShape& block_shape() {
  static const ObjectShape shape{
      "a block",
      {field("params", list_of(kText), "names that \"use\" gives values to, written $name"),
       needed("do", kSteps, "the steps")}};
  return shape;
}

const ObjectShape& alternative_shape() {
  static const ObjectShape shape{"an alternative",
                                 {needed("name", kText, "what happens, in a word"),
                                  needed("do", kSteps, "the steps that follow from it")}};
  return shape;
}

// What an operation may answer besides ok. `partial` is of steps in bulk only.
const ObjectShape& on_error_shape() {
  static const ObjectShape shape{
      "\"on_error\"",
      {field("refused", kSteps, "it was not done"),
       field("conflict", kSteps, "it lost against another transaction"),
       field("duplicate", kSteps, "a unique key is there already"),
       field("partial", kSteps, "some items were accepted and some refused"),
       field("timeout", kSteps, "nobody knows: it was done or it was not")}};
  return shape;
}

const std::vector<NamedShape>& object_catalogue() {
  static const std::vector<NamedShape> catalogue = {
      {"scenario", scenario_shape},
      {"database", database_shape},
      {"table", table_shape},
      {"broker", broker_shape},
      {"topic", topic_shape},
      {"store", store_shape},
      {"external", external_shape},
      {"service", service_shape},
      {"cell", cell_shape},
      {"timer", timer_shape},
      {"handler", handler_shape},
      {"trigger", trigger_shape},
      {"concurrency", concurrency_shape},
      {"workload", workload_shape},
      {"retry", retry_shape},
      {"faults", faults_shape},
      {"fault", fault_shape},
      {"expected_fault", expected_fault_shape},
      {"owes", owes_shape},
      {"one_of", one_of_shape},
      {"order", order_shape},
      {"never_together", never_together_shape},
      {"attempts", attempts_shape},
      {"same", same_shape},
      {"conserved", conserved_shape},
      {"always", always_shape},
      {"eventually", eventually_shape},
      {"cause", cause_shape},
      {"fault_goal", fault_goal_shape},
      {"state_goal", state_goal_shape},
      {"delivery_goal", delivery_goal_shape},
      {"expectation", expectation_shape},
      {"block", block_shape},
      {"alternative", alternative_shape},
      {"on_error", on_error_shape},
  };
  return catalogue;
}

}  // namespace onceward::scenarios
