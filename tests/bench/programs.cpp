#include "tests/bench/programs.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <system_error>

namespace onceward::bench {

bool is_installed(const std::string& program) {
  return std::system(fmt::format("command -v {} >/dev/null 2>&1", program).c_str()) == 0;
}

Workshop::Workshop() {
  std::string name = (std::filesystem::temp_directory_path() / "onceward-bench.XXXXXX").string();
  if (mkdtemp(name.data()) != nullptr) folder_ = name;
}

Workshop::~Workshop() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

std::string Workshop::run(const std::string& command) const {
  std::string printed;
  if (folder_.empty()) return printed;
  FILE* pipe = popen(fmt::format("cd '{}' && {}", folder_.string(), command).c_str(), "r");
  if (pipe == nullptr) return printed;
  char part[4096];
  while (const std::size_t length = std::fread(part, 1, sizeof part, pipe)) {
    printed.append(part, length);
  }
  pclose(pipe);
  return printed;
}

std::vector<std::string> words_of_line(const std::string& text, const std::string& mark) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(mark) == std::string::npos) continue;
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
  }
  return {};
}

}  // namespace onceward::bench
