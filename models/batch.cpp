#include "models/batch.hpp"

#include <algorithm>

#include "sim/assert.hpp"

namespace onceward::models {

std::uint32_t Batch::accepted() const {
  return static_cast<std::uint32_t>(
      std::count_if(items.begin(), items.end(), [](const Item& item) { return item.accepted; }));
}

void Batch::fingerprint(sim::Hasher& hasher) const {
  hasher.add(items.size());
  for (const Item& item : items) {
    item.message.fingerprint(hasher);
    hasher.add(item.accepted ? 1 : 0);
  }
}

AppendBatch::AppendBatch(Log& log, std::uint32_t topic, Batch& batch, const sim::Site& at)
    : Operation(log.world(), &log, at, log.profile().publish),
      log_(&log),
      topic_(topic),
      batch_(&batch) {
  ONCEWARD_ASSERT(!batch.items.empty());
}

Status AppendBatch::await_resume() const {
  remember(static_cast<std::uint64_t>(result_));
  for (const Batch::Item& item : batch_->items) remember(item.accepted ? 1 : 0);
  return result_;
}

std::string AppendBatch::describe() const {
  std::string ids;
  for (const Batch::Item& item : batch_->items) {
    ids += (ids.empty() ? "" : ", ") + item.message.id.print();
  }
  return "publish a batch of " + std::to_string(batch_->items.size()) + " (" + ids + ") to " +
         log_->topic(topic_).spec->name.text;
}

std::string AppendBatch::describe_failure() const {
  if (result_ != Status::partial) return "REFUSED: " + describe();
  std::string ids;
  for (const Batch::Item& item : batch_->items) {
    if (!item.accepted) ids += (ids.empty() ? "" : ", ") + item.message.id.print();
  }
  return "PARTIAL: " + describe() + ", refused " + ids;
}

sim::Applied AppendBatch::apply(sim::World& world) {
  for (Batch::Item& item : batch_->items) {
    if (log_->takes(world, topic_, item.message, *site)) accept(world, item);
  }
  return answer();
}

// Of what the topic takes at all, at least one message is accepted and one refused: else it were
// no fault, or refused whole.
sim::Applied AppendBatch::fail(sim::World& world) {
  std::uint32_t left = storable();
  if (left < 2 || !world.choose_flag(*site, "refused", "partial")) {
    refused(world);
    return sim::Applied::done;
  }
  bool some_accepted = false;
  bool some_refused = false;
  for (Batch::Item& item : batch_->items) {
    if (!log_->takes(world, topic_, item.message, *site)) continue;
    --left;
    const bool is_settled = left == 0 && some_accepted != some_refused;
    const bool refuses =
        is_settled ? some_accepted : world.choose_flag(*site, "accepted", "refused");
    if (!refuses) accept(world, item);
    some_accepted = some_accepted || !refuses;
    some_refused = some_refused || refuses;
  }
  return answer();
}

void AppendBatch::refused(sim::World&) {
  forget_accepted();
  result_ = Status::refused;
}

void AppendBatch::timed_out(sim::World&, bool) {
  forget_accepted();
  result_ = Status::timeout;
}

std::uint32_t AppendBatch::storable() const {
  const auto& items = batch_->items;
  return static_cast<std::uint32_t>(
      std::count_if(items.begin(), items.end(),
                    [&](const Batch::Item& item) { return !log_->refuses(topic_, item.message); }));
}

void AppendBatch::accept(sim::World& world, Batch::Item& item) const {
  log_->store(world, topic_, item.message, 0, *site);
  item.accepted = true;
}

sim::Applied AppendBatch::answer() {
  const std::uint32_t accepted = batch_->accepted();
  result_ = accepted == batch_->items.size() ? Status::ok
            : accepted == 0                  ? Status::refused
                                             : Status::partial;
  return accepted == 0 ? sim::Applied::done : sim::Applied::acted;
}

void AppendBatch::forget_accepted() {
  for (Batch::Item& item : batch_->items) item.accepted = false;
}

// As of a single message: the copy keeps what it carries.
sim::Operation* AppendBatch::copy() const {
  auto* kept = new Batch(*batch_);
  auto* again = new AppendBatch(*log_, topic_, *kept, *site);
  again->owns_batch_ = true;
  return again;
}

void AppendBatch::dispose() {
  if (owns_batch_) delete batch_;
  delete this;
}

}  // namespace onceward::models
