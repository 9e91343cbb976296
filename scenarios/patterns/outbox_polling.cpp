// A relay that polls an outbox table and publishes its rows.
#include "scenarios/patterns/pattern.hpp"

namespace onceward::scenarios {
namespace {

constexpr const char* kPublish = R"({"publish": "=e.type", "to": "$to", "key": "=e.key",
    "id": "=e.id", "name": "relayed"})";

// What is done with one row. A relay that claims holds the row until it has published: another one
// waits for it, and then finds it marked.
std::string relay_row(const Parameters& parameters) {
  if (parameters.is("claim", "row-lock")) {
    return R"({"begin": "$of"}, {"update": "${of}.${table}",
        "where": "row.id == e.id and not row.published", "set": {"published": true},
        "as": "claimed", "name": "claimed"}, {"if": "claimed.rows == 1", "then": [)" +
           std::string(kPublish) + R"(]}, {"commit": "$of", "name": "marked"})";
  }
  const std::string mark =
      parameters.is("mark", "delete")
          ? R"({"delete": "${of}.${table}", "where": "row.id == e.id", "name": "marked"})"
          : R"({"update": "${of}.${table}", "where": "row.id == e.id",
                "set": {"published": true}, "name": "marked"})";
  return parameters.is("mark", "before") ? mark + "," + kPublish : kPublish + ("," + mark);
}

std::string expansion(const Parameters& parameters) {
  std::string text = R"({"services": {"$outbox-polling": {)";
  if (parameters.number("replicas") > 1) text += R"("count": "$replicas", )";
  text += R"("handlers": [{"every": "$every", "do": [
      {"select": "${of}.${table}", "where": "not row.published", "order_by": "seq",
       "limit": "$batch", "as": "batch"}, {"for_each": "batch", "as": "e", "do": [)";
  return text + relay_row(parameters) + "]}]}]}}}";
}

}  // namespace

Pattern outbox_polling_pattern() {
  using namespace shape;
  return {
      "outbox-polling",
      "a relay that polls an outbox table and publishes its rows",
      {"a pattern \"outbox-polling\"",
       {with_example(needed("outbox-polling", kText, "the name of the relay"), R"("relay")"),
        with_example(needed("of", kText, "the database that has the outbox"), R"("shop-db")"),
        with_example(needed("to", kText, "the topic"), R"("bus.orders")"),
        field("table", kText, "the outbox", R"("outbox")"),
        field("every", kDuration, "how often it looks", R"("1s")"),
        field("batch", integer(1, 1'000'000), "the most rows of one look", "100"),
        field("replicas", integer(1, 20), "how many relays there are", "1"),
        field("claim", word({"none", "row-lock"}),
              "row-lock: it marks a row first and publishes before it commits the mark, so that "
              "no other relay has the row meanwhile",
              R"("none")"),
        field("mark", word({"after", "before", "delete"}),
              "when a row is marked: after its publish, before it, or by deleting it after",
              R"("after")")}},
      expansion,
      {"service", "broker", "consumer"}};
}

}  // namespace onceward::scenarios
