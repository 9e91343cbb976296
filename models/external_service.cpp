#include "models/external_service.hpp"

#include <algorithm>

#include "models/profiles.hpp"

namespace onceward::models {

Call::Call(ExternalService& service, const CallSpec& call, const sim::Site& at)
    : Operation(*service.world_, &service, at, kCallWindow), service_(&service), call_(call) {}

// What was sent may arrive after its caller is gone, so the copy keeps the values too.
sim::Operation* Call::copy() const {
  auto* again = new Call(*service_, call_, *site);
  if (call_.values == nullptr) return again;
  again->kept_ = new KeptValues{{}, *call_.values};
  again->call_.values = &again->kept_->values;
  return again;
}

void Call::dispose() {
  delete kept_;
  delete this;
}

void Call::refused(sim::World& world) {
  result_ = Status::refused;
  service_->ledger_->attempted(world, *call_.operation, call_.of, activity->entry);
}

void Call::timed_out(sim::World& world, bool done) {
  result_ = Status::timeout;
  if (!done) service_->ledger_->attempted(world, *call_.operation, call_.of, activity->entry);
}

bool Call::is_noted() const { return service_->ledger_->counts_attempts(*call_.operation); }

sim::Applied Call::apply(sim::World& world) {
  auto& kept = service_->kept_;
  const bool keyed = !call_.idempotency_key.is_null();
  const auto found = std::find_if(kept.begin(), kept.end(), [&](const ExternalService::Kept& each) {
    return keyed && each.operation == call_.operation && each.key == call_.idempotency_key;
  });
  bool known = found != kept.end();
  std::uint32_t led_here = known ? found->entry : 0;
  if (known && service_->key_window_ != sim::kForever) {
    const sim::Value end = sim::Value::instant(found->since.step(), service_->key_window_.count());
    known = world.is_before(world.take_instant(), end, true);
    if (!known) {
      led_here = tell_forgotten(world, led_here);
      kept.erase(found);
    }
  }
  const std::uint32_t entry =
      world.trace(world.actor(service_->name()), [&](sim::TraceEntry& trace) {
        trace.text = (known ? "answers again " : "EFFECT ") + call_.operation->text + " " +
                     call_.of.print() + describe_values(call_.values) +
                     (known ? "  (the idempotency key is known)" : "");
        trace.entity = call_.of.print();
        trace.site = site->text;
        if (!known) trace.mark = sim::Mark::effect;
        trace.add_causes({activity != nullptr ? activity->entry : 0});
        if (led_here != 0 && (activity == nullptr || led_here != activity->entry)) {
          trace.add_causes({led_here});
        }
      });
  if (activity != nullptr) service_->ledger_->attempted(world, *call_.operation, call_.of, entry);
  if (known) return sim::Applied::done;
  if (keyed) kept.push_back({call_.operation, call_.idempotency_key, world.take_instant(), entry});
  service_->ledger_->effect(world, *call_.operation, call_.of, call_.values, entry);
  return sim::Applied::acted;
}

std::uint32_t Call::tell_forgotten(sim::World& world, std::uint32_t brought_by) const {
  return world.trace(service_->name(), [&](sim::TraceEntry& trace) {
    trace.text = "has forgotten the idempotency key " + call_.idempotency_key.print() +
                 ": it keeps one for " + sim::duration_text(service_->key_window_.count());
    trace.why = service_->name().text + " has forgotten the idempotency key " +
                call_.idempotency_key.print();
    trace.entity = call_.of.print();
    trace.site = site->text;
    trace.add_causes({activity != nullptr ? activity->entry : 0, brought_by});
  });
}

Status Call::await_resume() const {
  remember(static_cast<std::uint64_t>(result_));
  return result_;
}

std::string Call::describe() const {
  return "call " + call_.operation->text + " for " + call_.of.print();
}

void ExternalService::fingerprint(sim::Hasher& hasher) const {
  hasher.add_set(kept_, [&](sim::Hasher& one, const Kept& kept) {
    one.add(kept.operation->hash);
    kept.key.fingerprint(one);
    if (key_window_ != sim::kForever) kept.since.fingerprint(one);
  });
}

}  // namespace onceward::models
