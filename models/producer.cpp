#include "models/producer.hpp"

namespace onceward::models {

sim::Task<Status> produce(Log* log, std::uint32_t topic, const Message* message,
                          ProducerSettings settings, const sim::Site* site) {
  Status status = co_await log->append(topic, *message, *site);
  for (std::uint32_t i = 0; i < settings.resends && status != Status::ok; ++i) {
    status = co_await log->resend(topic, *message, settings.idempotent, *site);
  }
  co_return status;
}

}  // namespace onceward::models
