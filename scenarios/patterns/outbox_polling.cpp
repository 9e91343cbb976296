// A relay that polls an outbox table and publishes its rows.
#include "scenarios/patterns/pattern.hpp"

namespace onceward::scenarios {
namespace {

std::string expansion(const Parameters& parameters) {
  const bool claims = parameters.is("claim", "skip_locked");
  const std::string publish = R"({"publish": "=e.type", "to": "$to", "key": "=e.key",
      "id": "=e.id", "name": "relayed"})";
  const std::string mark =
      parameters.is("mark", "delete")
          ? R"({"delete": "${of}.${table}", "where": "row.id == e.id", "name": "marked"})"
          : R"({"update": "${of}.${table}", "where": "row.id == e.id",
                "set": {"published": true}, "name": "marked"})";
  const bool before = parameters.is("mark", "before");
  std::string text = R"({"services": {"$outbox-polling": {)";
  if (parameters.number("replicas") > 1) text += R"("count": "$replicas", )";
  text += R"("handlers": [{"every": "$every", "do": [)";
  if (claims) text += R"({"begin": "$of"}, )";
  text += R"({"select": "${of}.${table}", "where": "not row.published", "order_by": "seq",
      "limit": "$batch", )";
  if (claims) text += R"("lock": "skip_locked", )";
  text += R"("as": "batch"}, {"for_each": "batch", "as": "e", "do": [)";
  text += before ? mark + "," + publish : publish + "," + mark;
  text += "]}";
  if (claims) text += R"(, {"commit": "$of"})";
  return text + "]}]}}}";
}

}  // namespace

Pattern outbox_polling_pattern() {
  using namespace shape;
  const Shape text = of(Shape::Kind::text);
  return {
      "outbox-polling",
      "a relay that polls an outbox table and publishes its rows",
      {"a pattern \"outbox-polling\"",
       {needed("outbox-polling", text, "the name of the relay"),
        needed("of", text, "the database that has the outbox"), needed("to", text, "the topic"),
        field("table", text, "the outbox", R"("outbox")"),
        field("every", of(Shape::Kind::duration), "how often it looks", R"("1s")"),
        field("batch", integer(1, 1'000'000), "the most rows of one look", "100"),
        field("replicas", integer(1, 20), "how many relays there are", "1"),
        field("claim", word({"none", "skip_locked"}),
              "whether a relay locks the rows that it works on, and passes over those of others",
              R"("none")"),
        field("mark", word({"after", "before", "delete"}),
              "when a row is marked: after its publish, before it, or by deleting it after",
              R"("after")")}},
      expansion};
}

}  // namespace onceward::scenarios
