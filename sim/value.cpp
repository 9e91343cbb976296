#include "sim/value.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>

#include "sim/assert.hpp"
#include "sim/containers.hpp"
#include "sim/heap_check.hpp"

namespace onceward::sim {

constinit thread_local bool detail::keys_were_told_apart = false;  // the current world

namespace {

// What stands for the key of this number among ids.
std::uint64_t id_of_key(std::uint32_t number) { return 0x6b65795f6f66U << 16U ^ number; }

void write_text(void* block, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  std::memcpy(block, &size, sizeof size);
  if (!text.empty())
    std::memcpy(static_cast<char*>(block) + sizeof(Text), text.data(), text.size());
}

// The characters of `value`, in `buffer` where they are not stored already. Those of an id begin as
// it prints and go on, so that no two ids make the same text.
std::string_view characters(const Value& value, std::array<char, 24>& buffer) {
  if (value.kind() == ValueKind::text) return value.view();
  char* end = buffer.data();
  if (value.kind() == ValueKind::minted) {
    for (const char c : {'i', 'd', '-'}) *end++ = c;
    for (int shift = 60; shift >= 0; shift -= 4) {
      *end++ = "0123456789abcdef"[value.id() >> shift & 15U];
    }
  } else {
    end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value.number()).ptr;
  }
  return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

}  // namespace

const char* to_text(ValueKind kind) {
  static constexpr const char* kNames[] = {"null",     "boolean", "integer", "text",
                                           "duration", "instant", "id"};
  return kNames[static_cast<std::size_t>(kind)];
}

void Value::fingerprint(Hasher& hasher) const {
  hasher.add(static_cast<std::uint64_t>(kind_));
  if (is_key() && hasher.renames_keys()) {
    hasher.add_minted(id_of_key(step_));
    return;
  }
  switch (kind_) {
    case ValueKind::null:
      return;
    case ValueKind::text:
      hasher.add_text(text_->view());
      return;
    case ValueKind::minted:
      hasher.add_minted(id());
      return;
    case ValueKind::instant:
      hasher.add_ranked(step_);
      hasher.meet_step(step_);
      hasher.add(static_cast<std::uint64_t>(integer_));
      return;
    default:
      hasher.add(static_cast<std::uint64_t>(integer_));
  }
}

std::string Value::print() const {
  switch (kind_) {
    case ValueKind::null:
      return "null";
    case ValueKind::boolean:
      return integer_ != 0 ? "true" : "false";
    case ValueKind::integer:
      return fmt::format("{}", integer_);
    case ValueKind::text:
      return std::string(text_->view());
    case ValueKind::duration:
      return duration_text(integer_);
    case ValueKind::instant:
      return integer_ == 0 ? fmt::format("instant of step {}", step_)
                           : fmt::format("instant of step {} + {}", step_, duration_text(integer_));
    case ValueKind::minted:
      return fmt::format("id-{:08x}", id() >> 32);
  }
  return {};
}

int compare(const Value& a, const Value& b) {
  if (a == b) return 0;
  if (a.kind() != ValueKind::text) return a.number() < b.number() ? -1 : 1;
  return a.view() < b.view() ? -1 : 1;
}

bool comes_before(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return a.kind() < b.kind();
  if (a.kind() == ValueKind::text) return a.text_->view() < b.text_->view();
  if (a.kind() == ValueKind::minted) return a.id() < b.id();
  if (a.step() != b.step()) return a.step() < b.step();
  return a.number() < b.number();
}

const Text* frozen_text(std::string_view text) {
  const OutsideStep gate;
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  static std::map<std::string, std::unique_ptr<char[]>, std::less<>> texts;
  auto found = texts.find(text);
  if (found == texts.end()) {
    auto block = std::make_unique<char[]>(sizeof(Text) + text.size());
    write_text(block.get(), text);
    found = texts.emplace(std::string(text), std::move(block)).first;
  }
  return reinterpret_cast<const Text*>(found->second.get());
}

const Text* text_in_arena(std::string_view text) {
  void* block = detail::current_arena->take(sizeof(Text) + text.size());
  write_text(block, text);
  return static_cast<const Text*>(block);
}

Value concatenate(const Value& first, const Value& second) {
  std::array<char, 24> first_digits{};
  std::array<char, 24> second_digits{};
  const std::string_view head = characters(first, first_digits);
  const std::string_view tail = characters(second, second_digits);
  const std::size_t size = head.size() + tail.size();
  char* block = static_cast<char*>(detail::current_arena->take(sizeof(Text) + size));
  const auto length = static_cast<std::uint32_t>(size);
  std::memcpy(block, &length, sizeof length);
  std::memcpy(block + sizeof(Text), head.data(), head.size());
  if (!tail.empty()) std::memcpy(block + sizeof(Text) + head.size(), tail.data(), tail.size());
  return Value::text(reinterpret_cast<const Text*>(block));
}

std::string duration_text(std::int64_t nanoseconds) {
  struct Unit {
    std::int64_t size;
    const char* name;
  };
  static constexpr Unit kUnits[] = {{86'400'000'000'000, "d"}, {3'600'000'000'000, "h"},
                                    {60'000'000'000, "m"},     {1'000'000'000, "s"},
                                    {1'000'000, "ms"},         {1'000, "us"}};
  if (nanoseconds == 0) return "0s";
  for (const Unit& unit : kUnits) {
    if (nanoseconds % unit.size == 0)
      return fmt::format("{}{}", nanoseconds / unit.size, unit.name);
  }
  return fmt::format("{}ns", nanoseconds);
}

std::string window_text(const Window& window) {
  const std::string earliest = duration_text(window.earliest.count());
  if (window.is_point()) return earliest;
  if (window.latest == kForever) return earliest + " or more";
  return earliest + " to " + duration_text(window.latest.count());
}

}  // namespace onceward::sim
