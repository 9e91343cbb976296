// The producer client: an append with what the client does about an unknown outcome.
#pragma once

#include "models/log.hpp"
#include "sim/task.hpp"

namespace onceward::models {

struct ProducerSettings {
  // Appends tried again, with the same id, after a refusal or a timeout.
  std::uint32_t resends = 0;
  // The broker drops what the same producer sends again (KIP-98: producer id and sequence), so a
  // resend after an append that had been done is answered and not stored.
  bool idempotent = true;
};

// Appends `message`; `timeout` if the last try ended with an unknown outcome.
// REQUIRES: `message` stays alive until the task ends.
[[nodiscard]] sim::Task<Status> produce(Log* log, std::uint32_t topic, const Message* message,
                                        ProducerSettings settings, const sim::Site* site);

}  // namespace onceward::models
