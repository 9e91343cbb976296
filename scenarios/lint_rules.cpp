// What `onceward lint` looks for.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "scenarios/expression.hpp"
#include "scenarios/lint.hpp"
#include "sim/time.hpp"
#include "sim/world.hpp"

namespace onceward::scenarios {
namespace {

using Findings = std::vector<LintFinding>;
using On = LintHandler::On;

// What others can see for good: more than a row of a transaction that may still vanish.
bool is_outcome(const LintStep& step) {
  return step.word == "effect" || step.word == "call" || step.word == "publish" ||
         step.word == "commit" || (step.changes_rows() && !step.in_transaction());
}

std::string text_of(const Node* node) { return node == nullptr ? std::string() : node->text; }

void add(Findings& findings, const LintRule& rule, const Node& node, std::string text) {
  findings.push_back({&rule, node.changed.value_or(node.span), std::move(text)});
}

// ---- publishing beside a database ---------------------------------------------------------------

// Whatever hands a message out again repairs a loss: a topic, or the next pass.
void publish_after_commit(const LintView& view, const LintRule& rule, Findings& findings) {
  for (const LintHandler& handler : view.handlers) {
    if (handler.on != On::request) continue;
    for (const LintStep& step : handler.steps) {
      if (step.word != "publish" || step.before.stored == nullptr) continue;
      add(findings, rule, *step.node,
          fmt::format("{} stores first and publishes after: if it dies in between, the event is "
                      "lost and nothing remembers it",
                      handler.service));
    }
  }
}

void publish_before_commit(const LintView& view, const LintRule& rule, Findings& findings) {
  for (const LintHandler& handler : view.handlers) {
    if (handler.on != On::request && handler.on != On::topic) continue;
    std::set<const Node*> early;
    for (const LintStep& step : handler.steps) {
      if (step.word == "publish" && step.in_transaction()) early.insert(step.node);
      if (!step.changes_rows()) continue;
      early.insert(step.before.published.begin(), step.before.published.end());
    }
    for (const LintStep& step : handler.steps) {
      if (!early.contains(step.node)) continue;
      add(findings, rule, *step.node,
          fmt::format("{} publishes before its commit: if the commit does not come to pass, the "
                      "event tells of something that never was",
                      handler.service));
    }
  }
}

void call_in_transaction(const LintView& view, const LintRule& rule, Findings& findings) {
  for (const LintHandler& handler : view.handlers) {
    for (const LintStep& step : handler.steps) {
      if (step.word != "call" || !step.in_transaction()) continue;
      add(findings, rule, *step.node,
          fmt::format("{} calls {} inside an open transaction: its locks are held while it waits, "
                      "and a rollback does not undo the call",
                      handler.service, text_of(step.node->find("call"))));
    }
  }
}

void half_stored(const LintView& view, const LintRule& rule, Findings& findings) {
  for (const LintHandler& handler : view.handlers) {
    if (handler.on != On::request) continue;
    const LintStep* first = nullptr;
    for (const LintStep& step : handler.steps) {
      if (!step.changes_rows() || step.in_transaction() || step.guarded) continue;
      if (first != nullptr) {
        add(findings, rule, *step.node,
            fmt::format("{} changes rows twice without a transaction: if it dies in between, only "
                        "the first change is there",
                        handler.service));
      }
      first = &step;
    }
  }
}

// ---- consuming ----------------------------------------------------------------------------------

void ack_before_effect(const LintView& view, const LintRule& rule, Findings& findings) {
  for (const LintHandler& handler : view.handlers) {
    std::set<const Node*> early;
    for (const LintStep& step : handler.steps) {
      if (is_outcome(step) && step.before.acked != nullptr) early.insert(step.before.acked);
    }
    for (const LintStep& step : handler.steps) {
      if (!early.contains(step.node)) continue;
      add(findings, rule, *step.node,
          fmt::format("{} acknowledges before it has acted: if it dies in between, the event does "
                      "not come again",
                      handler.service));
    }
  }
}

// What an insert does about a row that is there is not followed: it counts as sending copies away.
void record_before_effect(const LintView& view, const LintRule& rule, Findings& findings) {
  for (const LintHandler& handler : view.handlers) {
    if (handler.on != On::topic && handler.on != On::request) continue;
    const char* const what = handler.on == On::topic ? "event" : "request";
    std::set<const Node*> early;
    for (const LintStep& step : handler.steps) {
      if (step.word != "effect" && step.word != "call") continue;
      for (const Node* record : step.before.recorded) {
        const bool guards =
            step.guarded || step.before.left_early || record->find("on_error") != nullptr;
        if (guards) early.insert(record);
      }
    }
    for (const LintStep& step : handler.steps) {
      if (!early.contains(step.node)) continue;
      add(findings, rule, *step.node,
          fmt::format("{0} records the {1} before it has acted: if it dies in between, the {1} "
                      "comes again and is taken for a copy; record it in the transaction of the "
                      "effect, or after a call that has an idempotency key",
                      handler.service, what));
    }
  }
}

// Any condition, and any row that can be there already, counts as an attempt at keeping copies out.
void no_dedup(const LintView& view, const LintRule& rule, Findings& findings) {
  for (const LintHandler& handler : view.handlers) {
    if (handler.on != On::topic) continue;
    for (const LintStep& step : handler.steps) {
      if (step.word != "effect" || step.guarded || step.before.told_apart) continue;
      add(findings, rule, *step.node,
          fmt::format("{} acts on every delivery: an event that comes twice acts twice",
                      handler.service));
    }
  }
}

// Of what is acknowledged or remembered before the call, none is made twice: it may be lost
// instead.
void call_without_key(const LintView& view, const LintRule& rule, Findings& findings) {
  for (const LintHandler& handler : view.handlers) {
    if (handler.on != On::topic) continue;
    for (const LintStep& step : handler.steps) {
      if (step.word != "call" || step.node->find("idempotency_key") != nullptr) continue;
      if (step.before.acked != nullptr || step.before.remembered) continue;
      add(findings, rule, *step.node,
          fmt::format("{} calls {} without an idempotency key: if it dies before it has "
                      "acknowledged, the event comes again and so does the call",
                      handler.service, text_of(step.node->find("call"))));
    }
  }
}

void unconsumed_topic(const LintView& view, const LintRule& rule, Findings& findings) {
  std::set<std::string> read;
  for (const LintHandler& handler : view.handlers) {
    if (handler.on == On::topic) read.insert(text_of(handler.node->find("on")->find("topic")));
  }
  for (const LintHandler& handler : view.handlers) {
    for (const LintStep& step : handler.steps) {
      const Node* to = step.word == "publish" ? step.node->find("to") : nullptr;
      if (to == nullptr || !read.insert(to->text).second) continue;
      add(findings, rule, *to, fmt::format("nobody consumes {}", to->text));
    }
  }
}

void publish_without_key(const LintView& view, const LintRule& rule, Findings& findings) {
  for (const LintHandler& handler : view.handlers) {
    for (const LintStep& step : handler.steps) {
      if (step.word != "publish" || step.node->find("key") != nullptr) continue;
      add(findings, rule, *step.node,
          "an event without a key may go to any partition, in no order with others, and no "
          "obligation can match it with its cause");
    }
  }
}

// ---- reading in portions, and passes ------------------------------------------------------------

void limit_without_order(const LintView& view, const LintRule& rule, Findings& findings) {
  for (const LintHandler& handler : view.handlers) {
    for (const LintStep& step : handler.steps) {
      if (step.word != "select" || step.node->find("limit") == nullptr) continue;
      if (step.node->find("order_by") != nullptr) continue;
      add(findings, rule, *step.node,
          "a limit without order_by takes any of the rows: old ones may wait for ever, and their "
          "order is lost");
    }
  }
}

bool more_than_one(const Node* count) { return count != nullptr && count->integer > 1; }

void overlapping_passes(const LintView& view, const LintRule& rule, Findings& findings) {
  for (const LintHandler& handler : view.handlers) {
    if (handler.on != On::every) continue;
    if (!more_than_one(handler.node->find("overlap")) &&
        !more_than_one(handler.service_node->find("count"))) {
      continue;
    }
    const bool acts = std::any_of(handler.steps.begin(), handler.steps.end(), is_outcome);
    for (const LintStep& step : handler.steps) {
      if (!acts || step.word != "select" || step.node->find("lock") != nullptr) continue;
      add(findings, rule, *step.node,
          fmt::format("two passes of {} may overlap and find the same rows: each acts on them",
                      handler.service));
    }
  }
}

// ---- errors and time ----------------------------------------------------------------------------

void error_ignored(const LintView& view, const LintRule& rule, Findings& findings) {
  for (const LintHandler& handler : view.handlers) {
    for (const LintStep& step : handler.steps) {
      const Node* on_error = step.node->find("on_error");
      if (on_error == nullptr || on_error->kind != Node::Kind::array) continue;
      if (!on_error->items.empty() || step.node->find("as") != nullptr) continue;
      add(findings, rule, *on_error,
          fmt::format("{} goes on as if \"{}\" had worked when it did not", handler.service,
                      step.word));
    }
  }
}

// How long a caller may stay away before it calls again.
sim::Duration longest_absence(const Node& service) {
  const Node* restart = service.find("restart");
  if (restart == nullptr || restart->items.size() != 2) return sim::kRestartWindow.latest;
  const auto latest = parse_duration(restart->items[1].text);
  return latest ? sim::Duration(*latest) : sim::kRestartWindow.latest;
}

void short_idempotency_window(const LintView& view, const LintRule& rule, Findings& findings) {
  const Node* externals = view.root.find("external");
  if (externals == nullptr) return;
  for (const LintHandler& handler : view.handlers) {
    for (const LintStep& step : handler.steps) {
      if (step.word != "call" || step.node->find("idempotency_key") == nullptr) continue;
      const std::string called = text_of(step.node->find("call"));
      const Node* external = externals->find(called.substr(0, called.find('.')));
      const Node* window = external == nullptr ? nullptr : external->find("idempotency_window");
      const auto kept = window == nullptr ? std::nullopt : parse_duration(window->text);
      const sim::Duration away = longest_absence(*handler.service_node);
      if (!kept || sim::Duration(*kept) > away) continue;
      add(findings, rule, *step.node,
          fmt::format("keys are kept for {}, and {} may be down for {} before it calls again: the "
                      "second call acts again",
                      window->text, handler.service, sim::duration_text(away.count())));
    }
  }
}

// ---- what is asked of the flow ------------------------------------------------------------------

void no_obligations(const LintView& view, const LintRule& rule, Findings& findings) {
  const Node* obligations = view.root.find("obligations");
  if (obligations != nullptr && !obligations->items.empty()) return;
  add(findings, rule, obligations == nullptr ? view.root : *obligations,
      "nothing is owed, so that nothing can be lost or done twice: no rule is judged");
}

void no_workload(const LintView& view, const LintRule& rule, Findings& findings) {
  const Node* workload = view.root.find("workload");
  if (workload != nullptr && !workload->items.empty()) return;
  const bool waits = std::any_of(view.handlers.begin(), view.handlers.end(),
                                 [](const LintHandler& each) { return each.on == On::request; });
  if (!waits) return;
  add(findings, rule, workload == nullptr ? view.root : *workload,
      "no client sends anything: the handlers of requests never run");
}

void no_budget(const LintView& view, const LintRule& rule, Findings& findings) {
  const Node* faults = view.root.find("faults");
  const Node* budget = faults == nullptr ? nullptr : faults->find("budget");
  if (budget != nullptr && budget->integer > 0) return;
  const Node& place = budget != nullptr ? *budget : faults != nullptr ? *faults : view.root;
  add(findings, rule, place,
      budget != nullptr ? "no fault may strike: only orders are searched"
                        : "how many faults must be survived is not written; it is one");
}

}  // namespace

const std::vector<LintRule>& lint_catalogue() {
  static const std::vector<LintRule> catalogue = {
      {"publish-after-commit", "a request that is stored, and published after",
       "owe the event (\"owes\": \"event TYPE\") and let the service crash: the search decides",
       publish_after_commit},
      {"publish-before-commit", "an event that is out before what it tells of is committed",
       "owe the event and let the commit fail ({\"error\": \"any\"}): the search decides",
       publish_before_commit},
      {"call-in-transaction", "a call to a service that is not ours within a transaction",
       "owe the call exactly once and let commits fail: the search decides", call_in_transaction},
      {"half-stored", "two changes of one request without a transaction",
       "owe an effect or event for each and let the service crash: the search decides",
       half_stored},
      {"ack-before-effect", "an acknowledgement before the work is done",
       "owe the effect and let the consumer crash: the search decides", ack_before_effect},
      {"record-before-effect", "a dedup key that is final before what it guards is done",
       "owe the effect exactly once and let the service crash: the search decides",
       record_before_effect},
      {"no-dedup", "an effect of each delivery, with nothing that keeps copies out",
       "owe the effect exactly once, with {\"redeliver\": \"any\"}: the search decides", no_dedup},
      {"call-without-key", "a call in the handling of an event that may come again, without a key",
       "owe the call exactly once and let the consumer crash: the search decides",
       call_without_key},
      {"unconsumed-topic", "a topic that is published to and that no group reads",
       "add its consumer, or leave the topic out; a group that is missing is not searched",
       unconsumed_topic},
      {"publish-without-key", "an event that has no order with others",
       "name \"per-key-order\" in \"invariants\": the search decides", publish_without_key},
      {"limit-without-order", "a select with a limit and no order_by",
       "owe what the rows cause, with more rows than the limit: the search decides",
       limit_without_order},
      {"overlapping-passes", "passes or instances that may find the same rows",
       "owe the effect or event exactly once: the search decides", overlapping_passes},
      {"error-ignored", "an empty on_error whose result nobody looks at",
       "let it fail ({\"error\": \"any\"}): the search decides", error_ignored},
      {"short-idempotency-window", "keys that are forgotten before a caller comes back",
       "owe the call exactly once and let the caller crash: the search decides",
       short_idempotency_window},
      {"no-obligations", "a scenario that owes nothing", "write \"obligations\"", no_obligations},
      {"no-workload", "handlers of requests that nobody sends", "write \"workload\"", no_workload},
      {"no-budget", "a scenario that does not say how many faults it must survive",
       "write \"faults\": {\"budget\": 1}, then try 2", no_budget},
  };
  return catalogue;
}

}  // namespace onceward::scenarios
