// Reading what a process has of its own, memory and timers, and the steps on them.
#include <fmt/core.h>

#include <algorithm>

#include "scenarios/nearest.hpp"
#include "scenarios/read_steps.hpp"

namespace onceward::scenarios {
namespace {

sim::Value plain_value(const Node& node, Problems& problems) {
  if (node.kind == Node::Kind::text && node.text.starts_with("=")) {
    problems.add(node.span, "memory starts with a plain value, not with an expression");
    return {};
  }
  const std::optional<Formula> formula = read_value(node, Names{}, problems);
  return formula ? formula->constant : sim::Value{};
}

}  // namespace

// ---- declarations -------------------------------------------------------------------------------

void Reading::read_memory(ServiceDescription& service, const Node& node) {
  for (const Member& member : node.members) {
    if (!check_name(member.key, member.key_span)) continue;
    models::CellSpec cell;
    cell.name = member.key;
    if (member.value.kind == Node::Kind::object) {
      read_cell(cell, member.value);
    } else {
      cell.initial = plain_value(member.value, problems);
    }
    service.memory.push_back(std::move(cell));
  }
}

void Reading::read_cell(models::CellSpec& cell, const Node& node) {
  const Fields fields(problems, node, cell_shape());
  if (node.members.size() != 1) {
    problems.add(node.span, "a cell of memory is one thing", R"(write for example {"set": []})");
  }
  if (const Node* map = fields.object("map"); map != nullptr) {
    cell.kind = models::CellKind::map;
    for (const Member& member : map->members) {
      cell.items.emplace_back(sim::Value::text(sim::frozen_text(member.key)),
                              plain_value(member.value, problems));
    }
  }
  for (const auto kind : {models::CellKind::list, models::CellKind::set}) {
    const Node* items = fields.array(kind == models::CellKind::list ? "list" : "set");
    if (items == nullptr) continue;
    cell.kind = kind;
    for (const Node& item : items->items) {
      cell.items.emplace_back(sim::Value{}, plain_value(item, problems));
    }
  }
}

void Reading::read_timers(ServiceDescription& service, const Node& node) {
  service.timers_name = symbol(service.name->text + " timers");
  for (const Member& member : node.members) {
    if (!check_name(member.key, member.key_span)) continue;
    const Fields fields(problems, member.value, timer_shape());
    auto timer = std::make_shared<models::TimerSpec>(member.key);
    timer->durable = fields.flag("durable");
    service.timers.push_back(std::move(timer));
  }
}

std::uint32_t Reading::find_timer(const ServiceDescription& service, const Node& name) {
  if (name.kind != Node::Kind::text) return kNone;
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < service.timers.size(); ++i) {
    names.push_back(service.timers[i]->name.text);
    if (names.back() == name.text) return i;
  }
  problems.add(name.span, fmt::format("{} has no timer \"{}\"", service.name->text, name.text),
               names.empty()
                   ? fmt::format(R"(write "timers": {{"{}": {{}}}} in the service)", name.text)
                   : did_you_mean(name.text, names));
  return kNone;
}

void Reading::read_timer_trigger(const ServiceDescription& service, Handler& handler,
                                 const Node& name) {
  handler.on = Handler::On::timer;
  const std::uint32_t index = find_timer(service, name);
  if (index == kNone) return;
  handler.timer = service.timers[index];
  if (handler.timer->site != nullptr) {
    problems.add(name.span, fmt::format("{} has a handler on timer \"{}\" already",
                                        service.name->text, name.text));
    return;
  }
  handler.timer->site = handler.site.get();
  handler.timer->handler = static_cast<std::uint32_t>(service.handlers.size());
}

void Reading::read_pools(ServiceDescription& service, const Node& node) {
  for (const Member& member : node.members) {
    if (!check_name(member.key, member.key_span)) continue;
    const Node& size = member.value;
    const bool fits = size.kind == Node::Kind::integer && size.integer >= 1 && size.integer <= 1000;
    if (!fits) {
      problems.add(size.span, fmt::format("the size of the pool \"{}\" is a number from 1 to 1000",
                                          member.key));
    }
    service.pools.push_back({member.key, fits ? static_cast<std::uint32_t>(size.integer) : 1});
  }
}

void Reading::read_pool(const ServiceDescription& service, Handler& handler, const Node& name) {
  std::vector<std::string> known;
  for (std::uint32_t i = 0; i < service.pools.size(); ++i) {
    known.push_back(service.pools[i].name);
    if (known.back() == name.text) handler.pool = i;
  }
  if (handler.pool != kNone) return;
  problems.add(name.span, fmt::format("{} has no pool \"{}\"", service.name->text, name.text),
               known.empty()
                   ? fmt::format(R"(write "pools": {{"{}": 1}} in the service)", name.text)
                   : did_you_mean(name.text, known));
}

void Reading::check_timers(const ServiceDescription& service, const Node* node) {
  for (const auto& timer : service.timers) {
    if (timer->site != nullptr || steps_left_out_) continue;
    const auto member =
        std::find_if(node->members.begin(), node->members.end(),
                     [&](const Member& each) { return each.key == timer->name.text; });
    problems.add(
        member->key_span, fmt::format("no handler is for timer \"{}\"", timer->name.text),
        fmt::format(R"(its handler starts with "on": {{"timer": "{}"}})", timer->name.text));
  }
}

void Reading::read_stores(const Node& node) {
  for (const Member& member : node.members) {
    if (!check_name(member.key, member.key_span)) continue;
    const Fields fields(problems, member.value, store_shape());
    StoreDescription store;
    store.name = symbol(member.key);
    const auto profile = fields.word("profile");
    store.profile = &models::store_profiles()[profile.value_or(0)];
    program.stores.push_back(std::move(store));
  }
}

// ---- steps --------------------------------------------------------------------------------------

bool StepReader::read_store_step(const Fields& fields, const Node& subject, Step& step) {
  bind(fields, step.kind == StepKind::get ? Slot::Kind::value : Slot::Kind::result, nullptr, step);
  bool good = formula(fields.find("key"), step.key, step.has_key);
  good = formula(fields.find("value"), step.value, step.has_value) && good;
  if (const auto ttl = fields.duration("ttl")) step.ttl = *ttl;
  if (const auto word = fields.word("if")) {
    step.put_if = *word == 0 ? models::PutIf::absent : models::PutIf::present;
  }
  if (subject.kind != Node::Kind::text) return false;
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < reading_.program.stores.size(); ++i) {
    names.push_back(reading_.program.stores[i].name->text);
    if (names.back() == subject.text) step.component = i;
  }
  if (step.component != kNone) return good;
  if (!names.empty() || !reading_.parts_left_out_) {
    problems_.add(subject.span, fmt::format("unknown store \"{}\"", subject.text),
                  did_you_mean(subject.text, names));
  }
  return false;
}

const models::CellSpec* StepReader::find_cell(const Node& name, Step& step) {
  if (name.kind != Node::Kind::text) return nullptr;
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < service_.memory.size(); ++i) {
    names.push_back(service_.memory[i].name);
    if (names.back() != name.text) continue;
    step.part = i;
    return &service_.memory[i];
  }
  problems_.add(
      name.span, fmt::format("the memory of {} has no \"{}\"", service_.name->text, name.text),
      names.empty() ? fmt::format(R"(write "memory": {{"{}": null}} in the service)", name.text)
                    : did_you_mean(name.text, names));
  return nullptr;
}

bool StepReader::read_memory_step(const Fields& fields, const Node& subject, Step& step) {
  using models::CellKind;
  const bool sets = step.kind == StepKind::set_cell;
  if (!sets) bind_result(fields, step);
  const Node* value = sets ? fields.find("to") : &subject;
  const Node* name = sets                              ? &subject
                     : step.kind == StepKind::add_item ? fields.text("to")
                                                       : fields.text("from");
  bool good = value != nullptr && formula(value, step.value, step.has_value);
  good = formula(fields.find("key"), step.key, step.has_key) && good;
  if (name == nullptr) return false;
  const models::CellSpec* cell = find_cell(*name, step);
  if (cell == nullptr) return false;
  const char* mistake = nullptr;
  if (sets && cell->kind == CellKind::value && step.has_key) {
    mistake = "is a value and has no keys";
  } else if (sets && cell->kind == CellKind::map && !step.has_key) {
    mistake = "is a map: say which key";
  } else if (sets && (cell->kind == CellKind::list || cell->kind == CellKind::set)) {
    mistake = "is no value: use \"add\" and \"take\"";
  } else if (step.kind == StepKind::add_item && cell->kind == CellKind::map) {
    mistake = R"(is a map: write {"set": ..., "key": ..., "to": ...})";
  } else if (!sets && cell->kind == CellKind::value) {
    mistake = "is a value, no list, set or map";
  }
  if (mistake == nullptr) return good;
  problems_.add(name->span, fmt::format("\"{}\" {}", name->text, mistake));
  return false;
}

bool StepReader::read_wait_until(const Node& subject, Step& step) {
  std::optional<Formula> condition = read_condition(subject, names_, problems_);
  if (!condition) return false;
  const auto mentions = [](const auto& self, const Formula& formula, auto... ops) -> bool {
    if (((formula.op == ops) || ...)) return true;
    return std::any_of(formula.operands.begin(), formula.operands.end(),
                       [&](const Formula& each) { return self(self, each, ops...); });
  };
  using Op = Formula::Op;
  if (mentions(mentions, *condition, Op::now)) {
    problems_.add(subject.span, "to wait until an instant is to wait for a time",
                  R"(write {"wait": "5m"}, or use a timer)");
    return false;
  }
  if (!mentions(mentions, *condition, Op::memory_value, Op::memory_contains, Op::memory_at,
                Op::memory_count, Op::memory_first)) {
    problems_.add(subject.span, "nothing here can change while the handler waits",
                  "it waits for the memory of its process, as in memory.ready == true");
    return false;
  }
  step.value = std::move(*condition);
  step.word = reading_.symbol(subject.text);
  return true;
}

bool StepReader::read_lock(const Fields& fields, const Node& subject, const std::string& at,
                           Step& step) {
  bool good = formula(fields.find("key"), step.key, step.has_key);
  if (subject.kind == Node::Kind::text) step.word = reading_.symbol(subject.text);
  const bool held = std::find(locks_.begin(), locks_.end(), subject.text) != locks_.end();
  if (held && !step.has_key) {
    problems_.add(subject.span, fmt::format("the lock \"{}\" is held here already", subject.text),
                  "its own handler would wait for ever");
    good = false;
  }
  if (!step.has_key) locks_.push_back(subject.text);
  if (const Node* body = fields.array("do")) step.body = read_block(*body, at + "/do");
  if (!step.has_key) locks_.pop_back();
  return good && step.word != nullptr;
}

bool StepReader::read_timer_step(const Fields& fields, const Node& subject, Step& step) {
  bind_result(fields, step);
  bool good = formula(fields.find("key"), step.key, step.has_key);
  if (step.kind == StepKind::arm) {
    const Node* after = fields.find("after");
    const auto window = after == nullptr ? std::nullopt : read_window_or_duration(*after);
    if (window) step.window = *window;
    good = window.has_value() && good;
  }
  step.part = reading_.find_timer(service_, subject);
  if (step.part == kNone) return false;
  step.at_once = !service_.timers[step.part]->durable;
  if (!step.at_once) return good;
  for (const char* name : {"window", "on_error"}) {
    if (!fields.has(name)) continue;
    problems_.add(fields.find(name)->span,
                  fmt::format("\"{}\" is for durable timers: others are part of the process and "
                              "change at once",
                              name));
    good = false;
  }
  return good;
}

std::optional<sim::Window> StepReader::read_window_or_duration(const Node& node) {
  if (node.kind == Node::Kind::array) return read_window(problems_, node);
  const auto duration = read_duration(problems_, node);
  if (!duration) return std::nullopt;
  return sim::Window{*duration, *duration};
}

void StepReader::read_window_of(const Fields& fields, Step& step) {
  if (!fields.has("window") || !help_of(step.kind).acts) return;
  if (step.kind == StepKind::effect && step.component != kNone) {
    problems_.add(fields.find("window")->span,
                  "an effect in a transaction takes no time of its own");
    return;
  }
  step.takes = fields.window("window");
}

bool StepReader::read_data(const Fields& fields, const char* name, Step& step) {
  const Node* data = fields.object(name);
  if (data == nullptr) return true;
  bool good = true;
  for (const Member& member : data->members) {
    std::optional<Formula> value = read_value(member.value, names_, problems_);
    good = good && value.has_value();
    if (value) step.data.emplace_back(reading_.symbol(member.key), std::move(*value));
  }
  return good;
}

}  // namespace onceward::scenarios
