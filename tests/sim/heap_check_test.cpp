// A world that allocates outside its arena is stopped at once: a child process does it and is
// watched from outside.
#include "sim/heap_check.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "sim/assert.hpp"
#include "sim/world.hpp"

namespace onceward::sim {
namespace {

// Looked at by nobody: a compiler may leave out memory that no address of is kept.
const volatile void* volatile seen = nullptr;

struct Ended {
  int code;
  std::string said;
};

// Runs `act` in a child process with its standard error caught.
template <class Act>
Ended in_a_child(const Act& act) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    act();
    _exit(0);
  }
  close(ends[1]);
  Ended ended{0, ""};
  char buffer[256];
  for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof buffer)) > 0;) {
    ended.said.append(buffer, static_cast<std::size_t>(n));
  }
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  ended.code = WEXITSTATUS(status);
  return ended;
}

// A service that takes memory from the heap when its task runs.
class Leaky final : public Model {
 public:
  explicit Leaky(bool through_gate) : through_gate_(through_gate) {}
  void build(World& world) const override {
    static const Symbol name("leaky");
    const bool through_gate = through_gate_;
    world.add_process(name, [through_gate](Process&) { return new Takes(through_gate); });
  }

 private:
  struct Takes final : Service {
    explicit Takes(bool gate) : through_gate(gate) {}
    void start(World& world, Process& process) override {
      static const Site site("/leaky");
      World* here = &world;
      process.spawn(world, site, nullptr, [&] { return take(here, through_gate); });
    }
    static Task<> take(World* world, bool gate) {
      static const Site site("/leaky/0");
      co_await Sleep(*world, site, kAnyTime);
      if (gate) {
        const OutsideStep outside;
        const std::vector<int> fine(1000);
      } else {
        const std::vector<int> wrong(1000);
        seen = wrong.data();
      }
    }
    bool through_gate;
  };
  bool through_gate_;
};

struct Defaults final : ChoiceSource {
  std::uint32_t choose(const ChoicePoint&) override { return 0; }
  Duration draw(const Window& window) override { return window.earliest; }
};

void run(bool through_gate) {
  const Leaky model(through_gate);
  Defaults source;
  World world(model, Reading::any, {});
  world.reset(source);
  while (world.step()) {
  }
}

TEST_CASE("a world that allocates on the heap in a step ends with exit code 70 and says so",
          "[sim][heap]") {
  const Ended ended = in_a_child([] {
    set_failure_context("onceward check leaky.onceward.json");
    run(false);
  });
  CHECK(ended.code == 70);
  CHECK_THAT(ended.said, Catch::Contains("memory from the heap was asked for inside a step"));
  CHECK_THAT(ended.said, Catch::Contains("again: onceward check leaky.onceward.json"));
}

TEST_CASE("what a world says through the gate may use the heap", "[sim][heap]") {
  CHECK(in_a_child([] { run(true); }).code == 0);
}

TEST_CASE("every form of `new` is checked inside a step and free outside", "[sim][heap]") {
  const std::unique_ptr<int[]> outside(new int[4]);
  CHECK(outside != nullptr);
  struct alignas(64) Wide {
    char bytes[64];
  };
  const auto code = [](auto make) {
    return in_a_child([&] {
             const InsideStep inside;
             const auto made = make();
             seen = made.get();
           })
        .code;
  };
  CHECK(code([] { return std::make_unique<std::string>(); }) == 70);
  CHECK(code([] { return std::make_unique<char[]>(4); }) == 70);
  CHECK(code([] { return std::make_unique<Wide>(); }) == 70);
  CHECK(code([] { return std::unique_ptr<char>(new (std::nothrow) char); }) == 70);
  CHECK(code([] { return std::unique_ptr<int>(); }) == 0);
}

TEST_CASE("a failed assertion names the condition and the place", "[sim][heap]") {
  const Ended ended = in_a_child([] { ONCEWARD_ASSERT(1 + 1 == 3); });
  CHECK(ended.code == 70);
  CHECK_THAT(ended.said, Catch::Contains("1 + 1 == 3"));
  CHECK_THAT(ended.said, Catch::Contains("heap_check_test.cpp:"));
}

}  // namespace
}  // namespace onceward::sim
