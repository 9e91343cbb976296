// What an oracle found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "sim/symbol.hpp"
#include "sim/value.hpp"

namespace onceward::sim {

// A broken rule, as an oracle met it.
struct Finding {
  const Symbol* invariant = nullptr;
  Value entity;  // which cause, message or key
  // By which of several rules of one kind: what the model calls it by its number. Nothing: there is
  // one only.
  std::optional<std::size_t> obligation;
  std::int64_t expected = 0;
  std::int64_t actual = 0;
  bool of_values = false;  // what it is about has a value: the two below, not the numbers
  Value should_be;
  Value is;
  std::uint32_t step = 0;
  // The model itself cannot go on (a division by zero in a scenario): ends every search.
  bool mistake = false;
  std::uint32_t entries[4] = {};  // trace entries that show it, the last one worst; 0: none
};

}  // namespace onceward::sim
