// Benchmarks of the kernel; each prints one line a figure.
#pragma once

#include "tests/bench/measure.hpp"

namespace onceward::bench {

// Beside other simulators, where those are installed.
void bench_kernel(const Options& options);

void bench_resume(const Options& options);
void bench_snapshot(const Options& options);

// Runs and steps a second of the repaired outbox flow in the strategy `random`, and states a second
// of the exhaustive search of the same file.
void bench_flow(const Options& options);

}  // namespace onceward::bench
