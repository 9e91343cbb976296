// Stories about what a process remembers by itself: cells, locks, waiting for a change.
#include <catch2/catch.hpp>

#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using namespace std::chrono_literals;
using models::CellKind;
using models::LockId;
using models::Memory;
using sim::FaultKind;
using sim::Task;
using sim::Value;

const sim::Site kWait("wait");
const sim::Site kLock("lock");
const sim::Site kWork("work");
const sim::Symbol kStock("stock");
const sim::Symbol kMoney("money");

class Holds final : public models::Condition {
 public:
  Holds(const Memory& memory, const char* value) : memory_(memory), value_(text(value)) {}
  [[nodiscard]] bool holds(sim::World&) const override { return memory_.value(0) == value_; }
  [[nodiscard]] std::string describe() const override { return "it is " + value_.print(); }

 private:
  const Memory& memory_;
  Value value_;
};

Task<> work(Desk* at) { co_await sim::Sleep(*at->world, kWork, sim::kAnyTime); }

TEST_CASE("a set holds an item once, a list as often as it was added, a map one value a key",
          "[models][memory]") {
  Flow flow;
  flow.cell("set", CellKind::set);
  flow.cell("list", CellKind::list);
  flow.cell("map", CellKind::map);
  flow.process("ann", [](Desk* at) -> Task<> {
    Memory& in = *at->cells;
    for (const char* each : {"b", "a", "b"}) {
      at->note(in.add(0, text(each)) ? "new" : "known");
      in.add(1, text(each));
      in.set_at(2, text(each), Value::integer(in.count(1)));
    }
    at->note(in.count(0), " ", in.count(1), " ", in.count(2), " ", in.at(2, text("b")), " ",
             in.at(2, text("c")), " ", in.first(1));
    in.take(0, text("b"));
    in.take(1, text("b"));
    in.take(2, text("b"));
    at->note(in.contains(0, text("b")) ? "there" : "gone", " ",
             in.contains(1, text("b")) ? "there" : "gone", " ",
             in.contains(2, text("b")) ? "there" : "gone", " ", in.first(1));
    at->note(in.take(0, text("b")) ? "taken" : "nothing to take");
    co_return;
  });
  CHECK(flow.play().notes.at("ann") ==
        Texts{"new", "new", "known", "2 3 2 3 null b", "gone there gone a", "nothing to take"});
}

TEST_CASE("memory starts anew with every incarnation", "[models][memory]") {
  Flow flow;
  flow.cell("last", CellKind::value, text("none"));
  flow.process("ann", [](Desk* at) -> Task<> {
    at->note(at->cells->value(0));
    at->cells->set(0, text("o1"));
    const models::Row row = item("o1");
    co_await at->db->insert(kAlone, kItems, row, models::OnConflict::ignore, kWork);
    at->note(at->cells->value(0));
  });
  flow.allow(1, {FaultKind::crash});
  CHECK(flow.play({}, {{"work", "crash"}}).notes.at("ann") == Texts{"none", "none", "o1"});
}

TEST_CASE("two ways to fill a set are one state", "[models][memory]") {
  const auto states = [](CellKind kind) {
    Flow flow;
    flow.cell("cell", kind);
    for (const char* name : {"a", "b"}) {
      static_cast<void>(name);
      flow.process("ann", [](Desk* at) -> Task<> {
        co_await work(at);
        at->cells->add(0, Value::integer(static_cast<std::int64_t>(at->memory++)));
      });
    }
    return flow.explore().figures.states;
  };
  CHECK(states(CellKind::set) <= states(CellKind::list));
}

TEST_CASE("who waits for a cell goes on when the condition holds, and not before",
          "[models][memory]") {
  Flow flow;
  flow.cell("state", CellKind::value);
  flow.process("ann", [](Desk* at) -> Task<> {
    const Holds ready(*at->cells, "ready");
    co_await at->cells->wait_until(ready, kWait);
    at->note("goes on");
  });
  flow.process("ann", [](Desk* at) -> Task<> {
    co_await work(at);
    at->cells->set(0, text("nearly"));
    at->note("nearly");
    co_await work(at);
    at->cells->set(0, text("ready"));
    at->note("ready");
  });
  CHECK(flow.outcomes() == std::set<std::string>{"ann: nearly, ready, goes on"});
}

TEST_CASE("a wait for what never comes does not keep the world from being quiet",
          "[models][memory]") {
  Flow flow;
  flow.cell("state", CellKind::value);
  flow.process("ann", [](Desk* at) -> Task<> {
    const Holds ready(*at->cells, "ready");
    co_await at->cells->wait_until(ready, kWait);
    at->note("goes on");
  });
  CHECK(flow.play().notes.at("ann").empty());
}

template <const sim::Symbol& first, const sim::Symbol& second>
Task<> with_two_locks(Desk* at) {
  Memory& in = *at->cells;
  const LockId outer{&first, {}};
  const LockId inner{&second, {}};
  if (!in.try_lock(outer)) co_await in.lock(outer, kLock);
  co_await work(at);
  if (!in.try_lock(inner)) co_await in.lock(inner, kLock);
  at->note("in");
  in.unlock(inner);
  in.unlock(outer);
}

TEST_CASE("what a lock guards is done by one after the other", "[models][memory]") {
  const auto outcomes = [](bool locks) {
    Flow flow;
    for (int i = 0; i < 2; ++i) {
      if (locks) {
        flow.process("ann", [](Desk* at) -> Task<> {
          const LockId lock{&kStock, text("k")};
          if (!at->cells->try_lock(lock)) co_await at->cells->lock(lock, kLock);
          at->note("in");
          co_await work(at);
          at->note("out");
          at->cells->unlock(lock);
        });
      } else {
        flow.process("ann", [](Desk* at) -> Task<> {
          at->note("in");
          co_await work(at);
          at->note("out");
        });
      }
    }
    return flow.outcomes();
  };
  CHECK(outcomes(true) == std::set<std::string>{"ann: in, out, in, out"});
  CHECK(outcomes(false) == std::set<std::string>{"ann: in, in, out, out"});
}

TEST_CASE("two locks taken in opposite orders can wait for each other for ever",
          "[models][memory]") {
  Flow same;
  same.process("ann", with_two_locks<kStock, kMoney>);
  same.process("ann", with_two_locks<kStock, kMoney>);
  CHECK(same.outcomes() == std::set<std::string>{"ann: in, in"});
  Flow opposite;
  opposite.process("ann", with_two_locks<kStock, kMoney>);
  opposite.process("ann", with_two_locks<kMoney, kStock>);
  CHECK(opposite.outcomes() == std::set<std::string>{""});
}

TEST_CASE("a process that dies while one waits for another's lock leaves nothing behind",
          "[models][memory]") {
  Flow flow;
  for (int i = 0; i < 2; ++i) {
    flow.once("ann", [](Desk* at) -> Task<> {
      const LockId lock{&kStock, {}};
      if (!at->cells->try_lock(lock)) co_await at->cells->lock(lock, kLock);
      const models::Row row = item("o1");
      co_await at->db->insert(kAlone, kItems, row, models::OnConflict::ignore, kWork);
      at->note("out");
      at->cells->unlock(lock);
    });
  }
  flow.allow(1, {FaultKind::crash});
  CHECK(flow.play({}, {{"work", "crash"}}).notes.at("ann").empty());
}

TEST_CASE("a pass that changed only its memory is not parked, and one that read it is woken",
          "[models][memory]") {
  Flow flow;
  flow.cell("turns", CellKind::value, Value::integer(0));
  flow.every("ann", 1s, [](Desk* at) -> Task<> {
    const std::int64_t turns = at->cells->value(0).number();
    if (turns < 3) at->cells->set(0, Value::integer(turns + 1));
    at->note(turns);
    co_return;
  });
  CHECK(flow.play().notes.at("ann") == Texts{"0", "1", "2", "3"});
  Flow waiting;
  waiting.cell("state", CellKind::value);
  waiting.every("ann", 1s, [](Desk* at) -> Task<> {
    if (!at->cells->value(0).is_null()) at->note("sees it");
    co_return;
  });
  waiting.process("ann", [](Desk* at) -> Task<> {
    co_await work(at);
    at->cells->set(0, text("x"));
  });
  CHECK(waiting.outcomes() == std::set<std::string>{"ann: sees it"});
}

TEST_CASE("a pass that changed undeclared memory of its process is not parked",
          "[models][memory]") {
  Flow flow;
  flow.every("ann", 1s, [](Desk* at) -> Task<> {
    if (at->memory < 2) ++at->memory;
    at->note(static_cast<std::int64_t>(at->memory));
    co_return;
  });
  CHECK(flow.play().notes.at("ann") == Texts{"1", "2", "2"});
}

TEST_CASE("to set a cell to what it holds is no change", "[models][memory]") {
  Flow flow;
  flow.cell("state", CellKind::value, text("x"));
  flow.every("ann", 1s, [](Desk* at) -> Task<> {
    at->cells->set(0, text("x"));
    at->note("pass");
    co_return;
  });
  CHECK(flow.play().notes.at("ann") == Texts{"pass"});
}

}  // namespace
}  // namespace onceward::tests
