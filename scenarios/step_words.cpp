#include "scenarios/step_words.hpp"

#include <algorithm>

namespace onceward::scenarios {
namespace {

bool takes_all_of(const StepHelp& help, const Node& node) {
  return std::all_of(node.members.begin(), node.members.end(),
                     [&](const Member& member) { return help.shape.find(member.key) != nullptr; });
}

}  // namespace

const StepHelp* find_step(const Node& node) {
  for (const StepHelp& each : step_catalogue()) {
    if (node.kind == Node::Kind::text && each.alone && node.text == each.word) return &each;
    if (node.find(each.word) != nullptr && takes_all_of(each, node)) return &each;
  }
  return nullptr;
}

}  // namespace onceward::scenarios
