// Reading services: their handlers, and what starts each of them.
#include <fmt/core.h>

#include <algorithm>

#include "scenarios/nearest.hpp"
#include "scenarios/open_transactions.hpp"
#include "scenarios/read_steps.hpp"
#include "scenarios/reading.hpp"

namespace onceward::scenarios {

void Reading::declare_services(const Node& node) {
  for (const Member& member : node.members) {
    if (!check_name(member.key, member.key_span)) continue;
    ServiceDescription service;
    service.name = symbol(member.key);
    program.services.push_back(std::move(service));
    const Node* handlers = member.value.find("handlers");
    if (handlers == nullptr) continue;
    for (const Node& handler : handlers->items) {
      const Node* on = handler.find("on");
      const Node* request = on == nullptr ? nullptr : on->find("request");
      if (request != nullptr && request->kind == Node::Kind::text) taken_.insert(request->text);
    }
  }
}

void Reading::read_services(const Node& node) {
  for (const Member& member : node.members) {
    const std::uint32_t index = find_service(member.key);
    if (index == kNone) {
      steps_left_out_ = true;
      continue;
    }
    ServiceDescription& service = program.services[index];
    const Fields fields(problems, member.value, service_shape());
    read_restart(service, fields);
    name_instances(service, member, fields.integer("count").value_or(1));
    if (const Node* memory = fields.object("memory")) read_memory(service, *memory);
    if (const Node* pools = fields.object("pools")) read_pools(service, *pools);
    const Node* timers = fields.object("timers");
    if (timers != nullptr) read_timers(service, *timers);
    const Node* handlers = fields.array("handlers");
    if (handlers == nullptr) {
      steps_left_out_ = true;
      continue;
    }
    for (std::size_t i = 0; i < handlers->items.size(); ++i) {
      read_handler(service, handlers->items[i],
                   fmt::format("/services/{}/handlers/{}", member.key, i));
    }
    check_timers(service, timers);
  }
}

void Reading::read_restart(ServiceDescription& service, const Fields& fields) {
  const Node* restart = fields.find("restart");
  if (restart == nullptr) return;
  if (restart->kind == Node::Kind::text && restart->text == "never") {
    service.restarts = false;
  } else if (restart->kind == Node::Kind::text) {
    problems.add(restart->span, fmt::format("\"restart\" cannot be \"{}\"", restart->text),
                 R"(write a window as ["1s", "30s"], or "never")");
  } else if (const auto window = read_window(problems, *restart)) {
    service.restart = *window;
  }
}

// One of them has the name of the service, several are numbered.
void Reading::name_instances(ServiceDescription& service, const Member& member,
                             std::int64_t count) {
  if (count == 1) service.instances.push_back(service.name);
  for (std::int64_t i = 1; count > 1 && i <= count; ++i) {
    const std::string name = fmt::format("{}-{}", service.name->text, i);
    if (find_service(name) != kNone) {
      problems.add(member.key_span,
                   fmt::format("an instance of {} would have the name of service \"{}\"",
                               service.name->text, name));
    }
    service.instances.push_back(symbol(name));
  }
}

void Reading::read_handler(ServiceDescription& service, const Node& node, const std::string& at) {
  const Fields fields(problems, node, handler_shape());
  if (!fields.is_object()) {
    steps_left_out_ = true;
    return;
  }
  Handler handler;
  handler.site = site(at, node.span);
  const bool known = read_trigger(service, handler, fields);
  if (known) {
    read_uncaught(handler, fields);
    read_limits(handler, fields);
    if (const Node* pool = fields.text("pool")) read_pool(service, handler, *pool);
  }
  const Node* steps = fields.array("do");
  if (!known || steps == nullptr) {
    // What its steps would have named is not known, so nothing may be called unknown any more.
    steps_left_out_ = true;
    return;
  }
  StepReader reader(*this, handler, service);
  const std::size_t mistakes = problems.size();
  handler.steps = reader.read_block(*steps, at + "/do");
  if (problems.size() == mistakes) check_begins(handler);
  handler.slots = reader.slots();
  if (handler.group != nullptr) {
    handler.group->acknowledges = reader.acknowledges();
    handler.group->attempts_seen = reader.attempts_seen();
  }
  service.handlers.push_back(std::move(handler));
}

void Reading::check_begins(const Handler& handler) {
  for_each_second_begin(handler, [&](const Step& begin) {
    problems.add(program.places[begin.site->text],
                 begin.transaction == begin.component
                     ? "this database has an open transaction already, on every way that leads here"
                     : "a transaction of this name is open already, on every way that leads here",
                 "end it before, or give this one a name of its own with \"as\"");
  });
}

namespace {

const char* trigger_text(const Handler& handler) {
  switch (handler.on) {
    case Handler::On::request:
      return "a request";
    case Handler::On::topic:
      return "a topic";
    case Handler::On::timer:
      return "a timer";
    case Handler::On::start:
      return "a start";
    default:
      return "a period";
  }
}

}  // namespace

void Reading::read_uncaught(Handler& handler, const Fields& fields) {
  const auto word = fields.word("uncaught");
  if (!word) return;
  const Node& node = *fields.find("uncaught");
  const bool of_topic = handler.on == Handler::On::topic;
  std::vector<std::string> fitting = {"redeliver", "skip", "crash"};
  if (!of_topic) {
    fitting = {handler.on == Handler::On::request ? "reply-error" : "end-pass", "crash"};
  }
  if (std::find(fitting.begin(), fitting.end(), node.text) == fitting.end()) {
    problems.add(node.span,
                 fmt::format("\"{}\" is not for handlers of {}", node.text, trigger_text(handler)),
                 did_you_mean("", fitting));
    return;
  }
  handler.fatal = !of_topic && node.text == "crash";
  if (handler.group == nullptr) return;
  handler.group->has_uncaught = true;
  handler.group->uncaught = static_cast<models::Uncaught>(*word);
}

void Reading::read_limits(Handler& handler, const Fields& fields) {
  const auto misfit = [&](const char* name, bool fits, const char* of) {
    if (!fields.has(name) || fits) return;
    problems.add(fields.find(name)->span, fmt::format("\"{}\" is for {}, this is a handler of {}",
                                                      name, of, trigger_text(handler)));
  };
  const bool periodic = handler.on == Handler::On::every;
  misfit("overlap", periodic, "handlers that run every so often");
  const bool limited = handler.on == Handler::On::request || handler.on == Handler::On::topic;
  misfit("concurrency", limited, "handlers of requests and topics");
  misfit("group_starts", handler.on == Handler::On::topic, "handlers of a topic");
  if (const auto overlap = fields.integer("overlap")) {
    handler.overlap = static_cast<std::uint32_t>(*overlap);
  }
  if (fields.word("group_starts") == 1 && handler.group != nullptr) {
    handler.group->starts_new = true;
  }
  const Node* concurrency = fields.find("concurrency");
  if (concurrency != nullptr && limited) read_concurrency(handler, *concurrency);
}

void Reading::read_concurrency(Handler& handler, const Node& node) {
  models::Concurrency limit;
  if (node.kind == Node::Kind::object) {
    const Fields fields(problems, node, concurrency_shape());
    const auto per = fields.word("per");
    const auto at_most = fields.integer("at_most");
    if (!per || !at_most) return;
    limit.per = static_cast<models::Concurrency::Per>(*per);
    limit.at_most = static_cast<std::uint32_t>(*at_most);
  } else if (node.kind == Node::Kind::integer && node.integer >= 1 && node.integer <= 1000) {
    limit.at_most = static_cast<std::uint32_t>(node.integer);
  } else {
    problems.add(node.span, "\"concurrency\" is a number from 1 to 1000, or says of what",
                 R"(write for example {"per": "key", "at_most": 1})");
    return;
  }
  if (handler.on == Handler::On::topic) {
    if (handler.group == nullptr) return;
    handler.group->has_concurrency = true;
    handler.group->concurrency = limit;
  } else if (limit.per != models::Concurrency::Per::handler) {
    problems.add(node.find("per")->span, "requests have no keys and no partitions",
                 R"(write "per": "handler")");
  } else {
    handler.at_once = limit.at_most;
  }
}

// Whether it is clear what starts the handler, right or wrong, so that its steps can be read.
bool Reading::read_trigger(ServiceDescription& service, Handler& handler, const Fields& fields) {
  const Node* every = fields.find("every");
  const Node* on = fields.find("on");
  if (every != nullptr && on != nullptr) {
    problems.add(every->span, "a handler has \"on\" or \"every\", not both");
    return false;
  }
  if (every == nullptr && on == nullptr) {
    if (fields.meant("on") || fields.meant("every")) return false;
    problems.add(fields.node().span, "what starts this handler?",
                 R"(write "on": {...} or "every": "1s")");
    return false;
  }
  if (on != nullptr) return read_on(service, handler, *on);
  handler.on = Handler::On::every;
  const auto period = read_duration(problems, *every);
  if (period) handler.period = *period;
  if (period && period->count() == 0) {
    problems.add(every->span, "a period must be longer than 0");
  }
  return true;
}

bool Reading::read_on(ServiceDescription& service, Handler& handler, const Node& on) {
  const Fields fields(problems, on, trigger_shape());
  if (!fields.is_object()) return false;
  const bool of_topic = fields.has("topic") || fields.has("group");
  const int kinds = (fields.has("request") ? 1 : 0) + (of_topic ? 1 : 0) +
                    (fields.has("timer") ? 1 : 0) + (fields.has("start") ? 1 : 0);
  if (kinds != 1) {
    if (kinds == 0 && !on.members.empty()) return false;  // unknown fields, told already
    problems.add(
        on.span,
        kinds == 0 ? "what is this handler for?" : "a handler is for one thing, not for both",
        R"(write {"request": NAME}, {"topic": NAME, "group": NAME}, )"
        R"({"timer": NAME} or {"start": true})");
    return false;
  }
  if (const Node* timer = fields.text("timer"); timer != nullptr) {
    read_timer_trigger(service, handler, *timer);
    return true;
  }
  if (fields.has("start")) {
    handler.on = Handler::On::start;
    if (!fields.flag("start")) problems.add(on.span, R"(write {"start": true})");
    return true;
  }
  if (of_topic) {
    handler.on = Handler::On::topic;
    const Node* topic = fields.text("topic");
    const Node* group = fields.text("group");
    for (const char* name : {"topic", "group"}) {
      if (fields.meant(name)) continue;
      problems.add(on.span, fmt::format("{} needs a field \"{}\"", trigger_shape().what, name));
    }
    if (topic != nullptr && group != nullptr) read_topic_trigger(service, handler, *topic, *group);
    return true;
  }
  const Node* request = fields.text("request");
  if (request == nullptr) return false;
  auto& spec = requests_[request->text];
  if (spec == nullptr) spec = std::make_shared<models::RequestSpec>(request->text);
  handler.on = Handler::On::request;
  handler.request = spec;
  for (const Handler& other : service.handlers) {
    if (other.request != spec) continue;
    problems.add(request->span, fmt::format("{} has a handler on request \"{}\" already",
                                            service.name->text, request->text));
  }
  return true;
}

void Reading::read_topic_trigger(ServiceDescription& service, Handler& handler, const Node& topic,
                                 const Node& group) {
  std::uint32_t broker = 0;
  std::uint32_t index = 0;
  if (!find_topic(topic, broker, index)) return;
  auto spec = std::make_shared<models::GroupSpec>(group.text);
  spec->topic = program.brokers[broker].topics[index].get();
  spec->process = service.name.get();
  spec->site = handler.site.get();
  spec->handler = static_cast<std::uint32_t>(service.handlers.size());
  for (const ServiceDescription& other : program.services) {
    for (const Handler& each : other.handlers) {
      if (each.group == nullptr || each.group->name.text != group.text) continue;
      if (each.group->topic != spec->topic) continue;
      problems.add(group.span,
                   fmt::format("group \"{}\" of {} has a handler already", group.text, topic.text),
                   "a group is served by one handler; another group gets every message too");
    }
  }
  handler.group = std::move(spec);
}

// Gives every request of the workload the handler that takes it.
void Reading::connect_workload() {
  for (const Sent& sent : sent_) {
    const ServiceDescription& service = program.services[sent.service];
    const auto taker =
        std::find_if(service.handlers.begin(), service.handlers.end(),
                     [&](const Handler& handler) { return handler.request.get() == sent.request; });
    if (taker == service.handlers.end()) {
      if (steps_left_out_) continue;
      std::vector<std::string> known;
      for (const Handler& handler : service.handlers) {
        if (handler.request != nullptr) known.push_back(handler.request->symbol.text);
      }
      const std::string meant = nearest(sent.request->symbol.text, known);
      problems.add(meant.empty() ? sent.to : sent.what,
                   fmt::format("{} has no handler on request \"{}\"", service.name->text,
                               sent.request->symbol.text),
                   meant.empty() ? R"(its handler starts with "on": {"request": ...})"
                                 : fmt::format("did you mean \"{}\"?", meant));
      continue;
    }
    for (const auto& order : sent.orders) {
      order->handler = static_cast<std::uint32_t>(taker - service.handlers.begin());
      order->handler_site = taker->site.get();
      order->at_once = taker->at_once;
      // A later entry may have brought fields that this one does not fill.
      order->values.resize(sent.request->fields.size());
    }
  }
}

}  // namespace onceward::scenarios
