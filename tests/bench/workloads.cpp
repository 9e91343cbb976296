#include "tests/bench/workloads.hpp"

#include <unistd.h>

#include <cmath>
#include <deque>
#include <fstream>
#include <functional>

#include "sim/random.hpp"
#include "sim/search/sources.hpp"
#include "sim/world.hpp"
#include "tests/bench/measure.hpp"

namespace onceward::bench {
namespace {

using sim::Task;
using sim::World;

const sim::Symbol kWorkers("workers");
const sim::Symbol kBroker("broker");
const sim::Site kSleep("sleep");
const sim::Site kReceive("receive");
const sim::Site kStart("start");
constexpr sim::Duration kUnit = std::chrono::seconds(1);

// The delays of all workers; outside the world, as a search would never run it.
class Delays {
 public:
  sim::Window next(double mean = 1) {
    const double uniform = (static_cast<double>(random_.next() >> 11) + 1) * 0x1.0p-53;
    const sim::Duration delay(static_cast<std::int64_t>(-std::log(uniform) * mean * 1e9));
    return {delay, delay};
  }

 private:
  sim::Random random_{42};
};

// Where messages meet processes. It is not fingerprinted: nothing is searched here.
class Broker final : public sim::Component {
 public:
  struct Mailbox {
    std::uint64_t message = 0;
    sim::WaitList reader;
  };

  Broker(const sim::Symbol& name, sim::OwnerId owner, std::size_t mailboxes)
      : Component(name, owner), mailboxes(mailboxes) {}
  void fingerprint(sim::Hasher&) const override {}

  sim::Vector<Mailbox> mailboxes;
  std::deque<std::int64_t, sim::ArenaAllocator<std::int64_t>> queue;  // when items were put in
};

// ---- The processes

Task<> hold_again(World* world, Delays* delays) {
  while (true) {
    const sim::Window delay = delays->next();
    co_await sim::Sleep(*world, kSleep, delay);
  }
}

void send(World& world, Broker::Mailbox& to, std::uint64_t message) {
  to.message = message;
  to.reader.wake_all(world, {kUnit, kUnit});
}

struct Party {
  Broker::Mailbox* in;
  Broker::Mailbox* out;
};

Task<> ping(World* world, Party party, std::uint64_t rounds) {
  for (std::uint64_t i = 0; i < rounds; ++i) {
    send(*world, *party.out, i);
    co_await sim::Wait(*world, kReceive, party.in->reader);
  }
}

Task<> pong(World* world, Party party, std::uint64_t rounds) {
  for (std::uint64_t i = 0; i < rounds; ++i) {
    co_await sim::Wait(*world, kReceive, party.in->reader);
    send(*world, *party.out, party.in->message + 1);
  }
}

Task<> produce(World* world, Broker* broker, Delays* delays, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) {
    const sim::Window delay = delays->next(1 / 0.9);
    co_await sim::Sleep(*world, kSleep, delay);
    broker->queue.push_back(world->now().nanoseconds);
    broker->mailboxes[0].reader.wake_all(*world, {sim::Duration{0}, sim::Duration{0}});
  }
}

Task<> consume(World* world, Broker* broker, Delays* delays, std::uint64_t count,
               std::int64_t* waited) {
  for (std::uint64_t i = 0; i < count; ++i) {
    if (broker->queue.empty()) {
      co_await sim::Wait(*world, kReceive, broker->mailboxes[0].reader);
    }
    const std::int64_t since = broker->queue.front();
    broker->queue.pop_front();
    const sim::Window delay = delays->next();
    co_await sim::Sleep(*world, kSleep, delay);
    *waited += world->now().nanoseconds - since;
  }
}

Task<> idle(World* world, Broker::Mailbox* in) { co_await sim::Wait(*world, kReceive, in->reader); }

// ---- The worlds they live in

using Start = std::function<void(World&, sim::Process&, Broker&)>;

class Starter final : public sim::Service {
 public:
  Starter(const Start& start, Broker& broker) : start_(&start), broker_(&broker) {}
  void start(World& world, sim::Process& process) override { (*start_)(world, process, *broker_); }

 private:
  const Start* start_;
  Broker* broker_;
};

class Workload final : public sim::Model {
 public:
  Workload(std::size_t mailboxes, Start start) : mailboxes_(mailboxes), start_(std::move(start)) {}
  void build(World& world) const override {
    Broker& broker = world.add_component<Broker>(kBroker, mailboxes_);
    world.add_process(kWorkers, [this, &broker](sim::Process&) -> sim::Service* {
      return new Starter(start_, broker);
    });
  }

 private:
  std::size_t mailboxes_;
  Start start_;
};

template <class Make>
void spawn(World& world, sim::Process& process, const Make& make) {
  static_cast<void>(process.spawn(world, kStart, nullptr, make));
}

Measured measure(World& world, std::uint64_t steps) {
  Measured measured;
  const double began = now();
  for (std::uint64_t i = 0; i < steps && world.step(); ++i) {
  }
  measured.seconds = now() - began;
  measured.clock = static_cast<double>(world.now().nanoseconds) * 1e-9;
  return measured;
}

constexpr std::uint64_t kAll = ~std::uint64_t{0};

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double size = 0;
  double resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace

Measured hold(std::uint64_t pending, std::uint64_t count) {
  Delays delays;
  const Workload workload(0, [&](World& world, sim::Process& process, Broker&) {
    for (std::uint64_t i = 0; i < pending; ++i) {
      spawn(world, process, [&] { return hold_again(&world, &delays); });
    }
  });
  World world(workload, sim::Reading::sampled, {});
  sim::ScriptedSource first_options;
  world.reset(first_options);
  return measure(world, count);
}

Measured ping_pong(std::uint64_t pairs, std::uint64_t count, bool drawn_order) {
  const std::uint64_t rounds = count / pairs / 2;
  const Workload workload(2 * pairs, [&](World& world, sim::Process& process, Broker& broker) {
    for (std::uint64_t i = 0; i < pairs; ++i) {
      const Party party{&broker.mailboxes[2 * i], &broker.mailboxes[2 * i + 1]};
      spawn(world, process, [&] { return pong(&world, party, rounds); });
    }
    for (std::uint64_t i = 0; i < pairs; ++i) {
      const Party party{&broker.mailboxes[2 * i + 1], &broker.mailboxes[2 * i]};
      spawn(world, process, [&] { return ping(&world, party, rounds); });
    }
  });
  World world(workload, sim::Reading::sampled, {});
  sim::ScriptedSource in_order;
  sim::SeededSource drawn(1);
  world.reset(drawn_order ? static_cast<sim::ChoiceSource&>(drawn) : in_order);
  return measure(world, kAll);
}

Measured produce_and_consume(std::uint64_t count) {
  Delays delays;
  std::int64_t waited = 0;
  const Workload workload(1, [&](World& world, sim::Process& process, Broker& broker) {
    spawn(world, process, [&] { return produce(&world, &broker, &delays, count); });
    spawn(world, process, [&] { return consume(&world, &broker, &delays, count, &waited); });
  });
  World world(workload, sim::Reading::sampled, {});
  sim::ScriptedSource first_options;
  world.reset(first_options);
  return measure(world, kAll);
}

double bytes_of_idle(std::uint64_t count) {
  const Workload workload(count, [&](World& world, sim::Process& process, Broker& broker) {
    for (std::uint64_t i = 0; i < count; ++i) {
      spawn(world, process, [&] { return idle(&world, &broker.mailboxes[i]); });
    }
  });
  const double before = resident_bytes();
  World world(workload, sim::Reading::sampled, {});
  sim::ScriptedSource first_options;
  world.reset(first_options);
  return (resident_bytes() - before) / static_cast<double>(count);
}

}  // namespace onceward::bench
