// Reading what is asked of the flow: workload, invariants, expectation.
#include <fmt/core.h>

#include <algorithm>

#include "scenarios/nearest.hpp"
#include "scenarios/reading.hpp"
#include "sim/arena.hpp"
#include "sim/containers.hpp"

namespace onceward::scenarios {

namespace {

// Texts of the workload live as long as the program; those made while evaluating do not.
sim::Value frozen(const sim::Value& value) {
  if (value.kind() != sim::ValueKind::text) return value;
  return sim::Value::text(sim::frozen_text(value.view()));
}

}  // namespace

void Reading::read_workload(const Node& node) {
  // Joining texts takes memory from an arena: one just for this.
  sim::Arena arena(std::size_t{1} << 24);
  const sim::ArenaInUse in_use(arena);

  for (std::size_t i = 0; i < node.items.size(); ++i) {
    read_request(node.items[i], fmt::format("/workload/{}", i));
  }
  connect_after();
}

void Reading::read_request(const Node& node, const std::string& at) {
  const Fields fields(problems, node, workload_shape());
  const Node* request = fields.text("request");
  const Node* to = fields.text("to");
  const std::int64_t times = fields.integer("times").value_or(1);
  const sim::Window window = fields.window("window").value_or(models::kCallWindow);
  const Node* with = fields.object("with");
  if (const Node* name = fields.text("name")) entry_names_.insert(name->text);
  if (request == nullptr) return;
  sent_left_out_ = sent_left_out_ || !taken_.contains(request->text);
  auto& spec = requests_[request->text];
  if (spec == nullptr) spec = std::make_shared<models::RequestSpec>(request->text);
  struct Filled {
    std::size_t field;
    Formula value;
    Span span;
  };
  std::vector<Filled> filled;
  Names names;
  names.has_n = true;
  if (with != nullptr) {
    for (const Member& member : with->members) {
      auto field = std::find(spec->fields.begin(), spec->fields.end(), member.key);
      if (field == spec->fields.end()) field = spec->fields.insert(field, member.key);
      std::optional<Formula> value = read_value(member.value, names, problems);
      const auto index = static_cast<std::size_t>(field - spec->fields.begin());
      if (value) filled.push_back({index, std::move(*value), member.value.span});
    }
  }
  if (to == nullptr) return;
  const std::uint32_t service = find_service(to->text);
  if (service == kNone) {
    if (program.services.empty() && steps_left_out_) return;
    problems.add(to->span, fmt::format("unknown service \"{}\"", to->text),
                 did_you_mean(to->text, service_names()));
    return;
  }
  const auto entry_site = site(at, node.span);
  models::RequestOrder like;
  like.spec = spec.get();
  like.process = program.services[service].name.get();
  like.site = entry_site.get();
  like.window = window;
  like.values.resize(spec->fields.size());
  Sent sent{spec.get(), service, to->span, request->span, {}, 0, {}, {}};
  read_client(fields, like, sent);
  for (std::int64_t n = 1; n <= times; ++n) {
    auto order = std::make_shared<models::RequestOrder>(like);
    for (const Filled& each : filled) {
      Scope scope;
      scope.n = n;
      order->values[each.field] = frozen(each.value.evaluate(scope));
      if (scope.mistake != nullptr) problems.add(each.span, scope.mistake);
    }
    sent.orders.push_back(order);
    program.workload.push_back(std::move(order));
  }
  sent_.push_back(std::move(sent));
  program.symbols.push_back(entry_site);
  if (!program.workload_text.empty()) program.workload_text += ", ";
  program.workload_text += fmt::format("{} x {}", times, request->text);
}

// ---- names --------------------------------------------------------------------------------------

std::vector<const Node*> Reading::read_names(const Node& node, const char* noun,
                                             const std::vector<std::string>& valid) {
  std::vector<const Node*> names;
  const auto add = [&](const Node& each) {
    if (each.kind != Node::Kind::text) {
      const bool vowel = std::string_view("aeiou").find(noun[0]) != std::string_view::npos;
      problems.add(each.span,
                   fmt::format("this must be the name of {} {}", vowel ? "an" : "a", noun),
                   did_you_mean("", valid));
    } else if (std::find(valid.begin(), valid.end(), each.text) == valid.end()) {
      problems.add(each.span, fmt::format("unknown {} \"{}\"", noun, each.text),
                   did_you_mean(each.text, valid));
    } else {
      names.push_back(&each);
    }
  };
  if (node.kind == Node::Kind::array) {
    for (const Node& each : node.items) add(each);
  } else {
    add(node);
  }
  return names;
}

namespace {

std::vector<std::string> invariant_names() {
  std::vector<std::string> names;
  for (const models::Oracle* oracle : models::oracle_catalogue())
    names.push_back(oracle->id().text);
  return names;
}

}  // namespace

// ---- invariants ---------------------------------------------------------------------------------

void Reading::read_invariants(const Node& node) {
  for (const Node* name : read_names(node, "invariant", invariant_names())) {
    const models::Oracle* oracle = models::find_oracle(name->text);
    if (!oracle->on_request() && !is_decidable(*oracle)) {
      if (claims_left_out_) continue;
      problems.add(name->span, fmt::format("{} has nothing to judge here", name->text),
                   "it needs an obligation that makes it decidable");
      continue;
    }
    asked_for_.push_back(oracle);
  }
}

bool Reading::is_decidable(const models::Oracle& oracle) const {
  return std::any_of(program.obligations.begin(), program.obligations.end(),
                     [&](const auto& spec) { return oracle.by_default(*spec); }) ||
         std::any_of(program.claims.begin(), program.claims.end(),
                     [&](const auto& claim) { return oracle.judges(*claim); });
}

// Judged by default: what the obligations make decidable; all others when they are named.
void Reading::choose_oracles() {
  const auto is_named = [&](const models::Oracle& oracle) {
    return std::find(asked_for_.begin(), asked_for_.end(), &oracle) != asked_for_.end();
  };
  for (const auto& spec : program.obligations) {
    spec->ordered = models::per_key_order().by_default(*spec) || is_named(models::per_key_order());
    spec->no_earlier = is_named(models::no_early_effect());
  }
  for (const models::Oracle* oracle : models::oracle_catalogue()) {
    if (is_named(*oracle) || is_decidable(*oracle)) {
      program.oracles.push_back(oracle);
    } else {
      program.not_judged.push_back(oracle->id().text);
    }
  }
}

// ---- expectation -------------------------------------------------------------------------------

void Reading::read_violates(const Node& node) {
  if (node.kind == Node::Kind::array && node.items.empty()) {
    problems.add(node.span, "name at least one invariant", R"(or write "holds": true)");
  }
  const auto& judged = program.oracles;
  for (const Node* name : read_names(node, "invariant", invariant_names())) {
    program.expectation.violates.push_back(name->text);
    const models::Oracle* oracle = models::find_oracle(name->text);
    // An obligation with a mistake may be what would have made it decidable.
    if (claims_left_out_) continue;
    if (std::find(judged.begin(), judged.end(), oracle) != judged.end()) continue;
    problems.add(name->span, fmt::format("{} is not judged here", name->text),
                 "no obligation makes it decidable, and \"invariants\" does not name it");
  }
}

void Reading::read_expectation(const Node& node) {
  const Fields fields(problems, node, expectation_shape());
  Expectation& expectation = program.expectation;
  expectation.written = true;
  const Node* violates = fields.find("violates");
  if (violates != nullptr) read_violates(*violates);
  if (const Node* holds = fields.find("holds"); holds != nullptr) {
    expectation.holds_exhausted = holds->kind == Node::Kind::text && holds->text == "exhausted";
    const bool plain = holds->kind == Node::Kind::boolean && holds->boolean;
    if (!plain && !expectation.holds_exhausted) {
      problems.add(holds->span, "\"holds\" is true or \"exhausted\"",
                   "what breaks is named by \"violates\"");
    }
    if (violates != nullptr) {
      problems.add(holds->span, "a scenario holds or violates something, not both");
    }
  }
  if (const auto fewest = fields.integer("fewest_faults")) {
    expectation.fewest_faults = static_cast<int>(*fewest);
  }
  for (const char* name : {"fewest_faults", "by"}) {
    const Node* found = fields.find(name);
    if (found == nullptr || violates != nullptr) continue;
    problems.add(found->span,
                 fmt::format("\"{}\" is about a violation, and none is expected", name),
                 "\"violates\" names the invariant");
  }
  const Node* by = fields.find("by");
  if (by == nullptr) return;
  const auto add = [&](const Node& each) {
    sim::FaultRule rule;
    if (!read_fault(each, rule, expected_fault_shape())) return;
    rule.at_most = 1;
    const Node* between = each.find("between");
    if (between == nullptr || read_between(*between, rule)) {
      expectation.by.push_back(std::move(rule));
    }
  };
  if (by->kind == Node::Kind::array) {
    for (const Node& each : by->items) add(each);
  } else {
    add(*by);
  }
}

}  // namespace onceward::scenarios
