#include "scenarios/step.hpp"

#include <fmt/core.h>

#include "sim/assert.hpp"

namespace onceward::scenarios {
namespace {

using shape::either;
using shape::field;
using shape::integer;
using shape::kCondition;
using shape::kSteps;
using shape::kText;
using shape::kValue;
using shape::list_of;
using shape::map_of;
using shape::needed;
using shape::word;
using Kind = Shape::Kind;
using Fields = std::vector<FieldShape>;

const Shape kNothing = shape::of(Kind::anything);

const FieldShape kAs = field("as", kText, "what the result is called in later steps");
const FieldShape kIn = field(
    "in", kText,
    "the transaction: its name or database, needed where several are open; \"none\": outside");
const FieldShape kWhere = field("where", kCondition, "which rows; else all");

enum class Trait : std::uint8_t {
  steers,       // decides what comes next, at no moment of its own
  remembers,    // the same, within the memory of its process
  cannot_fail,  // happens at a moment of its own and always succeeds
  can_fail,
};

StepHelp step(StepKind kind, const char* word, Shape subject, Trait trait, const char* help,
              Fields fields) {
  StepHelp made{kind, word, help, {fmt::format("a step \"{}\"", word), {}}};
  made.can_fail = trait == Trait::can_fail;
  made.acts = trait == Trait::can_fail || trait == Trait::cannot_fail;
  Fields& all = made.shape.fields;
  all.push_back(needed(word, std::move(subject), help));
  for (FieldShape& each : fields) all.push_back(std::move(each));
  if (made.can_fail) {
    all.push_back(field("on_error", either({kSteps, shape::object(on_error_shape)}),
                        "what is done if it does not answer ok"));
  } else {
    all.push_back(field("on_error", shape::of(Kind::misplaced),
                        "\"on_error\" is for steps that can fail, this one cannot"));
  }
  const bool has_moment = made.acts && kind != StepKind::rollback && kind != StepKind::wait;
  if (has_moment) {
    all.push_back(field("window", shape::of(Kind::window), "how long it takes"));
  } else {
    all.push_back(field("window", shape::of(Kind::misplaced),
                        "\"window\" is for steps that take time of their own, this one does not"));
  }
  all.push_back(field("name", kText, "for \"between\" and goals"));
  all.push_back(field("at", kText, "the line of code that it stands for"));
  return made;
}

// May also stand alone, as a text.
StepHelp word_alone(StepHelp made) {
  made.alone = true;
  return made;
}

std::vector<StepHelp> database_steps() {
  return {
      step(StepKind::insert, "insert", kText, Trait::can_fail, "inserts one row",
           {needed("row", map_of(kValue), "its columns; others are null"),
            field("on_conflict", word({"error", "ignore", "update"}),
                  "what if the key is there already; else error"),
            kIn, kAs}),
      step(StepKind::select, "select", kText, Trait::can_fail, "reads rows",
           {kWhere, field("order_by", kText, "a column, or \"COLUMN desc\"; else in any order"),
            field("limit", integer(1, 1'000'000), "the most rows"),
            field("lock", word({"update", "skip_locked", "nowait"}),
                  "holds what it finds until the transaction ends; rows that others hold it waits "
                  "for, leaves out, or answers conflict"),
            kIn, kAs}),
      step(StepKind::update, "update", kText, Trait::can_fail, "changes the rows that match",
           {kWhere, needed("set", map_of(kValue), "the columns that change"), kIn, kAs}),
      step(StepKind::erase, "delete", kText, Trait::can_fail, "deletes the rows that match",
           {kWhere, kIn, kAs}),
  };
}

std::vector<StepHelp> transaction_steps() {
  return {
      step(StepKind::begin, "begin", kText, Trait::cannot_fail, "opens a transaction on a database",
           {field("as", kText, "its name, where several are open at once"),
            field("isolation", word({"read-committed", "repeatable-read", "serializable"}),
                  "what it sees of others; else read-committed")}),
      step(StepKind::commit, "commit", kText, Trait::can_fail,
           "commits the transaction of that name or database", {kAs}),
      step(StepKind::rollback, "rollback", kText, Trait::cannot_fail,
           "undoes the transaction of that name or database",
           {field("to", kText, "only what was done since this savepoint; an error is forgotten")}),
      step(StepKind::savepoint, "savepoint", kText, Trait::can_fail,
           "names the state to which a rollback can go back",
           {needed("in", kText, "the database or name of the transaction"), kAs}),
      step(StepKind::after_commit, "after_commit", kText, Trait::steers,
           "runs `do` once the transaction has committed, as a step behind it",
           {needed("do", kSteps, "the steps")}),
      step(StepKind::after_rollback, "after_rollback", kText, Trait::steers,
           "runs `do` once the transaction is undone, for whatever reason but a crash",
           {needed("do", kSteps, "the steps")}),
      step(StepKind::prepare, "prepare", kText, Trait::can_fail,
           "the first phase of a two-phase commit: the transaction waits, whoever crashes",
           {needed("id", kValue, "by which it is decided"), kAs}),
      step(StepKind::commit_prepared, "commit_prepared", kText, Trait::can_fail,
           "commits what is prepared on a database",
           {needed("id", kValue, "under which it was prepared"), kAs}),
      step(StepKind::rollback_prepared, "rollback_prepared", kText, Trait::can_fail,
           "undoes what is prepared on a database",
           {needed("id", kValue, "under which it was prepared"), kAs}),
      step(StepKind::prepared, "prepared", kText, Trait::cannot_fail,
           "finds what is prepared on a database: rows with a column id", {kAs}),
  };
}

std::vector<StepHelp> other_operations() {
  return {
      step(StepKind::publish, "publish", kValue, Trait::can_fail, "appends an event to a topic",
           {needed("to", kText, "the topic"),
            field("for_each", kText, "rows: one event for each, all offered in one operation"),
            field("item", kText, "with for_each: what the row is called in this step"),
            field("key", kValue, "what decides its partition"),
            field("id", kValue, "its id; else a new one"),
            field("data", map_of(kValue), "what it carries"),
            field("correlation", kValue, "what the flow began with"),
            field("causation", kValue, "the id of the event or command that brought it about"),
            field("resends", integer(0, 100), "tries after a refusal or a timeout; else 0"), kAs}),
      word_alone(step(StepKind::ack, "ack", kNothing, Trait::can_fail,
                      "acknowledges the event at hand", {kAs})),
      step(StepKind::nack, "nack", kNothing, Trait::can_fail,
           "says that the event at hand was not handled",
           {needed("requeue", shape::of(Kind::boolean),
                   "true: it is handed out again; false: it is given up"),
            kAs}),
      step(StepKind::effect, "effect", kText, Trait::cannot_fail,
           "a business effect, in a transaction or at once",
           {needed("of", kValue, "the cause that it serves"),
            field("with", map_of(kValue), "what it is about: an amount, an address"),
            field("in", kText, "the database or name of the transaction it is in; else at once")}),
      step(StepKind::call, "call", kText, Trait::can_fail, "calls an external service",
           {needed("of", kValue, "the cause that its effect serves"),
            field("with", map_of(kValue), "what its effect is about"),
            field("idempotency_key", kValue, "calls with one key act once"), kAs}),
      step(StepKind::wait, "wait", either({shape::of(Kind::duration), shape::of(Kind::window)}),
           Trait::cannot_fail, "waits for a duration or within a window", {}),
  };
}

std::vector<StepHelp> store_steps() {
  return {
      step(StepKind::put, "put", kText, Trait::can_fail, "puts a value under a key of a store",
           {needed("key", kValue, "the key"), needed("value", kValue, "what is stored"),
            field("ttl", shape::of(Kind::duration), "how long it stays; else until it is removed"),
            field("if", word({"absent", "present"}), "only if the key is not there, or is there"),
            kAs}),
      step(StepKind::get, "get", kText, Trait::cannot_fail, "reads the value of a key of a store",
           {needed("key", kValue, "the key"), kAs}),
      step(StepKind::remove, "remove", kText, Trait::can_fail, "removes a key of a store",
           {needed("key", kValue, "the key"), kAs}),
  };
}

std::vector<StepHelp> process_steps() {
  const FieldShape key = field("key", kValue, "which one; else the one without a key");
  return {
      step(StepKind::set_cell, "set", kText, Trait::remembers, "changes a cell of memory",
           {needed("to", kValue, "its new value"), field("key", kValue, "of a map: which part")}),
      step(StepKind::add_item, "add", kValue, Trait::remembers, "adds to a list or set of memory",
           {needed("to", kText, "the list or set"), kAs}),
      step(StepKind::take_item, "take", kValue, Trait::remembers,
           "takes an item out of a list or set of memory, or a key out of a map",
           {needed("from", kText, "the list, set or map"), kAs}),
      step(StepKind::wait_until, "wait_until", kCondition, Trait::remembers,
           "waits until memory is so", {}),
      step(StepKind::lock, "lock", kText, Trait::remembers,
           "runs `do` while no other handler of the process holds this lock",
           {key, needed("do", kSteps, "what it guards")}),
      step(StepKind::arm, "arm", kText, Trait::can_fail, "starts the time of a timer, anew",
           {needed("after", either({shape::of(Kind::duration), shape::of(Kind::window)}),
                   "how long it takes until it fires"),
            key, kAs}),
      step(StepKind::disarm, "disarm", kText, Trait::can_fail,
           "stops a timer whose time is running", {key, kAs}),
  };
}

std::vector<StepHelp> task_steps() {
  const Shape branches = list_of(shape::object(alternative_shape));
  return {
      step(StepKind::spawn, "spawn", kSteps, Trait::steers,
           "starts steps that run beside the handler and may outlive it", {}),
      step(StepKind::all, "all", branches, Trait::can_fail,
           "runs branches at once and waits for all; the first error cuts the others short", {kAs}),
      step(StepKind::first, "first", branches, Trait::can_fail,
           "runs branches at once; the first that ends well cuts the others short", {kAs}),
      step(StepKind::shield, "shield", kSteps, Trait::steers,
           "runs steps that are not cut short within a branch", {}),
  };
}

std::vector<StepHelp> control_steps() {
  return {
      step(StepKind::when, "if", kCondition, Trait::steers, "runs `then` or `else`",
           {field("then", kSteps, "if it is true"), field("else", kSteps, "if it is not")}),
      step(StepKind::for_each, "for_each", kText, Trait::steers,
           "runs `do` for each row that a select found",
           {needed("as", kText, "what the row is called"), needed("do", kSteps, "for each row")}),
      step(StepKind::loop, "while", kCondition, Trait::steers,
           "runs `do` again and again while a condition holds",
           {needed("at_most", integer(1, 1000), "the most rounds; then it goes on behind the loop"),
            needed("do", kSteps, "in each round")}),
      word_alone(step(StepKind::leave_loop, "break", kNothing, Trait::steers,
                      "goes on behind the loop around it", {})),
      word_alone(step(StepKind::next_round, "continue", kNothing, Trait::steers,
                      "goes on with the next round of the loop around it", {})),
      step(
          StepKind::either, "either", list_of(shape::object(alternative_shape)), Trait::steers,
          "goes one of several ways, as the business will have it; no fault",
          {field("of", kValue,
                 "what it is decided for, once; else for the request or event at hand"),
           field("each_time", shape::of(Kind::boolean), "whenever it is met, it is decided anew")}),
      word_alone(
          step(StepKind::leave, "return", kNothing, Trait::steers, "ends the handler well", {})),
      word_alone(step(StepKind::fail, "fail", kNothing, Trait::steers,
                      "ends the handler with an error nobody catches", {})),
      word_alone(step(StepKind::exit, "exit", kNothing, Trait::steers,
                      "ends the process; it restarts as after a crash, and it is no fault", {})),
  };
}

// The catalogue, and its rows by kind: a search asks for those at every step. Made together, while
// a scenario is read: a step of a world takes nothing from the heap.
struct Catalogue {
  std::vector<StepHelp> rows;
  std::vector<const StepHelp*> by_kind;

  Catalogue() {
    for (const auto& part : {transaction_steps(), database_steps(), other_operations(),
                             store_steps(), process_steps(), task_steps(), control_steps()}) {
      rows.insert(rows.end(), part.begin(), part.end());
    }
    for (const StepHelp& each : rows) {
      const auto index = static_cast<std::size_t>(each.kind);
      if (by_kind.size() <= index) by_kind.resize(index + 1);
      by_kind[index] = &each;
    }
  }
};

const Catalogue& catalogue() {
  static const Catalogue made;
  return made;
}

}  // namespace

const std::vector<StepHelp>& step_catalogue() { return catalogue().rows; }

const StepHelp& help_of(StepKind kind) {
  const auto index = static_cast<std::size_t>(kind);
  const auto& by_kind = catalogue().by_kind;
  ONCEWARD_ASSERT(index < by_kind.size() && by_kind[index] != nullptr);
  return *by_kind[index];
}

bool is_of_process(StepKind kind) {
  return kind == StepKind::set_cell || kind == StepKind::add_item || kind == StepKind::take_item ||
         kind == StepKind::wait_until || kind == StepKind::lock || kind == StepKind::arm ||
         kind == StepKind::disarm;
}

}  // namespace onceward::scenarios
