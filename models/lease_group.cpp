// The lease view: each message is handed out on its own and hidden for a time (RabbitMQ's channel,
// SQS' visibility timeout).
#include <algorithm>

#include "models/group.hpp"
#include "sim/assert.hpp"

namespace onceward::models {
namespace {

const sim::Site kLeaseEnds("lease ends");
const sim::Site kAgain("delivered once more");
const sim::Site kBind("queue is bound");

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

// A group that is new: its queue exists, and gets messages, from now on.
class Bind final : public sim::Occurrence {
 public:
  explicit Bind(LeaseGroup& group) : group_(group) {}
  void happen(sim::World& world) override;
  void fingerprint(sim::Hasher& hasher) const override;
  [[nodiscard]] std::string describe() const override;

 private:
  LeaseGroup& group_;
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
  const sim::Process* holder = nullptr;  // leased: to whom
  HandOut hand_out;
  LeaseEnd lease_end;
};

class LeaseGroup final : public Group {
 public:
  LeaseGroup(sim::World& world, Log& log, const GroupSpec& spec, std::uint32_t topic)
      : Group(world, log, spec, topic), creator_(id()), bound_(!begins_at_end()), bind_(*this) {}

  void appended(sim::World& world, std::uint32_t partition) override {
    if (!bound_) return;
    const auto offset =
        static_cast<std::uint32_t>(topic().partitions[partition].messages.size()) - 1;
    const std::uint64_t place = std::uint64_t{partition} << 32 | offset;
    items_.push_back(
        new Item(*this, partition, offset, derive(creator_.id(), spec().name.hash, place)));
    refresh(world);
  }

  void acting(sim::World& world, sim::Process&) override { refresh(world); }
  void not_acting(sim::World& world, sim::Process&) override { refresh(world); }

  void crashed(sim::World& world, sim::Process& process) override {
    const bool connection = log().profile().visibility == sim::kForever;
    forget_work_of(process);
    for (Item* item : items_) {
      const bool held = item->state == Item::State::leased && item->holder == &process;
      if (connection && held) give_back(world, *item);
    }
    refresh(world);
  }

  void bind(sim::World& world) {
    bound_ = true;
    world.trace(log().name(), [&](sim::TraceEntry& trace) {
      trace.text = "group " + spec().name.text + " gets what is sent from now on";
    });
  }

  void hand_out_item(sim::World& world, Item& item, const sim::Hash128& id) {
    sim::Process& by = choose_taker(world, item);
    item.state = Item::State::leased;
    item.holder = &by;
    ++item.deliveries;
    const BrokerProfile& profile = log().profile();
    if (profile.visibility != sim::kForever) {
      item.lease_end.entry = world.cause();
      world.add(item.lease_end, item.creator, kLeaseEnds,
                sim::Window{profile.visibility, profile.visibility});
    }
    offer_once_more(world, item);
    const auto* server = static_cast<const Server*>(by.service());
    if (world.strike_taker(by, *spec().site, server->first_action_within(spec().handler))) return;
    Handling& handling = Group::hand_out(world, by, item.partition, item.offset, item.deliveries);
    start(world, handling, id);
    refresh(world);
  }

  void end_lease(sim::World& world, Item& item) {
    const std::uint32_t entry = world.trace(log().name(), [&](sim::TraceEntry& trace) {
      trace.text = "lease of " + text_of(item) + " ends unacknowledged";
      const Message& what = message(item.partition, item.offset);
      trace.entity = what.key.is_null() ? what.id.print() : what.key.print();
      trace.rule = log().profile().name + ": visibility " +
                   sim::duration_text(log().profile().visibility.count());
    });
    if (entry != 0) world.set_cause(entry);
    give_back(world, item);
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
    if (!is_current(handling) && log().profile().late_ack != LateAck::accept) return late();
    world.cancel(item.lease_end);
    item.state = Item::State::done;
    refresh(world);
    return Status::ok;
  }

  Status reject(sim::World& world, Handling& handling, bool requeue) override {
    Item& item = item_of(handling);
    if (!is_current(handling)) return late();
    handling.returned = true;
    world.cancel(item.lease_end);
    if (requeue) {
      give_back(world, item);
    } else {
      item.state = Item::State::dropped;
      give_up(world, item.partition, item.offset);
    }
    refresh(world);
    return Status::ok;
  }

  void ended(sim::World& world, Handling& handling) override {
    Item& item = item_of(handling);
    const bool failed = handling.failed;
    const bool current = is_current(handling);
    // A nack has said what becomes of it.
    if (!failed && !handling.returned) note_handled(handling);
    if (current && failed && uncaught() != Uncaught::skip) {
      world.cancel(item.lease_end);
      give_back(world, item);
    } else if (current && failed) {
      world.cancel(item.lease_end);
      item.state = Item::State::dropped;
      give_up(world, item.partition, item.offset);
    } else if (current && !spec().acknowledges) {
      world.cancel(item.lease_end);
      item.state = Item::State::done;
    }
    sim::Process& by = *handling.process;
    const char* const why = handling.why;
    forget(handling);
    if (failed && uncaught() == Uncaught::crash) {
      world.fail_process(by, why);
      return;
    }
    if (current && !failed && !spec().acknowledges) offer_crash_after_run(world, by, *spec().site);
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
    return false;
  }
  [[nodiscard]] bool concerns(std::uint32_t partition, std::uint32_t offset) const override {
    return std::any_of(items_.begin(), items_.end(), [&](const Item* item) {
      return item->partition == partition && item->offset == offset;
    });
  }

  void fingerprint(sim::Hasher& hasher) const override {
    hasher.add(bound_ ? 1 : 0);
    hasher.add(items_.size());
    for (const Item* item : items_) {
      // Deliveries count only as far as a limit or a handler reads them.
      const std::uint64_t deliveries = std::min(item->deliveries, deliveries_seen());
      const bool held = item->state == Item::State::leased;
      hasher.add(static_cast<std::uint64_t>(item->state) | deliveries << 8 |
                 (item->hand_out.phase == sim::Occurrence::Phase::pending ? 128U : 0U));
      hasher.add(held ? std::uint64_t{item->holder->index()} + 1 : 0);
      // Of the deliveries in work, the latest may be the current one.
      std::uint64_t in_work = 0;
      for (const Handling* handling : in_work_) {
        if (&item_of(*handling) != item) continue;
        in_work = (in_work + 2) | (is_current(*handling) ? 1U : 0U);
      }
      hasher.add(in_work);
    }
    settled_fingerprint(hasher);
  }

  [[nodiscard]] std::string text_of(const Item& item) const {
    return place_text(item.partition, item.offset);
  }

 private:
  // Of an answer that comes after the lease has ended.
  [[nodiscard]] Status late() const {
    return log().profile().late_ack == LateAck::ignore ? Status::ok : Status::refused;
  }

  void give_back(sim::World& world, Item& item) {
    if (deliveries_max() == 0 || item.deliveries < deliveries_max()) {
      item.state = Item::State::available;
      return;
    }
    const bool parked =
        log().profile().exceeded == Exceeded::park && topic().spec->dead_letter == nullptr;
    item.state = parked ? Item::State::parked : Item::State::dropped;
    give_up(world, item.partition, item.offset);
  }

  [[nodiscard]] bool can_take(const sim::Process& process, const Item& item) const {
    return process.acts() && has_room(process, item.partition, item.offset);
  }

  // Any process with room may be the one.
  sim::Process& choose_taker(sim::World& world, const Item& item) const {
    sim::Vector<sim::Process*> able;
    for (sim::Process* process : instances()) {
      if (can_take(*process, item)) able.push_back(process);
    }
    ONCEWARD_ASSERT(!able.empty());
    const std::uint32_t chosen = world.choose_value(
        sim::ChoiceKind::data, *spec().site, static_cast<std::uint32_t>(able.size()),
        [&](std::uint32_t i) { return text_of(item) + " to " + able[i]->name().text; });
    return *able[chosen];
  }

  [[nodiscard]] Item& item_of(const Handling& handling) const {
    const auto found = std::find_if(items_.begin(), items_.end(), [&](const Item* item) {
      return item->partition == handling.partition && item->offset == handling.offset;
    });
    ONCEWARD_ASSERT(found != items_.end());
    return **found;
  }

  void offer_once_more(sim::World& world, Item& item) {
    const sim::FaultKind fault = world.offer_fault(
        *spec().site, {sim::FaultKind::redeliver},
        {&topic().spec->name, &spec().name, spec().process, &item.holder->name()});
    if (fault == sim::FaultKind::none) return;
    world.schedule<OnceMore>(log().owner(), item.creator, kAgain, sim::kAnyTime, *this, item);
  }

  // Makes pending what can be handed out now and nothing else.
  void refresh(sim::World& world) {
    const BrokerProfile& profile = log().profile();
    offer_bind(world);
    bool can = true;
    for (Item* item : items_) {
      const bool offered =
          can && item->state == Item::State::available &&
          std::any_of(instances().begin(), instances().end(),
                      [&](const sim::Process* process) { return can_take(*process, *item); });
      const bool pending = item->hand_out.phase == sim::Occurrence::Phase::pending;
      if (offered && !pending) {
        item->hand_out.entry = world.cause();
        world.add(item->hand_out, item->creator, *spec().site, profile.deliver);
      }
      if (!offered && pending) world.cancel(item->hand_out);
      if (offered && profile.ordered) can = false;
    }
  }

  // A queue that nobody has bound yet is bound once one of its processes is there.
  void offer_bind(sim::World& world) {
    const bool acts = std::any_of(instances().begin(), instances().end(),
                                  [](const sim::Process* process) { return process->acts(); });
    const bool pending = bind_.phase == sim::Occurrence::Phase::pending;
    if (acts && !bound_ && !pending) world.add(bind_, creator_, kBind, log().profile().deliver);
    if (!acts && pending) world.cancel(bind_);
  }

  sim::Creator creator_;
  bool bound_;
  Bind bind_;
  sim::Vector<Item*> items_;  // in the order appended
};

void Bind::happen(sim::World& world) {
  const sim::Arena::Entered entered(world.arena(), group_.log().owner());
  group_.bind(world);
}
void Bind::fingerprint(sim::Hasher& hasher) const { hasher.add(group_.id()); }
std::string Bind::describe() const { return group_.spec().name.text + ": queue is bound"; }

void HandOut::happen(sim::World& world) {
  const sim::Arena::Entered entered(world.arena(), group_.log().owner());
  group_.hand_out_item(world, item_, id);
}
void HandOut::fingerprint(sim::Hasher& hasher) const {
  hasher.add(group_.id());
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
  hasher.add(group_.id());
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
  hasher.add(group_.id());
  hasher.add(std::uint64_t{item_.partition} << 32 | item_.offset);
}
std::string OnceMore::describe() const {
  return group_.spec().name.text + ": redelivery of " + group_.text_of(item_);
}

}  // namespace

Group* make_lease_group(sim::World& world, Log& log, const GroupSpec& spec, std::uint32_t topic) {
  return new LeaseGroup(world, log, spec, topic);
}

}  // namespace onceward::models
