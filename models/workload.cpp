#include "models/workload.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "models/families.hpp"

namespace onceward::models {
namespace {

const sim::Site kAgain("sent again");

}  // namespace

class Workload::Arrival final : public sim::Occurrence {
 public:
  Arrival(Workload& workload, std::uint32_t index) : workload_(workload), index_(index) {}
  void happen(sim::World& world) override {
    const sim::Arena::Entered entered(world.arena(), workload_.owner());
    workload_.arrive(world, index_, id);
  }
  [[nodiscard]] bool is_local(const sim::World& world) const override;
  void fingerprint(sim::Hasher& hasher) const override { workload_.add_request(hasher, index_); }
  [[nodiscard]] std::string describe() const override {
    const RequestOrder& order = *workload_.orders_[index_];
    const Sent& sent = workload_.sent_[index_];
    if (sent.tries > order.retries) return "request " + order.spec->symbol.text + " is given up";
    return "request " + order.spec->symbol.text + " to " + order.process->text;
  }
  void dispose() override { delete this; }

 private:
  Workload& workload_;
  std::uint32_t index_;
};

const RequestOrder& RequestHandling::order() const { return *workload->orders_[index]; }
const Row& RequestHandling::row() const { return workload->rows_[index]; }

void RequestHandling::fingerprint(sim::Hasher& hasher) const {
  hasher.look_into(workload->owner());
  workload->add_request(hasher, index);
  hasher.add(heard ? 1 : 0);
}

sim::Value RequestHandling::name() const { return workload->name_of(index); }

void RequestHandling::activity_ended(sim::World& world, sim::Activity&) {
  Workload& in = *workload;
  const sim::Arena::Entered entered(world.arena(), in.owner());
  const std::uint32_t entry = world.trace(in.name(), [&](sim::TraceEntry& trace) {
    trace.text = in.title(index) + (failed ? " fails" : " is answered") +
                 (heard ? "" : ", and nobody hears it");
    if (!row().empty()) trace.entity = row().front().print();
  });
  in.in_work_.erase(std::find(in.in_work_.begin(), in.in_work_.end(), this));
  if (heard && failed) {
    in.fail(world, index, Workload::Failure::seen);
  } else if (heard) {
    in.ledger_->acknowledged(world, *order().spec, row(), name(), entry);
    in.settle(world, index);
  }
  if (heard) offer_crash_after_run(world, *process, *order().handler_site);
  in.start_waiting(world, *process);
  delete this;
}

std::string RequestHandling::describe_run(const sim::Activity&) const {
  return workload->title(index);
}

Workload::Workload(const sim::Symbol& name, sim::OwnerId owner, sim::World& world,
                   const std::vector<const RequestOrder*>& orders, Ledger& ledger)
    : Component(name, owner),
      orders_(orders.begin(), orders.end()),
      first_part_(world.add_parts(static_cast<std::uint32_t>(orders.size()))),
      ledger_(&ledger) {
  const Families families = families_of(orders);
  standings_.assign(families.requests.begin(), families.requests.end());
  const auto first_key = static_cast<std::uint32_t>(orders.size()) + 1;  // after the requests
  for (const RequestOrder* order : orders) {
    Row& row = rows_.emplace_back();
    for (const sim::Value& value : order->values) {
      const bool is_text = value.kind() == sim::ValueKind::text;
      const auto key = is_text ? families.keys.find(value.view()) : families.keys.end();
      row.push_back(key == families.keys.end() ? value : value.as_key(first_key + key->second));
    }
  }
  if (!families.keys.empty()) world.note_keys();
  sent_.resize(orders.size());
}

sim::Value Workload::name_of(std::uint32_t index) {
  return sim::Value::integer(index).as_key(index + 1);
}

void Workload::add_request(sim::Hasher& hasher, std::uint32_t index) const {
  if (hasher.renames_keys()) {
    const Families::Standing& standing = standings_[index];
    hasher.add(std::uint64_t{standing.family} << 32 |
               (standing.family == 0 ? index : standing.role));
  }
  name_of(index).fingerprint(hasher);
}

void Workload::on_start(sim::World& world) {
  for (std::uint32_t i = 0; i < orders_.size(); ++i) {
    if (world.is_left_out(first_part_ + i)) sent_[i].state = State::settled;
  }
  send_what_waited(world);
}

void Workload::send_what_waited(sim::World& world) {
  for (std::uint32_t i = 0; i < orders_.size(); ++i) {
    const std::vector<std::uint32_t>& after = orders_[i]->after;
    const bool ready = std::all_of(after.begin(), after.end(), [&](std::uint32_t other) {
      return sent_[other].state == State::settled;
    });
    if (sent_[i].state == State::held && ready) send(world, i, orders_[i]->window);
  }
}

// Numbered by its place, so that a run without the requests before it is the same for this one.
void Workload::send(sim::World& world, std::uint32_t index, const sim::Window& window) {
  Sent& sent = sent_[index];
  sent.state = State::coming;
  auto* arrival = new Arrival(*this, index);
  arrival->owned = true;
  arrival->entry = world.cause();
  const sim::Site& site = *orders_[index]->site;
  const sim::Hash128 first = derive(creator().id(), site.hash, index);
  const sim::Hash128 id = sent.tries == 0 ? first : derive(first, kAgain.hash, sent.tries);
  world.add_numbered(*arrival, id, site, window, world.steps(), world.now());
}

void Workload::arrive(sim::World& world, std::uint32_t index, const sim::Hash128& id) {
  const RequestOrder& order = *orders_[index];
  Sent& sent = sent_[index];
  if (sent.tries > order.retries) {
    settle(world, index);
    return;
  }
  ++sent.tries;
  sent.state = State::open;
  sim::Process* process = choose_instance(world, order);
  trace_arrival(world, index, process);
  if (process == nullptr) {
    fail(world, index, Failure::seen);
    return;
  }
  if (process->state() == sim::Process::State::doomed) {
    fail(world, index, Failure::unseen);
    return;
  }
  bool heard = true;
  if (!survives(world, index, *process, heard)) return;
  const Queued request{index, process, heard, id};
  if (process->acts() && has_room(request)) {
    take(world, request);
  } else {
    queue_.push_back(request);
  }
}

// Any that has its port open may be the one; those that act come first.
sim::Process* Workload::choose_instance(sim::World& world, const RequestOrder& order) {
  sim::Vector<sim::Process*> open;
  for (const bool acting : {true, false}) {
    for (sim::Process* process : world.processes()) {
      const bool listens = &process->service_name() == order.process && process->listens();
      if (listens && process->acts() == acting) open.push_back(process);
    }
  }
  if (open.empty()) return nullptr;
  const std::uint32_t chosen = world.choose_value(
      sim::ChoiceKind::data, *order.site, static_cast<std::uint32_t>(open.size()),
      [&](std::uint32_t i) { return "to " + open[i]->name().text; });
  return open[chosen];
}

std::string Workload::title(std::uint32_t index) const {
  const Row& row = rows_[index];
  const std::string what = row.empty() ? std::string() : " " + row.front().print();
  return orders_[index]->spec->symbol.text + what;
}

void Workload::trace_arrival(sim::World& world, std::uint32_t index, const sim::Process* process) {
  const RequestOrder& order = *orders_[index];
  const std::uint32_t entry = world.trace(name(), [&](sim::TraceEntry& trace) {
    trace.text = order.spec->symbol.text;
    for (std::size_t i = 0; i < order.spec->fields.size(); ++i) {
      trace.text += (i == 0 ? " " : ", ") + order.spec->fields[i] + "=" + rows_[index][i].print();
    }
    trace.text += " -> " + (process == nullptr ? order.process->text : process->name().text);
    if (sent_[index].tries > 1) trace.text += "  (sent again)";
    if (process == nullptr) trace.text += "  (refused: it is down)";
    if (process != nullptr && process->state() == sim::Process::State::doomed) {
      trace.text += "  (never answered)";
    }
    if (!rows_[index].empty()) trace.entity = rows_[index].front().print();
    trace.site = order.site->text;
  });
  sent_[index].entry = entry;
  if (entry != 0) world.set_cause(entry);
  ledger_->requested(world, *order.spec, rows_[index], name_of(index), entry);
}

bool Workload::survives(sim::World& world, std::uint32_t index, const sim::Process& process,
                        bool& heard) {
  const RequestOrder& order = *orders_[index];
  if (!is_noticed(order)) return true;
  const sim::FaultKind fault =
      world.offer_fault(*order.site, {sim::FaultKind::reply_lost, sim::FaultKind::error},
                        {&process.name(), &process.service_name(), &name()});
  if (fault == sim::FaultKind::none) return true;
  const bool lost = fault == sim::FaultKind::reply_lost;
  const bool done = lost && world.choose_flag(*order.site, "not done", "done");
  const std::uint32_t entry = world.trace(name(), [&](sim::TraceEntry& trace) {
    const std::string what = title(index);
    trace.text = lost ? "TIMEOUT of " + what + (done ? ", whose answer is lost" : ", which is lost")
                      : "REFUSED: " + what;
    if (!rows_[index].empty()) trace.entity = rows_[index].front().print();
    trace.mark = sim::Mark::fault;
    trace.site = order.site->text;
  });
  if (entry != 0) world.set_cause(entry);
  heard = false;
  fail(world, index, lost ? Failure::unseen : Failure::seen);
  return done;
}

// Taking a request over is an act: a crash right after it loses the request for good.
void Workload::take(sim::World& world, const Queued& request) {
  const RequestOrder& order = *orders_[request.index];
  const auto* server = static_cast<const Server*>(request.process->service());
  if (!world.strike_taker(*request.process, *order.site,
                          server->first_action_within(order.handler))) {
    start(world, request);
  } else if (request.heard) {
    fail(world, request.index, Failure::unseen);
  }
}

void Workload::start(sim::World& world, const Queued& request) {
  auto* handling = new RequestHandling(*this, request.index, *request.process, request.heard);
  in_work_.push_back(handling);
  const RequestOrder& order = *orders_[request.index];
  auto* server = static_cast<Server*>(request.process->service());
  request.process->spawn_as(world, derive(request.id, order.handler_site->hash, 0),
                            *order.handler_site, handling,
                            [&] { return server->on_request(handling); });
}

bool Workload::has_room(const Queued& request) const {
  const RequestOrder& order = *orders_[request.index];
  if (order.at_once == 0) return true;
  const auto busy = std::count_if(in_work_.begin(), in_work_.end(), [&](const auto* handling) {
    return handling->process == request.process && handling->order().handler == order.handler;
  });
  return static_cast<std::uint32_t>(busy) < order.at_once;
}

void Workload::start_waiting(sim::World& world, const sim::Process& process) {
  for (std::size_t i = 0; i < queue_.size() && process.acts();) {
    const Queued request = queue_[i];
    if (request.process == &process && has_room(request)) {
      queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(i));
      start(world, request);
    } else {
      ++i;
    }
  }
}

void Workload::on_acting(sim::World& world, sim::Process& process) {
  start_waiting(world, process);
}

// A request in work when its process crashes ends as a timeout at the client.
void Workload::on_crash(sim::World& world, sim::Process& process) {
  for (std::size_t i = in_work_.size(); i-- > 0;) {
    RequestHandling* handling = in_work_[i];
    if (handling->process != &process) continue;
    in_work_.erase(in_work_.begin() + static_cast<std::ptrdiff_t>(i));
    if (handling->heard) fail(world, handling->index, Failure::unseen);
    delete handling;
  }
  for (std::size_t i = queue_.size(); i-- > 0;) {
    const Queued request = queue_[i];
    if (request.process != &process) continue;
    queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(i));
    if (request.heard) fail(world, request.index, Failure::unseen);
  }
}

bool Workload::minds(const sim::World&, const sim::Process& process) const {
  return std::any_of(orders_.begin(), orders_.end(), [&](const RequestOrder* order) {
    return order->process == &process.service_name();
  });
}

// An instance that is there for certain takes it over at once, and nobody else cares.
bool Workload::Arrival::is_local(const sim::World& world) const {
  const RequestOrder& order = *workload_.orders_[index_];
  if (!order.starts_alone || order.at_once != 0 || workload_.is_noticed(order)) return false;
  const sim::Process* only = nullptr;
  for (const sim::Process* process : world.processes()) {
    if (&process->service_name() != order.process) continue;
    if (only != nullptr) return false;
    only = process;
  }
  return only != nullptr && only->acts() && !world.can_be_stopped(*only);
}

// Who sees nothing waits for as long as his timeout is, which is not said.
void Workload::fail(sim::World& world, std::uint32_t index, Failure failure) {
  const RequestOrder& order = *orders_[index];
  const bool again = sent_[index].tries <= order.retries;
  if (!again && (failure == Failure::seen || !is_awaited(index))) {
    settle(world, index);
    return;
  }
  sim::Window window = again ? order.pause : sim::Window{sim::Duration{0}, sim::Duration{0}};
  if (failure == Failure::unseen) window.latest = sim::kForever;
  send(world, index, window);
}

void Workload::tell_waiting(sim::World& world) {
  const auto tell = [&](std::uint32_t index, const std::string& what) {
    world.trace(name(), [&](sim::TraceEntry& trace) {
      trace.text = what;
      if (!rows_[index].empty()) trace.entity = rows_[index].front().print();
      trace.site = orders_[index]->site->text;
      trace.mark = sim::Mark::blocked;
      trace.causes = {sent_[index].entry};
    });
  };
  const sim::OutsideStep gate;
  for (const RequestHandling* each : in_work_) {
    if (each->heard) tell(each->index, "still waits for the answer to " + title(each->index));
  }
  for (const Queued& each : queue_) {
    tell(each.index,
         title(each.index) + " still waits to be taken by " + each.process->name().text);
  }
}

void Workload::settle(sim::World& world, std::uint32_t index) {
  sent_[index].state = State::settled;
  send_what_waited(world);
}

bool Workload::is_awaited(std::uint32_t index) const {
  return std::any_of(orders_.begin(), orders_.end(), [&](const RequestOrder* order) {
    return std::find(order->after.begin(), order->after.end(), index) != order->after.end();
  });
}

bool Workload::is_noticed(const RequestOrder& order) const {
  if (order.retries > 0) return true;
  for (std::size_t i = 0; i < ledger_->obligations(); ++i) {
    const ObligationSpec& spec = ledger_->spec(i);
    if (spec.cause.kind == CauseKind::request && spec.cause.request == order.spec) return true;
  }
  return false;
}

void Workload::fingerprint(sim::Hasher& hasher) const {
  std::vector<std::uint32_t> all(sent_.size());
  std::iota(all.begin(), all.end(), 0U);
  hasher.add_set(all, [&](sim::Hasher& one, std::uint32_t i) {
    add_request(one, i);
    if (one.renames_keys() && standings_[i].family != 0) {
      for (const sim::Value& value : rows_[i]) value.fingerprint(one);
    }
    std::uint64_t in_work[2] = {0, 0};
    for (const RequestHandling* each : in_work_) in_work[each->heard ? 1 : 0] += each->index == i;
    one.add(static_cast<std::uint64_t>(sent_[i].state) | std::uint64_t{sent_[i].tries} << 8);
    one.add(in_work[0] << 32 | in_work[1]);
  });
  hasher.add(queue_.size());
  for (const Queued& each : queue_) {
    add_request(hasher, each.index);
    hasher.add(std::uint64_t{each.process->index()} << 1 | (each.heard ? 1U : 0U));
  }
}

}  // namespace onceward::models
