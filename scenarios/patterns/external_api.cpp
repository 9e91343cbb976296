// A service that is not ours, called over the network.
#include "scenarios/patterns/pattern.hpp"

namespace onceward::scenarios {
namespace {

std::string expansion(const Parameters& parameters) {
  std::string text = R"({"external": {"$external-api": {"operations": "$operations")";
  if (parameters.has("idempotency_window")) {
    text += R"(, "idempotency_window": "$idempotency_window")";
  }
  return text + "}}}";
}

}  // namespace

Pattern external_api_pattern() {
  using namespace shape;
  return {
      "external-api",
      "a service that is not ours: it acts upon a call whatever our transaction does",
      {"a pattern \"external-api\"",
       {with_example(needed("external-api", kText, "its name"), R"("payments")"),
        with_example(needed("operations", list_of(kText), "what can be called"), R"(["charge"])"),
        in_comment(
            field("idempotency_window", kDuration, "how long it knows a key again; else for ever"),
            R"("idempotency_window": "24h")")}},
      expansion,
      {"consumer"}};
}

}  // namespace onceward::scenarios
