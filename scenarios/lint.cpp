#include "scenarios/lint.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "scenarios/expand.hpp"
#include "scenarios/step_words.hpp"

namespace onceward::scenarios {
namespace {

// Nothing: no way leads there.
using Way = std::optional<LintBefore>;

void add(Way& into, const Way& other) {
  if (!other) return;
  if (!into) {
    into = other;
    return;
  }
  into->open.insert(other->open.begin(), other->open.end());
  if (into->acked == nullptr) into->acked = other->acked;
  if (into->stored == nullptr) into->stored = other->stored;
  into->published.insert(other->published.begin(), other->published.end());
  into->told_apart = into->told_apart || other->told_apart;
  into->remembered = into->remembered || other->remembered;
  into->left_early = into->left_early || other->left_early;
  into->looked_up.insert(other->looked_up.begin(), other->looked_up.end());
  into->noted.insert(other->noted.begin(), other->noted.end());
  into->recorded.insert(other->recorded.begin(), other->recorded.end());
}

class Walk {
 public:
  explicit Walk(std::vector<LintStep>& steps) : steps_(steps) {}

  // `list`: of steps, of lists of steps, or of objects that hold such lists.
  Way block(const Node& list, LintBefore before, bool guarded) {
    Way alternatives;
    for (const Node& each : list.items) {
      if (each.kind == Node::Kind::array) {
        before = block(each, before, guarded).value_or(before);
      } else if (const StepHelp* help = find_step(each); help != nullptr) {
        Way after = step(each, *help, std::move(before), guarded);
        if (!after) return std::nullopt;
        before = std::move(*after);
      } else {
        for (const Member& member : each.members) {
          if (member.value.kind == Node::Kind::array) {
            add(alternatives, block(member.value, before, true));
          }
        }
      }
    }
    return alternatives ? alternatives : Way(std::move(before));
  }

 private:
  Way step(const Node& node, const StepHelp& help, LintBefore before, bool guarded) {
    steps_.push_back({help.word, &node, guarded, help.acts, before});
    note(steps_.back(), help, before);
    switch (help.kind) {
      case StepKind::leave:
      case StepKind::fail:
      case StepKind::exit:
        return std::nullopt;
      case StepKind::leave_loop:
      case StepKind::next_round:
        add(left_, before);
        return std::nullopt;
      case StepKind::when:
        return choice(node, before);
      case StepKind::for_each:
      case StepKind::loop:
        return rounds(node, before, guarded);
      case StepKind::after_commit:
      case StepKind::after_rollback:
      case StepKind::spawn:
        elsewhere(node, help, before, guarded);
        return before;
      default:
        break;
    }
    const bool chooses = help.kind == StepKind::either;
    for (const Member& member : node.members) {
      if (member.key == "on_error" || member.value.kind != Node::Kind::array) continue;
      before = block(member.value, before, guarded || chooses).value_or(before);
    }
    return before;
  }

  // A condition may be what finds a copy out; behind it, if a way ended there.
  Way choice(const Node& node, const LintBefore& before) {
    Way after;
    bool ended = false;
    for (const char* name : {"then", "else"}) {
      const Node* list = node.find(name);
      const Way end = list == nullptr ? Way(before) : block(*list, before, true);
      ended = ended || !end;
      add(after, end);
    }
    if (after && ended) after->told_apart = after->left_early = true;
    return after;
  }

  // Steps that run after a transaction, or in a task that has none.
  void elsewhere(const Node& node, const StepHelp& help, LintBefore before, bool guarded) {
    const bool spawned = help.kind == StepKind::spawn;
    const Node* subject = node.find(help.word);
    std::erase_if(before.open, [&](const LintBefore::Transaction& each) {
      return spawned || each.name == subject->text || each.database == subject->text;
    });
    if (help.kind == StepKind::after_commit) before.stored = &node;
    const Node* steps = spawned ? subject : node.find("do");
    if (steps != nullptr) static_cast<void>(block(*steps, before, guarded));
  }

  Way rounds(const Node& node, const LintBefore& before, bool guarded) {
    const Way outer = std::exchange(left_, before);
    if (const Node* list = node.find("do")) add(left_, block(*list, before, guarded));
    return std::exchange(left_, outer);
  }

  // What a step itself adds to what was done.
  static void note(const LintStep& step, const StepHelp& help, LintBefore& before) {
    const Node* subject = step.node->find(help.word);
    const std::string name = subject == nullptr ? std::string() : subject->text;
    const Node* as = step.node->find("as");
    if (help.kind == StepKind::begin) {
      before.open.insert({name, as == nullptr ? name : as->text});
    } else if (help.kind == StepKind::commit ||
               (help.kind == StepKind::rollback && step.node->find("to") == nullptr)) {
      std::erase_if(before.open, [&](const LintBefore::Transaction& each) {
        return each.name == name || each.database == name;
      });
    }
    const bool stores = step.changes_rows() && !step.in_transaction();
    if (help.kind == StepKind::commit || stores) before.stored = step.node;
    note_record(step, help, before);
    if (help.kind == StepKind::publish) before.published.insert(step.node);
    if (help.kind == StepKind::ack && before.acked == nullptr) before.acked = step.node;
    // A row or key that may be there already.
    const bool finds_out = step.word == "insert" || step.word == "put";
    if (finds_out) before.told_apart = true;
    const bool ends = help.kind == StepKind::commit && before.told_apart;
    if (ends || (finds_out && (step.word == "put" || stores))) before.remembered = true;
  }

  // A row or key by which a copy that comes later is taken for handled: of an insert or put that
  // tells whether it was there, or of a put where the key was looked up before.
  static void note_record(const LintStep& step, const StepHelp& help, LintBefore& before) {
    if (help.kind == StepKind::commit) {
      before.recorded.insert(before.noted.begin(), before.noted.end());
    }
    if (help.kind == StepKind::commit || help.kind == StepKind::rollback) before.noted.clear();
    const Node* key = step.node->find("key");
    const std::string place =
        key == nullptr ? std::string() : step.node->find(help.word)->text + " " + json_text(*key);
    if (help.kind == StepKind::get) before.looked_up.insert(place);
    const Node* only = step.node->find(step.word == "put" ? "if" : "on_conflict");
    const Node* on_error = step.node->find("on_error");
    const bool asks = only != nullptr && (only->text == "absent" || only->text == "ignore");
    const bool caught = step.word == "insert" && on_error != nullptr;
    const bool known = step.word == "put" && before.looked_up.contains(place);
    const bool tells = asks && step.node->find("as") != nullptr;
    if ((step.word != "insert" && step.word != "put") || (!tells && !caught && !known)) return;
    const bool is_final = step.word == "put" || !step.in_transaction();
    (is_final ? before.recorded : before.noted).insert(step.node);
  }

  std::vector<LintStep>& steps_;
  Way left_;  // where `break` and `continue` of the loop at hand go on
};

LintHandler::On trigger_of(const Node& handler) {
  if (handler.find("every") != nullptr) return LintHandler::On::every;
  const Node* on = handler.find("on");
  if (on == nullptr) return LintHandler::On::other;
  if (on->find("request") != nullptr) return LintHandler::On::request;
  return on->find("topic") != nullptr ? LintHandler::On::topic : LintHandler::On::other;
}

}  // namespace

bool LintStep::changes_rows() const {
  return word == "insert" || word == "update" || word == "delete";
}

std::vector<LintFinding> lint(const Node& root) {
  LintView view{root, {}};
  if (const Node* services = root.find("services"); services != nullptr) {
    for (const Member& service : services->members) {
      const Node* handlers = service.value.find("handlers");
      if (handlers == nullptr) continue;
      for (const Node& each : handlers->items) {
        LintHandler handler{trigger_of(each), service.key, &service.value, &each, {}};
        if (const Node* steps = each.find("do"); steps != nullptr) {
          static_cast<void>(Walk(handler.steps).block(*steps, {}, false));
        }
        view.handlers.push_back(std::move(handler));
      }
    }
  }
  std::vector<LintFinding> findings;
  for (const LintRule& rule : lint_catalogue()) rule.look(view, rule, findings);
  std::stable_sort(findings.begin(), findings.end(),
                   [](const auto& a, const auto& b) { return a.span.begin < b.span.begin; });
  // One entry of "patterns" may have been written out as several handlers, at one place.
  const auto again = [&](std::size_t i) {
    return std::any_of(findings.begin(), findings.begin() + static_cast<std::ptrdiff_t>(i),
                       [&](const LintFinding& other) { return other == findings[i]; });
  };
  for (std::size_t i = findings.size(); i-- > 0;) {
    if (again(i)) findings.erase(findings.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return findings;
}

}  // namespace onceward::scenarios
