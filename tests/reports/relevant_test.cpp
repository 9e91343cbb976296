// A story leaves out what went as it should and led nowhere, and keeps what may be where a trail
// ends.
#include "reports/relevant.hpp"

#include <catch2/catch.hpp>

#include "tests/reports/hand_made.hpp"

namespace onceward::tests {
namespace {

using reports::relevant;

// The shop publishes an order, answers its client and marks the order as published. The warehouse
// notes the message, dies, gets it again, finds it noted and acknowledges it.
sim::Violation noted_first() {
  sim::Violation violation;
  violation.invariant = "no-lost-effect";
  violation.entity = "o1";
  violation.expected = 1;
  violation.faults = {FaultKind::crash};
  violation.trace = {
      about("o1", happened(1, 0ms, "shop", "INSERT outbox o1")),
      about("o1", happened(1, 0ms, "client", "PlaceOrder o1 is answered", {1})),
      about("o1", happened(2, 1ms, "shop", "publish o1", {1})),
      about("o1", happened(3, 2ms, "shop", "UPDATE outbox o1 published=true", {1, 3})),
      about("o1", happened(4, 3ms, "warehouse", "takes o1", {3})),
      about("o1", happened(5, 4ms, "warehouse", "INSERT inbox o1", {5})),
      happened(6, 4ms, "warehouse", "CRASH", {6}, Mark::crash),
      happened(7, 9ms, "warehouse", "restart", {7}, Mark::restart),
      about("o1", happened(8, 10ms, "warehouse", "takes o1 again", {7, 3})),
      about("o1", happened(9, 11ms, "warehouse", "INSERT inbox o1: is there already", {6, 9},
                           Mark::missed)),
      about("o1", happened(10, 12ms, "warehouse", "ack o1", {9})),
  };
  violation.entries = {1};
  return violation;
}

constexpr std::uint32_t kAnswered = 2;
constexpr std::uint32_t kMarked = 4;
constexpr std::uint32_t kAcknowledged = 11;

TEST_CASE("what is about the entity and led nowhere before the fault is not told", "[reports]") {
  const reports::EntrySet told = relevant(noted_first());
  CHECK_FALSE(told[kAnswered]);
  CHECK_FALSE(told[kMarked]);
  for (std::uint32_t number = 1; number <= kAcknowledged; ++number) {
    INFO(number);
    CHECK((told[number] || number == kAnswered || number == kMarked));
  }
}

TEST_CASE("what the fault may have cut off is told", "[reports]") {
  sim::Violation violation = noted_first();
  violation.trace[kMarked - 1].lane = "warehouse";
  CHECK(relevant(violation)[kMarked]);
}

TEST_CASE("what something in the story follows from is told", "[reports]") {
  sim::Violation violation = noted_first();
  violation.trace[kAcknowledged - 1].causes.push_back(kMarked);
  CHECK(relevant(violation)[kMarked]);
  // By way of what is about something else as well.
  violation = noted_first();
  violation.trace[kAnswered - 1].entity = "o2";
  violation.trace[kAnswered - 1].causes = {kAnswered - 1};
  violation.trace[kAcknowledged - 1].causes.push_back(kAnswered);
  CHECK(relevant(violation)[1]);
}

TEST_CASE("without a fault any of it may be where the trail ends", "[reports]") {
  sim::Violation violation = noted_first();
  violation.faults.clear();
  violation.trace.resize(kMarked);
  const reports::EntrySet told = relevant(violation);
  CHECK(told[kAnswered]);
  CHECK(told[kMarked]);
}

TEST_CASE("of what is too much, what came of it is told", "[reports]") {
  sim::Violation violation = noted_first();
  violation.actual = 2;
  violation.trace[kMarked - 1].lane = "warehouse";
  violation.entries = {9};
  CHECK_FALSE(relevant(violation)[kMarked]);
  CHECK(relevant(violation)[kAcknowledged]);
  // A value that is not as it should be may come from anywhere.
  violation.should_be = "1";
  CHECK(relevant(violation)[kMarked]);
}

}  // namespace
}  // namespace onceward::tests
