#include "reports/lanes.hpp"

#include <algorithm>

namespace onceward::reports {
namespace {

constexpr std::size_t kMargin = 2;
constexpr std::size_t kGap = 2;
constexpr std::size_t kLanesMax = 4;  // more columns than that are hard to follow

struct Column {
  std::string lane;
  std::size_t width = 0;
};

class Picture {
 public:
  Picture(const std::vector<Row>& rows, Page& page) : page_(page), rows_(rows) {
    for (Row& row : rows_) {
      row.lane = page.clean(row.lane);
      row.text = page.clean(row.text);
      step_width_ = std::max(step_width_, columns(row.step));
      if (!row.time.empty())
        time_width_ = std::max({time_width_, columns(row.time), std::size_t{4}});
      if (row.lane.empty()) continue;
      Column& column = column_of(row.lane);
      column.width = std::max({column.width, columns(row.lane), columns(row.text)});
      name_width_ = std::max(name_width_, columns(row.lane));
    }
  }

  void draw() {
    const bool side_by_side = columns_.size() <= kLanesMax && columns_fit();
    std::string head = "  " + right_aligned("step", step_width_);
    if (time_width_ > 0) head += "  " + right_aligned("time", time_width_);
    const std::size_t begin = head.size() + kGap;
    for (const Column& column : columns_) {
      if (side_by_side) head += std::string(kGap, ' ') + padded(column.lane, column.width);
    }
    if (!side_by_side) head += "  " + padded("where", name_width_) + "  what happened";
    page_.line(page_.paint(head.substr(0, head.find_last_not_of(' ') + 1), Tone::faint));
    for (const Row& row : rows_) page_.line(drawn(row, side_by_side, begin));
  }

 private:
  Column& column_of(const std::string& lane) {
    for (Column& column : columns_) {
      if (column.lane == lane) return column;
    }
    return columns_.emplace_back(Column{lane, 0});
  }

  [[nodiscard]] bool columns_fit() const {
    const std::size_t begin = kMargin + step_width_ + kGap + time_width_ + kGap;
    std::size_t end = begin;
    for (const Column& column : columns_) end += column.width + kGap;
    if (end - kGap > page_.width()) return false;
    return std::all_of(rows_.begin(), rows_.end(), [&](const Row& row) {
      const std::size_t note = row.note.empty() ? 0 : kGap + columns(row.note);
      return begin + offset_of(row.lane) + columns(row.text) + note <= page_.width();
    });
  }

  // Where the lane's column begins, counted from the first one.
  [[nodiscard]] std::size_t offset_of(const std::string& lane) const {
    std::size_t offset = 0;
    for (const Column& column : columns_) {
      if (column.lane == lane) return offset;
      offset += column.width + kGap;
    }
    return 0;
  }

  [[nodiscard]] std::string drawn(const Row& row, bool side_by_side, std::size_t begin) const {
    const Tone tone = row.lane.empty()  ? Tone::faint
                      : row.mark == 'X' ? Tone::bad
                      : row.mark == '!' ? Tone::strong
                                        : Tone::plain;
    std::string lead = std::string(1, row.mark) + ' ' + right_aligned(row.step, step_width_) +
                       "  " + right_aligned(row.time, time_width_);
    lead.resize(begin, ' ');
    std::string rest = row.text;
    if (!row.note.empty()) rest += "  " + row.note;
    if (row.lane.empty()) return lead + page_.paint(rest, tone);
    if (side_by_side) {
      return lead + std::string(offset_of(row.lane), ' ') + page_.paint(rest, tone);
    }
    return lead + padded(row.lane, name_width_) + "  " + page_.paint(rest, tone);
  }

  Page& page_;
  std::vector<Row> rows_;
  std::vector<Column> columns_;  // in order of first appearance
  std::size_t step_width_ = 4;   // of "step"
  std::size_t time_width_ = 0;   // stays 0 where no instants are known
  std::size_t name_width_ = 5;   // of "where"
};

}  // namespace

void draw_lanes(const std::vector<Row>& rows, Page& page) {
  if (!rows.empty()) Picture(rows, page).draw();
}

}  // namespace onceward::reports
