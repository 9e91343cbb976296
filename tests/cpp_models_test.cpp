// docs/cpp-models.md does what it says: its code is compiled here, and prints what stands there.
#include "tests/consumer/cpp_models.hpp"

#include <catch2/catch.hpp>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/command.hpp"

namespace onceward {
namespace {

std::string read(const std::string& path) {
  return tests::read_file(std::string(ONCEWARD_SOURCE_DIR) + "/" + path);
}

// The fenced blocks of the page with this word after the fence.
std::vector<std::string> blocks(const std::string& word) {
  const std::string page = read("docs/cpp-models.md");
  const std::string fence = "\n```";
  std::vector<std::string> found;
  for (std::size_t start = page.find(fence); start != std::string::npos;) {
    const std::size_t end = page.find(fence, start + fence.size());
    REQUIRE(end != std::string::npos);
    const std::size_t line = page.find('\n', start + fence.size());
    if (page.substr(start + fence.size(), line - start - fence.size()) == word) {
      found.push_back(page.substr(line + 1, end - line));
    }
    start = page.find(fence, end + fence.size());
  }
  return found;
}

// What `search` prints.
std::string printed(void (*search)()) {
  const std::ostringstream out;
  std::streambuf* const before = std::cout.rdbuf(out.rdbuf());
  search();
  std::cout.rdbuf(before);
  return out.str();
}

TEST_CASE("cpp-models: the code of the page is compiled as it stands there", "[docs]") {
  const std::string source = read("tests/consumer/cpp_models.cpp");
  const std::vector<std::string> code = blocks("cpp");
  CHECK(code.size() == 4);
  for (const std::string& block : code) {
    // Includes stand at the top of the file.
    std::size_t begin = 0;
    while (block.compare(begin, 1, "#") == 0) begin = block.find('\n', begin) + 1;
    CHECK(source.find(block.substr(0, begin)) != std::string::npos);
    std::istringstream lines(block.substr(begin));
    for (std::string line; std::getline(lines, line);) {
      INFO(line);
      CHECK(source.find(line + "\n") != std::string::npos);
    }
  }
}

TEST_CASE("cpp-models: the page says what its code prints", "[docs]") {
  const std::vector<std::string> answers = blocks("");
  REQUIRE(answers.size() == 2);
  CHECK(printed(search_plain_state) == answers[0]);
  CHECK(printed(search_coroutines) == answers[1]);
}

}  // namespace
}  // namespace onceward
