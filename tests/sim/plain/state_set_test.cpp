// The set of plain states met, compared with std::set, and what it costs in memory.
#include "sim/plain/state_set.hpp"

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>
#include <set>
#include <vector>

#include "sim/plain/key.hpp"
#include "sim/random.hpp"

namespace onceward::sim::plain {
namespace {

TEST_CASE("a plain state is added once", "[sim][plain]") {
  rc::prop("as a set says, also where all want the same slot", [](bool apart) {
    StateSet<std::uint64_t> states;
    std::set<std::uint64_t> reference;
    for (const std::uint64_t number :
         *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 400))) {
      const std::uint64_t key = apart ? scatter(number) : number;
      RC_ASSERT(states.add(key) == reference.insert(key).second);
      RC_ASSERT(states.size() == reference.size());
    }
  });
}

TEST_CASE("a set of plain states that grows forgets nothing and wastes little", "[sim][plain]") {
  StateSet<Hash128> states;
  Random random(1);
  std::vector<Hash128> keys;
  for (int i = 0; i < 200'000; ++i) {
    keys.push_back({random.next(), random.next()});
    REQUIRE(states.add(keys.back()));
    if (i >= 20'000 && i % 1'000 == 0) REQUIRE(states.bytes() <= states.size() * 22);
  }
  CHECK(states.bytes() <= states.size() * 21);
  for (const Hash128& key : keys) REQUIRE_FALSE(states.add(key));
  CHECK(states.size() == keys.size());
}

TEST_CASE("keys that share a half are two", "[sim][plain]") {
  StateSet<Hash128> states;
  CHECK(states.add({7, 1}));
  CHECK(states.add({7, 2}));
  CHECK(states.add({8, 1}));
  CHECK_FALSE(states.add({7, 2}));
}

TEST_CASE("the key of all zeros is a key like any other", "[sim][plain]") {
  StateSet<Hash128> states;
  CHECK(states.add({}));
  CHECK_FALSE(states.add({}));
  CHECK(states.size() == 1);
}

TEST_CASE("the digest of a set of plain states does not depend on the order of arrival",
          "[sim][plain]") {
  StateSet<std::uint64_t> forth;
  StateSet<std::uint64_t> back;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    forth.add(scatter(i));
    back.add(scatter(9'999 - i));
  }
  CHECK(forth.digest() == back.digest());
  back.add(scatter(123'456));
  CHECK(forth.digest() != back.digest());
}

struct Small {
  std::uint8_t a, b;
};
struct Sixteen {
  std::uint64_t a, b;
};
struct Seventeen {
  std::uint8_t bytes[17];
};
struct Padded {
  std::uint8_t a;
  std::uint32_t b;
};
struct Listed {
  std::vector<int> list;
  void fingerprint(Hasher& hasher) const { hasher.add(list.size()); }
};

TEST_CASE(
    "a state of at most 16 bytes is its own key, and one with gaps between its fields is none",
    "[sim][plain]") {
  STATIC_REQUIRE(kExact<Small>);
  STATIC_REQUIRE(kExact<Sixteen>);
  STATIC_REQUIRE(PlainState<Seventeen>);
  STATIC_REQUIRE_FALSE(kExact<Seventeen>);
  STATIC_REQUIRE(PlainState<Listed>);
  STATIC_REQUIRE_FALSE(kExact<Listed>);
  STATIC_REQUIRE_FALSE(PlainState<Padded>);
  STATIC_REQUIRE_FALSE(PlainState<std::vector<int>>);
  CHECK(sizeof(Key<Small>) == 8);
  CHECK(sizeof(Key<Sixteen>) == 16);
}

TEST_CASE("keys of small states are one to one", "[sim][plain]") {
  std::set<std::uint64_t> small;
  std::set<Hash128> large;
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      small.insert(key_of(Small{static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)}));
      large.insert(key_of(Sixteen{a, b}));
    }
  }
  CHECK(small.size() == 65'536);
  CHECK(large.size() == 65'536);
}

}  // namespace
}  // namespace onceward::sim::plain
