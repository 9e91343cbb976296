// The picture of a run in text: time goes down, each row is one thing that happened.
//
// With few lanes and short texts each lane has a column of its own. Else a row names its lane, so
// that no text is ever cut.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/page.hpp"

namespace onceward::reports {

struct Row {
  char mark = ' ';   // in the left margin: 'X' a fault, '!' it shows the broken rule
  std::string step;  // empty, as `time`: the same as the row above
  std::string time;
  std::string lane;  // empty: a remark on rows that are not shown
  std::string text;
  std::string note;  // "<- the only fault"
};

// Texts are made printable here.
void draw_lanes(const std::vector<Row>& rows, Page& page);

}  // namespace onceward::reports
