// The code of docs/cpp-models.md, as somebody writes it who has onceward installed.
#include "cpp_models.hpp"

#include <cstdint>
#include <iostream>
#include <sim/plain/explore.hpp>
#include <sim/search/explore.hpp>
#include <string>

namespace sim = onceward::sim;

namespace {

struct Relay {
  struct State {
    std::uint8_t at;  // 0 idle, 1 sent
    std::uint8_t marked;
    std::uint8_t received;
    std::uint8_t crashes;
  };
  bool receiver_remembers = false;

  State initial() const { return {}; }

  void actions(const State& state, auto&& step) const {
    if (state.at == 0 && state.marked == 0) {
      step({"relay", "send"}, [this](State& next) {
        next.at = 1;
        if (next.received == 0 || !receiver_remembers) ++next.received;
      });
    }
    if (state.at == 1) {
      step({"relay", "mark"}, [](State& next) {
        next.at = 0;
        next.marked = 1;
      });
    }
    if (state.crashes < 1) {
      step({"relay", "CRASH"}, [](State& next) {
        next.at = 0;
        ++next.crashes;
      });
    }
  }

  void invariants(const State& state, auto&& holds) const {
    holds("received at most once", state.received <= 1);
  }
};

const sim::Symbol kRelay("relay");
const sim::Symbol kTable("table");
const sim::Symbol kOnce("received at most once");
const sim::Site kPass("pass");
const sim::Site kSend("send");
const sim::Site kMark("mark");
const sim::Site kRead("read");

// What survives: the row, and what was received.
class Table final : public sim::Component {
 public:
  Table(const sim::Symbol& name, sim::OwnerId owner) : Component(name, owner) {}
  void fingerprint(sim::Hasher& hasher) const override {
    hasher.add(marked ? 1 : 0);
    hasher.add(received);
  }
  bool marked = false;
  std::uint64_t received = 0;
};

// One access to it. What it changes is changed in `apply`, in one step with the reply.
class Access final : public sim::Operation {
 public:
  Access(sim::World& world, Table& table, const sim::Site& site)
      : Operation(world, &table, site, sim::kAnyTime), table_(&table) {}
  bool await_resume() const {
    remember(marked_ ? 1 : 0);  // what the task learns is part of its state
    return marked_;
  }
  std::string describe() const override { return site->text; }

 protected:
  sim::Applied apply(sim::World& world) override {
    world.trace(kRelay, [&](sim::TraceEntry& entry) { entry.text = site->text; });
    if (site == &kSend) ++table_->received;
    if (site == &kMark) table_->marked = true;
    marked_ = table_->marked;
    if (table_->received > 1 && !world.found(kOnce, {})) {
      sim::Finding finding;
      finding.invariant = &kOnce;
      world.find(finding);
    }
    return site == &kRead ? sim::Applied::done : sim::Applied::acted;
  }

 private:
  Table* table_;
  bool marked_ = false;
};

sim::Task<> pass(sim::World* world, Table* table) {
  const bool marked = co_await Access(*world, *table, kRead);
  if (marked) co_return;
  co_await Access(*world, *table, kSend);
  co_await Access(*world, *table, kMark);
}

// The process: it looks at the table whenever it starts.
class RelayService final : public sim::Service {
 public:
  explicit RelayService(Table& table) : table_(&table) {}
  void start(sim::World& world, sim::Process& process) override {
    process.spawn(world, kPass, nullptr, [&] { return pass(&world, table_); });
  }

 private:
  Table* table_;
};

class RelayModel final : public sim::Model {
 public:
  void build(sim::World& world) const override {
    auto& table = world.add_component<Table>(kTable);
    world.add_process(kRelay, [&table](sim::Process&) { return new RelayService(table); });
  }
};

}  // namespace

void search_plain_state() {
  const sim::Explored broken = sim::explore(Relay{}, {});
  std::cout << sim::to_text(broken.verdict) << " " << broken.violations[0].invariant << "\n";
  for (const sim::TraceEntry& entry : broken.violations[0].trace) {
    std::cout << entry.step << " " << entry.lane << ": " << entry.text << "\n";
  }
  const sim::Explored repaired = sim::explore(Relay{.receiver_remembers = true}, {});
  std::cout << sim::to_text(repaired.verdict) << " " << repaired.figures.states << " states\n";
}

void search_coroutines() {
  sim::FaultPlan plan;
  plan.budget = 1;
  plan.rules.push_back({sim::FaultKind::crash, "", 1, {}});
  const sim::Result result = sim::explore(RelayModel(), plan, {});
  std::cout << sim::to_text(result.verdict) << " with " << result.violations[0].faults.size()
            << " fault in " << result.violations[0].steps << " steps\n";
}
