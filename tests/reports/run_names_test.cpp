// Which run a line belongs to is said where several of one process are under way, and else not.
#include "reports/run_names.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace onceward::reports {
namespace {

struct Line {
  std::string lane;
  std::string run;
  std::string text;
};

std::vector<std::string> told(const std::vector<Line>& lines) {
  sim::Trace trace;
  for (const Line& each : lines) {
    sim::TraceEntry entry;
    entry.lane = each.lane;
    entry.run = each.run;
    entry.text = each.text;
    trace.push_back(entry);
  }
  tell_runs_apart(trace);
  std::vector<std::string> texts;
  for (const sim::TraceEntry& each : trace) texts.push_back(each.text);
  return texts;
}

using Texts = std::vector<std::string>;

TEST_CASE("lines of runs that overlap in one process name their run, unless they do so already") {
  CHECK(told({{"shop", "Buy o1", "INSERT orders id=o1"},
              {"shop", "Buy o11", "INSERT orders id=o11"},
              {"shop", "Buy o1", "COMMIT db"},
              {"shop", "Buy o11", "COMMIT db"}}) ==
        Texts{"INSERT orders id=o1", "INSERT orders id=o11", "COMMIT db  [Buy o1]",
              "COMMIT db  [Buy o11]"});
}

TEST_CASE("a word that both runs have in common does not tell them apart") {
  CHECK(told({{"shop", "Buy o1", "INSERT orders id=o1"},
              {"shop", "Cancel o1", "UPDATE orders o1"},
              {"shop", "Buy o1", "COMMIT db"}}) == Texts{"INSERT orders id=o1  [Buy o1]",
                                                         "UPDATE orders o1  [Cancel o1]",
                                                         "COMMIT db  [Buy o1]"});
}

TEST_CASE("runs one after the other, in other processes or without a name are left as they are") {
  CHECK(told({{"shop", "Buy o1", "COMMIT db"}, {"shop", "Buy o2", "COMMIT db"}}) ==
        Texts{"COMMIT db", "COMMIT db"});
  CHECK(told({{"shop-1", "Buy o1", "BEGIN"},
              {"shop-2", "Buy o2", "COMMIT db"},
              {"shop-1", "Buy o1", "COMMIT db"}}) == Texts{"BEGIN", "COMMIT db", "COMMIT db"});
  CHECK(told({{"shop", "", "a"}, {"shop", "Buy o1", "b"}, {"shop", "", "c"}}) ==
        Texts{"a", "b", "c"});
}

}  // namespace
}  // namespace onceward::reports
