// Checks files side by side, some at a time, and hands the results over in the order of the files.
//
// A search has its world, program and figures to itself; what all share is made once and only read
// then, or guarded (texts of scenarios: sim/value.hpp). So results do not depend on how many run.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "scenarios/cli/checking.hpp"

namespace onceward::cli {

class Jobs {
 public:
  // Begins with the first `count` files; the others follow as soon as one is done, unless
  // is_interrupted(). Files are read one after the other, in their order.
  // REQUIRES: `files` and `options` live longer.
  Jobs(const std::vector<std::string>& files, const CheckOptions& options, std::size_t count);
  // Waits for what has begun.
  ~Jobs();
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  // Waits for the result of the next file; `meanwhile` is called every second. None: all were
  // handed over, or the next one was never begun.
  [[nodiscard]] std::optional<Checked> next(const std::function<void()>& meanwhile);

 private:
  void work();
  // Reads the next file, if there is one and nobody wants an end; false: there is nothing to do.
  bool begin(std::size_t& index, std::optional<scenarios::Loaded>& loaded);

  const std::vector<std::string>& files_;
  const CheckOptions& options_;

  std::mutex reading_;  // guards begun_, and who reads
  std::size_t begun_ = 0;

  std::mutex done_;  // guards all below
  std::condition_variable something_done_;
  std::vector<std::optional<Checked>> results_;  // by file
  std::size_t handed_over_ = 0;
  std::size_t working_ = 0;  // threads that are not at their end

  std::vector<std::thread> threads_;
};

}  // namespace onceward::cli
