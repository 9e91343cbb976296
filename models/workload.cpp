#include "models/workload.hpp"

#include <algorithm>

namespace onceward::models {

class Workload::Arrival final : public sim::Occurrence {
 public:
  Arrival(Workload& workload, std::uint32_t index) : workload_(workload), index_(index) {}
  void happen(sim::World& world) override {
    const sim::Arena::Entered entered(world.arena(), workload_.owner());
    workload_.arrive(world, index_, id);
  }
  void fingerprint(sim::Hasher& hasher) const override { hasher.add(index_); }
  [[nodiscard]] std::string describe() const override {
    const RequestOrder& order = *workload_.orders_[index_];
    return "request " + order.spec->symbol.text + " to " + order.process->text;
  }
  void dispose() override { delete this; }

 private:
  Workload& workload_;
  std::uint32_t index_;
};

const RequestOrder& RequestHandling::order() const { return *workload->orders_[index]; }
const Row& RequestHandling::row() const { return workload->rows_[index]; }

void RequestHandling::activity_ended(sim::World& world, sim::Activity&) {
  Workload& in = *workload;
  const sim::Arena::Entered entered(world.arena(), in.owner());
  in.states_[index] = failed ? Workload::State::failed : Workload::State::done;
  const std::uint32_t entry = world.trace(in.name(), [&](sim::TraceEntry& trace) {
    trace.text = order().spec->symbol.text + (failed ? " fails" : " is answered");
    if (!row().empty()) trace.entity = row().front().print();
  });
  if (!failed) in.ledger_->acknowledged(world, *order().spec, row(), entry);
  in.in_work_.erase(std::find(in.in_work_.begin(), in.in_work_.end(), this));
  delete this;
}

Workload::Workload(const sim::Symbol& name, sim::OwnerId owner, sim::World& world,
                   const std::vector<const RequestOrder*>& orders, Ledger& ledger)
    : Component(name, owner),
      orders_(orders.begin(), orders.end()),
      first_part_(world.add_parts(static_cast<std::uint32_t>(orders.size()))),
      ledger_(&ledger) {
  for (const RequestOrder* order : orders) {
    rows_.emplace_back(order->values.begin(), order->values.end());
    states_.push_back(State::unsent);
  }
}

void Workload::on_start(sim::World& world) {
  for (std::uint32_t i = 0; i < orders_.size(); ++i) {
    if (world.is_left_out(first_part_ + i)) continue;
    auto* arrival = new Arrival(*this, i);
    arrival->owned = true;
    // Numbered by its place, so that a run without the requests before it is the same for this one.
    const sim::Hash128 id = derive(creator().id(), orders_[i]->site->hash, i);
    world.add_numbered(*arrival, id, *orders_[i]->site, orders_[i]->window, world.steps(),
                       world.now());
  }
}

void Workload::arrive(sim::World& world, std::uint32_t index, const sim::Hash128& id) {
  const RequestOrder& order = *orders_[index];
  sim::Process& process = *world.process(*order.process);
  const char* outcome = "";
  if (process.state() == sim::Process::State::down) {
    states_[index] = State::failed;
    outcome = "  (refused: it is down)";
  } else if (process.state() == sim::Process::State::doomed) {
    states_[index] = State::failed;
    outcome = "  (never answered)";
  } else {
    states_[index] = process.acts() ? State::in_work : State::waiting;
  }
  const std::uint32_t entry = world.trace(name(), [&](sim::TraceEntry& trace) {
    trace.text = order.spec->symbol.text;
    for (std::size_t i = 0; i < order.spec->fields.size(); ++i) {
      trace.text += (i == 0 ? " " : ", ") + order.spec->fields[i] + "=" + rows_[index][i].print();
    }
    trace.text += " -> " + process.name().text + outcome;
    if (!rows_[index].empty()) trace.entity = rows_[index].front().print();
    trace.site = order.site->text;
  });
  if (entry != 0) world.set_cause(entry);
  ledger_->requested(world, *order.spec, rows_[index], entry);
  if (states_[index] != State::in_work) return;
  // Taking a request over is an act: a crash right after it loses the request for good.
  if (world.strike_taker(process, *order.site)) {
    states_[index] = State::failed;
    return;
  }
  start(world, index, process, id);
}

void Workload::start(sim::World& world, std::uint32_t index, sim::Process& process,
                     const sim::Hash128& id) {
  states_[index] = State::in_work;
  auto* handling = new RequestHandling(*this, index);
  in_work_.push_back(handling);
  const RequestOrder& order = *orders_[index];
  auto* server = static_cast<Server*>(process.service());
  process.spawn_as(world, derive(id, order.handler_site->hash, 0), *order.handler_site, handling,
                   [&] { return server->on_request(handling); });
}

void Workload::on_acting(sim::World& world, sim::Process& process) {
  for (std::uint32_t i = 0; i < orders_.size(); ++i) {
    if (states_[i] != State::waiting || orders_[i]->process != &process.name()) continue;
    start(world, i, process, creator().next(*orders_[i]->site));
  }
}

// A request in work when its process crashes ends as a timeout at the client.
void Workload::on_crash(sim::World&, sim::Process& process) {
  for (std::size_t i = in_work_.size(); i-- > 0;) {
    RequestHandling* handling = in_work_[i];
    if (handling->order().process != &process.name()) continue;
    states_[handling->index] = State::failed;
    in_work_.erase(in_work_.begin() + static_cast<std::ptrdiff_t>(i));
    delete handling;
  }
}

void Workload::fingerprint(sim::Hasher& hasher) const {
  for (const State state : states_) {
    // How a request ended is of no consequence to the flow.
    hasher.add(static_cast<std::uint64_t>(state == State::failed ? State::done : state));
  }
}

}  // namespace onceward::models
