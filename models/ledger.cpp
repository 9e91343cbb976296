#include "models/ledger.hpp"

#include <algorithm>

#include "models/oracles/oracle.hpp"

namespace onceward::models {

namespace {

// Whether it counts the tries of the call that has this effect.
bool is_of_attempts(const ObligationSpec& spec, const sim::Symbol& effect) {
  return spec.rule == ObligationRule::attempts && spec.owed.front().name->text == effect.text;
}

// Whether `topic` is the one that was named, if any was.
bool is_in(const sim::Symbol* named, const sim::Symbol& topic) {
  return named == nullptr || named->text == topic.text;
}

bool names(const CauseSpec& cause, CauseKind kind, std::string_view what, const Fact& fact) {
  if (cause.kind != kind) return false;
  switch (kind) {
    case CauseKind::row:
      return cause.table->name.text == what;
    case CauseKind::event:
      return cause.event->text == what && is_in(cause.topic, *fact.topic);
    default:
      return cause.request->symbol.text == what;
  }
}

// Whether `fact` is a cause now. A later version of a row can be one only by meeting a condition.
bool meets(sim::World& world, const CauseSpec& cause, const Fact& fact, bool fresh) {
  if (cause.when) return cause.when(world, fact).is_true();
  return fresh;
}

sim::Value key_of(sim::World& world, const CauseSpec& cause, const Fact& fact) {
  if (cause.of) return cause.of(world, fact);
  return fact.message != nullptr ? fact.message->key : sim::Value{};
}

// One too many is as good as more, unless they can be undone or more can come to be owed.
bool is_more_than_enough(const ObligationSpec& spec, const Tally& tally) {
  const std::int64_t enough = spec.most == ~0U ? spec.least : spec.most;
  return spec.undo == nullptr && !spec.pooled && tally.count > enough;
}

bool is_counted(const Tally& tally, std::uint32_t owed, const sim::Value& id) {
  return std::any_of(tally.events.begin(), tally.events.end(),
                     [&](const EventId& each) { return each.owed == owed && each.id == id; });
}

bool has(const sim::Vector<sim::Value>& values, const sim::Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

std::string describe_values(const EffectValues* values) {
  std::string text;
  if (values == nullptr) return text;
  for (const Field& each : *values) {
    text += (text.empty() ? " " : ", ") + each.name->text + "=" + each.value.print();
  }
  return text;
}

Ledger::Ledger(const sim::Symbol& name, sim::OwnerId owner, const LedgerSpec& spec,
               const Oracles& oracles)
    : Component(name, owner),
      specs_(spec.obligations.begin(), spec.obligations.end()),
      oracles_(oracles.begin(), oracles.end()),
      delivery_goals_(spec.deliveries.begin(), spec.deliveries.end()) {
  tallies_.resize(specs_.size());
  for (const ClaimSpec* claim : spec.claims) claims_.push_back({claim, {}, false, {}});
  for (const CountSpec& count : spec.counts) counts_.push_back({count, {}});
}

Tally& Ledger::tally(std::size_t obligation, const sim::Value& key) {
  auto& all = tallies_[obligation];
  for (Tally& each : all) {
    if (each.key == key) return each;
  }
  const auto place = std::find_if(all.begin(), all.end(),
                                  [&](const Tally& each) { return comes_before(key, each.key); });
  Tally& made = *all.insert(place, Tally{});
  made.key = key;
  made.per = key;
  if (const std::size_t several = specs_[obligation]->owed.size(); several > 1) {
    made.each.resize(several);
  }
  return made;
}

std::int64_t Ledger::least(std::size_t obligation, const Tally& tally) const {
  if (tally.released) return 0;
  return std::int64_t{specs_[obligation]->least} * std::max(tally.causes, 1U);
}

std::int64_t Ledger::most(std::size_t obligation, const Tally& tally) const {
  return std::int64_t{specs_[obligation]->most} * std::max(tally.causes, 1U);
}

// ---- causes ----------------------------------------------------------------------------------

void Ledger::became_real(sim::World& world, CauseKind kind, std::string_view what, const Fact& fact,
                         bool fresh, std::uint32_t entry) {
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    const ObligationSpec& spec = *specs_[i];
    if (!spec.has_cause()) continue;
    if (names(spec.cause, kind, what, fact) && meets(world, spec.cause, fact, fresh)) {
      make_real(world, i, fact, entry);
    }
    if (spec.releasable && names(spec.unless, kind, what, fact) &&
        meets(world, spec.unless, fact, fresh)) {
      Tally& found = tally(i, key_of(world, spec.unless, fact));
      found.released = true;
      judge(world, i, found);
    }
  }
}

void Ledger::make_real(sim::World& world, std::size_t obligation, const Fact& fact,
                       std::uint32_t entry) {
  const ObligationSpec& spec = *specs_[obligation];
  spec.had_occasion = true;
  Tally& found = tally(obligation, key_of(world, spec.cause, fact));
  if (found.real) {
    // The same cause again (a client's retry, a row inserted anew), or one more that shares the
    // key.
    if (!spec.pooled || (!fact.identity.is_null() && has(found.sharing, fact.identity))) return;
  } else {
    const auto& all = tallies_[obligation];
    found.rank = static_cast<std::uint32_t>(
        std::count_if(all.begin(), all.end(), [](const Tally& each) { return each.real; }));
    if (spec.per) found.per = spec.per(world, fact);
    found.cause_entry = entry;
    found.early = spec.no_earlier && found.count > 0;
    for (const OwedValue& value : spec.with) found.owed.push_back(value.value(world, fact));
    if (spec.within != sim::kForever && found.count < spec.least) {
      found.since = world.take_instant();
    }
  }
  found.real = true;
  ++found.causes;
  if (spec.pooled) found.sharing.push_back(fact.identity);
  compare_seen(world, obligation, found, entry);
  judge(world, obligation, found);
}

void Ledger::row_committed(sim::World& world, const TableSpec& table, const Row& row, bool fresh,
                           std::uint32_t entry) {
  const sim::Arena::Entered entered(world.arena(), owner());
  Fact fact;
  fact.row = &row;
  if (table.key >= 0) fact.identity = row[static_cast<std::size_t>(table.key)];
  became_real(world, CauseKind::row, table.name.text, fact, fresh, entry);
}

void Ledger::requested(sim::World& world, const RequestSpec& request, const Row& row,
                       const sim::Value& name, std::uint32_t entry) {
  const sim::Arena::Entered entered(world.arena(), owner());
  const Fact fact{&row, nullptr, nullptr, name};
  became_real(world, CauseKind::request, request.symbol.text, fact, true, entry);
}

void Ledger::acknowledged(sim::World& world, const RequestSpec& request, const Row& row,
                          const sim::Value& name, std::uint32_t entry) {
  const sim::Arena::Entered entered(world.arena(), owner());
  const Fact fact{&row, nullptr, nullptr, name};
  became_real(world, CauseKind::acknowledged, request.symbol.text, fact, true, entry);
}

// ---- effects and events ----------------------------------------------------------------------

void Ledger::appended(sim::World& world, const sim::Symbol& topic, const Message& message,
                      std::uint32_t entry) {
  const sim::Arena::Entered entered(world.arena(), owner());
  begin_change();
  const std::string_view type = message.type.view();
  const Fact fact{nullptr, &message, &topic, message.id};
  became_real(world, CauseKind::event, type, fact, true, entry);
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    const ObligationSpec& spec = *specs_[i];
    for (std::uint32_t owed = 0; owed < spec.owed.size(); ++owed) {
      const Owed& event = spec.owed[owed];
      if (!event.is_event || event.name->text != type || !is_in(event.topic, topic)) continue;
      Tally& found = tally(i, message.key);
      if (is_counted(found, owed, message.id)) continue;
      found.events.push_back({owed, message.id});
      happened(world, i, owed, found, entry);
      look_at_values(world, i, found, &message.data, entry);
    }
  }
  count_one(type, true, message.key, message.id, entry);
  for (const Oracle* oracle : oracles_) oracle->on_message(world, message, entry);
  end_change(world);
}

void Ledger::effect(sim::World& world, const sim::Symbol& name, const sim::Value& key,
                    const EffectValues* values, std::uint32_t entry) {
  const sim::Arena::Entered entered(world.arena(), owner());
  begin_change();
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    const ObligationSpec& spec = *specs_[i];
    if (spec.rule == ObligationRule::attempts) continue;
    if (spec.undo != nullptr && spec.undo->text == name.text) {
      undone(world, i, tally(i, key), entry);
    }
    for (std::size_t owed = 0; owed < spec.owed.size(); ++owed) {
      if (spec.owed[owed].is_event || spec.owed[owed].name->text != name.text) continue;
      Tally& found = tally(i, key);
      happened(world, i, owed, found, entry);
      look_at_values(world, i, found, values, entry);
    }
  }
  count_one(name.text, false, key, {}, entry);
  end_change(world);
}

void Ledger::attempted(sim::World& world, const sim::Symbol& name, const sim::Value& key,
                       std::uint32_t entry) {
  const sim::Arena::Entered entered(world.arena(), owner());
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    if (is_of_attempts(*specs_[i], name)) happened(world, i, 0, tally(i, key), entry);
  }
}

bool Ledger::counts_attempts(const sim::Symbol& name) const {
  return std::any_of(specs_.begin(), specs_.end(),
                     [&](const ObligationSpec* spec) { return is_of_attempts(*spec, name); });
}

void Ledger::happened(sim::World& world, std::size_t obligation, std::size_t owed, Tally& found,
                      std::uint32_t entry) {
  if (!specs_[obligation]->has_cause()) specs_[obligation]->had_occasion = true;
  if (found.first_entry == 0) found.first_entry = entry;
  if (found.count == 0) {
    const auto& all = tallies_[obligation];
    found.first_rank = static_cast<std::uint32_t>(
        std::count_if(all.begin(), all.end(), [](const Tally& each) { return each.count > 0; }));
  }
  if (!is_more_than_enough(*specs_[obligation], found)) ++found.count;
  if (!found.each.empty()) ++found.each[owed];
  found.last_entry = entry;
  look_at_time(world, obligation, found);
  judge(world, obligation, found);
}

void Ledger::undone(sim::World& world, std::size_t obligation, Tally& found, std::uint32_t entry) {
  --found.count;
  found.last_entry = entry;
  judge(world, obligation, found);
}

// Whether the effect that makes it enough comes in time, where there is a time.
void Ledger::look_at_time(sim::World& world, std::size_t obligation, Tally& found) {
  if (found.since.is_null() || found.count < specs_[obligation]->least) return;
  const sim::Value end = sim::Value::instant(
      found.since.step(), found.since.number() + specs_[obligation]->within.count());
  found.late = !found.released && !world.is_before(world.take_instant(), end, true);
  found.since = {};
}

void Ledger::look_at_values(sim::World& world, std::size_t obligation, Tally& found,
                            const EffectValues* values, std::uint32_t entry) {
  static const EffectValues kNone;
  for (const OwedValue& owed : specs_[obligation]->with) {
    sim::Value actual;
    for (const Field& each : values == nullptr ? kNone : *values) {
      if (each.name->text == owed.field->text) actual = each.value;
    }
    found.seen.push_back(actual);
  }
  compare_seen(world, obligation, found, entry);
}

void Ledger::compare_seen(sim::World& world, std::size_t obligation, Tally& found,
                          std::uint32_t entry) {
  if (!found.real) return;
  const auto& with = specs_[obligation]->with;
  for (std::size_t i = 0; i < found.seen.size(); ++i) {
    const std::size_t field = i % with.size();
    if (found.seen[i] == found.owed[field]) continue;
    for (const Oracle* oracle : oracles_) {
      oracle->on_value(world, *this, obligation, found, field, found.seen[i], entry);
    }
  }
  found.seen.clear();
}

// ---- judging ---------------------------------------------------------------------------------

void Ledger::judge(sim::World& world, std::size_t obligation, const Tally& found) {
  for (const Oracle* oracle : oracles_) oracle->on_change(world, *this, obligation, found);
}

void Ledger::on_quiet(sim::World& world) {
  for (const Oracle* oracle : oracles_) {
    for (std::size_t i = 0; i < tallies_.size(); ++i) {
      for (const Tally& each : tallies_[i]) oracle->at_quiet(world, *this, i, each);
    }
    oracle->at_quiet_once(world, *this);
  }
  for (Claim& claim : claims_) judge_claim(world, claim, true);
}

// ---- the state -------------------------------------------------------------------------------

void Ledger::tally_fingerprint(sim::Hasher& hasher, const ObligationSpec& spec,
                               const Tally& each) const {
  each.key.fingerprint(hasher);
  const auto bit = [](bool set, unsigned place) { return std::uint64_t{set ? 1U : 0U} << place; };
  hasher.add(bit(each.real, 0) | bit(each.released, 1) | bit(each.late, 2) | bit(each.early, 3) |
             std::uint64_t{each.causes} << 4);
  hasher.add(static_cast<std::uint64_t>(each.count));
  if (spec.ordered) {
    each.per.fingerprint(hasher);
    hasher.add(std::uint64_t{each.rank} << 32 | each.first_rank);
  }
  for (const std::int64_t times : each.each) hasher.add(times > 0 ? 1 : 0);
  hasher.add(each.events.size());
  for (const EventId& event : each.events) {
    hasher.add(event.owed);
    event.id.fingerprint(hasher);
  }
  for (const auto* values : {&each.sharing, &each.owed, &each.seen}) {
    hasher.add(values->size());
    for (const sim::Value& value : *values) value.fingerprint(hasher);
  }
  each.since.fingerprint(hasher);
}

void Ledger::fingerprint(sim::Hasher& hasher) const {
  for (std::size_t i = 0; i < tallies_.size(); ++i) {
    hasher.add_set(tallies_[i], [&](sim::Hasher& one, const Tally& each) {
      tally_fingerprint(one, *specs_[i], each);
    });
  }
  for (const Claim& claim : claims_) claim.start.fingerprint(hasher);
  for (const Count& count : counts_) {
    hasher.add_set(count.of, [](sim::Hasher& one, const Count::Of& of) {
      of.key.fingerprint(one);
      one.add(static_cast<std::uint64_t>(of.times));
      for (const sim::Value& id : of.ids) id.fingerprint(one);
    });
  }
  hasher.add_set(delivered_, [](sim::Hasher& one, const Delivered& each) {
    one.add(each.goal);
    one.add(each.group);
    each.message.fingerprint(one);
    one.add(each.times);
  });
}

}  // namespace onceward::models
