// A consumer of a topic that causes one effect an event: how it keeps copies out, when it
// acknowledges, and what it does with an event that it cannot handle.
#include "scenarios/patterns/pattern.hpp"

namespace onceward::scenarios {
namespace {

// How often the event at hand was tried before, and once more.
constexpr const char* kAttempt = "(event.data.attempt == null ? 1 : event.data.attempt)";

// The event goes to the retry topic, or after too many tries to the dead letters, and is done here.
std::string give_up(const Parameters& parameters) {
  const std::string copy = R"("key": "=event.key", "id": "=event.id")";
  const std::string bury = R"({"publish": "=event.type", "to": "$dead_letter", )" + copy +
                           R"(, "data": {"attempt": "=)" + kAttempt + R"("}, "name": "buried"})";
  const std::string again = R"({"publish": "=event.type", "to": "$retry", )" + copy +
                            R"(, "data": {"attempt": "=)" + kAttempt +
                            R"( + 1"}, "name": "sent to retry"})";
  std::string steps;
  if (parameters.has("retry") && parameters.has("dead_letter")) {
    steps = R"({"if": ")" + std::string(kAttempt) + R"( < ${attempts}", "then": [)" + again +
            R"(], "else": [)" + bury + "]}";
  } else {
    steps = parameters.has("retry") ? again : bury;
  }
  return steps + R"(, "ack", "return")";
}

// The effect itself: within the transaction of the inbox where there is one.
std::string act(const Parameters& parameters) {
  if (!parameters.has("calls")) {
    const bool inbox = parameters.is("dedup", "inbox");
    const std::string effect =
        R"({"effect": "$effect", "of": "=event.key", "in": "$database", "name": "done"})";
    if (inbox) return effect;
    return R"({"begin": "$database"}, )" + effect + R"(, {"commit": "$database"})";
  }
  std::string text = R"({"call": "$calls", "of": "=event.key")";
  if (!parameters.is("idempotency_key", "none")) {
    text += parameters.is("idempotency_key", "event") ? R"(, "idempotency_key": "=event.id")"
                                                      : R"(, "idempotency_key": "=event.key")";
  }
  if (parameters.has("retry") || parameters.has("dead_letter")) {
    text += R"(, "on_error": [)" + give_up(parameters) + "]";
  }
  return text + R"(, "name": "done"})";
}

// Acts once an event, as far as the chosen dedup goes.
std::string handle(const Parameters& parameters) {
  const std::string once = act(parameters);
  if (parameters.is("dedup", "inbox")) {
    return R"({"begin": "$database"},
        {"insert": "${database}.inbox", "row": {"event": "=event.id"}, "on_conflict": "ignore",
         "as": "seen", "name": "recorded"},
        {"if": "seen.rows == 1", "then": [)" +
           once + R"(]}, {"commit": "$database"})";
  }
  if (parameters.is("dedup", "record-first")) {
    return R"({"insert": "${database}.inbox", "row": {"event": "=event.id"},
         "on_conflict": "ignore", "as": "seen", "name": "recorded"},
        {"if": "seen.rows == 1", "then": [)" +
           once + "]}";
  }
  if (parameters.is("dedup", "store-before")) {
    return R"({"put": "$store", "key": "=event.id", "value": true, "ttl": "$ttl", "if": "absent",
         "as": "seen", "name": "recorded"},
        {"if": "seen.rows == 1", "then": [)" +
           once + "]}";
  }
  if (parameters.is("dedup", "store-after")) {
    return R"({"get": "$store", "key": "=event.id", "as": "seen"},
        {"if": "seen.value == null", "then": [)" +
           once + R"(, {"put": "$store", "key": "=event.id", "value": true, "ttl": "$ttl",
         "name": "recorded"}]})";
  }
  return once;
}

std::string handler(const Parameters& parameters, const std::string& topic) {
  const bool before = parameters.is("ack", "before");
  const std::string ack = R"({"ack": true, "name": "acked"})";
  std::string text = R"({"on": {"topic": ")" + topic + R"(", "group": "$group"}, "do": [)";
  if (before) text += ack + ",";
  text += handle(parameters);
  if (!before) text += "," + ack;
  return text + "]}";
}

bool stores_ids(const Parameters& parameters) {
  return parameters.text("dedup").starts_with("store");
}

bool has_inbox(const Parameters& parameters) {
  return parameters.is("dedup", "inbox") || parameters.is("dedup", "record-first");
}

// What a parameter is for, where this consumer has none of it.
std::optional<Contradiction> contradiction(const Parameters& parameters) {
  const bool calls = parameters.has("calls");
  if (calls && parameters.writes("effect")) {
    return Contradiction{"effect", "a consumer has an \"effect\" of its own or \"calls\" a service",
                         "leave out one of them"};
  }
  const auto is_for = [](const std::string& name, const std::string& what, const char* hint) {
    return Contradiction{name, "\"" + name + "\" is for " + what, hint};
  };
  for (const char* name : {"idempotency_key", "retry", "dead_letter"}) {
    if (calls || !parameters.writes(name)) continue;
    return is_for(name, "a call, and this consumer makes none", "write \"calls\": \"EXTERNAL.OP\"");
  }
  if (parameters.has("retry") && parameters.is("retry", parameters.text("topic"))) {
    return Contradiction{"retry", "\"retry\" is the topic that the consumer reads anyway",
                         "name a topic of its own for what is tried again"};
  }
  if (parameters.has("retry") && parameters.is("dead_letter", parameters.text("retry"))) {
    return Contradiction{"dead_letter", "\"dead_letter\" is the topic of \"retry\"",
                         "what is given up goes where this consumer does not read it again"};
  }
  if (parameters.writes("attempts") &&
      (!parameters.has("retry") || !parameters.has("dead_letter"))) {
    return is_for("attempts", "a consumer that tries again and then gives up",
                  "write \"retry\" and \"dead_letter\"");
  }
  for (const char* name : {"store", "ttl"}) {
    if (stores_ids(parameters) || !parameters.writes(name)) continue;
    return is_for(name, "a dedup by keys in a store; this is \"" + parameters.text("dedup") + "\"",
                  "write \"dedup\": \"store-after\" or \"store-before\"");
  }
  if (parameters.writes("database") && calls && !has_inbox(parameters)) {
    return is_for("database", "an effect or an inbox, and this consumer has neither",
                  "leave it out");
  }
  return std::nullopt;
}

std::string parts(const Parameters& parameters) {
  const bool stores = stores_ids(parameters);
  const bool inbox = has_inbox(parameters);
  std::string text;
  if (stores) text += R"("stores": {"$store": {"profile": "redis@7"}}, )";
  if (inbox || !parameters.has("calls")) {
    text += R"("databases": {"$database": {"profile": "postgres@15", "tables": {)";
    if (inbox) text += R"("inbox": {"key": "event"})";
    text += "}}}, ";
  }
  return text;
}

std::string expansion(const Parameters& parameters) {
  std::string text = "{" + parts(parameters) + R"("services": {"$consumer": {)";
  if (parameters.number("count") > 1) text += R"("count": "$count", )";
  text += R"("handlers": [)" + handler(parameters, "$topic");
  if (parameters.has("retry")) text += ", " + handler(parameters, "$retry");
  text += "]}}";
  if (parameters.has("owed_by")) {
    const char* owed = parameters.has("calls") ? "$calls" : "$effect";
    text += R"(, "obligations": [{"each": "$owed_by", "owes": ")" + std::string(owed) +
            R"(", "exactly": 1}])";
  }
  return text + "}";
}

std::vector<FieldShape> fields() {
  using namespace shape;
  const std::string calls = R"("calls": "payments.charge")";
  const std::string retry = R"("retry": "bus.orders-retry")";
  const std::string dead = R"("dead_letter": "bus.orders-dead")";
  return {
      with_example(needed("consumer", kText, "its name"), R"("warehouse")"),
      with_example(needed("topic", kText, "the topic that it reads"), R"("bus.orders")"),
      field("group", kText, "the group that it reads as", R"("$consumer")"),
      field("effect", kText, "the effect that each event causes, in its own database",
            R"("${consumer} acts")"),
      in_comment(field("calls", kText, "instead of `effect`: the operation of an external service"),
                 calls),
      with_example(
          field("owed_by", kText, "the causes that owe the effect once, for an obligation"),
          R"("shop-db.orders")"),
      field("dedup", word({"none", "inbox", "record-first", "store-after", "store-before"}),
            "how copies are kept out: not at all, by a row in the transaction of the effect, by "
            "a row before it, by a key in a store after or before it",
            R"("inbox")"),
      field("database", kText, "its database", R"("${consumer}-db")"),
      in_comment(field("store", kText, "the store of its keys", R"("${consumer}-keys")"),
                 R"("dedup": "store-after", "store": "${consumer}-keys")"),
      in_comment(field("ttl", kDuration, "how long the store keeps a key", R"("24h")"),
                 R"("dedup": "store-after", "ttl": "24h")"),
      in_comment(field("idempotency_key", word({"none", "event", "key"}),
                       "what a call sends along, so that it acts once: the event's id, or its key",
                       R"("event")"),
                 calls + R"(, "idempotency_key": "event")"),
      field("ack", word({"after", "before"}), "when it acknowledges", R"("after")"),
      in_comment(field("retry", kText, "the topic for events whose call failed"),
                 calls + ", " + retry),
      in_comment(field("attempts", integer(1, 100), "tries before an event is dead", "3"),
                 calls + ", " + retry + ", " + dead + R"(, "attempts": 3)"),
      in_comment(field("dead_letter", kText, "the topic for events that are given up"),
                 calls + ", " + dead),
      field("count", integer(1, 20), "how many instances there are", "1"),
  };
}

}  // namespace

Pattern consumer_pattern() {
  return {
      "consumer",
      "a consumer that causes one effect an event: dedup, acknowledgement, retries, dead letters",
      {"a pattern \"consumer\"", fields()},
      expansion,
      {"service", "outbox-polling", "broker"},
      contradiction};
}

}  // namespace onceward::scenarios
