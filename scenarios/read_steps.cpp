#include "scenarios/read_steps.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "scenarios/nearest.hpp"

namespace onceward::scenarios {

namespace {

const StepHelp* find_word(std::string_view word) {
  for (const StepHelp& each : step_catalogue()) {
    if (each.word == word) return &each;
  }
  return nullptr;
}

std::vector<std::string> step_words() {
  std::vector<std::string> words;
  for (const StepHelp& each : step_catalogue()) words.push_back(each.word);
  return words;
}

std::vector<std::string> words_alone() {
  std::vector<std::string> words;
  for (const StepHelp& each : step_catalogue()) {
    if (each.alone) words.push_back(each.word);
  }
  return words;
}

// Whether a word that starts steps is a field of the step that `node` is: "set" of an update.
bool is_field_of_step(const Node& node, std::string_view word) {
  return std::any_of(node.members.begin(), node.members.end(), [&](const Member& other) {
    const StepHelp* help = other.key == word ? nullptr : find_word(other.key);
    return help != nullptr && help->shape.find(word) != nullptr;
  });
}

}  // namespace

StepReader::StepReader(Reading& reading, Handler& handler, const ServiceDescription& service)
    : reading_(reading), problems_(reading.problems), handler_(handler), service_(service) {
  names_.request = handler.request.get();
  names_.sent_left_out = reading.sent_left_out_;
  names_.left_out = begins_unknown_ = reading.blocks_left_out_;
  names_.has_event = handler.on == Handler::On::topic;
  if (names_.has_event) names_.attempts = &attempts_;
  names_.has_timer = handler.on == Handler::On::timer;
  if (!service.memory.empty()) names_.memory = &service.memory;
  names_.runs = true;
  names_.asks_when = &handler.asks_when;
  const auto& databases = reading_.program.databases;
  for (std::uint32_t i = 0; i < databases.size(); ++i) {
    handler.transactions.push_back(i);
    for (std::uint32_t j = 0; j < databases[i].tables.size(); ++j) {
      const models::TableSpec& table = *databases[i].tables[j];
      if (table.sequence >= 0) names_.sequences[table.name.text] = {i, j};
    }
  }
}

Block StepReader::read_block(const Node& steps, const std::string& at) {
  Block block;
  for (std::size_t i = 0; i < steps.items.size(); ++i) {
    Step step;
    step.number = reading_.program.steps++;
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
    if (help != nullptr && help->alone) return read_word(node, *help, step);
    problems_.add(node.span,
                  help == nullptr ? fmt::format("unknown step \"{}\"", node.text)
                                  : fmt::format("\"{}\" needs to say on what", node.text),
                  help == nullptr ? did_you_mean(node.text, words_alone())
                                  : fmt::format("write {{\"{}\": ...}}", node.text));
    return leave_out();
  }
  if (node.kind != Node::Kind::object) {
    problems_.add(node.span, fmt::format("a step is an object, this is {}", to_text(node.kind)));
    return leave_out();
  }
  for (const Member& member : node.members) {
    const StepHelp* help = find_word(member.key);
    if (help == nullptr || is_field_of_step(node, member.key)) continue;
    if (!does_one_thing(node, *help)) return leave_out();
    step.kind = help->kind;
    const Fields fields(problems_, node, help->shape);
    if (!read_word(node, *help, step)) return false;
    const bool good = read_fields(fields, member.value, at, step);
    read_common(fields, at, step);
    return good;
  }
  const std::string first = node.members.empty() ? "" : node.members.front().key;
  problems_.add(node.members.empty() ? node.span : node.members.front().key_span,
                first.empty() ? "an empty step" : fmt::format("unknown step \"{}\"", first),
                did_you_mean(first, step_words()));
  return leave_out();
}

bool StepReader::leave_out() {
  names_.left_out = true;
  begins_unknown_ = true;
  reading_.steps_left_out_ = true;
  return false;
}

bool StepReader::does_one_thing(const Node& node, const StepHelp& help) {
  for (const Member& other : node.members) {
    if (help.shape.find(other.key) != nullptr || find_word(other.key) == nullptr) continue;
    problems_.add(other.key_span, fmt::format("this step is \"{}\" already", help.word),
                  fmt::format("write \"{}\" as a step of its own", other.key));
    return false;
  }
  return true;
}

bool StepReader::read_word(const Node& node, const StepHelp& help, Step& step) {
  step.kind = help.kind;
  if (help.kind == StepKind::leave_loop || help.kind == StepKind::next_round) {
    return check_looping(node, help);
  }
  if (help.kind != StepKind::ack && help.kind != StepKind::nack) return true;
  acknowledges_ = acknowledges_ || help.kind == StepKind::ack;
  if (spawned_) {
    problems_.add(node.span, "the handler may have ended when this runs",
                  "acknowledge in the handler, outside \"spawn\"");
    return false;
  }
  if (handler_.on == Handler::On::topic) return true;
  problems_.add(node.span, "only a handler of a topic has something to acknowledge");
  return false;
}

void StepReader::read_common(const Fields& fields, const std::string& at, Step& step) {
  if (const Node* code = fields.text("at")) reading_.program.code[at] = code->text;
  read_window_of(fields, step);
  if (const Node* name = fields.text("name"); name != nullptr) {
    step.name = reading_.symbol(name->text);
    Reading::StepName& known = reading_.step_names_[name->text];
    known.acts = known.acts || help_of(step.kind).acts;
    ++known.handlers[handler_.site->text];
    known.services.insert(service_.name->text);
  }
  const Node* on_error = fields.find("on_error");
  if (on_error == nullptr || !help_of(step.kind).can_fail) return;
  read_on_error(*on_error, at + "/on_error", step);
}

// A list of steps for every error, or one for each that is caught.
void StepReader::read_on_error(const Node& node, const std::string& at, Step& step) {
  using models::Status;
  constexpr Status kErrors[] = {Status::refused, Status::conflict, Status::duplicate,
                                Status::partial, Status::timeout};
  if (node.kind == Node::Kind::array) {
    const auto block = std::make_shared<const Block>(read_block(node, at));
    for (const Status error : kErrors) step.on_error.emplace(error, block);
    return;
  }
  const Fields fields(problems_, node, on_error_shape());
  for (const Status error : kErrors) {
    const Node* steps = fields.array(models::to_text(error));
    if (steps == nullptr) continue;
    step.on_error.emplace(error, std::make_shared<const Block>(
                                     read_block(*steps, at + "/" + models::to_text(error))));
  }
}

bool StepReader::read_fields(const Fields& fields, const Node& subject, const std::string& at,
                             Step& step) {
  switch (step.kind) {
    case StepKind::begin:
    case StepKind::commit:
    case StepKind::rollback:
    case StepKind::savepoint:
    case StepKind::prepare:
    case StepKind::commit_prepared:
    case StepKind::rollback_prepared:
    case StepKind::prepared:
    case StepKind::after_commit:
    case StepKind::after_rollback:
      return read_transaction_step(fields, subject, at, step);
    case StepKind::nack:
    case StepKind::ack:
      step.requeue = step.kind == StepKind::nack && fields.flag("requeue");
      bind_result(fields, step);
      return true;
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
    case StepKind::loop:
      return read_while(fields, subject, at, step);
    case StepKind::either:
      return read_either(fields, subject, at, step);
    case StepKind::all:
    case StepKind::first:
      return read_branches(fields, subject, at, step);
    case StepKind::spawn:
      return read_spawn(subject, at, step);
    case StepKind::shield:
      return read_shield(subject, at, step);
    case StepKind::wait: {
      const auto window = read_window_or_duration(subject);
      if (window) step.window = *window;
      return window.has_value();
    }
    case StepKind::put:
    case StepKind::get:
    case StepKind::remove:
      return read_store_step(fields, subject, step);
    case StepKind::set_cell:
    case StepKind::add_item:
    case StepKind::take_item:
      return read_memory_step(fields, subject, step);
    case StepKind::wait_until:
      return read_wait_until(subject, step);
    case StepKind::lock:
      return read_lock(fields, subject, at, step);
    case StepKind::arm:
    case StepKind::disarm:
      return read_timer_step(fields, subject, step);
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

bool StepReader::read_publish(const Fields& fields, const Node& subject, Step& step) {
  const Node* to = fields.text("to");
  const bool known = to != nullptr && reading_.find_topic(*to, step.component, step.part);
  if (fields.has("for_each") || fields.has("item")) {
    return read_batch(fields, subject, step) && known;
  }
  const bool good = read_message(fields, subject, step);
  bind_result(fields, step);
  return good && known;
}

bool StepReader::read_message(const Fields& fields, const Node& subject, Step& step) {
  bool has_type = false;
  bool good = formula(&subject, step.value, has_type);
  std::string type;  // empty: calculated
  if (good && step.value.op != Formula::Op::constant) {
    const TextSources::Texts types = reading_.texts_.texts_of(subject);
    if (types) reading_.published_.insert(types->begin(), types->end());
    if (!types) reading_.publishes_any_ = true;
  } else if (good && subject.kind == Node::Kind::text &&
             step.value.constant.kind() == sim::ValueKind::text) {
    type = step.value.constant.view();
    reading_.published_.insert(type);
  } else if (good) {
    problems_.add(subject.span, "the type of an event is a text");
    good = false;
  }
  good = formula(fields.find("key"), step.key, step.has_key) && good;
  good = formula(fields.find("id"), step.id, step.has_id) && good;
  if (const auto resends = fields.integer("resends")) {
    step.resends = static_cast<std::uint32_t>(*resends);
  }
  good = read_data(fields, "data", step) && good;
  note_carried("event " + type, step);
  for (const auto& [name, part] :
       {std::pair{"correlation", &step.correlation}, std::pair{"causation", &step.causation}}) {
    const Node* node = fields.find(name);
    if (node == nullptr) continue;
    *part = read_value(*node, names_, problems_);
    good = part->has_value() && good;
  }
  return good;
}

void StepReader::note_carried(const std::string& what, const Step& step) {
  for (const auto& [name, value] : step.data) reading_.carried_[what].insert(name->text);
}

bool StepReader::read_effect(const Fields& fields, const Node& subject, Step& step) {
  if (subject.kind != Node::Kind::text) return false;
  step.word = reading_.symbol(subject.text);
  reading_.effects_.insert(subject.text);
  bool has_of = false;
  bool good = fields.has("of") && formula(fields.find("of"), step.value, has_of);
  good = read_data(fields, "with", step) && good;
  note_carried(subject.text, step);
  const Node* in = fields.text("in");
  return (in == nullptr || find_transaction(*in, step)) && good;
}

bool StepReader::read_call(const Fields& fields, const Node& subject, Step& step) {
  bind_result(fields, step);
  std::vector<std::string> known;
  for (std::uint32_t i = 0; i < reading_.program.externals.size(); ++i) {
    const ExternalDescription& external = reading_.program.externals[i];
    for (const std::string& operation : external.operations) {
      known.push_back(external.name->text + "." + operation);
      if (subject.kind == Node::Kind::text && subject.text == known.back()) step.component = i;
    }
  }
  // An unknown one may be the effect that somebody is owed.
  reading_.effects_.insert(subject.text);
  reading_.steps_left_out_ = reading_.steps_left_out_ || step.component == kNone;
  bool has_of = false;
  bool good = fields.has("of") && formula(fields.find("of"), step.value, has_of);
  good = formula(fields.find("idempotency_key"), step.key, step.has_key) && good;
  good = read_data(fields, "with", step) && good;
  note_carried(subject.text, step);
  if (step.component == kNone) {
    const bool left_out = known.empty() && reading_.parts_left_out_;
    if (subject.kind != Node::Kind::text || left_out) return false;
    problems_.add(subject.span,
                  fmt::format("unknown operation \"{}\" of an external service", subject.text),
                  did_you_mean(subject.text, known));
    return false;
  }
  step.word = reading_.symbol(subject.text);
  return good;
}

}  // namespace onceward::scenarios
