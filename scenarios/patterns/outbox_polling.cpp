// A relay that polls an outbox table and publishes its rows.
#include "scenarios/patterns/pattern.hpp"

namespace onceward::scenarios {
namespace {

// One event, of the row `e`, or a batch with one of each row.
std::string publish(const Parameters& parameters) {
  const std::string row = R"({"publish": "=e.type", "to": "$to", "key": "=e.key", "id": "=e.id")";
  if (!parameters.is("send", "batch")) return row + R"(, "name": "relayed"})";
  return row + R"(, "for_each": "batch", "item": "e", "as": "sent",
      "on_error": {"partial": []}, "name": "relayed"})";
}

std::string mark(const Parameters& parameters) {
  if (parameters.is("mark", "delete")) {
    return R"({"delete": "${of}.${table}", "where": "row.id == e.id", "name": "marked"})";
  }
  return R"({"update": "${of}.${table}", "where": "row.id == e.id",
      "set": {"published": true}, "name": "marked"})";
}

std::string for_each(const std::string& rows, const std::string& steps) {
  return R"({"for_each": ")" + rows + R"(", "as": "e", "do": [)" + steps + "]}";
}

// Another relay waits for the row that this one has marked, and then finds it marked.
std::string relay_locked_row(const Parameters& parameters) {
  return R"({"begin": "$of"}, {"update": "${of}.${table}",
      "where": "row.id == e.id and not row.published", "set": {"published": true},
      "as": "claimed", "name": "claimed"}, {"if": "claimed.rows == 1", "then": [)" +
         publish(parameters) + R"(]}, {"commit": "$of", "name": "marked"})";
}

// What is done with the rows that were found. Of a batch, what the broker refused is not marked.
std::string relay_rows(const Parameters& parameters) {
  if (parameters.is("claim", "row-lock")) return for_each("batch", relay_locked_row(parameters));
  const std::string send = publish(parameters);
  const bool first = parameters.is("mark", "before");
  if (!parameters.is("send", "batch")) {
    return for_each("batch", first ? mark(parameters) + "," + send : send + "," + mark(parameters));
  }
  if (first) return for_each("batch", mark(parameters)) + "," + send;
  return send + "," +
         for_each("sent.items", R"({"if": "e.accepted", "then": [)" + mark(parameters) + "]}");
}

std::string expansion(const Parameters& parameters) {
  const bool holds = parameters.is("claim", "skip-locked");
  std::string text = R"({"services": {"$outbox-polling": {)";
  if (parameters.number("replicas") > 1) text += R"("count": "$replicas", )";
  text += R"("handlers": [{"every": "$every", "do": [)";
  if (holds) text += R"({"begin": "$of"}, )";
  text += R"({"select": "${of}.${table}", "where": "not row.published", "order_by": "seq",
      "limit": "$batch", )";
  if (holds) text += R"("lock": "skip_locked", )";
  text += R"("as": "batch"}, )" + relay_rows(parameters);
  if (holds) text += R"(, {"commit": "$of", "name": "committed"})";
  return text + "]}]}}}";
}

std::optional<Contradiction> contradiction(const Parameters& parameters) {
  const bool one_by_one = parameters.is("claim", "row-lock");
  if (one_by_one && parameters.is("send", "batch")) {
    return Contradiction{"send", "a relay with \"claim\": \"row-lock\" takes one row at a time",
                         "\"skip-locked\" claims all that were found"};
  }
  if (one_by_one && parameters.writes("mark")) {
    return Contradiction{"mark", "a relay with \"claim\": \"row-lock\" marks a row by taking it",
                         "leave out \"mark\""};
  }
  if (parameters.is("claim", "skip-locked") && parameters.is("mark", "before")) {
    return Contradiction{"mark", "rows that are claimed are marked when the claim ends, not before",
                         "write \"after\" or \"delete\", or leave out \"claim\""};
  }
  return std::nullopt;
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
        field("claim", word({"none", "row-lock", "skip-locked"}),
              "row-lock: it marks a row first and publishes before it commits the mark, so that "
              "no other relay has the row meanwhile; skip-locked: it holds the rows that it found, "
              "which others leave out, until it has marked them",
              R"("none")"),
        field("send", word({"each", "batch"}),
              "a publish for each row, or one for all that were found, of which the broker may "
              "refuse some",
              R"("each")"),
        field("mark", word({"after", "before", "delete"}),
              "when a row is marked: after its publish, before it, or by deleting it after",
              R"("after")")}},
      expansion,
      {"service", "broker", "consumer"},
      contradiction};
}

}  // namespace onceward::scenarios
