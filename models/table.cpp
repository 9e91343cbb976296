#include "models/table.hpp"

#include <algorithm>
#include <utility>

namespace onceward::models {

int TableSpec::column(std::string_view column_name) const {
  const auto found = std::find(columns.begin(), columns.end(), column_name);
  return found == columns.end() ? -1 : static_cast<int>(found - columns.begin());
}

bool TableSpec::clash(const Row& a, const Row& b) const {
  const auto equal_at = [&](int index) {
    const auto at = static_cast<std::size_t>(index);
    return !a[at].is_null() && a[at] == b[at];
  };
  if (a.empty() || b.empty()) return false;
  return (key >= 0 && equal_at(key)) || std::any_of(unique.begin(), unique.end(), equal_at);
}

bool TableSpec::is_same(const Row& a, const Row& b) const {
  if (key < 0) return std::equal(a.begin(), a.end(), b.begin(), b.end());
  return a[static_cast<std::size_t>(key)] == b[static_cast<std::size_t>(key)];
}

bool TableSpec::moves(const Row& before, const Row& after) const {
  const auto differs_at = [&](int index) {
    const auto at = static_cast<std::size_t>(index);
    return !(before[at] == after[at]);
  };
  return (key >= 0 && differs_at(key)) || std::any_of(unique.begin(), unique.end(), differs_at);
}

std::string TableSpec::describe(const Row& row) const {
  std::string text;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i].is_null()) continue;
    if (!text.empty()) text += ' ';
    text += columns[i] + "=" + row[i].print();
  }
  return text;
}

std::string TableSpec::difference(const Row& before, const Row& after) const {
  std::string text;
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (before[i] == after[i]) continue;
    text += (text.empty() ? "" : " ") + columns[i] + "=" + after[i].print();
  }
  return text.empty() ? "(nothing changes)" : text;
}

std::string TableSpec::label(const Row& row) const {
  return key >= 0 ? row[static_cast<std::size_t>(key)].print() : describe(row);
}

std::string TableSpec::entity(const Row& row) const {
  const auto text_at = [&](int index) {
    return index >= 0 && row[static_cast<std::size_t>(index)].kind() == sim::ValueKind::text;
  };
  if (text_at(key)) return row[static_cast<std::size_t>(key)].print();
  if (const int named = column("key"); text_at(named)) {
    return row[static_cast<std::size_t>(named)].print();
  }
  return {};
}

int compare(sim::World& world, const sim::Value& a, const sim::Value& b) {
  if (a == b || a.kind() != b.kind()) return 0;
  switch (a.kind()) {
    case sim::ValueKind::instant:
      return world.is_before(a, b, false) ? -1 : 1;
    case sim::ValueKind::text:
    case sim::ValueKind::boolean:
    case sim::ValueKind::integer:
    case sim::ValueKind::duration:
      return sim::compare(a, b);
    default:
      return 0;
  }
}

const StoredRow::Old* StoredRow::old_for(std::uint32_t reader) const {
  const auto found =
      std::find_if(old.begin(), old.end(), [&](const Old& each) { return each.reader == reader; });
  return found == old.end() ? nullptr : &*found;
}

const Row* StoredRow::seen_by(std::uint32_t reader) const {
  const Old* before = is_changed_by(reader) ? nullptr : old_for(reader);
  const Row& row = before != nullptr ? before->row : now_for(reader);
  return row.empty() ? nullptr : &row;
}

bool StoredRow::let_go() {
  pending.clear();
  saved.clear();
  writer = kNobody;
  only_locked = false;
  held_since = 0;
  return std::exchange(passed_over, false);
}

StoredRow* Table::in_the_way_of(const Row& row, std::uint32_t slot, const StoredRow* self) {
  for (StoredRow& other : rows) {
    if (&other == self) continue;
    const bool open = other.is_changed_against(slot);
    if (spec->clash(row, other.now_for(slot))) return &other;
    if (open && spec->clash(row, other.pending)) return &other;
  }
  return nullptr;
}

void Table::remove_dead() {
  rows.erase(
      std::remove_if(rows.begin(), rows.end(), [](const StoredRow& row) { return row.is_dead(); }),
      rows.end());
}

}  // namespace onceward::models
