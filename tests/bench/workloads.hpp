// What kernels are compared by, written with coroutine processes against `sim/`. The programs in
// peers/ do the same with the same draws.
//
// Instants are sampled and the trace is off. Windows are points and equal instants come in the
// order of creation, as with the peers, so that nothing is drawn but the workloads' own delays.
#pragma once

#include <cstdint>

namespace onceward::bench {

struct Measured {
  double seconds = 0;
  double clock = 0;  // of the world at the end, in seconds
};

// hold (Vaucher and Duval, CACM 1975): `pending` processes, each sleeping an exponential time again
// and again; `count` wake-ups.
[[nodiscard]] Measured hold(std::uint64_t pending, std::uint64_t count);

// `pairs` of processes hand a message to and fro that takes one unit of time; `count` messages.
// With `drawn_order` equal instants come in a drawn order, as in a search by sampling.
[[nodiscard]] Measured ping_pong(std::uint64_t pairs, std::uint64_t count, bool drawn_order);

// One process puts `count` items into a queue at exponential intervals, another takes them and
// works an exponential time on each (M/M/1 at a load of 0.9).
[[nodiscard]] Measured produce_and_consume(std::uint64_t count);

// Bytes of memory in use that each of `count` processes costs which wait for a word.
[[nodiscard]] double bytes_of_idle(std::uint64_t count);

}  // namespace onceward::bench
