#include "models/group.hpp"

#include <algorithm>

namespace onceward::models {

const Message& Handling::message() const {
  return group->topic().partitions[partition].messages[offset];
}

void Handling::fingerprint(sim::Hasher& hasher) const {
  hasher.add(std::uint64_t{partition} << 32 | offset);
  hasher.add(group->is_current(*this) ? 1 : 0);
}

void Handling::activity_ended(sim::World& world, sim::Activity&) {
  const sim::Arena::Entered entered(world.arena(), group->log().owner());
  Group& in = *group;
  in.ended(world, *this);
}

Ack::Ack(Handling& handling, const sim::Site& at)
    : Operation(handling.group->log().world(), &handling.group->log(), at,
                handling.group->log().profile().ack),
      handling_(&handling) {}

sim::Applied Ack::apply(sim::World& world) {
  Handling& handling = *handling_;
  const Message& message = handling.message();
  const std::uint32_t entry = world.trace(handling.process->name(), [&](sim::TraceEntry& trace) {
    trace.text = "ack " + message.id.print();
    trace.entity = message.key.is_null() ? message.id.print() : message.key.print();
    trace.site = site->text;
  });
  if (entry != 0) world.set_cause(entry);
  handling.group->note_handled(handling);
  result_ = handling.group->acknowledge(world, handling, *site);
  return sim::Applied::acted;
}

Status Ack::await_resume() const {
  remember(static_cast<std::uint64_t>(result_));
  return result_;
}

Group::Group(Log& log, const GroupSpec& spec, std::uint32_t topic)
    : log_(&log), spec_(&spec), topic_(topic) {}

sim::Process* Group::process(sim::World& world) const { return world.process(*spec_->process); }

bool Group::was_handled(std::uint32_t partition, std::uint32_t offset) const {
  return std::any_of(handled_.begin(), handled_.end(), [&](const Place& place) {
    return place.partition == partition && place.offset == offset;
  });
}

void Group::note_handled(const Handling& handling) {
  if (was_handled(handling.partition, handling.offset)) return;
  const Place place{handling.partition, handling.offset};
  const auto after = std::find_if(handled_.begin(), handled_.end(), [&](const Place& each) {
    return each.partition != place.partition ? each.partition > place.partition
                                             : each.offset > place.offset;
  });
  handled_.insert(after, place);
}

void Group::handled_fingerprint(sim::Hasher& hasher) const {
  hasher.add(handled_.size());
  for (const Place& place : handled_)
    hasher.add(std::uint64_t{place.partition} << 32 | place.offset);
}

std::string Group::place_text(std::uint32_t partition, std::uint32_t offset) const {
  return topic().spec->name.text + "/" + std::to_string(partition) + "@" + std::to_string(offset);
}

Handling& Group::hand_out(sim::World& world, std::uint32_t partition, std::uint32_t offset,
                          std::uint32_t delivery) {
  sim::Process& by = *process(world);
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
    trace.entity = message.key.is_null() ? message.id.print() : message.key.print();
    trace.site = spec_->site->text;
    if (message.entry != 0) trace.causes.push_back(message.entry);
    if (world.cause() != 0 && world.cause() != message.entry) {
      trace.causes.push_back(world.cause());
    }
  });
  if (handling->entry != 0) world.set_cause(handling->entry);
  return *handling;
}

void Group::start(sim::World& world, Handling& handling, const sim::Hash128& id) {
  sim::Process& by = *handling.process;
  auto* server = static_cast<Server*>(by.service());
  by.spawn_as(world, derive(id, spec_->site->hash, 0), *spec_->site, &handling,
              [&] { return server->on_message(&handling); });
}

void Group::forget(Handling& handling) {
  in_work_.erase(std::find(in_work_.begin(), in_work_.end(), &handling));
  delete &handling;
}

}  // namespace onceward::models
