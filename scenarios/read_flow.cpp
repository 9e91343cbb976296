// Reading what the flow is made of besides services: databases, brokers, external services.
#include <fmt/core.h>

#include <algorithm>

#include "scenarios/mistake.hpp"
#include "scenarios/nearest.hpp"
#include "scenarios/reading.hpp"

namespace onceward::scenarios {
namespace {

template <class Profile>
const Profile* read_profile(Problems& problems, const Fields& fields,
                            const std::vector<Profile>& all, const char* what) {
  const Node* name = fields.text("profile");
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

}  // namespace

bool Reading::check_name(const std::string& name, Span span) {
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

void Reading::read_databases(const Node& node) {
  for (const Member& member : node.members) {
    if (!check_name(member.key, member.key_span)) continue;
    const Fields fields(problems, member.value, database_shape());
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
    if (!check_name(member.key, member.key_span)) continue;
    const Fields fields(problems, member.value, table_shape());
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
    if (!check_name(member.key, member.key_span)) continue;
    const Fields fields(problems, member.value, broker_shape());
    BrokerDescription broker;
    broker.name = symbol(member.key);
    broker.profile = read_profile(problems, fields, models::broker_profiles(), "broker");
    if (broker.profile == nullptr) broker.profile = &models::broker_profiles().front();
    if (const Node* topics = fields.object("topics")) read_topics(broker, *topics);
    program.brokers.push_back(std::move(broker));
  }
}

// All topics are known before what names another is read.
void Reading::read_topics(BrokerDescription& broker, const Node& node) {
  std::vector<const Member*> named;
  for (const Member& member : node.members) {
    if (!check_name(member.key, member.key_span)) continue;
    named.push_back(&member);
    broker.topics.push_back(std::make_shared<models::TopicSpec>(broker.name->text, member.key));
  }
  for (std::size_t i = 0; i < named.size(); ++i) {
    models::TopicSpec& topic = *broker.topics[i];
    const Fields fields(problems, named[i]->value, topic_shape());
    if (const auto count = fields.integer("partitions")) {
      topic.partitions = static_cast<std::uint32_t>(*count);
    }
    if (const auto most = fields.integer("max_deliveries")) {
      topic.max_deliveries = static_cast<std::uint32_t>(*most);
    }
    if (const Node* dead = fields.text("dead_letter")) read_dead_letter(broker, *dead, topic);
    if (const Node* refuses = fields.find("refuses")) {
      read_refusal(*refuses, fmt::format("/brokers/{}/topics/{}", broker.name->text, named[i]->key),
                   topic);
    }
  }
}

void Reading::read_dead_letter(const BrokerDescription& broker, const Node& node,
                               models::TopicSpec& topic) {
  std::vector<std::string> others;
  for (const auto& each : broker.topics) {
    if (each.get() == &topic) continue;
    others.push_back(each->name.text);
    if (each->name.text == node.text) topic.dead_letter = each.get();
  }
  if (topic.dead_letter != nullptr) return;
  problems.add(node.span,
               fmt::format("\"{}\" is no other topic of {}", node.text, broker.name->text),
               did_you_mean(node.text, others));
}

void Reading::read_refusal(const Node& node, const std::string& at, models::TopicSpec& topic) {
  Names names;
  names.has_event = true;
  std::optional<Formula> condition = read_condition(node, names, problems);
  if (!condition) return;
  static_cast<void>(site(at, node.span));
  auto kept = std::make_shared<const Formula>(std::move(*condition));
  topic.refuses = [kept, at](sim::World& world, const models::Message& message) {
    Scope scope;
    scope.world = &world;
    scope.event = &message;
    const bool refused = kept->holds(scope);
    if (scope.mistake != nullptr) report_mistake(world, scope.mistake, at);
    return refused;
  };
}

void Reading::read_externals(const Node& node) {
  for (const Member& member : node.members) {
    if (!check_name(member.key, member.key_span)) continue;
    const Fields fields(problems, member.value, external_shape());
    ExternalDescription external;
    external.name = symbol(member.key);
    if (const auto window = fields.duration("idempotency_window")) external.key_window = *window;
    if (const Node* operations = fields.array("operations")) {
      for (const Node& each : operations->items) {
        if (each.kind == Node::Kind::text) {
          external.operations.push_back(each.text);
        } else {
          problems.add(each.span, "this must be the name of an operation");
        }
      }
    }
    program.externals.push_back(std::move(external));
  }
}

}  // namespace onceward::scenarios
