// Where a run of a handler stands: control steps, variables, results.
#include <utility>

#include "scenarios/interpreter.hpp"
#include "scenarios/mistake.hpp"

namespace onceward::scenarios {

using models::Status;
using sim::Value;

namespace {

bool is_control(StepKind kind) {
  return !help_of(kind).acts || kind == StepKind::rollback || kind == StepKind::savepoint;
}

// What a process does that ends on an error that nobody caught, by what the error was.
const char* stopping_on(Status error) {
  static constexpr const char* kTexts[] = {"stops: uncaught error",    "stops: uncaught refused",
                                           "stops: uncaught conflict", "stops: uncaught duplicate",
                                           "stops: uncaught partial",  "stops: uncaught timeout"};
  return kTexts[static_cast<std::size_t>(error)];
}

const Value& text_of(Status status) {
  const auto frozen = [](Status each) {
    return Value::text(sim::frozen_text(models::to_text(each)));
  };
  static const Value texts[] = {frozen(Status::ok),       frozen(Status::refused),
                                frozen(Status::conflict), frozen(Status::duplicate),
                                frozen(Status::partial),  frozen(Status::timeout)};
  return texts[static_cast<std::size_t>(status)];
}

Slot::Kind kind_of_result(const Step& step) {
  if (step.is_bulk()) return Slot::Kind::items;
  if (step.kind == StepKind::select || step.kind == StepKind::prepared) return Slot::Kind::rows;
  const bool has_value = step.kind == StepKind::get || step.kind == StepKind::first;
  return has_value ? Slot::Kind::value : Slot::Kind::result;
}

}  // namespace

Frame::Frame(sim::World& in, const Components& parts, const Handler& of)
    : world(&in), components(&parts), handler(&of) {
  slots_.resize(of.slots);
  transactions_.resize(of.transactions.size());
  enter(of.steps, nullptr);
}

void Frame::enter(const Block& block, const Step* loop) {
  const std::size_t passed = world->running() == nullptr ? 0 : world->running()->passed.size();
  levels_.push_back({&block, 0, loop, 0, passed, false, false, {}});
}

void Frame::leave_level() {
  if (levels_.back().locked) memory->unlock(levels_.back().lock);
  levels_.pop_back();
}

bool Frame::begin_round(Level& level) {
  if (level.loop->kind == StepKind::loop) {
    if (level.round >= level.loop->limit) return false;
    Scope in = scope();
    const Step* const outer = std::exchange(current_, level.loop);
    const bool again = level.loop->value.holds(in);
    check(in);
    current_ = outer;
    if (!again) return false;
    world->forget_passed(level.passed);
    ++level.round;
    level.index = 0;
    return true;
  }
  const Slot& rows = slots_[level.loop->loop];
  if (level.round >= rows.rows.size()) return false;
  world->forget_passed(level.passed);
  Slot& each = slots_[level.loop->result];
  each.kind = Slot::Kind::row;
  if (parent_ != nullptr) bound_.push_back(level.loop->result);
  each.row = rows.rows[level.round++];
  level.index = 0;
  return true;
}

const Step* Frame::next() {
  row.clear();
  found.clear();
  message = models::Message{};
  sending = models::Sending{};
  batch.items.clear();
  values.clear();
  key = {};
  current_ = nullptr;
  while (!levels_.empty() || roll_back_open()) {
    if (is_cut_ && !is_shielded()) {
      give_back();
      continue;
    }
    Level& level = levels_.back();
    if (level.index == level.block->size()) {
      if (level.loop == nullptr || !begin_round(level)) leave_level();
      continue;
    }
    const Step& step = (*level.block)[level.index++];
    current_ = &step;
    (*components->reached)[step.number] = 1;
    if (const char* what = transaction_obstacle(step); what != nullptr) {
      report_mistake(*world, what, step.site->text);
      end(false);
      continue;
    }
    if (is_of_process(step.kind)) {
      if (!do_at_once(step)) return &step;
      continue;
    }
    const bool in_transaction = step.kind == StepKind::effect && step.component != kNone;
    if (!is_control(step.kind) && !in_transaction) return &step;
    control(step);
  }
  current_ = nullptr;
  return nullptr;
}

void Frame::control(const Step& step) {
  switch (step.kind) {
    case StepKind::when: {
      Scope in = scope();
      const bool holds = step.value.holds(in);
      check(in);
      const Block& block = holds ? step.body : step.otherwise;
      if (!block.empty()) enter(block, nullptr);
      return;
    }
    case StepKind::for_each:
    case StepKind::loop:
      enter(step.body, &step);
      levels_.back().index = static_cast<std::uint32_t>(step.body.size());
      return;
    case StepKind::leave_loop:
    case StepKind::next_round:
      while (levels_.back().loop == nullptr) leave_level();
      if (step.kind == StepKind::leave_loop) {
        leave_level();
      } else {
        levels_.back().index = static_cast<std::uint32_t>(levels_.back().block->size());
      }
      return;
    case StepKind::either: {
      const Block& block = step.branches.blocks[decide(step)];
      if (!block.empty()) enter(block, nullptr);
      return;
    }
    case StepKind::spawn:
      spawn(step);
      return;
    case StepKind::shield:
      enter(step.body, nullptr);
      levels_.back().shielded = true;
      return;
    case StepKind::exit:
      world->running()->exits = "exits";
      hooks_.clear();
      return end(true);
    case StepKind::leave:
      return end(false);
    case StepKind::fail:
      return give_up(step, nullptr);
    default:
      transaction_control(step);
  }
}

std::uint32_t Frame::decide(const Step& step) {
  Value cause;
  if (step.has_value) {
    cause = evaluate(step.value);
  } else if (asked() != nullptr) {
    cause = request_name();
  } else if (event() != nullptr) {
    cause = event()->id;
  } else if (timer_key() != nullptr) {
    cause = *timer_key();
  }
  const std::uint32_t way = components->decisions->decide(
      *world, *step.site, step.each_time ? Value{} : cause, step.branches.names);
  world->trace(world->running()->process->name(), [&](sim::TraceEntry& entry) {
    entry.text = "goes the way \"" + step.branches.names[way] + "\"";
    if (way > 0) entry.mark = sim::Mark::lost;
    entry.site = step.site->text;
  });
  return way;
}

void Frame::give_up(const Step& step, const char* seen) {
  world->trace(world->running()->process->name(), [&](sim::TraceEntry& entry) {
    entry.text = (seen == nullptr ? "fails" : std::string("sees ") + seen) + " and gives up";
    entry.mark = sim::Mark::lost;
    entry.site = step.site->text;
  });
  end(true);
}

void Frame::end(bool failed) {
  failed_ = failed_ || failed;
  while (!levels_.empty()) leave_level();
}

void Frame::finish() {
  if (parent_ != nullptr) {
    parent_->branch_ended(*this);
    return;
  }
  if (handling != nullptr) {
    handling->failed = failed_;
    const char* const exits = world->running()->exits;
    handling->why = exits != nullptr ? exits : stopping_on(error_);
  }
  if (request != nullptr) request->failed = failed_;
  if (failed_ && handler->fatal) world->running()->exits = stopping_on(error_);
}

void Frame::answered(const Step& step, Status status, std::uint32_t rows, const Value& value) {
  if (step.result != kNone) {
    Slot& slot = slots_[step.result];
    slot.kind = kind_of_result(step);
    if (parent_ != nullptr) bound_.push_back(step.result);
    if (slot.kind == Slot::Kind::value) slot.row.assign(1, value);
    slot.value = text_of(status);
    slot.row_count = rows;
    slot.rows = found;
  }
  const bool ends = step.kind == StepKind::commit || step.kind == StepKind::prepare;
  const std::uint32_t ended = ends ? number_of(step) : kNone;
  if (status != Status::ok) go_on_after(step, status);
  if (!ends) return;
  const bool committed = status == Status::ok && step.kind == StepKind::commit;
  const bool unknown = status == Status::ok || status == Status::timeout;
  leave_transaction(ended, committed ? StepKind::after_commit
                           : unknown ? StepKind::prepare
                                     : StepKind::after_rollback);
}

void Frame::answered_bulk(const Step& step, Status status) {
  const std::uint32_t accepted = batch.accepted();
  if (step.result != kNone) {
    found = slots_[step.loop].rows;
    for (std::size_t i = 0; i < found.size(); ++i) {
      found[i].push_back(Value::boolean(batch.items[i].accepted));
    }
  }
  answered(step, status, accepted);
}

void Frame::go_on_after(const Step& step, Status status) {
  const auto caught = step.on_error.find(status);
  if (caught == step.on_error.end()) {
    error_ = status;
    give_up(step, models::to_text(status));
    return;
  }
  if (!caught->second->empty()) enter(*caught->second, nullptr);
}

Scope Frame::scope() const {
  Scope in;
  in.world = world;
  in.slots = &slots_;
  in.databases = this;
  in.event = event();
  in.attempt = attempt();
  in.request = asked();
  in.timer = timer_key();
  in.memory = memory;
  return in;
}

void Frame::check(const Scope& in) const {
  if (in.mistake != nullptr) report_mistake(*world, in.mistake, current_->site->text);
}

Value Frame::evaluate(const Formula& formula) {
  Scope in = scope();
  const Value value = formula.evaluate(in);
  check(in);
  return value;
}

void Frame::prepare_row(const Step& step) {
  const models::TableSpec& spec = components->databases[step.component]->spec(step.part);
  row.assign(spec.columns.size(), Value{});
  for (const auto& [column, formula] : step.columns) row[column] = evaluate(formula);
}

models::Message Frame::message_of(const Step& step) {
  models::Message made;
  made.type = evaluate(step.value);
  if (made.type.kind() != sim::ValueKind::text) {
    report_mistake(*world, "the type of an event is a text", step.site->text);
    made.type = Value::text(sim::frozen_text("?"));
  }
  made.id = step.has_id ? evaluate(step.id)
                        : Value::minted(world->running()->creator.next(*step.site).low);
  if (step.has_key) made.key = evaluate(step.key);
  if (step.correlation) made.correlation = evaluate(*step.correlation);
  if (step.causation) made.causation = evaluate(*step.causation);
  if (event() != nullptr) made.chain = event()->correlation;
  for (const auto& [name, formula] : step.data) {
    made.data.push_back({name.get(), evaluate(formula)});
  }
  return made;
}

void Frame::prepare_message(const Step& step) { message = message_of(step); }

void Frame::prepare_batch(const Step& step) {
  Slot& item = slots_[step.item];
  item.kind = Slot::Kind::row;
  for (const models::Row& each : slots_[step.loop].rows) {
    item.row = each;
    batch.items.push_back({message_of(step), false});
  }
  item = Slot{};  // known within the step only
}

void Frame::prepare_values(const Step& step) {
  values.clear();
  for (const auto& [name, formula] : step.data) values.push_back({name.get(), evaluate(formula)});
}

bool Frame::matches(sim::World&, const models::Row& candidate) const {
  if (!current_->has_value) return true;
  Scope in = scope();
  in.row = &candidate;
  const bool holds = current_->value.holds(in);
  check(in);
  return holds;
}

bool Frame::would_match(sim::World& in, const models::Row& candidate) const {
  if (!current_->has_value) return true;
  Scope with = scope();
  with.row = &candidate;
  return in.peek([&] { return current_->value.holds(with); }) && with.mistake == nullptr;
}

void Frame::apply(sim::World&, models::Row& changed) const {
  const models::Row before = changed;
  Scope in = scope();
  in.row = &before;
  for (const auto& [column, formula] : current_->columns) changed[column] = formula.evaluate(in);
  check(in);
}

void Frame::fingerprint(sim::Hasher& hasher) const {
  hasher.add(levels_.size());
  for (const Level& level : levels_) {
    hasher.add(level.block->empty() ? sim::Hash128{} : level.block->front().site->hash);
    hasher.add(std::uint64_t{level.index} << 32 | level.round);
    hasher.add(level.passed << 1 | (level.shielded ? 1U : 0U));
    if (level.locked) level.lock.key.fingerprint(hasher);
  }
  const auto add_row = [&](const models::Row& each) {
    hasher.add(each.size());
    for (const Value& value : each) value.fingerprint(hasher);
  };
  for (const Slot& slot : slots_) {
    hasher.add(static_cast<std::uint64_t>(slot.kind));
    slot.value.fingerprint(hasher);
    hasher.add(static_cast<std::uint64_t>(slot.row_count));
    add_row(slot.row);
    hasher.add(slot.rows.size());
    for (const models::Row& each : slot.rows) add_row(each);
  }
  for (std::size_t i = 0; i < transactions_.size(); ++i) {
    components->databases[handler->transactions[i]]->fingerprint(hasher, transactions_[i]);
  }
  hasher.add(hooks_.size());
  for (const Hook& hook : hooks_) {
    hasher.add(hook.transaction);
    hasher.add(hook.step->site->hash);
  }
  add_row(row);
  message.fingerprint(hasher);
  hasher.add(sending.tries);
  hasher.add_minted(sending.id);
  batch.fingerprint(hasher);
  if (handling != nullptr) handling->fingerprint(hasher);
  if (request != nullptr) request->fingerprint(hasher);
  if (timer != nullptr) timer->key_fingerprint(hasher);
  if (pool != nullptr) hasher.add(pool->place(*activity));
  key.fingerprint(hasher);
  hasher.add(values.size());
  for (const models::Field& each : values) each.value.fingerprint(hasher);
  add_branches(hasher);
}

}  // namespace onceward::scenarios
