#include "tests/support/golden.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace onceward::tests {
namespace {

// The line at the front of `text`, which loses it.
std::string take_line(std::string_view& text) {
  if (text.empty()) return "(end of the text)";
  const std::size_t end = std::min(text.find('\n'), text.size());
  const bool broken = end < text.size();
  std::string line(text.substr(0, end));
  text.remove_prefix(broken ? end + 1 : end);
  return broken ? line : line + "(no line break)";
}

bool is_update() {
  const char* asked = std::getenv("ONCEWARD_UPDATE_GOLDEN");
  return asked != nullptr && std::string_view(asked) == "1";
}

}  // namespace

std::string first_difference(std::string_view approved, std::string_view actual) {
  if (approved == actual) return "";
  for (int number = 1;; ++number) {
    const std::string was = take_line(approved);
    const std::string is = take_line(actual);
    if (was != is) {
      return "line " + std::to_string(number) + "\n  approved: " + was + "\n  actual:   " + is;
    }
  }
}

void check_golden(const std::string& name, std::string_view actual) {
  const std::filesystem::path path =
      std::filesystem::path(ONCEWARD_SOURCE_DIR) / "tests" / "golden" / name;
  if (is_update()) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ostringstream approved;
  std::ifstream file(path, std::ios::binary);
  if (file) approved << file.rdbuf();
  const std::string difference = first_difference(approved.str(), actual);
  if (!difference.empty()) {
    FAIL_CHECK("tests/golden/" << name << ": " << difference
                               << "\n(ONCEWARD_UPDATE_GOLDEN=1 writes the actual text)");
  }
}

}  // namespace onceward::tests
