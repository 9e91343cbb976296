// The tables of profiles, row by row.
#include "models/profiles.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

namespace onceward::models {
namespace {

struct Row {
  std::string name;
  std::string help;
  std::string source;
};

std::vector<Row> all_rows() {
  std::vector<Row> rows;
  for (const DatabaseProfile& each : database_profiles()) {
    rows.push_back({each.name, each.help, each.source});
  }
  for (const BrokerProfile& each : broker_profiles()) {
    rows.push_back({each.name, each.help, each.source});
  }
  for (const StoreProfile& each : store_profiles()) {
    rows.push_back({each.name, each.help, each.source});
  }
  return rows;
}

TEST_CASE("a profile is named system@version", "[models][profiles]") {
  for (const Row& row : all_rows()) {
    INFO(row.name);
    const std::size_t at = row.name.find('@');
    REQUIRE(at != std::string::npos);
    const std::string system = row.name.substr(0, at);
    const std::string version = row.name.substr(at + 1);
    CHECK(!system.empty());
    CHECK(system.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos);
    REQUIRE(!version.empty());
    CHECK(version.find_first_not_of("0123456789.-") == std::string::npos);
    CHECK(version.front() != '.');
  }
}

TEST_CASE("every profile says what it is and where its values come from", "[models][profiles]") {
  for (const Row& row : all_rows()) {
    INFO(row.name);
    CHECK(row.help.size() > 20);
    CHECK(row.help.find('\n') == std::string::npos);
    CHECK(row.help.back() != '.');
    CHECK(row.source.find('.') != std::string::npos);  // a place on the web
  }
}

TEST_CASE("no two profiles share a name, and each is found by its own", "[models][profiles]") {
  std::set<std::string> names;
  for (const Row& row : all_rows()) CHECK(names.insert(row.name).second);
  for (const DatabaseProfile& each : database_profiles()) {
    CHECK(find_database_profile(each.name) == &each);
    CHECK(find_broker_profile(each.name) == nullptr);
  }
  for (const BrokerProfile& each : broker_profiles()) {
    CHECK(find_broker_profile(each.name) == &each);
  }
  CHECK(find_broker_profile("kafka") == nullptr);
  CHECK(find_broker_profile("") == nullptr);
}

TEST_CASE("windows of profiles begin before they end", "[models][profiles]") {
  const auto is_window = [](const sim::Window& window) {
    return window.earliest >= sim::Duration{0} && window.earliest <= window.latest;
  };
  for (const DatabaseProfile& each : database_profiles()) {
    INFO(each.name);
    CHECK(is_window(each.statement));
    CHECK(is_window(each.commit));
  }
  for (const BrokerProfile& each : broker_profiles()) {
    INFO(each.name);
    CHECK(is_window(each.publish));
    CHECK(is_window(each.deliver));
    CHECK(is_window(each.ack));
    CHECK(is_window(each.auto_commit));
    CHECK(each.visibility > sim::Duration{0});
    CHECK(each.prefetch > 0);
  }
}

TEST_CASE("profiles differ where their systems do", "[models][profiles]") {
  using namespace std::chrono_literals;
  CHECK(find_database_profile("postgres@15")->error_aborts_transaction);
  CHECK_FALSE(find_database_profile("mysql@8")->error_aborts_transaction);
  const BrokerProfile& kafka = *find_broker_profile("kafka@4");
  CHECK(kafka.view == View::cursor);
  CHECK(kafka.auto_commit.latest == 5s);
  CHECK(kafka.reset == Reset::latest);
  const BrokerProfile& rabbit = *find_broker_profile("rabbitmq-classic@3.13");
  CHECK(rabbit.view == View::lease);
  CHECK(rabbit.visibility == sim::kForever);  // as long as the connection
  CHECK(rabbit.ordered);
  const BrokerProfile& sqs = *find_broker_profile("sqs-standard@2012-11-05");
  CHECK(sqs.view == View::lease);
  CHECK(sqs.visibility == 30s);
  CHECK(sqs.late_ack == LateAck::ignore);
  CHECK_FALSE(sqs.ordered);
}

}  // namespace
}  // namespace onceward::models
