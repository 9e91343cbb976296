#include "reports/relevant.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace onceward::reports {
namespace {

using Number = std::uint32_t;

class Relevance {
 public:
  explicit Relevance(const sim::Violation& violation)
      : violation_(violation), trace_(violation.trace), bears_(trace_.size() + 1) {
    add_what_shows_it();
    add_what_struck();
    told_ = bears_;
    for (Number number = 1; number <= trace_.size(); ++number) {
      const bool same = !violation.entity.empty() && entry(number).entity == violation.entity;
      if (same) told_[number] = true;
    }
    add_what_was_missed();
    drop_what_leads_nowhere();
  }

  [[nodiscard]] EntrySet take() { return std::move(told_); }

 private:
  [[nodiscard]] const sim::TraceEntry& entry(Number number) const { return trace_[number - 1]; }

  void add_what_shows_it() {
    for (const Number number : entries_of(violation_)) bears_[number] = true;
    // Causes come before what they cause, so one pass from the end reaches all of them.
    for (auto number = static_cast<Number>(trace_.size()); number > 0; --number) {
      if (!bears_[number]) continue;
      for (const Number cause : causes_of(trace_, number)) bears_[cause] = true;
    }
  }

  void add_what_struck() {
    for (Number number = 1; number <= trace_.size(); ++number) {
      const sim::Mark mark = entry(number).mark;
      const bool struck = is_fault(entry(number)) || mark == sim::Mark::blocked;
      const bool told = mark == sim::Mark::restart || mark == sim::Mark::lost;
      if (struck || told) bears_[number] = true;
      if (!struck) continue;
      for (const Number cause : causes_of(trace_, number)) bears_[cause] = true;
    }
  }

  // A claim on states has no entity of its own. What shows that it is broken has one, and who
  // missed something of that before may be why.
  void add_what_was_missed() {
    std::set<std::string> about;
    Number last = 0;
    for (const Number number : entries_of(violation_)) {
      about.insert(entry(number).entity);
      last = number;
    }
    about.erase("");
    const auto add = [&](Number number) { told_[number] = bears_[number] = true; };
    for (Number number = 1; number <= trace_.size(); ++number) {
      if (entry(number).mark != sim::Mark::missed) continue;
      const std::vector<Number> causes = causes_of(trace_, number);
      if (causes.empty()) continue;
      const bool may_be_why = number < last && about.contains(entry(causes.front()).entity);
      if (!told_[causes.front()] && !may_be_why) continue;
      add(number);
      for (const Number cause : causes) add(cause);
    }
  }

  // What is only about the entity, and from which nothing follows that is told, went as it should:
  // an answer to the client, a row marked as done.
  void drop_what_leads_nowhere() {
    EntrySet leads(trace_.size() + 1);
    for (auto number = static_cast<Number>(trace_.size()); number > 0; --number) {
      if (told_[number] && !bears_[number]) told_[number] = leads[number] || may_be_the_end(number);
      if (!told_[number] && !leads[number]) continue;
      for (const Number cause : causes_of(trace_, number)) leads[cause] = true;
    }
  }

  // What is too much has come about with the last entry that shows it, and what comes after that is
  // what came of it. What is missing may be so because of whatever came last: after all faults, or
  // cut off by one that struck there.
  [[nodiscard]] bool may_be_the_end(Number number) const {
    if (violation_.should_be.empty() && violation_.actual > violation_.expected) {
      const std::vector<Number> shows = entries_of(violation_);
      return shows.empty() || number > shows.back();
    }
    bool is_last = true;
    for (Number later = number + 1; later <= trace_.size(); ++later) {
      if (!is_fault(entry(later))) continue;
      if (entry(later).lane == entry(number).lane) return true;
      is_last = false;
    }
    return is_last;
  }

  const sim::Violation& violation_;
  const sim::Trace& trace_;
  EntrySet bears_;  // whatever it is about
  EntrySet told_;
};

}  // namespace

bool is_fault(const sim::TraceEntry& entry) {
  return entry.mark == sim::Mark::crash || entry.mark == sim::Mark::fault;
}

std::vector<std::uint32_t> causes_of(const sim::Trace& trace, std::uint32_t number) {
  std::vector<std::uint32_t> causes;
  for (const std::uint32_t cause : trace[number - 1].causes) {
    if (cause != 0 && cause < number) causes.push_back(cause);
  }
  return causes;
}

std::vector<std::uint32_t> entries_of(const sim::Violation& violation) {
  std::vector<std::uint32_t> entries;
  for (const std::uint32_t entry : violation.entries) {
    if (entry != 0 && entry <= violation.trace.size()) entries.push_back(entry);
  }
  return entries;
}

EntrySet relevant(const sim::Violation& violation) { return Relevance(violation).take(); }

}  // namespace onceward::reports
