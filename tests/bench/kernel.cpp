// The kernel's workloads: hold, coroutine resume, save and restore.
//
// hold (Vaucher and Duval, CACM 1975): N processes, each sleeping an exponential time again and
// again, so that N occurrences are always pending; one operation is one wake-up. Delays come from
// the project's generator, so equal seeds give the equal final clock that other programs of the
// same definition print.
#include "tests/bench/kernel.hpp"

#include <fmt/core.h>

#include <cmath>

#include "sim/random.hpp"
#include "sim/search/sources.hpp"
#include "sim/world.hpp"

namespace onceward::bench {
namespace {

using sim::Task;
using sim::World;

const sim::Symbol kWorkers("workers");
const sim::Site kSleep("sleep");
const sim::Site kStart("start");

// The delays of all workers; outside the world, as a search would never run it.
struct Delays {
  sim::Random random{42};
  sim::Window next() {
    const double uniform = (static_cast<double>(random.next() >> 11) + 1) * 0x1.0p-53;
    const sim::Duration delay(static_cast<std::int64_t>(-std::log(uniform) * 1e9));
    return {delay, delay};
  }
};

Task<> hold(World* world, Delays* delays) {
  while (true) {
    const sim::Window delay = delays->next();
    co_await sim::Sleep(*world, kSleep, delay);
  }
}

class Workers final : public sim::Service {
 public:
  Workers(std::uint64_t count, Delays& delays) : count_(count), delays_(&delays) {}
  void start(World& world, sim::Process& process) override {
    for (std::uint64_t i = 0; i < count_; ++i) {
      static_cast<void>(
          process.spawn(world, kStart, nullptr, [&] { return hold(&world, delays_); }));
    }
  }

 private:
  std::uint64_t count_;
  Delays* delays_;
};

class HoldModel final : public sim::Model {
 public:
  explicit HoldModel(std::uint64_t count) : count_(count) {}
  void build(World& world) const override {
    world.add_process(
        kWorkers, [this](sim::Process&) -> sim::Service* { return new Workers(count_, delays_); });
  }

 private:
  std::uint64_t count_;
  mutable Delays delays_;
};

struct Padding final : sim::Component {
  Padding(const sim::Symbol& name, sim::OwnerId owner, std::size_t bytes)
      : Component(name, owner), filler(bytes) {}
  void fingerprint(sim::Hasher&) const override {}
  sim::Vector<std::byte> filler;
};

class PaddedModel final : public sim::Model {
 public:
  explicit PaddedModel(std::size_t bytes) : bytes_(bytes) {}
  void build(World& world) const override { world.add_component<Padding>(kWorkers, bytes_); }

 private:
  std::size_t bytes_;
};

Task<> resumed(std::uint64_t* count) {
  while (true) {
    ++*count;
    co_await std::suspend_always();
  }
}

}  // namespace

void bench_hold(const Options& options) {
  for (const std::uint64_t pending : {100U, 10'000U, 1'000'000U}) {
    HoldModel model(pending);
    World world(model, sim::Reading::sampled, {});
    sim::SeededSource source(1);
    world.reset(source);
    const double bytes = static_cast<double>(world.used_bytes()) / static_cast<double>(pending);
    const std::string label = fmt::format(
        "kernel workload=hold pending={} engine=onceward bytes_a_process={:.0f}", pending, bytes);
    per_second(options, label, [&](std::uint64_t n) {
      const double began = now();
      for (std::uint64_t i = 0; i < n; ++i) static_cast<void>(world.step());
      return now() - began;
    });
  }
}

void bench_resume(const Options& options) {
  sim::Arena arena(std::size_t{1} << 24);
  const sim::ArenaInUse in_use(arena);
  std::uint64_t count = 0;
  const auto frame = resumed(&count).release();
  per_second(options, "kernel workload=resume engine=onceward", [&](std::uint64_t n) {
    const double began = now();
    for (std::uint64_t i = 0; i < n; ++i) frame.resume();
    return now() - began;
  });
  frame.destroy();
}

void bench_snapshot(const Options& options) {
  for (const std::size_t kilobytes : {4U, 16U, 64U}) {
    const PaddedModel model((kilobytes - 2) * 1024 - 512);
    World world(model, sim::Reading::any, {});
    sim::SeededSource source(1);
    world.reset(source);
    sim::Arena::Snapshot snapshot;
    const std::string label =
        fmt::format("kernel workload=save+restore world={}KB used={} engine=onceward", kilobytes,
                    world.used_bytes());
    per_second(options, label, [&](std::uint64_t n) {
      const double began = now();
      for (std::uint64_t i = 0; i < n; ++i) {
        world.save(snapshot);
        world.restore(snapshot);
      }
      return now() - began;
    });
  }
}

}  // namespace onceward::bench
