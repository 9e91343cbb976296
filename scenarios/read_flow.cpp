// Reading what the flow is made of: databases, brokers, external services, services, triggers.
#include <algorithm>

#include <fmt/core.h>

#include "scenarios/nearest.hpp"
#include "scenarios/read_steps.hpp"
#include "scenarios/reading.hpp"

namespace onceward::scenarios {
namespace {

template <class Profile>
const Profile* read_profile(Problems& problems, const Fields& fields, const std::vector<Profile>& all,
                            const char* what) {
  const Node* name = fields.need_text("profile");
  if (name == nullptr) return nullptr;
  std::vector<std::string> names;
  for (const Profile& each : all) {
    if (each.name == name->text) return &each;
    names.push_back(each.name);
  }
  problems.add(name->span, fmt::format("unknown profile \"{}\" of a {}", name->text, what),
               did_you_mean(name->text, names));
  return nullptr;
}

// A name that can stand in an expression and before a dot.
bool check_name(Problems& problems, const std::string& name, Span span) {
  const bool good = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
  if (!good) {
    problems.add(span, fmt::format("\"{}\" cannot be a name", name),
                 "names are made of letters, digits, _ and -");
  }
  return good;
}

}  // namespace

void Reading::read_databases(const Node& node) {
  for (const Member& member : node.members) {
    if (!check_name(problems, member.key, member.key_span)) continue;
    const Fields fields(problems, member.value, "a database", {"profile", "tables"});
    DatabaseDescription database;
    database.name = symbol(member.key);
    database.profile = read_profile(problems, fields, models::database_profiles(), "database");
    if (database.profile == nullptr) database.profile = &models::database_profiles().front();
    if (const Node* tables = fields.object("tables")) read_tables(database, *tables);
    program.databases.push_back(std::move(database));
  }
}

void Reading::read_tables(DatabaseDescription& database, const Node& node) {
  for (const Member& member : node.members) {
    if (!check_name(problems, member.key, member.key_span)) continue;
    const Fields fields(problems, member.value, "a table",
                        {"key", "sequence", "unique", "columns"});
    auto table = std::make_shared<models::TableSpec>(database.name->text, member.key);
    const auto add = [&](const std::string& column) {
      if (table->column(column) < 0) table->columns.push_back(column);
      return table->column(column);
    };
    if (const Node* key = fields.text("key")) table->key = add(key->text);
    if (const Node* sequence = fields.text("sequence")) table->sequence = add(sequence->text);
    for (const char* list : {"columns", "unique"}) {
      const Node* columns = fields.array(list);
      if (columns == nullptr) continue;
      for (const Node& column : columns->items) {
        if (column.kind != Node::Kind::text) {
          problems.add(column.span, "this must be the name of a column");
          continue;
        }
        const int index = add(column.text);
        if (std::string_view(list) == "unique") table->unique.push_back(index);
      }
    }
    if (!fields.has("columns")) open_tables_[table->name.text] = table.get();
    database.tables.push_back(std::move(table));
  }
}

void Reading::gather_columns(const Node& node) {
  for (const Node& item : node.items) gather_columns(item);
  for (const Member& member : node.members) gather_columns(member.value);
  const Node* insert = node.find("insert");
  const Node* row = node.find("row");
  if (insert == nullptr || row == nullptr) return;
  const auto open = open_tables_.find(insert->text);
  if (open == open_tables_.end()) return;
  for (const Member& column : row->members) {
    if (open->second->column(column.key) < 0) open->second->columns.push_back(column.key);
  }
}

void Reading::read_brokers(const Node& node) {
  for (const Member& member : node.members) {
    if (!check_name(problems, member.key, member.key_span)) continue;
    const Fields fields(problems, member.value, "a broker", {"profile", "topics"});
    BrokerDescription broker;
    broker.name = symbol(member.key);
    broker.profile = read_profile(problems, fields, models::broker_profiles(), "broker");
    if (broker.profile == nullptr) broker.profile = &models::broker_profiles().front();
    if (const Node* topics = fields.object("topics")) {
      for (const Member& topic : topics->members) {
        if (!check_name(problems, topic.key, topic.key_span)) continue;
        const Fields of_topic(problems, topic.value, "a topic", {"partitions"});
        auto spec = std::make_shared<models::TopicSpec>(member.key, topic.key);
        if (const auto count = of_topic.integer("partitions", 1, 64)) {
          spec->partitions = static_cast<std::uint32_t>(*count);
        }
        broker.topics.push_back(std::move(spec));
      }
    }
    program.brokers.push_back(std::move(broker));
  }
}

void Reading::read_externals(const Node& node) {
  for (const Member& member : node.members) {
    if (!check_name(problems, member.key, member.key_span)) continue;
    const Fields fields(problems, member.value, "an external service",
                        {"operations", "idempotency_window"});
    ExternalDescription external;
    external.name = symbol(member.key);
    if (const auto window = fields.duration("idempotency_window")) external.key_window = *window;
    if (const Node* operations = fields.array("operations")) {
      external.operations = read_names(*operations, "operation", {});
    }
    program.externals.push_back(std::move(external));
  }
}

void Reading::declare_services(const Node& node) {
  for (const Member& member : node.members) {
    if (!check_name(problems, member.key, member.key_span)) continue;
    ServiceDescription service;
    service.name = symbol(member.key);
    program.services.push_back(std::move(service));
  }
}

void Reading::read_services(const Node& node) {
  for (const Member& member : node.members) {
    const std::uint32_t index = find_service(member.key);
    if (index == kNone) continue;
    ServiceDescription& service = program.services[index];
    const Fields fields(problems, member.value, "a service", {"handlers", "restart"});
    if (const auto restart = fields.window("restart")) service.restart = *restart;
    const Node* handlers = fields.need("handlers") == nullptr ? nullptr : fields.array("handlers");
    if (handlers == nullptr) continue;
    for (std::size_t i = 0; i < handlers->items.size(); ++i) {
      read_handler(service, handlers->items[i],
                   fmt::format("/services/{}/handlers/{}", member.key, i));
    }
  }
}

void Reading::read_handler(ServiceDescription& service, const Node& node, const std::string& at) {
  const Fields fields(problems, node, "a handler", {"on", "every", "do", "uncaught"});
  if (!fields.is_object()) return;
  Handler handler;
  handler.site = site(at, node.span);
  bool known = false;
  if (const Node* every = fields.find("every"); every != nullptr) {
    if (const auto period = read_duration(problems, *every)) {
      handler.on = Handler::On::every;
      handler.period = *period;
      known = period->count() > 0;
      if (!known) problems.add(every->span, "a period must be longer than 0");
    }
    if (fields.has("on")) problems.add(every->span, "a handler has \"on\" or \"every\", not both");
  } else if (const Node* on = fields.need("on"); on != nullptr) {
    known = read_trigger(service, handler, *on, at);
  }
  if (const Node* uncaught = fields.text("uncaught"); uncaught != nullptr) {
    const std::vector<std::string> words = {"redeliver", "skip", "crash"};
    const auto word = std::find(words.begin(), words.end(), uncaught->text);
    if (handler.on != Handler::On::topic) {
      problems.add(uncaught->span, "\"uncaught\" is for handlers of a topic");
    } else if (word == words.end()) {
      problems.add(uncaught->span, fmt::format("unknown way \"{}\" to end", uncaught->text),
                   did_you_mean(uncaught->text, words));
    } else if (handler.group != nullptr) {
      handler.group->has_uncaught = true;
      handler.group->uncaught = static_cast<models::Uncaught>(word - words.begin());
    }
  }
  const Node* steps = fields.need("do") == nullptr ? nullptr : fields.array("do");
  if (!known || steps == nullptr) return;
  StepReader reader(*this, handler);
  handler.steps = reader.read_block(*steps, at + "/do");
  handler.slots = reader.slots();
  if (handler.group != nullptr) handler.group->acknowledges = reader.acknowledges();
  service.handlers.push_back(std::move(handler));
}

bool Reading::read_trigger(ServiceDescription& service, Handler& handler, const Node& on,
                           const std::string& at) {
  const Fields fields(problems, on, "a trigger", {"request", "topic", "group"});
  if (!fields.is_object()) return false;
  if (const Node* request = fields.text("request"); request != nullptr) {
    auto& spec = requests_[request->text];
    if (spec == nullptr) spec = std::make_shared<models::RequestSpec>(request->text);
    handler.on = Handler::On::request;
    handler.request = spec;
    return true;
  }
  const Node* topic = fields.need_text("topic");
  const Node* group = fields.need_text("group");
  if (topic == nullptr || group == nullptr) return false;
  static_cast<void>(at);
  read_topic_trigger(service, handler, *topic, *group);
  return handler.group != nullptr;
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
      if (each.group != nullptr && each.group->name.text == group.text &&
          each.group->topic == spec->topic) {
        problems.add(group.span,
                     fmt::format("group \"{}\" of {} has a handler already", group.text, topic.text),
                     "a group is served by one handler; another group gets every message too");
      }
    }
  }
  handler.on = Handler::On::topic;
  handler.group = std::move(spec);
}

// Gives every request of the workload the handler that takes it.
void Reading::connect_workload() {
  for (const auto& order : program.workload) {
    bool taken = false;
    for (const ServiceDescription& service : program.services) {
      if (service.name.get() != order->process) continue;
      for (std::uint32_t i = 0; i < service.handlers.size(); ++i) {
        const Handler& handler = service.handlers[i];
        if (handler.request == nullptr || handler.request.get() != order->spec) continue;
        order->handler = i;
        order->handler_site = handler.site.get();
        taken = true;
      }
    }
    if (!taken) {
      problems.add(sent_to_[order.get()],
                   fmt::format("{} has no handler on request \"{}\"", order->process->text,
                               order->spec->symbol.text));
    }
  }
}

}  // namespace onceward::scenarios
