#include "tests/bench/peers.hpp"

#include <fmt/core.h>

#include <cstdlib>
#include <cstring>
#include <sstream>

namespace onceward::bench {
namespace {

constexpr std::uint64_t kAny = ~std::uint64_t{0};

struct Program {
  const char* name;
  const char* package;  // that it needs
  const char* flags;    // of g++; null: a script of Python
  const char* source;
};
constexpr Program kPrograms[] = {
    {"ns3", "libns3-dev", "-std=c++17 -lns3-core", "ns3_bench.cc"},
    {"systemc", "libsystemc-dev", "-std=c++17 -lsystemc", "systemc_bench.cc"},
    {"simgrid", "libsimgrid-dev", "-std=c++17 -lsimgrid", "simgrid_bench.cc"},
    {"simpy", "python3-simpy3", nullptr, "simpy_bench.py"},
    {"limit-heap", "g++", "-std=c++20", "limit_coro.cc"},
    {"limit-buckets", "g++", "-std=c++20 -DBUCKETS", "limit_coro.cc"},
};

constexpr Peer kPeers[] = {
    {"ns-3-PriorityQueue", "ns3", "PriorityQueue", 1, kAny},
    {"ns-3-Map", "ns3", "Map", 2, 100'000},
    {"SystemC-methods", "systemc", "method", 2, 100'000},
    {"SystemC-threads", "systemc", "thread", 5, 10'000},
    {"SimGrid-actors", "simgrid", "", 20, 10'000},
    {"SimPy", "simpy", "", 20, 100'000},
    {"limit-heap", "limit-heap", "", 1, kAny, true},
    {"limit-buckets", "limit-buckets", "", 1, kAny, true},
};

bool build(const Workshop& workshop, const Program& program) {
  const std::string source =
      fmt::format("{}/tests/bench/peers/{}", ONCEWARD_SOURCE_DIR, program.source);
  // Where another Python comes first, Debian's has the package.
  const std::string command =
      program.flags != nullptr
          ? fmt::format("g++ -O3 -march=native -DNDEBUG -o {} '{}' {}", program.name, source,
                        program.flags)
          : fmt::format(
                "for python in python3 /usr/bin/python3; do $python -c 'import simpy' && "
                "printf '#!/bin/sh\\nexec %s %s \"$@\"\\n' $python '{}' >{} && "
                "chmod +x {} && break; done",
                source, program.name, program.name);
  const std::string printed = workshop.run(
      fmt::format("{{ {}; }} >build.log 2>&1; test -x {} && echo built", command, program.name));
  return !printed.empty();
}

// SimGrid's messages cross a model of a network, of which the simplest is asked for.
std::string variant_of(const Peer& peer, const std::string& workload) {
  if (std::strcmp(peer.program, "simgrid") != 0) return peer.variant;
  if (workload == "pingpong") return "const --cfg=network/model:Constant";
  return workload == "mm1" ? "sem" : "";
}

}  // namespace

std::vector<const Peer*> build_peers(const Workshop& workshop, std::vector<std::string>& missing) {
  std::vector<const Peer*> peers;
  for (const Program& program : kPrograms) {
    if (!build(workshop, program)) {
      if (missing.empty() || missing.back() != program.package) {
        missing.emplace_back(program.package);
      }
      continue;
    }
    for (const Peer& peer : kPeers) {
      if (std::strcmp(peer.program, program.name) == 0) peers.push_back(&peer);
    }
  }
  return peers;
}

std::optional<Figure> run_peer(const Workshop& workshop, const Peer& peer,
                               const std::string& workload, std::uint64_t size,
                               std::uint64_t count) {
  std::istringstream lines(
      workshop.run(fmt::format("./{} {} {} {} {} 2>/dev/null", peer.program, workload, size, count,
                               variant_of(peer, workload))));
  for (std::string line; std::getline(lines, line);) {
    // RESULT, engine, workload, size, operations, seconds, rate or bytes, clock, megabytes
    std::vector<std::string> fields;
    std::istringstream in(line);
    for (std::string field; std::getline(in, field, '\t');) fields.push_back(field);
    if (fields.size() < 8 || fields[0] != "RESULT") continue;
    return Figure{std::atof(fields[6].c_str()), std::atof(fields[7].c_str())};
  }
  return std::nullopt;
}

}  // namespace onceward::bench
