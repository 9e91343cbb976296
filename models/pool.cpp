#include "models/pool.hpp"

namespace onceward::models {
namespace {

// How long it takes until a run that got its slot begins.
constexpr sim::Window kBegin{sim::Duration{0}, std::chrono::milliseconds(1)};

}  // namespace

Turn::Turn(Pool& pool, sim::World& world, const sim::Site& at)
    : Operation(world, nullptr, at, kBegin), pool_(&pool) {}

std::string Turn::describe() const { return "wait for a slot of the pool " + pool_->spec_->name; }

sim::Applied Turn::apply(sim::World& world) {
  const std::uint32_t place = pool_->place(*activity);
  if (place == 0) return sim::Applied::done;
  const sim::Arena::Entered entered(world.arena(), activity->process->owner());
  wait_in(pool_->queue_[place - 1]->turn);
  return sim::Applied::blocked;
}

// Everybody who waited has ended before.
Pool::~Pool() {
  for (Waiter* waiter : queue_) delete waiter;
}

bool Pool::enter(sim::World& world, const sim::Activity& run, const sim::Site& site) {
  if (!is_full()) {
    ++busy_;
    return true;
  }
  world.trace(run.process->name(), [&](sim::TraceEntry& entry) {
    entry.text = "waits for a slot of the pool " + spec_->name;
    entry.mark = sim::Mark::lost;
    entry.site = site.text;
  });
  queue_.push_back(new Waiter(run));
  return false;
}

void Pool::leave(sim::World& world) {
  if (queue_.empty()) {
    --busy_;
    return;
  }
  Waiter* next = queue_.front();
  queue_.erase(queue_.begin());
  next->turn.wake_all(world);
  delete next;
}

std::uint32_t Pool::place(const sim::Activity& run) const {
  for (std::uint32_t i = 0; i < queue_.size(); ++i) {
    if (queue_[i]->run == &run) return i + 1;
  }
  return 0;
}

}  // namespace onceward::models
