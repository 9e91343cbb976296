// The producer client: an append with what the client does about an unknown outcome.
#pragma once

#include "models/log.hpp"
#include "sim/task.hpp"

namespace onceward::models {

struct ProducerSettings {
  // Appends tried again, with the same id, after a refusal or a timeout.
  std::uint32_t resends = 0;
  // The broker drops what the same producer sends again (KIP-98: producer id and sequence): of all
  // tries of one sending, a late one included, only the first to arrive is stored. Another call, as
  // after a restart, is another sending, whatever the message's id.
  bool idempotent = true;
};

// How far a sending is; a caller that keeps its state explicitly (sim::ExactState) adds it to its
// fingerprint.
struct Sending {
  std::uint64_t id = 0;  // minted; 0: the broker is not told
  std::uint32_t tries = 0;
};

// Appends `message`; `timeout` if the last try ended with an unknown outcome.
// REQUIRES: `message`, and `sending` if it is not null, stay alive until the task ends.
[[nodiscard]] sim::Task<Status> produce(Log* log, std::uint32_t topic, const Message* message,
                                        ProducerSettings settings, const sim::Site* site,
                                        Sending* sending = nullptr);

}  // namespace onceward::models
