#include "scenarios/source.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "scenarios/nearest.hpp"
#include "scenarios/utf8.hpp"

namespace onceward::scenarios {
namespace {

// What one problem with this span looks like.
std::string shown(const std::string& text, Span span, const std::string& hint = {}) {
  Problems problems;
  problems.add(span, "wrong", hint);
  return problems.render(Source("a.json", text));
}

// The one problem of reading `bytes`, with the place of its span.
std::string read_problem(const std::string& bytes) {
  std::istringstream input(bytes);
  Problems problems;
  const Source source = Source::read(input, "<stdin>", problems);
  return problems.render(source);
}

std::string file_problem(const std::string& path) {
  Problems problems;
  const Source source = Source::read(path, problems);
  return problems.render(source);
}

// Whether a terminal shows the text and does nothing else.
bool is_harmless(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    const bool control = point.value < 0x20 || (point.value >= 0x7F && point.value <= 0x9F);
    if (!point.valid || (control && point.value != '\n')) return false;
    at += point.bytes;
  }
  return true;
}

TEST_CASE("places count lines and code points from one") {
  const Source source("a.json", "ab\n\xC3\xA9\xF0\x9F\x98\x80z\r\n");
  CHECK(source.place(0) == Place{1, 1});
  CHECK(source.place(2) == Place{1, 3});
  CHECK(source.place(3) == Place{2, 1});
  CHECK(source.place(4) == Place{2, 1});  // inside the first code point
  CHECK(source.place(5) == Place{2, 2});
  CHECK(source.place(9) == Place{2, 3});
  CHECK(source.place(12) == Place{3, 1});
  CHECK(source.place(999) == Place{3, 1});
  CHECK(source.line(2) == "\xC3\xA9\xF0\x9F\x98\x80z");
  CHECK(source.line(3).empty());
}

TEST_CASE("a byte order mark is not part of the text") {
  const Source source("a.json", "\xEF\xBB\xBF{}");
  CHECK(source.text() == "{}");
  CHECK(source.place(0) == Place{1, 1});
}

TEST_CASE("a problem shows its line, its span and its hint") {
  Problems problems;
  const std::string text = std::string(13, '\n') + "  {\"publsh\": 1},\n";
  problems.add({16, 24}, "unknown field \"publsh\" in a step", "did you mean \"publish\"?");
  CHECK(problems.render(Source("shop.onceward.json", text)) ==
        "shop.onceward.json:14:4: error: unknown field \"publsh\" in a step\n"
        "   14 |   {\"publsh\": 1},\n"
        "      |    ^^^^^^^^ did you mean \"publish\"?\n");
}

TEST_CASE("carets follow code points, and tabs take one column") {
  CHECK(shown("\t\xC3\xA9\xC3\xA9", {1, 5}) ==
        "a.json:1:2: error: wrong\n"
        "    1 |  \xC3\xA9\xC3\xA9\n"
        "      |  ^^\n");
}

TEST_CASE("an empty span and a span at the end of the file have one caret") {
  CHECK(shown("ab", {1, 1}) == "a.json:1:2: error: wrong\n    1 | ab\n      |  ^\n");
  CHECK(shown("ab", {2, 2}) == "a.json:1:3: error: wrong\n    1 | ab\n      |   ^\n");
  CHECK(shown("", {0, 0}) == "a.json:1:1: error: wrong\n    1 | \n      | ^\n");
}

TEST_CASE("a span over several lines is shown on its first") {
  CHECK(shown("a[\n1]\n", {1, 5}) == "a.json:1:2: error: wrong\n    1 | a[\n      |  ^\n");
}

TEST_CASE("nothing in a file, a message or a path drives a terminal") {
  Problems problems;
  problems.add({0, 5}, "m\x1b[2J", "h\a");
  CHECK(problems.render(Source("p\x1b", "\x1b\xC2\x9B\xFF!")) ==
        "p\\x1b:1:1: error: m\\x1b[2J\n"
        "    1 | \\x1b\\x9b\\xff!\n"
        "      | ^^^^^^^^^^^^^ h\\x07\n");
  CHECK(printable("a\xE2\x80\xAE"
                  "b\n") == "a\\u202eb\\x0a");
}

TEST_CASE("a long line is cut to a window around the span") {
  const std::string line = std::string(300, 'a') + "XYZ" + std::string(300, 'b');
  CHECK(shown(line, {300, 303}) == "a.json:1:301: error: wrong\n    1 | ..." +
                                       std::string(30, 'a') + "XYZ" + std::string(61, 'b') +
                                       "...\n      | " + std::string(33, ' ') + "^^^\n");
  CHECK(shown(line, {0, 1}) ==
        "a.json:1:1: error: wrong\n    1 | " + std::string(94, 'a') + "...\n      | ^\n");
  const std::string at_end = shown(line, {602, 603});
  CHECK(at_end == "a.json:1:603: error: wrong\n    1 | ..." + std::string(94, 'b') + "\n      | " +
                      std::string(96, ' ') + "^\n");
  CHECK(shown(std::string(100, 'a'), {0, 1}).find("...") == std::string::npos);
}

TEST_CASE("a span wider than the window fills it") {
  const std::string text = shown(std::string(1000, 'a'), {0, 1000});
  CHECK(text == "a.json:1:1: error: wrong\n    1 | " + std::string(94, 'a') + "...\n      | " +
                    std::string(94, '^') + "\n");
}

TEST_CASE("a line of megabytes is shown as quickly as a short one") {
  std::string line(Source::kLargest, 'a');
  line[5'000'000] = 'X';
  CHECK(shown(line, {5'000'000, 5'000'001}).find("aXa") != std::string::npos);
}

TEST_CASE("problems are sorted by position and exact duplicates are shown once") {
  Problems problems;
  CHECK(problems.empty());
  problems.add({1, 2}, "second");
  problems.add({0, 1}, "first");
  problems.add({1, 2}, "second");
  problems.add({1, 2}, "second", "but with a hint");
  CHECK_FALSE(problems.empty());
  const auto sorted = problems.sorted();
  REQUIRE(sorted.size() == 3);
  CHECK(sorted[0].message == "first");
  CHECK(sorted[2].hint == "but with a hint");
}

TEST_CASE("only the first fifty problems are shown, and how many there are") {
  Problems problems;
  for (std::uint32_t i = 0; i < 50; ++i) problems.add({i, i + 1}, "wrong");
  const Source source("a.json", std::string(200, 'a'));
  CHECK(problems.render(source).find("problems shown") == std::string::npos);
  for (std::uint32_t i = 50; i < 173; ++i) problems.add({i, i + 1}, "wrong");
  const std::string text = problems.render(source);
  CHECK(text.ends_with("... 50 of 173 problems shown\n"));
  CHECK(text.find("a.json:1:50:") != std::string::npos);
  CHECK(text.find("a.json:1:51:") == std::string::npos);
}

TEST_CASE("a file that cannot be read is a problem of the whole file") {
  CHECK(file_problem("/nonexistent/a.json") ==
        "/nonexistent/a.json: error: no such file or folder\n");
  CHECK(file_problem("/") == "/: error: this is a directory, not a file\n");
  CHECK(file_problem("/proc/self/mem") == "/proc/self/mem: error: reading the file failed\n");
  CHECK(file_problem("/dev/zero") == "/dev/zero: error: the file is larger than 8 MiB\n");
}

TEST_CASE("a file is read whole") {
  const auto path = std::filesystem::temp_directory_path() / "onceward_source_test.json";
  std::ofstream(path, std::ios::binary) << "{}\r\n";
  Problems problems;
  const Source source = Source::read(path.string(), problems);
  std::filesystem::remove(path);
  CHECK(problems.empty());
  CHECK(source.text() == "{}\r\n");
  CHECK(source.path() == path.string());
}

TEST_CASE("a file of exactly 8 MiB is read, one byte more is refused") {
  CHECK(read_problem(std::string(Source::kLargest, ' ')).empty());
  CHECK(read_problem(std::string(Source::kLargest + 1, ' ')) ==
        "<stdin>: error: the file is larger than 8 MiB\n");
}

TEST_CASE("a file that is not UTF-8 is refused at its first invalid byte") {
  CHECK(read_problem("{\n  \"\xE9\": 1}") ==
        "<stdin>:2:4: error: the file is not UTF-8: invalid byte at offset 5\n"
        "    2 |   \"\\xe9\": 1}\n"
        "      |    ^^^^ save the file as UTF-8\n");
  CHECK(read_problem("{\n  \"\xC3\xA9\": 1}").empty());
  for (const char* const bytes : {"\x80", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                  "\xE2\x82", "\xF5\x80\x80\x80", "\xE0\x80\xAF"}) {
    CHECK(read_problem(bytes).find("offset 0") != std::string::npos);
  }
}

TEST_CASE("random bytes never crash a report, and never reach it raw") {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    std::string bytes(random() % 400, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % 256);
    Problems problems;
    for (int i = 0; i < 5; ++i) {
      const auto begin = static_cast<std::uint32_t>(random() % 420);
      problems.add({begin, begin + static_cast<std::uint32_t>(random() % 200)}, bytes, bytes);
    }
    const std::string text = problems.render(Source(bytes, bytes));
    CHECK(is_harmless(text));
  }
}

TEST_CASE("the nearest name forgives a typo") {
  const std::vector<std::string> valid = {"publish", "update", "insert", "ack"};
  CHECK(nearest("publsh", valid) == "publish");                           // missing
  CHECK(nearest("upddate", valid) == "update");                           // surplus
  CHECK(nearest("insort", valid) == "insert");                            // wrong
  CHECK(nearest("akc", valid) == "ack");                                  // swapped
  CHECK(nearest("PUBLISH", valid) == "publish");                          // case
  CHECK(nearest("pubish", {"polish", "punish", "publish"}) == "punish");  // the first of equals
}

TEST_CASE("a name that is like no other has no nearest") {
  const std::vector<std::string> valid = {"publish", "a", "b"};
  CHECK(nearest("delete", valid).empty());
  CHECK(nearest("", valid).empty());
  CHECK(nearest("x", valid).empty());
  CHECK(nearest(std::string(10'000, 'x'), valid).empty());
}

TEST_CASE("a hint names the nearest name, or all when they are few") {
  CHECK(did_you_mean("publsh", {"publish", "ack"}) == "did you mean \"publish\"?");
  CHECK(did_you_mean("zzz", {"a", "b", "c"}) == "expected one of a, b, c");
  CHECK(did_you_mean("zzz", {"a"}) == "expected a");
  CHECK(did_you_mean("zzz", {}).empty());
  CHECK(did_you_mean("zzz", std::vector<std::string>(13, "a")).empty());
}

}  // namespace
}  // namespace onceward::scenarios
