#include "models/log.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "models/group.hpp"
#include "sim/assert.hpp"

namespace onceward::models {

void offer_crash_after_run(sim::World& world, sim::Process& process, const sim::Site& site) {
  if (!process.acts() || !static_cast<const Server*>(process.service())->remembers()) return;
  static_cast<void>(world.strike_taker(process, site, sim::kForever));
}

Append::Append(Log& log, std::uint32_t topic, const Message& message, std::uint64_t sending,
               const sim::Site& at)
    : Operation(log.world(), &log, at, log.profile().publish),
      log_(&log),
      topic_(topic),
      message_(&message),
      sending_(sending) {}

sim::Applied Append::apply(sim::World& world) {
  if (!log_->takes(world, topic_, *message_, *site)) {
    result_ = Status::refused;
    return sim::Applied::done;
  }
  if (sending_ != 0 && log_->has_sending(topic_, sending_)) return sim::Applied::done;
  log_->store(world, topic_, *message_, sending_, *site);
  return sim::Applied::acted;
}

Status Append::await_resume() const {
  remember(static_cast<std::uint64_t>(result_));
  return result_;
}

std::string Append::describe() const { return log_->describe_publish(topic_, *message_); }

// What a producer has sent arrives although it was told that it failed, so the copy keeps the
// message too.
sim::Operation* Append::copy() const {
  auto* kept = new Message(*message_);
  auto* again = new Append(*log_, topic_, *kept, sending_, *site);
  again->owns_message_ = true;
  return again;
}

void Append::dispose() {
  if (owns_message_) delete message_;
  delete this;
}

Log::Log(const sim::Symbol& name, sim::OwnerId owner, sim::World& world,
         const BrokerProfile& profile, const std::vector<const TopicSpec*>& topics, Ledger& ledger)
    : Component(name, owner), world_(&world), profile_(&profile), ledger_(&ledger) {
  for (const TopicSpec* spec : topics) {
    topics_.emplace_back(*spec);
    topics_.back().partitions.resize(spec->partitions);
  }
  ledger.watch(*this);
}

Group& Log::add_group(sim::World& world, const GroupSpec& spec) {
  const sim::Arena::Entered entered(world.arena(), owner());
  const std::uint32_t index = topic(spec.topic->name.text);
  groups_.push_back(profile_->view == View::cursor ? make_cursor_group(world, *this, spec, index)
                                                   : make_lease_group(world, *this, spec, index));
  const auto sharing = static_cast<std::uint32_t>(groups_.back()->instances().size());
  std::uint32_t& period = topics_[index].period;
  // With as many as there are partitions, none is like another.
  for (std::uint32_t i = 2; i <= sharing; ++i) {
    period = std::min(std::lcm(period, i), spec.topic->partitions);
  }
  return *groups_.back();
}

std::uint32_t Log::topic(std::string_view name) const {
  const auto found = std::find_if(topics_.begin(), topics_.end(), [&](const Topic& topic) {
    return topic.spec->name.text == name;
  });
  ONCEWARD_ASSERT(found != topics_.end());
  return static_cast<std::uint32_t>(found - topics_.begin());
}

bool Log::has_sending(std::uint32_t topic, std::uint64_t sending) const {
  for (const Partition& partition : topics_[topic].partitions) {
    for (const Message& message : partition.messages) {
      if (message.sending == sending) return true;
    }
  }
  return false;
}

std::uint32_t Log::partition_of(sim::World& world, Topic& topic, const sim::Value& key,
                                const sim::Site& site) {
  const auto count = static_cast<std::uint32_t>(topic.partitions.size());
  for (const Topic::Place& place : topic.places) {
    if (!key.is_null() && place.key == key) return place.partition;
  }
  // Partitions not used yet are alike if the groups share them out alike: one stands for all.
  sim::Vector<char> used(count, 0);
  for (const Topic::Place& place : topic.places) used[place.partition] = 1;
  sim::Vector<char> represented(topic.period, 0);
  sim::Vector<std::uint32_t> options;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (used[i] == 0 && std::exchange(represented[i % topic.period], 1) != 0) continue;
    options.push_back(i);
  }
  const std::uint32_t chosen = world.choose_value(
      sim::ChoiceKind::data, site, static_cast<std::uint32_t>(options.size()),
      [&](std::uint32_t i) {
        return "partition " + std::to_string(options[i]) + " for key " + key.print();
      });
  topic.places.push_back({key, options[chosen]});
  return options[chosen];
}

bool Log::refuses(std::uint32_t topic, const Message& message) const {
  const auto& refuses = topics_[topic].spec->refuses;
  return refuses && refuses(*world_, message);
}

bool Log::takes(sim::World& world, std::uint32_t topic, const Message& message,
                const sim::Site& site) const {
  if (!refuses(topic, message)) return true;
  world.trace(world.actor(name()), [&](sim::TraceEntry& trace) {
    trace.text = "REFUSED: " + describe_publish(topic, message) + "  (it always is)";
    trace.entity = message.key.is_null() ? message.id.print() : message.key.print();
    trace.site = site.text;
    trace.mark = sim::Mark::lost;
  });
  return false;
}

std::string Log::describe_publish(std::uint32_t topic, const Message& message) const {
  return "publish " + message.type.print() + " " + message.id.print() + " to " +
         topics_[topic].spec->name.text;
}

void Log::store(sim::World& world, std::uint32_t topic_index, const Message& message,
                std::uint64_t sending, const sim::Site& site) {
  Topic& topic = topics_[topic_index];
  const std::uint32_t index = partition_of(world, topic, message.key, site);
  sim::Vector<Message>& messages = topic.partitions[index].messages;
  const bool again = std::any_of(messages.begin(), messages.end(),
                                 [&](const Message& each) { return each.id == message.id; });
  const std::uint32_t entry = world.trace(world.actor(name()), [&](sim::TraceEntry& trace) {
    trace.text = "publish " + message.type.print() + " " + message.id.print() + " -> " +
                 topic.spec->name.text + "/" + std::to_string(index) + "@" +
                 std::to_string(messages.size()) + (again ? "  (a copy)" : "");
    trace.entity = message.key.is_null() ? message.id.print() : message.key.print();
    trace.site = site.text;
    const std::string who = world.actor(name()).text;
    trace.why = who + " publishes " + message.id.print() + (again ? " a second time" : "");
    if (again) trace.mark = sim::Mark::copy;
  });
  messages.push_back(message);
  messages.back().sending = sending;
  messages.back().entry = entry;
  ledger_->appended(world, topic.spec->name, messages.back(), entry);
  if (entry != 0) world.set_cause(entry);
  for (Group* group : groups_) {
    if (group->topic_index() == topic_index) group->appended(world, index);
  }
}

bool Log::unhandled(const Owed& event, const sim::Value& key, std::uint32_t& entry) const {
  const std::string_view type = event.name->text;
  for (const Group* group : groups_) {
    if (event.topic != nullptr && group->topic().spec->name.text != event.topic->text) continue;
    const auto& partitions = group->topic().partitions;
    for (std::uint32_t p = 0; p < partitions.size(); ++p) {
      const auto& messages = partitions[p].messages;
      for (std::uint32_t offset = 0; offset < messages.size(); ++offset) {
        const Message& message = messages[offset];
        if (message.type.view() != type || !(message.key == key)) continue;
        if (group->was_handled(p, offset)) continue;
        // A copy with the same id may have been handled in its place.
        bool copy_handled = false;
        for (std::uint32_t other = 0; other < messages.size(); ++other) {
          copy_handled =
              copy_handled || (messages[other].id == message.id && group->was_handled(p, other));
        }
        if (copy_handled) continue;
        entry = message.entry;
        return true;
      }
    }
  }
  return false;
}

sim::Vector<const Message*> Log::unfinished() const {
  sim::Vector<const Message*> found;
  for (const Group* group : groups_) {
    const auto& partitions = group->topic().partitions;
    for (std::uint32_t p = 0; p < partitions.size(); ++p) {
      for (std::uint32_t offset = 0; offset < partitions[p].messages.size(); ++offset) {
        if (group->unfinished(p, offset)) found.push_back(&partitions[p].messages[offset]);
      }
    }
  }
  return found;
}

sim::Vector<const Message*> Log::unaccounted() const {
  const auto is_stored = [&](const TopicSpec& spec, const sim::Value& id) {
    for (const Partition& partition : topic(topic(spec.name.text)).partitions) {
      for (const Message& message : partition.messages) {
        if (message.id == id) return true;
      }
    }
    return false;
  };
  sim::Vector<const Message*> found;
  for (const Group* group : groups_) {
    const Topic& of = group->topic();
    for (std::uint32_t p = 0; p < of.partitions.size(); ++p) {
      for (std::uint32_t offset = 0; offset < of.partitions[p].messages.size(); ++offset) {
        const Message& message = of.partitions[p].messages[offset];
        const bool open = group->unfinished(p, offset) || group->was_handled(p, offset);
        if (open || !group->concerns(p, offset)) continue;
        const bool dead = group->was_given_up(p, offset);
        const bool lost = dead && of.spec->dead_letter != nullptr &&
                          !is_stored(*of.spec->dead_letter, message.id);
        if (!dead || lost) found.push_back(&message);
      }
    }
  }
  return found;
}

void Log::fingerprint(sim::Hasher& hasher) const {
  for (const Topic& topic : topics_) {
    hasher.add_set(topic.places, [](sim::Hasher& one, const Topic::Place& place) {
      place.key.fingerprint(one);
      one.add(place.partition);
    });
    for (const Partition& partition : topic.partitions) {
      hasher.add(partition.messages.size());
      for (const Message& message : partition.messages) message.fingerprint(hasher);
    }
  }
  for (const Group* group : groups_) group->fingerprint(hasher);
}

template <class Tell>
void Log::tell_groups(sim::Process& process, const Tell& tell) {
  for (Group* group : groups_) {
    if (group->spec().process == &process.service_name()) tell(*group);
  }
}

void Log::on_acting(sim::World& world, sim::Process& process) {
  tell_groups(process, [&](Group& group) { group.acting(world, process); });
}

void Log::on_not_acting(sim::World& world, sim::Process& process) {
  tell_groups(process, [&](Group& group) { group.not_acting(world, process); });
}

void Log::tell_waiting(sim::World& world) {
  for (const Group* group : groups_) group->tell_waiting(world);
}

void Log::on_crash(sim::World& world, sim::Process& process) {
  tell_groups(process, [&](Group& group) { group.crashed(world, process); });
}

bool Log::minds(const sim::World&, const sim::Process& process) const {
  return std::any_of(groups_.begin(), groups_.end(), [&](const Group* group) {
    return group->spec().process == &process.service_name();
  });
}

}  // namespace onceward::models
