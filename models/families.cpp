#include "models/families.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <string_view>
#include <tuple>

#include "models/workload.hpp"

namespace onceward::models {
namespace {

using Places = std::vector<std::uint32_t>;  // of requests in the workload

// What requests of one entry have in common but for their values: where they come from and go to.
using Entry = std::tuple<sim::Hash128, sim::Hash128, std::uint32_t>;

Entry entry_of(const RequestOrder& order) {
  return {order.site->hash, order.process == nullptr ? sim::Hash128{} : order.process->hash,
          order.handler};
}

// "o1, o2"; of many the first and the last.
std::string in_short(const std::vector<std::string>& texts) {
  constexpr std::size_t kAll = 4;
  if (texts.size() > kAll) return texts.front() + ", ..., " + texts.back();
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + text;
  return list;
}

bool is_text(const sim::Value& value) { return value.kind() == sim::ValueKind::text; }

class Grouping {
 public:
  explicit Grouping(const std::vector<const RequestOrder*>& orders)
      : orders_(orders), group_of_(orders.size()), is_pinned_(orders.size()) {
    std::iota(group_of_.begin(), group_of_.end(), 0U);
    for (std::uint32_t i = 0; i < orders.size(); ++i) entries_[entry_of(*orders[i])].push_back(i);
    find_keys();
    join();
  }

  [[nodiscard]] Families families() {
    std::map<std::uint32_t, Places> groups;
    for (std::uint32_t i = 0; i < orders_.size(); ++i) groups[group_of(i)].push_back(i);
    std::map<std::vector<std::string>, std::vector<Places>> alike;
    for (const auto& [first, group] : groups) {
      const bool free = std::none_of(group.begin(), group.end(),
                                     [&](std::uint32_t place) { return is_pinned_[place]; });
      if (free && has_key(group)) alike[description_of(group)].push_back(group);
    }
    Families found;
    found.requests.resize(orders_.size());
    std::uint32_t family = 0;
    for (const auto& [description, members] : alike) {
      if (members.size() < 2) continue;
      ++family;
      for (const Places& group : members) {
        for (std::uint32_t role = 0; role < group.size(); ++role) {
          found.requests[group[role]] = {family, role};
          for (const std::string& key : keys_in(group[role])) found.keys.emplace(key, 0);
        }
      }
    }
    std::uint32_t number = 0;
    for (auto& [key, at] : found.keys) at = number++;
    return found;
  }

 private:
  // The texts by which the requests of an entry differ, each from all others.
  void find_keys() {
    std::set<std::string> fixed;
    for (const auto& [entry, places] : entries_) {
      const std::size_t fields = orders_[places.front()]->values.size();
      for (std::size_t field = 0; field < fields; ++field) {
        std::set<std::string> texts;
        bool equal = true;
        for (const std::uint32_t place : places) {
          const sim::Value& value = orders_[place]->values[field];
          equal = equal && value == orders_[places.front()]->values[field];
          if (is_text(value)) texts.emplace(value.view());
        }
        if (places.size() > 1 && texts.size() == places.size()) {
          keys_.insert(texts.begin(), texts.end());
        } else if (places.size() > 1) {
          fixed.insert(texts.begin(), texts.end());
          // They differ by something that is not a key.
          for (const std::uint32_t place : places) {
            if (!equal) is_pinned_[place] = true;
          }
        }
      }
    }
    for (const std::string& text : fixed) pinned_keys_.insert(text);
  }

  [[nodiscard]] std::vector<std::string> keys_in(std::uint32_t place) const {
    std::vector<std::string> keys;
    for (const sim::Value& value : orders_[place]->values) {
      if (is_text(value) && keys_.count(std::string(value.view())) > 0) {
        keys.emplace_back(value.view());
      }
    }
    return keys;
  }

  void join() {
    std::map<std::string, std::uint32_t> first;
    for (std::uint32_t place = 0; place < orders_.size(); ++place) {
      for (const std::string& key : keys_in(place)) {
        const std::uint32_t other = group_of(first.try_emplace(key, place).first->second);
        group_of_[group_of(place)] = other;
        if (pinned_keys_.count(key) > 0) is_pinned_[place] = true;
      }
    }
  }

  std::uint32_t group_of(std::uint32_t place) {
    while (group_of_[place] != place) place = group_of_[place] = group_of_[group_of_[place]];
    return place;
  }

  [[nodiscard]] bool has_key(const Places& group) const {
    return std::any_of(group.begin(), group.end(),
                       [&](std::uint32_t place) { return !keys_in(place).empty(); });
  }

  // All that two groups must have in common, their keys by the order of their first appearance.
  [[nodiscard]] std::vector<std::string> description_of(const Places& group) const {
    std::vector<std::string> description;
    std::vector<std::string> seen;
    const auto place_in = [](const auto& list, const auto& item) {
      return std::find(list.begin(), list.end(), item) - list.begin();
    };
    const auto add_request = [&](const char* what, std::uint32_t place) {
      const auto role = place_in(group, place);
      const bool inside = role < static_cast<std::ptrdiff_t>(group.size());
      description.push_back(
          what + (inside ? "role " + std::to_string(role) : "request " + std::to_string(place)));
    };
    for (const std::uint32_t place : group) {
      const RequestOrder& order = *orders_[place];
      const auto at = entries_.find(entry_of(order));
      description.push_back(std::to_string(std::distance(entries_.begin(), at)));
      for (const sim::Window& window : {order.window, order.pause}) {
        description.push_back(std::to_string(window.earliest.count()));
        description.push_back(std::to_string(window.latest.count()));
      }
      description.push_back(std::to_string(order.retries));
      for (const sim::Value& value : order.values) {
        const std::string text = is_text(value) ? std::string(value.view()) : std::string();
        if (keys_.count(text) == 0) {
          description.push_back(std::string("value ") + to_text(value.kind()) + " " +
                                value.print());
          continue;
        }
        const auto key = place_in(seen, text);
        if (key == static_cast<std::ptrdiff_t>(seen.size())) seen.push_back(text);
        description.push_back("key " + std::to_string(key));
      }
      for (const std::uint32_t other : order.after) add_request("after ", other);
      for (std::uint32_t other = 0; other < orders_.size(); ++other) {
        const std::vector<std::uint32_t>& after = orders_[other]->after;
        if (std::find(after.begin(), after.end(), place) != after.end()) {
          add_request("before ", other);
        }
      }
    }
    return description;
  }

  const std::vector<const RequestOrder*>& orders_;
  std::map<Entry, Places> entries_;
  std::set<std::string> keys_;
  std::set<std::string> pinned_keys_;    // the same in several requests of one entry
  std::vector<std::uint32_t> group_of_;  // a forest: a request's group is its root
  std::vector<bool> is_pinned_;
};

}  // namespace

Families families_of(const std::vector<const RequestOrder*>& orders) {
  return Grouping(orders).families();
}

std::vector<std::string> alike(const std::vector<const RequestOrder*>& orders) {
  using Field = std::tuple<std::uint32_t, std::uint32_t, std::size_t>;  // family, role, field
  const Families families = families_of(orders);
  std::vector<Field> fields;  // in the order in which the workload comes to them
  std::map<Field, std::vector<std::string>> texts;
  std::map<Field, std::string> names;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const Families::Standing& standing = families.requests[i];
    if (standing.family == 0) continue;
    const RequestSpec& spec = *orders[i]->spec;
    for (std::size_t at = 0; at < orders[i]->values.size(); ++at) {
      const sim::Value& value = orders[i]->values[at];
      if (!is_text(value) || families.keys.count(value.view()) == 0) continue;
      const Field field(standing.family, standing.role, at);
      if (names.try_emplace(field, spec.symbol.text + "." + spec.fields[at]).second) {
        fields.push_back(field);
      }
      texts[field].emplace_back(value.view());
    }
  }
  std::vector<std::string> phrases;
  std::set<std::set<std::string>> told;
  for (const Field& field : fields) {
    if (told.emplace(texts[field].begin(), texts[field].end()).second) {
      phrases.push_back(names[field] + " " + in_short(texts[field]));
    }
  }
  return phrases;
}

}  // namespace onceward::models
