// Short names for minted ids in what people read: a reader needs to tell ids apart, not to know
// their values.
#pragma once

#include <string>
#include <vector>

#include "sim/search/result.hpp"

namespace onceward::reports {

// Replaces "id-3f2a91c4", also within a longer text, by "#1", "#2", ... in the order in which the
// ids are met. One id has one name as long as the object lives.
class ShortIds {
 public:
  void name(std::string& text);
  void name(std::vector<std::string>& texts);
  void name(sim::Trace& trace);
  // What people read of it.
  void name(sim::Violation& violation);

 private:
  std::vector<std::string> seen_;
};

}  // namespace onceward::reports
