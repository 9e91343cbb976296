#include "scenarios/cli/progress.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace onceward::cli {
namespace {

using Clock = std::chrono::steady_clock;

std::string line;  // empty: none is shown
Clock::time_point began;
std::int64_t seconds_shown = 0;

void print_line(const std::string& text) {
  fmt::print(stderr, "\r\033[K{}", text);
  std::fflush(stderr);
}

}  // namespace

void show_progress(const std::string& text) {
  if (isatty(STDERR_FILENO) == 0) return;
  line = text;
  began = Clock::now();
  seconds_shown = 0;
  print_line(line);
}

void renew_progress() {
  if (line.empty()) return;
  const std::int64_t seconds =
      std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - began).count();
  if (seconds <= seconds_shown) return;
  seconds_shown = seconds;
  print_line(fmt::format("{}  {} s", line, seconds));
}

void clear_progress() {
  if (line.empty()) return;
  line.clear();
  print_line("");
}

}  // namespace onceward::cli
