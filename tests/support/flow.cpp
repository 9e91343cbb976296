#include "tests/support/flow.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "sim/search/sources.hpp"
#include "sim/search/visited.hpp"

namespace onceward::tests {
namespace {

const sim::Symbol kNotes("notes");
const sim::Symbol kLedger("ledger");
const sim::Symbol kShop("shop");
const sim::Symbol kBus("bus");
const sim::Symbol kApi("payments");
const sim::Symbol kStore("cache");
const sim::Symbol kTimers("timers");
const sim::Symbol kClients("clients");
const sim::Site kArrival("request");

constexpr std::uint32_t kStepsMax = 2'000;
constexpr std::uint64_t kStatesMax = 1'000'000;
constexpr std::uint64_t kStepsCompared = 20'000;
constexpr std::size_t kEntriesShown = 60;  // of the trace of a run that failed

}  // namespace

// Where the processes note what they saw: a component, so that notes survive crashes.
class Notebook final : public sim::Component {
 public:
  Notebook(const sim::Symbol& name, sim::OwnerId owner, std::size_t processes)
      : Component(name, owner) {
    notes_.resize(processes);
  }
  void add(std::size_t process, const sim::Value& note) { notes_[process].push_back(note); }
  [[nodiscard]] const sim::Vector<sim::Value>& of(std::size_t process) const {
    return notes_[process];
  }
  void fingerprint(sim::Hasher& hasher) const override {
    for (const sim::Vector<sim::Value>& notes : notes_) {
      hasher.add(notes.size());
      for (const sim::Value& note : notes) note.fingerprint(hasher);
    }
  }

 private:
  sim::Vector<sim::Vector<sim::Value>> notes_;
};

namespace {

// The components of a flow's world, in the order in which `build` makes them.
template <class T>
T& component(const sim::World& world, std::size_t index) {
  return static_cast<T&>(*world.components()[index]);
}
Notebook& notebook(const sim::World& world) { return component<Notebook>(world, 0); }
models::Ledger& ledger(const sim::World& world) { return component<models::Ledger>(world, 1); }
models::Database& database(const sim::World& world) {
  return component<models::Database>(world, 2);
}
models::Log& log_of(const sim::World& world) { return component<models::Log>(world, 3); }
models::ExternalService& api(const sim::World& world) {
  return component<models::ExternalService>(world, 4);
}
models::KeyValueStore& store(const sim::World& world) {
  return component<models::KeyValueStore>(world, 5);
}
models::Timers& timers(const sim::World& world) { return component<models::Timers>(world, 6); }

class Pass final : public sim::Periodic {
 public:
  Pass(sim::World& world, sim::Process& process, const sim::Site& at, sim::Duration period,
       Routine routine, Desk& desk)
      : Periodic(world, process, at, period), routine_(routine), desk_(desk) {}

 private:
  sim::Task<> start_pass() override { return routine_(&desk_); }
  Routine routine_;
  Desk& desk_;
};

Sight look(const sim::World& world) {
  Sight sight;
  for (const sim::Process* process : world.processes()) {
    Texts& notes = sight.notes[process->name().text];
    for (const sim::Value& note : notebook(world).of(process->index())) {
      notes.push_back(note.print());
    }
  }
  for (const models::Table& table : database(world).tables()) {
    Texts& rows = sight.rows[table.spec->short_name];
    for (const models::StoredRow& row : table.rows) {
      if (!row.committed.empty()) rows.push_back(table.spec->describe(row.committed));
    }
  }
  for (const models::Partition& partition : log_of(world).topic(0).partitions) {
    sight.partitions.emplace_back();
    for (const models::Message& message : partition.messages) {
      sight.partitions.back().push_back(message.id.print());
    }
  }
  for (const models::Message& message : log_of(world).topic(1).partitions.front().messages) {
    sight.dead.push_back(message.id.print());
  }
  for (const sim::Finding& finding : world.findings()) {
    sight.findings.push_back(finding.invariant->text + " " + finding.entity.print() +
                             ": expected " + std::to_string(finding.expected) + ", actual " +
                             std::to_string(finding.actual));
  }
  return sight;
}

// Follows a script and grants wishes.
class Director final : public sim::ChoiceSource {
 public:
  Director(const sim::World& world, const Texts& script, std::vector<Wish> wishes)
      : world_(world), wishes_(std::move(wishes)) {
    for (const std::string& line : script) {
      const std::size_t until = line.find(" until ");
      cues_.push_back(until == std::string::npos
                          ? Cue{line, ""}
                          : Cue{line.substr(0, until), line.substr(until + 7)});
    }
  }

  std::uint32_t choose(const sim::ChoicePoint& point) override {
    return point.kind == sim::ChoiceKind::order ? choose_next(point) : grant(point);
  }
  sim::Duration draw(const sim::Window& window) override { return window.earliest; }

  // A step is about to be made. What comes next without a choice is the only operation pending.
  void before_step() {
    actor_.clear();
    for (const sim::Process* process : world_.processes()) {
      for (const sim::Activity* activity : process->activities()) {
        const sim::Occurrence* next = activity->waiting_for;
        const bool pending = next != nullptr && next->phase == sim::Occurrence::Phase::pending;
        if (pending) actor_ = process->name().text;
      }
    }
  }

  void after_step(const std::string& happened) {
    if (!mistake_.empty() || at_ == cues_.size()) return;
    const Cue& cue = cues_[at_];
    if (!fits(cue, actor_, happened)) {
      mistake_ = "the script wants \"" + cue.who + "\" next, but there is only: " + happened;
    }
    if (cue.until.empty() || happened.starts_with(cue.until)) ++at_;
  }

  // What kept the run from being as it was asked for; empty: nothing.
  [[nodiscard]] std::string mistake() const {
    if (!mistake_.empty()) return mistake_;
    if (at_ < cues_.size()) {
      return "the run is quiet before the script gets to \"" + cues_[at_].who + "\"";
    }
    if (!wishes_.empty()) {
      return "never an option: " + wishes_.front().option + " at " + wishes_.front().site;
    }
    return "";
  }

  Texts asked;
  std::vector<std::size_t> options;

 private:
  struct Cue {
    std::string who;
    std::string until;
  };

  [[nodiscard]] bool fits(const Cue& cue, const std::string& actor, const std::string& what) const {
    const auto& processes = world_.processes();
    const bool names_process =
        std::any_of(processes.begin(), processes.end(),
                    [&](const sim::Process* process) { return process->name().text == cue.who; });
    return names_process ? cue.who == actor : what.starts_with(cue.who);
  }

  // Whose operation it is; empty for what is nobody's.
  [[nodiscard]] std::string actor_of(const sim::Hash128& id) const {
    for (const sim::Process* process : world_.processes()) {
      for (const sim::Activity* activity : process->activities()) {
        if (activity->waiting_for != nullptr && activity->waiting_for->id == id) {
          return process->name().text;
        }
      }
    }
    return "";
  }

  std::uint32_t choose_next(const sim::ChoicePoint& point) {
    std::uint32_t chosen = 0;
    if (at_ < cues_.size()) {
      const auto fits_here = [&](std::uint32_t i) {
        return fits(cues_[at_], actor_of(point.option_id(i)), point.option_text(i));
      };
      while (chosen < point.arity && !fits_here(chosen)) ++chosen;
      if (chosen == point.arity) {
        mistake_ = "the script wants \"" + cues_[at_].who + "\" next, but there are only:";
        for (std::uint32_t i = 0; i < point.arity; ++i) mistake_ += "\n  " + point.option_text(i);
        at_ = cues_.size();
        chosen = 0;
      }
    }
    actor_ = actor_of(point.option_id(chosen));
    return chosen;
  }

  std::uint32_t grant(const sim::ChoicePoint& point) {
    asked.push_back(std::string(sim::to_text(point.kind)) + " " + point.site->text);
    options.push_back(point.arity);
    for (auto wish = wishes_.begin(); wish != wishes_.end(); ++wish) {
      if (wish->site != point.site->text) continue;
      for (std::uint32_t i = 0; i < point.arity; ++i) {
        if (point.option_text(i) != wish->option) continue;
        wishes_.erase(wish);
        return i;
      }
      break;
    }
    return 0;
  }

  const sim::World& world_;
  std::vector<Cue> cues_;
  std::size_t at_ = 0;
  std::vector<Wish> wishes_;
  std::string actor_;  // of this step
  std::string mistake_;
};

std::string happened(const sim::PathLog& path, std::uint32_t step) {
  for (auto found = path.constraints.rbegin(); found != path.constraints.rend(); ++found) {
    if (found->second == step && !found->who.empty()) return found->who;
  }
  return "";
}

// Depth-first over snapshots: every run, or every state once.
class Enumeration {
 public:
  Enumeration(const Flow& flow, const Flow::Tell& tell, bool merges, std::uint64_t steps_max)
      : world_(flow, sim::Reading::any, flow.faults),
        tell_(tell),
        merges_(merges),
        steps_left_(steps_max) {
    world_.reset(source_);
    visit();
  }
  std::set<std::string> outcomes;
  [[nodiscard]] bool complete() const { return steps_left_ > 0; }

 private:
  void visit() {
    if (merges_ && visited_.enter(world_.fingerprint()) != sim::Visited::Answer::added) return;
    sim::Arena::Snapshot here;
    world_.save(here);
    std::vector<std::uint32_t> script;
    do {
      if (steps_left_ == 0 || --steps_left_ == 0) return;
      world_.restore(here);
      source_.follow(script);
      const bool moved = world_.step();
      const std::vector<sim::ScriptedSource::Made> made = source_.made();
      if (moved) {
        visit();
      } else {
        outcomes.insert(tell_(look(world_)));
      }
      std::size_t length = made.size();
      while (length > 0 && made[length - 1].index + 1 == made[length - 1].arity) --length;
      script.clear();
      for (std::size_t i = 0; i < length; ++i) script.push_back(made[i].index);
      if (length > 0) ++script.back();
    } while (!script.empty());
  }

  sim::World world_;
  const Flow::Tell& tell_;
  bool merges_;
  std::uint64_t steps_left_;
  sim::ScriptedSource source_;
  sim::Visited visited_;
};

}  // namespace

// ---- values and rows -------------------------------------------------------------------------

sim::Value text(const char* words) { return sim::Value::text(sim::frozen_text(words)); }

models::Row item(const char* id, std::int64_t amount, const char* code) {
  return {
      text(id), {}, code == nullptr ? sim::Value() : text(code), sim::Value::integer(amount), {}};
}

models::Row account(const char* id, std::int64_t balance) {
  return {text(id), sim::Value::integer(balance)};
}

models::Message placed(const char* id, const char* key) {
  models::Message message;
  message.id = text(id);
  message.type = text("Placed");
  message.key = text(key == nullptr ? id : key);
  return message;
}

sim::Task<> publish(Desk* at, std::size_t count) {
  static const sim::Site site("publish");
  static const char* const kIds[] = {"o1", "o2", "o3", "o4"};
  for (std::size_t i = 0; i < count; ++i) {
    const models::Message message = placed(kIds[i]);
    co_await at->log->append(0, message, site);
  }
}

std::string say(const char* words) { return words; }
std::string say(std::int64_t number) { return std::to_string(number); }
std::string say(models::Status status) { return models::to_text(status); }
std::string say(const models::StatementResult& result) {
  return say(result.status) + " " + std::to_string(result.rows);
}
std::string say(const sim::Value& value) { return value.print(); }
std::string say(const models::Rows& rows) {
  std::string words;
  for (const models::Row& row : rows) words += (words.empty() ? "" : " ") + row.front().print();
  return words.empty() ? "nothing" : words;
}

// ---- the service -----------------------------------------------------------------------------

Desk::Desk(const Flow& flow, sim::World& in, sim::Process& as)
    : db(&database(in)),
      log(&log_of(in)),
      api(&tests::api(in)),
      store(&tests::store(in)),
      timers(&tests::timers(in)),
      cells(new models::Memory(
          in, flow.cells_,
          static_cast<sim::ResourceId>(flow.first_cell_ + as.index() * flow.cells_.size()))),
      ledger(&tests::ledger(in)),
      world(&in),
      process(&as),
      flow_(&flow) {}

Desk::~Desk() {
  for (sim::Periodic* periodic : periodics_) delete periodic;
  delete cells;
}

void Desk::fingerprint(sim::Hasher& hasher) const {
  hasher.add(memory);
  cells->fingerprint(hasher);
}

void Desk::start(sim::World& in, sim::Process& as) {
  for (const Flow::Work& work : flow_->crew_of(as).work) {
    if (work.when == Flow::When::periodic) {
      periodics_.push_back(new Pass(in, as, *work.site, work.period, work.routine, *this));
    } else if (work.when == Flow::When::every_incarnation || as.incarnation() == 1) {
      as.spawn(in, *work.site, nullptr, [&] { return work.routine(this); });
    }
  }
}

sim::Task<> Desk::on_request(models::RequestHandling* handling) {
  return flow_->crew_of(*process).on_request(this, handling);
}

sim::Task<> Desk::on_message(models::Handling* handling) {
  return flow_->on_message_[handling->group->spec().handler](this, handling);
}

sim::Task<> Desk::on_timer(models::Timer* timer) {
  return flow_->on_timer_[timer->spec().handler](this, timer);
}

void Desk::write(const std::string& note) const {
  Notebook& book = notebook(*world);
  const sim::Arena::Entered entered(world->arena(), book.owner());
  book.add(process->index(), sim::Value::text(sim::frozen_text(note)));
}

// ---- a run -----------------------------------------------------------------------------------

std::size_t Run::told(const std::string& words) const {
  return static_cast<std::size_t>(std::count_if(
      trace.begin(), trace.end(),
      [&](const std::string& entry) { return entry.find(words) != std::string::npos; }));
}

bool Run::told_before(const std::string& first, const std::string& second) const {
  const auto find = [&](const std::string& words) {
    return std::find_if(trace.begin(), trace.end(), [&](const std::string& entry) {
      return entry.find(words) != std::string::npos;
    });
  };
  return find(first) < find(second);
}

// ---- the flow --------------------------------------------------------------------------------

Flow::Flow()
    : items_("shop", "items"),
      accounts_("shop", "accounts"),
      topic_("bus", "orders"),
      dead_("bus", "dead"),
      request_("PlaceOrder"),
      database_(models::find_database_profile("postgres@15")),
      broker_(*models::find_broker_profile("kafka@4")) {
  items_.columns = {"id", "seq", "code", "amount", "at"};
  items_.key = kId;
  items_.sequence = kSeq;
  items_.unique = {kCode};
  accounts_.columns = {"id", "balance"};
  accounts_.key = kId;
  items_.shows_locks = accounts_.shows_locks = true;
  request_.fields = {"of"};
}

void Flow::database(const char* profile) { database_ = models::find_database_profile(profile); }

void Flow::broker(const char* profile) { broker_ = *models::find_broker_profile(profile); }

const sim::Symbol& Flow::symbol(const std::string& name) {
  for (const sim::Symbol& symbol : symbols_) {
    if (symbol.text == name) return symbol;
  }
  return symbols_.emplace_back(name);
}

Flow::Crew& Flow::crew(const char* name) {
  for (Crew& crew : crews_) {
    if (crew.name->text == name) return crew;
  }
  const sim::Symbol* named = &symbol(name);
  crews_.push_back({named, {}, nullptr, {named}});
  return crews_.back();
}

const Flow::Crew& Flow::crew_of(const sim::Process& process) const {
  const auto found = std::find_if(crews_.begin(), crews_.end(), [&](const Crew& crew) {
    return crew.name == &process.service_name();
  });
  REQUIRE(found != crews_.end());
  return *found;
}

void Flow::instances(const char* name, std::uint32_t count) {
  Crew& all = crew(name);
  all.processes.clear();
  for (std::uint32_t i = 1; i <= count; ++i) {
    all.processes.push_back(&symbol(std::string(name) + "-" + std::to_string(i)));
  }
}

void Flow::process(const char* name, Routine routine) {
  crew(name).work.push_back({When::every_incarnation, {}, routine, &symbol(name)});
}

void Flow::once(const char* name, Routine routine) {
  crew(name).work.push_back({When::first_incarnation, {}, routine, &symbol(name)});
}

void Flow::every(const char* name, sim::Duration period, Routine routine) {
  crew(name).work.push_back({When::periodic, period, routine, &symbol(name)});
}

models::GroupSpec& Flow::consumer(const char* name, OnMessage handler) {
  models::GroupSpec& group = groups_.emplace_back(name);
  group.topic = &topic_;
  group.process = crew(name).name;
  group.site = &symbol("take");
  group.handler = static_cast<std::uint32_t>(on_message_.size());
  on_message_.push_back(handler);
  return group;
}

void Flow::server(const char* name, OnRequest handler) { crew(name).on_request = handler; }

models::RequestOrder& Flow::request(const char* server, const char* of, const sim::Window& window) {
  models::RequestOrder& order = orders_.emplace_back();
  order.spec = &request_;
  order.process = crew(server).name;
  order.site = &kArrival;
  order.handler_site = &symbol(server);
  order.values = {text(of)};
  order.window = window;
  return order;
}

void Flow::starts_with(const char* id) {
  const auto number = static_cast<std::int64_t>(items_.rows.size()) + 1;
  items_.rows.push_back({text(id), sim::Value::integer(number), {}, sim::Value::integer(0), {}});
}

void Flow::timer(const char* name, const char* timer, bool durable, OnTimer handler) {
  models::TimerSpec& spec = timers_.emplace_back(timer);
  spec.durable = durable;
  spec.site = &symbol(timer);
  spec.handler = static_cast<std::uint32_t>(on_timer_.size());
  timed_ = crew(name).name;
  on_timer_.push_back(handler);
}

void Flow::cell(const char* name, models::CellKind kind, const sim::Value& initial) {
  cells_.push_back({name, kind, initial, {}});
}

models::ObligationSpec& Flow::items_owe(const char* effect) {
  models::ObligationSpec& obligation = obligations_.emplace_back();
  obligation.text = std::string("each item owes ") + effect;
  obligation.cause.table = &items_;
  obligation.cause.of = [](sim::World&, const models::Fact& fact) { return fact.row->front(); };
  obligation.owed = {{&symbol(effect)}};
  obligation.ordered = true;
  return obligation;
}

models::ObligationSpec& Flow::requests_owe(const char* effect) {
  models::ObligationSpec& obligation = items_owe(effect);
  obligation.text = std::string("each request owes ") + effect;
  obligation.cause.kind = models::CauseKind::request;
  obligation.cause.request = &request_;
  return obligation;
}

void Flow::allow(std::uint32_t budget, const std::vector<sim::FaultKind>& kinds) {
  faults.budget = budget;
  for (const sim::FaultKind kind : kinds) faults.rules.push_back({kind, "", ~0U, {}});
}

void Flow::build(sim::World& world) const {
  std::size_t processes = 0;
  for (const Crew& each : crews_) processes += each.processes.size();
  world.add_component<Notebook>(kNotes, processes);
  models::LedgerSpec spec;
  for (const models::ObligationSpec& each : obligations_) spec.obligations.push_back(&each);
  models::Ledger::Oracles oracles;
  for (const models::Oracle* oracle : models::oracle_catalogue()) {
    const bool judged =
        std::any_of(obligations_.begin(), obligations_.end(), [&](const auto& each) {
          return oracle->by_default(each) || oracle == &models::per_key_order();
        });
    if (judged) oracles.push_back(oracle);
  }
  auto& book = world.add_component<models::Ledger>(kLedger, spec, oracles);
  const std::vector<const models::TableSpec*> tables = {&items_, &accounts_};
  world.add_component<models::Database>(kShop, world, *database_, tables, book);
  const std::vector<const models::TopicSpec*> topics = {&topic_, &dead_};
  auto& bus = world.add_component<models::Log>(kBus, world, broker_, topics, book);
  world.add_component<models::ExternalService>(kApi, world, key_window_, book);
  world.add_component<models::KeyValueStore>(kStore, world, models::store_profiles().front());
  std::vector<const models::TimerSpec*> timers;
  for (const models::TimerSpec& timer : timers_) timers.push_back(&timer);
  world.add_component<models::Timers>(kTimers, world, timed_ == nullptr ? kTimers : *timed_,
                                      timers);
  const auto cells = static_cast<std::uint32_t>(crews_.size() * cells_.size());
  first_cell_ = static_cast<std::uint32_t>(world.add_resources(cells));
  std::vector<const models::RequestOrder*> orders;
  for (const models::RequestOrder& order : orders_) orders.push_back(&order);
  world.add_component<models::Workload>(kClients, world, orders, book);
  for (const Crew& each : crews_) {
    for (const sim::Symbol* name : each.processes) {
      const auto make = [this, &world](sim::Process& process) {
        return new Desk(*this, world, process);
      };
      world.add_process(*name, make, {.service = each.name, .restarts = each.restarts});
    }
  }
  for (const models::GroupSpec& group : groups_) bus.add_group(world, group);
}

Run Flow::play(const Texts& script, const std::vector<Wish>& wishes) const {
  Run run;
  sim::World world(*this, sim::Reading::any, faults);
  Director director(world, script, wishes);
  sim::Trace trace;
  sim::PathLog path;
  world.record(&trace, &path);
  world.reset(director);
  director.before_step();
  while (world.steps() < kStepsMax && world.step()) {
    director.after_step(happened(path, world.steps()));
    director.before_step();
  }
  static_cast<Sight&>(run) = look(world);
  for (const sim::TraceEntry& entry : trace) {
    run.trace.push_back(entry.lane + ": " + entry.text);
    if (entry.mark == sim::Mark::effect) run.effects.push_back(entry.text.substr(7));
  }
  run.asked = director.asked;
  run.options = director.options;
  run.timing = sim::solve(path);
  run.steps = world.steps();
  const std::string mistake =
      run.steps == kStepsMax ? "the run does not get quiet" : director.mistake();
  if (!mistake.empty()) {
    std::string told;
    for (std::size_t i = 0; i < std::min(run.trace.size(), kEntriesShown); ++i) {
      told += "\n  " + run.trace[i];
    }
    FAIL(mistake << "\nThe run:" << told);
  }
  return run;
}

std::set<std::string> Flow::outcomes(const Tell& tell) const {
  const Enumeration merged(*this, tell, true, kStatesMax);
  if (!merged.complete()) FAIL("too many states to enumerate");
  const Enumeration unmerged(*this, tell, false, kStepsCompared);
  if (unmerged.complete()) CHECK(unmerged.outcomes == merged.outcomes);
  return merged.outcomes;
}

std::set<std::string> Flow::outcomes_unmerged(const Tell& tell) const {
  const Enumeration unmerged(*this, tell, false, kStatesMax);
  if (!unmerged.complete()) FAIL("too many runs to enumerate");
  return unmerged.outcomes;
}

std::string Flow::all_notes(const Sight& sight) {
  std::string told;
  for (const auto& [process, notes] : sight.notes) {
    if (notes.empty()) continue;
    told += (told.empty() ? "" : " | ") + process + ": ";
    for (const std::string& note : notes) told += (&note == &notes.front() ? "" : ", ") + note;
  }
  return told;
}

sim::Result Flow::explore(const sim::SearchOptions& options) const {
  return sim::explore(*this, faults, options);
}

}  // namespace onceward::tests
