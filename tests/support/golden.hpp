// Comparing a text with one that was read and approved before, byte for byte.
//
// Approved texts are in tests/golden/. With the environment variable ONCEWARD_UPDATE_GOLDEN=1 a
// test writes the new text there instead, to be read before it is committed.
#pragma once

#include <string>
#include <string_view>

namespace onceward::tests {

// Where the texts first differ: the number of the line and both versions of it. Empty: nowhere.
[[nodiscard]] std::string first_difference(std::string_view approved, std::string_view actual);

// Fails the running test unless `actual` is the text of tests/golden/`name`.
void check_golden(const std::string& name, std::string_view actual);

}  // namespace onceward::tests
