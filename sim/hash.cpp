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

// Things and rows of different shares are never taken for one another.
Hasher::Hasher(StateHash& whole) : Hasher(whole, 0) { is_part_ = false; }

Hasher::Hasher(StateHash& whole, std::uint64_t place) : Hasher(Ids::renamed, whole.renames_keys()) {
  whole_ = &whole;
  is_part_ = true;
  add(std::uint64_t{whole.shares_.size()} << 32 | place);
}

void Hasher::look_into(OwnerId owner) {
  if (whole_ != nullptr) whole_->next_.rests_on.set(static_cast<std::size_t>(owner));
}

// ---- StateHash ---------------------------------------------------------------------------------

namespace {

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash ^= word * 0x9e3779b97f4a7c15U;
  for (int round = 0; round < 2; ++round) hash = (hash ^ hash >> 32U) * 0xd6e8feb86659fd93U;
  return hash ^ hash >> 32U;
}

}  // namespace

void Hasher::finish_part() {
  StateHash::Share& share = whole_->next_;
  const Hash128 content = finish();
  if (minted_.count + ranked_.count == 0) {
    share.nameless += content;
    ++share.count;
    return;
  }
  StateHash::Shares& all = whole_->shares_;
  all.parts_.push_back({content, static_cast<std::uint32_t>(minted_.count),
                        static_cast<std::uint32_t>(ranked_.count)});
  for (std::size_t i = 0; i < minted_.count; ++i) {
    all.names_.push_back({minted_.numbers[i], mix(content.low, i)});
  }
  for (std::size_t i = 0; i < ranked_.count; ++i) all.names_.push_back({ranked_.numbers[i], 0});
}

StateHash::Share StateHash::Shares::end_before(std::size_t share) const {
  return share == 0 ? Share{} : shares_[share - 1];
}

void StateHash::Shares::clear() {
  shares_.clear();
  parts_.clear();
  names_.clear();
}

std::size_t StateHash::Shares::mismatch(const Shares& other) const {
  const std::size_t both = std::min(size(), other.size());
  for (std::size_t at = 0; at < both; ++at) {
    const Share& mine = shares_[at];
    const Share& theirs = other.shares_[at];
    // As all before are alike, these begin in the same places.
    const Share begin = end_before(at);
    if (mine.nameless != theirs.nameless || mine.count != theirs.count ||
        mine.parts != theirs.parts || mine.names != theirs.names ||
        !std::equal(parts_.begin() + begin.parts, parts_.begin() + mine.parts,
                    other.parts_.begin() + begin.parts) ||
        !std::equal(names_.begin() + begin.names, names_.begin() + mine.names,
                    other.names_.begin() + begin.names)) {
      return at;
    }
  }
  return both;
}

void StateHash::begin() {
  shares_.clear();
  next_ = {};
}

void StateHash::end_share(Hasher& hasher) {
  hasher.finish_part();
  next_.parts = static_cast<std::uint32_t>(shares_.parts_.size());
  next_.names = static_cast<std::uint32_t>(shares_.names_.size());
  shares_.shares_.push_back(std::exchange(next_, {}));
}

bool StateHash::take_over(const Shares& before, const OwnerSet& unchanged) {
  const std::size_t at = shares_.size();
  if (at >= before.size()) return false;
  const Share& taken = before.shares_[at];
  if ((taken.rests_on & ~unchanged).any()) return false;
  const Share begin = before.end_before(at);
  shares_.parts_.insert(shares_.parts_.end(), before.parts_.begin() + begin.parts,
                        before.parts_.begin() + taken.parts);
  shares_.names_.insert(shares_.names_.end(), before.names_.begin() + begin.names,
                        before.names_.begin() + taken.names);
  Share& next = shares_.shares_.emplace_back(taken);
  next.parts = static_cast<std::uint32_t>(shares_.parts_.size());
  next.names = static_cast<std::uint32_t>(shares_.names_.size());
  return true;
}

Hash128 StateHash::finish() {
  number_names();
  tell_apart();
  std::uint64_t parts = shares_.parts_.size();
  for (const Share& share : shares_.shares_) parts += share.count;
  return derive(sum(), {}, parts);
}

std::uint32_t StateHash::place_of(std::uint64_t name, std::vector<std::uint64_t>& names) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = (name * 0x9e3779b97f4a7c15U >> 32U) & mask;
  while (slots_[slot] != 0 && names[slots_[slot] - 1] != name) slot = (slot + 1) & mask;
  if (slots_[slot] == 0) {
    names.push_back(name);
    slots_[slot] = static_cast<std::uint32_t>(names.size());
  }
  return slots_[slot] - 1;
}

// A name's first color is one for all the places where it appears.
void StateHash::number_names() {
  const std::vector<Name>& all = shares_.names_;
  minted_.clear();
  ranked_.clear();
  numbers_.resize(all.size());
  std::size_t slots = 16;
  while (slots < 2 * all.size()) slots *= 2;
  slots_.assign(slots, 0);
  colors_.assign(all.size(), 0);
  bool has_ranked = false;
  std::size_t at = 0;
  for (const Part& part : shares_.parts_) {
    for (const std::size_t end = at + part.minted; at < end; ++at) {
      numbers_[at] = place_of(all[at].name, minted_);
      colors_[numbers_[at]] += all[at].color;
    }
    has_ranked = has_ranked || part.ranked > 0;
    at += part.ranked;
  }
  ranks_.resize(minted_.size());
  if (!has_ranked) return;
  slots_.assign(slots, 0);
  at = 0;
  for (const Part& part : shares_.parts_) {
    at += part.minted;
    for (const std::size_t end = at + part.ranked; at < end; ++at) {
      numbers_[at] = place_of(all[at].name, ranked_);
    }
  }
  for (const std::uint64_t ranked : ranked_) {
    ranks_.push_back(static_cast<std::uint32_t>(std::count_if(
        ranked_.begin(), ranked_.end(), [&](std::uint64_t other) { return other < ranked; })));
  }
}

// Gives each minted id a rank of its own, by where it appears and with which others: in the order
// in which they are told apart.
void StateHash::tell_apart() {
  alike_.resize(minted_.size());
  is_alike_.assign(minted_.size(), 1);
  for (std::uint32_t i = 0; i < alike_.size(); ++i) alike_[i] = i;
  std::uint32_t rank = 0;
  for (std::size_t told = 0; !alike_.empty();) {
    std::sort(alike_.begin(), alike_.end(), [&](auto a, auto b) {
      return colors_[a] != colors_[b] ? colors_[a] < colors_[b] : a < b;
    });
    const std::size_t before = std::exchange(told, rank);
    std::size_t left = 0;
    for (std::size_t i = 0, next = 0; i < alike_.size(); i = next, ++told) {
      while (next < alike_.size() && colors_[alike_[next]] == colors_[alike_[i]]) ++next;
      if (next == i + 1) {
        is_alike_[alike_[i]] = 0;
        ranks_[alike_[i]] = rank++;
      } else {
        for (std::size_t each = i; each < next; ++each) alike_[left++] = alike_[each];
      }
    }
    alike_.resize(left);
    if (left == 0) return;
    if (told == before) colors_[alike_.front()] = mix(colors_[alike_.front()], 1);
    refine();
  }
}

// One round: names that look alike get another color, which follows from all the places where each
// appears and from the colors of those beside it there.
void StateHash::refine() {
  refined_.assign(minted_.size(), 0);
  const std::uint32_t* next = numbers_.data();
  for (const Part& part : shares_.parts_) {
    const std::uint32_t* const minted = next;
    const std::uint32_t* const ranked = minted + part.minted;
    next = ranked + part.ranked;
    if (std::none_of(minted, ranked, [&](auto name) { return is_alike_[name] != 0; })) continue;
    std::uint64_t hash = part.content.low;
    for (std::uint32_t i = 0; i < part.ranked; ++i) {
      hash = mix(hash, ranks_[minted_.size() + ranked[i]]);
    }
    for (std::uint32_t i = 0; i < part.minted; ++i) hash = mix(hash, colors_[minted[i]]);
    for (std::uint32_t i = 0; i < part.minted; ++i) {
      if (is_alike_[minted[i]] != 0) refined_[minted[i]] += mix(hash, i + 1);
    }
  }
  for (const std::uint32_t name : alike_) colors_[name] = mix(colors_[name], refined_[name]);
}

Hash128 StateHash::sum() const {
  Hash128 sum;
  for (const Share& share : shares_.shares_) sum += share.nameless;
  const std::uint32_t* next = numbers_.data();
  for (const Part& part : shares_.parts_) {
    Hash128 hash = part.content;
    const auto add = [&](std::uint64_t rank) {
      hash.high = mix(hash.high, 2 * rank + 1);
      hash.low = mix(hash.low, 2 * rank + 2);
    };
    for (std::uint32_t i = 0; i < part.minted; ++i) add(ranks_[*next++]);
    for (std::uint32_t i = 0; i < part.ranked; ++i) add(ranks_[minted_.size() + *next++]);
    sum += hash;
  }
  return sum;
}

}  // namespace onceward::sim
