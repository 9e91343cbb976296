#include "sim/world.hpp"

#include <algorithm>

#include "sim/assert.hpp"

namespace onceward::sim {
namespace {

const Symbol kWorld("world");
const Site kNext("next");

}  // namespace

const char* to_text(ChoiceKind kind) {
  static constexpr const char* kNames[] = {"order", "fault", "data", "time"};
  return kNames[static_cast<std::size_t>(kind)];
}

bool parse_choice_kind(std::string_view text, ChoiceKind& kind) {
  for (const ChoiceKind each :
       {ChoiceKind::order, ChoiceKind::fault, ChoiceKind::data, ChoiceKind::time}) {
    if (text == to_text(each)) {
      kind = each;
      return true;
    }
  }
  return false;
}

World::World(const Model& model, Reading reading, FaultPlan plan)
    : reading_(reading), plan_(std::move(plan)) {
  detail::current_arena = &arena_;
  core_owner_ = arena_.add_owner();
  build(model);
}

World::~World() {
  if (detail::current_arena == &arena_) detail::current_arena = nullptr;
}

void World::build(const Model& model) {
  const Arena::Entered entered(arena_, core_owner_);
  core_ = new Core(reading_ == Reading::any ? Agenda::Order::sorted : Agenda::Order::heap);
  core_->strikes.resize(plan_.rules.size());
  model.build(*this);
  save(initial_);
}

void World::reset(ChoiceSource& source) {
  source_ = &source;
  restore(initial_);
  const InsideStep inside;
  const Arena::Entered entered(arena_, core_owner_);
  for (Process* process : processes_) start(*process);
  for (Component* component : components_) {
    const Arena::Entered in_component(arena_, component->owner());
    component->on_start(*this);
  }
  run_tasks();
}

void World::save(SavedState& state) {
  arena_.save(state.memory);
  state.shares = whole_.shares();
  arena_.count_from_here();
  as_in_ = nullptr;  // it may have been this one, as it was before
}

void World::restore(const SavedState& state) {
  restore(state.memory, as_in_ == &state ? unchanged_ : OwnerSet());
}

void World::restore(const Arena::Snapshot& snapshot, const OwnerSet& unchanged) {
  detail::current_arena = &arena_;
  arena_.restore(snapshot, unchanged);
  forget_settled();
}

void World::forget_settled() {
  whole_.begin();
  as_in_ = nullptr;
}

ChoiceSource* World::answer_with(ChoiceSource& source) { return std::exchange(source_, &source); }

bool World::is_left_out(std::uint32_t part) const {
  return part < left_out_.size() && left_out_[part];
}

void World::record(Trace* trace, PathLog* path) {
  trace_ = trace;
  path_ = path;
}

Process& World::add_process(const Symbol& name, MakeService make, const ProcessSetup& setup) {
  const OwnerId owner = arena_.add_owner();
  const Arena::Entered entered(arena_, owner);
  const Symbol& service = setup.service != nullptr ? *setup.service : name;
  auto* process = new Process(name, service, owner, static_cast<std::uint32_t>(processes_.size()));
  processes_.push_back(process);
  make_service_.push_back(std::move(make));
  setups_.push_back(setup);
  return *process;
}

std::uint32_t World::add_goal(const FaultRule* rule) {
  ONCEWARD_ASSERT(goals_.size() < 64);
  goals_.push_back(rule == nullptr ? std::optional<FaultRule>() : *rule);
  return static_cast<std::uint32_t>(goals_.size() - 1);
}

Process* World::process(const Symbol& name) const {
  for (Process* process : processes_) {
    if (&process->name() == &name) return process;
  }
  return nullptr;
}

bool World::step() {
  detail::current_arena = &arena_;
  forget_settled();
  Core& core = *core_;
  if (core.agenda.empty()) {
    if (!core.judged) judge();
    return false;
  }
  const Arena::Entered entered(arena_, core_owner_);
  const InsideStep inside;
  const std::uint32_t index = choose_next();
  const Agenda::Entry next = core.agenda.take(index);
  Occurrence& occurrence = *next.occurrence;
  ++core.step;
  core.choices_in_step = 0;
  core.judged = false;
  core.now = std::max(core.now, Instant{next.instant});
  core.happening = occurrence.id;
  core.happening_site = occurrence.id_is_creators ? occurrence.site : nullptr;
  core.happening_n = occurrence.n;
  core.cause = occurrence.entry;
  core.running = occurrence.activity;
  occurrence.phase = Occurrence::Phase::idle;
  if (!heeded_.none()) core.zone.happen(occurrence);
  if (!core.zone.possible()) return true;
  if (path_ != nullptr) log_happened(occurrence);
  const bool owned = occurrence.owned;
  occurrence.happen(*this);
  if (owned) occurrence.dispose();
  run_tasks();
  return true;
}

void World::judge() {
  detail::current_arena = &arena_;
  const Arena::Entered entered(arena_, core_owner_);
  const InsideStep inside;
  core_->judged = true;
  forget_settled();
  for (Component* component : components_) {
    const Arena::Entered in_component(arena_, component->owner());
    component->on_quiet(*this);
  }
  tell_waiting();
}

const Symbol& World::actor(const Symbol& other) const {
  return core_->running != nullptr ? core_->running->process->name() : other;
}

Hash128 World::happening() const {
  const Core& core = *core_;
  if (core.happening_site == nullptr) return core.happening;
  return derive(core.happening, core.happening_site->hash, core.happening_n);
}

std::uint32_t World::choose(const ChoicePoint& point) {
  const OutsideStep gate;
  ONCEWARD_ASSERT(source_ != nullptr);
  const std::uint32_t index = source_->choose(point);
  ONCEWARD_ASSERT(index < point.arity);
  return index;
}

std::uint32_t World::choose_here(ChoicePoint& point, const Site& site) {
  point.owner = happening();
  point.site = &site;
  point.n = core_->choices_in_step++;
  return choose(point);
}

namespace {

// Which pending occurrence comes next.
struct NextPoint final : ChoicePoint {
  const Agenda* agenda = nullptr;
  [[nodiscard]] Hash128 option_id(std::uint32_t i) const override {
    return (*agenda)[i].occurrence->causal_id();
  }
  [[nodiscard]] std::string option_text(std::uint32_t i) const override {
    return (*agenda)[i].occurrence->describe();
  }
};

NextPoint next_point(const Agenda& agenda, std::uint32_t step) {
  NextPoint point;
  point.kind = ChoiceKind::order;
  point.owner = kWorld.hash;
  point.site = &kNext;
  point.n = step;
  point.arity = static_cast<std::uint32_t>(agenda.size());
  point.agenda = &agenda;
  return point;
}

}  // namespace

std::uint32_t World::choose_next() {
  if (reading_ == Reading::sampled) {
    if (source_->wants_decisions()) record_first();
    return 0;
  }
  if (core_->agenda.size() == 1) return 0;
  return choose(next_point(core_->agenda, core_->step));
}

std::uint32_t World::local_option() const {
  const Agenda& agenda = core_->agenda;
  for (std::size_t i = 0; i < agenda.size(); ++i) {
    if (agenda[i].occurrence->is_local(*this)) return static_cast<std::uint32_t>(i);
  }
  return kNoOption;
}

std::vector<Hash128> World::pending_ids() const {
  std::vector<Hash128> ids;
  for (std::size_t i = 0; i < core_->agenda.size(); ++i) {
    ids.push_back(core_->agenda[i].occurrence->causal_id());
  }
  return ids;
}

std::string World::pending_text(const Hash128& id) const {
  for (std::size_t i = 0; i < core_->agenda.size(); ++i) {
    const Occurrence& occurrence = *core_->agenda[i].occurrence;
    if (occurrence.causal_id() == id) return occurrence.describe();
  }
  return {};
}

void World::record_first() {
  if (core_->agenda.size() == 1) return;
  const OutsideStep gate;
  source_->decided(next_point(core_->agenda, core_->step), 0);
}

bool World::choose_flag(const Site& site, const char* first, const char* second) {
  return choose_value(ChoiceKind::data, site, 2,
                      [&](std::uint32_t i) { return std::string(i == 0 ? first : second); }) == 1;
}

// A task may have kept what it saw in its process's memory or drew; the rolling hash stands for it.
void World::remember_memory(Activity& activity) const {
  const Service* service = activity.process->service_;
  if (reading_ == Reading::sampled || activity.exact != nullptr || service == nullptr) return;
  Hasher memory(Hasher::Ids::raw);
  service->fingerprint(memory);
  activity.awaited = derive(activity.awaited, memory.finish(), 0);
}

void World::remember_choice(const Site& site, std::uint32_t index) {
  Activity* activity = core_->running;
  if (activity == nullptr || activity->exact != nullptr) return;
  if (reading_ == Reading::sampled) return;
  activity->awaited = derive(activity->awaited, site.hash, index);
}

void World::run_tasks() {
  Core& core = *core_;
  for (std::size_t next = 0;; ++next) {
    if (detail::next_to_resume) remember_memory(*core.running);
    while (detail::next_to_resume) {
      const Arena::Entered entered(arena_, core.running->process->owner());
      std::exchange(detail::next_to_resume, nullptr).resume();
    }
    if (core.running != nullptr && core.running->root && core.running->root.done()) {
      end_activity(*core.running);
    }
    core.running = nullptr;
    if (next == core.ready.size()) break;
    const Core::Ready ready = core.ready[next];
    core.running = ready.activity;
    detail::next_to_resume = ready.next ? ready.next : ready.activity->root;
  }
  core.ready.clear();
}

void World::end_activity(Activity& activity) {
  core_->cause = activity.entry;
  core_->running = nullptr;
  Process& process = *activity.process;
  const char* const exits = activity.exits;
  if (activity.completion != nullptr) activity.completion->activity_ended(*this, activity);
  drop_activity(activity);
  if (exits != nullptr) fail_process(process, exits);
}

void World::drop_activity(Activity& activity) {
  auto& activities = activity.process->activities_;
  activities.erase(std::find(activities.begin(), activities.end(), &activity));
  activity.root.destroy();
  delete &activity;
}

void World::add(Occurrence& occurrence, Creator& created_by, const Site& site,
                const Window& window) {
  if (occurrence.entry == 0) occurrence.entry = core_->cause;
  add_numbered(occurrence, created_by.next(site), site, window, core_->step, core_->now);
}

void World::add_numbered(Occurrence& occurrence, const Hash128& id, const Site& site,
                         const Window& window, std::uint32_t floor_step, Instant floor) {
  add_counted(occurrence, id, site, window, {floor_step, floor, core_->step});
}

void World::add_for(const Process& process, Occurrence& occurrence, const Hash128& id,
                    const Site& site, const Window& window, std::uint32_t floor_step,
                    Instant floor) {
  add_or_freeze(process, occurrence, id, site, window, {floor_step, floor, core_->step});
}

void World::add_due(const Process& process, Occurrence& occurrence, const Hash128& id,
                    const Site& site, const Value& due, Duration within) {
  const Duration delay(due.number());
  const Instant from = reading_ == Reading::sampled ? instant_of(due.step()) : core_->now;
  add_or_freeze(process, occurrence, id, site, {delay, delay + within},
                {due.step(), from, due.step()});
}

void World::add_or_freeze(const Process& process, Occurrence& occurrence, const Hash128& id,
                          const Site& site, const Window& window, const Ends& ends) {
  if (process.acts()) {
    add_counted(occurrence, id, site, window, ends);
    return;
  }
  describe(occurrence, id, site, window, ends);
  occurrence.phase = Occurrence::Phase::frozen;
  // What a doomed process would do limits when its crash strikes.
  if (process.state() == Process::State::doomed) heed_window(occurrence);
}

void World::add_counted(Occurrence& occurrence, const Hash128& id, const Site& site,
                        const Window& window, const Ends& ends) {
  const Arena::Entered entered(arena_, core_owner_);
  Core& core = *core_;
  ONCEWARD_ASSERT(occurrence.phase != Occurrence::Phase::pending);
  describe(occurrence, id, site, window, ends);
  occurrence.phase = Occurrence::Phase::pending;
  Duration delay = window.earliest;
  std::uint64_t tie = core.next_number++;  // the order of creation
  if (reading_ == Reading::sampled) {
    const OutsideStep gate;
    if (!window.is_point()) delay = source_->draw(window);
    tie |= std::uint64_t{source_->draw_tie()} << 32;
  }
  occurrence.earliest = std::max(core.now, later(ends.floor, delay));
  heed_window(occurrence);
  core.agenda.add({occurrence.earliest.nanoseconds, tie, &occurrence});
}

void World::describe(Occurrence& occurrence, const Hash128& id, const Site& site,
                     const Window& window, const Ends& ends) {
  occurrence.id = id;
  occurrence.site = &site;
  occurrence.window = window;
  occurrence.floor_step = ends.floor_step;
  occurrence.since_step = ends.since_step;
}

void World::add_window(const Occurrence& occurrence) {
  if (!heeded_.has(*occurrence.site)) return;
  const Arena::Entered entered(arena_, core_owner_);
  core_->zone.add(occurrence, core_->step);
}

void World::cancel(Occurrence& occurrence) {
  if (occurrence.phase == Occurrence::Phase::idle) return;
  log_not_due(occurrence, ": was still pending");
  core_->zone.remove(occurrence);
  if (occurrence.phase == Occurrence::Phase::pending) core_->agenda.remove(&occurrence);
  occurrence.phase = Occurrence::Phase::idle;
  if (occurrence.owned) occurrence.dispose();
}

}  // namespace onceward::sim
