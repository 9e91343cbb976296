// Several messages that a producer offers to a topic in one operation: a batch of SQS or Service
// Bus, a flush of a Kafka producer. The broker accepts or refuses each by itself.
//
// Guarantees: without a fault all messages are appended, in their order, but for those that the
// topic always refuses. The fault `error` is a `data` choice: none is appended, or (`partial`) each
// is accepted or refused by a choice of its own, with at least one either way. After a timeout all
// are appended or none, and the producer takes none for accepted.
#pragma once

#include "models/log.hpp"

namespace onceward::models {

struct Batch : sim::InArena {
  struct Item {
    Message message;
    bool accepted = false;  // as far as the producer was told
  };
  sim::Vector<Item> items;

  [[nodiscard]] std::uint32_t accepted() const;
  void fingerprint(sim::Hasher& hasher) const;
};

// Answers `ok` if all messages were accepted, `refused` if none was, `partial` if some were.
class AppendBatch final : public sim::Operation {
 public:
  // REQUIRES: `batch` is not empty and stays alive while the operation waits.
  AppendBatch(Log& log, std::uint32_t topic, Batch& batch, const sim::Site& site);
  Status await_resume() const;
  [[nodiscard]] std::string describe() const override;

 private:
  [[nodiscard]] sim::Fallible fallible() const override { return sim::Fallible::sent; }
  sim::Applied apply(sim::World& world) override;
  sim::Applied fail(sim::World& world) override;
  void refused(sim::World& world) override;
  void timed_out(sim::World& world, bool done) override;
  [[nodiscard]] std::string describe_failure() const override;
  [[nodiscard]] sim::Operation* copy() const override;
  void dispose() override;

  // How many the topic may take at all.
  [[nodiscard]] std::uint32_t storable() const;
  void accept(sim::World& world, Batch::Item& item) const;
  // Sets the result by what was accepted.
  sim::Applied answer();
  void forget_accepted();

  Log* log_;
  std::uint32_t topic_;
  Batch* batch_;
  bool owns_batch_ = false;  // a copy that outlives its caller
  Status result_ = Status::ok;
};

}  // namespace onceward::models
