// Reading services: their handlers, and what starts each of them.
#include <fmt/core.h>

#include <algorithm>

#include "scenarios/nearest.hpp"
#include "scenarios/read_steps.hpp"
#include "scenarios/reading.hpp"

namespace onceward::scenarios {

void Reading::declare_services(const Node& node) {
  for (const Member& member : node.members) {
    if (!check_name(member.key, member.key_span)) continue;
    ServiceDescription service;
    service.name = symbol(member.key);
    program.services.push_back(std::move(service));
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
    if (const auto restart = fields.window("restart")) service.restart = *restart;
    const Node* handlers = fields.array("handlers");
    if (handlers == nullptr) {
      steps_left_out_ = true;
      continue;
    }
    for (std::size_t i = 0; i < handlers->items.size(); ++i) {
      read_handler(service, handlers->items[i],
                   fmt::format("/services/{}/handlers/{}", member.key, i));
    }
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
  if (known) read_uncaught(handler, fields);
  const Node* steps = fields.array("do");
  if (!known || steps == nullptr) {
    // What its steps would have named is not known, so nothing may be called unknown any more.
    steps_left_out_ = true;
    return;
  }
  StepReader reader(*this, handler, service.name->text);
  handler.steps = reader.read_block(*steps, at + "/do");
  handler.slots = reader.slots();
  if (handler.group != nullptr) handler.group->acknowledges = reader.acknowledges();
  service.handlers.push_back(std::move(handler));
}

void Reading::read_uncaught(const Handler& handler, const Fields& fields) {
  const Node* uncaught = fields.text("uncaught");
  if (uncaught == nullptr) return;
  if (handler.on != Handler::On::topic) {
    problems.add(uncaught->span, "\"uncaught\" is for handlers of a topic",
                 "what ends without a catch here is not tried again");
    return;
  }
  const auto word = fields.word("uncaught");
  if (!word || handler.group == nullptr) return;
  handler.group->has_uncaught = true;
  handler.group->uncaught = static_cast<models::Uncaught>(*word);
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
  const char* const kForms = R"({"request": NAME} or {"topic": NAME, "group": NAME})";
  const bool of_topic = fields.has("topic") || fields.has("group");
  if (fields.has("request") == of_topic) {
    if (!of_topic && !on.members.empty()) return false;  // unknown fields, told already
    problems.add(on.span,
                 of_topic ? "a handler is for a request or for a topic, not for both"
                          : "what is this handler for?",
                 std::string("write ") + kForms);
    return false;
  }
  if (of_topic) {
    handler.on = Handler::On::topic;
    const Node* topic = fields.text("topic");
    const Node* group = fields.text("group");
    for (const char* name : {"topic", "group"}) {
      if (fields.has(name)) continue;
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
      problems.add(sent.to,
                   fmt::format("{} has no handler on request \"{}\"", service.name->text,
                               sent.request->symbol.text),
                   R"(its handler starts with "on": {"request": ...})");
      continue;
    }
    for (const auto& order : sent.orders) {
      order->handler = static_cast<std::uint32_t>(taker - service.handlers.begin());
      order->handler_site = taker->site.get();
      // A later entry may have brought fields that this one does not fill.
      order->values.resize(sent.request->fields.size());
    }
  }
}

}  // namespace onceward::scenarios
