#include "scenarios/read_steps.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "scenarios/nearest.hpp"

namespace onceward::scenarios {

const std::vector<StepHelp>& step_catalogue() {
  static const std::vector<StepHelp> catalogue = {
      {StepKind::begin, "begin", "opens a transaction on a database", {}},
      {StepKind::insert, "insert", "inserts one row", {"row", "on_conflict", "as"}},
      {StepKind::select, "select", "reads rows", {"where", "order_by", "limit", "as"}},
      {StepKind::update, "update", "changes the rows that match", {"where", "set", "as"}},
      {StepKind::erase, "delete", "deletes the rows that match", {"where", "as"}},
      {StepKind::commit, "commit", "commits the transaction on a database", {}},
      {StepKind::rollback, "rollback", "undoes the transaction on a database", {}},
      {StepKind::publish, "publish", "appends an event to a topic", {"to", "key", "id", "data", "as"}},
      {StepKind::ack, "ack", "acknowledges the event at hand", {}},
      {StepKind::effect, "effect", "a business effect, in a transaction or at once", {"of", "in"}},
      {StepKind::call, "call", "calls an external service", {"of", "idempotency_key", "as"}},
      {StepKind::wait, "wait", "waits for a duration or within a window", {}},
      {StepKind::when, "if", "runs `then` or `else`", {"then", "else"}},
      {StepKind::for_each, "for_each", "runs `do` for each row that a select found", {"as", "do"}},
      {StepKind::leave, "return", "ends the handler well", {}},
      {StepKind::fail, "fail", "ends the handler with an error nobody catches", {}},
  };
  return catalogue;
}

namespace {

const StepHelp* find_word(std::string_view word) {
  for (const StepHelp& each : step_catalogue()) {
    if (each.word == word) return &each;
  }
  return nullptr;
}

std::vector<std::string> step_words() {
  std::vector<std::string> words;
  for (const StepHelp& each : step_catalogue()) words.emplace_back(each.word);
  return words;
}

std::vector<std::string> allowed_fields(const StepHelp& help) {
  std::vector<std::string> allowed = help.fields;
  allowed.insert(allowed.end(), {help.word, "name", "at"});
  const bool can_fail = help.kind != StepKind::when && help.kind != StepKind::for_each &&
                        help.kind != StepKind::leave && help.kind != StepKind::fail &&
                        help.kind != StepKind::rollback && help.kind != StepKind::begin &&
                        help.kind != StepKind::wait && help.kind != StepKind::effect &&
                        help.kind != StepKind::select;
  if (can_fail) allowed.emplace_back("on_error");
  return allowed;
}

}  // namespace

StepReader::StepReader(Reading& reading, Handler& handler)
    : reading_(reading), problems_(reading.problems), handler_(handler) {
  names_.request = handler.request.get();
  names_.has_event = handler.on == Handler::On::topic;
  names_.runs = true;
}

Block StepReader::read_block(const Node& steps, const std::string& at) {
  Block block;
  for (std::size_t i = 0; i < steps.items.size(); ++i) {
    Step step;
    if (read_step(steps.items[i], fmt::format("{}/{}", at, i), step)) {
      block.push_back(std::move(step));
    }
  }
  return block;
}

bool StepReader::read_step(const Node& node, const std::string& at, Step& step) {
  step.site = reading_.site(at, node.span);
  names_.site = step.site;
  if (node.kind == Node::Kind::text) {
    const StepHelp* help = find_word(node.text);
    const bool alone = help != nullptr && (help->kind == StepKind::ack ||
                                           help->kind == StepKind::leave ||
                                           help->kind == StepKind::fail);
    if (alone) return read_word(node, *help, step);
    problems_.add(node.span,
                  help == nullptr ? fmt::format("unknown step \"{}\"", node.text)
                                  : fmt::format("\"{}\" needs to say on what", node.text),
                  help == nullptr ? did_you_mean(node.text, {"ack", "return", "fail"})
                                  : fmt::format("write {{\"{}\": ...}}", node.text));
    return false;
  }
  if (node.kind != Node::Kind::object) {
    problems_.add(node.span, fmt::format("a step is an object, this is {}", to_text(node.kind)));
    return false;
  }
  for (const Member& member : node.members) {
    const StepHelp* help = find_word(member.key);
    if (help == nullptr) continue;
    step.kind = help->kind;
    const Fields fields(problems_, node, fmt::format("a step \"{}\"", help->word),
                        allowed_fields(*help));
    if (step.kind == StepKind::ack && !read_word(node, *help, step)) return false;
    const bool good = read_fields(fields, member.value, at, step);
    read_common(fields, at, step);
    return good;
  }
  const std::string first = node.members.empty() ? "" : node.members.front().key;
  problems_.add(node.members.empty() ? node.span : node.members.front().key_span,
                first.empty() ? "an empty step" : fmt::format("unknown step \"{}\"", first),
                did_you_mean(first, step_words()));
  return false;
}

bool StepReader::read_word(const Node& node, const StepHelp& help, Step& step) {
  step.kind = help.kind;
  if (help.kind != StepKind::ack) return true;
  acknowledges_ = true;
  if (handler_.on == Handler::On::topic) return true;
  problems_.add(node.span, "only a handler of a topic has something to acknowledge");
  return false;
}

void StepReader::read_common(const Fields& fields, const std::string& at, Step& step) {
  static_cast<void>(fields.text("at"));
  if (const Node* name = fields.text("name"); name != nullptr) {
    step.name = reading_.symbol(name->text);
    reading_.step_names_[name->text] = name->span;
  }
  if (const Node* on_error = fields.array("on_error"); on_error != nullptr) {
    step.on_error = read_block(*on_error, at + "/on_error");
  }
}

bool StepReader::read_fields(const Fields& fields, const Node& subject, const std::string& at,
                             Step& step) {
  switch (step.kind) {
    case StepKind::begin:
    case StepKind::commit:
    case StepKind::rollback:
      step.component = reading_.find_database(subject);
      return step.component != kNone;
    case StepKind::insert:
    case StepKind::select:
    case StepKind::update:
    case StepKind::erase:
      return read_database_step(fields, subject, step);
    case StepKind::publish:
      return read_publish(fields, subject, step);
    case StepKind::effect:
      return read_effect(fields, subject, step);
    case StepKind::call:
      return read_call(fields, subject, step);
    case StepKind::when:
      return read_if(fields, subject, at, step);
    case StepKind::for_each:
      return read_loop(fields, subject, at, step);
    case StepKind::wait: {
      if (subject.kind == Node::Kind::array) {
        const auto window = fields.window("wait");
        if (window) step.window = *window;
        return window.has_value();
      }
      const auto duration = read_duration(problems_, subject);
      if (duration) step.window = sim::Window{*duration, *duration};
      return duration.has_value();
    }
    default:
      return true;
  }
}

bool StepReader::formula(const Node* node, Formula& into, bool& has) {
  if (node == nullptr) return true;
  std::optional<Formula> read = read_value(*node, names_, problems_);
  if (!read) return false;
  into = std::move(*read);
  has = true;
  return true;
}

void StepReader::bind(const Fields& fields, Slot::Kind kind, const models::TableSpec* table,
                      Step& step) {
  const Node* as = fields.text("as");
  if (as == nullptr) return;
  const auto found = names_.variables.find(as->text);
  if (found != names_.variables.end() && found->second.kind == kind &&
      found->second.table == table) {
    step.result = found->second.slot;
    return;
  }
  if (found != names_.variables.end()) {
    problems_.add(as->span, fmt::format("\"{}\" is the name of something else here", as->text));
    return;
  }
  step.result = slots_;
  names_.variables[as->text] = {slots_++, kind, table};
}

bool StepReader::read_database_step(const Fields& fields, const Node& subject, Step& step) {
  models::TableSpec* table = reading_.find_table(subject, step.component, step.part);
  if (table == nullptr) return false;
  bool good = true;
  if (step.kind == StepKind::insert) {
    good = fields.need("row") != nullptr && read_row(fields, "row", *table, step);
    if (const Node* conflict = fields.text("on_conflict"); conflict != nullptr) {
      const std::vector<std::string> words = {"error", "ignore", "update"};
      const auto word = std::find(words.begin(), words.end(), conflict->text);
      if (word == words.end()) {
        problems_.add(conflict->span, fmt::format("unknown answer \"{}\" to a conflict", conflict->text),
                      did_you_mean(conflict->text, words));
        good = false;
      } else {
        step.on_conflict = static_cast<models::OnConflict>(word - words.begin());
      }
    }
  } else {
    names_.row = table;
    if (const Node* where = fields.find("where"); where != nullptr) {
      std::optional<Formula> condition = read_condition(*where, names_, problems_);
      good = condition.has_value();
      if (good) step.value = std::move(*condition);
      step.has_value = good;
    }
    if (step.kind == StepKind::update) {
      good = fields.need("set") != nullptr && read_row(fields, "set", *table, step) && good;
    }
    names_.row = nullptr;
    if (step.kind == StepKind::select) good = read_query(fields, *table, step) && good;
  }
  bind(fields, step.kind == StepKind::select ? Slot::Kind::rows : Slot::Kind::result,
       step.kind == StepKind::select ? table : nullptr, step);
  return good;
}

bool StepReader::read_row(const Fields& fields, std::string_view name, models::TableSpec& table,
                          Step& step) {
  const Node* row = fields.object(name);
  if (row == nullptr) return false;
  bool good = true;
  for (const Member& member : row->members) {
    const int index = table.column(member.key);
    if (index < 0) {
      problems_.add(member.key_span,
                    fmt::format("{} has no column \"{}\"", table.name.text, member.key),
                    did_you_mean(member.key, table.columns));
      good = false;
      continue;
    }
    if (index == table.sequence) {
      problems_.add(member.key_span, "the database fills this column from its sequence");
      good = false;
      continue;
    }
    std::optional<Formula> value = read_value(member.value, names_, problems_);
    good = good && value.has_value();
    if (value) step.columns.emplace_back(static_cast<std::uint32_t>(index), std::move(*value));
  }
  return good;
}

bool StepReader::read_query(const Fields& fields, const models::TableSpec& table, Step& step) {
  if (const auto limit = fields.integer("limit", 1, 1'000'000)) {
    step.limit = static_cast<std::uint32_t>(*limit);
  }
  const Node* order = fields.text("order_by");
  if (order == nullptr) return true;
  std::string column = order->text;
  if (column.size() > 5 && column.ends_with(" desc")) {
    step.descending = true;
    column.resize(column.size() - 5);
  }
  step.order_by = table.column(column);
  if (step.order_by >= 0) return true;
  problems_.add(order->span, fmt::format("{} has no column \"{}\"", table.name.text, column),
                did_you_mean(column, table.columns));
  return false;
}

bool StepReader::read_publish(const Fields& fields, const Node& subject, Step& step) {
  bool has_type = false;
  bool good = formula(&subject, step.value, has_type);
  const Node* to = fields.need_text("to");
  good = to != nullptr && reading_.find_topic(*to, step.component, step.part) && good;
  good = formula(fields.find("key"), step.key, step.has_key) && good;
  good = formula(fields.find("id"), step.id, step.has_id) && good;
  if (const Node* data = fields.object("data"); data != nullptr) {
    for (const Member& member : data->members) {
      std::optional<Formula> value = read_value(member.value, names_, problems_);
      good = good && value.has_value();
      if (value) step.data.emplace_back(reading_.symbol(member.key), std::move(*value));
    }
  }
  bind(fields, Slot::Kind::result, nullptr, step);
  return good;
}

bool StepReader::read_effect(const Fields& fields, const Node& subject, Step& step) {
  if (subject.kind != Node::Kind::text) {
    problems_.add(subject.span, "an effect is named by a text");
    return false;
  }
  step.word = reading_.symbol(subject.text);
  reading_.effects_[subject.text] = subject.span;
  bool has_of = false;
  const bool good = fields.need("of") != nullptr && formula(fields.find("of"), step.value, has_of);
  if (const Node* in = fields.find("in"); in != nullptr) {
    step.component = reading_.find_database(*in);
    if (step.component == kNone) return false;
  }
  return good;
}

bool StepReader::read_call(const Fields& fields, const Node& subject, Step& step) {
  std::vector<std::string> known;
  for (std::uint32_t i = 0; i < reading_.program.externals.size(); ++i) {
    const ExternalDescription& external = reading_.program.externals[i];
    for (const std::string& operation : external.operations) {
      known.push_back(external.name->text + "." + operation);
      if (subject.kind == Node::Kind::text && subject.text == known.back()) step.component = i;
    }
  }
  if (step.component == kNone) {
    problems_.add(subject.span, fmt::format("unknown operation \"{}\" of an external service", subject.text),
                  did_you_mean(subject.text, known));
    return false;
  }
  step.word = reading_.symbol(subject.text);
  reading_.effects_[subject.text] = subject.span;
  bool has_of = false;
  bool good = fields.need("of") != nullptr && formula(fields.find("of"), step.value, has_of);
  good = formula(fields.find("idempotency_key"), step.key, step.has_key) && good;
  bind(fields, Slot::Kind::result, nullptr, step);
  return good;
}

bool StepReader::read_if(const Fields& fields, const Node& subject, const std::string& at,
                         Step& step) {
  std::optional<Formula> condition = read_condition(subject, names_, problems_);
  const bool good = condition.has_value();
  if (good) step.value = std::move(*condition);
  if (!fields.has("then") && !fields.has("else")) {
    static_cast<void>(fields.need("then"));
    return false;
  }
  if (const Node* then = fields.array("then")) step.body = read_block(*then, at + "/then");
  if (const Node* other = fields.array("else")) step.otherwise = read_block(*other, at + "/else");
  return good;
}

bool StepReader::read_loop(const Fields& fields, const Node& subject, const std::string& at,
                           Step& step) {
  const auto found = subject.kind == Node::Kind::text ? names_.variables.find(subject.text)
                                                      : names_.variables.end();
  if (found == names_.variables.end() || found->second.kind != Slot::Kind::rows) {
    std::vector<std::string> lists;
    for (const auto& [name, variable] : names_.variables) {
      if (variable.kind == Slot::Kind::rows) lists.push_back(name);
    }
    problems_.add(subject.span, "for_each goes through the rows that a select found",
                  did_you_mean(subject.text, lists));
    return false;
  }
  step.loop = found->second.slot;
  const models::TableSpec* table = found->second.table;
  if (fields.need_text("as") == nullptr) return false;
  bind(fields, Slot::Kind::row, table, step);
  const Node* body = fields.need("do") == nullptr ? nullptr : fields.array("do");
  if (body == nullptr || step.result == kNone) return false;
  step.body = read_block(*body, at + "/do");
  return true;
}

}  // namespace onceward::scenarios
