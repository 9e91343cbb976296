// Stories about clients that send again, requests that come after others, and answers that are
// lost.
#include <algorithm>
#include <catch2/catch.hpp>

#include "models/effect.hpp"
#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using namespace std::chrono_literals;
using models::RequestHandling;
using sim::FaultKind;
using sim::Task;

const sim::Site kMail("mail");
const sim::Site kThink("think");
const sim::Symbol kEffect("mail");

// Sends a mail, which a crash may follow at once.
Task<> mail(Desk* at, RequestHandling* request) {
  const sim::Value of = request->row().front();
  at->note(of);
  co_await models::ImmediateEffect(*at->world, *at->ledger, kEffect, of, kMail,
                                   models::kStatementWindow);
}

// Fails the first time it is asked.
Task<> fail_once(Desk* at, RequestHandling* request) {
  at->note(request->row().front());
  request->failed = at->memory++ == 0;
  co_return;
}

models::RequestOrder& retried(Flow& flow, const char* of) {
  models::RequestOrder& order = flow.request("shop", of);
  order.retries = 1;
  order.pause = {1s, 5s};
  return order;
}

TEST_CASE("a client that retries sends the same request again after a failure", "[models][retry]") {
  Flow flow;
  flow.server("shop", fail_once);
  retried(flow, "o1");
  const Run run = flow.play();
  CHECK(run.notes.at("shop") == Texts{"o1", "o1"});
  CHECK(run.told("PlaceOrder o1 fails") == 1);
  CHECK(run.told("PlaceOrder of=o1 -> shop  (sent again)") == 1);
  CHECK(run.told("PlaceOrder o1 is answered") == 1);
}

TEST_CASE("a client that does not retry leaves it at a failure", "[models][retry]") {
  Flow flow;
  flow.server("shop", fail_once);
  flow.request("shop", "o1");
  CHECK(flow.play().notes.at("shop") == Texts{"o1"});
}

TEST_CASE("a client gives up after as many retries as it has", "[models][retry]") {
  Flow flow;
  flow.server("shop", [](Desk* at, RequestHandling* request) -> Task<> {
    at->note(request->row().front());
    request->failed = true;
    co_return;
  });
  retried(flow, "o1").retries = 3;
  CHECK(flow.play().notes.at("shop").size() == 4);
}

TEST_CASE("a client waits for its pause before it sends again", "[models][retry]") {
  Flow flow;
  flow.server("shop", fail_once);
  retried(flow, "o1").pause = {2h, 3h};
  const Run run = flow.play();
  REQUIRE(run.timing.feasible);
  CHECK(run.timing.earliest.back() >= sim::Instant{2h / 1ns});
}

TEST_CASE("a request whose answer is lost is done twice by a client that retries",
          "[models][retry]") {
  Flow flow;
  flow.server("shop", mail);
  retried(flow, "o1");
  flow.requests_owe("mail");
  flow.allow(1, {FaultKind::reply_lost});
  const Run run = flow.play({}, {{"request", "reply_lost"}, {"request", "done"}});
  CHECK(run.effects == Texts{"mail o1", "mail o1"});
  CHECK(run.findings == Texts{"no-duplicate-effect o1: expected 1, actual 2"});
  CHECK(run.told("TIMEOUT of PlaceOrder o1, whose answer is lost") == 1);
  CHECK(run.told("PlaceOrder o1 is answered, and nobody hears it") == 1);
}

TEST_CASE("a request that is lost on its way is done once by a client that retries",
          "[models][retry]") {
  Flow flow;
  flow.server("shop", mail);
  retried(flow, "o1");
  flow.requests_owe("mail");
  flow.allow(1, {FaultKind::reply_lost});
  const Run run = flow.play({}, {{"request", "reply_lost"}});
  CHECK(run.effects == Texts{"mail o1"});
  CHECK(run.findings.empty());
}

TEST_CASE("a client may send again while the first handler is still at it", "[models][retry]") {
  Flow flow;
  flow.server("shop", [](Desk* at, RequestHandling* request) -> Task<> {
    at->note(request->row().front());
    co_await sim::Sleep(*at->world, kThink, sim::kAnyTime);
  });
  retried(flow, "o1");
  flow.allow(1, {FaultKind::reply_lost});
  const Run run = flow.play({"request PlaceOrder", "request PlaceOrder", "shop", "shop"},
                            {{"request", "reply_lost"}, {"request", "done"}});
  CHECK(run.notes.at("shop") == Texts{"o1", "o1"});
  CHECK(run.told("PlaceOrder o1 is answered") == 2);
  CHECK(run.timing.feasible);
}

TEST_CASE("a request that is refused by a fault is sent again, and done once", "[models][retry]") {
  Flow flow;
  flow.server("shop", mail);
  retried(flow, "o1");
  flow.allow(1, {FaultKind::error});
  const Run run = flow.play({}, {{"request", "error"}});
  CHECK(run.effects == Texts{"mail o1"});
  CHECK(run.told("REFUSED: PlaceOrder") == 1);
}

TEST_CASE("a client that retries comes again after a crash of its server", "[models][retry]") {
  Flow flow;
  flow.server("shop", mail);
  retried(flow, "o1");
  flow.allow(1, {FaultKind::crash});
  const Run run = flow.play({"request PlaceOrder", "shop", "shop: crash", "shop: restart"},
                            {{"mail", "crash"}});
  CHECK(run.effects == Texts{"mail o1", "mail o1"});
  CHECK(run.told("PlaceOrder o1 is answered") == 1);
  // It may come too early, too: then it is refused, and that was the last try.
  const Run early = flow.play({"request PlaceOrder", "shop", "shop: crash", "request PlaceOrder"},
                              {{"mail", "crash"}});
  CHECK(early.told("refused: it is down") == 1);
  CHECK(early.told("PlaceOrder o1 is answered") == 0);
}

TEST_CASE("faults can be aimed at the server of a request, at an instance of it, or at the clients",
          "[models][retry]") {
  for (const char* target : {"shop", "shop-2", "clients", "desk"}) {
    Flow flow;
    flow.server("shop", mail);
    flow.instances("shop", 2);
    flow.server("desk", mail);
    retried(flow, "o1");
    flow.faults.budget = 1;
    flow.faults.rules = {{FaultKind::reply_lost, target, ~0U, {}}};
    const Run first = flow.play({}, {{"request", "to shop-1"}});
    const Run second = flow.play({}, {{"request", "to shop-2"}});
    const std::string aimed = target;
    const auto offered = [](const Run& run) {
      return std::count(run.asked.begin(), run.asked.end(), "fault request");
    };
    CHECK(offered(first) == (aimed == "shop" || aimed == "clients" ? 1 : 0));
    CHECK(offered(second) == (aimed == "desk" ? 0 : 1));
  }
}

TEST_CASE("nobody notices that the answer to a request is lost whose client does not retry",
          "[models][retry]") {
  Flow flow;
  flow.server("shop", mail);
  flow.request("shop", "o1");
  flow.allow(1, {FaultKind::reply_lost, FaultKind::error});
  CHECK(flow.play().asked.empty());
  flow.requests_owe("mail");  // now it is a loss
  CHECK(flow.play({}, {{"request", "reply_lost"}}).findings ==
        Texts{"no-lost-effect o1: expected 1, actual 0"});
}

TEST_CASE("all tries of a request are one intent, and one acknowledgement", "[models][retry]") {
  Flow flow;
  flow.server("shop", mail);
  retried(flow, "o1");
  flow.requests_owe("mail").cause.kind = models::CauseKind::acknowledged;
  flow.allow(1, {FaultKind::reply_lost});
  const auto findings = [](const Sight& sight) {
    return sight.findings.empty() ? std::string("none") : sight.findings.front();
  };
  CHECK(flow.outcomes(findings) ==
        std::set<std::string>{"none", "no-duplicate-effect o1: expected 1, actual 2"});
}

// ---- one after the other ---------------------------------------------------------------------

TEST_CASE("a request that comes after another is sent once that one is answered",
          "[models][after]") {
  Flow flow;
  flow.server("shop", mail);
  flow.request("shop", "o1");
  flow.request("shop", "o2").after = {0};
  CHECK(flow.outcomes() == std::set<std::string>{"shop: o1, o2"});
  const Run run = flow.play();
  CHECK(run.told_before("PlaceOrder o1 is answered", "PlaceOrder of=o2"));
}

TEST_CASE("a request that comes after another is sent although that one failed",
          "[models][after]") {
  for (const FaultKind kind : {FaultKind::crash, FaultKind::reply_lost, FaultKind::error}) {
    Flow flow;
    flow.server("shop", mail);
    flow.request("shop", "o1");
    flow.request("shop", "o2").after = {0};
    flow.requests_owe("mail");
    flow.allow(1, {kind});
    const Run run = flow.play({}, {{"request", sim::to_text(kind)}});
    CHECK(run.told("PlaceOrder of=o2") == 1);
  }
}

TEST_CASE("a request that comes after another waits for its last try", "[models][after]") {
  Flow flow;
  flow.server("shop", fail_once);
  retried(flow, "o1");
  flow.request("shop", "o2").after = {0};
  CHECK(flow.outcomes() == std::set<std::string>{"shop: o1, o1, o2"});
}

TEST_CASE("a request may come after several", "[models][after]") {
  Flow flow;
  flow.server("shop", mail);
  flow.request("shop", "o1");
  flow.request("shop", "o2");
  flow.request("shop", "o3").after = {0, 1};
  CHECK(flow.outcomes() == std::set<std::string>{"shop: o1, o2, o3", "shop: o2, o1, o3"});
}

}  // namespace
}  // namespace onceward::tests
