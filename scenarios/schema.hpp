// The JSON Schema (draft-07) of scenario files, for editors and for those who write files by
// program. It is made from the tables that the reader reads (grammar.hpp, step.hpp,
// patterns/pattern.hpp) and so never says anything else than they do.
//
// It knows what a file looks like, not what names mean: a file that it accepts may still name a
// table that is not there. What it refuses the reader refuses too.
#pragma once

#include <string>

namespace onceward::scenarios {

// Indented by two, with a line break at the end. One definition an object ("scenario", "table"),
// a step ("step-insert") and a pattern ("pattern-consumer").
[[nodiscard]] std::string schema_text();

}  // namespace onceward::scenarios
