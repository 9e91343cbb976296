// Reading the names that steps give to what they find.
#include <fmt/core.h>

#include <algorithm>

#include "scenarios/read_steps.hpp"

namespace onceward::scenarios {

bool is_reserved(std::string_view word) {
  constexpr std::string_view kTaken[] = {"row",   "request", "event", "n",    "memory",
                                         "timer", "true",    "false", "null", "and",
                                         "or",    "not",     "in"};
  return std::find(std::begin(kTaken), std::end(kTaken), word) != std::end(kTaken);
}

bool is_variable(std::string_view word) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto fits = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  return !word.empty() && letter(word.front()) && std::all_of(word.begin(), word.end(), fits) &&
         !is_reserved(word);
}

bool StepReader::can_name(const Node& as) {
  std::string message;
  std::string hint = "take another name";
  if (!is_variable(as.text)) {
    message = fmt::format("\"{}\" cannot be the name of a result", as.text);
    hint = is_reserved(as.text) ? "it means something of its own in expressions"
                                : "a name is made of letters, digits and _";
  } else if (std::find(in_loops_.begin(), in_loops_.end(), as.text) != in_loops_.end()) {
    message = fmt::format("the loop around this step still needs \"{}\"", as.text);
  } else if (transactions_.contains(as.text)) {
    message = fmt::format("\"{}\" is the name of a transaction here", as.text);
  } else {
    return true;
  }
  problems_.add(as.span, message, hint);
  names_.left_out = true;  // what was meant by it nobody knows
  return false;
}

void StepReader::bind(const Fields& fields, Slot::Kind kind, const models::TableSpec* table,
                      Step& step, const std::vector<std::string>& texts) {
  const Node* as = fields.text("as");
  names_.left_out = names_.left_out || (as == nullptr && fields.meant("as"));
  if (as == nullptr || !can_name(*as)) return;
  const auto found = names_.variables.find(as->text);
  if (found == names_.variables.end() || found->second.kind == Slot::Kind::empty) {
    step.result = slots_++;
    names_.variables[as->text] = {step.result, kind, table, texts};
  } else if (kind == Slot::Kind::empty ||
             (found->second.kind == kind && found->second.table == table)) {
    step.result = found->second.slot;
    found->second.may_be_also(texts);
  } else {
    problems_.add(as->span, fmt::format("\"{}\" is the name of something else here", as->text),
                  "a name may be used again for the same kind of result only");
  }
}

void StepReader::bind_result(const Fields& fields, Step& step) {
  bind(fields, Slot::Kind::result, nullptr, step);
}

}  // namespace onceward::scenarios
