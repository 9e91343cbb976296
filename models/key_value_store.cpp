#include "models/key_value_store.hpp"

#include <algorithm>

namespace onceward::models {

using sim::Applied;
using sim::Value;
using sim::World;

StoreOperation::StoreOperation(KeyValueStore& store, const Value& key, const sim::Site& at)
    : Operation(*store.world_, &store, at, store.profile_->command), store_(&store), key_(key) {}

StoreResult StoreOperation::await_resume() const {
  sim::Hasher result(sim::Hasher::Ids::raw);
  result.add(std::uint64_t{result_.rows} << 8 | static_cast<std::uint64_t>(result_.status));
  result_.value.fingerprint(result);
  remember(result.finish().low);
  return result_;
}

void StoreOperation::refused(World&) { result_ = {Status::refused, 0, {}}; }
void StoreOperation::timed_out(World&, bool) { result_ = {Status::timeout, 0, {}}; }

template <class Rest>
std::uint32_t StoreOperation::tell(World& world, const Rest& rest, bool changed,
                                   std::uint32_t put_by) const {
  return world.trace(world.actor(store_->name()), [&](sim::TraceEntry& entry) {
    entry.text = describe() + rest();
    entry.entity = key_.print();
    entry.site = site->text;
    if (changed) entry.mark = sim::Mark::commit;
    if (put_by == 0) return;
    // What it finds may be why the run does no more.
    if (!changed) entry.mark = sim::Mark::missed;
    entry.add_causes({activity->entry, put_by});
  });
}

// ---- put -------------------------------------------------------------------------------------

PutKey::PutKey(KeyValueStore& store, const PutSpec& put, const sim::Site& at)
    : StoreOperation(store, put.key, at), put_(put) {}

Applied PutKey::apply(World& world) {
  world.read(store_->resource_);
  KeyValueStore::Entry* found = store_->find(world, key_);
  const bool kept = (put_.only == PutIf::absent && found != nullptr) ||
                    (put_.only == PutIf::present && found == nullptr);
  result_.rows = kept ? 0 : 1;
  const auto what = [&] {
    std::string rest = "=" + put_.value.print();
    if (put_.ttl != sim::kForever) rest += " for " + sim::duration_text(put_.ttl.count());
    if (kept) rest += found != nullptr ? ": is there already" : ": is not there";
    return rest;
  };
  const std::uint32_t told = tell(world, what, !kept, found != nullptr ? found->entry : 0);
  if (kept) return Applied::done;
  auto& entries = store_->entries_;
  if (found == nullptr) {
    entries.push_back({key_, {}, {}, 0});
    found = &entries.back();
  }
  found->value = put_.value;
  found->entry = told;
  found->until = {};
  if (put_.ttl != sim::kForever) {
    found->until = Value::instant(world.take_instant().step(), put_.ttl.count());
  }
  world.touch(store_->resource_);
  return Applied::acted;
}

std::string PutKey::describe() const { return "PUT " + store_->name().text + " " + key_.print(); }

// ---- get -------------------------------------------------------------------------------------

GetKey::GetKey(KeyValueStore& store, const Value& key, const sim::Site& at)
    : StoreOperation(store, key, at) {}

Applied GetKey::apply(World& world) {
  world.read(store_->resource_);
  const KeyValueStore::Entry* found = store_->find(world, key_);
  if (found != nullptr) {
    result_.rows = 1;
    result_.value = found->value;
  }
  const auto what = [&] {
    return result_.rows == 0 ? std::string(": is not there") : "=" + result_.value.print();
  };
  tell(world, what, false, found != nullptr ? found->entry : 0);
  return Applied::done;
}

std::string GetKey::describe() const { return "GET " + store_->name().text + " " + key_.print(); }

// ---- remove ----------------------------------------------------------------------------------

RemoveKey::RemoveKey(KeyValueStore& store, const Value& key, const sim::Site& at)
    : StoreOperation(store, key, at) {}

Applied RemoveKey::apply(World& world) {
  world.read(store_->resource_);
  KeyValueStore::Entry* found = store_->find(world, key_);
  result_.rows = found == nullptr ? 0 : 1;
  const auto what = [&] { return std::string(found == nullptr ? ": is not there" : ""); };
  tell(world, what, found != nullptr, found != nullptr ? found->entry : 0);
  if (found == nullptr) return Applied::done;
  store_->forget(world, found);
  return Applied::acted;
}

std::string RemoveKey::describe() const {
  return "REMOVE " + store_->name().text + " " + key_.print();
}

// ---- the store -------------------------------------------------------------------------------

KeyValueStore::Entry* KeyValueStore::find(World& world, const Value& key) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& each) { return each.key == key; });
  if (found == entries_.end()) return nullptr;
  if (found->until.is_null() || world.is_before(world.take_instant(), found->until, true)) {
    return &*found;
  }
  tell_expired(world, *found);
  forget(world, &*found);
  return nullptr;
}

void KeyValueStore::tell_expired(World& world, const Entry& entry) const {
  world.trace(name(), [&](sim::TraceEntry& trace) {
    const sim::Activity* looks = world.running();
    trace.text = "the key " + entry.key.print() + " has expired";
    trace.why = trace.text + " in " + name().text;
    trace.entity = entry.key.print();
    trace.add_causes({looks != nullptr ? looks->entry : 0, entry.entry});
  });
}

void KeyValueStore::forget(World& world, Entry* entry) {
  entries_.erase(entries_.begin() + (entry - entries_.data()));
  world.touch(resource_);
}

void KeyValueStore::fingerprint(sim::Hasher& hasher) const {
  hasher.add_set(entries_, [](sim::Hasher& one, const Entry& entry) {
    entry.key.fingerprint(one);
    entry.value.fingerprint(one);
    entry.until.fingerprint(one);
  });
}

}  // namespace onceward::models
