// The commands of the command line; each returns its exit code (DESIGN 7).
#pragma once

#include <string>
#include <vector>

#include "scenarios/cli/checking.hpp"

namespace onceward::cli {

struct OutputOptions {
  std::string json;        // file for the result document, "-": standard output; empty: none
  std::string junit;       // the same for the JUnit document; never to the same place
  bool no_timing = false;  // leave out seconds, in the text too
  bool all_events = false;
  bool brief = false;  // check: a line for what is as expected, the story of the rest only
  int width = 0;       // 0: that of the terminal, 100 where there is none
};

// How many scenarios are searched at a time, and for how long in all.
struct JobOptions {
  std::size_t count = 1;
  std::string deadline;  // "30s", a duration of the language; empty: none
};

int check(const std::vector<std::string>& paths, CheckOptions options, const JobOptions& jobs,
          const OutputOptions& output);
// The values of `field` with which a scenario holds, and those with which it breaks.
int threshold(const std::string& path, const std::string& field, CheckOptions options,
              const std::string& deadline, const OutputOptions& output);
int run(const std::string& path, std::uint64_t seed);
int replay(const std::string& path, const OutputOptions& output);
int show(const std::string& path, const std::string& as);
int list(const std::string& kind);
int schema();
// Prints a first file with these patterns (`onceward new`).
int draft(const std::vector<std::string>& words);
// Findings are no failure unless `strict`.
int lint(const std::vector<std::string>& paths, bool strict);

// The files behind paths: as named, and all that ends in .onceward.json below folders, sorted.
[[nodiscard]] std::vector<std::string> files_of(const std::vector<std::string>& paths);

// Whether standard output is a terminal that wants colour; NO_COLOR wins.
[[nodiscard]] bool wants_color();
[[nodiscard]] int width_of_output(const OutputOptions& output);
// Whether a file can be written (empty: none is to be), asked before a search that may take long;
// what is there already
// stays as it is. False: a message on standard error says so.
bool can_write(const std::string& path);
// Writes a whole file, `-` to standard output; false and a message on standard error if it fails.
bool write_file(const std::string& path, const std::string& text);

}  // namespace onceward::cli
