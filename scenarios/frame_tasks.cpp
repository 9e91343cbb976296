// Tasks within a run of a handler: branches that it waits for, and those that it leaves behind.
#include <algorithm>

#include "scenarios/interpreter.hpp"

namespace onceward::scenarios {

using models::Status;
using sim::Value;

Join::Join(Frame& frame, const sim::Site& at)
    : Operation(*frame.world, nullptr, at, kJoinWindow), frame_(&frame) {}

sim::Applied Join::apply(sim::World& world) {
  const sim::Arena::Entered entered(world.arena(), activity->process->owner());
  if (frame_->branches_over()) return sim::Applied::done;
  wait_in(frame_->joining_);
  return sim::Applied::blocked;
}

Frame::Frame(Frame& parent, const Block& block, bool stays)
    : world(parent.world),
      components(parent.components),
      handler(parent.handler),
      memory(parent.memory),
      timers(parent.timers),
      slots_(parent.slots_) {
  transactions_.resize(handler->transactions.size());
  levels_.push_back({&block, 0, nullptr, 0, world->running()->passed.size(), false, false, {}});
  if (stays) {
    parent_ = &parent;
    handling = parent.handling;
    request = parent.request;
    timer = parent.timer;
    kept_ = parent.kept_;
    return;
  }
  kept_ = new Kept;
  owns_kept_ = true;
  if (const models::Message* event = parent.event()) kept_->event = *event;
  kept_->attempt = parent.attempt();
  if (const models::Row* asked = parent.asked()) {
    kept_->request = *asked;
    kept_->request_name = parent.request_name();
  }
  if (const Value* key = parent.timer_key()) kept_->timer = *key;
}

Frame::~Frame() {
  if (owns_kept_) delete kept_;
}

Frame::Branch Frame::start(const Step& step, const Block& block, bool stays) {
  sim::Activity& by = *world->running();
  Branch made;
  made.activity =
      &by.process->spawn_as(*world, by.creator.next(*step.site), *step.site, nullptr, [&] {
        made.frame = new Frame(*this, block, stays);
        return run_steps(made.frame);
      });
  for (const sim::Symbol* name : by.passed) made.activity->passed.push_back(name);
  made.activity->entry = by.entry;
  made.activity->is_pass = by.is_pass;
  made.activity->began_step = by.began_step;
  if (!by.due().is_null()) made.activity->of_pass.push_back({{}, by.due()});
  return made;
}

void Frame::spawn(const Step& step) {
  // A pass that leaves work behind has acted, whatever comes of it.
  world->running()->acted = true;
  world->trace(world->running()->process->name(), [&](sim::TraceEntry& entry) {
    entry.text = "spawns a task" + (step.name == nullptr ? "" : " \"" + step.name->text + "\"");
    entry.site = step.site->text;
  });
  static_cast<void>(start(step, step.body, false));
}

void Frame::branch(const Step& step) {
  for (const Block& block : step.branches.blocks) branches_.push_back(start(step, block, true));
}

bool Frame::have_ended() const {
  return std::all_of(branches_.begin(), branches_.end(),
                     [](const Branch& branch) { return branch.frame == nullptr; });
}

bool Frame::is_decided(const Step& step) const {
  if (step.kind == StepKind::first) return winner_ != kNone;
  return std::any_of(branches_.begin(), branches_.end(),
                     [](const Branch& branch) { return branch.failed; });
}

bool Frame::branches_over() {
  if (is_decided(*current_)) cut_branches();
  return have_ended();
}

void Frame::joined(const Step& step) {
  // What decides `first` is a success, what decides `all` before its end an error.
  const bool failed = is_decided(step) != (step.kind == StepKind::first);
  Value won;
  if (winner_ != kNone) {
    won = Value::text(sim::frozen_text(step.branches.names[winner_]));
    world->trace(activity->process->name(), [&](sim::TraceEntry& entry) {
      entry.text = "goes on: the branch \"" + step.branches.names[winner_] + "\" was first";
      entry.site = step.site->text;
      entry.add_causes({activity->entry, won_at_});
    });
  }
  branches_.clear();
  winner_ = kNone;
  answered(step, failed ? Status::refused : Status::ok, 0, won);
}

void Frame::branch_ended(Frame& frame) {
  const auto ended = std::find_if(branches_.begin(), branches_.end(),
                                  [&](const Branch& branch) { return branch.frame == &frame; });
  take_over(*ended);
  ended->failed = frame.failed_ && !frame.is_cut_;
  if (current_->kind == StepKind::first && winner_ == kNone && !frame.failed_) {
    winner_ = static_cast<std::uint32_t>(ended - branches_.begin());
    won_at_ = frame.activity->entry;
  }
  joining_.wake_all(*world);
}

// What a branch bound is there after it, and what it did and read counts as done by the handler.
void Frame::take_over(Branch& branch) {
  Frame& frame = *branch.frame;
  for (const std::uint32_t bound : frame.bound_) {
    slots_[bound] = frame.slots_[bound];
    if (parent_ != nullptr) bound_.push_back(bound);
  }
  const sim::Activity& by = *branch.activity;
  activity->acted = activity->acted || by.acted;
  activity->struck = activity->struck || by.struck;
  activity->reads.add(by.reads);
  activity->outdated = activity->outdated || by.outdated;
  for (const Value& instant : by.to_come) activity->to_come.push_back(instant);
  branch.frame = nullptr;
}

void Frame::cut_branches() {
  for (std::size_t i = 0; i < branches_.size(); ++i) {
    Branch& branch = branches_[i];
    if (branch.frame == nullptr || !branch.frame->cut()) continue;
    world->trace(activity->process->name(), [&](sim::TraceEntry& entry) {
      entry.text = "cuts the branch \"" + current_->branches.names[i] + "\" short";
      entry.mark = sim::Mark::lost;
      entry.site = current_->site->text;
    });
    world->cut_short(*branch.activity, [&] {
      branch.frame->give_back();
      take_over(branch);
    });
  }
}

bool Frame::cut() {
  is_cut_ = true;
  if (is_shielded()) return false;
  cut_branches();
  return have_ended();
}

bool Frame::is_shielded() const {
  return std::any_of(levels_.begin(), levels_.end(),
                     [](const Level& level) { return level.shielded; });
}

void Frame::give_back() {
  hooks_.clear();
  while (!levels_.empty()) leave_level();
  roll_back_open();
}

const models::Message* Frame::event() const {
  if (kept_ != nullptr) return kept_->event ? &*kept_->event : nullptr;
  return handling == nullptr ? nullptr : &handling->message();
}

std::int64_t Frame::attempt() const {
  if (kept_ != nullptr) return kept_->attempt;
  return handling == nullptr ? 0 : handling->delivery;
}

const models::Row* Frame::asked() const {
  if (kept_ != nullptr) return kept_->request ? &*kept_->request : nullptr;
  return request == nullptr ? nullptr : &request->row();
}

Value Frame::request_name() const {
  return kept_ != nullptr ? kept_->request_name : request->name();
}

const Value* Frame::timer_key() const {
  if (kept_ != nullptr) return kept_->timer ? &*kept_->timer : nullptr;
  return timer == nullptr ? nullptr : &timer->key();
}

void Frame::add_branches(sim::Hasher& hasher) const {
  hasher.add((is_cut_ ? 1U : 0U) | (failed_ ? 2U : 0U) | std::uint64_t{winner_} << 2);
  hasher.add(branches_.size());
  for (const Branch& branch : branches_) {
    hasher.add((branch.frame != nullptr ? 1U : 0U) | (branch.failed ? 2U : 0U));
    if (branch.frame != nullptr) branch.frame->fingerprint(hasher);
  }
  if (kept_ == nullptr) return;
  if (kept_->event) kept_->event->fingerprint(hasher);
  kept_->request_name.fingerprint(hasher);
  hasher.add(static_cast<std::uint64_t>(kept_->attempt));
  if (kept_->request) {
    for (const Value& value : *kept_->request) value.fingerprint(hasher);
  }
  if (kept_->timer) kept_->timer->fingerprint(hasher);
}

}  // namespace onceward::scenarios
