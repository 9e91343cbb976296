// An effect that is immediate and final: outside every transaction, as an e-mail that is sent.
#pragma once

#include "models/ledger.hpp"
#include "sim/operation.hpp"

namespace onceward::models {

// `values` must stay alive while it waits.
class ImmediateEffect final : public sim::Operation {
 public:
  ImmediateEffect(sim::World& world, Ledger& ledger, const sim::Symbol& effect,
                  const sim::Value& key, const sim::Site& at, const sim::Window& in,
                  const EffectValues* values = nullptr)
      : Operation(world, &ledger, at, in),
        ledger_(&ledger),
        effect_(&effect),
        key_(key),
        values_(values) {}
  void await_resume() const { remember(0); }
  [[nodiscard]] std::string describe() const override {
    return "EFFECT " + effect_->text + " " + key_.print();
  }

 private:
  sim::Applied apply(sim::World& world) override {
    const std::uint32_t entry = world.trace(activity->process->name(), [&](sim::TraceEntry& trace) {
      trace.text = describe() + describe_values(values_);
      trace.entity = key_.print();
      trace.site = site->text;
      trace.mark = sim::Mark::effect;
    });
    ledger_->effect(world, *effect_, key_, values_, entry);
    return sim::Applied::acted;
  }

  Ledger* ledger_;
  const sim::Symbol* effect_;
  sim::Value key_;
  const EffectValues* values_;
};

}  // namespace onceward::models
