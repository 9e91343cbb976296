// Which run of a handler a line belongs to, where several of one process are under way at once.
#pragma once

#include "sim/trace.hpp"

namespace onceward::reports {

// Adds its run in brackets to the text of each entry whose run overlaps another one of its lane in
// time, unless the text names what tells the two apart: "COMMIT shop-db  [PlaceOrder o1]", but
// "INSERT shop-db.orders id=o1".
void tell_runs_apart(sim::Trace& trace);

}  // namespace onceward::reports
