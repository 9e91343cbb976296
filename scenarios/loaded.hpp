// A scenario file, read: its program, or what is wrong with it.
#pragma once

#include <memory>
#include <string>

#include "scenarios/program.hpp"
#include "scenarios/sources.hpp"

namespace onceward::scenarios {

struct Loaded {
  Sources sources;
  Node expanded;                     // what the file comes to
  std::unique_ptr<Program> program;  // null: there are problems
  std::string problems;              // rendered, one message each
  std::string digest;                // of the texts, 32 hexadecimal digits

  // "FILE:LINE:COLUMN" and the line of the step at `site`; empty where there is none.
  [[nodiscard]] std::string place_of(const std::string& site) const;
  [[nodiscard]] std::string line_of(const std::string& site) const;
  // Which step it is ("step \"relayed\""), where that line does not show it: a pattern was written
  // out there, or the step goes over several lines. Empty otherwise.
  [[nodiscard]] std::string hidden_step_of(const std::string& site) const;
  // What its `at` says: the line of code that it stands for; empty without.
  [[nodiscard]] std::string code_of(const std::string& site) const;
};

// `-` reads standard input.
[[nodiscard]] Loaded load(const std::string& path);
// A text that came from elsewhere (a capsule), known as `path`.
[[nodiscard]] Loaded load_text(const std::string& path, const std::string& text);

}  // namespace onceward::scenarios
