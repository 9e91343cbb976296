// A service that stores what a request asks for and has an event published about it.
#include "scenarios/patterns/pattern.hpp"

namespace onceward::scenarios {
namespace {

std::string steps(const Parameters& parameters) {
  const std::string begin = R"({"begin": "$database"})";
  const std::string save =
      R"({"insert": "${database}.${table}", "row": {"id": "=request.${key}"}, "name": "saved"})";
  const std::string store =
      R"json({"insert": "${database}.outbox", "row": {"id": "=uuid()", "type": "$event",
      "key": "=request.${key}", "published": false}, "name": "stored"})json";
  const std::string commit = R"({"commit": "$database", "name": "committed"})";
  const std::string publish =
      R"({"publish": "$event", "to": "$topic", "key": "=request.${key}", "name": "published"})";
  if (parameters.is("sends", "outbox")) return begin + "," + save + "," + store + "," + commit;
  if (parameters.is("sends", "after-commit")) {
    return begin + "," + save + "," + commit + "," + publish;
  }
  if (parameters.is("sends", "before-commit")) {
    return begin + "," + save + "," + publish + "," + commit;
  }
  return publish + "," + begin + "," + save + "," + commit;
}

std::string expansion(const Parameters& parameters) {
  const bool outbox = parameters.is("sends", "outbox");
  std::string text = R"({"databases": {"$database": {"profile": "$profile", "tables": {
      "$table": {"key": "id"})";
  if (outbox) text += R"(, "outbox": {"key": "id", "sequence": "seq"})";
  text += R"(}}}, "services": {"$service": {"handlers": [{"on": {"request": "$request"}, "do": [)";
  text += steps(parameters);
  text += R"(]}]}}, "obligations": [{"each": "${database}.${table}", "owes": "event ${event}",
      "exactly": 1}]})";
  return text;
}

std::optional<Contradiction> contradiction(const Parameters& parameters) {
  if (!parameters.writes("topic") || !parameters.is("sends", "outbox")) return std::nullopt;
  return Contradiction{"topic",
                       "\"topic\" is for a service that publishes itself, not by an outbox",
                       "the relay says where to: \"outbox-polling\" ... \"to\""};
}

}  // namespace

Pattern service_pattern() {
  using namespace shape;
  return {"service",
          "stores what a request asks for and publishes an event about it, by an outbox or not",
          {"a pattern \"service\"",
           {with_example(needed("service", kText, "its name"), R"("shop")"),
            with_example(needed("request", kText, "the request that it takes"), R"("PlaceOrder")"),
            with_example(needed("event", kText, "the type of the event that each stored row owes"),
                         R"("OrderPlaced")"),
            field("key", kText, "the field of the request that is the row's id and the event's key",
                  R"("order")"),
            field("database", kText, "the name of its database", R"("${service}-db")"),
            field("profile", kText, "how the database behaves", R"("postgres@15")"),
            field("table", kText, "where it stores rows", R"("orders")"),
            field("sends", word({"outbox", "after-commit", "before-commit", "first"}),
                  "how the event gets out: a row of the outbox in the same transaction, or a "
                  "publish at that place",
                  R"("outbox")"),
            in_comment(
                field("topic", kText, "where it publishes, without an outbox", R"("bus.orders")"),
                R"("sends": "after-commit", "topic": "bus.orders")")}},
          expansion,
          {"outbox-polling", "broker", "consumer"},
          contradiction};
}

}  // namespace onceward::scenarios
