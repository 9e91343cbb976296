#include "models/profiles.hpp"

#include <algorithm>

namespace onceward::models {
namespace {

template <class Profile>
const Profile* find(const std::vector<Profile>& profiles, std::string_view name) {
  const auto found = std::find_if(profiles.begin(), profiles.end(),
                                  [&](const Profile& each) { return each.name == name; });
  return found == profiles.end() ? nullptr : &*found;
}

}  // namespace

const char* to_text(Reset reset) { return reset == Reset::latest ? "latest" : "earliest"; }

const std::vector<DatabaseProfile>& database_profiles() {
  static const std::vector<DatabaseProfile> profiles = {
      {.name = "postgres@15",
       .help = "PostgreSQL 15: second writers wait, an error aborts the transaction",
       .error_aborts_transaction = true,
       .source = "postgresql.org/docs/15: mvcc, sql-createsequence, functions-datetime"},
      {.name = "mysql@8",
       .help = "MySQL 8 (InnoDB) at read committed: an error undoes only its statement",
       .error_aborts_transaction = false,
       .snapshots = false,
       .source = "dev.mysql.com/doc/refman/8.0: innodb-error-handling"},
  };
  return profiles;
}

const std::vector<BrokerProfile>& broker_profiles() {
  using namespace std::chrono_literals;
  static const std::vector<BrokerProfile> profiles = {
      {.name = "kafka@4",
       .help =
           "Kafka 4 with the Java client: a position a partition, committed by ack or within 5 s",
       .view = View::cursor,
       // An exception that leaves the poll loop ends the consumer; its supervisor restarts it.
       .uncaught = Uncaught::crash,
       .session = 45s,
       .reset = Reset::latest,
       .source = "kafka.apache.org/40: consumer configs, auto.commit.interval.ms=5000, "
                 "session.timeout.ms=45000, auto.offset.reset=latest"},
      {.name = "rabbitmq-classic@3.13",
       .help = "RabbitMQ 3.13 classic queue, manual acks: unacked messages return with the channel",
       .view = View::lease,
       .late_ack = LateAck::error,
       .prefetch = 1,
       .reset = Reset::latest,  // a queue gets what is sent once it is bound
       .source = "rabbitmq.com/docs/3.13/confirms: automatic requeueing, delivery tags"},
      {.name = "sqs-standard@2012-11-05",
       .help = "Amazon SQS standard queue: hidden for 30 s, then handed out again, in any order",
       .view = View::lease,
       .visibility = 30s,
       .late_ack = LateAck::ignore,
       .ordered = false,
       .prefetch = 10,
       .reset = Reset::latest,  // as a queue that is subscribed to a topic of SNS
       .source = "docs.aws.amazon.com: VisibilityTimeout, DeleteMessage, at-least-once delivery"},
  };
  return profiles;
}

const std::vector<StoreProfile>& store_profiles() {
  static const std::vector<StoreProfile> profiles = {
      {.name = "redis@7",
       .help = "Redis 7, one primary: commands are atomic, a key may live for a time",
       .source = "redis.io/docs/latest/commands: set (NX, XX, PX), get, del; expire: how keys "
                 "expire"},
  };
  return profiles;
}

const DatabaseProfile* find_database_profile(std::string_view name) {
  return find(database_profiles(), name);
}

const BrokerProfile* find_broker_profile(std::string_view name) {
  return find(broker_profiles(), name);
}

const StoreProfile* find_store_profile(std::string_view name) {
  return find(store_profiles(), name);
}

}  // namespace onceward::models
