#include "scenarios/cli/jobs.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <system_error>
#include <utility>

#include "scenarios/cli/watchdog.hpp"
#include "sim/assert.hpp"

namespace onceward::cli {

Jobs::Jobs(const std::vector<std::string>& files, const CheckOptions& options, std::size_t count)
    : files_(files), options_(options), results_(files.size()) {
  working_ = std::min(count, files.size());
  const std::size_t threads = working_;
  try {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
  } catch (const std::system_error& error) {
    sim::fail_internal("no thread could be begun", __FILE__, __LINE__, error.what());
  }
}

Jobs::~Jobs() {
  for (std::thread& thread : threads_) thread.join();
}

std::optional<Checked> Jobs::next(const std::function<void()>& meanwhile) {
  using std::chrono_literals::operator""s;
  std::unique_lock lock(done_);
  if (handed_over_ == files_.size()) return std::nullopt;
  std::optional<Checked>& result = results_[handed_over_];
  const auto decided = [&] { return result.has_value() || working_ == 0; };
  while (!something_done_.wait_for(lock, 1s, decided)) {
    lock.unlock();
    meanwhile();
    lock.lock();
  }
  if (result) ++handed_over_;
  return std::exchange(result, std::nullopt);
}

bool Jobs::begin(std::size_t& index, std::optional<scenarios::Loaded>& loaded) {
  const std::lock_guard lock(reading_);
  if (begun_ == files_.size() || is_interrupted()) return false;
  index = begun_++;
  loaded = scenarios::load(files_[index]);
  return true;
}

void Jobs::work() try {
  std::size_t index = 0;
  std::optional<scenarios::Loaded> loaded;
  while (begin(index, loaded)) {
    const auto began = std::chrono::steady_clock::now();
    Checked checked = check_scenario(files_[index], *loaded, options_);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    checked.report.seconds = took.count();
    const std::lock_guard lock(done_);
    results_[index] = std::move(checked);
    something_done_.notify_one();
  }
  const std::lock_guard lock(done_);
  --working_;
  something_done_.notify_one();
} catch (const std::exception& error) {
  sim::fail_internal("nobody caught an exception", __FILE__, __LINE__, error.what());
}

}  // namespace onceward::cli
