// Benchmarks of exhaustive search; each prints one line a search.
#pragma once

#include "tests/bench/measure.hpp"

namespace onceward::bench {

// Two-phase commit as a plain struct and as coroutines. `options.size`: resource managers.
void bench_two_phase(const Options& options);

// The outbox flow as a plain struct, as a scenario, and as others search it (SPIN and a search
// written by hand) where what they need is installed. `options.size`: orders.
void bench_outbox(const Options& options);

// The outbox and inbox of the library: what each reduction saves with two orders, and three orders
// (`options.size`) with all of them, which --quick leaves out.
void bench_inbox(const Options& options);

}  // namespace onceward::bench
