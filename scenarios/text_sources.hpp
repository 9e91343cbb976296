// Which texts a value may come to, as far as they stand in the file: what an event's type can be
// where a step calculates it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/expression.hpp"
#include "scenarios/json.hpp"

namespace onceward::scenarios {

class TextSources {
 public:
  using Texts = std::optional<std::set<std::string>>;  // nothing: any

  // Notes what columns, data and fields of requests are given anywhere below `node`, by their
  // names: which table or event they are of does not matter. `node` must stay where it is.
  void gather(const Node& node);

  // All texts that `value`, the text of an expression, may come to. The type of the event at hand
  // is one that another step publishes, and adds none.
  [[nodiscard]] Texts texts_of(const Node& value) const;

 private:
  // `seen`: the names that were looked at; what they are given is in the result already.
  [[nodiscard]] Texts texts_of(const Node& value, std::set<std::string>& seen) const;
  [[nodiscard]] Texts texts_of(const Expression& value, std::set<std::string>& seen) const;
  [[nodiscard]] Texts given(const std::string& name, std::set<std::string>& seen) const;

  std::map<std::string, std::vector<const Node*>> given_;
};

}  // namespace onceward::scenarios
