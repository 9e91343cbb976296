// Reading obligations on causes and effects: "each CAUSE owes EFFECT" and its kin.
#include "scenarios/read_obligations.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/nearest.hpp"

namespace onceward::scenarios {

using models::ObligationRule;

namespace {

std::vector<std::string> texts_of(const std::vector<models::Owed>& several) {
  std::vector<std::string> texts;
  for (const models::Owed& owed : several) {
    texts.push_back(owed.name->text);
    if (owed.topic != nullptr) texts.back() += " in " + owed.topic->text;
  }
  return texts;
}

// Whether one effect or event may be both.
bool overlap(const models::Owed& a, const models::Owed& b) {
  const bool apart = a.topic != nullptr && b.topic != nullptr && a.topic != b.topic;
  return a.name == b.name && a.is_event == b.is_event && !apart;
}

}  // namespace

void Reading::read_obligations(const Node& node) {
  ObligationReader reader(*this);
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    reader.read(node.items[i], fmt::format("/obligations/{}", i));
  }
}

void Reading::read_goals(const Node& node) {
  ObligationReader reader(*this);
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    reader.read_goal(node.items[i], fmt::format("/must_reach/{}", i));
  }
}

void ObligationReader::read(const Node& node, const std::string& at) {
  in_.program.places[at] = node.span;
  const ObligationForm* form = nullptr;
  for (const ObligationForm& each : obligation_forms()) {
    if (form == nullptr && node.find(each.word) != nullptr) form = &each;
  }
  if (form == nullptr && node.kind == Node::Kind::object && node.find("each") == nullptr) {
    std::vector<std::string> words;
    for (const ObligationForm& each : obligation_forms()) words.emplace_back(each.word);
    const std::string first = node.members.empty() ? "" : node.members.front().key;
    problems_.add(node.span, "this obligation does not say what is owed",
                  did_you_mean(first, words));
    return;
  }
  if (form == nullptr) form = &obligation_forms().front();
  const Fields fields(problems_, node, form->shape());
  if (!fields.is_object()) return;
  switch (form->kind) {
    case ObligationForm::Kind::owes:
      return read_owes(fields, at);
    case ObligationForm::Kind::one_of:
      return read_one_of(fields, at);
    case ObligationForm::Kind::order:
      return read_order(fields, at);
    case ObligationForm::Kind::never_together:
      return read_never_together(fields, at);
    case ObligationForm::Kind::attempts:
      return read_attempts(fields, at);
    case ObligationForm::Kind::same:
      return read_claim(fields, form->word, models::ClaimRule::same, at);
    case ObligationForm::Kind::conserved:
      return read_claim(fields, form->word, models::ClaimRule::conserved, at);
    case ObligationForm::Kind::always:
      return read_claim(fields, form->word, models::ClaimRule::always, at);
    case ObligationForm::Kind::eventually:
      return read_claim(fields, form->word, models::ClaimRule::eventually, at);
  }
}

void ObligationReader::add(const Fields& fields, const std::string& at, Spec spec,
                           const std::string& text) {
  const Node* name = fields.text("name");
  if (name != nullptr) spec->name = name->text;
  spec->text = text;
  spec->site = at;
  in_.program.obligations.push_back(std::move(spec));
}

void ObligationReader::read_owes(const Fields& fields, const std::string& at) {
  auto spec = std::make_shared<models::ObligationSpec>();
  const Node* each = fields.text("each");
  const Node* owes = fields.text("owes");
  read_amounts(fields, *spec);
  read_pooled(fields, *spec);
  if (const auto within = fields.duration("within")) spec->within = *within;
  if (owes != nullptr) {
    if (const auto owed = read_owed(*owes)) spec->owed = {*owed};
  }
  if (const Node* undo = fields.text("net_of"); undo != nullptr) {
    const auto owed = read_owed(*undo);
    if (owed && (owed->is_event || (!spec->owed.empty() && spec->owed.front().is_event))) {
      problems_.add(undo->span, "an event cannot be undone, only effects can");
    } else if (owed) {
      spec->undo = owed->name;
    }
  }
  if (each == nullptr || !read_cause(*each, fields, at, spec->pooled, spec->cause)) return;
  if (const Node* per = fields.find("per"); per != nullptr) {
    if (const auto value = read_of_cause(*per, spec->cause, at)) spec->per = *value;
  }
  read_unless(fields, at, *spec);
  if (spec->owed.empty()) return;
  read_with(fields, at, *spec);
  add(fields, at, spec, fmt::format("each {} owes {}", each->text, owes->text));
}

void ObligationReader::read_one_of(const Fields& fields, const std::string& at) {
  auto spec = std::make_shared<models::ObligationSpec>();
  spec->rule = ObligationRule::one_of;
  const Node* list = fields.array("one_of");
  if (list != nullptr) spec->owed = read_several(*list);
  const Node* each = fields.text("each");
  if (each == nullptr || !read_cause(*each, fields, at, false, spec->cause)) return;
  read_unless(fields, at, *spec);
  if (spec->owed.size() < 2) return;
  add(fields, at, spec,
      fmt::format("each {} owes one of {}", each->text, fmt::join(texts_of(spec->owed), ", ")));
}

void ObligationReader::read_order(const Fields& fields, const std::string& at) {
  auto spec = std::make_shared<models::ObligationSpec>();
  spec->rule = ObligationRule::order;
  const Node* order = fields.text("order");
  if (order != nullptr) {
    if (const auto owed = read_owed(*order)) spec->owed = {*owed};
  }
  const Node* as = fields.text("as");
  if (as == nullptr || !read_cause(*as, fields, at, false, spec->cause)) return;
  const Node* per = fields.find("per");
  if (per == nullptr) return;
  const auto value = read_of_cause(*per, spec->cause, at);
  if (!value || spec->owed.empty()) return;
  spec->per = *value;
  add(fields, at, spec, fmt::format("{} in the order of {}", order->text, as->text));
}

void ObligationReader::read_never_together(const Fields& fields, const std::string& at) {
  auto spec = std::make_shared<models::ObligationSpec>();
  spec->rule = ObligationRule::never_together;
  const Node* list = fields.array("never_together");
  if (list == nullptr) return;
  spec->owed = read_several(*list);
  if (spec->owed.size() < 2) return;
  add(fields, at, spec, fmt::format("never {} together", fmt::join(texts_of(spec->owed), " and ")));
}

void ObligationReader::read_attempts(const Fields& fields, const std::string& at) {
  auto spec = std::make_shared<models::ObligationSpec>();
  spec->rule = ObligationRule::attempts;
  spec->least = 0;
  spec->most = static_cast<std::uint32_t>(fields.integer("at_most").value_or(0));
  const Node* call = fields.text("attempts");
  if (call == nullptr) return;
  const auto owed = read_owed(*call);
  if (!owed) return;
  const auto is_operation = [&](const ExternalDescription& external) {
    return std::any_of(external.operations.begin(), external.operations.end(),
                       [&](const std::string& operation) {
                         return external.name->text + "." + operation == call->text;
                       });
  };
  const auto& externals = in_.program.externals;
  if (std::none_of(externals.begin(), externals.end(), is_operation) && !in_.steps_left_out_) {
    problems_.add(call->span, fmt::format("\"{}\" is no call", call->text),
                  "attempts are counted of operations of external services: \"payments.charge\"");
    return;
  }
  spec->owed = {*owed};
  add(fields, at, spec, fmt::format("at most {} attempts of {}", spec->most, call->text));
}

std::optional<models::Owed> ObligationReader::read_owed(const Node& node) {
  const std::string& name = node.text;
  if (name.rfind("event ", 0) == 0) return read_event(node, name.substr(6));
  const auto& effects = in_.effects_;
  if (!effects.contains(name) && !in_.steps_left_out_) {
    if (in_.published_.contains(name)) {
      problems_.add(node.span, fmt::format("{} is an event, no effect", name),
                    fmt::format("write \"event {}\"", name));
    } else {
      problems_.add(node.span, fmt::format("no step causes an effect \"{}\"", name),
                    effects.empty() ? "an event is owed as \"event TYPE\""
                                    : did_you_mean(name, {effects.begin(), effects.end()}));
    }
    return std::nullopt;
  }
  return models::Owed{in_.symbol(name).get()};
}

std::optional<models::Owed> ObligationReader::read_event(const Node& node,
                                                         const std::string& what) {
  static const std::string kIn = " in ";
  const std::size_t in = what.rfind(kIn);
  models::Owed event;
  event.is_event = true;
  event.name = in_.symbol(what.substr(0, in)).get();
  in_.check_published(node, event.name->text);
  if (in == std::string::npos) return event;
  Node topic = node;
  topic.text = what.substr(in + kIn.size());
  std::uint32_t broker = 0;
  std::uint32_t index = 0;
  if (!in_.find_topic(topic, broker, index)) return std::nullopt;
  event.topic = &in_.program.brokers[broker].topics[index]->name;
  return event;
}

void Reading::check_published(const Node& node, const std::string& type) {
  if (publishes_any_ || steps_left_out_ || published_.contains(type)) return;
  problems.add(node.span, fmt::format("no step publishes an event \"{}\"", type),
               did_you_mean(type, {published_.begin(), published_.end()}));
}

std::vector<models::Owed> ObligationReader::read_several(const Node& list) {
  std::vector<models::Owed> several;
  bool all = true;
  for (const Node& each : list.items) {
    if (each.kind != Node::Kind::text) {
      problems_.add(each.span, "this must be the name of an effect, or \"event TYPE\"");
      all = false;
    } else if (const auto owed = read_owed(each)) {
      const bool twice = std::any_of(several.begin(), several.end(),
                                     [&](const auto& other) { return overlap(other, *owed); });
      if (twice) problems_.add(each.span, fmt::format("\"{}\" is named twice", each.text));
      if (!twice) several.push_back(*owed);
    } else {
      all = false;
    }
  }
  if (all && list.items.size() < 2) problems_.add(list.span, "name at least two of them");
  return all ? several : std::vector<models::Owed>();
}

void ObligationReader::read_with(const Fields& fields, const std::string& at,
                                 models::ObligationSpec& spec) {
  const Node* with = fields.object("with");
  if (with == nullptr) return;
  const models::Owed& owed = spec.owed.front();
  std::set<std::string> carried = in_.carried_[(owed.is_event ? "event " : "") + owed.name->text];
  if (owed.is_event) carried.insert(in_.carried_["event "].begin(), in_.carried_["event "].end());
  const bool open = in_.steps_left_out_ || (owed.is_event && in_.publishes_any_);
  for (const Member& member : with->members) {
    if (!open && !carried.contains(member.key)) {
      problems_.add(member.key_span,
                    fmt::format("no step gives {} a value \"{}\"", owed.name->text, member.key),
                    carried.empty() ? (owed.is_event ? "events carry values in \"data\""
                                                     : "effects carry them in \"with\"")
                                    : did_you_mean(member.key, {carried.begin(), carried.end()}));
      continue;
    }
    const auto value = read_of_cause(member.value, spec.cause, at);
    if (value) spec.with.push_back({in_.symbol(member.key).get(), *value});
  }
}

void ObligationReader::read_pooled(const Fields& fields, models::ObligationSpec& spec) {
  spec.pooled = fields.flag("pooled");
  if (!spec.pooled) return;
  for (const char* name : {"with", "within"}) {
    const Node* found = fields.find(name);
    if (found == nullptr) continue;
    problems_.add(found->span, fmt::format("\"{}\" does not go with \"pooled\"", name),
                  "of causes that share a key nobody can tell which one an effect is for");
  }
}

void ObligationReader::read_amounts(const Fields& fields, models::ObligationSpec& spec) {
  const auto exactly = fields.integer("exactly");
  const auto at_least = fields.integer("at_least");
  const auto at_most = fields.integer("at_most");
  if (exactly && (at_least || at_most)) {
    problems_.add(fields.find("exactly")->span, "\"exactly\" leaves no room for the other bounds");
  }
  if (exactly) {
    spec.least = static_cast<std::uint32_t>(*exactly);
    spec.most = spec.least;
    return;
  }
  if (!at_least && !at_most) {
    for (const char* name : {"exactly", "at_least", "at_most"}) {
      if (fields.meant(name)) return;  // it has a mistake of its own
    }
    problems_.add(fields.node().span, "how many are owed?",
                  R"(write "exactly": 1, "at_least" or "at_most")");
  }
  spec.least = static_cast<std::uint32_t>(at_least.value_or(0));
  spec.most = at_most ? static_cast<std::uint32_t>(*at_most) : ~0U;
  if (spec.least > spec.most) {
    problems_.add(fields.find("at_least")->span, "\"at_least\" is more than \"at_most\"");
  }
}

}  // namespace onceward::scenarios
