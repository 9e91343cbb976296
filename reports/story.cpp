#include "reports/story.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/figures.hpp"
#include "reports/happenings.hpp"
#include "reports/outcome.hpp"
#include "reports/verdict.hpp"

namespace onceward::reports {
namespace {

constexpr std::size_t kRowsMax = 25;
constexpr std::uint32_t kWhyLinesMax = 10;
constexpr std::size_t kRulesMax = 4;
constexpr const char* kWhenTooLarge =
    "fewer requests, fault kinds or partitions, --timing windows, --strategy sweep: "
    "docs/write-your-own.md, \"When the search is too large\"";

// Facts that belong together: the label stands before the first one only.
class Facts {
 public:
  Facts(Page& page, std::string label) : page_(page), label_(std::move(label)) {}
  void add(std::string_view text, Tone tone = Tone::plain) {
    page_.fact(label_, text, tone);
    label_.clear();
  }
  void add_exact(std::string_view text) {
    page_.exact(label_, text);
    label_.clear();
  }

 private:
  Page& page_;
  std::string label_;
};

// A word that a shell takes as it stands.
std::string shell_word(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+=,";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

class Story {
 public:
  Story(const ScenarioReport& report, const StoryOptions& options)
      : report_(report),
        options_(options),
        page_({options.color, static_cast<std::size_t>(std::max(options.width, 40)),
               options.ascii ? Alphabet::ascii : Alphabet::unicode}) {}

  std::string tell() {
    head();
    if (report_.result.verdict == sim::Verdict::violated && !report_.result.violations.empty()) {
      violation(report_.result.violations.front());
    } else {
      Facts also(page_, "Also");
      for (const std::string& each : report_.result.also) also.add(each + " was met broken");
    }
    Facts never(page_, "Never");
    for (const std::string& each : never_happened(report_)) never.add(each);
    for (const std::string& each : report_.unreached) never.add("reached: " + each);
    Facts rests(page_, "Rests on");
    for (const std::string& each : report_.rests_on) rests.add(each);
    if (!report_.beyond.empty()) Facts(page_, "Beyond").add(report_.beyond);
    Facts warning(page_, "Warning");
    for (const std::string& each : report_.warnings) warning.add(each);
    Facts left_out(page_, "Left out");
    for (const std::string& each : report_.not_modelled) left_out.add(each);
    again();
    return page_.take();
  }

 private:
  void head() {
    const Tone tone = verdict_tone(report_);
    page_.sentence(verdict_sentence(report_), tone);
    const std::string both = report_.file + ": " + report_.title;
    if (!report_.title.empty() && columns(page_.clean(both)) <= page_.width()) {
      page_.sentence(both, Tone::plain);
    } else {
      page_.line(page_.clean(report_.file));
      if (!report_.title.empty()) page_.sentence(report_.title, Tone::plain);
    }
    if (!report_.not_as_expected.empty()) {
      page_.fact("Expected", report_.expected, tone);
      for (const std::string& each : report_.not_as_expected) page_.fact("", each, tone);
    }
    Facts reasons(page_, "Reason");
    for (const std::string& each : report_.result.reasons) reasons.add(each);
    if (!report_.cut_off) return;
    page_.fact("Searched", how_far(report_));
    page_.fact("Try", kWhenTooLarge);
  }

  void violation(const sim::Violation& violation) {
    const EntrySet set = relevant(violation);
    const EntrySet shown = options_.all_events ? EntrySet(set.size(), true) : set;
    const auto all_lines = static_cast<std::uint32_t>(violation.trace.size()) + 2;
    const Why reasons = why(violation, shown, options_.all_events ? all_lines : kWhyLinesMax);
    what_happened(violation, shown, reasons);
    broken(violation);
    explain(violation, reasons);
    faults(violation);
    rules(violation, shown);
    also(violation);
    if (!report_.in_short.empty()) page_.fact("In short", report_.in_short, Tone::strong);
  }

  void what_happened(const sim::Violation& violation, const EntrySet& shown, const Why& reasons) {
    const Happenings told =
        happenings(violation, shown, reasons, options_.all_events ? 0 : kRowsMax);
    page_.blank();
    draw_lanes(told.rows, page_);
    std::string left_out;
    if (told.hidden > 0) {
      left_out = counted(told.hidden, "unrelated entry", "unrelated entries") + " hidden";
    }
    if (told.folded > 0) {
      left_out += fmt::format("{}{} folded", left_out.empty() ? "" : ", ", grouped(told.folded));
    }
    if (!left_out.empty()) {
      page_.line(page_.paint(fmt::format("  ({}: --events all)", left_out), Tone::faint));
    }
    page_.blank();
  }

  void broken(const sim::Violation& violation) {
    std::string help;
    bool counts = !violation.mistake;
    for (const InvariantStatus& status : report_.invariants) {
      if (status.id != violation.invariant) continue;
      if (!status.help.empty()) help = ": " + status.help;
      counts = counts && status.counts;
    }
    page_.fact("Broken", violation.invariant + help);
    std::vector<std::uint32_t> seen;
    for (const std::uint32_t entry : entries_of(violation)) {
      const std::uint32_t step = violation.trace[entry - 1].step;
      if (seen.empty() || seen.back() != step) seen.push_back(step);
    }
    std::string steps;
    if (!seen.empty()) {
      steps = fmt::format(" (see step{} {})", seen.size() == 1 ? "" : "s", fmt::join(seen, ", "));
    }
    const bool of_values = !violation.should_be.empty();
    std::string what = report_.owed.empty() ? violation.entity : report_.owed;
    if (of_values || counts) {
      what += fmt::format("{}expected {}, got {}", what.empty() ? "" : ": ",
                          of_values ? violation.should_be : std::to_string(violation.expected),
                          of_values ? violation.is : std::to_string(violation.actual));
    }
    if (!report_.lateness.empty()) what += (of_values || counts ? ", " : ": ") + report_.lateness;
    page_.fact("", what + steps);
  }

  void explain(const sim::Violation& violation, const Why& reasons) {
    Facts chain(page_, "Why");
    const auto step_of = [&](const WhyLine& line) {
      return fmt::format("{}", violation.trace[line.entry - 1].step);
    };
    std::size_t width = 0;
    for (const WhyLine& line : reasons.lines) {
      if (line.entry != 0) width = std::max(width, step_of(line).size());
    }
    for (const WhyLine& line : reasons.lines) {
      const std::string step = line.entry == 0 ? "" : padded(step_of(line), width) + "  ";
      chain.add_exact(line.branch + step + line.text);
    }
    if (reasons.left_out > 0) {
      chain.add(
          fmt::format("({}: --events all)", counted(reasons.left_out, "more cause", "more causes")),
          Tone::faint);
    }
  }

  void faults(const sim::Violation& violation) {
    Facts facts(page_, "Fault");
    bool first = true;
    for (const Strike& strike : strikes_of(violation)) {
      facts.add(told(violation, strike));
      if (first && !report_.fault_site.empty()) excerpt(facts);
      if (first && !report_.fault_step.empty()) {
        facts.add_exact("it is " + report_.fault_step + " (onceward show prints it)");
      }
      if (first && !report_.fault_code.empty()) {
        facts.add_exact("in the code: " + report_.fault_code);
      }
      first = false;
    }
  }

  // "crash of relay in step 9, after step 8: publish e1 -> bus.orders/0@0"
  [[nodiscard]] static std::string told(const sim::Violation& violation, const Strike& strike) {
    std::string text = sim::to_text(strike.kind);
    if (strike.entry == 0) return text;
    const sim::TraceEntry& entry = violation.trace[strike.entry - 1];
    if (strike.kind != sim::FaultKind::crash) {
      return text + fmt::format(" in step {}: {}", entry.step, entry.text);
    }
    text += fmt::format(" of {} in step {}", entry.lane, entry.step);
    for (const std::uint32_t cause : causes_of(violation.trace, strike.entry)) {
      const sim::TraceEntry& before = violation.trace[cause - 1];
      text += fmt::format(", after step {}: {}", before.step, before.text);
    }
    return text;
  }

  void excerpt(Facts& facts) const {
    facts.add_exact(report_.fault_site);
    if (report_.fault_line.empty()) return;
    const std::string number = place_in(report_.fault_site).line;
    const std::size_t begin = report_.fault_line.find_first_not_of(" \t");
    if (begin == std::string::npos) return;
    facts.add_exact(right_aligned(number, 5) + " | " + report_.fault_line.substr(begin));
  }

  void rules(const sim::Violation& violation, const EntrySet& shown) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < violation.trace.size(); ++i) {
      const std::string& rule = violation.trace[i].rule;
      const bool known = std::find(names.begin(), names.end(), rule) != names.end();
      if (shown[i + 1] && !rule.empty() && !known) names.push_back(rule);
    }
    const bool all = options_.all_events || names.size() <= kRulesMax;
    Facts facts(page_, "Rule");
    for (std::size_t i = 0; i < (all ? names.size() : kRulesMax); ++i) facts.add(names[i]);
    if (!all) {
      facts.add(fmt::format("({} more: --events all)", names.size() - kRulesMax), Tone::faint);
    }
  }

  void also(const sim::Violation& told) {
    std::vector<std::string> names = report_.result.also;
    for (const sim::Violation& violation : report_.result.violations) {
      const bool known = std::find(names.begin(), names.end(), violation.invariant) != names.end();
      if (violation.invariant != told.invariant && !known) names.push_back(violation.invariant);
    }
    Facts facts(page_, "Also");
    for (const std::string& name : names) facts.add(name + " is broken too");
  }

  void again() {
    if (!report_.capsule.empty()) page_.exact("Again", replay_command(report_));
  }

  const ScenarioReport& report_;
  const StoryOptions& options_;
  Page page_;
};

}  // namespace

std::string story(const ScenarioReport& report, const StoryOptions& options) {
  if (report.problems.empty()) return Story(report, options).tell();
  std::string text;
  for (const std::string& problem : report.problems) {
    text += printable_lines(problem, options.ascii ? Alphabet::ascii : Alphabet::unicode);
    if (text.empty() || text.back() != '\n') text += '\n';
  }
  return text;
}

std::string story_in_a_line(const ScenarioReport& report, const StoryOptions& options) {
  constexpr std::size_t kVerdict = 52;
  Page page({options.color, static_cast<std::size_t>(std::max(options.width, 40)),
             options.ascii ? Alphabet::ascii : Alphabet::unicode});
  const std::string verdict = padded(short_verdict(report), kVerdict);
  page.line(page.paint(verdict, verdict_tone(report)) + "  " + page.clean(report.file));
  return page.take();
}

std::string replay_command(const ScenarioReport& report) {
  return report.capsule.empty() ? "" : "onceward replay " + shell_word(report.capsule);
}

std::string summary_line(const std::vector<ScenarioReport>& reports, const Summary& summary) {
  const auto mistaken =
      std::count_if(reports.begin(), reports.end(),
                    [](const ScenarioReport& report) { return !report.problems.empty(); });
  const std::string mistakes = mistaken == 0
                                   ? ""
                                   : ", " + counted(static_cast<std::uint64_t>(mistaken),
                                                    "file with mistakes", "files with mistakes");
  return fmt::format("{} as expected, {} not, {} inconclusive{}   exit {}   {:.1f} s",
                     summary.as_expected, summary.not_as_expected, summary.inconclusive, mistakes,
                     summary.exit_code, summary.seconds);
}

}  // namespace onceward::reports
