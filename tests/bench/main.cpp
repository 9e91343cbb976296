// Benchmarks: all of them, or those named.
#include <fmt/core.h>

#include <cstdlib>
#include <cstring>
#include <vector>

#include "tests/bench/kernel.hpp"
#include "tests/bench/searches.hpp"

namespace {

using namespace onceward::bench;

struct Benchmark {
  const char* name;
  void (*run)(const Options&);
};
constexpr Benchmark kAll[] = {{"kernel", bench_kernel},     {"resume", bench_resume},
                              {"snapshot", bench_snapshot}, {"flow", bench_flow},
                              {"2pc", bench_two_phase},     {"outbox", bench_outbox},
                              {"inbox", bench_inbox}};

const Benchmark* named(const char* name) {
  for (const Benchmark& each : kAll) {
    if (std::strcmp(name, each.name) == 0) return &each;
  }
  return nullptr;
}

int refuse(const char* argument) {
  fmt::print(stderr, "unknown benchmark \"{}\"; there are:", argument);
  for (const Benchmark& each : kAll) fmt::print(stderr, " {}", each.name);
  fmt::print(stderr,
             "\n--quick measures once and briefly; --n N is the size of a search: resource "
             "managers of 2pc, orders of outbox and inbox\n");
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  std::vector<const Benchmark*> chosen;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--quick") == 0) {
      options.repeats = 1;
      options.seconds = 0.05;
    } else if (std::strcmp(argv[i], "--n") == 0 && i + 1 < argc) {
      options.size = std::atoi(argv[++i]);
    } else if (const Benchmark* benchmark = named(argv[i])) {
      chosen.push_back(benchmark);
    } else {
      return refuse(argv[i]);
    }
  }
  if (chosen.empty()) {
    for (const Benchmark& each : kAll) chosen.push_back(&each);
  }
  for (const Benchmark* benchmark : chosen) benchmark->run(options);
  return 0;
}
