// The rows of a story: which entries of the trace are shown, which are folded, how each is noted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/lanes.hpp"
#include "reports/relevant.hpp"
#include "reports/why.hpp"

namespace onceward::reports {

// A fault that struck, and the entry that tells of it; 0 where none is known.
struct Strike {
  sim::FaultKind kind = sim::FaultKind::none;
  std::uint32_t entry = 0;
};
[[nodiscard]] std::vector<Strike> strikes_of(const sim::Violation& violation);

struct Happenings {
  std::vector<Row> rows;
  std::uint32_t hidden = 0;  // entries that have nothing to do with the violation
  std::uint32_t folded = 0;  // entries that a row counts only
};

// Rows for the entries of `shown`. Beyond `rows_max` rows (0: no bound) the longest runs of entries
// that are no fault, do not show the violation and are not in `reasons` are folded, counted per
// lane.
[[nodiscard]] Happenings happenings(const sim::Violation& violation, const EntrySet& shown,
                                    const Why& reasons, std::size_t rows_max);

}  // namespace onceward::reports
