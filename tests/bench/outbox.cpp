// The outbox flow, searched to its end or to its first violation by everything that can.
#include "tests/support/plain/outbox.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "scenarios/loaded.hpp"
#include "sim/assert.hpp"
#include "sim/search/explore.hpp"
#include "tests/bench/programs.hpp"
#include "tests/bench/searches.hpp"

namespace onceward::bench {
namespace {

const std::string kFolder = ONCEWARD_SOURCE_DIR "/tests/bench/";

struct Size {
  int orders;
  int relay_crashes;
  int redeliveries;
  int consumer_crashes;
  bool broken;
};

struct Line {
  std::string form;
  std::string reductions = "off";
  std::string states;
  std::string transitions;
  double seconds = 0;
  std::string bytes_per_state = "unknown";
  std::string verdict;
  std::string steps;  // of a violation
};

void print(const Size& size, const Line& line) {
  fmt::print(
      "outbox orders={} budgets={}/{}/{} variant={} form={} reductions={} states={} transitions={} "
      "seconds={:.4f} states_per_second={:.0f} bytes_per_state={} verdict={}{}\n",
      size.orders, size.relay_crashes, size.redeliveries, size.consumer_crashes,
      size.broken ? "broken" : "good", line.form, line.reductions, line.states, line.transitions,
      line.seconds, std::atof(line.states.c_str()) / line.seconds, line.bytes_per_state,
      line.verdict, line.steps.empty() ? "" : " steps=" + line.steps);
  std::fflush(stdout);
}

void leave_out(const char* form, const char* why) {
  fmt::print("outbox left out: form={} ({})\n", form, why);
}

std::string per_state(double bytes, double states) { return fmt::format("{:.1f}", bytes / states); }

// ---- Ours

Line line_of(const char* form, const sim::Result& found, double seconds) {
  Line line;
  line.form = form;
  line.states = std::to_string(found.figures.states);
  line.transitions = std::to_string(found.figures.transitions);
  line.seconds = seconds;
  line.verdict = sim::to_text(found.verdict);
  if (line.verdict == "BOUND HIT") line.verdict = "BOUND_HIT";
  if (!found.violations.empty()) line.steps = std::to_string(found.violations.front().steps);
  if (found.figures.visited_bytes > 0) {
    line.bytes_per_state = per_state(static_cast<double>(found.figures.visited_bytes),
                                     static_cast<double>(found.figures.states));
  }
  return line;
}

void plain(const Options& options, const Size& size) {
  const plain_models::Outbox model{size.orders, size.relay_crashes, size.redeliveries,
                                   size.consumer_crashes, size.broken};
  sim::Explored found;
  const double seconds = median_seconds(options, [&] { found = sim::explore(model, {}); });
  Line line = line_of("plain", found, seconds);
  line.bytes_per_state =
      per_state(static_cast<double>(found.bytes), static_cast<double>(found.figures.states));
  print(size, line);
}

// Writes `number` after `field` in place of the number there.
void set(std::string& text, const std::string& field, int number) {
  const std::size_t at = text.find(field);
  ONCEWARD_ASSERT(at != std::string::npos);
  text.replace(at + field.size(), 1, std::to_string(number));
}

std::string scenario_text(const std::string& path, const Size& size) {
  std::ostringstream read;
  read << std::ifstream(path).rdbuf();
  std::string text = read.str();
  set(text, "\"times\": ", size.orders);
  set(text, "\"budget\": ", size.relay_crashes + size.redeliveries + size.consumer_crashes);
  set(text, "{ \"crash\": \"relay\", \"at_most\": ", size.relay_crashes);
  set(text, "{ \"redeliver\": \"any\", \"at_most\": ", size.redeliveries);
  set(text, "{ \"crash\": \"warehouse\", \"at_most\": ", size.consumer_crashes);
  return text;
}

void scenario(const Options& options, const Size& size, bool reduced) {
  const std::string path =
      kFolder + (size.broken ? "outbox.broken.onceward.json" : "outbox.onceward.json");
  const scenarios::Loaded loaded = scenarios::load_text(path, scenario_text(path, size));
  if (loaded.program == nullptr) {
    fmt::print(stderr, "{}", loaded.problems);
    return;
  }
  // Larger than two orders it is searched for minutes, which nobody wants who did not ask for it.
  sim::SearchOptions search;
  search.transitions_max = options.size > 0 ? 100'000'000 : 2'000'000;
  // The good one to its end; of the broken one the story that a user of the command line gets.
  search.strategy = size.broken ? sim::Strategy::automatic : sim::Strategy::exhaustive;
  if (!reduced) search.reductions = sim::Reductions::none();
  const double began = now();
  const sim::Result found = sim::explore(*loaded.program, loaded.program->plan, search);
  Line line = line_of("scenario", found, now() - began);
  line.reductions = reduced ? "on" : "off";
  print(size, line);
}

// ---- Others

void by_hand(const Size& size, const Workshop& workshop) {
  const std::string printed =
      workshop.run(fmt::format("{{ [ -x limit ] || g++ -O3 -march=native -DNDEBUG -o limit "
                               "'{}peers/limit_explore.cc'; }} && "
                               "./limit {} {} {} {} {} bfs",
                               kFolder, size.orders, size.relay_crashes, size.redeliveries,
                               size.consumer_crashes, size.broken ? "broken" : "good"));
  // RESULT, engine, explore, arguments, states, seconds, rate, transitions, peak, bytes, steps
  std::vector<std::string> fields;
  std::istringstream in(printed);
  for (std::string field; std::getline(in, field, '\t');) fields.push_back(field);
  if (fields.size() < 11) return leave_out("limit", "it could not be built or run");
  Line line;
  line.form = "limit";
  line.states = fields[4];
  line.seconds = std::atof(fields[5].c_str());
  line.transitions = fields[7];
  line.bytes_per_state = fields[9];
  line.verdict = size.broken ? "VIOLATED" : "EXHAUSTED";
  if (size.broken) line.steps = std::to_string(std::atoi(fields[10].c_str()));
  print(size, line);
}

// Its first word, or `otherwise`.
std::string first_word(const std::string& printed, const char* mark, const char* otherwise) {
  const std::vector<std::string> words = words_of_line(printed, mark);
  return words.empty() ? otherwise : words.front();
}

// Its hash table, of about as many slots as there will be states.
int table_bits(const Size& size) { return size.orders < 3 ? 14 : size.orders < 4 ? 20 : 23; }

void spin(const Size& size, const Workshop& workshop, bool reduced) {
  const char* form = reduced ? "spin-por" : "spin";
  const std::string printed = workshop.run(fmt::format(
      "spin -a -DP={} -DC={} -DR={} -DK={} {} '{}peers/{}.pml' && gcc -O2 -DSAFETY {} -o pan pan.c "
      "2>/dev/null && ./pan -E -m10000 -w{}",
      size.orders, size.relay_crashes, size.redeliveries, size.consumer_crashes,
      size.broken ? "-DBROKEN" : "", kFolder, reduced ? "outbox_por" : "outbox",
      reduced ? "" : "-DNOREDUCE", table_bits(size)));
  Line line;
  line.form = form;
  line.reductions = reduced ? "on" : "off";
  line.states = first_word(printed, "states, stored", "");
  if (line.states.empty()) return leave_out(form, "it could not be built or run");
  line.transitions = first_word(printed, "transitions (=", "");
  const std::vector<std::string> elapsed = words_of_line(printed, "elapsed time");
  // It counts in hundredths of a second; less than one is not told.
  line.seconds = elapsed.size() > 3 ? std::max(0.01, std::atof(elapsed[3].c_str())) : 0.01;
  const double megabytes =
      std::atof(first_word(printed, "actual memory usage for states", "0").c_str()) +
      std::atof(first_word(printed, "memory used for hash table", "0").c_str());
  line.bytes_per_state = per_state(megabytes * 1048576, std::atof(line.states.c_str()));
  const bool found = printed.find("errors: 0") == std::string::npos;
  line.verdict = found ? "VIOLATED" : "EXHAUSTED";
  const char* mark = "(at depth ";
  const std::size_t depth = printed.find(mark);
  if (found && depth != std::string::npos) {
    line.steps = std::to_string(std::atoi(printed.c_str() + depth + std::strlen(mark)));
  }
  print(size, line);
}

}  // namespace

void bench_outbox(const Options& options) {
  const Workshop workshop;
  std::vector<Size> sizes;
  for (const Size& size :
       {Size{2, 1, 1, 1, false}, Size{3, 2, 2, 2, false}, Size{4, 2, 2, 2, false},
        Size{2, 1, 1, 1, true}, Size{3, 2, 2, 2, true}}) {
    if (options.size == 0 || options.size == size.orders) sizes.push_back(size);
  }
  const bool compiles = is_installed("g++");
  const bool spins = is_installed("spin") && is_installed("gcc");
  for (const Size& size : sizes) {
    plain(options, size);
    if (compiles) by_hand(size, workshop);
    if (spins) spin(size, workshop, false);
    if (spins) spin(size, workshop, true);
    for (const bool reduced : {true, false}) scenario(options, size, reduced);
  }
  if (!compiles) leave_out("limit", "g++ is not installed");
  if (!spins) leave_out("spin, spin-por", "spin or gcc is not installed");
}

}  // namespace onceward::bench
