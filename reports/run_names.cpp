#include "reports/run_names.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace onceward::reports {
namespace {

struct Run {
  std::string lane;
  std::string name;
  std::size_t first = 0;  // of its entries
  std::size_t last = 0;

  // What tells it from its like: "o1" of "PlaceOrder o1".
  [[nodiscard]] std::string_view subject() const {
    const std::size_t space = name.rfind(' ');
    return space == std::string::npos ? name : std::string_view(name).substr(space + 1);
  }
};

bool belongs_to_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
}

// Whether `text` has `word` with no letter, digit or dash right before or after it.
bool names(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !belongs_to_word(text[at - 1]);
    if (begins && (end == text.size() || !belongs_to_word(text[end]))) return true;
  }
  return false;
}

// The end of `runs` where none is it.
template <class Runs>
auto run_of(const sim::TraceEntry& entry, Runs& runs) {
  return std::find_if(runs.begin(), runs.end(), [&](const Run& each) {
    return each.lane == entry.lane && each.name == entry.run;
  });
}

std::vector<Run> runs_of(const sim::Trace& trace) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i < trace.size(); ++i) {
    const sim::TraceEntry& entry = trace[i];
    if (entry.run.empty()) continue;
    const auto known = run_of(entry, runs);
    if (known == runs.end()) {
      runs.push_back({entry.lane, entry.run, i, i});
    } else {
      known->last = i;
    }
  }
  return runs;
}

}  // namespace

void tell_runs_apart(sim::Trace& trace) {
  const std::vector<Run> runs = runs_of(trace);
  for (sim::TraceEntry& entry : trace) {
    const auto own = run_of(entry, runs);
    if (own == runs.end()) continue;
    const bool open = std::any_of(runs.begin(), runs.end(), [&](const Run& other) {
      const bool beside = &other != &*own && other.lane == own->lane && other.first <= own->last &&
                          own->first <= other.last;
      return beside && (!names(entry.text, own->subject()) || names(entry.text, other.subject()));
    });
    if (open) entry.text += "  [" + entry.run + "]";
  }
}

}  // namespace onceward::reports
