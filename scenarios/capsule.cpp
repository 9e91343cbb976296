#include "scenarios/capsule.hpp"

#include <nlohmann/json.hpp>

namespace onceward::scenarios {
namespace {

using nlohmann::ordered_json;

constexpr const char* kSchema = "onceward.capsule/1";

ordered_json plan_json(const sim::FaultPlan& plan) {
  ordered_json rules = ordered_json::array();
  for (const sim::FaultRule& rule : plan.rules) {
    ordered_json each = {
        {"kind", sim::to_text(rule.kind)}, {"target", rule.target}, {"at_most", rule.at_most}};
    if (!rule.between.empty()) {
      each["between"] = {rule.between.front().after, rule.between.front().before};
    }
    rules.push_back(std::move(each));
  }
  ordered_json json = {{"budget", plan.budget},
                       {"down_at_once", plan.down_at_once},
                       {"exact", plan.exact},
                       {"rules", std::move(rules)}};
  if (plan.at_every_operation) json["at_every_operation"] = true;
  return json;
}

// A run may look the same under another plan, but it is not the one that was recorded.
std::string digest_of(const sim::FaultPlan& plan) {
  return to_text(sim::hash_bytes(plan_json(plan).dump()));
}

bool read_kind(const ordered_json& json, sim::FaultKind& kind) {
  kind = sim::fault_kind(json.get<std::string>());
  return kind != sim::FaultKind::none;
}

bool read_plan(const ordered_json& json, sim::FaultPlan& plan) {
  plan.budget = json.at("budget").get<std::uint32_t>();
  plan.down_at_once = json.at("down_at_once").get<std::uint32_t>();
  plan.exact = json.at("exact").get<bool>();
  plan.at_every_operation = json.value("at_every_operation", false);
  for (const ordered_json& each : json.at("rules")) {
    sim::FaultRule rule;
    if (!read_kind(each.at("kind"), rule.kind)) return false;
    rule.target = each.at("target").get<std::string>();
    rule.at_most = each.at("at_most").get<std::uint32_t>();
    if (each.contains("between")) {
      rule.between.push_back({each.at("between").at(0).get<std::string>(),
                              each.at("between").at(1).get<std::string>()});
    }
    plan.rules.push_back(std::move(rule));
  }
  return true;
}

ordered_json tape_json(const sim::Tape& tape) {
  ordered_json entries = ordered_json::array();
  for (const sim::TapeEntry& entry : tape) {
    ordered_json each = {{"kind", to_text(entry.kind)}, {"owner", to_text(entry.owner)},
                         {"site", entry.site},          {"n", entry.n},
                         {"arity", entry.arity},        {"option", to_text(entry.option)},
                         {"index", entry.index},        {"text", entry.text}};
    if (entry.fault != sim::FaultKind::none) each["fault"] = sim::to_text(entry.fault);
    entries.push_back(std::move(each));
  }
  return entries;
}

bool read_tape(const ordered_json& json, sim::Tape& tape, std::string& problem) {
  for (const ordered_json& each : json) {
    sim::TapeEntry entry;
    bool good = sim::parse_choice_kind(each.at("kind").get<std::string>(), entry.kind) &&
                sim::parse_hash(each.at("owner").get<std::string>(), entry.owner) &&
                sim::parse_hash(each.at("option").get<std::string>(), entry.option);
    if (each.contains("fault")) good = read_kind(each.at("fault"), entry.fault) && good;
    if (!good) {
      problem = "tape entry " + std::to_string(tape.size()) + " is damaged";
      return false;
    }
    entry.site = each.at("site").get<std::string>();
    entry.n = each.at("n").get<std::uint32_t>();
    entry.arity = each.at("arity").get<std::uint32_t>();
    entry.index = each.at("index").get<std::uint32_t>();
    entry.text = each.at("text").get<std::string>();
    tape.push_back(std::move(entry));
  }
  return true;
}

}  // namespace

std::string to_json(const Capsule& capsule) {
  const ordered_json json = {{"schema", kSchema},
                             {"engine", capsule.engine},
                             {"scenario", capsule.scenario},
                             {"digest", capsule.digest},
                             {"invariant", capsule.invariant},
                             {"entity", capsule.entity},
                             {"fewest_faults", capsule.fewest_faults},
                             {"cut_short", capsule.cut_short},
                             {"also", capsule.also},
                             {"as_expected", capsule.as_expected},
                             {"not_as_expected", capsule.not_as_expected},
                             {"violates", capsule.violates},
                             {"plan", plan_json(capsule.plan)},
                             {"plan_digest", digest_of(capsule.plan)},
                             {"left_out", capsule.left_out},
                             {"steps", capsule.steps},
                             {"round", capsule.round},
                             {"fingerprint", to_text(capsule.fingerprint)},
                             {"tape", tape_json(capsule.tape)},
                             {"text", capsule.text}};
  // The name of a file may be no UTF-8; its capsule then leads to none.
  return json.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::optional<Capsule> read_capsule(const std::string& text, std::string& problem) {
  const ordered_json json = ordered_json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("schema") || json.at("schema") != kSchema) {
    problem = "this is not a capsule";
    return std::nullopt;
  }
  Capsule capsule;
  try {
    capsule.engine = json.at("engine").get<std::string>();
    capsule.scenario = json.at("scenario").get<std::string>();
    capsule.digest = json.at("digest").get<std::string>();
    capsule.invariant = json.at("invariant").get<std::string>();
    capsule.entity = json.at("entity").get<std::string>();
    capsule.fewest_faults = json.at("fewest_faults").get<bool>();
    capsule.cut_short = json.at("cut_short").get<bool>();
    capsule.also = json.at("also").get<std::vector<std::string>>();
    capsule.as_expected = json.at("as_expected").get<bool>();
    capsule.not_as_expected = json.at("not_as_expected").get<std::vector<std::string>>();
    capsule.violates = json.at("violates").get<std::vector<std::string>>();
    if (!read_plan(json.at("plan"), capsule.plan)) {
      problem = "the fault plan is damaged";
      return std::nullopt;
    }
    if (json.at("plan_digest").get<std::string>() != digest_of(capsule.plan)) {
      problem = "the fault plan is not the recorded one";
      return std::nullopt;
    }
    capsule.left_out = json.at("left_out").get<std::vector<bool>>();
    capsule.steps = json.at("steps").get<std::uint32_t>();
    capsule.round = json.at("round").get<std::uint32_t>();
    capsule.text = json.at("text").get<std::string>();
    if (!sim::parse_hash(json.at("fingerprint").get<std::string>(), capsule.fingerprint)) {
      problem = "the fingerprint is damaged";
      return std::nullopt;
    }
    if (!read_tape(json.at("tape"), capsule.tape, problem)) return std::nullopt;
  } catch (const ordered_json::exception& damaged) {
    problem = std::string("the capsule is damaged: ") + damaged.what();
    return std::nullopt;
  }
  return capsule;
}

}  // namespace onceward::scenarios
