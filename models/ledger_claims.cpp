// Claims on states, the counts they read, and goals.
#include <algorithm>

#include "models/ledger.hpp"
#include "models/oracles/oracle.hpp"

namespace onceward::models {

void Ledger::end_change(sim::World& world) {
  if (--changing_ > 0) return;
  const sim::Arena::Entered entered(world.arena(), owner());
  for (Claim& claim : claims_) {
    if (std::exchange(claim.changed, false)) judge_claim(world, claim, false);
  }
}

template <class T>
void Ledger::note_change(std::vector<const T*> ClaimSpec::*reads, const T& what,
                         std::uint32_t entry) {
  for (Claim& claim : claims_) {
    const auto& read = claim.spec->*reads;
    if (std::find(read.begin(), read.end(), &what) == read.end()) continue;
    claim.change(entry);
  }
}

void Ledger::table_changed(const TableSpec& table, std::uint32_t entry) {
  note_change(&ClaimSpec::tables, table, entry);
}

void Ledger::prepared_changed(const sim::Symbol& database, std::uint32_t entry) {
  note_change(&ClaimSpec::prepared, database, entry);
}

void Ledger::count_one(std::string_view name, bool is_event, const sim::Value& key,
                       const sim::Value& id, std::uint32_t entry) {
  bool counted = false;
  for (Count& count : counts_) {
    if (count.spec.is_event != is_event || count.spec.name->text != name) continue;
    auto of = std::find_if(count.of.begin(), count.of.end(),
                           [&](const Count::Of& each) { return each.key == key; });
    if (of == count.of.end()) of = count.of.insert(of, Count::Of{key, 0, {}});
    // An event is counted once, whatever copies of it are appended.
    if (is_event && std::find(of->ids.begin(), of->ids.end(), id) != of->ids.end()) continue;
    if (is_event) of->ids.push_back(id);
    ++of->times;
    counted = true;
  }
  for (Claim& claim : claims_) {
    if (!counted || !claim.spec->reads_counts) continue;
    claim.change(entry);
  }
}

std::int64_t Ledger::count(std::string_view name, bool is_event, const sim::Value* key) const {
  for (const Count& count : counts_) {
    if (count.spec.is_event != is_event || count.spec.name->text != name) continue;
    std::int64_t times = 0;
    for (const Count::Of& of : count.of) {
      if (key == nullptr || of.key == *key) times += of.times;
    }
    return times;
  }
  return 0;
}

void Ledger::delivered(sim::World& world, const sim::Symbol& topic, const sim::Symbol& group,
                       const Message& message) {
  for (const DeliveryGoal& goal : delivery_goals_) {
    if (goal.topic->text != topic.text) continue;
    const sim::Arena::Entered entered(world.arena(), owner());
    auto found = std::find_if(delivered_.begin(), delivered_.end(), [&](const Delivered& each) {
      return each.goal == goal.goal && each.group == group.hash && each.message == message.id;
    });
    if (found == delivered_.end()) {
      found = delivered_.insert(found, Delivered{goal.goal, group.hash, message.id, 0});
    }
    found->times = std::min(found->times + 1, goal.times);
    if (found->times == goal.times) world.reach(goal.goal);
  }
}

void Ledger::on_start(sim::World& world) {
  for (Claim& claim : claims_) {
    if (claim.spec->rule == ClaimRule::conserved) claim.start = claim.spec->value(world, *this);
    judge_claim(world, claim, false);
  }
}

void Ledger::judge_claim(sim::World& world, Claim& claim, bool quiet) {
  const ClaimSpec& spec = *claim.spec;
  const bool at_once = spec.rule == ClaimRule::always || spec.rule == ClaimRule::goal;
  if (at_once == quiet) return;
  const sim::Value value = spec.value(world, *this);
  if (spec.rule == ClaimRule::goal) {
    if (value.is_true()) world.reach(spec.goal);
    return;
  }
  sim::Value should_be = sim::Value::boolean(true);
  if (spec.rule == ClaimRule::conserved) should_be = claim.start;
  if (spec.rule == ClaimRule::same) should_be = spec.other(world, *this);
  if (value == should_be) return;
  for (const Oracle* oracle : oracles_) {
    oracle->on_claim(world, spec, should_be, value, claim.changes);
  }
}

}  // namespace onceward::models
