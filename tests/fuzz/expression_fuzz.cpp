// libFuzzer's way in; built by the preset `fuzz`, run by `./dev fuzz`.
#include <cstdio>
#include <cstdlib>

#include "tests/support/fuzz_targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Bytes as characters: what C++ allows of a `reinterpret_cast`.
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string wrong = onceward::tests::try_expression(text);
  if (wrong.empty()) return 0;
  std::fprintf(stderr, "%s\n", wrong.c_str());
  std::abort();
}
