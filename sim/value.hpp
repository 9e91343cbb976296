// A value in a world: what rows, messages, requests and memory hold, and what findings name.
//
// 16 bytes, trivially copyable, hashed and compared by content. Text made in a run lives in the
// arena until the world is dropped or restored; text from a scenario is frozen at load.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/hash.hpp"
#include "sim/time.hpp"

namespace onceward::sim {

enum class ValueKind : std::uint8_t { null, boolean, integer, text, duration, instant, minted };
[[nodiscard]] const char* to_text(ValueKind kind);

// Immutable text: a length and the bytes after it. Made by `frozen_text` or `text_in_arena`.
struct Text {
  std::uint32_t size;
  [[nodiscard]] const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }
  [[nodiscard]] std::string_view view() const { return {bytes(), size}; }
};

namespace detail {
extern constinit thread_local bool keys_were_told_apart;  // the current world
}

class Value {
 public:
  Value() = default;  // null
  static Value boolean(bool value) { return {ValueKind::boolean, value ? 1 : 0}; }
  static Value integer(std::int64_t value) { return {ValueKind::integer, value}; }
  static Value duration(std::int64_t nanoseconds) { return {ValueKind::duration, nanoseconds}; }
  // `offset` nanoseconds after the instant of step `step`.
  static Value instant(std::uint32_t step, std::int64_t offset) {
    Value value{ValueKind::instant, offset};
    value.step_ = step;
    return value;
  }
  // An identifier minted in a run: equal only to itself, in no order with others.
  static Value minted(std::uint64_t id) {
    return {ValueKind::minted, static_cast<std::int64_t>(id)};
  }
  static Value text(const Text* text) {
    Value value;
    value.kind_ = ValueKind::text;
    value.text_ = text;
    return value;
  }

  // The same as one of a family of which any may stand for any other, so that a search need not try
  // all of them: it is copied, and compared for equality with others of the family. Whoever makes
  // more of it (an order, a longer text, a comparison with what is no key) tells them apart, and
  // the thread remembers it. `number`: of this text or integer among the keys of a world; not 0.
  [[nodiscard]] Value as_key(std::uint32_t number) const {
    Value key = *this;
    key.step_ = number;
    return key;
  }
  [[nodiscard]] bool is_key() const { return step_ != 0 && kind_ != ValueKind::instant; }

  [[nodiscard]] ValueKind kind() const { return kind_; }
  [[nodiscard]] bool is_null() const { return kind_ == ValueKind::null; }
  [[nodiscard]] bool is_true() const { return kind_ == ValueKind::boolean && integer_ != 0; }
  // REQUIRES: boolean, integer, duration (nanoseconds) or instant (its offset).
  [[nodiscard]] std::int64_t number() const { return integer_; }
  [[nodiscard]] std::uint32_t step() const { return step_; }
  [[nodiscard]] std::uint64_t id() const { return static_cast<std::uint64_t>(integer_); }
  // REQUIRES: text. Of a key it tells what only people are to know.
  [[nodiscard]] std::string_view view() const {
    if (is_key()) detail::keys_were_told_apart = true;
    return text_->view();
  }

  // Equal kind and content.
  friend bool operator==(const Value& a, const Value& b) {
    if (a.kind_ != b.kind_) return false;
    if (a.kind_ != ValueKind::text) return a.step_ == b.step_ && a.integer_ == b.integer_;
    if (a.is_key() != b.is_key()) detail::keys_were_told_apart = true;
    return a.text_ == b.text_ || a.text_->view() == b.text_->view();
  }

  friend bool comes_before(const Value& a, const Value& b);

  void fingerprint(Hasher& hasher) const;

  // For people, e.g. `o1`, `42`, `1500ms`, `id-3f2a91c4`.
  [[nodiscard]] std::string print() const;

 private:
  Value(ValueKind kind, std::int64_t integer) : kind_(kind), integer_(integer) {}

  ValueKind kind_ = ValueKind::null;
  std::uint32_t step_ = 0;
  union {
    std::int64_t integer_ = 0;
    const Text* text_;
  };
};

// -1, 0 or 1: the order of texts, truth values, numbers and durations, for all to see. REQUIRES: of
// one kind of these.
[[nodiscard]] int compare(const Value& a, const Value& b);

// A total order of contents, for what is kept as a set: equal sets then look alike. The order of
// ids and of instants depends on the run; it must not be seen.
[[nodiscard]] bool comes_before(const Value& a, const Value& b);

// Text that lives until the program ends; equal text is stored once. For loading, not for runs:
// worlds that run side by side would wait for one another here.
[[nodiscard]] const Text* frozen_text(std::string_view text);

// Text in the arena, from the owner entered now.
[[nodiscard]] const Text* text_in_arena(std::string_view text);

// The joint text of both, in the arena; numbers in decimal, ids as `id-` and 16 digits.
// REQUIRES: text, integer or minted values.
[[nodiscard]] Value concatenate(const Value& first, const Value& second);

// "10m", "1500ms", "0s": the largest unit that divides `nanoseconds`.
[[nodiscard]] std::string duration_text(std::int64_t nanoseconds);
// "5m", "1s to 5s", "1s or more".
[[nodiscard]] std::string window_text(const Window& window);

}  // namespace onceward::sim
