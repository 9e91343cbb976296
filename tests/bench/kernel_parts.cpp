// Parts of the kernel alone: the resumption of a coroutine, saving and restoring a world.
#include <fmt/core.h>

#include "sim/search/sources.hpp"
#include "sim/world.hpp"
#include "tests/bench/kernel.hpp"

namespace onceward::bench {
namespace {

using sim::Task;
using sim::World;

const sim::Symbol kWorkers("workers");

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
