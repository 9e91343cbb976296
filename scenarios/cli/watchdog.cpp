#include "scenarios/cli/watchdog.hpp"

#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <csignal>

#include "scenarios/expression.hpp"

namespace onceward::cli {
namespace {

using Clock = std::chrono::steady_clock;

std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

// Set before any search begins, and only read from then on.
Clock::time_point began;
Clock::duration limit{};
std::string why_late;  // the reason, once it has passed; empty: there is none

void interrupt(int signal) {
  interrupted = true;
  std::signal(signal, SIG_DFL);
}

// In words that stay. Any thread may ask.
const char* why_to_end_now() {
  if (interrupted) return "interrupted";
  if (!why_late.empty() && Clock::now() - began >= limit) return why_late.c_str();
  return nullptr;
}

}  // namespace

void watch_over(sim::SearchOptions& options, const std::string& deadline) {
  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);
  options.interrupted = why_to_end_now;
  if (deadline.empty()) return;
  began = Clock::now();
  limit = sim::Duration(scenarios::parse_duration(deadline).value());
  why_late = fmt::format("the deadline of {} passed", deadline);
}

bool is_interrupted() { return interrupted; }

}  // namespace onceward::cli
