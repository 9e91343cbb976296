#include "scenarios/reader.hpp"

#include <fmt/core.h>

#include "scenarios/json.hpp"
#include "scenarios/local_steps.hpp"
#include "scenarios/nearest.hpp"
#include "scenarios/reading.hpp"

namespace onceward::scenarios {

std::unique_ptr<Program> read_program(const Node& root, Problems& problems) {
  auto program = std::make_unique<Program>();
  Reading(*program, problems).read(root);
  return problems.empty() ? std::move(program) : nullptr;
}

void Reading::read(const Node& root) {
  blocks_left_out_ = !problems.empty();
  const Fields fields(problems, root, scenario_shape());
  if (!fields.is_object()) return;
  if (const Node* version = fields.text("onceward"); version != nullptr) {
    if (version->text != "1") {
      problems.add(version->span,
                   fmt::format("version \"{}\" of the language is not known", version->text),
                   fmt::format("onceward {} reads version \"1\"", ONCEWARD_VERSION));
    }
  }
  if (const Node* title = fields.text("title")) program.title = title->text;
  if (const Node* about = fields.text("about")) program.about = about->text;
  if (const Node* databases = fields.object("databases")) read_databases(*databases);
  if (const Node* brokers = fields.object("brokers")) read_brokers(*brokers);
  if (const Node* stores = fields.object("stores")) read_stores(*stores);
  if (const Node* externals = fields.object("external")) read_externals(*externals);
  parts_left_out_ = !problems.empty();
  const Node* services = fields.object("services");
  steps_left_out_ = blocks_left_out_ || (!problems.empty() && services == nullptr);
  if (services != nullptr) {
    declare_services(*services);
    gather_columns(*services);
    texts_.gather(*services);
  }
  const Node* workload = fields.array("workload");
  const std::size_t of_parts = problems.size();
  if (workload != nullptr) {
    texts_.gather(*workload);
    read_workload(*workload);
  }
  sent_left_out_ = sent_left_out_ || problems.size() > of_parts ||
                   (workload == nullptr && fields.meant("workload"));
  if (services != nullptr) read_services(*services);
  connect_workload();
  const std::size_t before = problems.size();
  if (const Node* obligations = fields.array("obligations")) read_obligations(*obligations);
  claims_left_out_ = problems.size() > before || sent_left_out_;
  if (const Node* goals = fields.array("must_reach")) read_goals(*goals);
  if (const Node* invariants = fields.array("invariants")) read_invariants(*invariants);
  // What an obligation names may be in a part with a mistake.
  claims_left_out_ = problems.size() > before || parts_left_out_ || sent_left_out_;
  choose_oracles();
  if (const Node* faults = fields.object("faults")) {
    read_faults(*faults);
  } else {
    default_faults();
  }
  if (const Node* expect = fields.object("expect")) read_expectation(*expect);
  if (problems.empty()) note_local_steps(program);
  for (const auto& [text, each] : symbols_) program.symbols.push_back(each);
  for (const auto& [name, each] : requests_) program.requests.push_back(each);
}

SymbolPtr Reading::symbol(const std::string& text) {
  SymbolPtr& found = symbols_[text];
  if (found == nullptr) found = std::make_shared<sim::Symbol>(text);
  return found;
}

std::shared_ptr<const sim::Site> Reading::site(const std::string& pointer, Span span) {
  program.places[pointer] = span;
  return std::make_shared<sim::Symbol>(pointer);
}

std::vector<std::string> Reading::service_names() const {
  std::vector<std::string> names;
  for (const ServiceDescription& each : program.services) names.push_back(each.name->text);
  return names;
}

std::uint32_t Reading::find_service(std::string_view name) const {
  for (std::uint32_t i = 0; i < program.services.size(); ++i) {
    if (program.services[i].name->text == name) return i;
  }
  return kNone;
}

namespace {

// "unknown topic "bus.orders""; what nobody wrote is told with the parameter that was left out.
std::string unknown(const char* what, const Node& node) {
  std::string text = fmt::format("unknown {} \"{}\"", what, node.text);
  if (node.default_of != nullptr) {
    text += fmt::format(", the default of \"{}\", which is not written here", node.default_of);
  }
  return text;
}

}  // namespace

// A node of another kind than text has been complained of.
std::uint32_t Reading::find_database(const Node& node) {
  if (node.kind != Node::Kind::text) return kNone;
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < program.databases.size(); ++i) {
    names.push_back(program.databases[i].name->text);
    if (names.back() == node.text) return i;
  }
  if (names.empty() && parts_left_out_) return kNone;
  if (!unknown_at_.insert(node.span.begin).second) return kNone;
  problems.add(node.span, unknown("database", node), did_you_mean(node.text, names));
  return kNone;
}

models::TableSpec* Reading::find_table(const Node& node, std::uint32_t& database,
                                       std::uint32_t& table) {
  if (node.kind != Node::Kind::text) return nullptr;
  std::vector<std::string> names;
  for (database = 0; database < program.databases.size(); ++database) {
    const auto& tables = program.databases[database].tables;
    for (table = 0; table < tables.size(); ++table) {
      names.push_back(tables[table]->name.text);
      if (names.back() == node.text) return tables[table].get();
    }
  }
  if (names.empty() && parts_left_out_) return nullptr;
  if (!unknown_at_.insert(node.span.begin).second) return nullptr;
  problems.add(node.span, unknown("table", node), did_you_mean(node.text, names));
  return nullptr;
}

bool Reading::find_topic(const Node& node, std::uint32_t& broker, std::uint32_t& topic) {
  if (node.kind != Node::Kind::text) return false;
  std::vector<std::string> names;
  for (broker = 0; broker < program.brokers.size(); ++broker) {
    const auto& topics = program.brokers[broker].topics;
    for (topic = 0; topic < topics.size(); ++topic) {
      names.push_back(topics[topic]->name.text);
      if (names.back() == node.text) return true;
    }
  }
  if (names.empty() && parts_left_out_) return false;
  const std::string hint = did_you_mean(node.text, names);
  problems.add(node.span, unknown("topic", node),
               names.empty() ? R"(a broker has "topics", which are named BROKER.TOPIC)" : hint);
  return false;
}

}  // namespace onceward::scenarios
