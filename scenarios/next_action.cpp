// How long it can take from one operation of a handler to its next.
#include <algorithm>

#include "scenarios/interpreter.hpp"

namespace onceward::scenarios {
namespace {

// The operations that could come next. Conditions are not evaluated, so there may be several.
class NextOperations {
 public:
  explicit NextOperations(const Components& components) : components_(components) {}

  // Adds those of a block from step `from` on; true if one of them comes for certain.
  bool add(const Block& block, std::size_t from) {
    for (std::size_t i = from; i < block.size(); ++i) {
      if (add(block[i])) return true;
    }
    return false;
  }

  // The latest end of their windows; kForever if there are none.
  [[nodiscard]] sim::Duration latest() const { return found_ ? latest_ : sim::kForever; }

 private:
  bool add(const Step& step) {
    if (step.takes) return note(*step.takes) && !step.is_bulk();
    switch (step.kind) {
      case StepKind::begin:
      case StepKind::insert:
      case StepKind::select:
      case StepKind::update:
      case StepKind::erase:
      case StepKind::prepared:
        return note(components_.databases[step.component]->profile().statement);
      case StepKind::commit:
      case StepKind::prepare:
      case StepKind::commit_prepared:
      case StepKind::rollback_prepared:
        return note(components_.databases[step.component]->profile().commit);
      case StepKind::publish:  // of no rows it is done at once
        return note(components_.brokers[step.component]->profile().publish) && !step.is_bulk();
      case StepKind::ack:
      case StepKind::nack:
        return note(models::kReplyWindow);
      case StepKind::call:
        return note(models::kCallWindow);
      case StepKind::wait:
        return note(step.window);
      case StepKind::put:
      case StepKind::get:
      case StepKind::remove:
        return note(components_.stores[step.component]->profile().command);
      case StepKind::arm:
      case StepKind::disarm:
        return !step.at_once && note(models::kStatementWindow);
      case StepKind::all:
      case StepKind::first:
        return note(kJoinWindow);
      case StepKind::lock:
      case StepKind::shield:
        return add(step.body, 0);
      case StepKind::effect:
        return step.component == kNone && note(models::kStatementWindow);
      case StepKind::when: {
        const bool then = add(step.body, 0);
        const bool otherwise = add(step.otherwise, 0);
        return then && otherwise;
      }
      case StepKind::either: {
        bool all = true;
        for (const Block& block : step.branches.blocks) all = add(block, 0) && all;
        return all;
      }
      case StepKind::for_each:
      case StepKind::loop:
        static_cast<void>(add(step.body, 0));
        return false;
      case StepKind::leave:
      case StepKind::fail:
      case StepKind::exit:
        return true;  // nothing after it comes
      default:        // takes no time of its own
        return false;
    }
  }

  bool note(const sim::Window& window) {
    found_ = true;
    latest_ = std::max(latest_, window.latest);
    return true;
  }

  const Components& components_;
  bool found_ = false;
  sim::Duration latest_{0};
};

}  // namespace

sim::Duration Frame::next_action_within() const {
  NextOperations next(*components);
  for (std::size_t i = levels_.size(); i-- > 0;) {
    const Level& level = levels_[i];
    if (next.add(*level.block, level.index)) break;
    const bool again =
        level.loop != nullptr &&
        (level.loop->kind == StepKind::loop ? level.round < level.loop->limit
                                            : level.round < slots_[level.loop->loop].rows.size());
    if (again && next.add(*level.block, 0)) break;
  }
  return next.latest();
}

sim::Duration ScenarioService::first_action_within(std::uint32_t handler) const {
  const std::uint32_t pool = description_->handlers[handler].pool;
  if (pool != kNone && pools_[pool]->is_full()) return sim::kForever;
  NextOperations first(*components_);
  static_cast<void>(first.add(description_->handlers[handler].steps, 0));
  return first.latest();
}

}  // namespace onceward::scenarios
