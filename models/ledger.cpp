#include "models/ledger.hpp"

#include <algorithm>

#include "models/oracles/oracle.hpp"

namespace onceward::models {

Ledger::Ledger(const sim::Symbol& name, sim::OwnerId owner, const Specs& specs,
               const Oracles& oracles)
    : Component(name, owner),
      specs_(specs.begin(), specs.end()),
      oracles_(oracles.begin(), oracles.end()) {
  tallies_.resize(specs_.size());
}

Tally& Ledger::tally(std::size_t obligation, const sim::Value& key) {
  for (Tally& each : tallies_[obligation]) {
    if (each.key == key) return each;
  }
  tallies_[obligation].push_back({});
  tallies_[obligation].back().key = key;
  return tallies_[obligation].back();
}

void Ledger::make_real(sim::World& world, std::size_t obligation, const Row& row,
                       std::uint32_t entry) {
  const ObligationSpec& spec = *specs_[obligation];
  if (spec.when && !spec.when(world, row)) return;
  Tally& found = tally(obligation, spec.of(world, row));
  if (found.real) return;  // the same cause again: a client's retry, a row inserted anew
  const auto& all = tallies_[obligation];
  found.rank = static_cast<std::uint32_t>(
      std::count_if(all.begin(), all.end(), [](const Tally& each) { return each.real; }));
  found.real = true;
  found.per = spec.per ? spec.per(world, row) : found.key;
  found.cause_entry = entry;
  judge(world, obligation, found);
}

void Ledger::row_committed(sim::World& world, const TableSpec& table, const Row& row,
                           std::uint32_t entry) {
  const sim::Arena::Entered entered(world.arena(), owner());
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    if (specs_[i]->cause == CauseKind::row && specs_[i]->table == &table) {
      make_real(world, i, row, entry);
    }
  }
}

void Ledger::requested(sim::World& world, const RequestSpec& request, const Row& row,
                       std::uint32_t entry) {
  const sim::Arena::Entered entered(world.arena(), owner());
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    if (specs_[i]->cause == CauseKind::request && specs_[i]->request == &request) {
      make_real(world, i, row, entry);
    }
  }
}

void Ledger::acknowledged(sim::World& world, const RequestSpec& request, const Row& row,
                          std::uint32_t entry) {
  const sim::Arena::Entered entered(world.arena(), owner());
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    if (specs_[i]->cause == CauseKind::acknowledged && specs_[i]->request == &request) {
      make_real(world, i, row, entry);
    }
  }
}

void Ledger::appended(sim::World& world, const Message& message, std::uint32_t entry) {
  const sim::Arena::Entered entered(world.arena(), owner());
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    const ObligationSpec& spec = *specs_[i];
    if (spec.cause == CauseKind::event && spec.event->text == message.type.view()) {
      Tally& found = tally(i, spec.of_event ? spec.of_event(world, message) : message.key);
      if (!found.real) {
        found.rank = static_cast<std::uint32_t>(tallies_[i].size()) - 1;
        found.real = true;
        found.per = found.key;
        found.cause_entry = entry;
      }
      judge(world, i, found);
    }
    if (!spec.owes_event || spec.owed->text != message.type.view()) continue;
    Tally& found = tally(i, message.key);
    if (std::find(found.ids.begin(), found.ids.end(), message.id) != found.ids.end()) continue;
    found.ids.push_back(message.id);
    happened(world, i, found, entry);
  }
}

void Ledger::effect(sim::World& world, const sim::Symbol& name, const sim::Value& key,
                    std::uint32_t entry) {
  const sim::Arena::Entered entered(world.arena(), owner());
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    if (specs_[i]->owes_event || specs_[i]->owed->text != name.text) continue;
    happened(world, i, tally(i, key), entry);
  }
}

void Ledger::happened(sim::World& world, std::size_t obligation, Tally& found,
                      std::uint32_t entry) {
  if (found.count == 0) {
    const auto& all = tallies_[obligation];
    found.first_rank = static_cast<std::uint32_t>(
        std::count_if(all.begin(), all.end(), [](const Tally& each) { return each.count > 0; }));
    found.first_entry = entry;
  }
  ++found.count;
  found.last_entry = entry;
  judge(world, obligation, found);
}

void Ledger::judge(sim::World& world, std::size_t obligation, const Tally& found) {
  for (const Oracle* oracle : oracles_) oracle->on_change(world, *this, obligation, found);
}

void Ledger::fingerprint(sim::Hasher& hasher) const {
  for (const auto& tallies : tallies_) {
    hasher.add(tallies.size());
    for (const Tally& each : tallies) {
      each.key.fingerprint(hasher);
      each.per.fingerprint(hasher);
      hasher.add((each.real ? 1U : 0U) | std::uint64_t{each.rank} << 1);
      hasher.add(each.count);
      hasher.add(each.first_rank);
      hasher.add(each.ids.size());
      for (const sim::Value& id : each.ids) id.fingerprint(hasher);
    }
  }
}

void Ledger::on_quiet(sim::World& world) {
  for (const Oracle* oracle : oracles_) {
    for (std::size_t i = 0; i < tallies_.size(); ++i) {
      for (const Tally& each : tallies_[i]) oracle->at_quiet(world, *this, i, each);
    }
    oracle->at_quiet_once(world, *this);
  }
}

}  // namespace onceward::models
