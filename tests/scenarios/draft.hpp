// A small scenario whose sections a test replaces one by one. Each section stands on a line of its
// own, so that a test can tell where in the file a problem must be reported.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>

#include "scenarios/expand.hpp"
#include "scenarios/reader.hpp"
#include "tests/support/command.hpp"

namespace onceward::scenarios {

// The problems of a text, one a line, as `line:column: message; hint`.
inline std::string told(const Problems& problems, const Source& source) {
  std::string all;
  for (const Problem& problem : problems.sorted()) {
    const Place place = source.place(problem.span.begin);
    if (!all.empty()) all += "\n";
    all += fmt::format("{}:{}: {}", place.line, place.column, problem.message);
    if (!problem.hint.empty()) all += "; " + problem.hint;
  }
  return all;
}

// Reads a text that is derived from no other.
inline std::unique_ptr<Program> read_text(const Source& source, Problems& problems) {
  Sources sources(source);
  const std::optional<Node> root = expand(sources, problems);
  return root ? read_program(*root, problems) : nullptr;
}

// A shop writes orders and publishes them, a worker ships them, a timer looks at the orders.
struct Draft {
  std::string head = R"("onceward": "1", "title": "t")";  // line 1, from column 2
  std::string databases =
      R"({"db": {"profile": "postgres@15", "tables": {"orders": {"key": "id"}, "outbox": {"key": "id", "sequence": "seq"}}}})";
  std::string brokers =
      R"({"bus": {"profile": "kafka@4", "topics": {"orders": {"partitions": 1}}}})";
  std::string external = R"({"bank": {"operations": ["pay"]}})";
  std::string on_shop = R"("on": {"request": "Buy"})";
  std::string shop =
      R"({"insert": "db.orders", "row": {"id": "=request.order"}, "name": "saved"}, {"publish": "Placed", "to": "bus.orders", "key": "=request.order", "name": "sent"})";
  std::string on_worker = R"("on": {"topic": "bus.orders", "group": "worker"})";
  std::string worker = R"({"effect": "ship", "of": "=event.key", "name": "shipped"}, "ack")";
  std::string on_timer = R"("every": "1s")";
  std::string timer = R"({"select": "db.orders", "as": "found"})";
  std::string services;  // more of them, each with a comma in front
  std::string workload =
      R"([{"request": "Buy", "to": "shop", "times": 2, "with": {"order": "='o' + n"}}])";
  std::string faults = R"({"budget": 1, "kinds": [{"crash": "any"}]})";
  std::string obligations = R"([{"each": "db.orders", "owes": "ship", "exactly": 1}])";
  std::string expect = R"({"violates": "no-lost-effect"})";
  std::string rest;  // more members of the file, each with a comma in front

  // The file. The comments name its lines.
  [[nodiscard]] std::string text() const {
    std::string text = "{" + head + ",\n";                                // 1
    text += R"("databases": )" + databases + ",\n";                       // 2
    text += R"("brokers": )" + brokers + ",\n";                           // 3
    text += R"("external": )" + external + ",\n";                         // 4
    text += R"("services": {"shop": {"handlers": [{)" + on_shop + ",\n";  // 5
    text += R"("do": [)" + shop + "]\n";                                  // 6
    text += R"(}]}, "worker": {"handlers": [{)" + on_worker + ",\n";      // 7
    text += R"("do": [)" + worker + "]\n";                                // 8
    text += R"(}]}, "timer": {"handlers": [{)" + on_timer + ",\n";        // 9
    text += R"("do": [)" + timer + "]\n";                                 // 10
    text += "}]}" + services + "},\n";                                    // 11
    text += R"("workload": )" + workload + ",\n";                         // 12
    text += R"("faults": )" + faults + ",\n";                             // 13
    text += R"("obligations": )" + obligations + ",\n";                   // 14
    text += R"("expect": )" + expect + rest + "}\n";                      // 15
    return text;
  }
};

// One order, no faults, and a worker that does `steps`.
inline Draft working(const std::string& steps) {
  Draft draft;
  draft.worker = steps;
  draft.workload = R"([{"request": "Buy", "to": "shop", "with": {"order": "o1"}}])";
  draft.faults = R"({"budget": 0})";
  draft.expect = R"({"holds": "exhausted"})";
  return draft;
}

// What the command line says of it.
inline tests::Ran checked(const Draft& draft) {
  const tests::TemporaryFolder folder;
  folder.write("a.onceward.json", draft.text());
  return folder.onceward("check a.onceward.json");
}

}  // namespace onceward::scenarios
