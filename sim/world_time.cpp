// Instants of a run: taking and comparing them, and what a comparison says about time.
#include <fmt/core.h>

#include <algorithm>

#include "sim/world.hpp"

namespace onceward::sim {
namespace {

std::string before_or_after(std::uint32_t option) { return option == 0 ? "before" : "after"; }

}  // namespace

Value World::take_instant() {
  if (peeks_) return Value::instant(core_->step, 0);
  if (reading_ == Reading::sampled &&
      (core_->instants.empty() || core_->instants.back().step != core_->step)) {
    const Arena::Entered entered(arena_, core_owner_);
    core_->instants.push_back({core_->step, core_->now});
  }
  keep_instant(kCompareInstants);
  if (Activity* activity = core_->running; activity != nullptr && activity->exact == nullptr) {
    const Arena::Entered entered(arena_, activity->process->owner());
    activity->instants.push_back(core_->step);
  }
  return Value::instant(core_->step, 0);
}

void World::keep_instant(const Site& site) {
  if (!heeded_.has(site)) return;
  const Arena::Entered entered(arena_, core_owner_);
  core_->zone.keep(core_->step);
}

bool World::is_before(const Value& a, const Value& b, bool or_equal) {
  if (a.step() == b.step()) return or_equal ? a.number() <= b.number() : a.number() < b.number();
  if (a.number() == b.number()) return a.step() < b.step();
  if (peeks_) return false;
  if (is_past(b, a, !or_equal)) return false;
  if (is_past(a, b, or_equal)) return true;
  bool before = false;
  if (reading_ == Reading::sampled) {
    const auto at = [&](const Value& value) {
      return instant_of(value.step()).nanoseconds + value.number();
    };
    before = or_equal ? at(a) <= at(b) : at(a) < at(b);
  }
  if (reading_ == Reading::any) {
    before = choose_value(ChoiceKind::time, kCompareInstants, 2, before_or_after) == 0;
  } else if (source_->wants_decisions()) {
    record_time(before);
  }
  decide_comparison(a, b, before, or_equal);
  note_to_come(before ? a : b, before ? b : a, before == or_equal ? 1 : 0);
  return before;
}

// Whether `instant` is known to lie before one that a pass took which waited for an instant.
bool World::is_past(const Value& instant, const Value& of_pass, bool or_equal) const {
  const Activity* activity = core_->running;
  if (activity == nullptr || activity->due().is_null()) return false;
  const Value due = activity->due();
  if (of_pass.step() < activity->began_step || instant.step() != due.step()) return false;
  const std::int64_t at_least = instant.number() - of_pass.number();
  return or_equal ? at_least <= due.number() : at_least < due.number();
}

Instant World::instant_of(std::uint32_t step) const {
  const auto found = std::find_if(core_->instants.begin(), core_->instants.end(),
                                  [&](const Core::Taken& taken) { return taken.step == step; });
  return found->instant;
}

// What a pass found still to come will have come later: a pass that begins when `earlier`, counted
// from its own instant, lies `beyond` after `later` finds otherwise.
void World::note_to_come(const Value& earlier, const Value& later, std::int64_t beyond) {
  Activity* activity = core_->running;
  if (activity == nullptr || !activity->is_pass) return;
  const auto is_now = [&](const Value& value) { return value.step() >= activity->began_step; };
  if (!is_now(earlier) || is_now(later)) return;
  const Value flip = Value::instant(later.step(), later.number() - earlier.number() + beyond);
  if (std::find(activity->to_come.begin(), activity->to_come.end(), flip) !=
      activity->to_come.end()) {
    return;
  }
  const Arena::Entered entered(arena_, activity->process->owner());
  activity->to_come.push_back(flip);
}

void World::record_time(bool before) {
  struct Point final : ChoicePoint {
    [[nodiscard]] Hash128 option_id(std::uint32_t i) const override {
      return hash_bytes(before_or_after(i));
    }
    [[nodiscard]] std::string option_text(std::uint32_t i) const override {
      return before_or_after(i);
    }
  };
  const OutsideStep gate;
  Point point;
  point.kind = ChoiceKind::time;
  point.arity = 2;
  point.owner = happening();
  point.site = &kCompareInstants;
  point.n = core_->choices_in_step++;
  source_->decided(point, before ? 0 : 1);
}

void World::decide_comparison(const Value& a, const Value& b, bool before, bool or_equal) {
  // before: t[a] + a.number() <= t[b] + b.number(), strictly unless or_equal; else the contrary.
  const std::int64_t gap = b.number() - a.number();
  const std::int64_t strict = before == or_equal ? 0 : 1;
  const std::uint32_t first = before ? a.step() : b.step();
  const std::uint32_t second = before ? b.step() : a.step();
  const std::int64_t most = (before ? gap : -gap) - strict;
  core_->zone.assume(first, second, most);
  if (path_ == nullptr) return;
  const OutsideStep gate;
  path_->constraints.push_back(
      {first, second, most,
       fmt::format("instant of step {} compared with instant of step {}: {}", a.step(), b.step(),
                   before ? "before" : "after"),
       "", &kCompareInstants, "comparisons of instants"});
}

}  // namespace onceward::sim
