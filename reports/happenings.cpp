#include "reports/happenings.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "reports/figures.hpp"

namespace onceward::reports {
namespace {

using Number = std::uint32_t;

// Entries `first` to `last` of the list of shown ones; a row each, or one row for all of them.
struct Stretch {
  std::size_t first = 0;
  std::size_t size = 0;
  bool foldable = false;
  bool folded = false;
};

class Rows {
 public:
  Rows(const sim::Violation& violation, const EntrySet& shown, const Why& reasons)
      : violation_(violation), trace_(violation.trace), strikes_(strikes_of(violation)) {
    for (Number number = 1; number <= trace_.size(); ++number) {
      if (shown[number]) numbers_.push_back(number);
    }
    result_.hidden = static_cast<std::uint32_t>(trace_.size() - numbers_.size());
    fixed_.assign(trace_.size() + 1, false);
    for (const Number number : entries_of(violation)) fixed_[number] = true;
    for (const WhyLine& line : reasons.lines) fixed_[line.entry] = true;
    for (const Number number : numbers_) {
      const sim::TraceEntry& entry = trace_[number - 1];
      const bool kept = entry.mark == sim::Mark::restart || entry.mark == sim::Mark::blocked ||
                        entry.mark == sim::Mark::missed;
      if (is_fault(entry) || kept) fixed_[number] = true;
    }
    // The same whatever is shown: in the unit of what has a bearing on the story.
    const EntrySet set = relevant(violation);
    std::vector<sim::Instant> instants;
    sim::Instant latest;
    for (Number number = 1; number <= trace_.size(); ++number) {
      instants.push_back(trace_[number - 1].at);
      if (set[number]) latest = std::max(latest, instants.back());
    }
    instants_ = InstantFormat(instants, latest);
    if (!numbers_.empty()) fixed_[numbers_.front()] = fixed_[numbers_.back()] = true;
  }

  Happenings write(std::size_t rows_max) {
    for (const Stretch& stretch : stretches(rows_max)) {
      if (stretch.folded) {
        fold(stretch);
        continue;
      }
      for (std::size_t i = 0; i < stretch.size; ++i) show(numbers_[stretch.first + i]);
    }
    return std::move(result_);
  }

 private:
  [[nodiscard]] std::vector<Stretch> stretches(std::size_t rows_max) const {
    std::vector<Stretch> all;
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      const bool foldable = !fixed_[numbers_[i]];
      if (all.empty() || all.back().foldable != foldable) all.push_back({i, 0, foldable, false});
      ++all.back().size;
    }
    std::vector<Stretch*> longest;
    for (Stretch& stretch : all) {
      if (stretch.foldable && stretch.size > 1) longest.push_back(&stretch);
    }
    std::stable_sort(longest.begin(), longest.end(),
                     [](const Stretch* a, const Stretch* b) { return a->size > b->size; });
    std::size_t rows = numbers_.size();
    for (Stretch* stretch : longest) {
      if (rows_max == 0 || rows <= rows_max) break;
      stretch->folded = true;
      rows -= stretch->size - 1;
    }
    return all;
  }

  void show(Number number) {
    const sim::TraceEntry& entry = trace_[number - 1];
    Row row;
    const auto shows = entries_of(violation_);
    if (std::find(shows.begin(), shows.end(), number) != shows.end()) row.mark = '!';
    if (is_fault(entry)) row.mark = 'X';
    if (!step_known_ || entry.step != step_) {
      row.step = fmt::format("{}", entry.step);
      if (violation_.timing.feasible) row.time = instants_.text(entry.at);
    }
    step_ = entry.step;
    step_known_ = true;
    row.lane = entry.lane;
    row.text = entry.text;
    row.note = note(number);
    result_.rows.push_back(std::move(row));
  }

  [[nodiscard]] std::string note(Number number) const {
    for (std::size_t i = 0; i < strikes_.size(); ++i) {
      if (strikes_[i].entry != number) continue;
      if (strikes_.size() == 1) return "<- the only fault";
      return fmt::format("<- fault {} of {}", i + 1, strikes_.size());
    }
    return "";
  }

  void fold(const Stretch& stretch) {
    std::vector<std::pair<std::string, std::size_t>> lanes;  // in order of first appearance
    for (std::size_t i = 0; i < stretch.size; ++i) {
      const std::string& lane = trace_[numbers_[stretch.first + i] - 1].lane;
      const auto found = std::find_if(lanes.begin(), lanes.end(),
                                      [&](const auto& each) { return each.first == lane; });
      if (found == lanes.end()) {
        lanes.emplace_back(lane, 1);
      } else {
        ++found->second;
      }
    }
    std::string list;
    for (const auto& [lane, count] : lanes) {
      list += fmt::format("{}{} {}", list.empty() ? "" : ", ", lane, count);
    }
    const Number first = trace_[numbers_[stretch.first] - 1].step;
    const Number last = trace_[numbers_[stretch.first + stretch.size - 1] - 1].step;
    Row row;
    row.step = first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last);
    row.text = fmt::format("({} folded: {})", counted(stretch.size, "entry", "entries"), list);
    result_.rows.push_back(std::move(row));
    result_.folded += static_cast<std::uint32_t>(stretch.size);
    step_known_ = false;
  }

  const sim::Violation& violation_;
  const sim::Trace& trace_;
  std::vector<Strike> strikes_;
  std::vector<Number> numbers_;  // of the entries that are shown
  EntrySet fixed_;               // never folded
  InstantFormat instants_{std::vector<sim::Instant>()};
  Number step_ = 0;  // of the row above
  bool step_known_ = false;
  Happenings result_;
};

}  // namespace

std::vector<Strike> strikes_of(const sim::Violation& violation) {
  std::vector<Strike> strikes;
  for (const sim::FaultKind kind : violation.faults) strikes.push_back({kind, 0});
  // A crash falls some time after it was chosen, so only faults of one mark keep their order. A
  // mark without a fault of the plan (a process that ends itself) leaves all of them unassigned.
  for (const sim::Mark mark : {sim::Mark::crash, sim::Mark::fault}) {
    std::vector<Strike*> open;
    for (Strike& strike : strikes) {
      if ((strike.kind == sim::FaultKind::crash) == (mark == sim::Mark::crash)) {
        open.push_back(&strike);
      }
    }
    std::vector<Number> entries;
    for (Number number = 1; number <= violation.trace.size(); ++number) {
      if (violation.trace[number - 1].mark == mark) entries.push_back(number);
    }
    if (entries.size() != open.size()) continue;
    for (std::size_t i = 0; i < open.size(); ++i) open[i]->entry = entries[i];
  }
  return strikes;
}

Happenings happenings(const sim::Violation& violation, const EntrySet& shown, const Why& reasons,
                      std::size_t rows_max) {
  return Rows(violation, shown, reasons).write(rows_max);
}

}  // namespace onceward::reports
