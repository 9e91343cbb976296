#include "sim/search/sources.hpp"

#include <fmt/core.h>

namespace onceward::sim {

std::uint32_t ScriptedSource::choose(const ChoicePoint& point) {
  const std::uint32_t index = made_.size() < script_.size() ? script_[made_.size()] : 0;
  if (offers_ != nullptr && point.kind == ChoiceKind::fault) {
    FaultOffer offer{made_.size(), {}};
    for (std::uint32_t i = 0; i < point.arity; ++i) offer.kinds.push_back(point.fault(i));
    offers_->push_back(std::move(offer));
  }
  made_.push_back({index, point.arity, point.kind});
  return index;
}

std::uint32_t SeededSource::choose(const ChoicePoint& point) {
  if (point.kind == ChoiceKind::fault && random_.below(kFaultOdds) != 0) return 0;
  const std::uint32_t first = point.kind == ChoiceKind::fault ? 1 : 0;
  return first + static_cast<std::uint32_t>(random_.below(point.arity - first));
}

Duration SeededSource::draw(const Window& window) {
  const std::uint64_t kind = random_.below(8);
  if (window.latest == kForever) {
    constexpr std::int64_t kMinute = 60'000'000'000;
    if (kind < 6) return window.earliest;
    return window.earliest + Duration(static_cast<std::int64_t>(random_.below(kMinute)));
  }
  if (kind == 0) return window.earliest;
  if (kind == 1) return window.latest;
  const auto span = static_cast<std::uint64_t>((window.latest - window.earliest).count());
  return window.earliest + Duration(static_cast<std::int64_t>(random_.below(span + 1)));
}

std::uint32_t Recorder::choose(const ChoicePoint& point) {
  const std::uint32_t index = source_.choose(point);
  record(point, index);
  return index;
}

void Recorder::record(const ChoicePoint& point, std::uint32_t index) {
  tape_.push_back({point.kind, point.owner, point.site->text, point.n, point.arity,
                   point.option_id(index), index, point.fault(index), point.option_text(index)});
}

std::uint32_t ReplaySource::choose(const ChoicePoint& point) {
  if (!divergence_.empty()) return 0;
  const auto describe = [](ChoiceKind kind, const Hash128& owner, const std::string& site,
                           std::uint32_t n, std::uint32_t arity) {
    return fmt::format("{} choice {} of {} at {} among {}", to_text(kind), n,
                       to_text(owner).substr(0, 8), site, arity);
  };
  const std::string asked =
      describe(point.kind, point.owner, point.site->text, point.n, point.arity);
  if (at_end()) {
    divergence_ =
        fmt::format("entry {}: the run asks for {}, the tape has ended", position_, asked);
    return 0;
  }
  const TapeEntry& entry = tape_[position_];
  const std::string recorded = describe(entry.kind, entry.owner, entry.site, entry.n, entry.arity);
  if (asked != recorded || entry.owner != point.owner) {
    divergence_ =
        fmt::format("entry {}: the run asks for {}, the tape has {}", position_, asked, recorded);
    return 0;
  }
  for (std::uint32_t i = 0; i < point.arity; ++i) {
    if (point.option_id(i) != entry.option) continue;
    ++position_;
    return i;
  }
  divergence_ = fmt::format("entry {}: {}: the tape chose \"{}\", which is not an option",
                            position_, asked, entry.text);
  return 0;
}

RelaxedSource::RelaxedSource(const Plan& plan) : order_(plan.order) {
  if (plan.by_site) once_ = plan.answers;
  for (const TapeEntry& entry : plan.answers) {
    answers_[{entry.kind, entry.owner, entry.site, entry.n}] = entry.option;
  }
  for (const Hash128& id : order_) ++remaining_[id];
}

std::uint32_t RelaxedSource::choose(const ChoicePoint& point) {
  if (point.kind == ChoiceKind::order) return choose_order(point);
  if (!once_.empty()) return choose_by_site(point);
  const auto found = answers_.find({point.kind, point.owner, point.site->text, point.n});
  if (found == answers_.end()) return 0;
  for (std::uint32_t i = 0; i < point.arity; ++i) {
    if (point.option_id(i) == found->second) return i;
  }
  return 0;
}

std::uint32_t RelaxedSource::choose_by_site(const ChoicePoint& point) {
  for (auto entry = once_.begin(); entry != once_.end(); ++entry) {
    if (entry->kind != point.kind || entry->site != point.site->text) continue;
    for (std::uint32_t i = 0; i < point.arity; ++i) {
      if (point.option_id(i) != entry->option) continue;
      once_.erase(entry);
      if (once_.empty()) answers_.clear();
      return i;
    }
  }
  return 0;
}

// Occurrences in the list keep its order among themselves; the first option that is not in the
// list, or is its next, happens.
std::uint32_t RelaxedSource::choose_order(const ChoicePoint& point) {
  const auto position = [&](const Hash128& id) {
    for (std::uint32_t i = 0; i < point.arity; ++i) {
      if (point.option_id(i) == id) return i;
    }
    return point.arity;
  };
  const Hash128 first = point.option_id(0);
  const auto listed = remaining_.find(first);
  if (listed == remaining_.end() || listed->second == 0) return 0;
  for (; next_ < order_.size(); ++next_) {
    --remaining_[order_[next_]];
    const std::uint32_t index = position(order_[next_]);
    if (index == point.arity) continue;
    ++next_;
    return index;
  }
  return 0;
}

}  // namespace onceward::sim
