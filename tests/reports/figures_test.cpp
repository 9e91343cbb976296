// Numbers, instants and texts as people read them, by example.

#include "reports/figures.hpp"

#include <catch2/catch.hpp>

#include "reports/printable.hpp"
#include "tests/support/golden.hpp"

namespace onceward::reports {
namespace {

TEST_CASE("large numbers are grouped and counted") {
  CHECK(grouped(999) == "999");
  CHECK(grouped(1'000) == "1,000");
  CHECK(grouped(1'234'567) == "1,234,567");
  CHECK(counted(0, "run", "runs") == "no runs");
  CHECK(counted(1, "run", "runs") == "1 run");
  CHECK(counted(2'000, "run", "runs") == "2,000 runs");
}

TEST_CASE("numbers of steps, states and runs within a text are grouped, and no others") {
  CHECK(with_grouped_counts("the bound of 2000000 steps was hit (--transitions)") ==
        "the bound of 2,000,000 steps was hit (--transitions)");
  CHECK(with_grouped_counts("(12345 states), after 999 runs and 1000 steps") ==
        "(12,345 states), after 999 runs and 1,000 steps");
  CHECK(with_grouped_counts("20000 states") == "20,000 states");
  CHECK(with_grouped_counts("o12345 steps out, 12345 has states, 1,000 steps") ==
        "o12345 steps out, 12345 has states, 1,000 steps");
  CHECK(with_grouped_counts(" steps").size() == 6);
}

TEST_CASE("the instants of one story are written with one unit and as many decimals") {
  const auto texts = [](const std::vector<std::int64_t>& nanoseconds) {
    std::vector<sim::Instant> instants;
    for (const std::int64_t each : nanoseconds) instants.push_back({each});
    const InstantFormat format(instants);
    std::string all;
    for (const sim::Instant& each : instants) all += (all.empty() ? "" : " ") + format.text(each);
    return all;
  };
  CHECK(texts({}).empty());
  CHECK(texts({0}) == "0s");
  CHECK(texts({0, 7}) == "0ns 7ns");
  CHECK(texts({7, 100'000}) == "0.007us 100.000us");
  CHECK(texts({1'000'000, 1'200'000, 501'300'000}) == "1.0ms 1.2ms 501.3ms");
  CHECK(texts({1'200'000'000, 1'234'567'899}) == "1.200000s 1.234567s");
  CHECK(texts({1'000'000, 86'401'500'000'000}) == "0.001s 24h 0m 1.500s");
  // What is finer than is told asks for no decimals, and whole numbers for none.
  CHECK(texts({12'000'000, 13'000'999}) == "12ms 13ms");
  CHECK(texts({600'000'000'000, 61'000'000'000}) == "10m 0s 1m 1s");
}

TEST_CASE("the bound on collisions is rounded up") {
  CHECK(collision_bound(0) == "0");
  CHECK(collision_bound(1) == "3e-32");
  CHECK(collision_bound(20'000'000) == "1e-17");
  CHECK(collision_bound(1ULL << 32U) == "5e-13");
}

TEST_CASE("lines are broken at spaces only, and gaps inside a line stay") {
  using Lines = std::vector<std::string>;
  CHECK(wrapped("", 10) == Lines{""});
  CHECK(wrapped("one two three", 7) == Lines{"one two", "three"});
  CHECK(wrapped("a   b incomprehensible c", 6) == Lines{"a   b", "incomprehensible", "c"});
  CHECK(wrapped("  indented a bit", 10) == Lines{"  indented", "a bit"});
}

TEST_CASE("broken and overlong UTF-8 is written out byte by byte") {
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");
  CHECK(printable("\xe2\x82") == "\\xe2\\x82");
  CHECK(printable("€") == "€");
  CHECK(printable("\xc2\x85") == "\\u{85}");
}

TEST_CASE("a differing golden text is shown by its first differing line") {
  using tests::first_difference;
  CHECK(first_difference("a\nb\n", "a\nb\n").empty());
  CHECK(first_difference("a\nb\n", "a\nc\n") == "line 2\n  approved: b\n  actual:   c");
  CHECK(first_difference("a\n", "a") == "line 1\n  approved: a\n  actual:   a(no line break)");
  CHECK(first_difference("a\n", "a\nb\n") ==
        "line 2\n  approved: (end of the text)\n  actual:   b");
}

}  // namespace
}  // namespace onceward::reports
