// Profiles: how a named version of a real system behaves, as rows of settings over one generic
// model per component. Always `system@version`; a profile's values never change under its name.
// Every row says where its values come from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/time.hpp"

namespace onceward::models {

// DESIGN 3.2: what windows are where nothing else is written.
inline constexpr sim::Window kStatementWindow{std::chrono::microseconds(100),
                                              std::chrono::milliseconds(10)};
inline constexpr sim::Window kReplyWindow{std::chrono::milliseconds(1),
                                          std::chrono::milliseconds(100)};
inline constexpr sim::Window kCallWindow{std::chrono::milliseconds(1), std::chrono::seconds(10)};

struct DatabaseProfile {
  std::string name;
  std::string help;
  // An error within a transaction aborts it; otherwise only the statement is undone.
  bool error_aborts_transaction = true;
  // It has the isolation levels above read committed as PostgreSQL has them.
  bool snapshots = true;
  sim::Window statement = kStatementWindow;
  sim::Window commit = kStatementWindow;
  std::string source;
};

enum class View : std::uint8_t {
  cursor,  // a group has one position a partition (Kafka, streams)
  lease,   // each message is handed out on its own, for a time (RabbitMQ, SQS)
};

// What happens to a message whose handler ended with an error nobody caught.
enum class Uncaught : std::uint8_t { redeliver, skip, crash };

enum class LateAck : std::uint8_t {
  accept,  // closes the message although another delivery is under way
  ignore,  // looks successful and does nothing
  error,   // is refused
};

enum class Exceeded : std::uint8_t { park, drop };

// Where a group begins that has no position: at the end, or with all there is.
enum class Reset : std::uint8_t { latest, earliest };
[[nodiscard]] const char* to_text(Reset reset);

struct BrokerProfile {
  std::string name;
  std::string help;
  View view = View::cursor;
  sim::Window publish = kReplyWindow;
  sim::Window deliver = kReplyWindow;
  sim::Window ack = kReplyWindow;
  Uncaught uncaught = Uncaught::redeliver;
  // cursor: how long after a handler ended its position is committed, if the handler does not ack.
  sim::Window auto_commit{sim::Duration{0}, std::chrono::seconds(5)};
  // cursor: how long a process may be gone before its partitions move to others of its group.
  sim::Duration session = std::chrono::seconds(45);
  // lease: how long a delivery is hidden; kForever: as long as its consumer's connection.
  sim::Duration visibility = sim::kForever;
  LateAck late_ack = LateAck::error;
  bool ordered = true;               // hands out the oldest available message
  std::uint32_t prefetch = 1;        // messages in work at once, for each consumer process
  std::uint32_t deliveries_max = 0;  // 0: no limit
  Exceeded exceeded = Exceeded::park;
  Reset reset = Reset::latest;
  std::string source;
};

struct StoreProfile {
  std::string name;
  std::string help;
  sim::Window command = kStatementWindow;
  std::string source;
};

[[nodiscard]] const std::vector<DatabaseProfile>& database_profiles();
[[nodiscard]] const std::vector<BrokerProfile>& broker_profiles();
[[nodiscard]] const std::vector<StoreProfile>& store_profiles();
// Null: no such profile.
[[nodiscard]] const DatabaseProfile* find_database_profile(std::string_view name);
[[nodiscard]] const BrokerProfile* find_broker_profile(std::string_view name);
[[nodiscard]] const StoreProfile* find_store_profile(std::string_view name);

}  // namespace onceward::models
