// Runs programs of others, to measure them beside us.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace onceward::bench {

// Whether a program of this name is found by the shell.
[[nodiscard]] bool is_installed(const std::string& program);

// A new folder for what is built and run, gone with this object.
class Workshop {
 public:
  Workshop();
  ~Workshop();
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  // What `command`, run by the shell in the folder, prints. Its exit code is ignored, since
  // checkers end with one of their own where they find something.
  [[nodiscard]] std::string run(const std::string& command) const;

 private:
  std::filesystem::path folder_;
};

// The words of the first line that contains `mark`; empty without one.
[[nodiscard]] std::vector<std::string> words_of_line(const std::string& text,
                                                     const std::string& mark);

}  // namespace onceward::bench
