// Stories about a store of values by key: what conditions keep, what time takes away, and what a
// lost reply leaves behind.
#include <catch2/catch.hpp>

#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using namespace std::chrono_literals;
using models::PutIf;
using models::PutSpec;
using models::Status;
using models::StoreResult;
using sim::FaultKind;
using sim::Task;

const sim::Site kPut("put");
const sim::Site kGet("get");
const sim::Site kRemove("remove");
const sim::Site kThink("think");

Task<> put(Desk* at, const char* value, PutIf only, sim::Duration ttl = sim::kForever) {
  const PutSpec spec{text("k"), text(value), ttl, only};
  const StoreResult result = co_await at->store->put(spec, kPut);
  at->note("put ", result.status, " ", std::int64_t{result.rows});
}

Task<> get(Desk* at) {
  const StoreResult result = co_await at->store->get(text("k"), kGet);
  at->note("got ", result.value);
}

Task<> remove_it(Desk* at) {
  const StoreResult result = co_await at->store->remove(text("k"), kRemove);
  at->note("removed ", std::int64_t{result.rows});
}

// Puts for a day and looks after at least so many hours.
template <int hours>
Task<> put_and_look(Desk* at) {
  co_await put(at, "v", PutIf::always, 24h);
  const sim::Window window = sim::Window{std::chrono::hours(hours), sim::kForever};
  co_await sim::Sleep(*at->world, kThink, window);
  co_await get(at);
}

TEST_CASE("a put replaces, a condition keeps what is there", "[models][store]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    co_await put(at, "a", PutIf::present);
    co_await put(at, "b", PutIf::absent);
    co_await put(at, "c", PutIf::absent);
    co_await get(at);
    co_await put(at, "d", PutIf::present);
    co_await put(at, "e", PutIf::always);
    co_await get(at);
    co_await remove_it(at);
    co_await remove_it(at);
    co_await get(at);
  });
  CHECK(flow.play().notes.at("ann") == Texts{"put ok 0", "put ok 1", "put ok 0", "got b",
                                             "put ok 1", "put ok 1", "got e", "removed 1",
                                             "removed 0", "got null"});
}

TEST_CASE("of two that put the same absent key one succeeds", "[models][store]") {
  Flow flow;
  for (const char* name : {"ann", "bob"}) {
    flow.process(name, [](Desk* at) -> Task<> { co_await put(at, "v", PutIf::absent); });
  }
  CHECK(flow.outcomes() ==
        std::set<std::string>{"ann: put ok 1 | bob: put ok 0", "ann: put ok 0 | bob: put ok 1"});
}

TEST_CASE("what was put stays when its process dies", "[models][store]") {
  Flow flow;
  flow.once("ann", [](Desk* at) -> Task<> {
    co_await put(at, "v", PutIf::absent);
    at->note("alive");
  });
  flow.process("bob", get);
  flow.allow(1, {FaultKind::crash});
  const Run run = flow.play({"ann", "ann: crash", "bob"}, {{"put", "crash"}});
  CHECK(run.notes.at("ann").empty());
  CHECK(run.notes.at("bob") == Texts{"got v"});
}

TEST_CASE("a put or remove whose reply is lost was done or was not, and one refused was not",
          "[models][store]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    co_await put(at, "v", PutIf::absent);
    co_await get(at);
  });
  flow.allow(1, {FaultKind::reply_lost, FaultKind::error});
  CHECK(flow.outcomes() ==
        std::set<std::string>{"ann: put ok 1, got v", "ann: put timeout 0, got v",
                              "ann: put timeout 0, got null", "ann: put refused 0, got null"});
}

TEST_CASE("a key without a time asks nothing about time", "[models][store]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    co_await put(at, "v", PutIf::always);
    co_await put(at, "w", PutIf::always);
    co_await get(at);
  });
  const Run run = flow.play();
  CHECK(run.asked.empty());
  CHECK(run.notes.at("ann").back() == "got w");
}

TEST_CASE("whether a key is still there is a choice of time", "[models][store]") {
  Flow flow;
  flow.process("ann", put_and_look<1>);
  const Run there = flow.play();
  CHECK(there.asked == Texts{"time compare instants"});
  CHECK(there.notes.at("ann").back() == "got v");
  CHECK(there.timing.feasible);
  const Run gone = flow.play({}, {{"compare instants", "after"}});
  CHECK(gone.notes.at("ann").back() == "got null");
  CHECK(gone.timing.feasible);
}

TEST_CASE("the timing check rules out a key that stays too long or goes too soon",
          "[models][store]") {
  Flow late;
  late.process("ann", put_and_look<25>);
  CHECK_FALSE(late.play().timing.feasible);
  CHECK(late.play({}, {{"compare instants", "after"}}).timing.feasible);
  Flow soon;
  soon.process("ann", [](Desk* at) -> Task<> {
    co_await put(at, "v", PutIf::always, 24h);
    co_await get(at);
  });
  CHECK(soon.play().timing.feasible);
  CHECK_FALSE(soon.play({}, {{"compare instants", "after"}}).timing.feasible);
}

TEST_CASE("a key whose time has ended can be put as absent and is not there to be removed",
          "[models][store]") {
  Flow flow;
  flow.process("ann", [](Desk* at) -> Task<> {
    co_await put_and_look<25>(at);
    co_await put(at, "w", PutIf::absent);
    co_await get(at);
  });
  const Run run = flow.play({}, {{"compare instants", "after"}});
  CHECK(run.notes.at("ann") == Texts{"put ok 1", "got null", "put ok 1", "got w"});
  CHECK(run.timing.feasible);
}

TEST_CASE("a pass that found nothing wakes when the key is put", "[models][store]") {
  Flow flow;
  flow.every("ann", 1s, [](Desk* at) -> Task<> {
    const StoreResult found = co_await at->store->get(text("k"), kGet);
    if (found.rows == 0) co_return;
    co_await remove_it(at);
  });
  flow.process("bob", [](Desk* at) -> Task<> { co_await put(at, "v", PutIf::always); });
  CHECK(flow.outcomes() == std::set<std::string>{"ann: removed 1 | bob: put ok 1"});
}

TEST_CASE("a pass that found a key still there comes again when its time has ended",
          "[models][store]") {
  Flow flow;
  flow.cell("done", models::CellKind::set);
  flow.every("ann", 1h, [](Desk* at) -> Task<> {
    if (!at->cells->contains(0, text("done"))) {
      const PutSpec spec{text("k"), text("v"), 24h, PutIf::absent};
      const StoreResult mine = co_await at->store->put(spec, kPut);
      if (mine.rows == 0) co_return;
      at->cells->add(0, text("done"));
      at->note("mine");
    }
  });
  flow.once("bob", [](Desk* at) -> Task<> { co_await put(at, "w", PutIf::always, 24h); });
  const Run run = flow.play({"bob"}, {{"compare instants", "before"}});
  CHECK(run.notes.at("ann") == Texts{"mine"});
}

}  // namespace
}  // namespace onceward::tests
