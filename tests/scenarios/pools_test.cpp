// Pools of workers that the handlers of a process share.
#include <catch2/catch.hpp>
#include <string>

#include "tests/scenarios/answer.hpp"

namespace onceward::scenarios {
namespace {

const std::string kHolds = "EXHAUSTED";
const std::string kOverlap = "eventually of never two at once: 0 instead of 1";

// Tells if another run is between its steps.
const std::string kWork =
    R"({"put": "cache", "key": "busy", "value": true, "if": "absent", "as": "free"},
       {"if": "free.rows == 0", "then": [{"effect": "overlap", "of": "busy"}]},
       {"remove": "cache", "key": "busy"})";

// A desk with these members besides its handlers, and two clients, one for each of two handlers,
// which work in the pools of these names; an empty name: in none.
Draft desk(const std::string& members, const std::string& ask_in, const std::string& tell_in) {
  const auto handler = [](const std::string& request, const std::string& pool) {
    return R"({"on": {"request": ")" + request + R"("}, )" +
           (pool.empty() ? "" : R"("pool": ")" + pool + R"(", )") + R"("do": [)" + kWork + "]}";
  };
  Draft draft;
  draft.shop = R"("return")";
  draft.worker = R"("ack")";
  draft.services = R"(, "desk": {)" + members + R"("handlers": [)" + handler("Ask", ask_in) + ", " +
                   handler("Tell", tell_in) + "]}";
  draft.workload = R"([{"request": "Ask", "to": "desk"}, {"request": "Tell", "to": "desk"}])";
  draft.faults = R"({"budget": 0})";
  draft.obligations =
      R"j([{"eventually": "effects('overlap') == 0", "name": "never two at once"}])j";
  draft.expect = R"({"holds": true})";
  draft.rest = R"(, "stores": {"cache": {"profile": "redis@7"}})";
  return draft;
}

std::string answer_in(const std::string& members, const std::string& ask_in,
                      const std::string& tell_in) {
  return answer_to(desk(members, ask_in, tell_in));
}

TEST_CASE("handlers of one pool run no more at once, together, than it has slots", "[pools]") {
  const std::string one = R"("pools": {"workers": 1}, )";
  CHECK(answer_in(one, "workers", "workers") == kHolds);
  CHECK(answer_in(one, "workers", "") == kOverlap);
  CHECK(answer_in(R"("pools": {"workers": 2}, )", "workers", "workers") == kOverlap);
  CHECK(answer_in(R"("pools": {"workers": 1, "others": 1}, )", "workers", "others") == kOverlap);
}

TEST_CASE("each instance has the pools of its service for itself", "[pools]") {
  CHECK(answer_in(R"("count": 2, "pools": {"workers": 1}, )", "workers", "workers") == kOverlap);
}

TEST_CASE("passes, timers and what runs at the start take a slot like all others", "[pools]") {
  // Looks whether a run of another handler is under way.
  const std::string look = R"({"get": "cache", "key": "busy", "as": "other"},
    {"if": "other.value != null", "then": [{"effect": "overlap", "of": "busy"}]})";
  const auto beside = [&](const std::string& trigger, const std::string& members,
                          const std::string& more) {
    const auto answer = [&](const std::string& pool) {
      Draft draft = desk("", "", "");
      draft.services = R"(, "desk": {"pools": {"workers": 1}, )" + members + R"("handlers": [
        {"on": {"request": "Ask"}, "pool": "workers", "do": [)" +
                       kWork + "]}, {" + trigger + pool + R"(, "do": [)" + look + "]}" + more +
                       "]}";
      draft.workload = R"([{"request": "Ask", "to": "desk"}])";
      return answer_to(draft);
    };
    CHECK(answer(R"(, "pool": "workers")") == kHolds);
    CHECK(answer("") == kOverlap);
  };
  beside(R"("every": "1s")", "", "");
  beside(R"("on": {"start": true})", "", "");
  beside(R"("on": {"timer": "later"})", R"("timers": {"later": {}}, )",
         R"(, {"on": {"start": true}, "do": [{"arm": "later", "after": "5ms"}]})");
}

TEST_CASE("who came first has the next slot: messages are worked on in their order", "[pools]") {
  const auto shipped = [](const std::string& pool) {
    Draft draft;
    draft.services = R"(, "desk": {"pools": {"workers": 1}, "handlers": [{
      "on": {"topic": "bus.orders", "group": "desk"}, "concurrency": 3, )" +
                     pool + R"("do": [{"effect": "send", "of": "=event.key"}]}]})";
    draft.shop = R"({"publish": "Placed", "to": "bus.orders", "key": "=request.order"})";
    draft.workload =
        R"([{"request": "Buy", "to": "shop", "times": 3, "with": {"order": "='o' + n"}}])";
    draft.worker = R"("ack")";
    draft.faults = R"({"budget": 0})";
    draft.obligations = R"([{"order": "send", "as": "event Placed", "per": "all"}])";
    draft.expect = R"({"violates": "per-key-order"})";
    return answer_to(draft);
  };
  CHECK(shipped(R"("pool": "workers", )") == kHolds);
  CHECK(shipped("").starts_with("per-key-order"));
}

TEST_CASE("a run gives its slot back however it ends, and a crash frees all of them", "[pools]") {
  // A message that comes while a request is in work, before it or after it, is told of.
  const auto told_beside = [](const std::string& asked, const std::string& faults) {
    Draft draft = desk("", "", "");
    draft.shop = R"({"publish": "Placed", "to": "bus.orders", "key": "o1"})";
    draft.services = R"(, "desk": {"pools": {"workers": 1}, "handlers": [
      {"on": {"request": "Ask"}, "pool": "workers", "do": [)" +
                     asked +
                     R"(]}, {"on": {"topic": "bus.orders", "group": "desk"}, "pool": "workers",
       "do": [{"effect": "told", "of": "=event.key"}, "ack"]}]})";
    draft.workload = R"([{"request": "Ask", "to": "desk"}, {"request": "Buy", "to": "shop"}])";
    draft.faults = faults;
    draft.obligations = R"([{"each": "event Placed", "owes": "told", "at_least": 1}])";
    return answer_to(draft);
  };
  const std::string none = R"({"budget": 0})";
  for (const char* end : {R"("return")", R"("fail")", R"("exit")"}) {
    CHECK(told_beside(R"({"effect": "asked", "of": "a"}, )" + std::string(end), none) == kHolds);
  }
  CHECK(told_beside(R"({"effect": "asked", "of": "a"}, {"wait": "1s"})",
                    R"({"budget": 1, "kinds": [{"crash": "desk"}]})") == kHolds);
  // Who never ends keeps it.
  const std::string stuck = R"({"wait_until": "memory.never"}, {"effect": "asked", "of": "a"})";
  Draft draft = desk("", "", "");
  draft.services = R"(, "desk": {"pools": {"workers": 1}, "memory": {"never": false}, "handlers": [
    {"on": {"request": "Ask"}, "pool": "workers", "do": [)" +
                   stuck + R"(]}, {"on": {"request": "Tell"}, "pool": "workers",
      "do": [{"effect": "told", "of": "=request.of"}]}]})";
  draft.workload = R"([{"request": "Ask", "to": "desk"},
    {"request": "Tell", "to": "desk", "with": {"of": "t"}}])";
  draft.obligations = R"([{"each": "request Tell", "owes": "told", "exactly": 1}])";
  CHECK(answer_to(draft) == "no-lost-effect of t: 0 instead of 1");
}

TEST_CASE("a message that waits for a slot when its process dies comes again", "[pools]") {
  Draft draft = working(R"({"effect": "ship", "of": "=event.key"}, "ack")");
  const std::string handlers = R"("worker": {"handlers": [{)";
  draft.workload =
      R"([{"request": "Buy", "to": "shop", "times": 2, "with": {"order": "='o' + n"}}])";
  draft.on_worker = R"("pool": "workers", "concurrency": 2,
    "on": {"topic": "bus.orders", "group": "worker"})";
  draft.faults = R"({"budget": 1, "kinds": [{"crash": "worker"}]})";
  draft.obligations = R"([{"each": "event Placed", "owes": "ship", "at_least": 1}])";
  std::string text = draft.text();
  text.replace(text.find(handlers), handlers.size(),
               R"("worker": {"pools": {"workers": 1}, "handlers": [{)");
  const Loaded loaded = load_text("story.onceward.json", text);
  INFO(loaded.problems);
  REQUIRE(loaded.program != nullptr);
  const sim::Result result = sim::explore(*loaded.program, loaded.program->plan, {});
  CHECK(to_text(result.verdict) == kHolds);
}

TEST_CASE("a pool is named by its service, with a size", "[pools]") {
  const auto mistake = [](const std::string& members, const std::string& pool) {
    return load_text("story.onceward.json", desk(members, pool, "").text()).problems;
  };
  const auto tells = [](const std::string& problems, const std::string& words) {
    INFO(problems);
    CHECK(problems.find(words) != std::string::npos);
  };
  CHECK(mistake(R"("pools": {"workers": 1}, )", "workers").empty());
  tells(mistake(R"("pools": {"workers": 1}, )", "worker"), R"(desk has no pool "worker")");
  tells(mistake(R"("pools": {"workers": 1}, )", "worker"), R"(did you mean "workers"?)");
  tells(mistake("", "workers"), R"(write "pools": {"workers": 1} in the service)");
  tells(mistake(R"("pools": {"workers": 0}, )", "workers"),
        R"(the size of the pool "workers" is a number from 1 to 1000)");
  tells(mistake(R"("pools": {"workers": "many"}, )", "workers"), "is a number from 1 to 1000");
}

}  // namespace
}  // namespace onceward::scenarios
