// docs/write-your-own.md does what it says: its files are checked, its answer is compared.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/command.hpp"

namespace onceward {
namespace {

using tests::Ran;
using tests::TemporaryFolder;

const std::string kEnding = ".onceward.json";

std::string page() {
  return tests::read_file(std::string(ONCEWARD_SOURCE_DIR) + "/docs/write-your-own.md");
}

// A fenced block and the name of a scenario file that the text named last before it.
struct Block {
  std::string file;
  std::string text;
};

std::string last_file_named(const std::string& text) {
  const std::size_t end = text.rfind(kEnding + "`");
  if (end == std::string::npos) return {};
  const std::size_t start = text.rfind('`', end) + 1;
  return text.substr(start, end + kEnding.size() - start);
}

// The blocks with this word after the fence; "" for those without one.
std::vector<Block> blocks(const std::string& word) {
  const std::string text = page();
  const std::string fence = "\n```";
  std::vector<Block> found;
  for (std::size_t start = text.find(fence); start != std::string::npos;) {
    const std::size_t end = text.find(fence, start + fence.size());
    REQUIRE(end != std::string::npos);
    const std::size_t line = text.find('\n', start + fence.size());
    if (text.substr(start + fence.size(), line - start - fence.size()) == word) {
      found.push_back({last_file_named(text.substr(0, start)),
                       text.substr(line + 1, end - line)});  // with its last line's end
    }
    start = text.find(fence, end + fence.size());
  }
  return found;
}

// A block that is a file as a whole starts with its brace; the others are parts of one.
bool is_whole(const Block& block) { return block.text.starts_with("{"); }

TEST_CASE("write-your-own: every file of the page is checked, and ends as the page says",
          "[docs]") {
  const TemporaryFolder folder;
  std::string first;
  std::string expectation;
  for (const Block& block : blocks("jsonc")) {
    if (block.text.starts_with("\"expect\"")) expectation = block.text;
    if (!is_whole(block)) continue;
    INFO(block.file);
    REQUIRE_FALSE(block.file.empty());
    folder.write(block.file, block.text);
    const Ran ran = folder.onceward("check " + block.file);
    CHECK(ran.err.empty());
    CHECK(ran.exit_code == (first.empty() ? 1 : 0));  // the first file does not expect its story
    if (first.empty()) first = block.text;
  }

  REQUIRE_FALSE(expectation.empty());
  const std::size_t brace = first.rfind("\n}");
  folder.write("with-expect.onceward.json",
               first.substr(0, brace) + ",\n  " + expectation + first.substr(brace + 1));
  CHECK(folder.onceward("check with-expect.onceward.json").exit_code == 0);
}

TEST_CASE("write-your-own: the parts that the page builds up are those of its first file",
          "[docs]") {
  const std::vector<Block> all = blocks("jsonc");
  std::string whole;
  for (const Block& block : all) {
    if (whole.empty() && is_whole(block)) whole = block.text;
  }
  for (const Block& block : all) {
    if (is_whole(block) || block.text.starts_with("\"expect\"")) continue;
    std::size_t start = 0;
    for (std::size_t end; (end = block.text.find('\n', start)) != std::string::npos;) {
      const std::string line = block.text.substr(start, end - start);
      INFO(line);
      CHECK(whole.find(line) != std::string::npos);
      start = end + 1;
    }
  }
}

TEST_CASE("write-your-own: the answer on the page is the answer", "[docs]") {
  const TemporaryFolder folder;
  for (const Block& block : blocks("jsonc")) {
    if (is_whole(block)) folder.write(block.file, block.text);
  }
  const std::string prompt = "$ ./dev onceward ";
  std::size_t compared = 0;
  for (const Block& block : blocks("")) {
    const std::size_t line = block.text.find('\n');
    REQUIRE(block.text.starts_with(prompt));
    const Ran ran = folder.onceward(block.text.substr(prompt.size(), line - prompt.size()));
    // Without the summary, whose seconds differ from run to run.
    const std::string out = ran.out.substr(0, ran.out.rfind("\n0 as expected"));
    CHECK(block.text.substr(line + 1) == out);
    ++compared;
  }
  CHECK(compared == 1);
}

}  // namespace
}  // namespace onceward
