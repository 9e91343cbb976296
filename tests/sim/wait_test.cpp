// Stories about tasks that wait for a word: nothing of theirs is pending until it comes.
#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "sim/search/sources.hpp"
#include "sim/world.hpp"

namespace onceward {
namespace {

using namespace std::chrono_literals;
using sim::World;

const sim::Symbol kReaders("readers");
const sim::Symbol kBox("box");
const sim::Site kStart("start");
const sim::Site kListen("listen");
const sim::Site kPause("pause");

struct Box final : sim::Component {
  Box(const sim::Symbol& name, sim::OwnerId owner) : Component(name, owner) {}
  void fingerprint(sim::Hasher& hasher) const override { list.fingerprint(hasher); }
  sim::WaitList list;
};

using Heard = std::vector<std::string>;

void note(Heard* heard, const World& world, const char* who) {
  const sim::OutsideStep gate;
  heard->push_back(who + std::string(" at ") + sim::duration_text(world.now().nanoseconds));
}

sim::Task<> listen(World* world, Box* box, Heard* heard, const char* who) {
  co_await sim::Wait(*world, kListen, box->list);
  note(heard, *world, who);
}

sim::Task<> speak(World* world, Box* box) {
  const sim::Window one_second{1s, 1s};
  co_await sim::Sleep(*world, kPause, one_second);
  box->list.wake_all(*world, {2s, 2s});
}

class Readers final : public sim::Service {
 public:
  Readers(Box& box, Heard* heard, bool speaks) : box_(&box), heard_(heard), speaks_(speaks) {}
  void start(World& world, sim::Process& process) override {
    process.spawn(world, kStart, nullptr, [&] { return listen(&world, box_, heard_, "ann"); });
    process.spawn(world, kStart, nullptr, [&] { return listen(&world, box_, heard_, "bob"); });
    if (speaks_) process.spawn(world, kStart, nullptr, [&] { return speak(&world, box_); });
  }

 private:
  Box* box_;
  Heard* heard_;
  bool speaks_;
};

struct Room final : sim::Model {
  void build(World& world) const override {
    Box& box = world.add_component<Box>(kBox);
    world.add_process(kReaders, [this, &box](sim::Process&) -> sim::Service* {
      return new Readers(box, &heard, speaks);
    });
  }
  bool speaks = true;
  mutable Heard heard;
};

TEST_CASE("tasks that wait for a word go on in the window it gives, in the order they came",
          "[sim][world]") {
  const Room room;
  World world(room, sim::Reading::sampled, {});
  sim::ScriptedSource first_options;
  world.reset(first_options);
  CHECK(room.heard.empty());
  while (world.step()) {
  }
  CHECK(room.heard == Heard{"ann at 3s", "bob at 3s"});
  CHECK(world.steps() == 3);
}

TEST_CASE("who waits for a word that nobody gives does not keep a world from being quiet",
          "[sim][world]") {
  Room room;
  room.speaks = false;
  World world(room, sim::Reading::any, {});
  sim::ScriptedSource first_options;
  world.reset(first_options);
  CHECK(world.quiet());
  CHECK_FALSE(world.step());
  CHECK(room.heard.empty());
}

}  // namespace
}  // namespace onceward
