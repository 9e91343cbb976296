// Hashes: text and back, what counts in them, and how minted and ranked numbers are renamed.
#include "sim/hash.hpp"

#include <rapidcheck/catch.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <tuple>
#include <vector>

#include "sim/random.hpp"

namespace onceward::sim {
namespace {

using Numbers = std::vector<std::uint64_t>;

Hash128 of(const Numbers& numbers) {
  Hasher hasher;
  for (const std::uint64_t number : numbers) hasher.add(number);
  return hasher.finish();
}
Hash128 minted(const Numbers& ids) {
  Hasher hasher;
  for (const std::uint64_t id : ids) hasher.add_minted(id);
  return hasher.finish();
}
Hash128 ranked(const Numbers& numbers) {
  Hasher hasher;
  for (const std::uint64_t number : numbers) hasher.add_ranked(number);
  return hasher.finish();
}

TEST_CASE("a hash is 32 hexadecimal digits, and back", "[sim][hash]") {
  CHECK(to_text(Hash128{0x0123456789abcdefU, 0xfedcba9876543210U}) ==
        "0123456789abcdeffedcba9876543210");
  rc::prop("for any hash", [](std::uint64_t high, std::uint64_t low) {
    Hash128 back;
    RC_ASSERT(parse_hash(to_text({high, low}), back));
    RC_ASSERT(back == (Hash128{high, low}));
  });
  Hash128 hash{1, 2};
  for (const char* text :
       {"", "0", "0123456789abcdeffedcba987654321", "0123456789ABCDEFfedcba9876543210",
        "0123456789abcdeffedcba98765432100", "0123456789abcdef-edcba9876543210"}) {
    CHECK_FALSE(parse_hash(text, hash));
  }
  CHECK(hash == Hash128{1, 2});
}

TEST_CASE("a hash depends on every word and on their order", "[sim][hash]") {
  rc::prop("lists are equal when their hashes are",
           [](const Numbers& a, const Numbers& b) { RC_ASSERT((of(a) == of(b)) == (a == b)); });
  rc::prop("one word more or another order is another hash", [](Numbers numbers) {
    const Hash128 before = of(numbers);
    numbers.push_back(0);
    RC_ASSERT(of(numbers) != before);
    numbers.resize(100, 7);  // more than are folded at once
    const Hash128 long_one = of(numbers);
    numbers[0] ^= 1;
    RC_ASSERT(of(numbers) != long_one);
  });
  Hasher ab;
  ab.add_text("ab");
  ab.add_text("c");
  Hasher a;
  a.add_text("a");
  a.add_text("bc");
  CHECK(ab.finish() != a.finish());
}

TEST_CASE("a hash is the same on every machine and in every build", "[sim][hash]") {
  CHECK(to_text(hash_bytes("")) == "99aa06d3014798d86001c324468d497f");
  CHECK(hash_bytes("a") != hash_bytes("b"));
  CHECK(derive({1, 2}, {3, 4}, 5) != derive({1, 2}, {3, 4}, 6));
  CHECK(derive({1, 2}, {3, 4}, 5) != derive({3, 4}, {1, 2}, 5));
}

TEST_CASE("minted ids count by the order in which they first appear", "[sim][hash]") {
  CHECK(minted({7, 7, 9, 7}) == minted({1, 1, 2, 1}));
  CHECK(minted({7, 9}) != minted({7, 7}));
  CHECK(minted({7, 9, 7}) != minted({7, 9, 9}));
  rc::prop("any renaming leaves the hash alone", [](const std::vector<std::uint8_t>& list) {
    Numbers few;
    Numbers renamed;
    for (const std::uint8_t number : list) {
      few.push_back(number % 48U);  // as many as are kept
      renamed.push_back((number % 48U) * 0x9e3779b97f4a7c15U + 3);
    }
    RC_ASSERT(minted(few) == minted(renamed));
  });
  Numbers many;
  for (std::uint64_t id = 0; id < 60; ++id) many.push_back(id);
  Numbers other = many;
  other.back() = 1000;
  CHECK(minted(many) != minted(other));  // beyond the list: finer, never coarser
}

TEST_CASE("ranked numbers count by their order only", "[sim][hash]") {
  CHECK(ranked({5, 8, 6}) == ranked({1, 100, 2}));
  CHECK(ranked({5, 8, 6}) != ranked({5, 6, 8}));
  CHECK(ranked({5, 8, 5}) == ranked({1, 2, 1}));
  CHECK(ranked({5, 8, 5}) != ranked({5, 8, 8}));
  rc::prop("two lists hash alike when all their comparisons agree",
           [](const std::vector<std::uint8_t>& list, std::uint8_t swap) {
             Numbers a;
             Numbers b;
             for (const std::uint8_t number : list) {
               a.push_back(number % 16U);
               b.push_back((number % 16U) * 1000 + 17);  // grows with a
             }
             RC_ASSERT(ranked(a) == ranked(b));
             if (b.empty()) return;
             b[swap % b.size()] += 100'000;  // is now above all others
             bool alike = true;
             for (std::size_t i = 0; i < a.size(); ++i) {
               for (std::size_t k = 0; k < i; ++k) {
                 alike =
                     alike && (a[i] < a[k]) == (b[i] < b[k]) && (a[i] == a[k]) == (b[i] == b[k]);
               }
             }
             RC_ASSERT((ranked(a) == ranked(b)) == alike);
           });
}

TEST_CASE("a raw hasher counts ids and numbers by their value", "[sim][hash]") {
  Hasher a(Hasher::Ids::raw);
  Hasher b(Hasher::Ids::raw);
  a.add_minted(1);
  b.add_minted(2);
  CHECK(a.finish() != b.finish());
}

// Things of a set, each with a word, ids and a number of which only the order matters.
struct Thing {
  std::uint64_t word;
  Numbers ids;
  std::uint64_t ranked;
};
using Things = std::vector<Thing>;

Hash128 of_set(const Things& things, const Numbers& in_a_row = {}) {
  StateHash whole;
  Hasher hasher(whole);
  hasher.add_set(things, [](Hasher& one, const Thing& thing) {
    one.add(thing.word);
    one.add(thing.ids.size());
    for (const std::uint64_t id : thing.ids) one.add_minted(id);
    one.add_ranked(thing.ranked);
  });
  for (const std::uint64_t id : in_a_row) hasher.add_minted(id);
  whole.end_share(hasher);
  return whole.finish();
}

rc::Gen<Things> some_things() {
  return rc::gen::container<Things>(rc::gen::map(
      rc::gen::tuple(rc::gen::inRange<std::uint64_t>(0, 3),
                     rc::gen::container<Numbers>(rc::gen::inRange<std::uint64_t>(0, 4)),
                     rc::gen::inRange<std::uint64_t>(0, 3)),
      [](const std::tuple<std::uint64_t, Numbers, std::uint64_t>& drawn) {
        return Thing{std::get<0>(drawn), std::get<1>(drawn), std::get<2>(drawn)};
      }));
}

// Whether some way to name the ids of `a` by those of `b`, and some order of its things, makes it
// `b`; the numbers are the same in both.
bool are_alike(const Things& a, const Things& b) {
  const auto words = [](const Things& things, const Numbers& names) {
    std::vector<Numbers> all;
    for (const Thing& thing : things) {
      Numbers one{thing.word, thing.ranked};
      for (const std::uint64_t id : thing.ids) one.push_back(names[id]);
      all.push_back(one);
    }
    std::sort(all.begin(), all.end());
    return all;
  };
  Numbers names{0, 1, 2, 3};
  const std::vector<Numbers> wanted = words(b, names);
  do {
    if (words(a, names) == wanted) return true;
  } while (std::next_permutation(names.begin(), names.end()));
  return false;
}

TEST_CASE("a state's hash is the same whatever its ids are and its sets come in order",
          "[sim][hash]") {
  rc::prop("renamed and shuffled", [] {
    const Things things = *some_things();
    const auto names = *rc::gen::unique<Numbers>(4, rc::gen::inRange<std::uint64_t>(0, 1000));
    Things other = things;
    for (Thing& thing : other) {
      for (std::uint64_t& id : thing.ids) id = names[id];
      thing.ranked = thing.ranked * 10 + 3;
    }
    std::reverse(other.begin(), other.end());
    RC_ASSERT(of_set(things) == of_set(other));
  });
}

TEST_CASE("two states have one hash only if a renaming makes them one", "[sim][hash]") {
  rc::prop("as trying all renamings says", [] {
    const Things a = *some_things();
    Things b = a;
    if (!b.empty() && *rc::gen::arbitrary<bool>()) {
      Thing& changed = b[*rc::gen::inRange<std::size_t>(0, b.size())];
      for (std::uint64_t& id : changed.ids) id = *rc::gen::inRange<std::uint64_t>(0, 4);
    }
    if (of_set(a) == of_set(b)) RC_ASSERT(are_alike(a, b));
  });
  // The same things, in a pair or apart.
  CHECK(of_set({{1, {5}, 0}, {1, {5}, 0}}) != of_set({{1, {5}, 0}, {1, {6}, 0}}));
  CHECK(of_set({{1, {5}, 0}, {2, {5}, 0}}) != of_set({{1, {5}, 0}, {2, {6}, 0}}));
  // Which of the two in the set comes first in the row.
  CHECK(of_set({{1, {5}, 0}, {2, {6}, 0}}, {5, 6}) != of_set({{1, {5}, 0}, {2, {6}, 0}}, {6, 5}));
  CHECK(of_set({{1, {5}, 0}, {1, {6}, 0}}, {5, 6}) == of_set({{1, {5}, 0}, {1, {6}, 0}}, {6, 5}));
  // Numbers keep their order across the set.
  CHECK(of_set({{1, {}, 4}, {2, {}, 7}}) == of_set({{1, {}, 1}, {2, {}, 2}}));
  CHECK(of_set({{1, {}, 4}, {2, {}, 7}}) != of_set({{1, {}, 7}, {2, {}, 4}}));
}

// A share of one id in a row and of a set of ids.
void add_share(StateHash& whole, OwnerId owner, std::uint64_t id, const Numbers& ids) {
  Hasher hasher(whole);
  hasher.look_into(owner);
  hasher.add_minted(id);
  hasher.add_set(ids, [](Hasher& one, std::uint64_t each) { one.add_minted(each); });
  whole.end_share(hasher);
}

TEST_CASE("a share that is taken over counts as if it were worked out", "[sim][hash]") {
  constexpr OwnerId kFirst{1};
  constexpr OwnerId kSecond{2};
  const auto of_both = [](std::uint64_t id, const Numbers& first, const Numbers& second) {
    StateHash whole;
    add_share(whole, kFirst, id, first);
    add_share(whole, kSecond, id, second);
    return std::pair{whole.finish(), whole.shares()};
  };
  const auto [before, shares] = of_both(7, {7, 8}, {8, 9});
  const auto [after, others] = of_both(7, {7, 8}, {8, 7});
  CHECK(after != before);
  CHECK(of_both(1, {1, 2}, {3, 2}).first == before);  // renamed
  CHECK(of_both(7, {8, 9}, {7, 8}).first != before);  // whose they are counts
  CHECK(shares.mismatch(others) == 1);
  CHECK(shares.mismatch(shares) == 2);

  StateHash whole;
  OwnerSet unchanged;
  CHECK_FALSE(whole.take_over(shares, unchanged));
  unchanged.set(1);
  CHECK(whole.take_over(shares, unchanged));
  CHECK_FALSE(whole.take_over(shares, unchanged));
  add_share(whole, kSecond, 7, {8, 7});
  CHECK(whole.finish() == after);

  // Nobody knows of a third one.
  unchanged.set(2);
  CHECK_FALSE(whole.take_over(shares, unchanged));
}

TEST_CASE("ids that go round in a circle are taken one after the other", "[sim][hash]") {
  const Things circle = {{0, {1, 2}, 0}, {0, {2, 3}, 0}, {0, {3, 1}, 0}};
  const Things other_way = {{0, {9, 7}, 0}, {0, {8, 9}, 0}, {0, {7, 8}, 0}};
  const Things two = {{0, {1, 2}, 0}, {0, {2, 1}, 0}, {0, {3, 3}, 0}};
  CHECK(of_set(circle) == of_set(other_way));
  CHECK(of_set(circle) != of_set(two));
}

TEST_CASE("the random generator is xoshiro256++ seeded by splitmix64", "[sim][hash]") {
  Random zero(0);
  Random again(0);
  CHECK(zero.next() == 0x53175d61490b23dfU);
  CHECK(again.below(10) < 10);
  std::vector<int> counts(10);
  Random random(42);
  for (int i = 0; i < 10'000; ++i) ++counts[random.below(10)];
  for (const int count : counts) CHECK((count > 800 && count < 1200));
}

}  // namespace
}  // namespace onceward::sim
