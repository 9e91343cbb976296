// Stories about clients: whom their requests reach, and what becomes of those nobody answers.
#include <algorithm>
#include <catch2/catch.hpp>

#include "sim/search/explore.hpp"
#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using namespace std::chrono_literals;
using models::OnConflict;
using models::RequestHandling;
using models::Row;
using models::StatementResult;
using sim::FaultKind;
using sim::Task;

const sim::Site kInsert("insert");
const sim::Site kThink("think");

// Stores an item of the request's name.
Task<> store(Desk* at, RequestHandling* request) {
  const sim::Value of = request->row().front();
  at->note(of);
  Row row = item("");
  row[kId] = of;
  const StatementResult result =
      co_await at->db->insert(kAlone, kItems, row, OnConflict::error, kInsert);
  request->failed = result.status != models::Status::ok;
}

TEST_CASE("a request reaches its service and is answered when its handler ends",
          "[models][workload]") {
  Flow flow;
  flow.server("shop", store);
  flow.request("shop", "o1");
  const Run run = flow.play();
  CHECK(run.notes.at("shop") == Texts{"o1"});
  CHECK(run.rows.at("items").size() == 1);
  CHECK(run.told("PlaceOrder of=o1 -> shop") == 1);
  CHECK(run.told("PlaceOrder o1 is answered") == 1);
}

TEST_CASE("requests are sent at once and arrive in any order", "[models][workload]") {
  Flow flow;
  flow.server("shop", store);
  flow.request("shop", "o1");
  flow.request("shop", "o2");
  CHECK(flow.outcomes() == std::set<std::string>{"shop: o1, o2", "shop: o2, o1"});
}

TEST_CASE("requests whose handlers are known by what they awaited are all tried",
          "[models][workload]") {
  Flow flow;
  flow.server("shop", store);
  flow.request("shop", "o1");
  flow.request("shop", "o2");
  sim::SearchOptions options;
  options.strategy = sim::Strategy::exhaustive;
  const sim::Result found = sim::explore(flow, {}, options);
  CHECK(found.verdict == sim::Verdict::exhausted);
  CHECK(std::count(found.reductions.begin(), found.reductions.end(), "symmetric-keys") == 0);
}

TEST_CASE("a request arrives in its window", "[models][workload]") {
  Flow flow;
  flow.server("shop", store);
  flow.request("shop", "o1", {1h, 2h});
  flow.request("shop", "o2", {1s, 2s});
  CHECK(flow.play().notes.at("shop") == Texts{"o2", "o1"});
  CHECK_FALSE(flow.play({"request PlaceOrder"}).timing.earliest.empty());
  const Run run = flow.play();
  CHECK(run.timing.earliest[1] == sim::Instant{1s / 1ns});
}

TEST_CASE("a handler that fails answers its client with a failure", "[models][workload]") {
  Flow flow;
  flow.server("shop", store);
  flow.request("shop", "o1");
  flow.request("shop", "o1");
  const Run run = flow.play();
  CHECK(run.told("PlaceOrder o1 is answered") == 1);
  CHECK(run.told("PlaceOrder o1 fails") == 1);
}

TEST_CASE("a request to a process that is down is refused", "[models][workload]") {
  Flow flow;
  flow.server("shop", store);
  flow.request("shop", "o1");
  flow.request("shop", "o2");
  flow.allow(1, {FaultKind::crash});
  const Run run = flow.play({"request PlaceOrder", "shop", "shop: crash", "request PlaceOrder"},
                            {{"insert", "crash"}});
  CHECK(run.notes.at("shop") == Texts{"o1"});
  CHECK(run.told("of=o2 -> shop  (refused: it is down)") == 1);
  CHECK(run.told("PlaceOrder o1 is answered") == 0);
}

TEST_CASE("a request in work at a crash is never answered, though it may have been done",
          "[models][workload]") {
  Flow flow;
  flow.server("shop", store);
  flow.request("shop", "o1");
  flow.allow(1, {FaultKind::crash});
  const Run run = flow.play({}, {{"insert", "crash"}});
  CHECK(run.rows.at("items").size() == 1);
  CHECK(run.told("is answered") == 0);
  CHECK(run.told("fails") == 0);
  CHECK(run.told("restart") == 1);
}

TEST_CASE("a request that arrives after the restart is served", "[models][workload]") {
  Flow flow;
  flow.server("shop", store);
  flow.request("shop", "o1");
  flow.request("shop", "o2");
  flow.allow(1, {FaultKind::crash});
  const Run run = flow.play(
      {"request PlaceOrder", "shop", "shop: crash", "shop: restart", "request PlaceOrder"},
      {{"insert", "crash"}});
  CHECK(run.notes.at("shop") == Texts{"o1", "o2"});
  CHECK(run.told("is answered") == 1);
}

TEST_CASE("a request to a process that is about to crash is never answered", "[models][workload]") {
  Flow flow;
  flow.server("shop", store);
  flow.request("shop", "o1");
  flow.request("shop", "o2");
  flow.allow(1, {FaultKind::crash});
  const Run run = flow.play({"request PlaceOrder", "shop", "request PlaceOrder", "shop: crash"},
                            {{"insert", "crash"}});
  CHECK(run.notes.at("shop") == Texts{"o1"});
  CHECK(run.told("of=o2 -> shop  (never answered)") == 1);
}

TEST_CASE("a paused process answers later what came while it stood still", "[models][workload]") {
  Flow flow;
  flow.server("shop", store);
  flow.request("shop", "o1");
  flow.request("shop", "o2");
  flow.allow(1, {FaultKind::pause});
  const Run run =
      flow.play({"request PlaceOrder", "shop", "request PlaceOrder", "shop: end of the pause"},
                {{"insert", "pause"}});
  CHECK(run.notes.at("shop") == Texts{"o1", "o2"});
  CHECK(run.told("is answered") == 2);
  CHECK(run.told_before("goes on after the pause", "is answered"));
}

TEST_CASE("handlers of one service work side by side", "[models][workload]") {
  Flow flow;
  flow.server("shop", [](Desk* at, RequestHandling* request) -> Task<> {
    at->note("begins ", request->row().front());
    co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
    at->note("ends ", request->row().front());
  });
  flow.request("shop", "o1");
  flow.request("shop", "o2");
  CHECK(flow.outcomes().size() == 6);
}

TEST_CASE("a crash ends every handler of its process and no other's", "[models][workload]") {
  Flow flow;
  flow.server("shop", store);
  flow.server("desk", store);
  flow.request("shop", "o1");
  flow.request("shop", "o2");
  flow.request("desk", "o3");
  flow.allow(1, {FaultKind::crash});
  const Run run = flow.play(
      {"request PlaceOrder", "request PlaceOrder", "request PlaceOrder", "shop", "shop: crash"},
      {{"insert", "crash"}});
  CHECK(run.rows.at("items").size() == 2);  // o2 had not begun its insert
  CHECK(run.told("is answered") == 1);
}

}  // namespace
}  // namespace onceward::tests
