#include "models/table.hpp"

#include <algorithm>

namespace onceward::models {
namespace {

// What a row says apart from minted ids, to order rows by something that does not depend on how
// the ids came about.
sim::Hash128 hash_without_minted(const StoredRow& stored) {
  sim::Hasher hasher;
  const auto add = [&](const Row& row) {
    hasher.add(row.size());
    for (const sim::Value& value : row) {
      if (value.kind() == sim::ValueKind::minted || value.kind() == sim::ValueKind::instant)
        continue;
      value.fingerprint(hasher);
    }
  };
  add(stored.committed);
  add(stored.pending);
  hasher.add(stored.writer);
  return hasher.finish();
}

}  // namespace

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
    case sim::ValueKind::text:
      return a.view() < b.view() ? -1 : 1;
    case sim::ValueKind::instant:
      return world.is_before(a, b, false) ? -1 : 1;
    case sim::ValueKind::boolean:
    case sim::ValueKind::integer:
    case sim::ValueKind::duration:
      return a.number() < b.number() ? -1 : 1;
    default:
      return 0;
  }
}

StoredRow* Table::in_the_way_of(const Row& row, std::uint32_t slot, const StoredRow* self) {
  for (StoredRow& other : rows) {
    if (&other == self) continue;
    if (other.is_locked_against(slot)) {
      if (spec->clash(row, other.committed) || spec->clash(row, other.pending)) return &other;
      continue;
    }
    const Row* seen = other.seen_by(slot);
    if (seen != nullptr && spec->clash(row, *seen)) return &other;
  }
  return nullptr;
}

void Table::fingerprint(sim::Hasher& hasher) const {
  hasher.add(static_cast<std::uint64_t>(next_in_sequence));
  hasher.add(rows.size());
  struct Place {
    sim::Hash128 content;
    const StoredRow* row;
  };
  sim::Vector<Place> places;
  places.reserve(rows.size());
  for (const StoredRow& row : rows) {
    places.push_back({rows.size() > 1 ? hash_without_minted(row) : sim::Hash128{}, &row});
  }
  std::stable_sort(places.begin(), places.end(),
                   [](const Place& a, const Place& b) { return a.content < b.content; });
  const auto add = [&](const Row& row) {
    hasher.add(row.size());
    for (const sim::Value& value : row) value.fingerprint(hasher);
  };
  for (const Place& place : places) {
    add(place.row->committed);
    add(place.row->pending);
    hasher.add(place.row->writer);
  }
}

}  // namespace onceward::models
