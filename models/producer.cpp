#include "models/producer.hpp"

namespace onceward::models {

sim::Task<Status> produce(Log* log, std::uint32_t topic, const Message* message,
                          ProducerSettings settings, const sim::Site* site, Sending* sending) {
  Sending own;
  Sending& progress = sending != nullptr ? *sending : own;
  progress = Sending{};
  // A single try has nothing to be told apart from.
  const bool told = settings.idempotent && settings.resends > 0;
  if (told) progress.id = log->world().running()->creator.next(*site).low;
  Status status = Status::timeout;
  while (status != Status::ok && progress.tries <= settings.resends) {
    ++progress.tries;
    status = co_await log->append_once(topic, *message, progress.id, *site);
  }
  co_return status;
}

}  // namespace onceward::models
