// The lease view: each message is handed out on its own and hidden for a time (RabbitMQ's channel,
// SQS' visibility timeout).
#include <algorithm>

#include "models/group.hpp"
#include "sim/assert.hpp"

namespace onceward::models {
namespace {

const sim::Site kLeaseEnds("lease ends");
const sim::Site kAgain("delivered once more");

class LeaseGroup;
struct Item;

class HandOut final : public sim::Occurrence {
 public:
  HandOut(LeaseGroup& group, Item& item) : group_(group), item_(item) {}
  void happen(sim::World& world) override;
  void fingerprint(sim::Hasher& hasher) const override;
  [[nodiscard]] std::string describe() const override;

 private:
  LeaseGroup& group_;
  Item& item_;
};

class LeaseEnd final : public sim::Occurrence {
 public:
  LeaseEnd(LeaseGroup& group, Item& item) : group_(group), item_(item) {}
  void happen(sim::World& world) override;
  void fingerprint(sim::Hasher& hasher) const override;
  [[nodiscard]] std::string describe() const override;

 private:
  LeaseGroup& group_;
  Item& item_;
};

// The fault `redeliver`: the message is available once more, acknowledged or not.
class OnceMore final : public sim::Occurrence {
 public:
  OnceMore(LeaseGroup& group, Item& item) : group_(group), item_(item) {}
  void happen(sim::World& world) override;
  void fingerprint(sim::Hasher& hasher) const override;
  [[nodiscard]] std::string describe() const override;
  void dispose() override { delete this; }

 private:
  LeaseGroup& group_;
  Item& item_;
};

// What the queue knows of one message.
struct Item : sim::InArena {
  enum class State : std::uint8_t { available, leased, done, parked, dropped };

  Item(LeaseGroup& group, std::uint32_t in_partition, std::uint32_t at_offset,
       const sim::Hash128& id)
      : creator(id),
        partition(in_partition),
        offset(at_offset),
        hand_out(group, *this),
        lease_end(group, *this) {}

  sim::Creator creator;
  std::uint32_t partition;
  std::uint32_t offset;
  State state = State::available;
  std::uint32_t deliveries = 0;
  HandOut hand_out;
  LeaseEnd lease_end;
};

class LeaseGroup final : public Group {
 public:
  LeaseGroup(Log& log, const GroupSpec& spec, std::uint32_t topic)
      : Group(log, spec, topic), id_(derive(log.name().hash, spec.name.hash, topic)) {}

  void appended(sim::World& world, std::uint32_t partition) override {
    const auto offset =
        static_cast<std::uint32_t>(topic().partitions[partition].messages.size()) - 1;
    const std::uint64_t place = std::uint64_t{partition} << 32 | offset;
    items_.push_back(new Item(*this, partition, offset, derive(id_, spec().name.hash, place)));
    refresh(world);
  }

  void acting(sim::World& world) override { refresh(world); }
  void not_acting(sim::World& world) override { refresh(world); }

  void crashed(sim::World& world) override {
    const bool connection = log().profile().visibility == sim::kForever;
    for (Item* item : items_) {
      if (connection && item->state == Item::State::leased) give_back(*item);
    }
    while (!in_work_.empty()) forget(*in_work_.back());
    refresh(world);
  }

  void hand_out_item(sim::World& world, Item& item, const sim::Hash128& id) {
    item.state = Item::State::leased;
    ++item.deliveries;
    const BrokerProfile& profile = log().profile();
    if (profile.visibility != sim::kForever) {
      item.lease_end.entry = world.cause();
      world.add(item.lease_end, item.creator, kLeaseEnds,
                sim::Window{profile.visibility, profile.visibility});
    }
    sim::Process& by = *process(world);
    offer_once_more(world, item);
    if (world.strike_taker(by, *spec().site)) return;
    Handling& handling = Group::hand_out(world, item.partition, item.offset, item.deliveries);
    start(world, handling, id);
    refresh(world);
  }

  void end_lease(sim::World& world, Item& item) {
    const std::uint32_t entry = world.trace(log().name(), [&](sim::TraceEntry& trace) {
      trace.text = "lease of " + place_text(item.partition, item.offset) + " ends unacknowledged";
      const Message& message = message_of(item);
      trace.entity = message.key.is_null() ? message.id.print() : message.key.print();
      trace.rule = log().profile().name + ": visibility " +
                   sim::duration_text(log().profile().visibility.count());
    });
    if (entry != 0) world.set_cause(entry);
    give_back(item);
    refresh(world);
  }

  void hand_out_once_more(sim::World& world, Item& item) {
    if (item.state == Item::State::parked || item.state == Item::State::dropped) return;
    const std::uint32_t entry = world.trace(log().name(), [&](sim::TraceEntry& trace) {
      trace.text = "REDELIVERY of " + place_text(item.partition, item.offset);
      trace.mark = sim::Mark::fault;
    });
    if (entry != 0) world.set_cause(entry);
    world.cancel(item.lease_end);
    item.state = Item::State::available;
    refresh(world);
  }

  Status acknowledge(sim::World& world, Handling& handling, const sim::Site&) override {
    Item& item = item_of(handling);
    if (is_current(handling) || log().profile().late_ack == LateAck::accept) {
      world.cancel(item.lease_end);
      item.state = Item::State::done;
      refresh(world);
      return Status::ok;
    }
    return log().profile().late_ack == LateAck::ignore ? Status::ok : Status::refused;
  }

  void ended(sim::World& world, Handling& handling) override {
    Item& item = item_of(handling);
    const bool failed = handling.failed;
    const bool current = is_current(handling);
    if (!failed) note_handled(handling);
    if (current && failed && uncaught() != Uncaught::skip) {
      world.cancel(item.lease_end);
      give_back(item);
    } else if (current && (failed || !spec().acknowledges)) {
      world.cancel(item.lease_end);
      item.state = Item::State::done;
    }
    sim::Process& by = *handling.process;
    forget(handling);
    if (failed && uncaught() == Uncaught::crash) {
      world.fail_process(by);
      return;
    }
    refresh(world);
  }

  [[nodiscard]] bool is_current(const Handling& handling) const override {
    const Item& item = item_of(handling);
    return item.state == Item::State::leased && item.deliveries == handling.delivery;
  }

  [[nodiscard]] bool unfinished(std::uint32_t partition, std::uint32_t offset) const override {
    for (const Item* item : items_) {
      if (item->partition != partition || item->offset != offset) continue;
      return item->state == Item::State::available || item->state == Item::State::leased;
    }
    return true;
  }

  void fingerprint(sim::Hasher& hasher) const override {
    const std::uint32_t limit = log().profile().deliveries_max;
    hasher.add(items_.size());
    for (const Item* item : items_) {
      // Deliveries count only as far as the limit reads them.
      const std::uint64_t deliveries = std::min(item->deliveries, limit);
      hasher.add(static_cast<std::uint64_t>(item->state) | deliveries << 8 |
                 (item->hand_out.phase == sim::Occurrence::Phase::pending ? 128U : 0U));
      // Of the deliveries in work, the latest may be the current one.
      std::uint64_t in_work = 0;
      for (const Handling* handling : in_work_) {
        if (&item_of(*handling) != item) continue;
        in_work = (in_work + 2) | (is_current(*handling) ? 1U : 0U);
      }
      hasher.add(in_work);
    }
    handled_fingerprint(hasher);
  }

  [[nodiscard]] const Message& message_of(const Item& item) const {
    return topic().partitions[item.partition].messages[item.offset];
  }
  [[nodiscard]] std::string text_of(const Item& item) const {
    return place_text(item.partition, item.offset);
  }

 private:
  void give_back(Item& item) {
    const BrokerProfile& profile = log().profile();
    if (profile.deliveries_max == 0 || item.deliveries < profile.deliveries_max) {
      item.state = Item::State::available;
    } else {
      item.state = profile.exceeded == Exceeded::park ? Item::State::parked : Item::State::dropped;
    }
  }

  [[nodiscard]] Item& item_of(const Handling& handling) const {
    const auto found = std::find_if(items_.begin(), items_.end(), [&](const Item* item) {
      return item->partition == handling.partition && item->offset == handling.offset;
    });
    ONCEWARD_ASSERT(found != items_.end());
    return **found;
  }

  void offer_once_more(sim::World& world, Item& item) {
    const sim::FaultKind fault =
        world.offer_fault(*spec().site, {sim::FaultKind::redeliver},
                          {&topic().spec->name, &spec().name, spec().process});
    if (fault == sim::FaultKind::none) return;
    world.schedule<OnceMore>(log().owner(), item.creator, kAgain, sim::kAnyTime, *this, item);
  }

  // Makes pending what can be handed out now and nothing else.
  void refresh(sim::World& world) {
    const BrokerProfile& profile = log().profile();
    const sim::Process* by = process(world);
    bool can = by != nullptr && by->acts() && in_work_.size() < profile.prefetch;
    for (Item* item : items_) {
      const bool offered = can && item->state == Item::State::available;
      const bool pending = item->hand_out.phase == sim::Occurrence::Phase::pending;
      if (offered && !pending) {
        item->hand_out.entry = world.cause();
        world.add(item->hand_out, item->creator, *spec().site, profile.deliver);
      }
      if (!offered && pending) world.cancel(item->hand_out);
      if (offered && profile.ordered) can = false;
    }
  }

  sim::Hash128 id_;
  sim::Vector<Item*> items_;  // in the order appended
};

void HandOut::happen(sim::World& world) {
  const sim::Arena::Entered entered(world.arena(), group_.log().owner());
  group_.hand_out_item(world, item_, id);
}
void HandOut::fingerprint(sim::Hasher& hasher) const {
  hasher.add(group_.spec().name.hash);
  hasher.add(std::uint64_t{item_.partition} << 32 | item_.offset);
}
std::string HandOut::describe() const {
  return group_.spec().process->text + ": delivery of " + group_.text_of(item_);
}

void LeaseEnd::happen(sim::World& world) {
  const sim::Arena::Entered entered(world.arena(), group_.log().owner());
  group_.end_lease(world, item_);
}
void LeaseEnd::fingerprint(sim::Hasher& hasher) const {
  hasher.add(group_.spec().name.hash);
  hasher.add(std::uint64_t{item_.partition} << 32 | item_.offset);
}
std::string LeaseEnd::describe() const {
  return group_.spec().name.text + ": end of the lease of " + group_.text_of(item_);
}

void OnceMore::happen(sim::World& world) {
  const sim::Arena::Entered entered(world.arena(), group_.log().owner());
  group_.hand_out_once_more(world, item_);
}
void OnceMore::fingerprint(sim::Hasher& hasher) const {
  hasher.add(group_.spec().name.hash);
  hasher.add(std::uint64_t{item_.partition} << 32 | item_.offset);
}
std::string OnceMore::describe() const {
  return group_.spec().name.text + ": redelivery of " + group_.text_of(item_);
}

}  // namespace

Group* make_lease_group(Log& log, const GroupSpec& spec, std::uint32_t topic) {
  return new LeaseGroup(log, spec, topic);
}

}  // namespace onceward::models
