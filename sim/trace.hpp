// What happened in a run, for people: one entry a remarkable thing, each with its causes.
//
// The trace lives outside the world and is off while searching; an interesting tape is replayed
// with it on. Models describe themselves: an entry is ready-made text, so reports know no model.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "sim/time.hpp"

namespace onceward::sim {

// What an entry is, as far as a picture needs to know.
enum class Mark : std::uint8_t {
  plain,
  crash,
  restart,
  lost,
  copy,
  effect,
  commit,
  fault,
  blocked,  // it waits, and nothing is left that would let it go on
  missed,   // it did not find what it is about, or found it done, or changed what had not been
            // found before: what should come of it is not done
  round,    // from here on the same happens again, for ever
};
[[nodiscard]] const char* to_text(Mark mark);

struct TraceEntry {
  std::uint32_t step = 0;
  Instant at;          // the earliest instant that agrees with the path, set after the run
  std::string lane;    // the process or component it happened at
  std::string text;    // "INSERT outbox id=e1", "publish e1 -> bus.orders/0@0"
  std::string why;     // said where the entry appears in a why chain; empty: `text`
  std::string site;    // JSON pointer of the step, empty where there is none
  std::string entity;  // what it is about ("o1"), empty where it concerns no one thing
  std::string
      run;  // the run of a handler that it is part of ("PlaceOrder o1"), where it has a name
  std::string rule;  // the model rule it used ("kafka-java@4: reset earliest"), often empty
  Mark mark = Mark::plain;
  std::vector<std::uint32_t> causes;  // numbers of earlier entries, from 1

  // Adds those of `entries` that are known; 0 is none.
  void add_causes(std::initializer_list<std::uint32_t> entries) {
    for (const std::uint32_t entry : entries) {
      if (entry != 0) causes.push_back(entry);
    }
  }
};

// Entries are numbered from 1, in order; 0 means "none".
using Trace = std::vector<TraceEntry>;

}  // namespace onceward::sim
