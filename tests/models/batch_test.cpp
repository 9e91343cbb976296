// Stories about batches: several messages in one operation, of which a broker may accept some.
#include "models/batch.hpp"

#include <catch2/catch.hpp>

#include "tests/support/flow.hpp"

namespace onceward::tests {
namespace {

using models::AppendBatch;
using models::Batch;
using models::Message;
using models::Status;
using sim::FaultKind;
using sim::Task;

const sim::Site kSend("send");
const sim::Site kNext("next");

// Notes the answer, and what the producer takes for accepted.
Task<> offer(Desk* at, std::size_t count) {
  static const char* const kIds[] = {"o1", "o2", "o3"};
  Batch batch;
  for (std::size_t i = 0; i < count; ++i) batch.items.push_back({placed(kIds[i])});
  const Status status = co_await AppendBatch(*at->log, 0, batch, kSend);
  at->note(status);
  for (const Batch::Item& item : batch.items) {
    if (item.accepted) at->note(item.message.id);
  }
}

Task<> offer_one(Desk* at) { return offer(at, 1); }
Task<> offer_two(Desk* at) { return offer(at, 2); }
Task<> offer_three(Desk* at) { return offer(at, 3); }

// "o1 o2 -> ok, o1, o2": what is stored, and what the producer knows of it.
std::string stored_and_known(const Sight& sight) {
  std::string told;
  for (const std::string& id : sight.partitions.front()) told += id + " ";
  told += "->";
  for (const std::string& note : sight.notes.at("ann")) {
    told += (told.ends_with('>') ? " " : ", ") + note;
  }
  return told;
}

std::set<std::string> what_comes_of(Routine offer, const std::vector<FaultKind>& kinds) {
  Flow flow;
  flow.process("ann", offer);
  flow.allow(1, kinds);
  return flow.outcomes(stored_and_known);
}

TEST_CASE("without a fault a batch is appended in its order, in one step", "[models][batch]") {
  CHECK(what_comes_of(offer_three, {}) == std::set<std::string>{"o1 o2 o3 -> ok, o1, o2, o3"});
}

TEST_CASE("an error refuses a batch whole, or some of it but not all", "[models][batch]") {
  CHECK(what_comes_of(offer_two, {FaultKind::error}) ==
        std::set<std::string>{"o1 o2 -> ok, o1, o2", "-> refused", "o1 -> partial, o1",
                              "o2 -> partial, o2"});
  CHECK(what_comes_of(offer_three, {FaultKind::error}).size() == 8);
}

TEST_CASE("a batch of one can only be refused whole", "[models][batch]") {
  CHECK(what_comes_of(offer_one, {FaultKind::error}) ==
        std::set<std::string>{"o1 -> ok, o1", "-> refused"});
}

TEST_CASE("a batch whose reply is lost is done or not done, and nobody knows of any message",
          "[models][batch]") {
  CHECK(what_comes_of(offer_two, {FaultKind::reply_lost}) ==
        std::set<std::string>{"o1 o2 -> ok, o1, o2", "o1 o2 -> timeout", "-> timeout"});
}

TEST_CASE("a late batch looks refused and arrives whole, although its sender is dead",
          "[models][batch]") {
  CHECK(what_comes_of(offer_two, {FaultKind::late}) ==
        std::set<std::string>{"o1 o2 -> ok, o1, o2", "o1 o2 -> refused"});
  Flow flow;
  flow.once("ann", [](Desk* at) -> Task<> {
    co_await offer(at, 2);
    const Message third = placed("o3");
    co_await at->log->append(0, third, kNext);
  });
  flow.allow(2, {FaultKind::late, FaultKind::crash});
  const Run run =
      flow.play({"ann", "ann", "ann: crash", "ann: restart", "publish a batch of 2 (o1, o2)"},
                {{"send", "late"}, {"next", "crash"}});
  CHECK(run.partitions == std::vector<Texts>{{"o3", "o1", "o2"}});
}

TEST_CASE("what a topic always refuses makes a batch partial without a fault", "[models][batch]") {
  Flow flow;
  flow.topic().refuses = [](sim::World&, const Message& message) {
    return message.id == text("o2");
  };
  flow.process("ann", offer_three);
  CHECK(flow.outcomes(stored_and_known) == std::set<std::string>{"o1 o3 -> partial, o1, o3"});
  flow.allow(1, {FaultKind::error});
  CHECK(flow.outcomes(stored_and_known) ==
        std::set<std::string>{"o1 o3 -> partial, o1, o3", "o1 -> partial, o1", "o3 -> partial, o3",
                              "-> refused"});
}

TEST_CASE("a process may die after a batch that was accepted in part, but not after a refused one",
          "[models][batch]") {
  Flow flow;
  flow.once("ann", offer_two);
  flow.allow(2, {FaultKind::error, FaultKind::crash});
  const Run run = flow.play(
      {}, {{"send", "error"}, {"send", "partial"}, {"send", "refused"}, {"send", "crash"}});
  CHECK(run.partitions == std::vector<Texts>{{"o2"}});
  CHECK(run.notes.at("ann").empty());
  CHECK(run.told("PARTIAL: publish a batch of 2 (o1, o2) to bus.orders, refused o1") == 1);
  const Run whole = flow.play({}, {{"send", "error"}});
  CHECK(whole.told("REFUSED: publish a batch of 2 (o1, o2) to bus.orders") == 1);
  CHECK(whole.asked == Texts{"fault send", "data send"});
}

}  // namespace
}  // namespace onceward::tests
