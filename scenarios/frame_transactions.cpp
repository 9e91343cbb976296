// The transactions of a handler run: which one a step is about, and what runs when one ends.
#include <algorithm>

#include "scenarios/interpreter.hpp"
#include "scenarios/mistake.hpp"

namespace onceward::scenarios {

using models::Status;
using sim::Value;

namespace {

constexpr std::uint32_t kSeveral = kNone - 1;

// Steps that mean nothing without a transaction.
bool needs_transaction(const Step& step) {
  switch (step.kind) {
    case StepKind::commit:
    case StepKind::prepare:
    case StepKind::savepoint:
    case StepKind::after_commit:
    case StepKind::after_rollback:
      return true;
    case StepKind::rollback:
      return step.word != nullptr;
    case StepKind::effect:
      return step.component != kNone;
    case StepKind::select:
      return step.lock != models::RowLock::none;
    default:
      return step.within == Within::database || step.within == Within::variable;
  }
}

bool is_about_transaction(const Step& step) {
  switch (step.kind) {
    case StepKind::insert:
    case StepKind::select:
    case StepKind::update:
    case StepKind::erase:
    case StepKind::rollback:
      return true;
    default:
      return needs_transaction(step);
  }
}

}  // namespace

std::uint32_t Frame::only_open(std::uint32_t database) const {
  std::uint32_t open = kNone;
  for (std::uint32_t i = 0; i < transactions_.size(); ++i) {
    if (handler->transactions[i] != database || !transactions_[i].is_open()) continue;
    if (open != kNone) return kSeveral;
    open = i;
  }
  return open;
}

bool Frame::has_open(std::uint32_t database) const {
  return only_open(database) != kNone || (parent_ != nullptr && parent_->has_open(database));
}

std::uint32_t Frame::number_of(const Step& step) const {
  switch (step.within) {
    case Within::none:
      return kNone;
    case Within::variable:
      return transactions_[step.transaction].is_open() ? step.transaction : kNone;
    case Within::database:
      if (transactions_[step.component].is_open()) return step.component;
      [[fallthrough]];
    default:
      return only_open(step.component);
  }
}

const char* Frame::transaction_obstacle(const Step& step) const {
  if (step.kind == StepKind::begin) {
    if (!transactions_[step.transaction].is_open()) return nullptr;
    return step.transaction == step.component ? "this database has an open transaction already"
                                              : "a transaction of this name is open already";
  }
  if (!is_about_transaction(step)) return nullptr;
  const std::uint32_t number = number_of(step);
  if (number == kSeveral) {
    return "several transactions are open on this database: say by its name which one is meant";
  }
  if (number == kNone && step.within == Within::any && parent_ != nullptr &&
      parent_->has_open(step.component)) {
    return "the transaction that the handler has open is not this branch's: say \"in\": \"none\", "
           "or "
           "begin one in the branch";
  }
  if (number != kNone || !needs_transaction(step)) return nullptr;
  return step.within == Within::variable ? "no transaction of this name is open"
                                         : "no transaction is open on this database";
}

models::Tx Frame::transaction(const Step& step) const {
  const std::uint32_t number = number_of(step);
  return number == kNone ? models::Tx{} : transactions_[number];
}

Value Frame::began(std::uint32_t database, std::uint32_t number) const {
  if (number == kNone) number = only_open(database);
  if (number == kSeveral) number = database;
  if (number == kNone || !transactions_[number].is_open()) return {};
  return components->databases[database]->began(transactions_[number]);
}

Value Frame::oldest_open(std::uint32_t database, std::uint32_t table) const {
  return components->databases[database]->oldest_open(*world, table);
}

void Frame::transaction_control(const Step& step) {
  models::Database& database = *components->databases[step.component];
  const std::uint32_t number = number_of(step);
  switch (step.kind) {
    case StepKind::after_commit:
    case StepKind::after_rollback:
      hooks_.push_back({number, &step});
      return;
    case StepKind::savepoint: {
      const Status status = database.savepoint(*world, transactions_[number], *step.word);
      if (step.name != nullptr) world->pass(*step.name);
      answered(step, status, 0);
      return;
    }
    case StepKind::rollback:
      if (step.name != nullptr) world->pass(*step.name);
      if (number == kNone) return;
      if (step.word == nullptr) {
        database.rollback(*world, transactions_[number]);
        leave_transaction(number, StepKind::after_rollback);
      } else if (database.rollback_to(*world, transactions_[number], *step.word) != Status::ok) {
        report_mistake(*world, "this transaction has set no savepoint of this name",
                       step.site->text);
        end(false);
      }
      return;
    default: {  // an effect within a transaction
      const Value of = evaluate(step.value);
      prepare_values(step);
      database.carry_effect(*world, transactions_[number], *step.word, of, *step.site, &values);
      if (step.name != nullptr) world->pass(*step.name);
    }
  }
}

void Frame::leave_transaction(std::uint32_t number, StepKind kind) {
  transactions_[number] = {};
  run_hooks(number, kind);
}

void Frame::run_hooks(std::uint32_t number, StepKind kind) {
  // What is entered last runs first.
  for (auto hook = hooks_.rbegin(); hook != hooks_.rend(); ++hook) {
    const Step& step = *hook->step;
    if (hook->transaction == number && step.kind == kind && !step.body.empty()) {
      enter(step.body, nullptr);
    }
  }
  hooks_.erase(std::remove_if(hooks_.begin(), hooks_.end(),
                              [&](const Hook& hook) { return hook.transaction == number; }),
               hooks_.end());
}

bool Frame::roll_back_open() {
  for (std::uint32_t i = 0; i < transactions_.size(); ++i) {
    if (!transactions_[i].is_open()) continue;
    components->databases[handler->transactions[i]]->rollback(*world, transactions_[i]);
    leave_transaction(i, StepKind::after_rollback);
  }
  return !levels_.empty();
}

}  // namespace onceward::scenarios
