#include "sim/hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

namespace onceward::sim {
namespace {

Hash128 from_xxh(XXH128_hash_t hash) { return {hash.high64, hash.low64}; }

int digit_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

}  // namespace

std::string to_text(const Hash128& hash) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(32, '0');
  for (int i = 0; i < 16; ++i) {
    text[static_cast<std::size_t>(i)] = kDigits[(hash.high >> (60 - 4 * i)) & 15];
    text[static_cast<std::size_t>(i) + 16] = kDigits[(hash.low >> (60 - 4 * i)) & 15];
  }
  return text;
}

bool parse_hash(std::string_view text, Hash128& hash) {
  if (text.size() != 32) return false;
  Hash128 read;
  for (std::size_t i = 0; i < 32; ++i) {
    const int value = digit_value(text[i]);
    if (value < 0) return false;
    std::uint64_t& half = i < 16 ? read.high : read.low;
    half = half << 4 | static_cast<std::uint64_t>(value);
  }
  hash = read;
  return true;
}

Hash128 hash_bytes(std::string_view bytes) {
  return from_xxh(XXH3_128bits(bytes.data(), bytes.size()));
}

Hash128 derive(const Hash128& parent, const Hash128& site, std::uint64_t n) {
  const std::uint64_t words[] = {parent.high, parent.low, site.high, site.low, n};
  return from_xxh(XXH3_128bits(words, sizeof words));
}

void Hasher::add_text(std::string_view text) {
  add(text.size());
  add(hash_bytes(text));
}

std::size_t Hasher::Seen::find(std::uint64_t number) const {
  std::size_t index = 0;
  while (index < count && numbers[index] != number) ++index;
  return index;
}

bool Hasher::Met::has(std::uint32_t step) const {
  return std::find(steps.begin(), steps.end(), step) != steps.end();
}

void Hasher::add_minted(std::uint64_t id) {
  if (ids_ == Ids::none) return;
  if (ids_ == Ids::raw) {
    add(id);
    return;
  }
  const std::size_t index = minted_.find(id);
  if (index == minted_.numbers.size()) {
    add(id);
    return;
  }
  if (index == minted_.count) minted_.numbers[minted_.count++] = id;
  add(index);
}

void Hasher::add_ranked(std::uint64_t number) {
  if (ids_ == Ids::none) return;
  if (ids_ == Ids::raw) {
    add(number);
    return;
  }
  const std::size_t index = ranked_.find(number);
  if (index == ranked_.numbers.size()) {
    add(number);
    return;
  }
  add(index);
  if (index < ranked_.count) return;
  std::uint64_t rank = 0;
  for (std::size_t i = 0; i < ranked_.count; ++i) rank += ranked_.numbers[i] < number ? 1 : 0;
  ranked_.numbers[ranked_.count++] = number;
  add(rank);
}

void Hasher::fold() {
  const Hash128 hash = from_xxh(XXH3_128bits(words_.data(), used_ * sizeof(std::uint64_t)));
  words_[0] = hash.high;
  words_[1] = hash.low;
  used_ = kCarried;
}

Hash128 Hasher::finish() {
  fold();
  return {words_[0], words_[1]};
}

}  // namespace onceward::sim
