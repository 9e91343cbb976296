// Reading the steps that begin, end and name transactions.
#include <fmt/core.h>

#include <utility>

#include "scenarios/nearest.hpp"
#include "scenarios/read_steps.hpp"

namespace onceward::scenarios {
namespace {

// What `prepared` finds.
struct PreparedRows : models::TableSpec {
  PreparedRows() : TableSpec("database", "prepared") {
    columns = {"id"};
    key = 0;
  }
};

const models::TableSpec& prepared_rows() {
  static const PreparedRows table;
  return table;
}

}  // namespace

bool StepReader::read_transaction_step(const Fields& fields, const Node& subject,
                                       const std::string& at, Step& step) {
  bool good = true;
  switch (step.kind) {
    case StepKind::begin:
      return read_begin(fields, subject, step);
    case StepKind::rollback:
      return read_rollback(fields, subject, step);
    case StepKind::after_commit:
    case StepKind::after_rollback:
      return read_hook(fields, subject, at, step);
    case StepKind::savepoint: {
      bind_result(fields, step);
      const Node* in = fields.text("in");
      return subject.kind == Node::Kind::text && in != nullptr &&
             read_savepoint(subject, *in, step);
    }
    case StepKind::prepared:
      step.component = reading_.find_database(subject);
      bind(fields, Slot::Kind::rows, &prepared_rows(), step);
      return step.component != kNone;
    case StepKind::commit_prepared:
    case StepKind::rollback_prepared:
      step.component = reading_.find_database(subject);
      good = step.component != kNone;
      break;
    default:  // commit, prepare
      good = find_transaction(subject, step);
  }
  bind_result(fields, step);
  return formula(fields.find("id"), step.id, step.has_id) && good;
}

bool StepReader::read_begin(const Fields& fields, const Node& subject, Step& step) {
  step.component = reading_.find_database(subject);
  if (step.component == kNone) {
    begins_unknown_ = true;
    return false;
  }
  begun_.insert(step.component);
  const DatabaseDescription& database = reading_.program.databases[step.component];
  names_.begun[database.name->text] = {step.component, kNone};
  step.transaction = step.component;
  const Node* as = fields.text("as");
  const bool named = as == nullptr || name_transaction(*as, step);
  const auto level = fields.word("isolation");
  if (!level) return named;
  step.isolation = static_cast<models::Isolation>(*level);
  if (step.isolation == models::Isolation::read_committed || database.profile == nullptr ||
      database.profile->snapshots) {
    return named;
  }
  problems_.add(fields.find("isolation")->span,
                fmt::format("{} is known here at read-committed only", database.profile->name),
                "the other levels are those of postgres@15");
  return false;
}

bool StepReader::name_transaction(const Node& as, Step& step) {
  bool is_database = false;
  for (const DatabaseDescription& each : reading_.program.databases) {
    is_database = is_database || each.name->text == as.text;
  }
  const auto found = transactions_.find(as.text);
  const bool other = found != transactions_.end() && found->second.database != step.component;
  if (is_database || other || names_.variables.contains(as.text)) {
    problems_.add(as.span, fmt::format("\"{}\" is the name of something else here", as.text),
                  "take another name for the transaction");
    return false;
  }
  if (!is_variable(as.text) || as.text == "none") {
    problems_.add(as.span, fmt::format("\"{}\" cannot be the name of a transaction", as.text),
                  "a name is made of letters, digits and _, and means nothing else yet");
    return false;
  }
  if (found != transactions_.end()) {
    step.transaction = found->second.transaction;
    return true;
  }
  step.transaction = static_cast<std::uint32_t>(handler_.transactions.size());
  handler_.transactions.push_back(step.component);
  transactions_[as.text] = {step.component, step.transaction};
  names_.begun[as.text] = {step.component, step.transaction};
  return true;
}

bool StepReader::find_transaction(const Node& node, Step& step) {
  if (node.kind != Node::Kind::text) return false;
  if (const auto found = transactions_.find(node.text); found != transactions_.end()) {
    step.component = found->second.database;
    step.transaction = found->second.transaction;
    step.within = Within::variable;
    return true;
  }
  std::vector<std::string> known;
  bool is_database = false;
  for (std::uint32_t i = 0; i < reading_.program.databases.size(); ++i) {
    known.push_back(reading_.program.databases[i].name->text);
    if (known.back() != node.text) continue;
    step.component = i;
    is_database = true;
  }
  if (!is_database && names_.left_out) return false;
  if (!is_database && !transactions_.empty()) {
    for (const auto& [name, begun] : transactions_) known.push_back(name);
    problems_.add(node.span, fmt::format("unknown transaction or database \"{}\"", node.text),
                  did_you_mean(node.text, known));
    return false;
  }
  if (!is_database) return reading_.find_database(node) != kNone;
  step.within = Within::database;
  if (begins_unknown_ || begun_.contains(step.component)) return true;
  problems_.add(node.span,
                fmt::format("no step before this begins a transaction on \"{}\"", node.text),
                fmt::format("write {{\"begin\": \"{}\"}} before it", node.text));
  return false;
}

bool StepReader::read_in(const Fields& fields, Step& step) {
  const Node* in = fields.text("in");
  if (in == nullptr) return true;
  if (in->text == "none") {
    step.within = Within::none;
    return true;
  }
  const std::uint32_t database = step.component;
  if (!find_transaction(*in, step)) return false;
  if (step.component == database) return true;
  const auto& databases = reading_.program.databases;
  problems_.add(in->span,
                fmt::format("the transaction \"{}\" is on {}, and this table is in {}", in->text,
                            databases[step.component].name->text, databases[database].name->text),
                "a transaction is about one database");
  step.component = database;
  return false;
}

bool StepReader::read_savepoint(const Node& name, const Node& in, Step& step) {
  if (!find_transaction(in, step)) return false;
  if (!is_variable(name.text)) {
    problems_.add(name.span, fmt::format("\"{}\" cannot be the name of a savepoint", name.text),
                  "a name is made of letters, digits and _");
    return false;
  }
  step.word = reading_.symbol(name.text);
  savepoints_[step.component].insert(name.text);
  return true;
}

bool StepReader::read_rollback(const Fields& fields, const Node& subject, Step& step) {
  if (!find_transaction(subject, step)) return false;
  const Node* to = fields.text("to");
  if (to == nullptr) return true;
  const std::set<std::string>& known = savepoints_[step.component];
  step.word = reading_.symbol(to->text);
  if (known.contains(to->text)) return true;
  problems_.add(to->span,
                fmt::format("no step before this sets a savepoint \"{}\" on {}", to->text,
                            reading_.program.databases[step.component].name->text),
                known.empty()
                    ? fmt::format("write {{\"savepoint\": \"{}\", \"in\": \"{}\"}} before it",
                                  to->text, subject.text)
                    : did_you_mean(to->text, {known.begin(), known.end()}));
  return false;
}

bool StepReader::read_hook(const Fields& fields, const Node& subject, const std::string& at,
                           Step& step) {
  const bool good = find_transaction(subject, step);
  const Node* steps = fields.array("do");
  if (steps == nullptr) return false;
  // It runs when the transaction ends, wherever that is: no loop is around it.
  const int loops = std::exchange(loops_, 0);
  step.body = read_block(*steps, at + "/do");
  loops_ = loops;
  return good;
}

bool StepReader::read_row_lock(const Fields& fields, Step& step) {
  const auto word = fields.word("lock");
  if (!word) return true;
  step.lock = static_cast<models::RowLock>(*word + 1);
  const bool begun = begins_unknown_ || begun_.contains(step.component);
  if (begun && step.within != Within::none) return true;
  problems_.add(fields.find("lock")->span,
                "a lock lasts as long as its transaction, and this select has none",
                fmt::format("write {{\"begin\": \"{}\"}} before it",
                            reading_.program.databases[step.component].name->text));
  return false;
}

}  // namespace onceward::scenarios
