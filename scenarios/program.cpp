#include "scenarios/program.hpp"

#include "scenarios/interpreter.hpp"

namespace onceward::scenarios {
namespace {

const sim::Symbol kLedger("ledger");
const sim::Symbol kClient("client");
const sim::Symbol kBusiness("business");

template <class T>
std::vector<const T*> pointers(const std::vector<std::shared_ptr<T>>& owned) {
  std::vector<const T*> result;
  for (const auto& each : owned) result.push_back(each.get());
  return result;
}

}  // namespace

models::LedgerSpec Program::owed() const {
  models::LedgerSpec spec;
  spec.obligations = pointers(obligations);
  spec.claims = pointers(claims);
  for (const auto& [count, name] : counts) spec.counts.push_back({name.get(), count.second});
  spec.deliveries = delivery_goals;
  return spec;
}

void Program::build(sim::World& world) const {
  for (const Goal& goal : goals) world.add_goal(goal.fault ? &*goal.fault : nullptr);
  auto& ledger = world.add_component<models::Ledger>(kLedger, owed(), oracles);
  reached.resize(steps);
  auto* components = new Components;
  components->reached = &reached;
  components->ledger = &ledger;
  components->decisions = &world.add_component<models::Decisions>(kBusiness);
  for (const DatabaseDescription& each : databases) {
    components->databases.push_back(&world.add_component<models::Database>(
        *each.name, world, *each.profile, pointers(each.tables), ledger));
  }
  for (const BrokerDescription& each : brokers) {
    components->brokers.push_back(&world.add_component<models::Log>(
        *each.name, world, *each.profile, pointers(each.topics), ledger));
  }
  for (const StoreDescription& each : stores) {
    components->stores.push_back(
        &world.add_component<models::KeyValueStore>(*each.name, world, *each.profile));
  }
  for (const ExternalDescription& each : externals) {
    components->externals.push_back(
        &world.add_component<models::ExternalService>(*each.name, world, each.key_window, ledger));
  }
  world.add_component<models::Workload>(kClient, world, pointers(workload), ledger);
  for (const ServiceDescription& each : services) {
    models::Timers* timers = nullptr;
    if (!each.timers.empty()) {
      timers = &world.add_component<models::Timers>(*each.timers_name, world, *each.name,
                                                    pointers(each.timers));
    }
    for (const SymbolPtr& instance : each.instances) {
      const auto cells = world.add_resources(static_cast<std::uint32_t>(each.memory.size()));
      world.add_process(*instance,
                        [&world, components, &each, cells, timers](sim::Process&) -> sim::Service* {
                          return new ScenarioService(world, *components, each, cells, timers);
                        },
                        {.service = each.name.get(),
                         .restart = each.restart,
                         .restarts = each.restarts,
                         .starts_alone = each.starts_alone});
    }
    for (const Handler& handler : each.handlers) {
      if (handler.on != Handler::On::topic) continue;
      const std::string broker = handler.group->topic->name.text;
      for (std::size_t i = 0; i < brokers.size(); ++i) {
        if (broker.rfind(brokers[i].name->text + ".", 0) == 0) {
          static_cast<void>(components->brokers[i]->add_group(world, *handler.group));
        }
      }
    }
  }
}

}  // namespace onceward::scenarios
