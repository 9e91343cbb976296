// Short names for minted ids in what people read.
#pragma once

#include "sim/search/result.hpp"

namespace onceward::reports {

// Replaces each "id-3f2a91c4" in the violation's trace and entity by "#1", "#2", ... in the order
// in which the ids first appear: a reader needs to tell ids apart, not to know their values.
void name_minted_ids(sim::Violation& violation);
void name_minted_ids(sim::Trace& trace);

}  // namespace onceward::reports
