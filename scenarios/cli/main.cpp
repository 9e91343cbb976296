// onceward: the command line.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <exception>
#include <random>
#include <thread>

#include "scenarios/cli/commands.hpp"
#include "scenarios/expression.hpp"
#include "scenarios/nearest.hpp"
#include "sim/assert.hpp"

namespace {

using onceward::cli::CheckOptions;
using onceward::cli::JobOptions;
using onceward::cli::OutputOptions;

constexpr const char* kExitCodes =
    "Exit codes: 0 as expected; 1 a violation where none was expected, or an expected one not\n"
    "found (replay: reproduced); 2 bad usage or scenario; 3 not decided; 4 replay diverged;\n"
    "70 internal error; 130 interrupted.";

// They run as they stand, from the root of the repository.
constexpr const char* kExamples =
    "Examples:\n"
    "  ./dev onceward check --brief scenarios/library/dual-write\n"
    "  ./dev onceward show --as code "
    "scenarios/library/dual-write/commit-then-publish.onceward.json\n"
    "  ./dev onceward new outbox-polling | ./dev onceward check -\n\n";
constexpr const char* kCheckExamples =
    "Examples:\n"
    "  ./dev onceward check scenarios/library/dual-write/commit-then-publish.onceward.json\n"
    "  ./dev onceward check --brief --jobs all --deadline 5m scenarios/library/relay\n"
    "  ./dev onceward check --no-timing --json - scenarios/library/dedup\n"
    "  ./dev onceward check --brief --junit - scenarios/library/dual-write\n\n";

constexpr const char* kThresholdExamples =
    "Examples:\n"
    "  ./dev onceward threshold \\\n"
    "    scenarios/library/consumer/external-call.short-window.onceward.json "
    "idempotency_window\n\n";
constexpr const char* kThresholdExitCodes =
    "Exit codes: 0 decided, whatever the answer; 2 bad usage, scenario or field; 3 where the\n"
    "answer changes, or any, was not decided; 4 nondeterminism; 70 internal error; 130 "
    "interrupted.";

// How many of something: the library's own check speaks of floating-point ranges.
const CLI::Validator kCount(
    [](const std::string& text) {
      const bool good = !text.empty() && text.size() < 20 && text.front() != '0' &&
                        text.find_first_not_of("0123456789") == std::string::npos;
      return good ? std::string() : fmt::format("takes a whole number from 1, not \"{}\"", text);
    },
    "NUMBER");

// Narrower than this no story can be told.
constexpr std::size_t kWidthLeast = 40;
const CLI::Validator kWidth(
    [](const std::string& text) {
      const bool good = kCount(text).empty() && text.size() <= 4 && std::stoul(text) >= kWidthLeast;
      return good ? std::string()
                  : fmt::format("takes a number from {} to 9999, not \"{}\"", kWidthLeast, text);
    },
    "NUMBER");

// How many scenarios at a time; a thread is begun for each.
constexpr std::size_t kJobsMax = 1024;
const CLI::Validator kJobs(
    [](const std::string& text) {
      const bool good = text == "all" ||
                        (kCount(text).empty() && text.size() <= 4 && std::stoul(text) <= kJobsMax);
      return good ? std::string()
                  : fmt::format("takes a number from 1 to {} or \"all\", not \"{}\"", kJobsMax,
                                text);
    },
    "NUMBER|all");

const CLI::Validator kDeadline(
    [](const std::string& text) {
      const bool good = onceward::scenarios::parse_duration(text).value_or(0) > 0;
      return good ? std::string()
                  : fmt::format("takes a duration such as 30s or 5m, not \"{}\"", text);
    },
    "DURATION");

// The entry of `catalogue` that the value of an option names.
template <class Entry>
const Entry& named(const std::vector<Entry>& catalogue, const std::string& option,
                   const std::string& name) {
  std::vector<std::string> known;
  for (const Entry& each : catalogue) {
    known.emplace_back(each.name);
    if (known.back() == name) return each;
  }
  throw CLI::ValidationError("--" + option,
                             fmt::format("there is no {} \"{}\"; {}", option, name,
                                         onceward::scenarios::did_you_mean(name, known)));
}

// An option whose value names an entry of `catalogue`, which `set` is told.
template <class Entry, class Set>
void add_named(CLI::App& command, const std::string& option, const std::vector<Entry>& catalogue,
               const std::string& help, const Set& set) {
  command.add_option_function<std::string>(
      "--" + option,
      [&catalogue, option, set](const std::string& name) { set(named(catalogue, option, name)); },
      help);
}

// `--reductions all`, `none`, or names with commas between them.
void add_reductions(CLI::App& command, onceward::sim::Reductions& reductions) {
  command.add_option_function<std::string>(
      "--reductions",
      [&reductions](const std::string& text) {
        if (text == "all") {
          reductions = {};
          return;
        }
        reductions = onceward::sim::Reductions::none();
        if (text == "none") return;
        std::istringstream names(text);
        for (std::string name; std::getline(names, name, ',');) {
          reductions.*named(onceward::sim::reduction_catalogue(), "reductions", name).flag = true;
        }
      },
      "what exhaustive search leaves out: all, none, or names of `onceward list reductions`");
}

struct Arguments {
  std::vector<std::string> paths;
  std::string path;
  std::string field;
  std::string seed = "1";
  std::string as = "text";
  std::string kind;
  bool strict = false;
  CheckOptions check;
  JobOptions jobs;
  OutputOptions output;
};

// A number, or "random": then what was drawn is said.
bool read_seed(const std::string& text, std::uint64_t& seed) {
  if (text == "random") {
    std::random_device device;
    seed = device();
    fmt::print(stderr, "seed {}\n", seed);
    return true;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error == std::errc() && end == text.data() + text.size()) return true;
  fmt::print(stderr, "onceward: --seed takes a number or \"random\", not \"{}\"\n", text);
  return false;
}

void add_output(CLI::App& command, Arguments& arguments) {
  command
      .add_option_function<std::string>(
          "--events",
          [&arguments](const std::string& which) { arguments.output.all_events = which == "all"; },
          "story: what matters; all: unrelated entries too")
      ->check(CLI::IsMember({"story", "all"}));
  command.add_option("--width", arguments.output.width, "columns of the text")->check(kWidth);
}

void add_jobs(CLI::App& command, Arguments& arguments) {
  command
      .add_option_function<std::string>(
          "--jobs",
          [&arguments](const std::string& text) {
            arguments.jobs.count = text == "all" ? std::max(1U, std::thread::hardware_concurrency())
                                                 : std::stoul(text);
          },
          "scenarios searched at a time, each in memory of its own; all: one a core; results are "
          "the same")
      ->check(kJobs);
}

// How to search, and for how long.
void add_search(CLI::App& command, Arguments& arguments) {
  add_named(command, "strategy", onceward::sim::strategy_catalogue(),
            "how to search, of `onceward list strategies`",
            [&arguments](const auto& each) { arguments.check.search.strategy = each.strategy; });
  add_named(command, "timing", onceward::sim::timing_catalogue(),
            "which windows to keep, of `onceward list timings`",
            [&arguments](const auto& each) { arguments.check.search.timing = each.mode; });
  add_reductions(command, arguments.check.search.reductions);
  command.add_option("--seed", arguments.seed, "of the random strategy; a number or \"random\"");
  command.add_option("--runs", arguments.check.search.runs, "runs of the random strategy")
      ->check(kCount);
  command.add_option("--states", arguments.check.search.states_max, "most states of a search")
      ->check(kCount);
  command
      .add_option("--transitions", arguments.check.search.transitions_max, "most steps of a search")
      ->check(kCount);
  command
      .add_option("--deadline", arguments.jobs.deadline,
                  "after this long (30s, 5m) what is not decided yet ends UNKNOWN, exit 3")
      ->check(kDeadline);
}

void add_check(CLI::App& app, Arguments& arguments) {
  CLI::App* check =
      app.add_subcommand("check", "search scenarios and compare with what they expect");
  check->footer(std::string(kCheckExamples) + kExitCodes);
  check->add_option("path", arguments.paths, "scenario files, or folders with *.onceward.json")
      ->required();
  add_search(*check, arguments);
  add_jobs(*check, arguments);
  check->add_option("--json", arguments.output.json,
                    "write the result document to this file, - for standard output");
  check->add_option("--junit", arguments.output.junit,
                    "write the results as JUnit XML to this file, - for standard output");
  check->add_flag("--brief", arguments.output.brief,
                  "a line for each scenario that is as expected, the story of the others only");
  check->add_flag("--no-timing", arguments.output.no_timing,
                  "leave out seconds, which differ from run to run");
  check->add_option("--out", arguments.check.out, "folder for capsules");
  check
      ->add_option_function<std::string>(
          "--require",
          [&arguments](const std::string&) { arguments.check.require_exhausted = true; },
          "a sample does not count as holding")
      ->check(CLI::IsMember({"exhausted"}));
  add_output(*check, arguments);
}

void add_threshold(CLI::App& app, Arguments& arguments) {
  CLI::App* threshold = app.add_subcommand(
      "threshold", "the values of a window, limit or count that hold, and those that break");
  threshold->footer(std::string(kThresholdExamples) + kThresholdExitCodes);
  threshold->add_option("scenario", arguments.path, "scenario file")->required();
  threshold
      ->add_option("field", arguments.field,
                   "a JSON pointer into what `show` prints, or into the file; or the name of a "
                   "step or field")
      ->required();
  add_search(*threshold, arguments);
  threshold->add_option("--json", arguments.output.json,
                        "write the answer as a document to this file, - for standard output");
  threshold->add_option("--width", arguments.output.width, "columns of the text")->check(kWidth);
}

void add_others(CLI::App& app, Arguments& arguments) {
  CLI::App* run = app.add_subcommand("run", "one simulation of a scenario");
  run->add_option("scenario", arguments.path, "scenario file")->required();
  run->add_option("--seed", arguments.seed, "a number or \"random\"");
  CLI::App* replay = app.add_subcommand("replay", "a recorded violation again, step by step");
  replay->add_option("capsule", arguments.path, "capsule file")->required();
  replay->footer(
      "It reads the scenario's file again, by the path that check was given:\n"
      "run it in the folder in which check ran.");
  add_output(*replay, arguments);
  CLI::App* show = app.add_subcommand("show", "a scenario with everything filled in");
  show->add_option("scenario", arguments.path, "scenario file")->required();
  show->add_option("--as", arguments.as,
                   "text; json: plain JSON without comments; code: each handler as code")
      ->check(CLI::IsMember({"text", "json", "code"}));
  CLI::App* list = app.add_subcommand("list", "what the language knows");
  list->add_option("kind", arguments.kind,
                   "faults, invariants, profiles, steps, functions, patterns, lint, strategies, "
                   "timings or reductions")
      ->required();
  CLI::App* lint = app.add_subcommand("lint", "a look at scenarios for what is known to break");
  lint->add_option("path", arguments.paths, "scenario files, or folders with *.onceward.json")
      ->required();
  lint->add_flag("--strict", arguments.strict, "exit 1 when something was found");
  app.add_subcommand("new", "a first file for a design, made of patterns")
      ->add_option("pattern", arguments.paths, "names of `onceward list patterns`")
      ->required();
  app.add_subcommand("schema", "the JSON Schema of scenario files, for editors");
  app.add_subcommand("version", "the version of this engine");
  app.set_version_flag("--version", fmt::format("onceward {}", ONCEWARD_VERSION));
  app.add_subcommand("help", "this page; `onceward COMMAND --help` is about one command");
}

// A word in the place of a command that is none.
bool is_unknown_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return false;
  std::vector<std::string> known;
  for (const CLI::App* each : app.get_subcommands({})) {
    known.push_back(each->get_name());
    if (known.back() == argv[1]) return false;
  }
  fmt::print(stderr, "onceward: there is no command \"{}\"; {}\n", argv[1],
             onceward::scenarios::did_you_mean(argv[1], known));
  return true;
}

// What is wrong with the arguments, as all our messages are told; an option that is none with the
// nearest one.
int refuse(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  const CLI::App& command = chosen.empty() ? app : *chosen.front();
  for (const std::string& extra : app.remaining(true)) {
    if (extra.front() != '-') continue;
    std::vector<std::string> known;
    for (const CLI::Option* each : command.get_options()) {
      for (const std::string& name : each->get_lnames()) known.push_back("--" + name);
    }
    const std::string option = extra.substr(0, extra.find('='));
    const std::string hint = onceward::scenarios::did_you_mean(option, known);
    fmt::print(stderr, "onceward: there is no option \"{}\"{}{}\n", option,
               hint.empty() ? "" : "; ", hint);
    return 2;
  }
  fmt::print(stderr, "onceward: {}\n", error.what());
  return 2;
}

int dispatch(const CLI::App& app, Arguments& arguments, const std::string& help) {
  using namespace onceward::cli;
  std::uint64_t& seed = arguments.check.search.seed;
  if (!read_seed(arguments.seed, seed)) return 2;
  if (app.got_subcommand("check")) {
    return check(arguments.paths, arguments.check, arguments.jobs, arguments.output);
  }
  if (app.got_subcommand("threshold")) {
    return threshold(arguments.path, arguments.field, arguments.check, arguments.jobs.deadline,
                     arguments.output);
  }
  if (app.got_subcommand("run")) return run(arguments.path, seed);
  if (app.got_subcommand("replay")) return replay(arguments.path, arguments.output);
  if (app.got_subcommand("show")) return show(arguments.path, arguments.as);
  if (app.got_subcommand("list")) return list(arguments.kind);
  if (app.got_subcommand("new")) return draft(arguments.paths);
  if (app.got_subcommand("lint")) return lint(arguments.paths, arguments.strict);
  if (app.got_subcommand("schema")) return schema();
  if (app.got_subcommand("help")) {
    fmt::print("{}", help);
    return 0;
  }
  fmt::print("onceward {}\n", ONCEWARD_VERSION);
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("Searches event flows for lost, repeated, invented and misordered effects.",
               "onceward");
  app.footer(kExitCodes);  // of all commands that say no other
  app.require_subcommand(1);
  Arguments arguments;
  add_check(app, arguments);
  add_threshold(app, arguments);
  add_others(app, arguments);
  app.footer(std::string(kExamples) + kExitCodes);
  const std::string help = app.help();  // once a command was chosen it is about that one
  if (is_unknown_command(app, argc, argv)) return 2;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version end well; all else is bad usage.
    return error.get_exit_code() == 0 ? app.exit(error) : refuse(app, error);
  }
  return dispatch(app, arguments, help);
} catch (const std::exception& error) {
  onceward::sim::fail_internal("nobody caught an exception", __FILE__, __LINE__, error.what());
}
