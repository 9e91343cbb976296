// Which entries of a run's trace a reader needs in order to follow a violation.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/search/result.hpp"

namespace onceward::reports {

// Entries are numbered from 1, as in the trace; index 0 stands for none.
using EntrySet = std::vector<bool>;

[[nodiscard]] bool is_fault(const sim::TraceEntry& entry);

// The causes of entry `number` that exist and come before it.
[[nodiscard]] std::vector<std::uint32_t> causes_of(const sim::Trace& trace, std::uint32_t number);

// The entries of the violation that exist; the last one is the worst.
[[nodiscard]] std::vector<std::uint32_t> entries_of(const sim::Violation& violation);

// What shows the violation with all its causes, what is about its entity, every fault and restart,
// what a fault struck after, what waits for ever, with what it waits for, and whoever missed
// something or found it done where the first cause of that is among all this. But what is only
// about the entity, and from which nothing of all this follows, must be where a trail may end. If
// something is too much, that is after the last entry that shows it; else where no fault came later
// or one came to whoever did it.
[[nodiscard]] EntrySet relevant(const sim::Violation& violation);

}  // namespace onceward::reports
