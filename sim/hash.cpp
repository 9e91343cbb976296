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
  ++folds_;
}

Hash128 Hasher::finish() {
  fold();
  return {words_[0], words_[1]};
}

Hasher::Hasher(StateHash& whole) : Hasher(Ids::renamed, whole.renames_keys()) { whole_ = &whole; }

Hasher::Hasher(StateHash& whole, std::uint64_t place) : Hasher(whole) {
  is_part_ = true;
  add(place);
}

void Hasher::finish_part() {
  std::vector<std::uint64_t>& names = whole_->names_;
  whole_->parts_.push_back({finish(), static_cast<std::uint32_t>(names.size()),
                            static_cast<std::uint32_t>(minted_.count),
                            static_cast<std::uint32_t>(ranked_.count)});
  for (const Seen* seen : {&minted_, &ranked_}) {
    names.insert(names.end(), seen->numbers.begin(), seen->numbers.begin() + seen->count);
  }
}

// ---- StateHash ---------------------------------------------------------------------------------

namespace {

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash ^= word * 0x9e3779b97f4a7c15U;
  for (int round = 0; round < 2; ++round) hash = (hash ^ hash >> 32U) * 0xd6e8feb86659fd93U;
  return hash ^ hash >> 32U;
}

}  // namespace

Hash128 StateHash::finish(Hasher& rest) {
  rest.finish_part();
  number_names();
  tell_apart();
  const Hash128 hash = derive(sum(), {}, parts_.size());
  parts_.clear();
  names_.clear();
  return hash;
}

std::uint32_t StateHash::place_of(std::uint64_t name, std::vector<std::uint64_t>& names) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = mix(0, name) & mask;
  while (slots_[slot] != 0 && names[slots_[slot] - 1] != name) slot = (slot + 1) & mask;
  if (slots_[slot] == 0) {
    names.push_back(name);
    slots_[slot] = static_cast<std::uint32_t>(names.size());
  }
  return slots_[slot] - 1;
}

void StateHash::number_names() {
  minted_.clear();
  ranked_.clear();
  numbers_.resize(names_.size());
  std::size_t slots = 16;
  while (slots < 2 * names_.size()) slots *= 2;
  const auto number = [&](bool minted, std::vector<std::uint64_t>& names) {
    slots_.assign(slots, 0);
    for (const Part& part : parts_) {
      const std::uint32_t begin = part.begin + (minted ? 0 : part.minted);
      const std::uint32_t end = begin + (minted ? part.minted : part.ranked);
      for (std::uint32_t i = begin; i < end; ++i) numbers_[i] = place_of(names_[i], names);
    }
  };
  number(true, minted_);
  number(false, ranked_);
  ranks_.resize(minted_.size());
  for (const std::uint64_t ranked : ranked_) {
    ranks_.push_back(static_cast<std::uint32_t>(std::count_if(
        ranked_.begin(), ranked_.end(), [&](std::uint64_t other) { return other < ranked; })));
  }
}

// Gives each minted id a rank of its own, by where it appears and with which others.
void StateHash::tell_apart() {
  const std::size_t count = minted_.size();
  colors_.assign(count, 0);
  by_color_.resize(count);
  for (std::uint32_t i = 0; i < count; ++i) by_color_[i] = i;
  for (std::size_t told = count > 1 ? refine() : count; told < count;) {
    const std::size_t before = std::exchange(told, refine());
    if (told > before) continue;
    const auto alike = std::adjacent_find(by_color_.begin(), by_color_.end(),
                                          [&](auto a, auto b) { return colors_[a] == colors_[b]; });
    colors_[*alike] = mix(colors_[*alike], 1);
  }
  for (std::uint32_t i = 0; i < count; ++i) ranks_[by_color_[i]] = i;
}

// One round: a name's color becomes one for all the places where it appears. How many differ.
std::size_t StateHash::refine() {
  refined_ = colors_;
  for (const Part& part : parts_) {
    if (part.minted == 0) continue;
    const std::uint32_t* const minted = numbers_.data() + part.begin;
    const std::uint32_t* const ranked = minted + part.minted;
    std::uint64_t hash = part.content.low;
    for (std::uint32_t i = 0; i < part.ranked; ++i) {
      hash = mix(hash, ranks_[minted_.size() + ranked[i]]);
    }
    for (std::uint32_t i = 0; i < part.minted; ++i) hash = mix(hash, colors_[minted[i]]);
    for (std::uint32_t i = 0; i < part.minted; ++i) refined_[minted[i]] += mix(hash, i + 1);
  }
  for (std::size_t i = 0; i < colors_.size(); ++i) colors_[i] = mix(colors_[i], refined_[i]);
  std::sort(by_color_.begin(), by_color_.end(), [&](auto a, auto b) {
    return colors_[a] != colors_[b] ? colors_[a] < colors_[b] : a < b;
  });
  std::size_t differ = by_color_.empty() ? 0 : 1;
  for (std::size_t i = 1; i < by_color_.size(); ++i) {
    differ += colors_[by_color_[i]] != colors_[by_color_[i - 1]] ? 1 : 0;
  }
  return differ;
}

Hash128 StateHash::sum() const {
  constexpr std::size_t kSeenMax = std::tuple_size_v<decltype(Hasher::Seen::numbers)>;
  Hash128 sum;
  for (const Part& part : parts_) {
    Hash128 hash = part.content;
    if (part.minted + part.ranked > 0) {
      std::array<std::uint64_t, 2 + 2 * kSeenMax> words;
      std::size_t used = 0;
      words[used++] = hash.high;
      words[used++] = hash.low;
      for (std::uint32_t i = part.begin; i < part.begin + part.minted + part.ranked; ++i) {
        const bool minted = i < part.begin + part.minted;
        words[used++] = ranks_[numbers_[i] + (minted ? 0 : minted_.size())];
      }
      hash = from_xxh(XXH3_128bits(words.data(), used * sizeof(std::uint64_t)));
    }
    sum.high += hash.high;
    sum.low += hash.low;
  }
  return sum;
}

}  // namespace onceward::sim
