#include "sim/assert.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "sim/heap_check.hpp"

namespace onceward::sim {
namespace {

std::string& failure_context() {
  static thread_local std::string context;  // the current world, in words
  return context;
}

}  // namespace

void set_failure_context(std::string context) { failure_context() = std::move(context); }

void fail_internal(const char* condition, const char* file, int line, const char* hint) {
  const OutsideStep gate;
  std::fprintf(stderr, "onceward: internal error: %s\n  at %s:%d\n", condition, file, line);
  if (hint != nullptr) std::fprintf(stderr, "  %s\n", hint);
  if (!failure_context().empty()) {
    std::fprintf(stderr, "  again: %s\n", failure_context().c_str());
  }
  std::fflush(nullptr);
  std::_Exit(70);
}

}  // namespace onceward::sim
