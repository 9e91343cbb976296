// What is tried with any bytes at all: by libFuzzer (tests/fuzz/*_fuzz.cpp) and, with a fixed
// number of damaged inputs, by every run of the tests (tests/fuzz/damaged_inputs_test.cpp).
//
// Each returns what went wrong, or nothing. That a text is refused with a message is not wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace onceward::tests {

// Reads a text as a scenario. It is refused with messages that have a place, or is a program, and
// then what it comes to reads as the same program again.
[[nodiscard]] std::string try_scenario(std::string_view text);

// Reads a text as an expression. It is refused with one message, or printed so that it reads back.
[[nodiscard]] std::string try_expression(std::string_view text);

// Damages a text a few times: bytes that change, pieces that vanish, come twice or change places,
// and words of the language where none belong. Equal seeds damage equally.
[[nodiscard]] std::string damaged(std::string text, std::uint64_t seed);

}  // namespace onceward::tests
