#include "scenarios/open_transactions.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

namespace onceward::scenarios {
namespace {

// Transactions by their numbers, those that are open whatever happened before. Nothing: no way
// leads there.
using Open = std::set<std::uint32_t>;
using Way = std::optional<Open>;

Way join(const Way& a, const Way& b) {
  if (!a || !b) return a ? a : b;
  Open both;
  std::set_intersection(a->begin(), a->end(), b->begin(), b->end(),
                        std::inserter(both, both.end()));
  return both;
}

class Walk {
 public:
  Walk(const Handler& handler, const std::function<void(const Step&)>& tell)
      : handler_(handler), tell_(tell) {}

  Way block(const Block& steps, Way open) {
    for (const Step& each : steps) {
      if (!open) return open;
      open = step(each, std::move(*open));
    }
    return open;
  }

 private:
  Way step(const Step& at, Open open) {
    Way after = main_way(at, std::move(open));
    if (!after) return after;
    const Open answered = *after;
    for (auto error = at.on_error.begin(); error != at.on_error.end(); ++error) {
      const bool met = std::any_of(at.on_error.begin(), error, [&](const auto& other) {
        return other.second == error->second;
      });
      if (!met) after = join(after, block(*error->second, answered));
    }
    return after;
  }

  Way main_way(const Step& at, Open open) {
    switch (at.kind) {
      case StepKind::begin:
        if (!open.insert(at.transaction).second && !ended_later_.contains(at.transaction)) {
          tell_(at);
        }
        return open;
      case StepKind::commit:
      case StepKind::prepare:
      case StepKind::rollback:
        std::erase_if(open, [&](std::uint32_t each) { return ends(at, each); });
        return open;
      case StepKind::when:
        return join(block(at.body, open), block(at.otherwise, open));
      case StepKind::either:
        return one_of(at, open);
      case StepKind::for_each:
      case StepKind::loop:
        return rounds(at, open);
      case StepKind::lock:
      case StepKind::shield:
        return block(at.body, std::move(open));
      case StepKind::leave_loop:
      case StepKind::next_round:
        left_ = join(left_, open);
        return std::nullopt;
      case StepKind::leave:
      case StepKind::fail:
      case StepKind::exit:
        return std::nullopt;
      default:
        elsewhere(at);
        return open;
    }
  }

  Way one_of(const Step& at, const Open& open) {
    Way after;
    for (const Block& each : at.branches.blocks) after = join(after, block(each, open));
    return after;
  }

  // There may be no round at all.
  Way rounds(const Step& at, const Open& open) {
    const Way outer = std::exchange(left_, open);
    left_ = join(left_, block(at.body, open));
    return std::exchange(left_, outer);
  }

  // Tasks have transactions of their own. A hook runs at some later moment.
  void elsewhere(const Step& at) {
    const bool hook = at.kind == StepKind::after_commit || at.kind == StepKind::after_rollback;
    if (hook) end_later(at.body);
    static_cast<void>(block(at.body, Open()));
    for (const Block& each : at.branches.blocks) static_cast<void>(block(each, Open()));
  }

  void end_later(const Block& steps) {
    for (const Step& each : steps) {
      for (std::uint32_t i = 0; i < handler_.transactions.size(); ++i) {
        if (ends(each, i)) ended_later_.insert(i);
      }
      end_later(each.body);
      end_later(each.otherwise);
      for (const auto& [answer, upon] : each.on_error) end_later(*upon);
    }
  }

  // A step that names a database may be about any transaction on it.
  [[nodiscard]] bool ends(const Step& at, std::uint32_t transaction) const {
    const bool whole = at.kind == StepKind::rollback && at.word == nullptr;
    if (!whole && at.kind != StepKind::commit && at.kind != StepKind::prepare) return false;
    return at.within == Within::variable ? transaction == at.transaction
                                         : handler_.transactions[transaction] == at.component;
  }

  const Handler& handler_;
  const std::function<void(const Step&)>& tell_;
  Way left_;          // where `break` and `continue` of the loop at hand go on
  Open ended_later_;  // by hooks
};

}  // namespace

void for_each_second_begin(const Handler& handler, const std::function<void(const Step&)>& tell) {
  static_cast<void>(Walk(handler, tell).block(handler.steps, Open()));
}

}  // namespace onceward::scenarios
