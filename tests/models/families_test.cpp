// Which requests may stand for one another, and which may not.
#include "models/families.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "models/workload.hpp"

namespace onceward::models {
namespace {

using sim::Value;

const sim::Site kBuy("buy");
const sim::Site kCancel("cancel");

// A workload, request by request.
struct Requests {
  RequestOrder& add_of(const sim::Site& site, const std::vector<Value>& values) {
    auto& order = *orders.emplace_back(std::make_unique<RequestOrder>());
    order.site = &site;
    order.values = values;
    return order;
  }
  RequestOrder& add(const sim::Site& site, const std::vector<const char*>& texts) {
    std::vector<Value> values;
    for (const char* text : texts) values.push_back(Value::text(sim::frozen_text(text)));
    return add_of(site, values);
  }
  [[nodiscard]] Families families() const {
    std::vector<const RequestOrder*> all;
    for (const auto& order : orders) all.push_back(order.get());
    return families_of(all);
  }
  // "1/0 1/0 -": the family and role of each.
  [[nodiscard]] std::string standings() const {
    std::string text;
    for (const Families::Standing& each : families().requests) {
      if (!text.empty()) text += " ";
      text +=
          each.family == 0 ? "-" : std::to_string(each.family) + "/" + std::to_string(each.role);
    }
    return text;
  }
  std::vector<std::unique_ptr<RequestOrder>> orders;
};

TEST_CASE("requests of one entry that differ by a text each are a family", "[models][families]") {
  Requests requests;
  for (const char* key : {"o1", "o2", "o3"}) requests.add(kBuy, {key, "shoes"});
  CHECK(requests.standings() == "1/0 1/0 1/0");
  CHECK(requests.families().keys.size() == 3);
  CHECK(requests.families().keys.count("shoes") == 0);
}

TEST_CASE("requests that differ by a number, or by a text that some share, are none",
          "[models][families]") {
  Requests numbers;
  for (const char* key : {"o1", "o2"}) {
    numbers.add_of(kBuy, {Value::text(sim::frozen_text(key)),
                          Value::integer(static_cast<std::int64_t>(numbers.orders.size()))});
  }
  CHECK(numbers.standings() == "- -");

  Requests shared;
  shared.add(kBuy, {"o1", "ann"});
  shared.add(kBuy, {"o2", "ann"});
  shared.add(kBuy, {"o3", "bob"});
  CHECK(shared.standings() == "- - -");
  shared.orders.pop_back();
  CHECK(shared.standings() == "1/0 1/0");
}

TEST_CASE("requests of different entries belong together by the key they share",
          "[models][families]") {
  Requests requests;
  for (const char* key : {"o1", "o2"}) requests.add(kBuy, {key});
  for (const char* key : {"o2", "o1"}) requests.add(kCancel, {key});
  CHECK(requests.standings() == "1/0 1/0 1/1 1/1");
  // One that only some have tells them apart.
  requests.orders.pop_back();
  CHECK(requests.standings() == "- - -");
  requests.add(kBuy, {"o3"});
  CHECK(requests.standings() == "1/0 - - 1/0");
}

TEST_CASE("who waits for whom, and for how long, tells requests apart", "[models][families]") {
  const auto pair = [] {
    Requests requests;
    for (const char* key : {"o1", "o2"}) requests.add(kBuy, {key});
    for (const char* key : {"o1", "o2"}) requests.add(kCancel, {key});
    return requests;
  };
  Requests each_its_own = pair();
  each_its_own.orders[2]->after = {0};
  each_its_own.orders[3]->after = {1};
  CHECK(each_its_own.standings() == "1/0 1/0 1/1 1/1");

  Requests all_for_one = pair();
  all_for_one.orders[2]->after = {0};
  all_for_one.orders[3]->after = {0};
  CHECK(all_for_one.standings() == "- - - -");

  Requests one_late = pair();
  one_late.orders[1]->window = {sim::Duration{5}, sim::kForever};
  CHECK(one_late.standings() == "- - - -");
  one_late.orders[0]->window = {sim::Duration{5}, sim::kForever};
  CHECK(one_late.standings() == "1/0 1/0 1/1 1/1");
}

TEST_CASE("requests to different services are of different entries", "[models][families]") {
  const sim::Symbol shop("shop");
  const sim::Symbol bank("bank");
  Requests requests;
  for (const char* key : {"o1", "o2"}) requests.add(kBuy, {key}).process = &shop;
  for (const char* key : {"o1", "o2"}) requests.add(kBuy, {key}).process = &bank;
  CHECK(requests.standings() == "1/0 1/0 1/1 1/1");
  requests.orders[1]->process = &bank;
  CHECK(requests.standings() == "- - - -");
}

TEST_CASE("a key that is fixed elsewhere in its entry is none to exchange", "[models][families]") {
  Requests requests;
  for (const char* key : {"o1", "o2"}) requests.add(kBuy, {key, "o1"});
  CHECK(requests.standings() == "- -");
}

TEST_CASE("what stands for one another is told by the field that brings it first",
          "[models][families]") {
  RequestSpec buy("PlaceOrder");
  buy.fields = {"order", "item"};
  RequestSpec cancel("CancelOrder");
  cancel.fields = {"order"};
  Requests requests;
  const auto add = [&](const sim::Site& site, const std::vector<const char*>& texts,
                       const RequestSpec& spec) { requests.add(site, texts).spec = &spec; };
  const auto told = [&] {
    std::vector<const RequestOrder*> all;
    for (const auto& order : requests.orders) all.push_back(order.get());
    return alike(all);
  };
  add(kBuy, {"o1", "shoes"}, buy);
  CHECK(told().empty());
  add(kBuy, {"o2", "shoes"}, buy);
  CHECK(told() == std::vector<std::string>{"PlaceOrder.order o1, o2"});
  for (const char* key : {"o2", "o1"}) add(kCancel, {key}, cancel);
  CHECK(told() == std::vector<std::string>{"PlaceOrder.order o1, o2"});
  requests.orders.pop_back();
  CHECK(told().empty());
  requests.orders.pop_back();
  for (const char* key : {"o3", "o4", "o5"}) add(kBuy, {key, "shoes"}, buy);
  CHECK(told() == std::vector<std::string>{"PlaceOrder.order o1, ..., o5"});
  add(kBuy, {"o6", "hats"}, buy);
  CHECK(told().empty());
}

}  // namespace
}  // namespace onceward::models
