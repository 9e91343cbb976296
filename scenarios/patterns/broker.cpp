// A broker with topics.
#include <fmt/core.h>

#include "scenarios/patterns/pattern.hpp"

namespace onceward::scenarios {
namespace {

std::optional<Contradiction> contradiction(const Parameters& parameters) {
  for (const Member& member : parameters.all().at("topics").members) {
    const Node& count = member.value;
    const bool fits =
        count.kind == Node::Kind::integer && count.integer >= 1 && count.integer <= 64;
    if (fits) continue;
    return Contradiction{"topics",
                         fmt::format("topic \"{}\" has from 1 to 64 partitions, not {}", member.key,
                                     json_text(count)),
                         "the number of a topic is how many partitions it has"};
  }
  return std::nullopt;
}

std::string expansion(const Parameters& parameters) {
  std::string topics;
  for (const Member& member : parameters.all().at("topics").members) {
    if (!topics.empty()) topics += ", ";
    Node name;
    name.kind = Node::Kind::text;
    name.text = member.key;
    topics += json_text(name) + R"(: {"partitions": )" + json_text(member.value) + "}";
  }
  return R"({"brokers": {"$broker": {"profile": "$profile", "topics": {)" + topics + "}}}}";
}

}  // namespace

Pattern broker_pattern() {
  using namespace shape;
  return {
      "broker",
      "a broker with topics",
      {"a pattern \"broker\"",
       {with_example(needed("broker", kText, "its name"), R"("bus")"),
        with_example(needed("topics", map_of(integer(1, 64)), "how many partitions each topic has"),
                     R"({"orders": 2, "orders-retry": 1, "orders-dead": 1})"),
        field("profile", kText, "how the broker behaves", R"("kafka@4")")}},
      expansion,
      {"service", "consumer"},
      contradiction};
}

}  // namespace onceward::scenarios
