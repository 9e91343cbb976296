// Reading what clients do besides sending a request: trying again, and waiting for others.
#include <algorithm>

#include "scenarios/nearest.hpp"
#include "scenarios/reading.hpp"

namespace onceward::scenarios {
namespace {

// Between two tries of a client, where its entry does not say.
constexpr sim::Window kRetryPause{std::chrono::seconds(1), std::chrono::seconds(30)};

}  // namespace

void Reading::read_client(const Fields& fields, models::RequestOrder& like, Sent& sent) {
  if (const Node* retry = fields.object("retry")) {
    const Fields of_retry(problems, *retry, retry_shape());
    like.retries = static_cast<std::uint32_t>(of_retry.integer("times").value_or(0));
    like.pause = of_retry.window("pause").value_or(kRetryPause);
  }
  sent.first = static_cast<std::uint32_t>(program.workload.size());
  if (const Node* name = fields.text("name")) sent.name = name->text;
  const Node* after = fields.find("after");
  if (after == nullptr) return;
  if (after->kind != Node::Kind::array) sent.after.push_back(after);
  for (const Node& each : after->items) sent.after.push_back(&each);
}

void Reading::connect_after() {
  for (Sent& sent : sent_) {
    for (const Node* name : sent.after) {
      if (name->kind != Node::Kind::text || !entry_names_.contains(name->text)) {
        problems.add(name->span, "\"after\" names another entry of the workload",
                     did_you_mean(name->text, {entry_names_.begin(), entry_names_.end()}));
        continue;
      }
      for (const Sent& other : sent_) {
        if (other.name != name->text) continue;
        if (comes_after(other, sent)) {
          problems.add(name->span, "these entries wait for each other");
          continue;
        }
        for (const auto& order : sent.orders) {
          for (std::uint32_t i = 0; i < other.orders.size(); ++i) {
            order->after.push_back(other.first + i);
          }
        }
      }
    }
  }
}

// Whether `sent` is `other`, or waits for it as far as entries are connected.
bool Reading::comes_after(const Sent& sent, const Sent& other) const {
  if (&sent == &other) return true;
  if (sent.orders.empty()) return false;
  const auto& after = sent.orders.front()->after;
  return std::any_of(sent_.begin(), sent_.end(), [&](const Sent& each) {
    const bool awaited = std::find(after.begin(), after.end(), each.first) != after.end();
    return awaited && comes_after(each, other);
  });
}

}  // namespace onceward::scenarios
