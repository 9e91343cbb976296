#include "tests/support/two_phase_tasks.hpp"

namespace onceward::flows {
namespace {

using sim::Task;
using sim::World;

const sim::Symbol kCoordinator("coordinator");
const sim::Symbol kNetwork("network");
const sim::Symbol kAllDecideAlike("all decide alike");
const sim::Site kPrepare("prepare");
const sim::Site kAbortAlone("abort alone");
const sim::Site kHearCommit("hear commit");
const sim::Site kHearAbort("hear abort");
const sim::Site kHearPrepared("hear prepared");
const sim::Site kCommit("commit");
const sim::Site kAbort("abort");

// Something that a participant may do next; a task does it.
class Turn final : public sim::Occurrence {
 public:
  using Make = Task<> (*)(void* participant, std::uint64_t which);

  Turn(sim::Process& process, const sim::Site& at, Make make, void* participant,
       std::uint64_t which)
      : process_(&process),
        at_(&at),
        make_(make),
        participant_(participant),
        which_(which),
        turn_(sim::derive(process.name().hash, at.hash, which)) {}

  // Pending if `enabled`, else not.
  void offer(World& world, bool enabled) {
    if (enabled == (phase == Phase::pending)) return;
    if (enabled) {
      world.add_numbered(*this, turn_, *at_, sim::kAnyTime, world.steps(), world.now());
    } else {
      world.cancel(*this);
    }
  }
  void happen(World& world) override {
    static_cast<void>(process_->spawn_as(world, turn_, *at_, nullptr,
                                         [this] { return make_(participant_, which_); }));
  }
  void fingerprint(sim::Hasher& hasher) const override { hasher.add(turn_); }
  [[nodiscard]] std::string describe() const override {
    return process_->name().text + ": " + at_->text + " " + std::to_string(which_);
  }

 private:
  sim::Process* process_;
  const sim::Site* at_;
  Make make_;
  void* participant_;
  std::uint64_t which_;
  sim::Hash128 turn_;
};

class Coordinator;
class Manager;

// The messages sent, for ever, and whom to tell of a new one.
class Network final : public sim::Component {
 public:
  Network(const sim::Symbol& name, sim::OwnerId owner) : Component(name, owner) {}
  void fingerprint(sim::Hasher& hasher) const override {
    hasher.add(prepared_);
    hasher.add((commit_ ? 1U : 0U) | (abort_ ? 2U : 0U));
  }
  void join(World& world, Manager& manager) {
    const sim::Arena::Entered entered(world.arena(), owner());
    managers_.push_back(&manager);
  }
  void join(Coordinator& coordinator) { coordinator_ = &coordinator; }

  // The participants' turns as the messages and what they know have it.
  void offer_turns(World& world);
  // The same with one message more.
  void send(World& world, std::uint64_t prepared_of, bool commit, bool abort) {
    const sim::Arena::Entered entered(world.arena(), owner());
    prepared_ |= prepared_of;
    commit_ = commit_ || commit;
    abort_ = abort_ || abort;
    offer_turns(world);
  }
  [[nodiscard]] bool prepared(std::uint64_t manager) const {
    return (prepared_ >> manager & 1) != 0;
  }
  [[nodiscard]] bool commit() const { return commit_; }
  [[nodiscard]] bool abort() const { return abort_; }

 private:
  std::uint64_t prepared_ = 0;  // a bit for each manager
  bool commit_ = false;
  bool abort_ = false;
  Coordinator* coordinator_ = nullptr;
  sim::Vector<Manager*> managers_;
};

class Manager final : public sim::Service {
 public:
  enum State : std::uint8_t { working, prepared, committed, aborted };

  Manager(World& world, sim::Process& process, Network& network, std::uint64_t index)
      : world_(&world),
        process_(&process),
        network_(&network),
        index_(index),
        prepare_(process, kPrepare, as_task<&Manager::prepare>, this, index),
        abort_alone_(process, kAbortAlone, as_task<&Manager::abort_alone>, this, index),
        hear_commit_(process, kHearCommit, as_task<&Manager::hear_commit>, this, index),
        hear_abort_(process, kHearAbort, as_task<&Manager::hear_abort>, this, index) {
    network.join(world, *this);
  }
  void start(World&, sim::Process&) override {}
  void fingerprint(sim::Hasher& hasher) const override { hasher.add(state_); }
  [[nodiscard]] State state() const { return state_; }

  void offer_turns() {
    const sim::Arena::Entered entered(world_->arena(), process_->owner());
    prepare_.offer(*world_, state_ == working);
    abort_alone_.offer(*world_, state_ == working);
    hear_commit_.offer(*world_, network_->commit());
    hear_abort_.offer(*world_, network_->abort());
  }

 private:
  template <Task<> (Manager::*task)()>
  static Task<> as_task(void* self, std::uint64_t) {
    return (static_cast<Manager*>(self)->*task)();
  }

  Task<> prepare() {
    state_ = prepared;
    network_->send(*world_, std::uint64_t{1} << index_, false, false);
    co_return;
  }
  Task<> abort_alone() { return end_as(aborted); }
  Task<> hear_commit() { return end_as(committed); }
  Task<> hear_abort() { return end_as(aborted); }
  Task<> end_as(State state) {
    state_ = state;
    network_->offer_turns(*world_);
    co_return;
  }

  World* world_;
  sim::Process* process_;
  Network* network_;
  std::uint64_t index_;
  State state_ = working;
  Turn prepare_;
  Turn abort_alone_;
  Turn hear_commit_;
  Turn hear_abort_;
};

class Coordinator final : public sim::Service {
 public:
  Coordinator(World& world, sim::Process& process, Network& network, std::uint64_t managers)
      : world_(&world),
        process_(&process),
        network_(&network),
        all_((std::uint64_t{1} << managers) - 1),
        commit_(process, kCommit, &Coordinator::decide, this, 1),
        abort_(process, kAbort, &Coordinator::decide, this, 0) {
    network.join(*this);
    for (std::uint64_t i = 0; i < managers; ++i) {
      hear_prepared_.push_back(
          new Turn(process, kHearPrepared, &Coordinator::hear_prepared, this, i));
    }
  }
  void start(World& world, sim::Process&) override { network_->offer_turns(world); }
  void fingerprint(sim::Hasher& hasher) const override {
    hasher.add(heard_);
    hasher.add(open_ ? 1 : 0);
  }

  void offer_turns() {
    const sim::Arena::Entered entered(world_->arena(), process_->owner());
    commit_.offer(*world_, open_ && heard_ == all_);
    abort_.offer(*world_, open_);
    for (std::size_t i = 0; i < hear_prepared_.size(); ++i) {
      hear_prepared_[i]->offer(*world_, open_ && network_->prepared(i));
    }
  }

 private:
  static Task<> decide(void* self, std::uint64_t commit) {
    auto& me = *static_cast<Coordinator*>(self);
    me.open_ = false;
    me.network_->send(*me.world_, 0, commit != 0, commit == 0);
    co_return;
  }
  static Task<> hear_prepared(void* self, std::uint64_t manager) {
    auto& me = *static_cast<Coordinator*>(self);
    me.heard_ |= std::uint64_t{1} << manager;
    me.network_->offer_turns(*me.world_);
    co_return;
  }

  World* world_;
  sim::Process* process_;
  Network* network_;
  std::uint64_t all_;
  std::uint64_t heard_ = 0;
  bool open_ = true;
  Turn commit_;
  Turn abort_;
  sim::Vector<Turn*> hear_prepared_;
};

void Network::offer_turns(World& world) {
  bool some_committed = false;
  bool some_aborted = false;
  for (Manager* manager : managers_) {
    manager->offer_turns();
    some_committed = some_committed || manager->state() == Manager::committed;
    some_aborted = some_aborted || manager->state() == Manager::aborted;
  }
  coordinator_->offer_turns();
  if (!some_committed || !some_aborted) return;
  sim::Finding finding;
  finding.invariant = &kAllDecideAlike;
  world.find(finding);
}

}  // namespace

TwoPhaseTasks::TwoPhaseTasks(int managers) {
  for (int i = 0; i < managers; ++i) {
    names_.push_back(std::make_unique<sim::Symbol>("manager " + std::to_string(i)));
  }
}

void TwoPhaseTasks::build(World& world) const {
  auto& network = world.add_component<Network>(kNetwork);
  for (std::uint64_t i = 0; i < names_.size(); ++i) {
    world.add_process(*names_[i], [&world, &network, i](sim::Process& process) -> sim::Service* {
      return new Manager(world, process, network, i);
    });
  }
  const std::uint64_t managers = names_.size();
  world.add_process(kCoordinator,
                    [&world, &network, managers](sim::Process& process) -> sim::Service* {
                      return new Coordinator(world, process, network, managers);
                    });
}

}  // namespace onceward::flows
