// A service we do not own: it applies a call whatever our transaction does, and its reply may be
// lost. Its effects are immediate and final.
//
// With an idempotency key a repeated call within the key's window answers as the first did and does
// nothing (Stripe API v1: results are kept for 24 hours); after the window it acts again.
#pragma once

#include "models/ledger.hpp"
#include "models/status.hpp"
#include "sim/operation.hpp"

namespace onceward::models {

class ExternalService;

struct CallSpec {
  const sim::Symbol* operation = nullptr;  // "payments.charge"; also the name of its effect
  sim::Value of;                           // which cause it serves
  sim::Value idempotency_key;              // null: none
  const EffectValues* values = nullptr;    // of its effect, alive while it waits; null: none
};

class Call final : public sim::Operation {
 public:
  Call(ExternalService& service, const CallSpec& call, const sim::Site& site);
  Status await_resume() const;
  [[nodiscard]] std::string describe() const override;

 private:
  [[nodiscard]] sim::Fallible fallible() const override { return sim::Fallible::sent; }
  sim::Applied apply(sim::World& world) override;
  void refused(sim::World& world) override;
  void timed_out(sim::World& world, bool done) override;
  [[nodiscard]] bool is_noted() const override;
  [[nodiscard]] sim::Operation* copy() const override;
  void dispose() override;

  // The key that this call brings is known, and is not any more; its trace entry.
  std::uint32_t tell_forgotten(sim::World& world, std::uint32_t brought_by) const;

  struct KeptValues : sim::InArena {
    EffectValues values;
  };
  ExternalService* service_;
  CallSpec call_;
  KeptValues* kept_ = nullptr;  // of a copy that outlives its caller
  Status result_ = Status::ok;
};

class ExternalService final : public sim::Component {
 public:
  ExternalService(const sim::Symbol& name, sim::OwnerId owner, sim::World& world,
                  sim::Duration key_window, Ledger& ledger)
      : Component(name, owner), world_(&world), key_window_(key_window), ledger_(&ledger) {}

  Call call(const CallSpec& spec, const sim::Site& site) { return {*this, spec, site}; }

  void fingerprint(sim::Hasher& hasher) const override;
  [[nodiscard]] bool minds(const sim::World&, const sim::Process&) const override { return false; }

 private:
  friend class Call;
  struct Kept {
    const sim::Symbol* operation;
    sim::Value key;
    sim::Value since;
    std::uint32_t entry;  // of the trace: the call that brought it
  };

  sim::World* world_;
  sim::Duration key_window_;  // kForever: keys are kept for ever
  Ledger* ledger_;
  sim::Vector<Kept> kept_;
};

}  // namespace onceward::models
