// What reading can tell of transactions that are begun while they are open.
#pragma once

#include <functional>

#include "scenarios/program.hpp"

namespace onceward::scenarios {

// Tells of each `begin` of a transaction that is open already on every way that leads there. One
// that is so on some ways only is a mistake that a run meets.
void for_each_second_begin(const Handler& handler, const std::function<void(const Step&)>& tell);

}  // namespace onceward::scenarios
