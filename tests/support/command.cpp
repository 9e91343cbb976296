#include "tests/support/command.hpp"

#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace onceward::tests {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "onceward-test-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code failed;
  fs::remove_all(path_, failed);
}

std::string TemporaryFolder::write(const std::string& name, const std::string& text) const {
  fs::create_directories((path_ / name).parent_path());
  std::ofstream(path_ / name, std::ios::binary) << text;
  return name;
}

std::string TemporaryFolder::read(const std::string& name) const { return read_file(path_ / name); }

void TemporaryFolder::copy_library() const {
  fs::create_directories(path_ / "scenarios");
  fs::copy(fs::path(ONCEWARD_SOURCE_DIR) / "scenarios" / "library", path_ / "scenarios" / "library",
           fs::copy_options::recursive);
}

Ran TemporaryFolder::onceward(const std::string& arguments, const std::string& input,
                              const std::string& environment) const {
  // Beside the folder, so that the program never finds these files in it.
  const std::string base = path_.string();
  std::ofstream(base + ".in", std::ios::binary) << input;
  const char* other = std::getenv("ONCEWARD_UNDER_TEST");
  const std::string binary = other != nullptr ? other : ONCEWARD_BINARY;
  const std::string command = "cd '" + base + "' && NO_COLOR=1 GITHUB_ACTIONS= " + environment +
                              " '" + binary + "' " + arguments + " <'" + base + ".in' >'" + base +
                              ".out' 2>'" + base + ".err'";
  const int status = std::system(command.c_str());
  Ran ran;
  if (WIFEXITED(status)) ran.exit_code = WEXITSTATUS(status);
  ran.out = read_file(base + ".out");
  ran.err = read_file(base + ".err");
  for (const char* stream : {".in", ".out", ".err"}) fs::remove(base + stream);
  return ran;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string read_file(const fs::path& path) {
  std::ostringstream text;
  std::ifstream file(path, std::ios::binary);
  if (file) text << file.rdbuf();
  return text.str();
}

}  // namespace onceward::tests
