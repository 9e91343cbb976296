#include "scenarios/rests_on.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace onceward::scenarios {
namespace {

template <class Visit>
void each_step(const Block& block, const Visit& visit) {
  for (const Step& step : block) {
    visit(step);
    each_step(step.body, visit);
    each_step(step.otherwise, visit);
    for (const Block& branch : step.branches.blocks) each_step(branch, visit);
    for (const auto& [status, caught] : step.on_error) each_step(*caught, visit);
  }
}

template <class Visit>
void each_step(const Program& program, const Visit& visit) {
  for (const ServiceDescription& service : program.services) {
    for (const Handler& handler : service.handlers) {
      each_step(handler.steps, [&](const Step& step) { visit(service, step); });
    }
  }
}

std::string joined(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string trigger(const Handler& handler) {
  switch (handler.on) {
    case Handler::On::request:
      return "handler of " + handler.request->symbol.text;
    case Handler::On::topic:
      return "handler of " + handler.group->topic->name.text;
    case Handler::On::timer:
      return "handler of timer " + handler.timer->name.text;
    case Handler::On::every:
      return "handler of every " + sim::duration_text(handler.period.count());
    case Handler::On::start:
      break;
  }
  return "handler of the start";
}

// What would have been a cause, or what it limits, and never happened.
std::string missing_occasion(const models::ObligationSpec& spec) {
  const models::CauseSpec& cause = spec.cause;
  if (!spec.has_cause()) {
    if (spec.rule == models::ObligationRule::attempts) {
      return fmt::format("{} was never tried", spec.owed.front().name->text);
    }
    std::string names;
    for (const models::Owed& each : spec.owed) {
      names += (names.empty() ? "" : " and no ") + each.name->text;
    }
    return fmt::format("no {} ever happened", names);
  }
  const char* const condition = cause.when ? " that meets its \"when\"" : "";
  switch (cause.kind) {
    case models::CauseKind::row:
      return fmt::format("no row of {}{} was ever committed", cause.table->name.text, condition);
    case models::CauseKind::request:
      return fmt::format("no request {}{} was ever sent", cause.request->symbol.text, condition);
    case models::CauseKind::acknowledged:
      return fmt::format("no request {}{} was ever answered well", cause.request->symbol.text,
                         condition);
    case models::CauseKind::event:
      break;
  }
  return fmt::format("no event {}{} was ever appended{}", cause.event->text, condition,
                     cause.topic == nullptr ? "" : " to " + cause.topic->text);
}

bool is_dead_letter_publish(const Program& program, const Step& step) {
  if (step.kind != StepKind::publish) return false;
  const auto& topics = program.brokers[step.component].topics;
  const models::TopicSpec* target = topics[step.part].get();
  return std::any_of(topics.begin(), topics.end(),
                     [&](const auto& topic) { return topic->dead_letter == target; });
}

}  // namespace

std::vector<std::string> assumptions(const Program& program) {
  std::set<std::string> services;
  std::set<std::string> stores;
  each_step(program, [&](const ServiceDescription&, const Step& step) {
    if (step.kind == StepKind::call && step.has_key) {
      const ExternalDescription& service = program.externals[step.component];
      if (service.key_window == sim::kForever) services.insert(service.name->text);
    }
    const bool once = step.kind == StepKind::put && step.put_if == models::PutIf::absent;
    if (once && step.ttl == sim::kForever) stores.insert(program.stores[step.component].name->text);
  });
  std::vector<std::string> lines;
  if (!services.empty()) {
    lines.push_back(fmt::format("idempotency keys that are kept for ever: {}", joined(services)));
  }
  if (!stores.empty()) {
    lines.push_back(fmt::format("keys that are put once and never expire: {}", joined(stores)));
  }
  return lines;
}

std::vector<std::string> unreached(const Program& program) {
  const auto is_reached = [&](const Step& step) {
    return step.number < program.reached.size() && program.reached[step.number] != 0;
  };
  std::set<std::string> reached;
  std::vector<std::string> lines;
  const auto add = [&](const std::string& line) {
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
  };
  const auto name_of = [](const ServiceDescription& service, const Step& step) {
    return fmt::format("step \"{}\" of {}", step.name->text, service.name->text);
  };
  // A block that is used in several places has its names in each.
  each_step(program, [&](const ServiceDescription& service, const Step& step) {
    if (step.name != nullptr && is_reached(step)) reached.insert(name_of(service, step));
  });
  for (const ServiceDescription& service : program.services) {
    for (const Handler& handler : service.handlers) {
      if (!handler.steps.empty() && !is_reached(handler.steps.front())) {
        add(fmt::format("the {} in {}", trigger(handler), service.name->text));
        continue;
      }
      each_step(handler.steps, [&](const Step& step) {
        if (is_reached(step)) return;
        if (step.name != nullptr && reached.count(name_of(service, step)) == 0) {
          add(name_of(service, step));
        } else if (step.name == nullptr && is_dead_letter_publish(program, step)) {
          const auto& topic = *program.brokers[step.component].topics[step.part];
          add(fmt::format("the publish to {} by {}", topic.name.text, service.name->text));
        }
      });
    }
  }
  return lines;
}

std::vector<Untested> untested(const Program& program) {
  std::vector<Untested> all;
  for (const auto& spec : program.obligations) {
    if (spec->had_occasion) continue;
    all.push_back(
        {spec->name.empty() ? spec->text : spec->name, spec->site, missing_occasion(*spec)});
  }
  // A condition may well be there to say that something never happens.
  for (const auto& claim : program.claims) {
    const bool compares =
        claim->rule == models::ClaimRule::conserved || claim->rule == models::ClaimRule::same;
    if (!compares || claim->had_occasion) continue;
    all.push_back({claim->label.print(), claim->site, "nothing that it reads ever changed"});
  }
  return all;
}

}  // namespace onceward::scenarios
