#include "reports/relevant.hpp"

#include <set>
#include <string>

namespace onceward::reports {

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

EntrySet relevant(const sim::Violation& violation) {
  const sim::Trace& trace = violation.trace;
  EntrySet cone(trace.size() + 1);
  for (const std::uint32_t entry : entries_of(violation)) cone[entry] = true;
  // Causes come before what they cause, so one pass from the end reaches all of them.
  for (auto number = static_cast<std::uint32_t>(trace.size()); number > 0; --number) {
    if (!cone[number]) continue;
    for (const std::uint32_t cause : causes_of(trace, number)) cone[cause] = true;
  }
  EntrySet set = cone;
  for (std::uint32_t number = 1; number <= trace.size(); ++number) {
    const sim::TraceEntry& entry = trace[number - 1];
    const bool same = !violation.entity.empty() && entry.entity == violation.entity;
    const bool blocked = entry.mark == sim::Mark::blocked;
    const bool told = entry.mark == sim::Mark::restart || entry.mark == sim::Mark::lost;
    if (same || is_fault(entry) || told || blocked) set[number] = true;
    if (!is_fault(entry) && !blocked) continue;
    for (const std::uint32_t cause : causes_of(trace, number)) set[cause] = true;
  }
  // A claim on states has no entity of its own. What shows that it is broken has one, and who
  // missed something of that before may be why.
  std::set<std::string> about;
  std::uint32_t last = 0;
  for (const std::uint32_t entry : entries_of(violation)) {
    about.insert(trace[entry - 1].entity);
    last = entry;
  }
  about.erase("");
  for (std::uint32_t number = 1; number <= trace.size(); ++number) {
    if (trace[number - 1].mark != sim::Mark::missed) continue;
    const std::vector<std::uint32_t> causes = causes_of(trace, number);
    if (causes.empty()) continue;
    const std::uint32_t first = causes.front();
    const bool may_be_why = number < last && about.contains(trace[first - 1].entity);
    if (!set[first] && !may_be_why) continue;
    set[number] = true;
    for (const std::uint32_t cause : causes) set[cause] = true;
  }
  return set;
}

}  // namespace onceward::reports
