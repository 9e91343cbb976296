#include "models/group.hpp"

#include <algorithm>

#include "sim/assert.hpp"

namespace onceward::models {
namespace {

const sim::Site kDeadLetter("dead letter");

std::string subject(const Message& message) {
  return message.key.is_null() ? message.id.print() : message.key.print();
}

// Which message, for the trace of an acknowledgement or its contrary.
void trace_answer(sim::World& world, const Handling& handling, const std::string& words,
                  const sim::Site& site) {
  const Message& message = handling.message();
  const std::uint32_t entry = world.trace(handling.process->name(), [&](sim::TraceEntry& trace) {
    trace.text = words + message.id.print();
    trace.entity = subject(message);
    trace.site = site.text;
  });
  if (entry != 0) world.set_cause(entry);
}

}  // namespace

const Message& Handling::message() const {
  return group->topic().partitions[partition].messages[offset];
}

void Handling::fingerprint(sim::Hasher& hasher) const {
  hasher.look_into(group->log().owner());
  hasher.add(std::uint64_t{partition} << 32 | offset);
  hasher.add((group->is_current(*this) ? 1U : 0U) | (returned ? 2U : 0U));
  hasher.add(std::min(delivery, group->spec().attempts_seen));
}

void Handling::activity_ended(sim::World& world, sim::Activity&) {
  const sim::Arena::Entered entered(world.arena(), group->log().owner());
  Group& in = *group;
  in.ended(world, *this);
}

std::string Handling::describe_run(const sim::Activity&) const {
  const std::string place = group->place_text(partition, offset);
  return delivery < 2 ? place : "delivery " + std::to_string(delivery) + " of " + place;
}

Ack::Ack(Handling& handling, const sim::Site& at)
    : Operation(handling.group->log().world(), &handling.group->log(), at,
                handling.group->log().profile().ack),
      handling_(&handling) {}

sim::Applied Ack::apply(sim::World& world) {
  trace_answer(world, *handling_, "ack ", *site);
  handling_->group->note_handled(*handling_);
  result_ = handling_->group->acknowledge(world, *handling_, *site);
  return sim::Applied::acted;
}

Status Ack::await_resume() const {
  remember(static_cast<std::uint64_t>(result_));
  return result_;
}

Nack::Nack(Handling& handling, bool requeue, const sim::Site& at)
    : Operation(handling.group->log().world(), &handling.group->log(), at,
                handling.group->log().profile().ack),
      handling_(&handling),
      requeue_(requeue) {}

sim::Applied Nack::apply(sim::World& world) {
  trace_answer(world, *handling_, requeue_ ? "returns " : "gives up on ", *site);
  result_ = handling_->group->reject(world, *handling_, requeue_);
  return sim::Applied::acted;
}

Status Nack::await_resume() const {
  remember(static_cast<std::uint64_t>(result_));
  return result_;
}

Group::Group(sim::World& world, Log& log, const GroupSpec& spec, std::uint32_t topic)
    : log_(&log), spec_(&spec), topic_(topic) {
  const BrokerProfile& profile = log.profile();
  if (spec.has_concurrency) {
    concurrency_ = spec.concurrency;
  } else if (profile.view == View::cursor) {
    concurrency_ = {Concurrency::Per::partition, 1};
  } else {
    concurrency_ = {Concurrency::Per::handler, profile.prefetch};
  }
  for (sim::Process* process : world.processes()) {
    if (&process->service_name() == spec.process) instances_.push_back(process);
  }
  ONCEWARD_ASSERT(!instances_.empty());
}

const Group::Settled* Group::find(std::uint32_t partition, std::uint32_t offset) const {
  for (const Settled& each : settled_) {
    if (each.partition == partition && each.offset == offset) return &each;
  }
  return nullptr;
}

bool Group::was_handled(std::uint32_t partition, std::uint32_t offset) const {
  const Settled* found = find(partition, offset);
  return found != nullptr && !found->given_up;
}

bool Group::was_given_up(std::uint32_t partition, std::uint32_t offset) const {
  const Settled* found = find(partition, offset);
  return found != nullptr && found->given_up;
}

void Group::note_handled(const Handling& handling) {
  settle({handling.partition, handling.offset, false});
}

// What was handled once is not undone by another delivery that was given up, yet the contrary is.
void Group::settle(const Settled& settled) {
  const auto at = std::find_if(settled_.begin(), settled_.end(), [&](const Settled& each) {
    return each.partition != settled.partition ? each.partition > settled.partition
                                               : each.offset >= settled.offset;
  });
  const bool known =
      at != settled_.end() && at->partition == settled.partition && at->offset == settled.offset;
  if (known) {
    at->given_up = at->given_up && settled.given_up;
  } else {
    settled_.insert(at, settled);
  }
}

void Group::settled_fingerprint(sim::Hasher& hasher) const {
  hasher.add(settled_.size());
  for (const Settled& each : settled_) {
    hasher.add((std::uint64_t{each.partition} << 32 | each.offset) << 1 |
               (each.given_up ? 1U : 0U));
  }
}

std::uint32_t Group::deliveries_max() const {
  const std::uint32_t of_topic = topic().spec->max_deliveries;
  return of_topic != 0 ? of_topic : log_->profile().deliveries_max;
}

std::uint32_t Group::deliveries_seen() const {
  return std::max(deliveries_max(), spec_->attempts_seen);
}

bool Group::has_room(const sim::Process& process, std::uint32_t partition,
                     std::uint32_t offset) const {
  const sim::Value key = message(partition, offset).key;
  if (concurrency_.per == Concurrency::Per::key && key.is_null()) return true;
  std::uint32_t busy = 0;
  for (const Handling* handling : in_work_) {
    if (handling->process != &process) continue;
    switch (concurrency_.per) {
      case Concurrency::Per::handler:
        ++busy;
        break;
      case Concurrency::Per::key:
        busy += handling->message().key == key ? 1 : 0;
        break;
      case Concurrency::Per::partition:
        busy += handling->partition == partition ? 1 : 0;
        break;
    }
  }
  return busy < concurrency_.at_most;
}

std::string Group::place_text(std::uint32_t partition, std::uint32_t offset) const {
  return topic().spec->name.text + "/" + std::to_string(partition) + "@" + std::to_string(offset);
}

Handling& Group::hand_out(sim::World& world, sim::Process& by, std::uint32_t partition,
                          std::uint32_t offset, std::uint32_t delivery) {
  auto* handling = new Handling(*this, by, partition, offset);
  handling->delivery = delivery;
  in_work_.push_back(handling);
  const Message& message = handling->message();
  handling->entry = world.trace(by.name(), [&](sim::TraceEntry& trace) {
    trace.text = "takes " + message.type.print() + " " + message.id.print() + " from " +
                 place_text(partition, offset);
    const bool again = was_handled(partition, offset) || delivery > 1;
    if (again) trace.text += "  (delivered again)";
    trace.why = by.name().text + " takes " + message.id.print() + (again ? " again" : "");
    trace.entity = subject(message);
    trace.site = spec_->site->text;
    if (message.entry != 0) trace.causes.push_back(message.entry);
    if (world.cause() != 0 && world.cause() != message.entry) {
      trace.causes.push_back(world.cause());
    }
  });
  if (handling->entry != 0) world.set_cause(handling->entry);
  log_->ledger().delivered(world, topic().spec->name, spec_->name, message);
  return *handling;
}

void Group::start(sim::World& world, Handling& handling, const sim::Hash128& id) {
  sim::Process& by = *handling.process;
  auto* server = static_cast<Server*>(by.service());
  by.spawn_as(world, derive(id, spec_->site->hash, 0), *spec_->site, &handling,
              [&] { return server->on_message(&handling); });
}

void Group::give_up(sim::World& world, std::uint32_t partition, std::uint32_t offset) {
  settle({partition, offset, true});
  const Message& dead = message(partition, offset);
  const TopicSpec* target = topic().spec->dead_letter;
  const std::uint32_t index = target == nullptr ? 0 : log_->topic(target->name.text);
  if (target != nullptr && log_->refuses(index, dead)) target = nullptr;
  const std::uint32_t entry = world.trace(log_->name(), [&](sim::TraceEntry& trace) {
    trace.text = place_text(partition, offset) + " is given up by group " + spec_->name.text +
                 (target == nullptr ? " and dropped" : "");
    trace.entity = subject(dead);
    trace.mark = sim::Mark::lost;
  });
  if (entry != 0) world.set_cause(entry);
  if (target == nullptr) return;
  const Message copy = dead;
  log_->store(world, index, copy, 0, kDeadLetter);
}

void Group::tell_waiting(sim::World& world) const {
  const auto& partitions = topic().partitions;
  for (std::uint32_t p = 0; p < partitions.size(); ++p) {
    for (std::uint32_t offset = 0; offset < partitions[p].messages.size(); ++offset) {
      const bool in_work =
          std::any_of(in_work_.begin(), in_work_.end(), [&](const Handling* handling) {
            return handling->partition == p && handling->offset == offset;
          });
      if (!unfinished(p, offset) || was_handled(p, offset) || in_work) continue;
      const Message& waiting = message(p, offset);
      world.trace(log_->name(), [&](sim::TraceEntry& trace) {
        trace.text = waiting.type.print() + " " + waiting.id.print() + " still waits in " +
                     place_text(p, offset) + " for group " + spec_->name.text;
        trace.entity = subject(waiting);
        trace.mark = sim::Mark::blocked;
        trace.causes = {waiting.entry};
      });
    }
  }
}

void Group::forget(Handling& handling) {
  in_work_.erase(std::find(in_work_.begin(), in_work_.end(), &handling));
  delete &handling;
}

void Group::forget_work_of(const sim::Process& process) {
  for (std::size_t i = in_work_.size(); i-- > 0;) {
    if (in_work_[i]->process == &process) forget(*in_work_[i]);
  }
}

}  // namespace onceward::models
