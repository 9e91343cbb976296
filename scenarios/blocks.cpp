// Blocks: lists of steps that `"define"` gives a name and `{"use": NAME}` puts in place.
#include <fmt/core.h>

#include <algorithm>

#include "scenarios/expand.hpp"
#include "scenarios/fields.hpp"
#include "scenarios/nearest.hpp"

namespace onceward::scenarios {
namespace {

struct Block {
  std::vector<std::string> params;
  Node steps;
};

class Blocks {
 public:
  Blocks(const Node& define, Problems& problems) : problems_(problems) {
    for (const Member& member : define.members) {
      const Fields fields(problems, member.value, block_shape());
      const Node* steps = fields.array("do");
      if (steps == nullptr) continue;
      Block block{{}, *steps};
      if (const Node* params = fields.array("params")) {
        for (const Node& each : params->items) {
          if (each.kind == Node::Kind::text) block.params.push_back(each.text);
        }
      }
      blocks_.emplace(member.key, std::move(block));
    }
  }

  // Writes out every `use` below `node`. `within`: the blocks that are being written out.
  void expand(Node& node, const std::vector<std::string>& within) {
    std::vector<Node> items;
    for (Node& item : node.items) {
      const Node* use = item.find("use");
      if (use == nullptr) {
        expand(item, within);
        items.push_back(std::move(item));
        continue;
      }
      for (Node& step : written_out(item, *use, within)) items.push_back(std::move(step));
    }
    node.items = std::move(items);
    for (Member& member : node.members) expand(member.value, within);
  }

 private:
  std::vector<Node> written_out(const Node& step, const Node& use,
                                std::vector<std::string> within) {
    const auto found = use.kind == Node::Kind::text ? blocks_.find(use.text) : blocks_.end();
    if (found == blocks_.end()) {
      std::vector<std::string> known;
      for (const auto& [name, block] : blocks_) known.push_back(name);
      problems_.add(
          use.span,
          use.kind == Node::Kind::text ? fmt::format("unknown block \"{}\"", use.text)
                                       : "this must be the name of a block",
          known.empty() ? "\"define\" names blocks of steps" : did_you_mean(use.text, known));
      return {};
    }
    if (std::find(within.begin(), within.end(), use.text) != within.end()) {
      problems_.add(use.span, fmt::format("block \"{}\" uses itself", use.text));
      return {};
    }
    within.push_back(use.text);
    const auto values = arguments(step, use, found->second);
    if (!values) return {};
    Node steps = found->second.steps;
    substitute(steps, *values, problems_);
    expand(steps, within);
    return std::move(steps.items);
  }

  // Nothing, with a message, if a parameter has no value.
  std::optional<Arguments> arguments(const Node& step, const Node& use, const Block& block) {
    Arguments arguments;
    for (const Member& member : step.members) {
      if (member.key == "use") continue;
      std::string param = member.key;
      if (std::find(block.params.begin(), block.params.end(), param) == block.params.end()) {
        problems_.add(member.key_span,
                      fmt::format("block \"{}\" has no parameter \"{}\"", use.text, param),
                      did_you_mean(param, block.params));
        param = nearest(param, block.params);
      }
      arguments.emplace(param, member.value);
    }
    bool complete = true;
    for (const std::string& param : block.params) {
      if (arguments.contains(param)) continue;
      problems_.add(use.span, fmt::format("block \"{}\" needs a \"{}\"", use.text, param));
      complete = false;
    }
    return complete ? std::optional(std::move(arguments)) : std::nullopt;
  }

  Problems& problems_;
  std::map<std::string, Block> blocks_;
};

}  // namespace

void expand_blocks(Node& root, Problems& problems) {
  std::optional<Node> define = root.take("define");
  if (define && define->kind != Node::Kind::object) {
    problems.add(define->span, "\"define\" is an object: blocks of steps by name");
  }
  Blocks(std::move(define).value_or(Node{}), problems).expand(root, {});
}

}  // namespace onceward::scenarios
