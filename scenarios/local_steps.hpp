// Which steps of a scenario nobody but their own task can see (sim::Occurrence::is_local).
#pragma once

#include "scenarios/program.hpp"

namespace onceward::scenarios {

// Notes at each step, handler, service and request what comes to its next operation without reading
// or changing anything that others read or change: no memory, no lock, no clock, no branch. And
// which services remember what their handlers did (models::Server::remembers).
void note_local_steps(Program& program);

}  // namespace onceward::scenarios
