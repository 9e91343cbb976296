// Benchmarks: all of them, or those named.
#include <fmt/core.h>

#include <cstring>
#include <string>

#include "tests/bench/kernel.hpp"

int main(int argc, char** argv) {
  using namespace onceward::bench;
  struct Benchmark {
    const char* name;
    void (*run)(const Options&);
  };
  static constexpr Benchmark kAll[] = {{"hold", bench_hold},
                                       {"resume", bench_resume},
                                       {"snapshot", bench_snapshot},
                                       {"flow", bench_flow}};
  Options options;
  bool any = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--quick") == 0) {
      options = {1, 0.05};
      continue;
    }
    bool known = false;
    for (const Benchmark& each : kAll) {
      if (std::strcmp(argv[i], each.name) != 0) continue;
      each.run(options);
      known = any = true;
    }
    if (!known) {
      fmt::print(stderr, "unknown benchmark \"{}\"; there are:", argv[i]);
      for (const Benchmark& each : kAll) fmt::print(stderr, " {}", each.name);
      fmt::print(stderr, "; --quick measures once and briefly\n");
      return 2;
    }
  }
  if (any) return 0;
  for (const Benchmark& each : kAll) each.run(options);
  return 0;
}
