#include "reports/why.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>

namespace onceward::reports {
namespace {

using Number = std::uint32_t;
using Numbers = std::vector<Number>;

bool has(const Numbers& numbers, Number number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

class Tree {
 public:
  Tree(const sim::Violation& violation, const EntrySet& set)
      : violation_(violation), trace_(violation.trace), set_(set) {
    Numbers shows = entries_of(violation);
    if (shows.empty()) shows = last_about_the_entity();
    if (violation.actual >= violation.expected && !shows.empty()) root_ = shows.back();
    seeds_ = shows;
    for (Number number = 1; number <= trace_.size(); ++number) {
      const bool after = root_ != 0 && number > root_;
      if (after || (!is_fault(trace_[number - 1]) && !kept_from_happening(number))) continue;
      if (!has(seeds_, number)) seeds_.push_back(number);
      for (const Number cause : causes_of(trace_, number)) led_to_seeds_.push_back(cause);
    }
    measure();
  }

  Why print(std::uint32_t lines_max) {
    Numbers candidates;
    for (Number number = 1; number <= trace_.size(); ++number) {
      if (distance_.count(number) != 0 && set_[number] && number != root_) {
        candidates.push_back(number);
      }
    }
    Why result;
    const std::size_t room = lines_max - 1;
    if (candidates.size() > room) {
      std::sort(candidates.begin(), candidates.end(),
                [&](Number a, Number b) { return rank(a) < rank(b); });
      const std::size_t kept = std::max(room - 1, faults());
      result.left_out = static_cast<std::uint32_t>(candidates.size() - kept);
      candidates.resize(kept);
    }
    kept_.assign(trace_.size() + 1, false);
    for (const Number number : candidates) kept_[number] = true;
    join(candidates);
    result.lines.push_back({"", root_, root_ != 0 ? sentence(root_) : what_never_happened()});
    print_below(root_, "", result);
    return result;
  }

 private:
  // Whether it may be why something did not happen: somebody waits for ever, missed something, gave
  // up.
  [[nodiscard]] bool kept_from_happening(Number number) const {
    const sim::Mark mark = trace_[number - 1].mark;
    return set_[number] && root_ == 0 &&
           (mark == sim::Mark::blocked || mark == sim::Mark::missed || mark == sim::Mark::lost);
  }

  // The first thing to look at where nothing shows the violation.
  [[nodiscard]] Numbers last_about_the_entity() const {
    for (auto number = static_cast<Number>(trace_.size()); number > 0; --number) {
      if (!violation_.entity.empty() && trace_[number - 1].entity == violation_.entity) {
        return {number};
      }
    }
    return {};
  }

  // Faults rank first among what is kept, so keeping this many keeps them all.
  [[nodiscard]] std::size_t faults() const {
    return static_cast<std::size_t>(std::count_if(seeds_.begin(), seeds_.end(), [&](Number seed) {
      return seed != root_ && is_fault(trace_[seed - 1]);
    }));
  }

  // How many causes away from what went wrong each entry is.
  void measure() {
    Numbers front = seeds_;
    for (const Number seed : front) distance_[seed] = 0;
    while (!front.empty()) {
      Numbers next;
      for (const Number number : front) {
        for (const Number cause : causes_of(trace_, number)) {
          if (distance_.emplace(cause, distance_[number] + 1).second) next.push_back(cause);
        }
      }
      front = std::move(next);
    }
  }

  // What is kept first when not all fits: lower is better.
  [[nodiscard]] std::array<std::uint32_t, 3> rank(Number number) const {
    const sim::TraceEntry& entry = trace_[number - 1];
    std::uint32_t worth = 5;
    if (is_fault(entry)) {
      worth = 0;
    } else if (has(entries_of(violation_), number) || kept_from_happening(number)) {
      worth = 1;
    } else if (!entry.why.empty()) {
      worth = 2;
    } else if (has(led_to_seeds_, number)) {
      worth = 3;
    } else if (entry.mark != sim::Mark::plain && entry.mark != sim::Mark::missed) {
      worth = 4;
    }
    return {worth, distance_.at(number), static_cast<std::uint32_t>(trace_.size()) - number};
  }

  // Hangs each kept entry below the earliest kept entry that it leads to, by way of entries that
  // are not kept; else below the root.
  void join(Numbers candidates) {
    std::sort(candidates.begin(), candidates.end());
    std::map<Number, Number> parents;
    const auto adopt = [&](Number parent) {
      EntrySet seen(trace_.size() + 1);
      Numbers open = causes_of(trace_, parent);
      while (!open.empty()) {
        const Number number = open.back();
        open.pop_back();
        if (seen[number]) continue;
        seen[number] = true;
        if (kept_[number]) {
          parents.emplace(number, parent);
          continue;
        }
        for (const Number cause : causes_of(trace_, number)) open.push_back(cause);
      }
    };
    for (const Number number : candidates) adopt(number);
    for (const Number number : candidates) {
      const auto parent = parents.find(number);
      children_[parent == parents.end() ? root_ : parent->second].push_back(number);
    }
  }

  [[nodiscard]] std::size_t depth_below(Number number) const {
    std::size_t depth = 0;
    const auto found = children_.find(number);
    if (found == children_.end()) return depth;
    for (const Number child : found->second) depth = std::max(depth, 1 + depth_below(child));
    return depth;
  }

  void print_below(Number number, const std::string& indent, Why& result) const {
    const auto found = children_.find(number);
    if (found == children_.end()) return;
    Numbers children = found->second;
    std::stable_sort(children.begin(), children.end(),
                     [&](Number a, Number b) { return depth_below(a) < depth_below(b); });
    for (const Number child : children) {
      result.lines.push_back({indent + "+- ", child, sentence(child)});
      print_below(child, indent + (child == children.back() ? "   " : "|  "), result);
    }
  }

  [[nodiscard]] std::string sentence(Number number) const {
    const sim::TraceEntry& entry = trace_[number - 1];
    return entry.why.empty() ? entry.lane + ": " + entry.text : entry.why;
  }

  [[nodiscard]] std::string what_never_happened() const {
    const std::string whose =
        violation_.entity.empty() ? std::string() : " for " + violation_.entity;
    if (violation_.actual >= violation_.expected) {
      return violation_.invariant + " is broken" + whose;
    }
    if (violation_.actual <= 0) return "what was due" + whose + " never happened";
    return fmt::format("{} got {} where {} was expected",
                       violation_.entity.empty() ? "it" : violation_.entity, violation_.actual,
                       violation_.expected);
  }

  const sim::Violation& violation_;
  const sim::Trace& trace_;
  const EntrySet& set_;
  Number root_ = 0;
  Numbers seeds_;
  // What the faults, and what kept something from happening, came right after.
  Numbers led_to_seeds_;
  std::map<Number, std::uint32_t> distance_;
  EntrySet kept_;
  std::map<Number, Numbers> children_;
};

}  // namespace

Why why(const sim::Violation& violation, const EntrySet& set, std::uint32_t lines_max) {
  return Tree(violation, set).print(lines_max);
}

}  // namespace onceward::reports
