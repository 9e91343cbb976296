// A store of values by key, where a key may be put for a time only: a cache, a lock, the ids that
// were seen.
//
// Guarantees (Redis 7: SET with NX, XX and PX, GET, DEL; each is atomic):
// - a key holds one value; a put replaces it and its time, unless a condition keeps it from that;
// - a key is there up to and including the instant at which its time ends and gone afterwards;
//   whether it is, is asked when somebody looks at it, by comparing instants;
// - it takes part in no transaction: what was put stays, whatever becomes of the process;
// - a put and a remove are done, not done, or done with their replies lost.
#pragma once

#include <cstdint>

#include "models/profiles.hpp"
#include "models/status.hpp"
#include "sim/operation.hpp"
#include "sim/world.hpp"

namespace onceward::models {

class KeyValueStore;

enum class PutIf : std::uint8_t { always, absent, present };

struct PutSpec {
  sim::Value key;
  sim::Value value;
  sim::Duration ttl = sim::kForever;  // kForever: until it is removed or put again
  PutIf only = PutIf::always;
};

struct StoreResult {
  Status status = Status::ok;
  std::uint32_t rows = 0;  // 1: stored, found or removed
  sim::Value value;        // of a get; null: the key is not there
};

class StoreOperation : public sim::Operation {
 public:
  StoreResult await_resume() const;

 protected:
  StoreOperation(KeyValueStore& store, const sim::Value& key, const sim::Site& at);
  ~StoreOperation() = default;
  void refused(sim::World& world) override;
  void timed_out(sim::World& world, bool done) override;
  // Tells the trace what it did, its description and then `rest()`, to a key that `put_by` put
  // there; 0: it was not there.
  template <class Rest>
  std::uint32_t tell(sim::World& world, const Rest& rest, bool changed, std::uint32_t put_by) const;

  KeyValueStore* store_;
  sim::Value key_;
  StoreResult result_;
};

class PutKey final : public StoreOperation {
 public:
  PutKey(KeyValueStore& store, const PutSpec& put, const sim::Site& at);
  [[nodiscard]] std::string describe() const override;

 private:
  [[nodiscard]] sim::Fallible fallible() const override { return sim::Fallible::remote; }
  sim::Applied apply(sim::World& world) override;
  PutSpec put_;
};

class GetKey final : public StoreOperation {
 public:
  GetKey(KeyValueStore& store, const sim::Value& key, const sim::Site& at);
  [[nodiscard]] std::string describe() const override;

 private:
  sim::Applied apply(sim::World& world) override;
};

class RemoveKey final : public StoreOperation {
 public:
  RemoveKey(KeyValueStore& store, const sim::Value& key, const sim::Site& at);
  [[nodiscard]] std::string describe() const override;

 private:
  [[nodiscard]] sim::Fallible fallible() const override { return sim::Fallible::remote; }
  sim::Applied apply(sim::World& world) override;
};

class KeyValueStore final : public sim::Component {
 public:
  KeyValueStore(const sim::Symbol& name, sim::OwnerId owner, sim::World& world,
                const StoreProfile& profile)
      : Component(name, owner),
        world_(&world),
        profile_(&profile),
        resource_(world.add_resource()) {}

  PutKey put(const PutSpec& spec, const sim::Site& site) { return {*this, spec, site}; }
  GetKey get(const sim::Value& key, const sim::Site& site) { return {*this, key, site}; }
  RemoveKey remove(const sim::Value& key, const sim::Site& site) { return {*this, key, site}; }

  [[nodiscard]] const StoreProfile& profile() const { return *profile_; }

  void fingerprint(sim::Hasher& hasher) const override;
  [[nodiscard]] bool minds(const sim::World&, const sim::Process&) const override { return false; }

 private:
  friend class StoreOperation;
  friend class PutKey;
  friend class GetKey;
  friend class RemoveKey;
  struct Entry {
    sim::Value key;
    sim::Value value;
    sim::Value until;         // the end of its time; null: none
    std::uint32_t entry = 0;  // of the trace: who put it
  };

  // The entry of a key that is there now; null if there is none. Forgets one whose time has ended.
  Entry* find(sim::World& world, const sim::Value& key);
  void tell_expired(sim::World& world, const Entry& entry) const;
  void forget(sim::World& world, Entry* entry);

  sim::World* world_;
  const StoreProfile* profile_;
  sim::ResourceId resource_;
  sim::Vector<Entry> entries_;  // their order says nothing
};

}  // namespace onceward::models
