#include "scenarios/cli/watchdog.hpp"

#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <csignal>

namespace onceward::cli {
namespace {

using Clock = std::chrono::steady_clock;

std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

// Set before any search begins, and only read from then on.
Clock::time_point began;
Clock::duration limit{};
std::string deadline;  // the reason, once it has passed; empty: there is none

void interrupt(int signal) {
  interrupted = true;
  std::signal(signal, SIG_DFL);
}

}  // namespace

void listen_for_interrupts() {
  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);
}

bool is_interrupted() { return interrupted; }

void set_deadline(sim::Duration after, const std::string& written) {
  began = Clock::now();
  limit = after;
  deadline = fmt::format("the deadline of {} passed", written);
}

const char* why_to_end_now() {
  if (interrupted) return "interrupted";
  if (!deadline.empty() && Clock::now() - began >= limit) return deadline.c_str();
  return nullptr;
}

}  // namespace onceward::cli
